"""A net compiled by an engine: called from as many threads as one likes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from google.protobuf.message import Message
from numpy.typing import ArrayLike, NDArray

from ..errors import NetError, ProtonetError, did_you_mean
from ..log import log
from ..net.net import Net
from ..net.predict import as_items, in_batches
from ..proto.source_map import Definition
from .base import ENGINES, Engine, Options, refuse_sources
from .check import check

#: The engine that is fastest here: onnxruntime, if it is installed and can compute the net.
AUTO = "auto"

_FLOAT = np.dtype(np.float32)


class Compiled:
    """What `compile` returns.

    inputs, outputs: names of blobs; outputs also has losses and what was to be kept.  engine:
    the name of the one that computes.  Weights are those that the net had: compile it again
    after they have changed.
    """

    def __init__(self, net: Net, engine: Engine) -> None:
        self._net, self._engine = net, engine
        self.inputs, self.outputs = list(net.inputs), list(engine.told)
        self._known = frozenset(self.inputs)

    @property
    def engine(self) -> str:
        return self._engine.name

    def __call__(self, **inputs: ArrayLike) -> dict[str, NDArray]:
        """One pass: an array for each input, of the net's shape or any other that it can take.

        Returns a dict of arrays that nobody else has.  NetError for a name that is no input,
        or one that is missing; ShapeError for a shape that a layer cannot take.
        """
        if inputs.keys() != self._known:
            self._refuse(inputs)
        return self._engine.run({name: _single(values) for name, values in inputs.items()})

    def predict(
        self,
        inputs: ArrayLike | Mapping[str, ArrayLike],
        batch_size: int | None = None,
        output: str | Sequence[str] | None = None,
    ) -> Any:
        """Run any number of items through the net: as `Net.predict`."""
        items = as_items(self._net.graph, inputs)
        return in_batches(self._net.graph, self._run, items, batch_size, output)

    def _run(self, batch: Mapping[str, NDArray]) -> Mapping[str, NDArray]:
        return self(**batch)

    def _refuse(self, inputs: Mapping[str, Any]) -> None:
        known = f"the inputs are {', '.join(self.inputs)}"
        for name in inputs.keys() - self._known:
            raise NetError(
                f"'{name}' is no input of the net", did_you_mean(name, self.inputs) or known
            )
        missing = ", ".join(name for name in self.inputs if name not in inputs)
        raise NetError(f"no values are given for {missing}", known)

    def __repr__(self) -> str:
        ways = f"{', '.join(self.inputs)} -> {', '.join(self.outputs)}"
        return f"<compiled net '{self._net.name}', {self.engine}: {ways}>"


def _single(values: ArrayLike) -> NDArray:
    """As float32, the array itself if it is that already."""
    if type(values) is np.ndarray and values.dtype == _FLOAT:
        return values
    return np.asarray(values, np.float32)


def compile(
    net_or_prototxt: Net | str | os.PathLike | Definition | Message,
    weights: str | os.PathLike | None = None,
    engine: str = AUTO,
    threads: int | None = None,
    device: str = "cpu",
    verify: bool = True,
    *,
    cache: bool = True,
    keep: Sequence[str] = (),
) -> Compiled:
    """A net made ready to be run as fast as can be, by many threads at once.

        compiled = protonet.compile("deploy.prototxt", "x.caffemodel")
        compiled(data=images)["prob"]
        compiled.predict(many_images)

    net_or_prototxt: a Net, or what makes one; weights: for it.  engine: "onnxruntime" (extra
    `fast`), "numpy" (an optimised net for each thread), or "auto": the first if it is there and
    can compute the net, else the second.  threads: that compute one call (None: as many as the
    process has; of "numpy" they are the process's own, see `set_num_threads`).  device: "cpu";
    "cuda" or "cuda:N" need onnxruntime's GPU build.  verify: hold the engine against the plain
    executor first.  cache: keep the model that onnxruntime runs in the user's cache, and look for
    it there.  keep: blobs to be told besides the outputs.

    Recurrent layers begin each call with zeros.  NetError if the net reads its data itself, if
    the engine cannot compute it, or if its results differ by more than 1e-4.
    """
    net = net_or_prototxt if isinstance(net_or_prototxt, Net) else Net(net_or_prototxt)
    if weights is not None:
        net.copy_from(weights)
    refuse_sources(net)
    options = Options(threads, device, verify, cache, tuple(keep))
    made = make(net, engine, options)
    return Compiled(net.clone(plain=True), made)


def make(net: Net, engine: str, options: Options) -> Engine:
    """The engine of that name for a net, verified if that is asked for; see `compile`."""
    if engine == AUTO:
        return _fastest(net, options)
    if engine not in ENGINES:
        hint = ENGINES.nearest(engine) or f"there are {', '.join(ENGINES)}, and {AUTO}"
        raise NetError(f"there is no engine '{engine}'", hint)
    made = ENGINES[engine](net, options)
    if options.verify:
        check(made, net)
    return made


def _fastest(net: Net, options: Options) -> Engine:
    """onnxruntime, or NumPy if that cannot be; which one is told."""
    try:
        return make(net, "onnxruntime", options)
    except ProtonetError as error:
        if options.cuda is not None:
            raise
        log.info("The engine is numpy: %s", str(error).splitlines()[0])
    return make(net, "numpy", options)
