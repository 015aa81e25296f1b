"""Columns: all of a batch once, and in little memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels import convolution, scratch, threads
from protonet.kernels.convolution import choose, columns
from protonet.kernels.windows import Window

#: x, w, stride, pad, group: shapes whose columns, written out at once, are 40 MB and more.
LARGE: dict[str, tuple[Any, ...]] = {
    "strided depthwise": ((16, 256, 56, 56), (256, 1, 3, 3), (2, 2), (1, 1), 256),
    "small groups": ((8, 256, 40, 40), (256, 4, 3, 3), (1, 1), (1, 1), 64),
    "rows of planes": ((12, 3, 224, 224), (8, 3, 7, 7), (2, 2), (3, 3), 1),
    "channels last": ((8, 64, 56, 56), (8, 64, 5, 5), (1, 1), (2, 2), 1),
    "depthwise": ((12, 128, 56, 56), (128, 1, 3, 3), (1, 1), (1, 1), 128),
    "winograd": ((16, 64, 56, 56), (64, 64, 3, 3), (1, 1), (1, 1), 1),
    "many weights": ((16, 128, 14, 14), (128, 128, 5, 5), (1, 1), (2, 2), 1),
}


def window_of(name: str) -> Window:
    _, w, stride, pad, _ = LARGE[name]
    return Window(w[2:], stride, pad, (1, 1))


@pytest.mark.parametrize("name", LARGE)
def test_scratch_does_not_grow_with_the_batch(name: str, any_threads: None) -> None:
    x_shape, w_shape, _, _, group = LARGE[name]
    window = window_of(name)
    x, w = np.ones(x_shape, np.float32), np.ones(w_shape, np.float32)
    y = np.empty((len(x), len(w), *window.out(x_shape[2:])), np.float32)
    assert y[:, :1].size * w[0].size * group > 10e6
    threads.set_num_threads(1)
    before = scratch.memory()
    scratch.adopt(scratch.Memory())
    try:
        convolution.forward(x, w, None, y, window, group)
        convolution.backward(x, y, w, w, None, x, window, group)
        used = sum(memory.nbytes for memory in scratch.memory().flat.values())
    finally:
        scratch.adopt(before)
    assert used < 24e6


@pytest.mark.parametrize("name", list(LARGE)[:4])
def test_chunks_cover_everything_once(name: str) -> None:
    x, w, _, _, group = LARGE[name]
    p = columns.plan(choose(x, w, window_of(name), group, np.dtype(np.float32)).geometry)
    seen = np.zeros((p.images, p.out[0], p.groups), int)
    for c in p.chunks:
        seen[c.first : c.last, c.top : c.bottom, c.low : c.high] += 1
    assert (seen == 1).all()
    assert len(p.chunks) > 4  # enough for a few threads


def test_pieces_are_about_equal() -> None:
    assert columns.cut(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert columns.cut(2, 1) == [(0, 2)]
    assert [columns.even(n, 8) for n in (1, 2, 3, 7, 9)] == [1, 2, 4, 8, 9]
    assert columns.even(7, 7) == 7
