"""The engine of NumPy: nets with fewer steps, one for each thread that calls."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from numpy.typing import NDArray

from ..core.blob import Blob
from ..errors import NetError
from ..export.onnx.proof import rewind
from ..kernels.threads import set_num_threads
from ..net.net import Net
from .base import Engine, Options, Values, refuse_sources, register, what_is_told


@register
class NumpyEngine(Engine):
    """Optimised nets that share their weights; there are as many as there were calls at once.

    Kernels work on the threads of the process, for one call at a time; the calls beside it
    compute on their own thread alone.
    """

    name = "numpy"

    def __init__(self, net: Net, options: Options) -> None:
        if options.cuda is not None:
            raise NetError("NumPy computes on the CPU", "take the engine onnxruntime for a GPU")
        refuse_sources(net)
        self.told = what_is_told(net, options.keep)
        kept = [net.steps[step].top_names[i] for step, i in self.told.values()]
        self._first = net.clone(plain=True, optimize=True, keep=kept)
        _own_weights(self._first)
        if options.threads is not None:
            set_num_threads(options.threads)
        self._idle: deque[Net] = deque([self._first])
        self._making = threading.Lock()

    def run(self, inputs: Values) -> dict[str, NDArray]:
        with self._net() as net:
            for name in net.inputs:
                blob = net.blobs[name]
                blob.reshape(*inputs[name].shape)
                blob.data[...] = inputs[name]
            rewind(net)
            net.run_forward()
            tops = {name: net.steps[step].top[i] for name, (step, i) in self.told.items()}
            return {name: blob.data.copy() for name, blob in tops.items()}

    @contextmanager
    def _net(self) -> Iterator[Net]:
        """A net that nobody else has meanwhile."""
        try:
            net = self._idle.pop()
        except IndexError:
            with self._making:
                net = self._first.clone()
        try:
            yield net
        finally:
            self._idle.append(net)


def _own_weights(net: Net) -> None:
    """Give a net a copy of the weights that it shares with another one."""
    copies: dict[int, Blob] = {}
    for step in net.steps:
        for blob in step.layer.blobs:
            memory = blob.data_memory
            if id(memory) not in copies:
                copies[id(memory)] = Blob(blob.shape, blob.dtype)
                copies[id(memory)].data[...] = blob.data
            blob.move_data(copies[id(memory)].data_memory)
