"""MultiStageMeanfield: a conditional random field, as steps of a recurrent net."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...files import why_unreadable
from ...kernels.permutohedral import Lattice
from ...kernels.softmax import softmax, softmax_backward


class Filter(NamedTuple):
    """A lattice and what it makes of ones, inverted."""

    lattice: Lattice
    norm: NDArray

    def __call__(self, values: NDArray) -> NDArray:
        return self.lattice.filter(values) * self.norm

    def transposed(self, values: NDArray) -> NDArray:
        return self.lattice.filter(values * self.norm, reverse=True)


class Step(NamedTuple):
    """What an iteration keeps for its gradient: estimates and both messages, (C, H W) each."""

    p: NDArray
    spatial: NDArray
    bilateral: NDArray


@register
class MultiStageMeanfield(Layer):
    """Let pixels agree with those nearby and of like colour (CRF-RNN; Zheng and others, 2015).

    bottom[0] unary U (N, C, H, W), bottom[1] first estimate q (the same), bottom[2] rgb
    (N, 3, H, W), 0 to 255 -> top[0] (N, C, H, W), the scores after num_iterations steps of

        p = softmax of the previous scores (of q at first)
        scores = U - M (Ws (F_s p) + Wb (F_b p))

    F_s blurs over places (x, y) / theta_gamma, F_b over places / theta_alpha and colours
    rgb / theta_beta, both on the permutohedral lattice and divided by what they make of ones.

    Gradients: the reverse of the steps, through both filters; none for rgb.

    multi_stage_meanfield_param: num_iterations (2 or more), theta_alpha, theta_beta, theta_gamma.
    compatibility_mode knows POTTS only; threshold and the filters' weights are not read.
    blobs, each (1, 1, C, C): Ws and Wb, whose diagonals the files spatial.par and bilateral.par in
    the current directory or beside the net hold (a number for each class, more are not read), and
    M, minus the identity at first.  Weights replace all three, and need no files.

    Deviations: the gradients of the parameters are added to what is there; the fork overwrites.
    The files' numbers are taken as they are; the fork damages them.
    """

    type = "MultiStageMeanfield"
    forks = ("crfasrnn",)
    messages = ("multi_stage_meanfield_param",)
    bottoms = exactly(3)
    backward_reads = frozenset()
    ranges: ClassVar = {"num_iterations": Range(2)}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.multi_stage_meanfield_param
        for field in ("theta_alpha", "theta_beta", "theta_gamma"):
            if not getattr(param, field) > 0:
                raise self.fault(f"{field} is {getattr(param, field):g}", "give one above 0", field)
        if len(bottom[0].shape) != 4:
            raise ShapeError(f"{bottom[0].shape} does not have the four axes N, C, H, W")
        classes = bottom[0].shape[1]
        for name in ("spatial.par", "bilateral.par", ""):
            blob = self.add_blob((1, 1, classes, classes))
            diagonal = self._diagonal(name, classes) if name else -np.ones(classes)
            np.fill_diagonal(blob.data[0, 0], diagonal)

    def _diagonal(self, name: str, classes: int) -> NDArray:
        """The numbers of a file; NaNs if it is missing, for weights to replace."""
        places = [Path(name), self.context.root / name]
        found = next((place for place in places if place.is_file()), None)
        if found is None or not self.context.fill:
            return np.full(classes, np.nan)
        try:
            self.context.permit(found)
            numbers = np.array([float(word) for word in found.read_bytes().split()])
        except ValueError:
            numbers = np.full(classes, np.nan)
        except OSError as error:
            what, hint = why_unreadable(found, error)
            raise DataError(f"{found}: {what}", hint) from None
        if len(numbers) < classes or not np.isfinite(numbers[:classes]).all():
            raise DataError(
                f"{found} does not hold {classes} numbers", "give one for each class of bottom 0"
            )
        return numbers[:classes]

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index < 2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        n, classes, height, width = shapes[0]
        if shapes[1] != shapes[0] or shapes[2] != (n, 3, height, width):
            raise ShapeError(
                f"the bottoms have shapes {', '.join(map(str, shapes))}",
                "unary and first estimate must be alike, and rgb have their places",
            )
        if classes != self.blobs[0].shape[2]:
            raise ShapeError(
                f"bottom 0 has {classes} classes, the parameters are for {self.blobs[0].shape[2]}"
            )
        self.view = (n, classes, height * width)
        gamma = self.param.multi_stage_meanfield_param.theta_gamma
        self.spatial = _spatial(height, width, gamma, self.dtype)
        top[0].reshape(*shapes[0])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if any(np.isnan(blob.data).any() for blob in self.blobs):
            raise DataError(
                "spatial.par or bilateral.par is missing, and no weights are loaded",
                "put both beside the net, or load weights for this layer",
            )
        unary, q, out = (blob.data.reshape(self.view) for blob in (bottom[0], bottom[1], top[0]))
        self.bilateral: list[Filter] = []
        self.steps: list[list[Step]] = []
        for n, rgb in enumerate(bottom[2].data):
            bilateral, steps, scores = self._bilateral(n, rgb), [], q[n]
            for _ in range(self.param.multi_stage_meanfield_param.num_iterations):
                p = softmax(scores[None], out=np.empty_like(scores)[None])[0]
                step = Step(p, self.spatial(p), bilateral(p))
                scores = unary[n] - self._matrix(2) @ self._message(step)
                steps.append(step)
            np.copyto(out[n], scores)
            if self.needs_backward:
                self.bilateral.append(bilateral)
                self.steps.append(steps)

    def _bilateral(self, item: int, rgb: NDArray) -> Filter:
        param = self.param.multi_stage_meanfield_param
        places = _places(*rgb.shape[1:]) / np.float32(param.theta_alpha)
        colours = rgb.reshape(3, -1).astype(np.float32) / np.float32(param.theta_beta)
        if not np.isfinite(colours).all():
            raise DataError(f"item {item}: rgb is not finite", "look at what makes this bottom")
        try:
            return _filter(np.concatenate([places, colours]), self.dtype)
        except ValueError as error:
            raise DataError(
                f"item {item}: {error}", "make theta_alpha and theta_beta larger"
            ) from None

    def _matrix(self, index: int) -> NDArray:
        matrix: NDArray = self.blobs[index].data[0, 0]
        return matrix

    def _message(self, step: Step) -> NDArray:
        return self._matrix(0) @ step.spatial + self._matrix(1) @ step.bilateral

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        diffs = [bottom[i].diff.reshape(self.view) if propagate_down[i] else None for i in (0, 1)]
        for n, given in enumerate(top[0].diff.reshape(self.view)):
            dscores, dunary = given, np.zeros_like(given)
            for step in reversed(self.steps[n]):
                dunary += dscores
                dscores = self._back(step, dscores, self.bilateral[n])
            for diff, value in zip(diffs, (dunary, dscores)):
                if diff is not None:
                    np.copyto(diff[n], value)

    def _back(self, step: Step, dscores: NDArray, bilateral: Filter) -> NDArray:
        """Through one iteration: the gradient of the scores before it."""
        dmessage = -self._matrix(2).T @ dscores
        self._learn(2, -dscores @ self._message(step).T)
        self._learn(0, dmessage @ step.spatial.T)
        self._learn(1, dmessage @ step.bilateral.T)
        dp = self.spatial.transposed(self._matrix(0).T @ dmessage)
        dp += bilateral.transposed(self._matrix(1).T @ dmessage)
        return softmax_backward(step.p[None], dp[None], out=dp[None])[0]

    def _learn(self, index: int, gradient: NDArray) -> None:
        if self.param_propagate_down[index]:
            self.blobs[index].diff[0, 0] += gradient


def _places(height: int, width: int) -> NDArray:
    """x and y of each pixel, (2, H W)."""
    y, x = np.indices((height, width), np.float32).reshape(2, -1)
    return np.stack([x, y])


def _filter(features: NDArray, dtype: np.dtype) -> Filter:
    lattice = Lattice(features)
    ones = lattice.filter(np.ones((1, features.shape[1]), dtype))
    return Filter(lattice, 1 / (ones[0] + dtype.type(1e-20)))


@lru_cache(4)
def _spatial(height: int, width: int, gamma: float, dtype: np.dtype) -> Filter:
    """The same for all images of a size."""
    return _filter(_places(height, width) / np.float32(gamma), dtype)
