"""Any number of items through a net, whatever the batch size of its input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NetError, ShapeError, did_you_mean

if TYPE_CHECKING:
    from .net import Net

#: Items run at once, if the input's own batch is smaller.
BATCH = 64


def predict(
    net: Net,
    inputs: ArrayLike | Mapping[str, ArrayLike],
    batch_size: int | None = None,
    output: str | Sequence[str] | None = None,
) -> NDArray | dict[str, NDArray]:
    """See `Net.predict`."""
    arrays = _inputs(net, inputs)
    names = net.outputs if output is None else [output] if isinstance(output, str) else output
    for name in names:
        if name not in net.blobs:
            raise NetError(f"no blob named '{name}'", did_you_mean(name, net.blobs))
    count = len(next(iter(arrays.values())))
    before = {name: net.blobs[name].shape for name in arrays}
    size = batch_size or max(BATCH, *(shape[0] for shape in before.values()))
    parts: dict[str, list[NDArray]] = {name: [] for name in names}
    try:
        for start in range(0, count, size):
            stop = min(start + size, count)
            for name, values in arrays.items():
                net.blobs[name].reshape(stop - start, *before[name][1:])
                net.blobs[name].data[...] = values[start:stop]
            net.run_forward()
            for name, found in parts.items():
                found.append(_checked(net, name, stop - start))
    finally:
        for name, shape in before.items():
            net.blobs[name].reshape(*shape)
        net.reshape()
    results = {name: np.concatenate(found) for name, found in parts.items()}
    single = isinstance(output, str) or (output is None and len(names) == 1)
    return results[names[0]] if single else results


def _inputs(net: Net, inputs: Any) -> dict[str, NDArray]:
    """One array (N, ...) for each input of the net."""
    if not net.inputs:
        raise NetError(
            "the net has no inputs to give images to",
            "predict with a definition that begins with an Input layer, not with its data",
            file=net.definition.file,
        )
    given = inputs if isinstance(inputs, Mapping) else {net.inputs[0]: inputs}
    if set(given) != set(net.inputs):
        raise NetError(
            f"values are given for {', '.join(given)}, the inputs are {', '.join(net.inputs)}",
            "give a dict with an array for each input",
        )
    arrays = {name: _items(name, values, net.blobs[name].shape) for name, values in given.items()}
    counts = {name: len(values) for name, values in arrays.items()}
    if len(set(counts.values())) > 1:
        raise ShapeError(f"the inputs have different numbers of items: {counts}")
    if not min(counts.values()):
        raise ShapeError("there are no items to predict")
    return arrays


def _items(name: str, values: Any, shape: tuple[int, ...]) -> NDArray:
    """(N, *item): a list is stacked, one item gets its axis, and so does a missing channel."""
    item = shape[1:]
    if isinstance(values, (list, tuple)):
        shapes = {np.shape(value) for value in values}
        if len(shapes) > 1:
            raise ShapeError(
                f"the items for '{name}' are of different shapes: {sorted(shapes)[:4]}",
                f"resize each to {item}",
            )
    array = np.asarray(values)
    flat = item[1:] if item[:1] == (1,) else item  # grey images need not have the axis of one
    if array.shape in (item, flat):
        array = array[np.newaxis]
    if array.shape[1:] not in (item, flat):
        swapped = array.ndim == 4 and array.shape[-1:] + array.shape[1:-1] == item
        raise ShapeError(
            f"'{name}' is given {array.shape}, the net takes (N, {', '.join(map(str, item))})",
            "put channels first: array.transpose(0, 3, 1, 2)" if swapped else "resize the images",
        )
    return array.reshape(len(array), *item)


def _checked(net: Net, name: str, count: int) -> NDArray:
    values = net.blobs[name].data
    if values.shape[:1] != (count,):
        raise NetError(
            f"'{name}' is {values.shape} for {count} items: it has no axis of items",
            "ask for another blob with output=",
        )
    return values.copy()
