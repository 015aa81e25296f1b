"""An engine in the place of a net's executor: for commands that run nets with their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob, Memory
from ..core.context import TEST
from ..errors import NetError, ProtonetError
from ..export.onnx.dims import sources
from ..layers._recurrent import Recurrent
from ..log import log
from ..net.executor import Executor, Hook
from ..net.net import Net
from .base import Engine, Options, what_is_told
from .compiled import AUTO, make


def engage(net: Net, engine: str, options: Options) -> None:
    """Have an engine make the forward passes of a net; data layers read as ever.

    The engine is made at the first pass, and again after weights were copied.  There are the
    values of inputs, data, outputs, losses and what `options.keep` names; all others stay inside
    the engine, and are an error when asked for.  NetError for the engine "numpy", which is what
    `optimize=True` makes of a net, for a net in the phase TRAIN, and for layers that carry a
    state from one pass to the next.
    """
    if engine == "numpy":
        raise NetError("the engine numpy is the net's own", "build the net with optimize=True")
    if net.phase != TEST:
        raise NetError("an engine runs nets in the phase TEST", "leave it out to train")
    for step in net.steps:
        if isinstance(step.layer, Recurrent):
            what = "it carries a state from pass to pass, and an engine begins each with zeros"
            raise step.locate(NetError(what, "run the net without an engine"))
    net.use(_Engaged(net, engine, options))


class _Engaged(Executor):
    """Runs the layers that bring data in, and the engine for all others."""

    def __init__(self, net: Net, engine: str, options: Options) -> None:
        super().__init__(net.steps)
        self._net, self._name = net, engine
        self._engine: Engine | None = None
        self._sources = list(sources(net))
        data = {name for step in self._sources for name in step.top_names}
        later = (name for step in net.steps if step not in self._sources for name in step.top_names)
        # Data that a layer changes in place have other values after a pass than before it.
        changed = [name for name in later if name in data]
        self._options = replace(options, keep=(*options.keep, *changed))
        self._losses = [blob for step in net.steps for blob in step.losses]
        self._alone = False  # whether no engine can be had, and the net runs as it is
        tops = what_is_told(net, self._options.keep).values()
        kept = {net.steps[step].top_names[i] for step, i in tops}
        self._hidden = _hide(net, {*kept, *data})

    def forward(
        self,
        first: int = 0,
        last: int | None = None,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> float:
        engine = self._engine or self._start()
        if engine is None:
            return super().forward(first, last, before, after)
        if first > 0 or last not in (None, self.layers - 1):
            raise NetError("an engine runs a net as a whole, not from one layer to another")
        for step in self._sources:
            super().forward(step.index, step.index, before, after)
        given = {n: blob.data for s in self._sources for n, blob in zip(s.top_names, s.top)}
        for name, values in engine.run(given).items():
            at, i = engine.told[name]
            blob = self._net.steps[at].top[i]
            blob.reshape(*values.shape)
            blob.data[...] = values
        return sum(_weighted(blob.data, blob.diff) for blob in self._losses)

    def _start(self) -> Engine | None:
        """Make the engine; None if the net runs as it is, since nothing faster can."""
        if self._alone:
            return None
        name = "onnxruntime" if self._name == AUTO else self._name
        try:
            self._engine = make(self._net, name, self._options)
        except ProtonetError as error:
            if self._name != AUTO or self._options.cuda is not None:
                raise
            log.info("The engine is numpy: %s", str(error).splitlines()[0])
            for blob, memory in self._hidden:
                blob.move_data(memory)
            self._alone = True
        return self._engine

    def backward(
        self,
        first: int | None = None,
        last: int = 0,
        before: Sequence[Hook] = (),
        after: Sequence[Hook] = (),
    ) -> None:
        raise NetError("an engine has no backward pass", "build the net without it")

    def reshape(self) -> None:
        """Shapes come with the values of an engine."""
        if self._alone:
            super().reshape()

    def refresh(self) -> None:
        self._engine = None


def _weighted(values: NDArray, weights: NDArray) -> float:
    return float(np.dot(values.reshape(-1), weights.reshape(-1)))


class _Inside(Memory):
    """Of a blob whose values stay inside the engine."""

    __slots__ = ("_name",)

    def __init__(self, name: str, memory: Memory) -> None:
        super().__init__(memory.dtype)
        self._name = name

    @property
    def lost(self) -> bool:
        return True

    def view(self, shape: tuple[int, ...], count: int) -> NDArray:
        raise NetError(
            f"the values of '{self._name}' stay inside the engine",
            f"ask for them with keep=['{self._name}'], or run without an engine to see all",
        )


def _hide(net: Net, kept: set[str]) -> list[tuple[Blob, Memory]]:
    """Take the memory of all other blobs away; returns it."""
    memories = {id(net.blobs[name].data_memory) for name in kept}
    hidden = [
        (name, blob, blob.data_memory)
        for name, blob in net.graph.blobs
        if name not in kept and id(blob.data_memory) not in memories
    ]
    for name, blob, memory in hidden:
        blob.move_data(_Inside(name, memory))
    return [(blob, memory) for _, blob, memory in hidden]
