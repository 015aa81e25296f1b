"""What `explain` shows is so: the numbers on the page, read back, against what NumPy says."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray

import protonet
from protonet.cli.main import main
from protonet.core.registry import LAYERS
from protonet.errors import NetError
from protonet.study.examples import examples, examples_of
from protonet.study.explain import example_text
from protonet.study.shown import WIDTH
from protonet.study.spelled import sums_of
from protonet.study.spelled.sums import SPELLED
from protonet.study.worked import Example, work

#: It reads nothing.
WITHOUT = {"VideoData"}
PAIRS = [
    pytest.param(example, id=f"{name}-{i}")
    for name, rows in examples().items()
    for i, example in enumerate(rows)
]


def test_every_type_of_caffe_and_of_the_forks_has_an_example() -> None:
    assert LAYERS.keys() - examples().keys() == WITHOUT
    assert examples().keys() <= LAYERS.keys()
    assert all(examples()[name] for name in examples())


@pytest.mark.parametrize("example", PAIRS)
def test_an_example_runs_and_fits_a_terminal(example: Example) -> None:
    text = example_text(example)
    assert "cannot be shown" not in text
    assert max(map(len, text.splitlines())) <= WIDTH
    worked = work(example)
    assert all(np.isfinite(values).all() for values in (worked.arrays | worked.diffs).values())


@pytest.mark.parametrize("example", PAIRS)
def test_spelled_out_sums_are_what_the_layer_says(example: Example) -> None:
    """Two ways to one number: the layer's kernels, and the arithmetic on the page."""
    worked = work(example)
    known = worked.arrays | worked.diffs
    sums = sums_of(worked)
    for each in sums:
        if each.array in known:
            assert known[each.array][each.index] == pytest.approx(each.value, rel=1e-9), str(each)
    assert worked.layer.type not in SPELLED or any(each.array == "top[0]" for each in sums)


@pytest.mark.parametrize("example", [e for p in PAIRS for e in p.values if e.layer.count("_param")])
def test_a_derivative_is_that_of_what_comes_out(example: Example) -> None:
    """One value of the first bottom moved: the top moves as the shown gradient says."""
    worked = work(example)
    gradient = worked.diffs.get("bottom[0].diff")
    if gradient is None or worked.layer.no_derivative or worked.layer.type == "Dropout":
        return
    given = [worked.given.get(f"top[{i}].diff", 0.0) for i in range(example.tops)]

    def objective(step: float) -> float:
        bottoms = [np.array(each, np.float64) for each in example.bottoms]
        bottoms[0].reshape(-1)[0] += step
        moved = work(Example(**{**vars(example), "bottoms": bottoms}))
        return sum(float(np.sum(moved.arrays[f"top[{i}]"] * g)) for i, g in enumerate(given))

    slope = (objective(1e-6) - objective(-1e-6)) / 2e-6
    assert gradient.reshape(-1)[0] == pytest.approx(slope, abs=1e-6)


# -- read off the page -------------------------------------------------------------------


def read(page: str, name: str, shape: tuple[int, ...]) -> NDArray:
    """The plane of numbers that stands under a name: the first of that name and shape."""
    head = f"{name}  {'x'.join(map(str, shape)) or 'one number'}"
    lines = page.splitlines()
    row = next(i for i, line in enumerate(lines) if re.search(rf"{re.escape(head)}(  |$)", line))
    left = lines[row].index(head)
    right = left + len(head)
    following = re.search(r"\S", lines[row][right:])
    right += following.start() if following else WIDTH
    count = int(np.prod(shape))
    numbers: list[float] = []
    while len(numbers) < count:
        row += 1
        numbers += map(float, lines[row][left:right].split())
    return np.array(numbers).reshape(shape)


@pytest.fixture
def page(request: pytest.FixtureRequest) -> str:
    return protonet.explain(request.param)


def close(shown: NDArray, wanted: NDArray) -> None:
    np.testing.assert_allclose(shown, wanted, rtol=6e-4, atol=1e-12)


