"""MVN: which values share a mean, and where eps goes."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row


def mvn(text: str = "", shape=(2, 3, 4, 5)) -> Bench:
    return Bench(Row("m", f'type: "MVN" mvn_param {{ {text} }}', (shape,)))


@pytest.mark.parametrize(("text", "axes"), [("", (2, 3)), ("across_channels: true", (1, 2, 3))])
def test_mean_and_deviation(text, axes):
    y = mvn(text).forward().top[0].data
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axes), 1)


def test_eps_is_added_to_the_deviation():
    found = mvn("eps: 0.5").forward()
    std = found.bottom[0].data.std((2, 3))
    np.testing.assert_allclose(found.top[0].data.std((2, 3)), std / (std + 0.5))


@pytest.mark.parametrize(
    ("shape", "top"), [((2, 3, 5), (2, 3, 5, 1)), ((4, 6), (4, 6, 1, 1)), ((3,), (3, 1, 1, 1))]
)
def test_the_top_has_four_axes(shape, top):
    assert mvn(shape=shape).top[0].shape == top


def test_five_axes():
    with pytest.raises(ShapeError, match="at most four axes"):
        mvn(shape=(1, 1, 1, 1, 1))
