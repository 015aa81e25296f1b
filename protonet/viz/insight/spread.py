"""How the values of a net are spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError
from ...net.net import Net
from ..weights_summary import statistics
from .base import Insight

#: What there are histograms of.
KINDS = ("weights", "gradients", "activations", "activation gradients")


@dataclass(frozen=True)
class Histogram:
    """counts (B): of the finite values between edges (B + 1).  mean, std: of these.  zeros,
    not_finite: how many values are 0, and NaN or infinite."""

    name: str
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    mean: float
    std: float
    zeros: int
    not_finite: int


@dataclass(frozen=True)
class Histograms(Insight):
    """of: one of `KINDS`.  each: a histogram for each blob, in the order of the layers."""

    of: str
    each: list[Histogram]

    @property
    def title(self) -> str:
        return f"{self.of} of {len(self.each)} blobs"


def histograms(net: Net, of: str = "weights", bins: int = 50) -> Histograms:
    """How the values of each blob are spread: of the parameters ("weights", or their "gradients"),
    or of what the last passes computed ("activations", "activation gradients").

    bins: how many, equally wide from the smallest finite value to the largest.
    """
    if of not in KINDS:
        raise NetError(f"there are no histograms of '{of}'", f"take {' or '.join(KINDS)}")
    return Histograms(of, [histogram(name, values, bins) for name, values in _values(net, of)])


def histogram(name: str, values: NDArray, bins: int = 50) -> Histogram:
    """Of values of any shape.  Counts are all 0 if none is finite."""
    held = statistics(values)
    known = held.min is not None and held.max is not None
    limits = (float(held.min or 0), float(held.max or 0)) if known else (0.0, 1.0)
    finite = values if not held.not_finite else values[np.isfinite(values)]
    counts, edges = np.histogram(finite, bins, limits)
    mean, std = (np.nan if x is None else x for x in (held.mean, held.std))
    return Histogram(name, counts, edges.astype(np.float64), mean, std, held.zeros, held.not_finite)


def _values(net: Net, of: str) -> Iterator[tuple[str, NDArray]]:
    if of in ("weights", "gradients"):
        for step in net.steps:
            for i, blob in enumerate(step.layer.blobs):
                yield f"{step.layer.name}[{i}]", blob.data if of == "weights" else blob.diff
        return
    copies = {name for step in net.steps if step.inserted for name in step.top_names}
    for name, blob in net.blobs.items():
        if name not in copies:
            yield name, blob.data if of == "activations" else blob.diff
