"""Random layers with random parameters: what cannot be built ends in an error of ours."""

from __future__ import annotations

import random
from typing import Any

import pytest

from protonet.core.context import TEST, TRAIN
from protonet.core.layer import Arity, same_as_bottoms
from protonet.core.registry import layer_class, layer_types
from protonet.errors import ProtonetError
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb

#: They open files, or code.
OUTSIDE = {"Data", "HDF5Data", "HDF5Output", "ImageData", "WindowData", "Python"}
TYPES = [name for name in layer_types() if name not in OUTSIDE]

WHOLE = (0, 1, 1, 2, 2, 3, 4, 7)
FAR = {"uint32": (2**31, 2**32 - 1), "int32": (-1, -2, 2**31 - 1, -(2**31)), "int64": (-1, 2**40)}
REAL = (0.0, 1.0, 0.5, 2.0, -1.0, 1e-3, 800.0, -800.0, 3e38, -3e38, float("nan"), float("inf"))
OTHERS = {
    ("convolution", "Deconvolution"),
    ("convolution", "Im2col"),
    ("recurrent", "LSTM"),
    ("recurrent", "RNN"),
}
NEEDED = ("num_output", "kernel_size", "input_dim", "pyramid_height", "tiles", "shape", "dim")
FILLERS = ("constant", "gaussian", "uniform", "xavier", "msra", "positive_unitball", "bilinear")


def value(rng: random.Random, field: Any) -> Any:
    """A value for a field that is no message; big ones would take the memory of the machine."""
    kind = {1: "double", 2: "float", 3: "int64", 5: "int32", 13: "uint32"}.get(field.type, "")
    if field.enum_type is not None:
        return rng.choice(field.enum_type.values).number
    if kind in FAR:
        return rng.choice(FAR[kind]) if rng.random() < 0.15 else rng.choice(WHOLE)
    if kind:
        return rng.choice(REAL)
    if field.name == "type":
        return rng.choice(FILLERS)
    return rng.random() < 0.5 if field.type == 8 else rng.choice(("", "name", "\u00e4"))


def fill(rng: random.Random, message: Any, depth: int = 0) -> None:
    """Set some of the fields at random, the sizes that most types need more often."""
    share = rng.choice((0.1, 0.3, 0.6))
    for field in message.DESCRIPTOR.fields:
        if rng.random() > (0.7 if field.name in NEEDED else share):
            continue
        part = getattr(message, field.name)
        repeated = hasattr(part, "append")
        if field.message_type is not None:
            for each in [part.add() for _ in range(rng.choice((1, 2)))] if repeated else [part]:
                each.SetInParent()
                if depth < 2:
                    fill(rng, each, depth + 1)
        elif repeated:
            part.extend(value(rng, field) for _ in range(rng.choice((1, 1, 2, 3))))
        elif field.type != 9 or field.name == "type":  # texts name files
            setattr(message, field.name, value(rng, field))


def own(field: Any, kind: str) -> bool:
    """Is it, by its name, a message that the type reads?"""
    word = field.name.removesuffix("_param").replace("_", "")
    return word in kind.lower() or (word, kind) in OTHERS


def count(rng: random.Random, arity: Arity, default: int) -> int:
    """How many blobs: mostly as many as the type takes."""
    if rng.random() < 0.05:
        return rng.choice((0, 1, 2, 3))
    low = default if arity == same_as_bottoms else arity.low
    return low + (rng.random() < 0.3 and (arity.high is None or arity.high > low))


def some_net(rng: random.Random, kind: str) -> Any:
    net = pb.NetParameter()
    net.force_backward = rng.random() < 0.3
    layer = pb.LayerParameter(name="it", type=kind)
    cls = layer_class(kind)
    bottoms = count(rng, cls.bottoms, 1)
    shape = [rng.choice((1, 2, 3, 4)) for _ in range(rng.choice((0, 1, 2, 3, 4, 4, 4, 5)))]
    for i in range(bottoms):
        source = net.layer.add(name=f"in{i}", type="Input", top=[f"x{i}"])
        dims = shape if rng.random() < 0.6 else shape[: rng.choice((1, 1, 2, 3))]
        source.input_param.shape.add(dim=dims)
        layer.bottom.append(f"x{i}")
    layer.top.extend(f"y{i}" for i in range(count(rng, cls.tops, bottoms)))
    for field in layer.DESCRIPTOR.fields:
        chosen = field.name.endswith("_param") and rng.random() < (
            0.9 if own(field, kind) else 0.03
        )
        if chosen and field.name not in ("hdf5_output_param", "python_param"):
            getattr(layer, field.name).SetInParent()
            fill(rng, getattr(layer, field.name))
    if rng.random() < 0.2:
        layer.loss_weight.extend(rng.choice(REAL) for _ in range(rng.choice((1, 2))))
    if rng.random() < 0.1:
        layer.param.add(lr_mult=rng.choice(REAL))
    net.layer.add().CopyFrom(layer)
    return net


@pytest.mark.parametrize("kind", TYPES)
def test_a_random_layer_is_built_or_refused(kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(ROUNDS):
        net = some_net(rng, kind)
        try:
            Net(net, phase=rng.choice((TRAIN, TEST)), seed=1)
        except ProtonetError:
            pass
        except Exception as error:
            raise AssertionError(f"{type(error).__name__} while building\n{net}") from error


ROUNDS = 40
