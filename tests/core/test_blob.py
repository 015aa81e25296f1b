"""Blob: shapes, live views, shared memory, the old names."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from protonet.core.arena import Arena
from protonet.core.blob import Blob
from protonet.errors import ShapeError


def test_a_blob_is_zero_float32_and_contiguous():
    blob = Blob((2, 3, 5))
    assert blob.shape == (2, 3, 5)
    assert blob.count == 30
    for array in (blob.data, blob.diff):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not array.any()


def test_a_scalar_has_no_axes():
    blob = Blob()
    assert blob.shape == blob.data.shape == ()
    assert blob.count == 1
    blob.data[...] = 2.5
    assert blob.data == 2.5


def test_views_are_live_and_outlive_the_blob():
    blob = Blob((2, 2))
    data, diff = blob.data, blob.diff
    data[0, 1] = 7
    assert blob.data is data
    assert blob.data[0, 1] == 7
    gone = weakref.ref(data.base)
    del blob
    gc.collect()
    diff += data
    assert diff[0, 1] == 7
    assert gone() is not None


def test_the_gradient_is_made_when_it_is_touched():
    blob = Blob((100,))
    _ = blob.data
    assert not blob.has_diff
    _ = blob.diff
    assert blob.has_diff


def test_reshape_keeps_values_and_memory():
    blob = Blob((2, 6))
    blob.data[...] = np.arange(12).reshape(2, 6)
    memory = blob.data.base
    blob.reshape(3, 2)
    assert blob.data.tolist() == [[0, 1], [2, 3], [4, 5]]
    blob.reshape(12)
    assert blob.data.base is memory
    assert blob.data.tolist() == list(range(12))
    blob.reshape(4, 4)
    assert blob.data.base is not memory


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1,) * 33, "at most 32 axes, not 33"),
        ((2, -1), "negative"),
        ((1 << 16, 1 << 15), "more than 2\\^31-1"),
    ],
)
def test_impossible_shapes(shape, message):
    blob = Blob((3,))
    with pytest.raises(ShapeError, match=message):
        blob.reshape(*shape)
    assert blob.data.shape == (3,)


def test_32_axes_and_empty_ones_are_possible():
    assert Blob((1,) * 32).count == 1
    assert Blob((3, 0, 2)).data.shape == (3, 0, 2)


def test_sharing():
    owner, reader = Blob((2, 3)), Blob((6,))
    reader.share_data(owner)
    owner.data[1, 0] = 4
    assert reader.data[3] == 4
    assert reader.shares_data_with(owner)
    owner.diff[...] = 1
    assert not reader.diff.any()
    reader.share_diff(owner)
    assert reader.diff.all()


def test_sharers_follow_when_the_owner_grows_or_moves():
    owner, reader = Blob((2,)), Blob((2,))
    reader.share_data(owner)
    _ = reader.data
    owner.reshape(5)
    owner.data[:] = 3
    assert reader.data.tolist() == [3, 3]
    arena = Arena([owner], np.float32)
    arena.data[1] = 8
    assert reader.data.tolist() == [3, 8]


def test_an_arena_holds_values_and_gradients():
    blobs = [Blob((2, 2)), Blob((3,))]
    for i, blob in enumerate(blobs):
        blob.data[...], blob.diff[...] = i + 1, -i
    arena = Arena(blobs, np.float32)
    assert arena.data.tolist() == [1] * 4 + [2] * 3
    assert arena.diff.tolist() == [0] * 4 + [-1] * 3
    assert [arena.data[part].size for part in arena.slices] == [4, 3]
    arena.diff[:] = 9
    assert (blobs[0].diff == 9).all()
    assert np.shares_memory(blobs[1].data, arena.data)


def test_axis_numbers():
    blob = Blob((2, 3, 4))
    assert [blob.axis(i) for i in (0, 2, -1, -3)] == [0, 2, 2, 0]
    assert (blob.count_from(1), blob.count_from(0, 2), blob.count_from(3)) == (12, 6, 1)
    for index in (3, -4):
        with pytest.raises(ShapeError, match=r"out of range for shape .*: give -3 to 2"):
            blob.axis(index)


@pytest.mark.parametrize("shape", [(2, -1), (1 << 16, 1 << 16)])
def test_impossible_shapes_say_what_to_do(shape):
    with pytest.raises(ShapeError) as caught:
        Blob(shape)
    assert caught.value.hint


def test_old_names():
    blob = Blob((5, 6))
    assert (blob.num, blob.channels, blob.height, blob.width) == (5, 6, 1, 1)
    with pytest.raises(ShapeError, match="4 axes at most"):
        _ = Blob((1, 1, 1, 1, 1)).num


def test_repr_tells_the_shape():
    assert repr(Blob((2, 3), np.float64)) == "<Blob 2 x 3, float64>"
    assert repr(Blob()) == "<Blob scalar, float32>"


def test_a_blob_without_memory_takes_an_array_as_its_own():
    values = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)
    blob = Blob((2, 3))
    blob.take(values, keep=True)
    assert np.shares_memory(blob.data, values)
    assert blob.data.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_an_array_that_cannot_be_the_memory_is_copied():
    octets = np.zeros(25, np.uint8)
    odd = octets[1:].view(np.float32)
    read_only = np.ones(6, np.float32)
    read_only.flags.writeable = False
    for values in (odd, read_only, np.ones(6), np.ones((3, 2), np.float32).T):
        blob = Blob((2, 3))
        blob.take(values, keep=True)
        assert not np.shares_memory(blob.data, values) and blob.data.flags.carray
        assert blob.data.reshape(-1).tolist() == values.reshape(-1).tolist()


def test_views_stay_live_and_arrays_of_others_their_own():
    values = np.ones(3, np.float32)
    blob = Blob((3,))
    view = blob.data
    blob.take(values, keep=True)
    assert view.tolist() == [1, 1, 1] and not np.shares_memory(view, values)
    other = Blob((3,))
    other.take(values)
    assert not np.shares_memory(other.data, values)


def test_all_who_share_the_memory_have_what_was_taken():
    first, second = Blob((3,)), Blob((3,))
    second.share_data(first)
    second.take(np.full(3, 7, np.float32), keep=True)
    assert first.data.tolist() == [7, 7, 7]
