"""What a layer declares of its parameters is what it reads, and is kept."""

from __future__ import annotations

import inspect
import re

import pytest

import protonet.layers  # noqa: F401  (registers all types)
from protonet import Net
from protonet.core.registry import LAYERS
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import format

from ..harness.bench import layer_parameter
from ..harness.check_layer import class_of
from .table import ROWS

TYPES = sorted(LAYERS)


def sources(name: str) -> str:
    """The modules of a type's class and of its bases among the layers."""
    modules = {cls.__module__ for cls in LAYERS[name].__mro__ if "layers" in cls.__module__}
    return "\n".join(inspect.getsource(__import__(m, fromlist=["x"])) for m in sorted(modules))


@pytest.mark.parametrize("name", TYPES)
def test_messages_are_those_it_reads(name: str) -> None:
    read = set(re.findall(r"\bparam\.(\w+_param)\b", sources(name)))
    known = {field.name for field in pb.LayerParameter.DESCRIPTOR.fields}
    messages = set(LAYERS[name].messages)
    inner = {field for own in messages & known for field in fields_of(own)}
    assert read - {"loss_param"} - inner <= messages <= known


def fields_of(message: str) -> list[str]:
    """Those of one of LayerParameter's messages."""
    return list(pb.LayerParameter.DESCRIPTOR.fields_by_name[message].message_type.fields_by_name)


RANGED = [(name, field) for name in TYPES for field in LAYERS[name].ranges]
BASE = [(class_of(row), layer_parameter(row)) for row in ROWS if row.bottoms]


def example(name: str) -> pb.LayerParameter:
    """A layer of this type, from its row if it has one, with all that must be given."""
    cls = LAYERS[name]
    param = pb.LayerParameter(name="layer", type=cls.type, top=["t"])
    param.CopyFrom(next((layer for owner, layer in BASE if owner is cls), param))
    for field, allowed in LAYERS[name].ranges.items():
        message = getattr(param, LAYERS[name].messages[0])
        least = int(allowed.low or 0)
        if allowed.required and isinstance(getattr(message, field), (int, float)):
            if not message.HasField(field):
                setattr(message, field, least)
        elif allowed.required and not getattr(message, field):
            getattr(message, field).append(least)
    return param


@pytest.mark.parametrize(("name", "field"), RANGED)
def test_a_number_out_of_range_is_refused_with_its_line(name: str, field: str) -> None:
    allowed = LAYERS[name].ranges[field]
    bad = [] if allowed.low is None else [allowed.low - 1]
    bad += [] if allowed.high is None else [allowed.high + 1]
    assert bad
    for number in bad:
        param = example(name)
        message = getattr(param, LAYERS[name].messages[0])
        scalar = isinstance(getattr(message, field), (int, float))
        if scalar and message.DESCRIPTOR.fields_by_name[field].cpp_type in (3, 4) and number < 0:
            continue  # not even the schema lets it pass
        message.ClearField(field)
        value = number if isinstance(getattr(message, field), float) else int(number)
        if scalar:
            setattr(message, field, value)
        else:
            getattr(message, field).append(value)
        with pytest.raises(PrototxtError, match=rf"^<text>:\d+: .*{field} is {value:g}: it must"):
            Net(net_around(param), phase=None, fork=fork_of(name))


def fork_of(name: str) -> str:
    """Whose layer it is, where its type means several."""
    return LAYERS[name].forks[0] if LAYERS[name].variant else ""


def net_around(param: pb.LayerParameter) -> str:
    """A net of one layer, its bottoms from Input layers."""
    inputs = "".join(
        f'layer {{ name: "{b}" type: "Input" top: "{b}" '
        "input_param { shape { dim: 2 dim: 4 dim: 6 dim: 6 } } }\n"
        for b in dict.fromkeys(param.bottom)
    )
    param.top[:] = [top for top in param.top if top not in param.bottom]
    return f"{inputs}layer {{\n{format(param)}}}\n"


@pytest.mark.parametrize(
    ("name", "field"), [pair for pair in RANGED if LAYERS[pair[0]].ranges[pair[1]].required]
)
def test_what_must_be_given_is_missed(name: str, field: str) -> None:
    param = example(name)
    getattr(param, LAYERS[name].messages[0]).ClearField(field)
    with pytest.raises(PrototxtError, match=f"{field} is missing: add {field} to"):
        Net(net_around(param), phase=None, fork=fork_of(name))
