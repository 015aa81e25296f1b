"""Two nets run on the same inputs, and how far apart their blobs are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError
from ...net.net import Net

_SEED = 1
_SPREAD = 50.0  # of random images: about what pixels without their mean have


@dataclass(frozen=True)
class Deviation:
    """Of a blob in two nets: the largest |b - a|, and that by the largest |a|."""

    blob: str
    largest: float
    relative: float


def prove(old: Net, new: Net, tolerance: float, passes: int = 2) -> list[Deviation]:
    """Run both on random inputs; a row for each blob that both have, in the order of `new`.

    What follows a layer whose result jumps, as that of one that chooses boxes does, is left out.
    NetError if the nets have no inputs, or if a blob differs by more than `tolerance`.
    """
    if not new.inputs or new.inputs != old.inputs:
        raise NetError(
            "the net has no inputs that random numbers could be given to",
            "make one for use first: protonet deploy TRAIN_VAL -o NET",
            file=new.definition.file,
        )
    rng = np.random.default_rng(_SEED)
    names = [name for name in new.blobs if name in old.blobs and name not in _jumping(new)]
    found = [Deviation(name, 0.0, 0.0) for name in names]
    for _ in range(passes):
        inputs = probe(new, rng)
        for net in (old, new):
            net.forward(None, None, **inputs)
        now = [_deviation(name, old.blobs[name].data, new.blobs[name].data) for name in names]
        found = [max(pair, key=lambda d: d.relative) for pair in zip(now, found)]
    worst = max(found, key=lambda d: d.relative)
    if not worst.relative <= tolerance:
        raise NetError(
            f"not the same net: blob '{worst.blob}' differs by {worst.relative:.1e} of its largest "
            f"value, more than {tolerance:g}",
            "nothing was written",
        )
    return found


def probe(net: Net, rng: np.random.Generator) -> dict[str, NDArray]:
    """Random values for the inputs of a net: images, the sizes of images where an input of three
    numbers goes with them, numbers of words where an Embed reads them."""
    shapes = {name: net.blobs[name].shape for name in net.inputs}
    images = [shape for shape in shapes.values() if len(shape) == 4]
    words = _words(net)
    values: dict[str, NDArray] = {}
    for name, shape in shapes.items():
        if name in words:
            values[name] = rng.integers(words[name], size=shape).astype(np.float32)
        elif images and shape[-1:] == (3,) and len(shape) == 2:
            values[name] = np.full(shape, (*images[0][2:], 1), np.float32)
        else:
            values[name] = rng.normal(0, _SPREAD, shape).astype(np.float32)
    return values


def _words(net: Net) -> Mapping[str, int]:
    """Inputs that an Embed reads -> how many words it knows."""
    return {
        name: step.layer.param.embed_param.input_dim
        for name in net.inputs
        for step in net.steps
        if step.layer.type == "Embed"
        and any(blob.shares_data_with(net.blobs[name]) for blob in step.bottom)
    }


def _jumping(net: Net) -> set[str]:
    """Blobs that depend on a choice: of boxes, of the largest value."""
    found: set[str] = set()
    for step in net.steps:
        jumps = step.layer.type in ("ArgMax", "Threshold") or step.layer.reshape_always
        if step.bottom_names and (jumps or not found.isdisjoint(step.bottom_names)):
            found.update(step.top_names)
    return found


def _deviation(name: str, a: NDArray, b: NDArray) -> Deviation:
    if a.shape != b.shape:
        return Deviation(name, np.inf, np.inf)
    x, y = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore"):
        gap = float(np.abs(x - y).max(initial=0))
    size = float(np.abs(x).max(initial=0))
    relative = gap / size if size else (0.0 if not gap else np.inf)
    return Deviation(name, gap, relative if np.isfinite(relative) else np.inf)
