"""An engine held against the plain executor, as it will be used."""

from __future__ import annotations

import numpy as np

from ..errors import NetError
from ..export.onnx.compare import difference
from ..export.onnx.dims import sources
from ..export.onnx.proof import rewind
from ..export.onnx.samples import samples
from ..export.proof import behind_jumps
from ..net.net import Net
from .base import ALLOWED, Engine

_SEED = 7


def check(engine: Engine, net: Net) -> float:
    """Run both on random inputs of the net's shapes; the largest difference of an output, by its
    largest value.

    Outputs that depend on a choice, as of boxes, are not compared.  NetError if one differs by
    more than 1e-4.
    """
    plain = net.clone(plain=True)
    inputs = samples(plain, np.random.default_rng(_SEED))
    for name, values in inputs.items():
        plain.blobs[name].data[...] = values
    rewind(plain)
    outside = {step.index for step in sources(plain)}
    for step in plain.steps:
        if step.index not in outside:
            plain.run_forward(step.index, step.index)
    worst, behind = 0.0, behind_jumps(plain)
    for name, values in engine.run(inputs).items():
        at, i = engine.told[name]
        step = plain.steps[at]
        if step.top_names[i] in behind:
            continue
        _, relative = difference(values, step.top[i].data)
        if not relative <= ALLOWED:
            raise NetError(
                f"the engine {engine.name} gives other values: '{name}' differs by {relative:.1e} "
                f"of its largest, more than {ALLOWED:g}",
                "run without it",
                file=net.definition.file,
            )
        worst = max(worst, relative)
    return worst
