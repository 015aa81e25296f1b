"""Any number of items through a net, whatever the batch size of its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NetError, ShapeError
from .graph import Graph

#: Items run at once, if the input's own batch is smaller.
BATCH = 64


Arrays = Mapping[str, NDArray]


def predict(
    graph: Graph,
    forward: Callable[[], object],
    reshape: Callable[[], object],
    inputs: ArrayLike | Mapping[str, ArrayLike],
    batch_size: int | None = None,
    output: str | Sequence[str] | None = None,
) -> NDArray | dict[str, NDArray]:
    """See `Net.predict`.

    forward: runs the graph, after values were written into its inputs.  reshape: shapes all
    blobs for the inputs.
    """
    arrays = as_items(graph, inputs)
    before = {name: graph.blob(name).shape for name in arrays}
    wanted = {name: graph.blob(name) for name in _wanted(graph, output)}

    def run(batch: Arrays) -> Arrays:
        for name, values in batch.items():
            graph.blob(name).reshape(*values.shape)
            graph.blob(name).data[...] = values
        forward()
        return {name: blob.data for name, blob in wanted.items()}

    try:
        return in_batches(graph, run, arrays, batch_size, output)
    finally:
        for name, shape in before.items():
            graph.blob(name).reshape(*shape)
        reshape()


def in_batches(
    graph: Graph,
    run: Callable[[Arrays], Arrays],
    arrays: Arrays,
    batch_size: int | None = None,
    output: str | Sequence[str] | None = None,
) -> NDArray | dict[str, NDArray]:
    """Give `run` the items of `as_items` batch by batch, and join what it returns.

    run: takes a batch of each input, returns blobs by name, `output` or the graph's outputs
    among them.
    """
    names = _wanted(graph, output)
    own = {name: graph.blob(name).shape for name in arrays}
    count = len(next(iter(arrays.values())))
    size = batch_size or max(BATCH, *(shape[0] for shape in own.values()))
    parts: dict[str, list[NDArray]] = {name: [] for name in names}
    for start in range(0, count, size):
        stop = min(start + size, count)
        try:
            values = run({name: items[start:stop] for name, items in arrays.items()})
        except ShapeError as error:
            raise _of_size(error, own, arrays) from error.__cause__
        for name in names:
            parts[name].append(_checked(name, values, stop - start))
    results = {name: np.concatenate(found) for name, found in parts.items()}
    single = isinstance(output, str) or (output is None and len(names) == 1)
    return results[names[0]] if single else results


def _wanted(graph: Graph, output: str | Sequence[str] | None) -> Sequence[str]:
    """The blobs that are asked for."""
    return graph.outputs if output is None else [output] if isinstance(output, str) else output


def as_items(graph: Graph, inputs: Any) -> dict[str, NDArray]:
    """One array (N, ...) for each input of the net."""
    if not graph.inputs:
        raise NetError(
            "the net has no inputs to give images to",
            "predict with a definition that begins with an Input layer, not with its data",
            file=graph.definition.file,
        )
    given = inputs if isinstance(inputs, Mapping) else {graph.inputs[0]: inputs}
    if set(given) != set(graph.inputs):
        raise NetError(
            f"values are given for {', '.join(given)}, the inputs are {', '.join(graph.inputs)}",
            "give a dict with an array for each input",
        )
    arrays = {name: _items(name, x, graph.blob(name).shape) for name, x in given.items()}
    counts = {name: len(values) for name, values in arrays.items()}
    if len(set(counts.values())) > 1:
        raise ShapeError(f"the inputs have different numbers of items: {counts}")
    if not min(counts.values()):
        raise ShapeError("there are no items to predict")
    return arrays


def _of_size(
    error: ShapeError, own: Mapping[str, tuple[int, ...]], arrays: Mapping[str, NDArray]
) -> ShapeError:
    """The error of a layer that cannot take what its net is given, told so."""
    for name, shape in own.items():
        explain_size(error, shape[1:], arrays[name].shape[1:])
    return error


def explain_size(error: ShapeError, own: tuple[int, ...], given: tuple[int, ...]) -> None:
    """Tell in the error of a layer that its net was given items of another size than its own."""
    if own != given:
        error.hint = f"the net cannot take items {given}: resize them to its own {own}"


def _items(name: str, values: Any, shape: tuple[int, ...]) -> NDArray:
    """(N, *item): a list is stacked, one item gets its axis, and so does a missing channel.
    Images may be higher and wider than the input, or less so."""
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
    if array.shape in (item, flat) or _is_one(array, item):
        array = array[np.newaxis]
    if array.shape[1:] not in (item, flat) and not _has_channels(array, item):
        swapped = array.ndim == 4 == len(item) + 1 and array.shape[-1] == item[0]
        raise ShapeError(
            f"'{name}' is given {array.shape}, the net takes (N, {', '.join(map(str, item))})",
            "put channels first: array.transpose(0, 3, 1, 2)" if swapped else "",
        )
    if len(item) == 3:  # of any height and width: the layers say whether they can take it
        return array.reshape(len(array), item[0], *array.shape[-2:])
    return array.reshape(len(array), *item)


def _is_one(array: NDArray, item: tuple[int, ...]) -> bool:
    """One image of another size: (C, H, W), or (H, W) of a grey one."""
    if len(item) != 3:
        return False
    return array.ndim == 2 if item[0] == 1 else array.ndim == 3 and array.shape[0] == item[0]


def _has_channels(array: NDArray, item: tuple[int, ...]) -> bool:
    """Images of another size: (N, C, H, W), or (N, H, W) of grey ones."""
    if len(item) != 3:
        return False
    return (array.ndim == 4 and array.shape[1] == item[0]) or (array.ndim == 3 and item[0] == 1)


def _checked(name: str, values: Arrays, count: int) -> NDArray:
    """A copy of a blob's items; NetError if it has none, or is none of those to be had."""
    if name not in values:
        raise NetError(f"'{name}' is not kept", f"compile the net with keep=['{name}']")
    if values[name].shape[:1] != (count,):
        raise NetError(
            f"'{name}' is {values[name].shape} for {count} items: it has no axis of items",
            "ask for another blob with output=",
        )
    return values[name].copy()
