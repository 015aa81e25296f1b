"""Initial values for parameters: Caffe's seven fillers, by type.

A filler is `f(param, out, rng)`: it writes into `out` what the FillerParameter asks for.
fan_in is count / shape[0] and fan_out count / shape[1], as Caffe counts them: for an
InnerProduct (outputs, inputs) they are the number of inputs and of outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..errors import PrototxtError, ShapeError, did_you_mean
from ..proto import caffe_pb2 as pb

Filler = Callable[[pb.FillerParameter, NDArray, np.random.Generator], None]

FILLERS: dict[str, Filler] = {}

#: Types that divide by the count of an axis.
_BY_AXIS = ("positive_unitball", "xavier", "msra")

#: Values drawn at a time.
PIECE = 1 << 20


def filler(fn: Filler) -> Filler:
    FILLERS[fn.__name__] = fn
    return fn


def fill(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """Fill `out`, a contiguous array, as the FillerParameter says; raises what `check` does."""
    check(param, out.shape)
    if out.size:
        FILLERS[param.type](param, out, rng)


def check(param: pb.FillerParameter, shape: tuple[int, ...]) -> None:
    """Nothing is left to go wrong when an array of this shape is filled.

    PrototxtError, with the field of the FillerParameter, if the type is unknown, `sparse` is
    given to a filler that has no use for it, or a number makes no distribution; ShapeError if
    the filler cannot fill that shape.
    """
    if param.type not in FILLERS:
        hint = did_you_mean(param.type, FILLERS) or f"known are {', '.join(sorted(FILLERS))}"
        raise PrototxtError(f"unknown filler type '{param.type}'", hint, field="type")
    for field, value in param.ListFields():  # what is not given is finite
        if isinstance(value, float) and not math.isfinite(value):
            name = field.name
            raise PrototxtError(f"{name} of the filler is {value}", "give a number", field=name)
    if param.type == "uniform" and param.min > param.max:
        what = f"min {param.min:g} of the filler is above max {param.max:g}"
        raise PrototxtError(what, "swap them", field="min")
    if param.type == "gaussian" and param.std < 0:
        raise PrototxtError(f"std of the filler is {param.std:g}", "give 0 or more", field="std")
    if param.type == "bilinear" and (len(shape) != 4 or shape[2] != shape[3]):
        what = f"the bilinear filler needs 4 axes and square kernels, not {shape}"
        raise ShapeError(what, field="type")
    if not shape and (param.type in _BY_AXIS or param.sparse != -1):
        what = f"the filler '{param.type}' needs an axis, here is a single number to fill"
        raise ShapeError(what, "use constant", field="type")
    if param.sparse != -1 and param.type != "gaussian":
        what = f"the filler '{param.type}' does not know sparse"
        raise PrototxtError(what, "use gaussian", field="sparse")
    if param.sparse < -1:
        what = f"sparse of the filler is {param.sparse}"
        raise PrototxtError(what, "give 0 or more", field="sparse")


def draw(sample: Callable[[int], NDArray], out: NDArray) -> None:
    """Fill `out` with what `sample(count)` draws, piece by piece: generators draw float64,
    and the whole of a big layer would take three times its memory.  The values are the same."""
    flat = out.reshape(-1)
    for start in range(0, flat.size, PIECE):
        piece = flat[start : start + PIECE]
        piece[...] = sample(piece.size)


@filler
def constant(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x = value."""
    out.fill(param.value)


@filler
def uniform(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x ~ U(min, max)."""
    draw(lambda count: rng.uniform(param.min, param.max, count), out)


@filler
def gaussian(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x ~ N(mean, std); with `sparse` s each value is kept with probability s / shape[0]."""
    draw(lambda count: rng.normal(param.mean, param.std, count), out)
    if param.sparse >= 0:
        # An InnerProduct has a row for each output: s nonzero inputs each, on average.
        out *= rng.random(out.shape) < param.sparse / out.shape[0]


@filler
def positive_unitball(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x ~ U(0, 1), each slice along the first axis divided by its sum."""
    values = rng.random((out.shape[0], out.size // out.shape[0]))
    out[...] = (values / values.sum(axis=1, keepdims=True)).reshape(out.shape)


@filler
def xavier(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x ~ U(-a, a), a = sqrt(3 / n): Glorot and Bengio 2010."""
    limit = np.sqrt(3.0 / _fan(param, out))
    draw(lambda count: rng.uniform(-limit, limit, count), out)


@filler
def msra(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """x ~ N(0, sqrt(2 / n)): He, Zhang, Ren and Sun 2015."""
    std = np.sqrt(2.0 / _fan(param, out))
    draw(lambda count: rng.normal(0.0, std, count), out)


@filler
def bilinear(param: pb.FillerParameter, out: NDArray, rng: np.random.Generator) -> None:
    """The kernel of bilinear upsampling, for a Deconvolution of factor f = ceil(k / 2).

    weight(y, x) = (1 - |x / f - c|) (1 - |y / f - c|) with c = (k - 1) / (2 f)
    """
    size = out.shape[3]
    factor = int(np.ceil(size / 2.0))
    centre = (size - 1) / (2.0 * factor)
    ramp = 1.0 - np.abs(np.arange(size) / factor - centre)
    out[...] = np.outer(ramp, ramp)


def _fan(param: pb.FillerParameter, out: NDArray) -> float:
    fan_in = out.size / out.shape[0]
    fan_out = out.size / out.shape[1] if out.ndim > 1 else float(out.size)
    # By name, not by a constant of the schema: core knows messages only as what it is handed.
    norm = param.DESCRIPTOR.enum_types_by_name["VarianceNorm"].values_by_number
    choice = norm[param.variance_norm].name
    return {"FAN_IN": fan_in, "FAN_OUT": fan_out, "AVERAGE": (fan_in + fan_out) / 2}[choice]
