#!/usr/bin/env python3
"""Times what detectors do beside convolutions: protonet and OpenCV 4, side by side.

    python scripts/bench_detection.py
    python scripts/bench_detection.py --peer-python PY     OpenCV lives in another environment

Each runs the same definition on
the same input in a process of its own, with as many threads; they take turns, round by round.
Figures are milliseconds of a pass: the median over the rounds / the best one.  ratio is
protonet over OpenCV (below 1: protonet is faster), diff the largest difference of the rows.

many   DetectionOutput of SSD300, 8,732 priors and 21 classes, on scores of an untrained net: of
       each class thousands are above the threshold
few    the same on scores of a trained one: the background has nearly everything
rpn    Proposal on 9 anchors at 38 x 50 places; the two treat sizes and equal scores differently
roi    ROIPooling of 300 regions to 7 x 7, 512 channels of 38 x 50

ssd    MobileNet-SSD 300 on one image, optimize=True: a pass, and its convolutions in it, in the
       best pass of --passes; the ratio of the two there, and its median
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
PROPOSAL = """name: "proposal"
input: "score" input_shape { dim: 1 dim: 18 dim: 38 dim: 50 }
input: "delta" input_shape { dim: 1 dim: 36 dim: 38 dim: 50 }
input: "info" input_shape { dim: 1 dim: 3 }
layer {
  name: "found" type: "Proposal" bottom: "score" bottom: "delta" bottom: "info" top: "found"
  proposal_param { ratio: [0.5, 1, 2] scale: [8, 16, 32] }
}
"""
POOLING = """name: "pooling"
input: "maps" input_shape { dim: 1 dim: 512 dim: 38 dim: 50 }
input: "rois" input_shape { dim: 300 dim: 5 }
layer {
  name: "found" type: "ROIPooling" bottom: "maps" bottom: "rois" top: "found"
  roi_pooling_param { pooled_h: 7 pooled_w: 7 spatial_scale: 0.0625 }
}
"""
NETS = {"many": NET, "few": NET, "rpn": PROPOSAL, "roi": POOLING}
#: By how much the score of the background is ahead.
SCORES = {"many": 0.0, "few": 9.0}


def write_inputs(folder: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(0)
    centre = rng.uniform(0.05, 0.95, (PRIORS, 2))
    half = rng.uniform(0.02, 0.2, (PRIORS, 2))
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    variance = np.resize([0.1, 0.1, 0.2, 0.2], boxes.size)
    prior = np.stack([boxes.ravel(), variance])[None].astype(np.float32)
    loc = rng.normal(0, 0.5, (1, PRIORS * 4)).astype(np.float32)
    for case, ahead in SCORES.items():
        scores = rng.normal(0, 1.5, (PRIORS, CLASSES))
        scores[:, 0] += ahead
        scores = np.exp(scores)
        conf = (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32).reshape(1, -1)
        np.savez(folder / f"{case}.npz", loc=loc, conf=conf, prior=prior)
    np.savez(folder / "rpn.npz", **proposal_inputs(rng))
    np.savez(folder / "roi.npz", **pooling_inputs(rng))
    for case, text in NETS.items():
        (folder / f"{case}.prototxt").write_text(text)


def proposal_inputs(rng: Any) -> dict[str, Any]:
    import numpy as np

    score = rng.uniform(0, 1, (1, 9, 38, 50))
    return {
        "score": np.concatenate([1 - score, score], axis=1).astype(np.float32),
        "delta": rng.normal(0, 0.2, (1, 36, 38, 50)).astype(np.float32),
        "info": np.float32([[608, 800, 1]]),
    }


def pooling_inputs(rng: Any) -> dict[str, Any]:
    import numpy as np

    centre, half = rng.uniform(0, (800, 608), (300, 2)), np.exp(rng.uniform(3, 5.5, (300, 2)))
    corners = np.concatenate([centre - half, centre + half], axis=1)
    corners = np.clip(corners, 0, (799, 607, 799, 607))
    return {
        "maps": rng.normal(size=(1, 512, 38, 50)).astype(np.float32),
        "rois": np.column_stack([np.zeros(300), corners]).astype(np.float32),
    }


# -- contenders: each gives its version and a function that makes a pass --------------------------


def protonet_pass(file: Path, threads: int) -> tuple[str, Callable[[Any], Any]]:
    import protonet
    from protonet.kernels.threads import set_num_threads

    set_num_threads(threads)
    net = protonet.Net(file, phase=1)

    def run(inputs: Any) -> Any:
        for name, values in inputs.items():
            net.blobs[name].data[...] = values
        net.forward()
        return net.blobs["found"].data

    return f"protonet {protonet.__version__}", run


def opencv_pass(file: Path, threads: int) -> tuple[str, Callable[[Any], Any]]:
    import cv2

    cv2.setNumThreads(threads)
    net = cv2.dnn.readNetFromCaffe(str(file))

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
        passes_of = {case: CONTENDERS[who](folder / f"{case}.prototxt", threads) for case in NETS}
    except (ImportError, AttributeError) as error:  # OpenCV 5 reads no Caffe nets
        print(f"missing: {error}", flush=True)
        return
    print(passes_of["many"][0], flush=True)
    inputs = {case: dict(np.load(folder / f"{case}.npz")) for case in NETS}
    for line in sys.stdin:
        case = line.strip()
        run = passes_of[case][1]
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
    """Of the rows of both; each column sorted, as equal scores have no order.  Of Proposals'
    only the best row: NMS goes other ways behind it."""
    import numpy as np

    rows = [np.load(folder / f"{who}-{case}.npy") for who in CONTENDERS]
    rows = [found[:1] if case == "rpn" else found.reshape(-1, found.shape[-1]) for found in rows]
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
    for case in NETS:
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
    from bench.detector import beside_convolutions

    whole, part, median = beside_convolutions(args.threads, args.passes)
    print(f"ssd   {whole:8.1f}, convolutions {part:.1f}   ratio {whole / part:.2f} / {median:.2f}")


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
    parser.add_argument("--passes", type=int, default=60, help="of the whole detector")
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
