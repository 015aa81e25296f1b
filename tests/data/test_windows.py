"""Window files, and where windows go in the crop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.data.windows import Window, place, read_window_file
from protonet.errors import DataError

TEXT = """# 0
a.png
3
10
12
3
5 0.9 1 2 3 4
2 0.5 0 0 5 5
1 0.1 2 2 4 4
# 1
some b.png
3
8
8
1
4 1 0 0 7 7
"""


def read(tmp_path: Path, text: str, fg: float = 0.6, bg: float = 0.3):
    (tmp_path / "w").write_text(text)
    return read_window_file(tmp_path / "w", fg, bg)


def test_file(tmp_path: Path) -> None:
    found = read(tmp_path, TEXT)
    assert found.images == ["a.png", "some b.png"]
    assert found.foreground == [Window(0, 5, 1, 2, 3, 4), Window(1, 4, 0, 0, 7, 7)]
    assert found.background == [Window(0, 0, 2, 2, 4, 4)]  # its class is 0 now
    assert len(read(tmp_path, TEXT, 0.5, 0.5).foreground) == 3  # the threshold is included


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("# 0", "0", 1, "'# index'"),
        ("10", "ten", 4, "whole number"),
        ("5 0.9 1 2 3 4", "5 0.9 1 2 3", 7, "a window"),
        ("5 0.9 1 2 3 4", "0 0.9 1 2 3 4", 7, "the background's"),
        ("4 1 0 0 7 7\n", "", 15, "a window"),
    ],
)
def test_bad_lines(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, TEXT.replace(old, new, 1))
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "w"), line)


def test_warp_takes_the_window_as_it_is() -> None:
    at = place(Window(0, 1, 2, 3, 5, 9), 20, 20, 8, 0, False, False)
    assert at == (slice(3, 10), slice(2, 6), 8, 8, 0, 0)


def test_square_takes_the_longer_side() -> None:
    # 4 wide, 8 high, around column 6 and row 8: 8 x 8 (and one pixel, as in Caffe).
    at = place(Window(0, 1, 4, 4, 7, 11), 20, 20, 9, 0, True, False)
    assert at == (slice(4, 13), slice(2, 11), 9, 9, 0, 0)


@pytest.mark.parametrize("mirror", [False, True])
def test_context_outside_of_the_image_stays_empty(mirror: bool) -> None:
    # A window of 4 in the corner, grown to twice its size: columns and rows -2 .. 6.
    at = place(Window(0, 1, 0, 0, 3, 3), 5, 20, 9, 2, True, mirror)
    # 9 / (9 - 4) * 2 = 3.6 around 2: -1.6 .. 5.6, that is -2 .. 6, nine of them.
    assert (at.rows, at.columns) == (slice(0, 5), slice(0, 7))
    assert (at.height, at.width) == (5, 7)
    assert (at.top, at.left) == (2, 0 if mirror else 2)


def test_parts_never_leave_image_or_crop() -> None:
    rng = np.random.default_rng(3)
    for _ in range(3000):
        h, w = rng.integers(1, 30, 2).tolist()
        (y1, y2), (x1, x2) = (sorted(rng.integers(0, n, 2).tolist()) for n in (h, w))
        crop = int(rng.integers(5, 20))
        square, mirror = rng.random(2) < 0.5
        at = place(Window(0, 1, x1, y1, x2, y2), h, w, crop, int(rng.integers(3)), square, mirror)
        assert 0 <= at.rows.start < at.rows.stop <= h
        assert 0 <= at.columns.start < at.columns.stop <= w
        assert at.top >= 0 and at.left >= 0
        assert at.top + at.height <= crop and at.left + at.width <= crop


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "windows"
    path.write_bytes(b"\xef\xbb\xbf# 0\na.png\n3\n9\n9\n1\n2 0.9 1 1 5 5\n")
    assert read_window_file(path, 0.5, 0.5).images == ["a.png"]
