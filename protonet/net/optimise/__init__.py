"""What runs in place of a graph where only its results count: fewer steps, the same numbers.

A pass is a function of steps to steps; it leaves the steps of the graph as they are, but may
take the memory of blobs that are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..executor import Executor, Grouped
from ..graph import Graph
from ..training import executor_of
from .drop import drop_identities
from .fuse import fuse
from .inference import Inference
from .join import join
from .memory import Pool
from .reuse import reuse


def with_all_values(graph: Graph) -> Executor:
    """Runs the graph forward and backward, and keeps every blob.  Where nothing learns, layers in
    place run together with the Convolution before them."""
    if any(step.needs_backward for step in graph.steps):
        return executor_of(graph.steps)
    kept = {id(blob.data_memory) for _, blob in graph.blobs}
    return Grouped(graph.steps, fuse(graph.steps, kept, live=True))


def for_inference(graph: Graph, keep: Iterable[str] = (), processes: int = 1) -> Executor:
    """Runs the graph forward with all passes applied, and cannot run it backward.

    Values are kept of the graph's inputs and outputs, of losses, and of the blobs that `keep`
    names (NetError for one that there is not).  processes: how many run it together.
    """
    steps = drop_identities(graph.steps)
    names = [*graph.inputs, *graph.outputs, *keep]
    blobs = [graph.blob(name) for name in names]
    blobs += [blob for step in graph.steps for blob in step.losses]
    kept = {id(blob.data_memory) for blob in blobs}
    steps = join(fuse(steps, kept), kept)
    pool = Pool()
    reuse(steps, graph.blobs, kept, pool)
    return Inference(steps, len(graph.steps), pool, processes)
