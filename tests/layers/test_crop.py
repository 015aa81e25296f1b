"""Crop: where the window lies, and windows that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def crop(text: str, shape=(2, 3, 6, 7), wanted=(1, 1, 4, 5)) -> Bench:
    return Bench(Row("c", f'type: "Crop" crop_param {{ {text} }}', (shape, wanted), gradient=(0,)))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("", np.s_[:, :, :4, :5]),
        ("offset: 2", np.s_[:, :, 2:6, 2:7]),
        ("offset: 1 offset: 0", np.s_[:, :, 1:5, :5]),
        ("axis: 1 offset: 2 offset: 1 offset: 2", np.s_[:, 2:3, 1:5, 2:7]),
        ("axis: -1 offset: 2", np.s_[..., 2:7]),
    ],
)
def test_windows(text, window):
    bench = crop(text).run()
    np.testing.assert_array_equal(bench.top[0].data, bench.bottom[0].data[window])
    want = np.zeros(bench.bottom[0].shape)
    want[window] = bench.top[0].diff
    np.testing.assert_array_equal(bench.bottom[0].diff, want)


def test_the_size_takes_no_part_in_the_gradient():
    bench = crop("").forward().seed_tops()
    bench.bottom[1].diff.fill(np.nan)
    bench.backward([False, True])
    assert not bench.bottom[1].diff.any()


@pytest.mark.parametrize(
    ("text", "wanted", "kind", "message"),
    [
        ("offset: 3", (1, 1, 4, 5), ShapeError, "axis 2: a window of 4 from 3 on leaves the 6"),
        ("", (1, 1, 7, 5), ShapeError, "axis 2: a window of 7"),
        (
            "axis: 1 offset: 0 offset: 1",
            (1, 1, 4, 5),
            PrototxtError,
            "2 offsets for 3 cropped axes",
        ),
        ("axis: 4", (1, 1, 4, 5), ShapeError, "axis 4 is out of range"),
        ("", (4, 5), ShapeError, r"bottom 1 only \(4, 5\)"),
    ],
)
def test_faults(text, wanted, kind, message):
    with pytest.raises(kind, match=message):
        crop(text, wanted=wanted)
