"""Normalize of happynear: shapes and faults."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def normalize(text: str, shape=(2, 3), tops: int = 1) -> Bench:
    return Bench(Row("n", f'type: "Normalize" {text}', (shape,), tops=tops, fork="happynear"))


def test_two_axes_become_four():
    bench = normalize("", (4, 3), tops=2).forward()
    assert [blob.shape for blob in bench.top] == [(4, 3, 1, 1), (4, 1, 1, 1)]
    want = np.sqrt((bench.bottom[0].data ** 2).sum(1) + 1e-6)
    np.testing.assert_allclose(bench.top[1].data.ravel(), want, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "shape", "kind", "message"),
    [
        ('normalize_param { normalize_type: "L3" }', (2, 3), PrototxtError, '"L3"'),
        ("", (3,), ShapeError, "two to four axes"),
        ("", (1, 2, 3, 4, 5), ShapeError, "two to four axes"),
    ],
)
def test_faults(text, shape, kind, message):
    with pytest.raises(kind, match=message):
        normalize(text, shape)