@pytest.mark.parametrize("page", ["Convolution"], indirect=True)
def test_convolution_by_loops(page: str) -> None:
    x, w = read(page, "bottom[0]", (1, 1, 3, 3))[0, 0], read(page, "blobs[0]", (1, 1, 2, 2))[0, 0]
    b, dy = read(page, "blobs[1]", (1,)), read(page, "top[0].diff", (1, 1, 2, 2))[0, 0]
    y, dx, dw = np.zeros((2, 2)), np.zeros((3, 3)), np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            y[i, j] = (x[i : i + 2, j : j + 2] * w).sum() + b[0]
            dx[i : i + 2, j : j + 2] += dy[i, j] * w
            dw += dy[i, j] * x[i : i + 2, j : j + 2]
    close(read(page, "top[0]", (1, 1, 2, 2))[0, 0], y)
    close(read(page, "bottom[0].diff", (1, 1, 3, 3))[0, 0], dx)
    close(read(page, "blobs[0].diff", (1, 1, 2, 2))[0, 0], dw)
    close(read(page, "blobs[1].diff", (1,)), dy.sum()[None])


@pytest.mark.parametrize("page", ["InnerProduct"], indirect=True)
def test_inner_product_by_matrices(page: str) -> None:
    x, w = read(page, "bottom[0]", (2, 3)), read(page, "blobs[0]", (2, 3))
    dy = read(page, "top[0].diff", (2, 2))
    close(read(page, "top[0]", (2, 2)), x @ w.T + read(page, "blobs[1]", (2,)))
    close(read(page, "bottom[0].diff", (2, 3)), dy @ w)
    close(read(page, "blobs[0].diff", (2, 3)), dy.T @ x)


@pytest.mark.parametrize("page", ["SoftmaxWithLoss"], indirect=True)
def test_softmax_with_loss_in_closed_form(page: str) -> None:
    x, labels = read(page, "bottom[0]", (2, 3)), read(page, "bottom[1]", (2,)).astype(int)
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    close(read(page, "top[0]", ()), -np.log(p[[0, 1], labels]).mean())
    close(read(page, "bottom[0].diff", (2, 3)), (p - np.eye(3)[labels]) / 2)


@pytest.mark.parametrize("page", ["BatchNorm"], indirect=True)
def test_batch_norm_in_closed_form(page: str) -> None:
    x, dy = read(page, "bottom[0]", (4, 2)), read(page, "top[0].diff", (4, 2))
    y = (x - x.mean(axis=0)) / x.std(axis=0)
    close(read(page, "top[0]", (4, 2)), y)
    dx = (dy - dy.mean(axis=0) - y * (dy * y).mean(axis=0)) / x.std(axis=0)
    close(read(page, "bottom[0].diff", (4, 2)), dx)


@pytest.mark.parametrize("page", ["Pooling"], indirect=True)
def test_pooling_by_views(page: str) -> None:
    x = read(page, "bottom[0]", (1, 1, 4, 4))[0, 0]
    close(read(page, "top[0]", (1, 1, 2, 2))[0, 0], x.reshape(2, 2, 2, 2).max(axis=(1, 3)))
    dx = read(page, "bottom[0].diff", (1, 1, 4, 4))[0, 0]
    assert sorted(x[dx != 0]) == [5, 7, 8, 9]


@pytest.mark.parametrize("page", ["Sigmoid"], indirect=True)
def test_sigmoid_in_closed_form(page: str) -> None:
    x, dy = read(page, "bottom[0]", (1, 4)), read(page, "top[0].diff", (1, 4))
    y = 1 / (1 + np.exp(-x))
    close(read(page, "top[0]", (1, 4)), y)
    close(read(page, "bottom[0].diff", (1, 4)), dy * y * (1 - y))


# -- the page ----------------------------------------------------------------------------


def test_a_page_has_formulas_examples_and_sums(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Convolution"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Convolution  (bottoms: 1 or more") and "OH = floor(" in out
    assert "top[0][0, 0, 0, 0] = 1*1 + 2*0 + 4*2 + 5*(-1) + 0.5 = 4.5" in out
    assert out.count("Example: ") == 2 and out.count("Backward:") == 2


def test_a_type_of_several_forks_has_an_example_of_each() -> None:
    text = protonet.explain("Normalize")
    assert text.index("is another layer in each") < text.index("forks: ssd")
    assert text.count("Example: ") == 2


def test_an_unknown_type_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NetError, match="did you mean 'ReLU'"):
        protonet.explain("Relu")
    assert main(["explain", "Relu"]) == 3
    assert "did you mean 'ReLU'" in capsys.readouterr().err


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    text = protonet.explain("HDF5Data")
    assert "It cannot be shown here:" in text and "pip install" in text


def test_a_layer_of_ones_own_has_its_page_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYERS, "_items", dict(LAYERS._items))

    @protonet.register
    class Mine(protonet.Layer):
        """Nothing to see."""

        type = "Mine"

    assert examples_of(Mine) == ()
    assert protonet.explain("Mine").endswith("Nothing to see.")
