"""The values of a net's outputs, and the words for them in Caffe's log."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..log import number
from ..net.net import Net


class Output(NamedTuple):
    """One value of an output blob.  weight: of the blob in the loss."""

    name: str
    weight: float


def output_names(net: Net) -> list[Output]:
    """The blob and its loss weight for each of `output_values`."""
    weights = net.blob_loss_weights
    return [
        Output(name, weights[name]) for name in net.outputs for _ in range(net.blobs[name].count)
    ]


def output_values(net: Net) -> NDArray[np.float64]:
    """All values of all outputs, one after the other, copied."""
    arrays = [net.blobs[name].data.reshape(-1) for name in net.outputs]
    return np.concatenate(arrays, dtype=np.float64) if arrays else np.zeros(0)


def score(output: Output, value: float) -> str:
    """'loss = 0.25 (* 1 = 0.25 loss)'; without the bracket if the blob is not a loss."""
    text = f"{output.name} = {number(value)}"
    if output.weight:
        text += f" (* {number(output.weight)} = {number(output.weight * value)} loss)"
    return text


def by_name(outputs: list[Output], values: NDArray) -> dict[str, float | list[float]]:
    """Values by blob: a number where the blob has one value, else a list."""
    result: dict[str, list[float]] = {}
    for output, value in zip(outputs, values):
        result.setdefault(output.name, []).append(float(value))
    return {name: items[0] if len(items) == 1 else items for name, items in result.items()}
