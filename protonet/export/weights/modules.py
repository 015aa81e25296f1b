"""Modules of PyTorch, as their state dict shows them, and the blobs that layers of Caffe take of
them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Layer
from ...layers._conv import ConvBase
from ...layers.batch_norm import BatchNorm
from ...layers.bias import Bias
from ...layers.embed import Embed
from ...layers.inner_product import InnerProduct
from ...layers.lstm import LSTM
from ...layers.prelu import PReLU
from ...layers.scale import Scale
from ...net.weights import fits

#: The tensors of a module, by the last word of their names: "weight", "bias", "running_mean".
Module = Mapping[str, NDArray]
Blobs = list[NDArray]


def modules_of(tensors: Mapping[str, NDArray]) -> dict[str, dict[str, NDArray]]:
    """ "a.b.weight" is the tensor "weight" of the module "a.b"."""
    found: dict[str, dict[str, NDArray]] = {}
    for key, values in tensors.items():
        module, _, word = key.rpartition(".")
        found.setdefault(module, {})[word] = values
    return found


def blobs_for(layer: Layer, module: Module, reshape: bool = False) -> Blobs | None:
    """What the layer's blobs become if the module does its work; None if it cannot.

    A bias that only the layer has becomes zeros.  reshape: take weights of another shape whose
    values lie in the same order, as those of a Linear for a Convolution over the whole image.
    """
    take = next((take for kind, take in _TAKES if isinstance(layer, kind)), None)
    blobs = take(layer, module) if take else None
    if blobs is None:
        return None
    if len(blobs) == len(layer.blobs) - 1 and isinstance(layer, _BIASED):
        blobs.append(np.zeros(layer.blobs[-1].shape, np.float32))
    wanted = [blob.shape for blob in layer.blobs]
    shapes = [blob.shape for blob in blobs]
    if len(shapes) != len(wanted):
        return None
    if all(fits(*pair) for pair in zip(wanted, shapes)):
        return blobs
    if reshape and all(_same_order(*pair) for pair in zip(wanted, shapes)):
        return [blob.reshape(shape) for blob, shape in zip(blobs, wanted)]
    return None


def _same_order(wanted: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return np.prod(wanted) == np.prod(shape) and wanted[:1] == shape[:1]


def is_norm(module: Module) -> bool:
    return "running_mean" in module and "running_var" in module


def _product(layer: Layer, module: Module) -> Blobs | None:
    if "weight" not in module or is_norm(module) or module["weight"].ndim < 2:
        return None
    weight = module["weight"]
    if isinstance(layer, InnerProduct) and layer.transpose and weight.ndim == 2:
        weight = weight.T
    return [weight, *_bias(module)]


def _statistics(layer: Layer, module: Module) -> Blobs | None:
    if not is_norm(module):
        return None
    return [module["running_mean"], module["running_var"], np.ones(1, np.float32)]


def _factors(layer: Layer, module: Module) -> Blobs | None:
    return [module["weight"], *_bias(module)] if "weight" in module else None


def _offsets(layer: Layer, module: Module) -> Blobs | None:
    return [module["bias"]] if [*module] == ["bias"] else None


def _slopes(layer: Layer, module: Module) -> Blobs | None:
    if [*module] != ["weight"]:
        return None
    shared = module["weight"].size == 1 and not layer.blobs[0].shape
    return [module["weight"].reshape(()) if shared else module["weight"]]


def _rows(layer: Layer, module: Module) -> Blobs | None:
    return [module["weight"]] if [*module] == ["weight"] else None


def _lstm(layer: Layer, module: Module) -> Blobs | None:
    """PyTorch's rows are in the order i, f, g, o, and it has two biases, which are added."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    if set(module) != set(names):
        return None
    w_x, w_h, *biases = ((_gates(module[name])) for name in names)
    return [w_x, biases[0] + biases[1], w_h]


def _gates(rows: NDArray) -> NDArray:
    i, f, g, o = np.split(rows, 4)
    return np.concatenate([i, f, o, g])


def _bias(module: Module) -> Blobs:
    return [module["bias"]] if "bias" in module else []


_BIASED = (ConvBase, InnerProduct, Scale, Embed)
_TAKES: tuple[tuple[type[Layer], Callable[[Layer, Module], Blobs | None]], ...] = (
    (ConvBase, _product),
    (InnerProduct, _product),
    (BatchNorm, _statistics),
    (Scale, _factors),
    (Bias, _offsets),
    (PReLU, _slopes),
    (Embed, _rows),
    (LSTM, _lstm),
)
