"""One name, several layers: which one a net means."""

from __future__ import annotations

from typing import Any

import pytest

import protonet.layers  # noqa: F401  (registers all types)
from protonet.core.context import Context
from protonet.core.layer import Layer
from protonet.core.registry import LAYERS, VARIANT_RULES, chosen_class, known_fork, register
from protonet.errors import NetError, PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse


def chosen(layer: str, blobs: int | None = None, net: str = "") -> str:
    """The fork that the rule of a layer's type names."""
    param, _ = parse(f'name: "x" {layer}', pb.LayerParameter)
    message, _ = parse(net, pb.NetParameter)
    context = Context(net=message, blob_count=lambda name: blobs)
    return VARIANT_RULES[param.type](param, context)


TWO = 'bottom: "a" bottom: "b"'
THREE = f'{TWO} bottom: "c"'
UNPOOLING = f'layer {{ type: "Upsample" {TWO} }}'


@pytest.mark.parametrize(
    ("layer", "fork"),
    [
        ('type: "BN" bn_param { bn_mode: INFERENCE }', "segnet"),
        ('type: "BN" bn_param { shift_filler { type: "constant" } }', "segnet"),
        ('type: "BN" bn_param { frozen: true }', "pspnet"),
        ('type: "BN" bn_param { slope_filler { type: "constant" } }', "pspnet"),
        ('type: "BN"', "pspnet"),
        ('type: "Normalize" norm_param { across_spatial: false }', "ssd"),
        ('type: "Normalize" normalize_param { normalize_type: "L1" }', "happynear"),
        ('type: "Normalize" top: "a" top: "b"', "happynear"),
        ('type: "Normalize"', "ssd"),
        (f'type: "SmoothL1Loss" {TWO}', "ssd"),
        (f'type: "SmoothL1Loss" {TWO} smooth_l1_loss_param {{ sigma: 3 }}', "fast-rcnn"),
        (f'type: "SmoothL1Loss" {THREE} bottom: "d"', "fast-rcnn"),
        (f'type: "SmoothL1Loss" {THREE}', "r-fcn"),
        (f'type: "SmoothL1Loss" {TWO} loss_param {{ normalization: VALID }}', "r-fcn"),
        (f'type: "Upsample" {TWO}', "segnet"),
        ('type: "Upsample" bottom: "a"', "yolo-eric612"),
        ('type: "DetectionOutput" bottom: "a"', "yolo-gklz1982"),
        (f'type: "DetectionOutput" {THREE}', "ssd"),
    ],
)
def test_the_net_tells(layer: str, fork: str) -> None:
    assert chosen(layer) == fork


def test_weights_tell_where_the_text_does_not() -> None:
    assert chosen('type: "BN"', blobs=2) == "segnet"
    assert chosen('type: "BN"', blobs=4, net=UNPOOLING) == "pspnet"
    assert chosen('type: "Normalize"', blobs=0) == "happynear"
    assert chosen('type: "Normalize"', blobs=1) == "ssd"


def test_an_unpooling_net_has_the_batch_normalisation_of_segnet() -> None:
    assert chosen('type: "BN"', net=UNPOOLING) == "segnet"


@pytest.fixture
def two_twos() -> Any:
    """Two layers called Two, of the forks left and right; the net never tells."""

    class Left(Layer):
        type, forks, variant = "Two", ("left", "lefter"), True

    class Right(Layer):
        type, forks, variant = "Two", ("right",), True

    before = dict(LAYERS._items), dict(VARIANT_RULES._items)
    register(Left), register(Right)
    VARIANT_RULES.add("Two", lambda param, context: "")
    yield Left, Right
    LAYERS._items, VARIANT_RULES._items = before


def test_a_fork_that_is_named_goes_first(two_twos: Any) -> None:
    left, right = two_twos
    param = pb.LayerParameter(name="x", type="Two")
    assert chosen_class(param, Context(fork="lefter")) is left
    assert chosen_class(param, Context(fork="right")) is right
    assert known_fork("right") == "right" and known_fork("") == ""


def test_what_nothing_tells_is_asked_for(two_twos: Any) -> None:
    with pytest.raises(PrototxtError, match=r"each of the forks left, right: say which: --fork"):
        chosen_class(pb.LayerParameter(name="x", type="Two"), Context())


def test_an_unknown_fork_is_refused(two_twos: Any) -> None:
    with pytest.raises(NetError, match="no fork of Caffe is called 'rihgt': did you mean 'right'"):
        known_fork("rihgt")
