"""What runs in place of a graph where only its results count: fewer steps, the same numbers.

A pass is a function of steps to steps; each leaves the graph itself as it is.
"""

from __future__ import annotations

from ..executor import Executor
from ..graph import Graph
from .drop import drop_identities

PASSES = (drop_identities,)


def for_inference(graph: Graph) -> Executor:
    """Runs the graph forward with all passes applied, and cannot run it backward."""
    steps = list(graph.steps)
    for apply in PASSES:
        steps = apply(steps)
    return Executor(steps, len(graph.steps), backward=False)
