"""Weights in a file of their own, beside a model that would be too large for one message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Bytes of weights from which on they lie there: a protobuf message ends at 2 GB.
EXTERNAL = 2**31 - 2**24
#: Tensors below this stay in the model.
_SMALL = 256


def weight_bytes(model: Any) -> int:
    return sum(len(tensor.raw_data) for tensor in model.graph.initializer)


def move_out(model: Any, data: Path) -> None:
    """Put the large tensors into a file, each from a multiple of 4096 bytes on."""
    with open(data, "wb") as file:
        for tensor in _large(model):
            start = -(-file.tell() // 4096) * 4096
            file.seek(start)
            length = file.write(tensor.raw_data)
            tensor.ClearField("raw_data")
            tensor.data_location = tensor.EXTERNAL
            places = {"location": data.name, "offset": str(start), "length": str(length)}
            for key, value in places.items():
                tensor.external_data.add(key=key, value=value)


def say_where(model: Any, name: str) -> None:
    """The name that the file of large tensors will have."""
    for tensor in _large(model):
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = name


def _large(model: Any) -> Iterator[Any]:
    return (t for t in model.graph.initializer if len(t.raw_data) >= _SMALL or t.external_data)
