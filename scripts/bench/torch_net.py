"""PyTorch's contender: a module made of a net's layers, by their types.

Needs torch and NumPy only, so that it runs in an environment without protonet's dependencies.
BatchNorm with a Scale behind it is one nn.BatchNorm2d, as one would write it for PyTorch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

Layer = dict[str, Any]


def axes(param: Layer, field: str, default: int) -> tuple[int, int]:
    """(height, width) of kernel_size, stride, pad or dilation, with its _h and _w forms."""
    short = field.removesuffix("_size")
    value = param.get(field, default)
    each = list(value) if isinstance(value, list) else [value]
    each = each * 2 if len(each) == 1 else each
    return param.get(f"{short}_h", each[0]), param.get(f"{short}_w", each[1])


class Globally(nn.Module):
    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled = F.adaptive_max_pool2d if self.method == "MAX" else F.adaptive_avg_pool2d
        return pooled(x, 1)


class Eltwise(nn.Module):
    def __init__(self, param: Layer) -> None:
        super().__init__()
        self.operation, self.coeff = param.get("operation", "SUM"), param.get("coeff", [])

    def forward(self, *xs: torch.Tensor) -> torch.Tensor:
        if self.coeff and self.operation == "SUM":
            xs = tuple(c * x for c, x in zip(self.coeff, xs))
        y = xs[0]
        for x in xs[1:]:
            if self.operation == "SUM":
                y = y + x
            else:
                y = y * x if self.operation == "PROD" else torch.maximum(y, x)
        return y


class Concat(nn.Module):
    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *xs: torch.Tensor) -> torch.Tensor:
        return torch.cat(xs, self.axis)


class Crop(nn.Module):
    """The first input, cut to the size of the second from an axis on."""

    def __init__(self, param: Layer) -> None:
        super().__init__()
        self.axis, offset = param.get("axis", 2), param.get("offset", [0])
        self.offset = offset if isinstance(offset, list) else [offset]

    def forward(self, x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        for i, n in enumerate(like.shape[self.axis :]):
            x = x.narrow(self.axis + i, self.offset[min(i, len(self.offset) - 1)], n)
        return x


class Scale(nn.Module):
    """w[c] x[:, c] + b[c]."""

    def __init__(self, arrays: list[Any]) -> None:
        super().__init__()
        self.w = nn.Parameter(arrays[0])
        self.b = nn.Parameter(arrays[1]) if len(arrays) > 1 else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = (-1, *[1] * (x.dim() - 2))
        y = x * self.w.reshape(shape)
        return y if self.b is None else y + self.b.reshape(shape)


def convolution(layer: Layer, arrays: list[Any]) -> nn.Module:
    p, w = layer["convolution_param"], arrays[0]
    group = p.get("group", 1)
    sizes = {
        "stride": axes(p, "stride", 1),
        "padding": axes(p, "pad", 0),
        "dilation": axes(p, "dilation", 1),
        "groups": group,
        "bias": len(arrays) > 1,
    }
    if layer["type"] == "Deconvolution":
        module: Any = nn.ConvTranspose2d(w.shape[0], w.shape[1] * group, w.shape[2:], **sizes)
    else:
        module = nn.Conv2d(w.shape[1] * group, w.shape[0], w.shape[2:], **sizes)
    return filled(module, arrays)


def filled(module: Any, arrays: list[Any]) -> nn.Module:
    """With these weights and bias."""
    with torch.no_grad():
        module.weight.copy_(arrays[0].reshape(module.weight.shape))
        if len(arrays) > 1:
            module.bias.copy_(arrays[1].reshape(-1))
    return module


def inner_product(layer: Layer, arrays: list[Any]) -> nn.Module:
    m, k = arrays[0].shape
    return nn.Sequential(nn.Flatten(), filled(nn.Linear(k, m, bias=len(arrays) > 1), arrays))


def pooling(layer: Layer, arrays: list[Any]) -> nn.Module:
    p = layer["pooling_param"]
    method = p.get("pool", "MAX")
    if p.get("global_pooling"):
        return Globally(method)
    kind = nn.MaxPool2d if method == "MAX" else nn.AvgPool2d
    sizes = (axes(p, "kernel_size", 1), axes(p, "stride", 1), axes(p, "pad", 0))
    return kind(*sizes, ceil_mode=p.get("ceil_mode", p.get("round_mode") != "FLOOR"))


def batch_norm(layer: Layer, arrays: list[Any], scale: list[Any] | None = None) -> nn.Module:
    mean, variance, factor = arrays
    p = layer.get("batch_norm_param", {})
    module = nn.BatchNorm2d(len(mean), p.get("eps", 1e-5), affine=scale is not None)
    assert module.running_mean is not None and module.running_var is not None
    module.running_mean.copy_(mean / factor)
    module.running_var.copy_(variance / factor)
    return module if scale is None else filled(module, scale)


def lrn(layer: Layer, arrays: list[Any]) -> nn.Module:
    p = layer.get("lrn_param", {})
    size = p.get("local_size", 5)
    return nn.LocalResponseNorm(size, p.get("alpha", 1), p.get("beta", 0.75), p.get("k", 1))


def prelu(layer: Layer, arrays: list[Any]) -> nn.Module:
    module = nn.PReLU(arrays[0].numel())
    with torch.no_grad():
        module.weight.copy_(arrays[0].reshape(-1))
    return module


MAKERS: dict[str, Any] = {
    "Convolution": convolution,
    "Deconvolution": convolution,
    "InnerProduct": inner_product,
    "Pooling": pooling,
    "BatchNorm": batch_norm,
    "LRN": lrn,
    "PReLU": prelu,
    "Scale": lambda layer, arrays: Scale(arrays),
    "Eltwise": lambda layer, arrays: Eltwise(layer.get("eltwise_param", {})),
    "Concat": lambda layer, arrays: Concat(layer.get("concat_param", {}).get("axis", 1)),
    "Crop": lambda layer, arrays: Crop(layer.get("crop_param", {})),
    "ReLU": lambda layer, arrays: nn.ReLU(inplace=layer["bottom"] == layer["top"]),
    "ReLU6": lambda layer, arrays: nn.ReLU6(inplace=layer["bottom"] == layer["top"]),
    "Sigmoid": lambda layer, arrays: nn.Sigmoid(),
    "TanH": lambda layer, arrays: nn.Tanh(),
    "Dropout": lambda layer, arrays: nn.Dropout(
        layer.get("dropout_param", {}).get("dropout_ratio", 0.5)
    ),
    "Flatten": lambda layer, arrays: nn.Flatten(),
    "Softmax": lambda layer, arrays: nn.Softmax(layer.get("softmax_param", {}).get("axis", 1)),
}


class TorchNet(nn.Module):
    """The layers of a net, run in their order; the answer is the last top, or the loss."""

    def __init__(self, layers: list[Layer], arrays: dict[str, Any]) -> None:
        super().__init__()
        self.steps: list[tuple[int, list[str], str]] = []
        self.losses: list[str] = []
        self.data = layers[0]["top"][0]
        modules: list[nn.Module] = []
        skip = -1
        for i, layer in enumerate(layers):
            if layer["type"] == "Input" or i == skip:
                continue
            if layer["type"] == "SoftmaxWithLoss":
                self.losses.append(layer["bottom"][0])
                continue
            if layer["type"] not in MAKERS:
                raise NotImplementedError(f"no module for {layer['type']} layers")
            given, top = of(layer, arrays), layer["top"][0]
            behind = layers[i + 1] if i + 1 < len(layers) else {"type": ""}
            if layer["type"] == "BatchNorm" and is_scale_of(behind, top):
                modules.append(batch_norm(layer, given, of(behind, arrays)))
                top, skip = behind["top"][0], i + 1
            else:
                modules.append(MAKERS[layer["type"]](layer, given))
            self.steps.append((len(modules) - 1, layer["bottom"], top))
        self.layers = nn.ModuleList(modules)

    def forward(self, data: torch.Tensor, label: torch.Tensor | None = None) -> torch.Tensor:
        blobs = {self.data: data}
        y = data
        for i, bottoms, top in self.steps:
            y = blobs[top] = self.layers[i](*(blobs[name] for name in bottoms))
        if label is None:
            return y
        scores = [blobs[name] for name in self.losses]
        losses = [F.cross_entropy(x if label.dim() > 1 else x.flatten(1), label) for x in scores]
        return torch.stack(losses).sum()


def of(layer: Layer, arrays: dict[str, Any]) -> list[torch.Tensor]:
    """A layer's blobs."""
    names = (f"{layer['name']}:{i}" for i in range(3))
    return [torch.from_numpy(np.array(arrays[name])) for name in names if name in arrays]


def is_scale_of(layer: Layer, blob: str) -> bool:
    bias = layer.get("scale_param", {}).get("bias_term")
    return layer["type"] == "Scale" and layer["bottom"] == [blob] and bool(bias)


def build(job: dict[str, Any], train: bool) -> TorchNet:
    with np.load(job["arrays"]) as arrays:
        layers = job["train_layers" if train else "layers"]
        return TorchNet(layers, dict(arrays)).train(train)
