"""Bench: a layer of a Row with its blobs, outside any net."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

import protonet.layers  # noqa: F401  (registers them)
from protonet.core.blob import Blob
from protonet.core.context import TEST, TRAIN, Context
from protonet.core.layer import Layer
from protonet.core.registry import create_layer
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from protonet.study.flow import spread

from .row import Row, Shape

ROOT = Path(__file__).resolve().parents[1] / "conformance"
SEED = 1701
Make = Callable[..., Layer]


def layer_parameter(row: Row) -> pb.LayerParameter:
    """The LayerParameter of a row, its blobs named b0, b1, ... and t0, t1, ..."""
    names = [f'bottom: "b{i}"' for i in range(len(row.bottoms))]
    names += [f'top: "t{i}"' for i in range(row.tops)]
    message, _ = parse(f'name: "{row.name}" {" ".join(names)} {row.layer}', pb.LayerParameter)
    return message


class Bench:
    """Builds the row's layer at once: blobs, setup, reshape, values, parameters.

    Everything is seeded, so two benches of a row hold the same numbers (rounded to
    float32, whatever the dtype).  What is random is drawn again the same in each pass.
    """

    def __init__(
        self,
        row: Row,
        make: Make = create_layer,
        *,
        dtype: DTypeLike = np.float64,
        shapes: Sequence[Shape] | None = None,
        phase: str | None = None,
        in_place: bool = False,
    ) -> None:
        self.row = row
        number = TRAIN if (phase or row.phase) == "TRAIN" else TEST
        context = Context(
            phase=number, dtype=dtype, seed=SEED, root=ROOT, allow_python=True, fork=row.fork
        )
        self.layer = make(layer_parameter(row), context)
        self.bottom = [Blob(shape, dtype) for shape in shapes or row.bottoms]
        self.top = [Blob((), dtype) for _ in range(row.tops)]
        if in_place:
            both = min(len(self.top), len(self.bottom))
            self.top[:both] = self.bottom[:both]
        self.layer.setup(self.bottom, self.top)
        self.layer.reshape(self.bottom, self.top)
        self.fill_bottoms()
        self._fill_params()

    def fill_bottoms(self) -> None:
        for i, blob in enumerate(self.bottom):
            make = self.row.values.get(i, spread)
            blob.data[...] = _rounded(make(np.random.default_rng([SEED, i]), blob.shape))

    def _fill_params(self) -> None:
        for i, blob in enumerate(self.layer.blobs):
            values = spread(np.random.default_rng([SEED, 100 + i]), blob.shape)
            # What is not learnt may be a variance or a count.
            blob.data[...] = _rounded(values if self.learns(i) else 1 + values / 4)

    def learns(self, index: int) -> bool:
        """Whether parameter blob `index` takes a gradient (BatchNorm's do not)."""
        specs = self.layer.param.param
        return index >= len(specs) or specs[index].lr_mult != 0

    @property
    def gradient(self) -> list[bool]:
        """For each bottom, whether a gradient flows into it."""
        if not self.layer.has_backward:
            return [False] * len(self.bottom)
        wanted = self.row.gradient
        if wanted is None:
            return [self.layer.accepts_gradient(i) for i in range(len(self.bottom))]
        return [i in wanted for i in range(len(self.bottom))]

    @property
    def objective_tops(self) -> list[int]:
        wanted = self.row.top_gradient
        return list(range(len(self.top))) if wanted is None else list(wanted)

    def reshape(self, shapes: Sequence[Shape]) -> None:
        for blob, shape in zip(self.bottom, shapes):
            blob.reshape(*shape)
        self.layer.reshape(self.bottom, self.top)
        self.fill_bottoms()

    def forward(self) -> Bench:
        self.layer._rng = None  # drawn anew from the layer's own seed
        if self.layer.reshape_always:
            self.layer.reshape(self.bottom, self.top)
        self.layer.forward(self.bottom, self.top)
        return self

    def seed_tops(self) -> Bench:
        """Random gradients into the tops."""
        for i, blob in enumerate(self.top):
            rng = np.random.default_rng([SEED, 200 + i])
            blob.diff[...] = _rounded(spread(rng, blob.shape))
        return self

    def clear_params(self) -> Bench:
        for blob in self.layer.blobs:
            blob.diff.fill(0)
        return self

    def backward(self, propagate: Sequence[bool] | None = None) -> Bench:
        down = self.gradient if propagate is None else list(propagate)
        self.layer.backward(self.top, down, self.bottom)
        return self

    def run(self) -> Bench:
        """One whole pass: forward, and backward if there is one."""
        self.forward()
        if self.layer.has_backward:
            self.clear_params().seed_tops().backward()
        return self

    def outputs(self) -> dict[str, NDArray]:
        return {f"top[{i}].data": blob.data.copy() for i, blob in enumerate(self.top)}

    def gradients(self) -> dict[str, NDArray]:
        """Bottom and parameter diffs, copied; those that are defined."""
        if not self.layer.has_backward:
            return {}
        found = {
            f"bottom[{i}].diff": blob.diff.copy()
            for i, (blob, wanted) in enumerate(zip(self.bottom, self.gradient))
            if wanted
        }
        return found | self.param_gradients()

    def param_gradients(self) -> dict[str, NDArray]:
        blobs = enumerate(self.layer.blobs)
        return {f"blobs[{i}].diff": blob.diff.copy() for i, blob in blobs if self.learns(i)}


def _rounded(values: NDArray) -> NDArray:
    return np.asarray(values, np.float32)
