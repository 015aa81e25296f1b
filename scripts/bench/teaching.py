"""A net as textbooks write it in NumPy: columns by an index, gradients back by np.add.at.

A stand-in for teaching projects, to say what their readers would gain: nothing is reused,
blocked or shared between threads but what BLAS does by itself.  Chains of few types only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Layer = dict[str, Any]


class Convolution:
    """w (M, C, kh, kw); the columns (C kh kw, N OH OW) are gathered by three index arrays."""

    def __init__(self, layer: Layer, arrays: list[NDArray]) -> None:
        p = layer["convolution_param"]
        if p.get("group", 1) > 1 or p.get("dilation", [1]) != [1]:
            raise NotImplementedError("groups and dilation")
        self.pad, self.stride = (p.get(key, [n])[0] for key, n in (("pad", 0), ("stride", 1)))
        self.params = [array.copy() for array in arrays]

    def forward(self, x: NDArray) -> NDArray:
        w, q, s = self.params[0], self.pad, self.stride
        m, c, kh, kw = w.shape
        self.padded = np.pad(x, ((0, 0), (0, 0), (q, q), (q, q)))
        oh, ow = ((n - k) // s + 1 for n, k in zip(self.padded.shape[2:], (kh, kw)))
        cell_c, cell_i, cell_j = (a.reshape(-1, 1) for a in np.indices((c, kh, kw)))
        i, j = (s * a.reshape(1, -1) for a in np.indices((oh, ow)))
        self.index = cell_c, cell_i + i, cell_j + j
        columns = self.padded[(slice(None), *self.index)]
        self.columns = columns.transpose(1, 2, 0).reshape(c * kh * kw, -1)
        y = w.reshape(m, -1) @ self.columns + self.params[1][:, None]
        return y.reshape(m, oh, ow, len(x)).transpose(3, 0, 1, 2)

    def backward(self, dy: NDArray) -> NDArray:
        w = self.params[0]
        flat = dy.transpose(1, 2, 3, 0).reshape(len(w), -1)
        self.grads = [(flat @ self.columns.T).reshape(w.shape), flat.sum(axis=1)]
        columns = w.reshape(len(w), -1).T @ flat
        dx = np.zeros_like(self.padded)
        each = columns.reshape(len(columns), -1, len(dy)).transpose(2, 0, 1)
        np.add.at(dx, (slice(None), *self.index), each)
        q = self.pad
        return dx[:, :, q : dx.shape[2] - q, q : dx.shape[3] - q]


class Pooling:
    """MAX over windows that do not overlap."""

    params: tuple[NDArray, ...] = ()
    grads: tuple[NDArray, ...] = ()

    def __init__(self, layer: Layer, arrays: list[NDArray]) -> None:
        p = layer["pooling_param"]
        self.size = p["kernel_size"]
        if p.get("pool", "MAX") != "MAX" or p.get("stride", 1) != self.size or p.get("pad"):
            raise NotImplementedError("windows that overlap, or means")

    def forward(self, x: NDArray) -> NDArray:
        n, c, h, w = x.shape
        k = self.size
        if h % k or w % k:
            raise NotImplementedError("windows that hang over")
        self.windows = x.reshape(n, c, h // k, k, w // k, k)
        self.y = self.windows.max(axis=(3, 5), keepdims=True)
        return self.y.reshape(n, c, h // k, w // k)

    def backward(self, dy: NDArray) -> NDArray:
        dx = (self.windows == self.y) * dy[:, :, :, None, :, None]
        n, c, h, k, w, _ = dx.shape
        return dx.reshape(n, c, h * k, w * k)


class ReLU:
    params: tuple[NDArray, ...] = ()
    grads: tuple[NDArray, ...] = ()

    def __init__(self, layer: Layer, arrays: list[NDArray]) -> None: ...

    def forward(self, x: NDArray) -> NDArray:
        self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dy: NDArray) -> NDArray:
        return dy * self.mask


class InnerProduct:
    def __init__(self, layer: Layer, arrays: list[NDArray]) -> None:
        self.params = [array.copy() for array in arrays]

    def forward(self, x: NDArray) -> NDArray:
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.params[0].T + self.params[1]

    def backward(self, dy: NDArray) -> NDArray:
        self.grads = [dy.T @ self.x, dy.sum(axis=0)]
        return (dy @ self.params[0]).reshape(self.shape)


KINDS = {kind.__name__: kind for kind in (Convolution, Pooling, ReLU, InnerProduct)}


class Net:
    """A chain of layers, with Softmax behind it."""

    def __init__(self, layers: list[Layer], arrays: dict[str, NDArray]) -> None:
        self.layers: list[Any] = []
        for layer in layers:
            if layer["type"] in ("Input", "Softmax", "SoftmaxWithLoss"):
                continue
            if layer["type"] not in KINDS:
                raise NotImplementedError(f"no {layer['type']} in a textbook's net")
            names = (f"{layer['name']}:{i}" for i in range(2))
            given = [arrays[name] for name in names if name in arrays]
            self.layers.append(KINDS[layer["type"]](layer, given))
        self.moments = [[np.zeros_like(p) for p in layer.params] for layer in self.layers]

    def forward(self, x: NDArray) -> NDArray:
        for layer in self.layers:
            x = layer.forward(x)
        x = x.reshape(len(x), -1)
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def step(self, x: NDArray, labels: NDArray, rate: float, momentum: float, decay: float) -> None:
        """Forward, backward and an update by SGD."""
        dy = self.forward(x)
        dy[np.arange(len(x)), labels] -= 1
        dy /= len(x)
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        for layer, moments in zip(self.layers, self.moments):
            for param, grad, moment in zip(layer.params, layer.grads, moments):
                moment[...] = momentum * moment + rate * (grad + decay * param)
                param -= moment
