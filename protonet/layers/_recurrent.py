"""Base of LSTM and RNN: bottoms, parameters and the state between passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..errors import DataError, NetError, ShapeError
from ..kernels.gemm import gemm
from ._index import no_gradient


class Recurrent(Layer):
    """Checks shapes, keeps the state, and does the products that need no time steps.

    The subclass says how many rows of weights a unit has (`gates`) and how many blobs its
    state (`states`), and runs through time.
    """

    messages = ("recurrent_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True)}
    gates: ClassVar[int]
    states: ClassVar[int]

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.recurrent_param
        self._exposed = self.states if param.expose_hidden else 0
        self._static = len(bottom) == 3 + self._exposed
        if len(bottom) - self._static != 2 + self._exposed or len(top) != 1 + self._exposed:
            state = f" and expose_hidden {self._exposed} more of each" if self._exposed else ""
            raise NetError(
                f"{len(bottom)} bottoms and {len(top)} tops",
                f"x, cont, maybe a static input and one top are needed{state}",
            )
        self._size = param.num_output
        self._state: tuple[NDArray, ...] = ()
        self._check(bottom)
        rows = self.gates * self._size
        self.add_blob((rows, bottom[0].count_from(2)), param.weight_filler)
        self.add_blob((rows,), param.bias_filler)
        if self._static:
            self.add_blob((rows, bottom[2].count_from(1)), param.weight_filler)
        self.add_blob((rows, self._size), param.weight_filler)

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0 or (bottom_index == 2 and self._static)

    @property
    def _w_h(self) -> Blob:
        """The weights of the state: behind those of x, their bias and those of the static input."""
        return self.blobs[2 + self._static]

    def _check(self, bottom: Blobs) -> None:
        x, cont = bottom[0].shape, bottom[1].shape
        if len(x) < 3:
            raise ShapeError(f"x has shape {x}", "it must be (T, N, ...)")
        if cont != x[:2]:
            raise ShapeError(f"cont has shape {cont}, x {x}", "cont must be (T, N)")
        if self._static and (len(bottom[2].shape) < 2 or bottom[2].shape[0] != x[1]):
            raise ShapeError(
                f"the static input has shape {bottom[2].shape}, x {x}", "it must be (N, ...)"
            )
        for blob in bottom[2 + self._static :]:
            if blob.shape != (1, x[1], self._size):
                raise ShapeError(
                    f"a state has shape {blob.shape}",
                    f"it must be (1, N, num_output) = {(1, x[1], self._size)}",
                )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check(bottom)
        steps, items = bottom[0].shape[:2]
        for i, k in ((0, 0), (2, 2)) if self._static else ((0, 0),):
            width = bottom[i].count_from(2 if i == 0 else 1)
            if width != self.blobs[k].shape[1]:
                raise ShapeError(
                    f"bottom {i} has {width} values an item, the weights are for "
                    f"{self.blobs[k].shape[1]}",
                    "features cannot change",
                )
        top[0].reshape(steps, items, self._size)
        for blob in top[1:]:
            blob.reshape(1, items, self._size)
        if not self._state or len(self._state[0]) != items:
            self._state = tuple(
                np.zeros((items, self._size), self.dtype) for _ in range(self.states)
            )

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        """The product with the static input is made once an item, the others at each step."""
        steps, items, _ = top[0].shape
        once = self.blobs[2].count if self._static else 0
        each = sum(blob.count for blob in self.blobs if len(blob.shape) == 2) - once
        return items * (steps * each + once)

    def state(self) -> dict[str, Any]:
        """What the next pass starts from, for a snapshot."""
        return {"state": [array.copy() for array in self._state]}

    def set_state(self, state: dict[str, Any]) -> None:
        given = [np.array(array, self.dtype) for array in state["state"]]
        if [array.shape for array in given] != [array.shape for array in self._state]:
            raise DataError("the state that was kept is that of another batch or layer size")
        self._state = tuple(given)

    def _start(self, bottom: Blobs) -> list[NDArray]:
        """The state before the first step: given, or left by the pass before."""
        if self._exposed:
            return [blob.data[0] for blob in bottom[2 + self._static :]]
        return list(self._state)

    def _finish(self, top: Blobs, last: Sequence[NDArray]) -> None:
        """Put away the state after the last step."""
        targets = [blob.data[0] for blob in top[1:]] if self._exposed else self._state
        for target, value in zip(targets, last):
            np.copyto(target, value)

    def _flat(self, array: NDArray, index: int) -> NDArray:
        """An array as a matrix that the weights blobs[index] can multiply."""
        width = self.blobs[index].shape[1]
        return array.reshape(array.size // width, width)

    def _project(self, bottom: Blobs, out: NDArray) -> None:
        """out (T, N, rows) = W x + b, and W_static x_static at each step."""
        steps, items, rows = out.shape
        flat = out.reshape(steps * items, rows)
        gemm(self._flat(bottom[0].data, 0), self.blobs[0].data.T, flat)
        np.add(flat, self.blobs[1].data, out=flat)
        if self._static:
            part = self.scratch("static", (items, rows))
            gemm(self._flat(bottom[2].data, 2), self.blobs[2].data.T, part)
            np.add(out, part, out=out)

    def _project_backward(
        self, d: NDArray, h_in: NDArray, propagate_down: Sequence[bool], bottom: Blobs
    ) -> None:
        """From the gradient d (T, N, rows) to the bottoms and to all blobs up to W_h."""
        if propagate_down[1]:
            raise no_gradient("the marks")
        steps, items, rows = d.shape
        flat = d.reshape(steps * items, rows)
        self.add_product(0, flat, self._flat(bottom[0].data, 0))
        if self.param_propagate_down[1]:
            db = self.blobs[1].diff
            np.add(db, np.add.reduce(flat, axis=0), out=db)
        self.add_product(2 + self._static, flat, self._flat(h_in, 2 + self._static))
        if propagate_down[0]:
            gemm(flat, self.blobs[0].data, self._flat(bottom[0].diff, 0))
        if self._static:
            total = np.add.reduce(d, axis=0, out=self.scratch("static", (items, rows)))
            self.add_product(2, total, self._flat(bottom[2].data, 2))
            if propagate_down[2]:
                gemm(total, self.blobs[2].data, self._flat(bottom[2].diff, 2))
        for blob, wanted in zip(bottom[2 + self._static :], propagate_down[2 + self._static :]):
            if wanted:
                blob.diff.fill(0)

    def add_product(self, index: int, d: NDArray, x: NDArray) -> None:
        """blobs[index].diff += d^T x, if a gradient is wanted."""
        if self.param_propagate_down[index]:
            gemm(d.T, x, self.blobs[index].diff, add=True)
