"""How fast the machine could be: its sgemm and memory, measured, and what a net asks of them.

A bound of a task: each layer takes as long as its multiply-adds at the speed of a large
product, or, where that is longer, as its weights, bottoms and tops through memory.  It is one of
plain layers: what stays in the cache, is fused or is computed in a cleverer way goes below it.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np

#: A training step computes each product three times: y, dw and dx.
PASSES = {"infer": 1, "train": 3}
VIEWS = {"Input", "Split", "Flatten", "Reshape", "Dropout"}


class Machine(NamedTuple):
    """Multiply-adds a second of float32, and bytes a second through memory."""

    sgemm: float
    memory: float


def measure(threads: int) -> Machine:
    """The best of a few: on a busy machine less is had."""
    from threadpoolctl import threadpool_limits

    n = 1536
    a = np.ones((n, n), np.float32)
    out = np.empty_like(a)
    big = np.ones(1 << 25, np.float32)
    copy = np.empty_like(big)
    with threadpool_limits(threads):
        product = best(lambda: np.matmul(a, a, out=out), 8)
    return Machine(n**3 / product, 2 * big.nbytes / best(lambda: np.copyto(copy, big), 8))


def best(task: Any, times: int) -> float:
    """Seconds of the fastest of so many calls."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def bounds(job: dict[str, Any], machine: Machine) -> dict[str, float]:
    """Milliseconds of each task."""
    from protonet.net.net import Net

    net = Net(job["deploy"])
    rows = [(macs(step), values(step), weights(step)) for step in net.steps]
    tasks = {f"infer {n}": n for n in job["images"]} | {"train": job["batch"]}
    found = {}
    for task, count in tasks.items():
        times = PASSES[task.split()[0]]
        each = [
            max(count * m / machine.sgemm, 4 * (count * v + w) / machine.memory) for m, v, w in rows
        ]
        found[task] = 1000 * times * sum(each)
    return found


def macs(step: Any) -> int:
    """Multiply-adds of a layer's products for one image."""
    if step.layer.type in ("Convolution", "InnerProduct"):
        w = step.layer.blobs[0].data
        return step.top[0].count * (w.size // w.shape[0])
    if step.layer.type == "Deconvolution":
        w = step.layer.blobs[0].data
        return step.bottom[0].count * (w.size // w.shape[0])
    if step.layer.type == "LSTM":
        return step.layer.macs(step.bottom, step.top)
    return 0


def values(step: Any) -> int:
    """Numbers a layer reads and writes."""
    if step.layer.type in VIEWS:
        return 0
    return sum(blob.count for blob in (*step.bottom, *step.top))


def weights(step: Any) -> int:
    return sum(blob.count for blob in step.layer.blobs)
