"""Plain values (dicts, lists, numbers, texts, bytes, arrays) to bytes and back.

JSON, with arrays and bytes in base64: reading it can run no code, and new keys do no harm.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np

_KIND = re.compile("[<>|][biuf][0-9]{1,2}")


def pack(value: Any) -> bytes:
    """A tree of plain values as bytes; TypeError if something else is in it."""
    return json.dumps(value, default=_encode, separators=(",", ":")).encode()


def unpack(packed: bytes) -> Any:
    """The reverse; ValueError if the bytes are not what `pack` made."""
    try:
        return json.loads(packed.decode(), object_hook=_decode)
    except (TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"not plain values: {error}") from error


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"__array__": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return {"__bytes__": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} is not a plain value")


def _decode(value: dict[str, Any]) -> Any:
    if "__bytes__" in value:
        return base64.b64decode(value["__bytes__"])
    if "__array__" in value:
        dtype, shape, data = value["__array__"]
        if not isinstance(dtype, str) or not _KIND.fullmatch(dtype):  # NumPy parses far more
            raise ValueError(f"an array of {dtype}")
        kind = np.dtype(dtype)
        return np.frombuffer(base64.b64decode(data), kind).reshape(shape).copy()
    return value
