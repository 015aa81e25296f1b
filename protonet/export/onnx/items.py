"""Items to calibrate with, as a net's data layers give them."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError, ProtonetError
from ...net.net import Net
from .dims import sources

#: How many are read.
_MOST = 512


def read_items(path: str | os.PathLike, most: int = _MOST) -> dict[str, NDArray]:
    """The first `most` items or so that the data layers of a net give in TEST, by the names of
    their tops."""
    net = Net(path)
    steps = [step for step in sources(net) if step.layer.type != "Input"]
    if not steps:
        raise DataError(
            "the net reads no data to calibrate with",
            "give a train_val or train_test prototxt, or an .npz",
            file=os.fspath(path),
        )
    found: dict[str, list[NDArray]] = {}
    seen = 0
    while seen < most:
        for step in steps:
            try:
                step.layer.forward(step.bottom, step.top)
            except ProtonetError as error:
                step.locate(error)
                raise
            for name, blob in zip(step.top_names, step.top):
                found.setdefault(name, []).append(blob.data.copy())
        seen += max(1, steps[0].top[0].shape[0])
    return {name: np.concatenate(arrays) for name, arrays in found.items()}
