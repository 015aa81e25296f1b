"""Two nets run on the same inputs, and how far apart their blobs are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NetError
from ..net.net import Net
from .onnx.compare import difference
from .onnx.probe import jumps
from .onnx.samples import samples

_SEED = 1
#: Deviations of random pictures: with their mean taken and scaled to 1, and in 256 steps.
_SPREADS = (1.0, 50.0)


@dataclass(frozen=True)
class Deviation:
    """Of a blob in two nets: the largest |b - a|, and that by the largest |a|."""

    blob: str
    largest: float
    relative: float


def prove(old: Net, new: Net, tolerance: float) -> list[Deviation]:
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
    behind = behind_jumps(new)
    names = [name for name in new.blobs if name in old.blobs and name not in behind]
    found = [Deviation(name, 0.0, 0.0) for name in names]
    for spread in _SPREADS:
        inputs = samples(new, rng, spread)
        for net in (old, new):
            net.forward(None, None, **inputs)
        pairs = ((old.blobs[name].data, new.blobs[name].data) for name in names)
        now = [Deviation(n, *difference(b, a)) for n, (a, b) in zip(names, pairs)]
        # Not the larger of two: a NaN stays.
        found = [d if e.relative <= d.relative else e for d, e in zip(found, now)]
    worst = next((d for d in found if not d.relative <= tolerance), None)
    if worst is not None:
        raise NetError(
            f"not the same net: blob '{worst.blob}' differs by {worst.relative:.1e} of its largest "
            f"value, more than {tolerance:g}",
            "nothing was written",
        )
    return found


def behind_jumps(net: Net) -> set[str]:
    """Blobs that depend on a choice, of boxes or of the largest value: a difference by rounding
    may become any."""
    found: set[str] = set()
    for step in net.steps:
        chooses = jumps(step) or step.layer.reshape_always
        if step.bottom_names and (chooses or not found.isdisjoint(step.bottom_names)):
            found.update(step.top_names)
    return found
