"""Coordinates of tops against each other, by formulas worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.pycaffe import layers as L
from protonet.pycaffe.coord_map import (
    AxisMismatchException,
    UndefinedMapException,
    compose,
    conv_params,
    coord_map,
    coord_map_from_to,
    crop,
    crop_params,
    inverse,
)


def chain(kernel=3, stride=1, pad=0, pool=2, up=2, up_pad=0) -> caffe.NetSpec:
    """data -> conv -> pool -> deconv: down by `pool`, up by `up`."""
    n = caffe.NetSpec()
    n.data, n.other = L.Input(ntop=2)
    n.conv = L.Convolution(n.data, num_output=4, kernel_size=kernel, stride=stride, pad=pad)
    n.pool = L.Pooling(n.conv, kernel_size=pool, stride=pool)
    n.up = L.Deconvolution(
        n.pool, num_output=4, kernel_size=(2 * np.array(up)).tolist(), stride=up, pad=up_pad
    )
    return n


def number(found):
    axis, scale, shift = found
    return axis, float(np.squeeze(scale)), float(np.squeeze(shift))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # With x in data, the conv has it at x - 1, pool at (x - 1) / 2 - 1/4, up at twice
        # that plus 3/2: x again.  The others by the same steps, then solved for x.
        ({}, (1, 1, 0)),
        ({"pool": 4, "up": 4}, (1, 1, -1)),
        ({"pool": 4, "up": 2}, (1, 2, -0.5)),
        ({"pad": 3}, (1, 1, -3)),
        ({"up_pad": 3}, (1, 1, 3)),
        ({"pad": 3, "up_pad": 3}, (1, 1, 0)),
        ({"kernel": 1}, (1, 1, -1)),
        ({"stride": 2}, (1, 2, -1)),
    ],
)
def test_a_chain_against_its_input(options, expected):
    n = chain(**options)
    assert number(coord_map_from_to(n.up, n.data)) == expected


def test_the_map_is_that_of_a_marked_pixel():
    """A convolution whose kernel marks its middle moves a lone pixel as the map says."""
    n = caffe.NetSpec()
    n.data = L.Input(shape={"dim": [1, 1, 15, 15]})
    n.conv = L.Convolution(n.data, num_output=1, kernel_size=3, stride=2, pad=2, dilation=2)
    _, scale, shift = number(coord_map(n.conv.fn))
    net = caffe.Net(str(n.to_proto()), caffe.TEST)
    net.params["conv"][0].data[0, 0, 1, 1] = 1
    net.blobs["data"].data[0, 0, 6, 10] = 1
    places = np.argwhere(net.forward()["conv"][0, 0])
    assert places.tolist() == [[scale * 6 + shift, scale * 10 + shift]]


def test_pointwise_layers_change_nothing():
    n = chain()
    for top in (L.ReLU(n.up), L.Convolution(L.Dropout(n.up), kernel_size=1, num_output=1)):
        assert number(coord_map_from_to(top, n.data)) == (1, 1, 0)
    assert coord_map(L.ReLU(n.up).fn) == (None, 1, 0)


def test_several_bottoms_are_mapped_alike():
    n = chain()
    a, b = L.Convolution(n.data, n.other, ntop=2, kernel_size=5, stride=2)
    assert coord_map_from_to(a, n.data) == coord_map_from_to(b, n.other)


def test_sides_are_independent():
    both = chain(kernel=[3, 5], stride=[1, 2], pad=[0, 10])
    axis, scale, shift = coord_map_from_to(both.up, both.data)
    for i, options in enumerate([(3, 1, 0), (5, 2, 10)]):
        one = chain(*options)
        assert number(coord_map_from_to(one.up, one.data)) == (axis, scale[i], shift[i])


def test_three_axes():
    n = chain(kernel=[3, 3, 3], stride=[1, 1, 1], pad=[0, 1, 2])
    axis, scale, shift = coord_map_from_to(n.up, n.data)
    assert axis == 1 and scale.tolist() == [1, 1, 1] and shift.tolist() == [0, -1, -2]


def test_crops():
    n = chain(pad=3)
    cut = L.Crop(n.up, n.data, axis=2, offset=4)
    assert number(coord_map_from_to(cut, n.data)) == (1, 1, 1)  # -3 and the 4 that are cut
    assert crop_params(L.Crop(n.up, n.data, crop_param={"offset": [1, 2]}).fn)[1].tolist() == [1, 2]
    made = crop(n.up, n.data).fn
    assert made.type_name == "Crop" and made.inputs == (n.up, n.data)
    assert made.params == {"crop_param": {"axis": 2, "offset": [3]}}
    assert crop(L.ReLU(n.conv), n.conv).fn.params == {"crop_param": {"axis": 2, "offset": [0]}}


def test_what_cannot_be_cropped():
    for options, message in [
        ({"pool": 3, "up": 2}, "one is scaled"),
        ({"up_pad": 10}, "is negative"),
        ({"kernel": 2, "pool": 4, "up": 4}, "is fractional"),
    ]:
        n = chain(**options)
        with pytest.raises(AssertionError, match=message):
            crop(n.up, n.data)


def test_what_has_no_map():
    n = chain()
    with pytest.raises(RuntimeError, match="no coordinate map between the tops"):
        coord_map_from_to(L.InnerProduct(n.up, num_output=3), n.data)
    with pytest.raises(UndefinedMapException, match="InnerProduct"):
        coord_map(L.InnerProduct(n.up).fn)
    with pytest.raises(AxisMismatchException, match="axes 1 and 2"):
        compose((1, 1, 0), (2, 1, 0))
    with pytest.raises(AssertionError, match="pad_h: give one list"):
        conv_params(L.Convolution(n.data, kernel_size=1, pad_h=1).fn)


def test_algebra():
    there = (1, 0.5, 3.0)
    assert compose(there, inverse(there)) == (1, 1, 0)
    assert compose((None, 2, 1), (1, 3, 4)) == (1, 6, 9)
    assert inverse((None, 4, 2)) == (None, 0.25, -0.5)
