"""Random streams and data sources: where each layer stands, so that resuming is exact."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.context import TRAIN
from ..core.layer import Layer
from ..errors import DataError
from ..log import log
from ..net.net import Net


def get_states(nets: Sequence[Net]) -> list[dict[str, Any]]:
    """For each net, by layer: the state of its random stream, and what its `state` method
    tells of its own (where a data layer stands, what an LSTM carries over)."""
    return [
        {f"{i} {layer.name}": _layer_state(layer) for i, layer in enumerate(net.layers)}
        for net in nets
    ]


def set_states(nets: Sequence[Net], states: Sequence[dict[str, Any]]) -> None:
    """The reverse.  Layers that are not in `states` go on as they are."""
    for net, known in zip(nets, states):
        for i, layer in enumerate(net.layers):
            state = known.get(f"{i} {layer.name}", {})
            if "rng" in state:
                layer.rng.bit_generator.state = state["rng"]
            if (
                layer.type == "Python"
                and not net.bottoms[i]
                and "own" not in state
                and net.phase == TRAIN
            ):
                log.warning(
                    "layer '%s' (Python) has no methods state and set_state: a place in "
                    "its data that it keeps starts anew",
                    layer.name,
                )
            if "own" in state:
                try:
                    layer.set_state(state["own"])
                except DataError as error:
                    log.warning("layer '%s' starts its data anew: %s", layer.name, error)


def _layer_state(layer: Layer) -> dict[str, Any]:
    # A stream that nothing was drawn from yet is kept as well: the first draw may come
    # later, and without random_seed the next process would have another stream.
    state: dict[str, Any] = {"rng": layer.rng.bit_generator.state}
    if own := layer.state():
        state["own"] = own
    return state


# -- the streams of Python itself: what layers written by users draw from -------------------


def get_global(nets: Sequence[Net]) -> dict[str, Any]:
    """The state of numpy.random and of random; {} for nets without Python layers."""
    if not any(layer.type == "Python" for net in nets for layer in net.layers):
        return {}
    version, words, gauss = random.getstate()
    return {
        "numpy": np.random.get_state(legacy=False),  # noqa: NPY002 (it is what users use)
        "random": [version, list(words), gauss],
    }


def set_global(state: dict[str, Any]) -> None:
    if state:
        np.random.set_state(state["numpy"])  # noqa: NPY002
        version, words, gauss = state["random"]
        random.setstate((version, tuple(words), gauss))
