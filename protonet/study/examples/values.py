"""Small arrays, written as one sees them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..worked import Example

Rows = Sequence[Sequence[float]]


def planes(*channels: Rows) -> NDArray:
    """One image (1, C, H, W)."""
    return np.array([channels], np.float64)


def counted(*shape: int) -> NDArray:
    """1, 2, 3, ... in a shape."""
    return 1.0 + np.arange(np.prod(shape)).reshape(shape)


def of(type_name: str, text: str = "") -> str:
    return f'type: "{type_name}" {text}'.strip()


def one(layer: str, *bottoms: object, **more: object) -> tuple[Example, ...]:
    """The examples of a type that has one."""
    return (Example(layer, bottoms=bottoms, **more),)  # type: ignore[arg-type]
