"""Depthwise convolutions by steps of one, against plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.kernels.convolution import choose, depthwise
from protonet.kernels.windows import Window
from tests.kernels.convolution.cases import all_kernels, check

DEPTHWISE: dict[str, tuple[Any, ...]] = {
    "plain": ((3, 6, 9, 7), (3, 3), (1, 1), (1, 1)),
    "padding above": ((2, 5, 6, 8), (3, 2), (2, 0), (1, 1)),
    "padding beside": ((2, 9, 6, 8), (2, 3), (0, 2), (1, 1)),
    "dilated": ((4, 3, 9, 11), (3, 2), (1, 3), (2, 3)),
    "one line": ((2, 4, 1, 9), (1, 4), (0, 1), (1, 1)),
    "far padding": ((2, 4, 4, 3), (2, 2), (3, 4), (1, 1)),
}


@pytest.mark.parametrize("columns_of_a_task", [1, 1000, 1 << 20])
@pytest.mark.parametrize("name", DEPTHWISE)
def test_against_loops(
    name: str, columns_of_a_task: int, fresh_plans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depthwise, "LEAST", 1)
    monkeypatch.setattr(depthwise, "VALUES", columns_of_a_task)
    x_shape, kernel, pad, dilation = DEPTHWISE[name]
    rng = np.random.default_rng(9)
    window, group = Window(kernel, (1, 1), pad, dilation), x_shape[1]
    x, w = rng.standard_normal(x_shape), rng.standard_normal((group, 1, *kernel))
    b, dy = (
        rng.standard_normal(group),
        rng.standard_normal((*x_shape[:2], *window.out(x_shape[2:]))),
    )
    assert choose(x.shape, w.shape, window, group, x.dtype).name == "depthwise"
    case = (x, w, b, dy, window, group)
    check(all_kernels(case), case)
