"""Row: one layer definition that the harness puts through all its checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

Shape = tuple[int, ...]
Values = Callable[[np.random.Generator, Shape], np.ndarray]


@dataclass(frozen=True)
class Row:
    """name: unique.  layer: the layer's text without name, bottom and top.  bottoms: shapes.

    values[i]: how bottom i is filled (default: uniform in [-1, 1], away from 0 and ties).
    fork: whose layer it is, where the type means several.
    gradient: bottoms a gradient flows into (None: those the layer accepts one for).
    random: forward draws random numbers; the stream is rewound before each pass.
    other: bottoms of another size for the reshape check (None: first axis + 1).
    top_gradient: tops a gradient comes from (None: all); the others' diffs are ignored.
    tolerance: of finite differences, for layers whose gradient is an approximation.
    in_place: False where the type may work in place, but not as defined here.
    steady: False where forward or backward cannot do without new memory (say why).
    """

    name: str
    layer: str
    bottoms: tuple[Shape, ...]
    tops: int = 1
    phase: str = "TRAIN"
    fork: str = ""
    values: Mapping[int, Values] = field(default_factory=dict)
    gradient: tuple[int, ...] | None = None
    random: bool = False
    other: tuple[Shape, ...] | None = None
    top_gradient: tuple[int, ...] | None = None
    tolerance: float = 1e-6
    in_place: bool = True
    steady: bool = True

    def __str__(self) -> str:
        return self.name
