"""Bias: what the offset covers."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def bias(text: str, *shapes) -> Bench:
    return Bench(Row("b", f'type: "Bias" bias_param {{ {text} }}', shapes or ((2, 3, 4),)))


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("", (3, 1)),
        ("num_axes: 0", ()),
        ("num_axes: -1", (3, 4)),
        ("axis: 0 num_axes: 2", (2, 3, 1)),
        ("axis: -1", (4,)),
    ],
)
def test_values(text, view):
    found = bias(text).forward()
    want = found.bottom[0].data + found.layer.blobs[0].data.reshape(view)
    np.testing.assert_allclose(found.top[0].data, want)


def test_a_second_bottom_leaves_no_parameter():
    found = bias("axis: 0", (2, 3, 4), (2, 3)).forward()
    assert found.layer.blobs == []
    want = found.bottom[0].data + found.bottom[1].data[:, :, None]
    np.testing.assert_allclose(found.top[0].data, want)


def test_it_begins_at_zero_or_as_filled(monkeypatch):
    monkeypatch.setattr(Bench, "_fill_params", lambda self: None)
    for text, offset in (("", 0), ("filler { value: 3 }", 3)):
        found = bias(text).forward()
        np.testing.assert_array_equal(found.top[0].data, found.bottom[0].data + offset)


def test_an_operand_that_does_not_fit():
    with pytest.raises(ShapeError, match=r"\(4,\) does not fit shape \(2, 3, 4\) from axis 1"):
        bias("", (2, 3, 4), (4,))
