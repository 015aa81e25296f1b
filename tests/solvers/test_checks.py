"""Settings of a solver that are refused, and those that are warned of."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, SolverError
from protonet.proto.text import read_solver
from protonet.solvers.checks import check
from protonet.solvers.registry import rule_class
from tests.solvers.toy import RANDOM_NET, gradient, logged, params, toy


def warnings(fields: str) -> list[str]:
    with logged() as lines:
        check(read_solver(f"base_lr: 0.1\n{fields}"))
    return lines


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("test_interval: 5", "test_interval without test_iter: nothing will be tested"),
        ("test_interval: 5 test_iter: 0", "test_iter is 0: test net #0 will not be tested"),
        ("debug_info: true", "debug_info without display: nothing of the training"),
        ("clip_gradients: 0", "clip_gradients is 0: every gradient is scaled down to nothing"),
    ],
)
def test_what_nobody_means(fields, words):
    (line,) = warnings(fields)
    assert line.startswith(f"<text>:2: {words}")


@pytest.mark.parametrize(
    ("field", "least"),
    [
        ("average_loss", 1),
        ("iter_size", 1),
        ("test_interval", 0),
        ("display", 0),
        ("snapshot", 0),
        ("max_iter", 0),
        ("test_iter", 0),
    ],
)
def test_the_least_that_is_taken(field, least):
    warnings(f"{field}: {least}")
    hint = {"test_interval": "0 switches it off", "display": "0 switches", "snapshot": "0 switches"}
    with pytest.raises(SolverError) as caught:
        warnings(f"# the next line\n{field}: {least - 1}")
    error = caught.value
    assert (error.line, error.field, error.what) == (3, field, f"{field} is {least - 1}")
    assert error.hint.startswith(hint.get(field, f"it must be {least} or more"))


@pytest.mark.parametrize("field", ["larc: true", "weight_decay_power: 0.5"])
def test_settings_of_forks_are_refused_with_their_line(tmp_path, field):
    path = tmp_path / "solver.prototxt"
    path.write_text(f"base_lr: 0.1\nmax_iter: 4\n{field}\n")
    with pytest.raises(PrototxtError, match=field.split(":")[0]) as caught:
        check(read_solver(path))
    assert (caught.value.file, caught.value.line) == (str(path), 3)


def test_what_is_right_is_not_talked_about():
    assert warnings("test_interval: 5 test_iter: 1 debug_info: true display: 1") == []
    assert warnings("clip_gradients: 0.5") == warnings("clip_gradients: -1") == []


def test_clipping_to_nothing_is_what_is_said():
    solver = toy(clip_gradients=0, momentum=0.0)
    before = params(solver)
    solver.step(1)
    for old, new in zip(before, params(solver)):
        np.testing.assert_array_equal(old, new)
    w, b = before
    assert gradient(w, b)[0] > 0, "there was something to learn"


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        ("SGD", set()),
        ("Nesterov", set()),
        ("AdaGrad", {"delta"}),
        ("RMSProp", {"delta", "rms_decay"}),
        ("AdaDelta", {"delta"}),
        ("Adam", {"delta", "momentum2"}),
    ],
)
def test_settings_that_a_rule_does_not_read(kind, read):
    """What it reads is found by trying: the weights after two steps depend on it."""
    values = {"momentum2": 0.5, "rms_decay": 0.5, "delta": 0.25}
    for field, value in values.items():
        results = []
        for settings in ({}, {field: value}):
            with logged() as lines:
                solver = toy(type=kind, **settings)
            solver.step(2)
            results.append(np.concatenate([array.ravel() for array in params(solver)]))
        depends = not np.array_equal(*results)
        told = [line for line in lines if f"{kind} does not read {field}: take it out" in line]
        assert depends == (field in read) and len(told) == (not depends)
        assert (field in rule_class(read_solver(f'type: "{kind}"')).reads) == depends


def test_nothing_to_train():
    solver = toy(max_iter=2)
    with logged() as lines:
        solver.solve()
        assert not any("nothing to train" in line for line in lines)
        solver.solve()
    (line,) = [line for line in lines if "nothing to train" in line]
    assert "max_iter is 2, 2 iterations are done" in line


def test_snapshots_of_another_run(tmp_path, monkeypatch):
    """Steps of a program warn as well as `solve`, and once; other names are left alone."""
    monkeypatch.chdir(tmp_path)
    for name in ("toy_iter_2.caffemodel", "toy_iter_3.caffemodel", "toys_iter_2.caffemodel"):
        (tmp_path / name).touch()
    (tmp_path / "toy_iter_2.caffemodel.h5").touch()
    (tmp_path / "toy_iter_10.solverstate").touch()
    solver = toy(RANDOM_NET, snapshot=2)
    with logged() as lines:
        for _ in range(3):
            solver.step(1)
    (line,) = [line for line in lines if "earlier run" in line]
    assert "toy_iter_2.caffemodel, toy_iter_10.solverstate of an earlier run will be" in line
