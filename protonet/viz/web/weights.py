"""Weights for the page: what each blob holds, as numbers and pictures, and whether it fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from numpy.typing import NDArray

from ...net.net import Net
from ...net.weights import fits
from ...proto.stored import LayerWeights
from ..insight.spread import histogram
from ..weights_summary import statistics
from . import pixels

_BINS = 60


def blobs_of(layer: LayerWeights) -> list[dict[str, Any] | None]:
    """Of each blob, None for one that another layer owns: shape, statistics, histogram and, where
    there is one, a picture."""
    return [
        {
            "shape": blob.shape,
            **asdict(statistics(blob)),
            "histogram": _histogram(blob),
            "picture": picture._asdict() if (picture := pixels.filters(blob)) else None,
        }
        if blob is not None
        else None
        for blob in layer.blobs
    ]


def _histogram(blob: NDArray) -> dict[str, list[float]]:
    """edges: one more than counts."""
    found = histogram("", blob, _BINS)
    return {"edges": found.edges.tolist(), "counts": found.counts.tolist()}


def fit(net: Net, stored: Sequence[LayerWeights]) -> dict[str, Any]:
    """What `Net.copy_from` would find, in names.

    layers: those of the file that have blobs.  missing: layers with parameters that have none
    there; unused: those of the file that the net does not have; misshapen: [layer, number of the
    blob, shape in the net, in the file].  Of a layer whose shapes are not known nothing is told.
    """
    inside: Mapping[str, LayerWeights] = {layer.name: layer for layer in stored}
    held = [layer.name for layer in stored if layer.blobs]
    names = {step.layer.name for step in net.steps}
    own = {step.layer.name: step.layer for step in net.steps if step.layer.blobs}
    return {
        "layers": held,
        "missing": [name for name in own if name not in held],
        "unused": [name for name in held if name not in names],
        "misshapen": [
            [name, i, blob.shape, found.shape]
            for name, layer in own.items()
            if name in inside
            for i, (blob, found) in enumerate(zip(layer.blobs, inside[name].blobs))
            if found is not None and not fits(blob.shape, found.shape)
        ],
    }
