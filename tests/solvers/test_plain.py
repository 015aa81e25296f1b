"""Plain values survive the way to bytes and back."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.solvers import plain


def test_round_trip():
    value = {
        "numbers": [1, -2.5, 2**127, None, True],
        "text": "kä",
        "bytes": b"\x00\xff",
        "nested": {"array": np.arange(6, dtype=np.float32).reshape(2, 3)},
        "scalar": np.uint64(2**63),
    }
    back = plain.unpack(plain.pack(value))
    array = back["nested"].pop("array")
    assert array.dtype == np.float32 and array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert back == {**value, "nested": {}, "scalar": 2**63}


def test_a_stream_of_random_numbers_goes_on():
    first = np.random.Generator(np.random.SFC64(3))
    first.random(5)
    second = np.random.Generator(np.random.SFC64(9))
    second.bit_generator.state = plain.unpack(plain.pack(first.bit_generator.state))
    assert second.random() == first.random()


def array_of(kind):
    return b'{"__array__": ["%s", [0], ""]}' % kind


@pytest.mark.parametrize("packed", [b"\xff", b"{", *map(array_of, (b"O", b"f4,(2", b"<f3", b""))])
def test_other_bytes_are_refused(packed):
    with pytest.raises(ValueError):
        plain.unpack(packed)


def test_objects_are_refused():
    with pytest.raises(TypeError, match="not a plain value"):
        plain.pack({"x": object()})
