"""Scale: what the factor covers, its first values, and operands that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError
from protonet.layers.scale import Scale
from tests.harness.bench import Bench
from tests.harness.row import Row


def scale(text: str, *shapes) -> Bench:
    return Bench(Row("s", f'type: "Scale" scale_param {{ {text} }}', shapes or ((2, 3, 4),)))


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("", [(3,)]),
        ("bias_term: true", [(3,), (3,)]),
        ("num_axes: 0", [()]),
        ("num_axes: -1", [(3, 4)]),
        ("axis: 0 num_axes: 2 bias_term: true", [(2, 3), (2, 3)]),
        ("axis: -1", [(4,)]),
    ],
)
def test_shapes_of_the_parameters(text, shapes):
    assert [blob.shape for blob in scale(text).layer.blobs] == shapes


def test_it_begins_as_the_identity(monkeypatch):
    monkeypatch.setattr(Bench, "_fill_params", lambda self: None)
    found = scale("bias_term: true").forward()
    np.testing.assert_array_equal(found.top[0].data, found.bottom[0].data)
    given = scale("filler { value: 2 } bias_term: true bias_filler { value: -1 }").forward()
    np.testing.assert_array_equal(given.top[0].data, 2 * given.bottom[0].data - 1)
    assert not scale("filler {}").forward().top[0].data.any()


def test_with_two_bottoms_the_bias_is_blob_0():
    found = scale("axis: 1 bias_term: true", (2, 3, 4), (3, 4)).forward()
    (bias,) = found.layer.blobs
    want = found.bottom[0].data * found.bottom[1].data + bias.data
    np.testing.assert_allclose(found.top[0].data, want)


def test_in_place_keeps_the_input_only_there():
    row = Row("s", 'type: "Scale"', ((2, 3, 4),))
    assert Bench(row).run().layer.scratch_bytes == 0
    assert Bench(row, in_place=True).run().layer.scratch_bytes == 24 * 8
    assert Scale.in_place


@pytest.mark.parametrize(
    ("text", "shapes", "message"),
    [
        ("axis: 1", ((4, 5), (4,)), r"operand of shape \(4,\) does not fit shape \(4, 5\) from"),
        ("axis: 1", ((4, 5), (5, 1)), "does not fit"),
        ("axis: 1 num_axes: 3", ((2, 3, 4),), "num_axes 3 from axis 1 on exceeds"),
        ("axis: 3", ((2, 3, 4),), "axis 3 is out of range"),
    ],
)
def test_operands_that_do_not_fit(text, shapes, message):
    with pytest.raises(ShapeError, match=message):
        scale(text, *shapes)


def test_channels_cannot_change():
    found = scale("")
    found.bottom[0].reshape(2, 5, 4)
    with pytest.raises(ShapeError, match=r"operand of shape \(3,\) does not fit"):
        found.layer.reshape(found.bottom, found.top)
