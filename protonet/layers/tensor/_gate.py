"""GateLayer: what activations share that gate a value by a function of itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from numpy.typing import NDArray

from ...core.layer import Blobs
from .._neuron import NeuronLayer


class GateLayer(NeuronLayer):
    """y = f(x) for each value, also in place, with a gradient that needs x."""

    backward_reads = frozenset({"bottom"})

    @staticmethod
    @abstractmethod
    def gate(x: NDArray, *, out: NDArray) -> object:
        """f(x) into out, which is not x; both of one shape."""

    @staticmethod
    @abstractmethod
    def gate_backward(x: NDArray, dy: NDArray, *, out: NDArray) -> object:
        """dy f'(x) into out, which may be dy, not x."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        if top[0].shares_data_with(bottom[0]):
            x = self.copy_input(x)
        self.gate(x, out=top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self.kept_input(bottom, top)
            self.gate_backward(x, top[0].diff, out=bottom[0].diff)
