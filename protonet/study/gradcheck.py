"""The gradients of all layers of a net, each held against differences of its own forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.context import TRAIN
from ..errors import DataError, NetError, did_you_mean
from ..kernels.blas import blas_single
from ..net.net import Net, PathLike, no_layers
from ..net.step import Step
from .apart import STEP, Apart, largest
from .differences import SINGLES, Difference, compare
from .flow import INPUTS, Flow

TOLERANCE = 1e-5


@dataclass(frozen=True)
class ArrayCheck:
    """What was found of one array: a bottom's diff or a parameter's.

    name: "bottom[0]" or "blobs[1]".  blob: the bottom's name, "" of a parameter.  count: its
    values.  singles: how many of them were tried one by one (all together twice besides).
    worst: the largest difference.  excess: the largest error, less what rounding may explain.
    kinks: directions in which the function bends right there.
    """

    name: str
    blob: str
    shape: tuple[int, ...]
    count: int
    singles: int
    worst: Difference
    excess: float
    kinks: int


@dataclass
class LayerCheck:
    """What was found of one layer.

    index: its position in the net.  arrays: those that a gradient flows into.  note: why there
    are none, or why the gradient is on purpose no derivative.  exempt: whether it is.  inexact:
    how far it may be from one by the layer's definition.
    """

    index: int
    name: str
    type: str
    arrays: list[ArrayCheck] = field(default_factory=list)
    note: str = ""
    exempt: bool = False
    inexact: float = 0.0

    @property
    def worst(self) -> ArrayCheck | None:
        """The array with the largest error."""
        return max(self.arrays, key=lambda each: each.worst.error, default=None)

    @property
    def error(self) -> float:
        """The largest error, kinks excepted; 0 if there is nothing to check."""
        return self.worst.worst.error if self.worst else 0.0

    def passes(self, tolerance: float = TOLERANCE) -> bool:
        return self.exempt or all(self.fits(each, tolerance) for each in self.arrays)

    def fits(self, array: ArrayCheck, tolerance: float = TOLERANCE) -> bool:
        """Whether the gradient of one array is that of the differences."""
        return array.excess <= max(tolerance, self.inexact)


def gradcheck(
    net: Net | PathLike,
    weights: PathLike | None = None,
    *,
    layers: Sequence[str] = (),
    singles: int = SINGLES,
    tolerance: float = TOLERANCE,
    seed: int = 1701,
    **options: Any,
) -> Iterator[LayerCheck]:
    """Hold the gradient of every layer of a net against central differences, in float64.

    Of each layer the bottoms and the parameters that take a gradient are checked, as it stands
    in the net and with the values that come by, made a little different from each other (so
    that the maximum of a window is one value and ReLU is not at 0).  The gradient that goes in
    at its tops is random.  All values are moved at once, twice, and `singles` of them alone.

    net: a Net (it is left alone: a copy computes), or what one is built from.  weights: to begin
    with; without them parameters are as filled, and constant ones random.  layers: names of
    those to check (none: all).  seed: of all that is drawn.  options: of Net, such as phase
    (TRAIN unless told), fork or allow_python.

    Data layers give their own data where these are there, random values otherwise; Input layers
    what was written into them, random values while that is nothing.  Labels and the like, into
    which no gradient flows, stay as they are, or 0.

    Yields a LayerCheck for each layer in turn: `check.passes(tolerance)`.  NetError for a net
    without layers, and for a layer that it does not have.

        for check in protonet.gradcheck("net.prototxt"):
            print(check.name, check.error, check.passes())
    """
    copy = _copied(net, seed) if isinstance(net, Net) else _built(net, weights, seed, options)
    if not copy.steps:
        raise no_layers(copy.definition.file)
    for name in layers:
        if name not in copy.layer_names:
            raise NetError(f"no layer is called '{name}'", did_you_mean(name, copy.layer_names))
    return _checks(copy, layers, singles, tolerance, np.random.default_rng(seed))


def _built(net: PathLike, weights: PathLike | None, seed: int, options: dict[str, Any]) -> Net:
    settings = {"phase": TRAIN, "seed": seed, "open_data": False} | options
    built = Net(net, weights, dtype=np.float64, **settings)
    if weights is None:
        rng = np.random.default_rng(seed)
        for blob in built.learnable_params:
            if blob.count > 1 and np.ptp(blob.data) == 0:
                blob.data[...] += rng.uniform(-0.5, 0.5, blob.shape)
    return built


def _copied(net: Net, seed: int) -> Net:
    """The same in float64, with its own memory, with the same parameters and inputs."""
    context = net.context
    copy = Net(
        net.definition,
        phase=net.phase,
        seed=seed,
        dtype=np.float64,
        allow_python=context.allow_python,
        open_data=False,
        shapes={name: net.blobs[name].shape for name in net.inputs},
        fork=context.fork,
        rcnn_config=context.rcnn_config,
    )
    for mine, other in zip(copy.layers, net.layers):
        for blob, source in zip(mine.blobs, other.blobs):
            blob.data[...] = source.data
    for name in net.inputs:
        copy.blobs[name].data[...] = net.blobs[name].data
    return copy


def _checks(
    net: Net, layers: Sequence[str], singles: int, tolerance: float, rng: np.random.Generator
) -> Iterator[LayerCheck]:
    """Run the net once, and check each layer when its bottoms have their values."""
    flows = Flow(net)
    last = max((i for i, n in enumerate(net.layer_names) if n in layers), default=len(net.steps))
    for step in net.steps[: last + 1]:
        if not step.bottom:
            yield from _source(step, flows, rng, layers)
            continue
        if not layers or step.layer.name in layers:
            with blas_single():
                try:
                    found = _check(step, flows, singles, tolerance, rng)
                except Exception as error:
                    step.locate(error)
                    raise
            yield found
        if step.top:  # else nothing comes of it but, of HDF5Output, a file
            net.run_forward(step.index, step.index)


def _source(
    step: Step, flows: Flow, rng: np.random.Generator, layers: Sequence[str]
) -> Iterator[LayerCheck]:
    """Values for the tops of a layer without bottoms, and what to say of it."""
    note = "gives its own data"
    if step.layer.type in INPUTS:
        note = "has nothing to compute"
        made = all(not blob.data.any() for blob in step.top)
        if step.layer.type != "Input":
            step.reshape()
            step.layer.forward(step.bottom, step.top)
    else:
        made = not _read(step)
    if made:
        note = "random values"
        for name, blob in zip(step.top_names, step.top):
            blob.data[...] = flows.filled(name, blob.shape, rng)
    if not layers or step.layer.name in layers:
        yield LayerCheck(step.index, step.layer.name, step.layer.type, note=note)


def _read(step: Step) -> bool:
    """Have a data layer write its tops; False if its data is not there."""
    try:
        step.reshape()
        step.layer.forward(step.bottom, step.top)
    except DataError:
        return False
    return True


def _check(
    step: Step, flows: Flow, singles: int, tolerance: float, rng: np.random.Generator
) -> LayerCheck:
    layer = step.layer
    found = LayerCheck(step.index, layer.name, layer.type, note=layer.no_derivative)
    found.exempt, found.inexact = bool(layer.no_derivative), layer.inexact
    if not layer.has_backward:
        found.note = "has no gradient"
        return found
    step.reshape()
    alone = Apart(step, flows, rng)
    try:
        for name, blob, gradient in [*alone.gradients()]:
            blob_name = step.bottom_names[int(name[7:-1])] if name.startswith("bottom") else ""
            seed = int(rng.integers(1 << 31))
            found.arrays.append(
                _compared(alone, name, blob_name, blob, gradient, seed, singles, tolerance)
            )
    finally:
        alone.restore(step)
    if not found.arrays:
        found.note = "nothing takes a gradient"
    return found


def _compared(
    alone: Apart,
    name: str,
    blob_name: str,
    blob: Blob,
    gradient: NDArray,
    seed: int,
    singles: int,
    tolerance: float,
) -> ArrayCheck:
    found = [
        *compare(
            lambda move: alone.moved(blob, move),
            alone.weights,
            gradient,
            seed,
            singles=singles,
            step=STEP * largest(blob.data),
            doubtful=tolerance,
        )
    ]
    smooth = [each for each in found if not each.kink] or found[:1]
    worst = max(smooth, key=lambda each: each.error)
    excess = max(each.error - each.rounding for each in smooth)
    tried = sum(each.where is not None for each in found)
    kinks = sum(each.kink for each in found)
    return ArrayCheck(name, blob_name, blob.shape, blob.count, tried, worst, excess, kinks)
