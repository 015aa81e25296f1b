"""The values of weights: in the model, or where that is too large in a file of their own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Bytes of weights from which on they lie beside: a protobuf message ends at 2 GB.
EXTERNAL = 2**31 - 2**24
#: Tensors below this stay in the model.
SMALL = 256


def fill(model: Any, arrays: Mapping[str, NDArray]) -> None:
    """Put the values into the initializers that have none."""
    for tensor in model.graph.initializer:
        if tensor.name in arrays:
            tensor.raw_data = _bytes(arrays[tensor.name]).tobytes()


def move_out(model: Any, arrays: Mapping[str, NDArray], data: Path) -> None:
    """Write the values into a file, each from a multiple of 4096 bytes on."""
    with open(data, "wb") as file:
        for tensor in model.graph.initializer:
            if tensor.name not in arrays:
                continue
            start = -(-file.tell() // 4096) * 4096
            file.seek(start)
            length = file.write(_bytes(arrays[tensor.name]).data)
            tensor.data_location = tensor.EXTERNAL
            places = {"location": data.name, "offset": str(start), "length": str(length)}
            for key, value in places.items():
                tensor.external_data.add(key=key, value=value)


def say_where(model: Any, name: str) -> None:
    """The name that the file of values will have."""
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = name


def _bytes(array: NDArray) -> NDArray:
    """The array's memory in the order of bytes that ONNX wants, the smallest first."""
    if sys.byteorder == "big":
        array = array.astype(array.dtype.newbyteorder("<"))
    return array.reshape(-1).view(np.uint8)
