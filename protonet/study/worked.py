"""A layer of one tiny net, run forward and backward, its numbers kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.blob import Blob
from ..core.context import TEST, TRAIN, Context
from ..core.layer import Layer
from ..core.registry import create_layer
from ..kernels.blas import blas_single
from ..proto import caffe_pb2 as pb
from ..proto.text import parse
from .flow import takes_gradient


@dataclass(frozen=True)
class Example:
    """A layer with values that can be followed by hand.

    layer: its text, without name, bottoms and tops; ROOT in it is the folder of its files.
    title: what the example shows.  bottoms: their values.  blobs: those of the parameters, flat
    or shaped; without them as filled.  diffs: the gradients that come in at the tops (none: 1, 2,
    3, 1, 2, 3, ...; of one number: 1).  fork: whose layer it is, where the type means several.
    before: is given the folder that files are looked for in, to write some there.  ready: is
    given the layer before it runs.  after: a line on what was written there, of the layer and
    the folder.
    """

    layer: str
    title: str = ""
    bottoms: Sequence[ArrayLike] = ()
    blobs: Sequence[ArrayLike] = ()
    diffs: Sequence[ArrayLike] = ()
    tops: int = 1
    phase: int = TRAIN
    fork: str = ""
    before: Callable[[Path], None] | None = None
    ready: Callable[[Any], None] | None = None
    after: Callable[[Any, Path], str] | None = None

    @property
    def parameters(self) -> str:
        """The text without the type."""
        return self.layer.partition('"')[2].partition('"')[2].strip().replace("ROOT/", "")


@dataclass(frozen=True)
class Worked:
    """The numbers of one pass: arrays by Caffe's names, "bottom[0]", "blobs[1]", "top[0]", and
    with ".diff" behind them what backward has made of the `given` gradients, "top[0].diff".

    told: what the example says when it has run.
    """

    example: Example
    layer: Layer
    arrays: dict[str, NDArray]
    given: dict[str, NDArray]
    diffs: dict[str, NDArray]
    told: str = ""

    @property
    def message(self) -> Any:
        """The parameters that are the layer's own; None if the type has none."""
        messages = self.layer.messages
        return getattr(self.layer.param, messages[0]) if messages else None


def parameter_of(example: Example, root: Path = Path()) -> pb.LayerParameter:
    names = [f'bottom: "b{i}"' for i in range(len(example.bottoms))]
    names += [f'top: "t{i}"' for i in range(example.tops)]
    text = example.layer.replace("ROOT", root.as_posix())
    message, _ = parse(f'name: "example" {" ".join(names)} {text}', pb.LayerParameter)
    return message


def work(example: Example) -> Worked:
    """Run an example, in float64, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, blas_single():
        root = Path(folder)
        if example.before:
            example.before(root)
        context = Context(
            phase=TEST if example.phase == TEST else TRAIN,
            dtype=np.float64,
            seed=1,
            root=root,
            allow_python=True,
            fork=example.fork,
        )
        layer = create_layer(parameter_of(example, root), context)
        try:
            return _run(example, layer, root)
        finally:
            layer.close()


def _run(example: Example, layer: Layer, root: Path) -> Worked:
    values = [np.array(each, np.float64) for each in example.bottoms]
    bottom = [_blob(each) for each in values]
    top = [Blob((), np.float64) for _ in range(example.tops)]
    layer.setup(bottom, top)
    for blob, wanted in zip(layer.blobs, example.blobs):
        blob.data[...] = np.reshape(wanted, blob.shape)
    layer.reshape(bottom, top)
    if example.ready:
        example.ready(layer)
    if layer.reshape_always:
        layer.reshape(bottom, top)
    arrays = {f"bottom[{i}]": each for i, each in enumerate(values)}
    arrays |= {f"blobs[{i}]": blob.data.copy() for i, blob in enumerate(layer.blobs)}
    layer.forward(bottom, top)
    arrays |= {f"top[{i}]": blob.data.copy() for i, blob in enumerate(top)}
    dy, diffs = _backward(example, layer, bottom, top)
    told = example.after(layer, root) if example.after else ""
    return Worked(example, layer, arrays, dy, diffs, told)


def _backward(
    example: Example, layer: Layer, bottom: list[Blob], top: list[Blob]
) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    if not (layer.has_backward and (bottom or layer.blobs)):
        return {}, {}
    for i, blob in enumerate(top):
        if i < len(example.diffs):
            blob.diff[...] = np.reshape(example.diffs[i], blob.shape)
        elif layer.default_loss_weight or blob.count == 1:
            blob.diff.fill(i == 0)
        else:
            blob.diff.reshape(-1)[...] = 1 + np.arange(blob.count) % 3
    given = {f"top[{i}].diff": blob.diff.copy() for i, blob in enumerate(top) if blob.diff.any()}
    down = [takes_gradient(layer, i, len(bottom)) for i in range(len(bottom))]
    learnt = [
        i >= len(layer.param.param) or layer.param.param[i].lr_mult != 0
        for i in range(len(layer.blobs))
    ]
    layer.backward(top, down, bottom)
    diffs = {f"bottom[{i}].diff": b.diff.copy() for i, b in enumerate(bottom) if down[i]}
    diffs |= {f"blobs[{i}].diff": b.diff.copy() for i, b in enumerate(layer.blobs) if learnt[i]}
    return given, diffs


def _blob(values: NDArray) -> Blob:
    blob = Blob(values.shape, np.float64)
    blob.data[...] = values
    return blob
