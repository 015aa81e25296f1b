"""The loop: an iteration against a model of it, the order of things, the log lines."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from protonet.errors import NetError, SolverError
from protonet.solvers import Callback, get_solver
from protonet.solvers.signals import Action
from tests.solvers.toy import NET, RANDOM_NET, gradient, logged, params, text, toy

NUMBER = re.compile(r"(?<![A-Za-z\d])-?\d+(?:\.\d+)?(?:e[+-]\d+)?")


def test_sgd_is_the_model_of_it():
    solver = toy(momentum=0.9, weight_decay=0.1, iter_size=2, clip_gradients=1.5)
    w, b = np.full((1, 2), 0.5), np.zeros(1)
    vw, vb = np.zeros((1, 2)), np.zeros(1)
    for _ in range(6):
        loss, gw, gb = gradient(w, b)
        gw, gb = 2 * gw, 2 * gb  # two passes over the same batch add up
        norm = math.sqrt((gw**2).sum() + (gb**2).sum())
        scale = min(1.0, 1.5 / norm) / 2
        vw = 0.9 * vw + 0.1 * (scale * gw + 0.1 * w)
        vb = 0.9 * vb + 0.2 * scale * gb  # lr_mult 2, decay_mult 0
        w, b = w - vw, b - vb
        solver.step(1)
        assert solver.loss == pytest.approx(loss, rel=1e-5)
        got = params(solver)
        np.testing.assert_allclose(got[0], w, rtol=1e-5)
        np.testing.assert_allclose(got[1], b, rtol=1e-5)
        np.testing.assert_allclose(solver.net.params["ip"][0].diff, vw, rtol=1e-4, atol=1e-7)
    assert solver.iter == 6


@pytest.mark.parametrize("fields", [{"clip_gradients": 0}, {"clip_gradients": -1}, {}])
def test_gradients_clipped_to_nothing(fields):
    """Zero is a limit, a negative one is none, as in Caffe."""
    solver = toy(**fields)
    before = params(solver)
    with logged() as lines:
        solver.step(1)
    moved = any((a != b).any() for a, b in zip(before, params(solver)))
    clipped = [line for line in lines if line.startswith("Gradient clipping")]
    if fields.get("clip_gradients") == 0:
        assert not moved and clipped[0].endswith(" > 0) by scale factor 0")
    else:
        assert moved and not clipped


def test_code_of_others_is_not_run_unasked():
    """Neither in the train net nor in a test net."""
    python = """layer { name: "p" type: "Python" top: "x" top: "y" include { phase: %s }
      python_param { module: "tests.solvers.user_layers" layer: "RandomData" } }"""
    for phase in ("TRAIN", "TEST"):
        net = NET + python.replace('top: "x" top: "y"', 'top: "a" top: "b"') % phase
        with pytest.raises(NetError, match="allow_python"):
            toy(net, test_iter=1, test_interval=1)
        solver = toy(net, test_iter=1, test_interval=1, options={"allow_python": True})
        nets = [solver.net, *solver.test_nets]
        assert ["p" in one.layer_names for one in nets] == [phase == "TRAIN", phase == "TEST"]


def test_a_frozen_parameter_stays_and_its_history_decays():
    net = NET.replace("lr_mult: 1 decay_mult: 1", "lr_mult: 0 decay_mult: 1")
    for kind in ("SGD", "AdaDelta", "Adam"):
        solver = toy(net, type=kind, weight_decay=0.5)
        solver.step(3)
        np.testing.assert_array_equal(solver.net.params["ip"][0].data, 0.5)
    assert (solver.rule.history[0][:2] > 0).all(), "the decay of Adam's frozen weights"


def test_history_of_dead_parameters_does_not_become_denormal():
    solver = toy(momentum=0.5)
    solver.step(1)
    solver.param.base_lr = 0.0  # from now on v = 0.5 v
    solver.step(100)
    assert solver.rule.history[0].all()
    solver.step(30)  # 2 ** -130 is a denormal number; 128 is one of the times it is looked for
    assert not solver.rule.history[0].any()


@pytest.mark.parametrize("name", ["ADAM", "adam", "RMSPROP", "nesterov", "AdaGrad", "adadelta"])
def test_types_in_any_letter_case(name):
    assert toy(type=name).type.lower() == name.lower()


def test_apply_update_alone():
    solver = toy()
    solver.net.params["ip"][0].data[...] = 0
    solver.net.params["ip"][0].diff[...] = 1
    solver.apply_update()
    np.testing.assert_allclose(solver.net.params["ip"][0].data, -0.1, rtol=1e-6)
    assert solver.iter == 0


def test_base_lr_may_be_changed_between_steps():
    solver = toy()
    assert solver.lr == pytest.approx(0.1)
    solver.step(1)
    solver.param.base_lr = 0.0
    before = params(solver)
    solver.step(1)
    assert solver.lr == 0.0
    np.testing.assert_array_equal(before[0], params(solver)[0])


def test_order_of_an_iteration():
    events: list[str] = []

    class Note(Callback):
        def on_start(self, solver):
            assert not solver.net.arena.diff.any(), "diffs are cleared"
            events.append(f"start {solver.iter}")

        def on_loss(self, solver, loss):
            events.append("loss")

        def on_gradients_ready(self, solver):
            assert solver.net.arena.diff.any()
            events.append("ready")

        def on_iteration(self, solver):
            events.append(f"done {solver.iter}")

        def on_report(self, solver, record):
            events.append(record["kind"])

    solver = toy(test_iter=1, test_interval=2, display=2)
    solver.add_callback(Note())
    solver.step(2)
    first = ["test", "start 0", "train", "loss", "ready", "rate", "done 1"]
    assert events == [*first, "start 1", "loss", "ready", "done 2"]


def test_gradients_may_be_changed_before_the_update():
    class Zero(Callback):
        def on_gradients_ready(self, solver):
            solver.net.arena.diff[:] = 0

    solver = toy()
    solver.add_callback(Zero())
    before = params(solver)
    solver.step(2)
    np.testing.assert_array_equal(before[0], params(solver)[0])


def test_the_log_of_a_training(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with logged() as lines:
        toy(
            test_iter=1,
            test_interval=2,
            display=2,
            max_iter=4,
            test_compute_loss=True,
            lr_policy="multistep",
            gamma=0.5,
            stepvalue=1,
            clip_gradients=0.01,
        ).solve()
    shape = [NUMBER.sub("N", line) for line in lines[lines.index("Solving toy") :]]
    clip = "Gradient clipping: scaling down gradients (L2 norm N > N) by scale factor N"
    test = [
        "Iteration N, Testing net (#N)",
        "Test loss: N",
        "    Test net output #N: loss = N (* N = N loss)",
    ]
    display = [
        "Iteration N (N iter/s, Ns/N iters), loss = N",
        "    Train net output #N: loss = N (* N = N loss)",
        "Iteration N, lr = N",
        clip,
    ]
    assert shape == [
        "Solving toy",
        "Learning Rate Policy: multistep",
        *test,
        *display,
        "MultiStep Status: Iteration N, step = N",
        clip,
        *test,
        *display,
        clip,
        "Snapshotting to binary proto file toy_iter_N.caffemodel",
        "Snapshotting solver state to binary proto file toy_iter_N.solverstate",
        "Iteration N, loss = N",
        *test,
        "Optimization Done.",
    ]
    assert any(line.startswith("Iteration 0 (0 iter/s, ") for line in lines)


def test_test_initialization_off_and_final_test(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with logged() as lines:
        toy(test_iter=1, test_interval=2, max_iter=4, test_initialization=False).solve()
    tests = [line for line in lines if "Testing net" in line]
    assert tests == [f"Iteration {i}, Testing net (#0)" for i in (2, 4)]


def test_tests_see_the_parameters_of_the_moment():
    solver = toy(test_iter=2, test_interval=5, test_initialization=False)
    solver.step(3)
    (w, b) = params(solver)
    assert solver.test()["loss"] == pytest.approx(gradient(w, b)[0], rel=1e-5)
    shared = solver.test_nets[0].params["ip"][0]
    assert shared.shares_data_with(solver.net.params["ip"][0])
    assert solver.test_nets[0].blobs["p"] is not solver.net.blobs["p"]


def test_outputs_with_several_values_are_numbered():
    net = NET + 'layer { name: "copy" type: "Power" bottom: "x" top: "c" }'
    with logged() as lines:
        toy(net, display=1).step(1)
    outputs = [line for line in lines if "Train net output" in line]
    assert outputs[0] == "    Train net output #0: c = 1"
    assert outputs[3] == "    Train net output #3: c = 2"
    assert outputs[6].startswith("    Train net output #6: loss = ")


def test_average_loss():
    solver = toy(average_loss=3)
    losses = []
    for _ in range(5):
        solver.step(1)
        losses.append(solver.loss)
        assert solver.smoothed_loss == solver.loss, "each call of step starts anew"
    again = toy(average_loss=3)
    again.step(5)
    assert again.smoothed_loss == pytest.approx(np.mean(losses[2:]))


def test_the_same_seed_gives_the_same_result():
    runs = []
    for seed in (5, 5, 6):
        solver = toy(RANDOM_NET, random_seed=seed)
        solver.step(4)
        runs.append(b"".join(p.tobytes() for p in params(solver)))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"average_loss": 0}, "average_loss is 0"),
        ({"iter_size": 0}, "iter_size is 0"),
        ({"display": -1}, "display is -1"),
        ({"max_iter": -5}, "max_iter is -5"),
        ({"test_iter": -1, "test_interval": 1}, "test_iter is -1"),
        ({"type": "Adm"}, "did you mean 'Adam'"),
        ({"type": "Adam", "momentum": 1.0}, "momentum is 1"),
        ({"type": "RMSProp", "momentum": 0.5}, "RMSProp has no momentum"),
        ({"snapshot": 2, "snapshot_prefix": "no/where/x"}, "folder 'no/where' does not exist"),
        ({"snapshot": 2, "snapshot_prefix": __file__ + "/x"}, "is a file: choose another"),
    ],
)
def test_what_is_refused(fields, message):
    with pytest.raises(SolverError, match=message) as caught:
        toy(**fields)
    assert caught.value.line is not None


def test_a_missing_rate_is_said():
    with logged() as lines:
        get_solver(text().replace("base_lr: 0.1\n", ""))
    assert any("base_lr is missing" in line for line in lines)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("Adam", "momentum"), ("Adam", "momentum2"), ("RMSProp", "rms_decay")],
)
def test_decays_are_from_0_to_below_1(kind, field):
    for value in (0.0, 0.999):
        toy(type=kind, **{field: value}).step(1)
    for value in (-0.5, -0.01, 1.0, 1.5):
        with pytest.raises(SolverError) as caught:
            toy(type=kind, **{field: value})
        assert caught.value.what == f"{field} is {value:g}" and caught.value.field == field


def test_solve_that_is_stopped_snapshots_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(test_iter=1, test_interval=5, display=1)
    asked = iter([Action.NONE] * 2 + [Action.STOP])  # once in the test, once an iteration
    solver.action_source = lambda: next(asked, Action.NONE)
    with logged() as lines:
        solver.solve()
    assert lines[-1] == "Optimization stopped early." and "Optimization Done." not in lines
    assert not any(line.startswith("Iteration 2") for line in lines)  # no test, no last loss
    assert (tmp_path / "toy_iter_2.solverstate").exists()


def test_a_stop_ends_step_after_the_iteration():
    class Stop(Callback):
        def on_start(self, solver):
            if solver.iter == 2:
                solver.stop()

    solver = toy()
    solver.add_callback(Stop())
    solver.step(10)
    assert solver.iter == 3
    solver.step(1)
    assert solver.iter == 4


@pytest.mark.parametrize(("interval", "count"), [(2, 3), (0, 2)])
def test_a_snapshot_that_is_asked_for_when_one_is_due_is_written_once(
    tmp_path, monkeypatch, interval, count
):
    """Asked for after iterations 2 and 3; due after 2 and 4."""
    monkeypatch.chdir(tmp_path)
    written = []

    class Count(Callback):
        def on_report(self, solver, record):
            if record["kind"] == "snapshot":
                written.append(record["iter"])

    solver = toy(snapshot=interval)
    asked = {2: [Action.SNAPSHOT], 3: [Action.SNAPSHOT]}
    solver.action_source = lambda: (
        asked.get(solver.iter, []).pop() if asked.get(solver.iter) else Action.NONE
    )
    solver.add_callback(Count())
    solver.step(4)
    assert written == [2, 3, 4][:count]
    assert sorted(path.name for path in tmp_path.glob("*.solverstate")) == [
        f"toy_iter_{i}.solverstate" for i in written
    ]


@pytest.mark.parametrize(("rank", "told"), [(0, 1), (1, 0)])
def test_only_the_first_worker_warns_of_overwriting(tmp_path, monkeypatch, rank, told):
    monkeypatch.chdir(tmp_path)
    toy(snapshot=1).step(2)
    with logged() as lines:
        solver = toy(snapshot=1, options={"rank": rank, "size": 2})
        solver.step(1)
        solver.step(1)
    assert sum("will be overwritten" in line for line in lines) == told


def test_float64():
    solver = toy(options={"dtype": np.float64}, type="Adam", momentum=0.9)
    solver.step(2)
    assert solver.net.params["ip"][0].data.dtype == np.float64
    assert all(history.dtype == np.float64 for history in solver.rule.history)


def test_a_missing_max_iter_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with logged() as lines:
        get_solver(text(snapshot_after_train=False).replace("max_iter: 10\n", "")).solve()
    assert any("max_iter is missing" in line for line in lines)
