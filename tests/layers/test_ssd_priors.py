"""PriorBox, PriorBoxClustered, Permute and Normalize: what they refuse, and their quirks."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.core.blob import Blob
from protonet.core.context import Context
from protonet.core.registry import create_layer
from protonet.errors import PrototxtError, ShapeError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from tests.harness.bench import Bench
from tests.harness.row import Row

MAP, IMAGE = (1, 2, 3, 4), (1, 3, 30, 40)


def make(layer: str, *bottoms, fork="") -> Bench:
    return Bench(Row("a", layer, bottoms, fork=fork))


def prior_box(fields: str, kind: str = "PriorBox") -> Bench:
    return make(f'type: "{kind}" prior_box_param {{ {fields} }}', MAP, IMAGE)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("min_size: 8 max_size: 8", "max_size 8 is not larger than min_size 8"),
        ("min_size: [8, 9] max_size: 12", "max_size is given 1 times, min_size 2"),
        ("min_size: 8 aspect_ratio: 0", "aspect_ratio is 0"),
        ("min_size: 8 variance: [0.1, 0.2]", "variance is given 2 times"),
        ("min_size: 8 variance: 0", "variance is 0"),
        ("min_size: 8 step: 4 step_h: 4 step_w: 4", "step and step_h and step_w are both given"),
        ("min_size: 8 step_h: 4", "step_h is given without step_w"),
        ("min_size: 8 img_size: 4 img_h: 4", "img_size and img_h are both given"),
        ("min_size: 8 step: 0", "step is 0"),
        ("min_size: 8 step: nan", "step is nan"),
        ("min_size: 8 keras: true", "keras is a field of another fork"),
    ],
)
def test_prior_box_that_cannot_be(fields, fault):
    with pytest.raises(PrototxtError, match=fault):
        prior_box(fields)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("width: [4, 5] height: 4", "width is given 2 times, height 1"),
        ("width: 0 height: 4", "width is 0"),
        ("width: 4 height: 4 tf: true", "tf is a field of another fork"),
        ("width: 4 height: 4 yx_order: true", "yx_order is a field of another fork"),
        ("width: 4 height: 4 box_height: 3", "box_height is a field of another fork"),
    ],
)
def test_clustered_boxes_that_cannot_be(fields, fault):
    with pytest.raises(PrototxtError, match=fault):
        prior_box(fields, "PriorBoxClustered")


def test_the_default_of_another_forks_field_may_be_written():
    prior_box("min_size: 8 keras: false")


def test_boxes_as_tensorflow_makes_them():
    """One cell of an image of 200 x 400: corners from the sides, in the order of the fork."""
    text = "min_size: [60, 20] max_size: [135, 45] aspect_ratio: 4 tf: true yx_order: %s"
    sides = [(60 - 40, 60 - 20), (120, 30), (30, 120), (90, 90), (20, 20), (40, 10), (10, 40)]
    want = [
        ((200 - w / 2) / 400, (100 - h / 2) / 200, (200 + w / 2) / 400, (100 + h / 2) / 200)
        for w, h in [*sides, (30, 30)]
    ]
    for written, order in (("false", [0, 1, 2, 3]), ("true", [1, 0, 3, 2])):
        layer = f'type: "PriorBox" prior_box_param {{ {text % written} }}'
        found = make(layer, (1, 1, 1, 1), (1, 1, 200, 400)).forward().top[0].data[0, 0]
        np.testing.assert_allclose(found.reshape(-1, 4), np.array(want)[:, order], atol=1e-7)


@pytest.mark.parametrize("bottoms", [((2, 3), IMAGE), (MAP, (1, 3, 30)), ((1, 2, 0, 4), IMAGE)])
def test_priors_need_maps(bottoms):
    with pytest.raises(ShapeError, match="a map N, C, H, W is needed"):
        make('type: "PriorBox" prior_box_param { min_size: 4 }', *bottoms)


def test_another_size_of_the_map_makes_other_boxes():
    found = prior_box("min_size: 10").forward()
    assert found.top[0].shape == (1, 2, 3 * 4 * 4)
    np.testing.assert_allclose(found.top[0].data[0, 0, :4], [0, 0, 0.25, 1 / 3], atol=1e-12)
    found.reshape([(1, 2, 1, 1), IMAGE])
    found.forward()
    np.testing.assert_allclose(found.top[0].data[0, 0], [0.375, 1 / 3, 0.625, 2 / 3])
    np.testing.assert_allclose(found.top[0].data[0, 1], 0.1)


@pytest.mark.parametrize(
    ("order", "fault"),
    [("[0, 2, 2]", "order names axis 2 twice"), ("[3]", "order names axis 3, bottom shape")],
)
def test_orders_that_are_none(order, fault):
    with pytest.raises(PrototxtError, match=fault):
        make(f'type: "Permute" permute_param {{ order: {order} }}', (2, 3, 4))


def test_permute_keeps_its_number_of_axes():
    found = make('type: "Permute" permute_param { order: 1 }', (2, 3, 4))
    with pytest.raises(ShapeError, match="the order is for 3 axes"):
        found.reshape([(2, 3)])


def test_a_permutation_that_moves_nothing_shares_memory():
    found = make('type: "Permute" permute_param { order: [0, 1] }', (2, 3, 4))
    assert np.shares_memory(found.top[0].data, found.bottom[0].data)
    assert np.shares_memory(found.top[0].diff, found.bottom[0].diff)


@pytest.mark.parametrize(("shared", "shape"), [("true", ()), ("false", (2,))])
def test_scales_are_one_at_first(shared, shape):
    text = f'type: "Normalize" name: "a" norm_param {{ channel_shared: {shared} }}'
    layer = create_layer(parse(text, pb.LayerParameter)[0], Context(fork="ssd"))
    layer.setup([Blob((1, 2))], [Blob()])
    assert layer.blobs[0].shape == shape
    assert (layer.blobs[0].data == 1).all()


def test_each_channel_has_its_own_length():
    found = make('type: "Normalize" norm_param { channel_shared: false }', (1, 2), fork="ssd")
    found.bottom[0].data[...] = [[3, 4]]
    found.layer.blobs[0].data[...] = [5, 10]
    np.testing.assert_allclose(found.forward().top[0].data, [[3, 8]], rtol=1e-9)


def test_normalize_refuses():
    with pytest.raises(PrototxtError, match="add_eps_before_sqrt is a field of another fork"):
        make('type: "Normalize" norm_param { add_eps_before_sqrt: false }', (2, 3), fork="ssd")
    with pytest.raises(ShapeError, match="it needs the axes N, C, H, W"):
        make('type: "Normalize" norm_param { }', (2, 3, 4, 5, 6), fork="ssd")
    found = make('type: "Normalize" norm_param { channel_shared: false }', (2, 3), fork="ssd")
    with pytest.raises(ShapeError, match="there are scales for 3 channels"):
        found.reshape([(2, 4)])


def test_smooth_l1_needs_as_many_values():
    with pytest.raises(ShapeError, match="both need as many values"):
        make('type: "SmoothL1Loss"', (2, 3), (2, 4), fork="ssd")
