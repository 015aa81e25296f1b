"""Ranges: bounds, words, and how a layer refuses what lies outside."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest

from protonet.core.context import Context
from protonet.core.layer import Layer
from protonet.core.ranges import Range
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb


@pytest.mark.parametrize(
    ("allowed", "inside", "outside", "words"),
    [
        (Range(1), [1, 7], [0, -1, math.nan], "1 or more"),
        (Range(high=2.5), [2.5, -9], [2.6, math.nan], "2.5 or less"),
        (Range(0, 1), [0, 0.5, 1], [-0.1, 1.1, math.inf], "0 to 1"),
    ],
)
def test_bounds_and_words(
    allowed: Range, inside: list[float], outside: list[float], words: str
) -> None:
    assert all(map(allowed.holds, inside)) and not any(map(allowed.holds, outside))
    assert str(allowed) == words


class Pool(Layer):
    type = "Pool"
    messages = ("convolution_param", "loss_param")
    ranges: ClassVar = {"num_output": Range(1, required=True), "stride": Range(1), "pad": Range(0)}


def fault(**settings: object) -> PrototxtError:
    param = pb.LayerParameter(name="p")
    for name, value in settings.items():
        field = getattr(param.convolution_param, name)
        if isinstance(value, list):
            field.extend(value)
        else:
            setattr(param.convolution_param, name, value)
    with pytest.raises(PrototxtError) as caught:
        Pool(param, Context()).check_ranges()
    return caught.value


def test_what_is_missing_is_told_where_it_goes() -> None:
    error = fault()
    assert error.field == "convolution_param.num_output"
    assert str(error) == "num_output is missing: add num_output to convolution_param"


def test_each_value_of_a_repeated_field_is_looked_at() -> None:
    error = fault(num_output=2, stride=[1, 0])
    assert (error.what, error.hint) == ("stride is 0", "it must be 1 or more")
    assert error.field == "convolution_param.stride"


def test_a_fault_names_a_field_or_the_message() -> None:
    layer = Pool(pb.LayerParameter(name="p"), Context())
    assert layer.fault("x", "y", "group").field == "convolution_param.group"
    assert layer.fault("x").field == "convolution_param"
    assert layer.fault("x", field="loss_param.normalize").field == "loss_param.normalize"
