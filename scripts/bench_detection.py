#!/usr/bin/env python3
"""Times DetectionOutput on the priors of SSD300: protonet and OpenCV 4, side by side.

    python scripts/bench_detection.py
    python scripts/bench_detection.py --peer-python PY     OpenCV lives in another environment

8,732 priors, 21 classes, the settings of SSD's deploy nets.  Each runs the same definition on
the same input in a process of its own, with as many threads; they take turns, round by round.
Figures are milliseconds of a pass: the median over the rounds / the best one.  ratio is
protonet over OpenCV (below 1: protonet is faster), diff the largest difference of the rows.

many   scores of an untrained net: of each class thousands are above the threshold
few    scores of a trained one: the background has nearly everything
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PRIORS, CLASSES = 8732, 21
NET = f"""name: "detection"
input: "loc" input_shape {{ dim: 1 dim: {PRIORS * 4} }}
input: "conf" input_shape {{ dim: 1 dim: {PRIORS * CLASSES} }}
input: "prior" input_shape {{ dim: 1 dim: 2 dim: {PRIORS * 4} }}
layer {{
  name: "found" type: "DetectionOutput"
  bottom: "loc" bottom: "conf" bottom: "prior" top: "found"
  detection_output_param {{
    num_classes: {CLASSES} share_location: true background_label_id: 0 code_type: CENTER_SIZE
    nms_param {{ nms_threshold: 0.45 top_k: 400 }} keep_top_k: 200 confidence_threshold: 0.01
  }}
}}
"""
#: By how much the score of the background is ahead.
CASES = {"many": 0.0, "few": 9.0}


def write_inputs(folder: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    centre = rng.uniform(0.05, 0.95, (PRIORS, 2))
    half = rng.uniform(0.02, 0.2, (PRIORS, 2))
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    variance = np.resize([0.1, 0.1, 0.2, 0.2], boxes.size)
    prior = np.stack([boxes.ravel(), variance])[None].astype(np.float32)
    loc = rng.normal(0, 0.5, (1, PRIORS * 4)).astype(np.float32)
    for case, ahead in CASES.items():
        scores = rng.normal(0, 1.5, (PRIORS, CLASSES))
        scores[:, 0] += ahead
        scores = np.exp(scores)
        conf = (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32).reshape(1, -1)
        np.savez(folder / f"{case}.npz", loc=loc, conf=conf, prior=prior)
    (folder / "net.prototxt").write_text(NET)


# -- contenders: each gives its version and a function that makes a pass --------------------------


def protonet_pass(folder: Path, threads: int) -> tuple[str, Callable[[Any], Any]]:
    import protonet
    from protonet.kernels.threads import set_num_threads

    set_num_threads(threads)
    net = protonet.Net(folder / "net.prototxt", phase=1)

    def run(inputs: Any) -> Any:
        for name, values in inputs.items():
            net.blobs[name].data[...] = values
        net.forward()
        return net.blobs["found"].data

    return f"protonet {protonet.__version__}", run


def opencv_pass(folder: Path, threads: int) -> tuple[str, Callable[[Any], Any]]:
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromCaffe(str(folder / "net.prototxt"))

    def run(inputs: Any) -> Any:
        for name, values in inputs.items():
            net.setInput(values, name)
        return net.forward()

    return f"OpenCV {cv2.__version__}", run


CONTENDERS = {"protonet": protonet_pass, "opencv": opencv_pass}


def work(who: str, folder: Path, threads: int, seconds: float) -> None:
    """The worker: says its version, then for each line with a case its milliseconds a pass."""
    import numpy as np

    try:
        version, run = CONTENDERS[who](folder, threads)
    except (ImportError, AttributeError) as error:  # OpenCV 5 reads no Caffe nets
        print(f"missing: {error}", flush=True)
        return
    print(version, flush=True)
    inputs = {case: dict(np.load(folder / f"{case}.npz")) for case in CASES}
    for line in sys.stdin:
        case = line.strip()
        np.save(folder / f"{who}-{case}.npy", run(inputs[case]))
        passes, start = 0, time.perf_counter()
        while time.perf_counter() < start + seconds:
            run(inputs[case])
            passes += 1
        print(1000 * (time.perf_counter() - start) / passes, flush=True)


def start(who: str, python: str, folder: Path, args: argparse.Namespace) -> subprocess.Popen:
    command = [python, __file__, "--worker", who, "--folder", str(folder)]
    command += ["--threads", str(args.threads), "--seconds", str(args.seconds)]
    env = {**os.environ, "PYTHONPATH": str(ROOT) if who == "protonet" else ""}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, text=True, env=env, **pipes)  # type: ignore[call-overload]


def difference(folder: Path, case: str) -> float:
    """Of the rows of both; each column sorted, as equal scores have no order."""
    import numpy as np

    rows = [np.load(folder / f"{who}-{case}.npy")[0, 0] for who in CONTENDERS]
    if rows[0].shape != rows[1].shape:
        return float("inf")
    return float(np.abs(np.sort(rows[0], axis=0) - np.sort(rows[1], axis=0)).max())


def race(folder: Path, args: argparse.Namespace) -> None:
    workers, versions = {}, []
    for who in CONTENDERS:
        python = sys.executable if who == "protonet" else args.peer_python
        workers[who] = start(who, python, folder, args)
        versions.append(workers[who].stdout.readline().strip())
        if versions[-1].startswith("missing"):
            sys.exit(f"bench_detection: {who} does not run: {versions[-1]}")
    print(f"{' against '.join(versions)}, {args.threads} threads, {args.rounds} rounds")
    for case in CASES:
        times: dict[str, list[float]] = {who: [] for who in workers}
        for _ in range(args.rounds):
            for who, worker in workers.items():
                worker.stdin.write(f"{case}\n")
                worker.stdin.flush()
                times[who].append(float(worker.stdout.readline()))
        ours, theirs = ((statistics.median(t), min(t)) for t in times.values())
        print(
            f"{case:<6}{ours[0]:8.1f} / {ours[1]:<8.1f}{theirs[0]:8.1f} / {theirs[1]:<8.1f}"
            f"ratio {ours[0] / theirs[0]:.2f} / {ours[1] / theirs[1]:.2f}"
            f"   diff {difference(folder, case):.1g}"
        )
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peer-python", default=sys.executable, metavar="PY", help="the Python that has OpenCV"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a round's turn")
    parser.add_argument("--worker", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return work(args.worker, args.folder, args.threads, args.seconds)
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(Path(folder))
        race(Path(folder), args)


if __name__ == "__main__":
    main()
