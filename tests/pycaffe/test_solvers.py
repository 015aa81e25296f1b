"""Solvers, timers and the NCCL that is not there."""

from __future__ import annotations

import gc
import logging

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import ProtonetError, SolverError
from tests.pycaffe.nets import NOISE, TRAINABLE, solver_file

CLASSES = {
    "SGD": caffe.SGDSolver,
    "Nesterov": caffe.NesterovSolver,
    "AdaGrad": caffe.AdaGradSolver,
    "RMSProp": caffe.RMSPropSolver,
    "AdaDelta": caffe.AdaDeltaSolver,
    "Adam": caffe.AdamSolver,
}


@pytest.mark.parametrize(("name", "cls"), CLASSES.items())
def test_each_class_is_its_rule(tmp_path, name, cls):
    path = solver_file(tmp_path, type=f'"{name}"', delta=1e-6)
    solver = caffe.get_solver(path)
    assert type(solver) is cls and solver.native.type == name
    assert isinstance(solver, caffe.SGDSolver)
    # The class decides, whatever the file says.
    assert cls(solver_file(tmp_path, type='"SGD"', delta=1e-6)).native.type == name
    solver.step(1)
    assert solver.iter == 1 and repr(solver).startswith(f"<{cls.__name__} {name} of 'noise'")


def test_the_type_in_any_case_and_an_unknown_one(tmp_path):
    assert type(caffe.get_solver(solver_file(tmp_path, type='"ADAM"'))) is caffe.AdamSolver
    with pytest.raises(SolverError, match="unknown solver type 'Adamm'"):
        caffe.get_solver(solver_file(tmp_path, type='"Adamm"'))
    with pytest.raises(RuntimeError, match="Could not open file"):
        caffe.SGDSolver(str(tmp_path / "nothing.prototxt"))


def test_solve_goes_to_max_iter(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path, test_iter=2, test_interval=3))
    assert solver.iter == 0 and len(solver.test_nets) == 1
    solver.step(2)
    assert solver.iter == 2
    solver.solve()
    assert solver.iter == 6


def test_apply_update_from_given_diffs(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path, base_lr=0.25))
    weights = solver.net.params["conv"][0]
    weights.data[...], weights.diff[...] = 1, 2
    solver.apply_update()
    assert (weights.data == 0.5).all() and solver.lr == 0.25


def test_lr_is_the_rate_of_the_coming_step(tmp_path):
    path = solver_file(tmp_path, lr_policy='"step"', stepsize=2, gamma=0.5, base_lr=0.25)
    solver, seen = caffe.SGDSolver(path), []
    for _ in range(5):
        seen.append(solver.lr)
        solver.step(1)
    assert seen == [0.25, 0.25, 0.125, 0.125, 0.0625]


def test_parameters_of_the_solver_can_be_read_and_set(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path, display=7))
    param = solver.param
    assert (param.max_iter, param.display, param.base_lr) == (6, 7, np.float32(0.1))
    assert param.layer_wise_reduce is True
    param.base_lr = 0
    before = solver.net.params["ip"][0].data.copy()
    solver.step(1)
    assert (solver.net.params["ip"][0].data == before).all()


def test_snapshot_and_restore(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path, momentum=0.9, random_seed=1))
    solver.step(2)
    solver.snapshot()
    assert (tmp_path / "snap_iter_2.caffemodel").is_file()
    other = caffe.SGDSolver(solver_file(tmp_path, momentum=0.9, random_seed=2))
    other.restore(str(tmp_path / "snap_iter_2.solverstate"))
    assert other.iter == 2
    for each in (solver, other):
        each.step(1)
    assert (other.net.params["ip"][0].data == solver.net.params["ip"][0].data).all()
    third = caffe.SGDSolver(solver_file(tmp_path, momentum=0.9))
    third.solve(str(tmp_path / "snap_iter_2.solverstate"))
    assert third.iter == 6


def test_callbacks_and_shared_weights(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path))
    seen = []
    solver.add_callback(lambda: seen.append("start"), lambda: seen.append("ready"))
    solver.step(2)
    assert seen == ["start", "ready"] * 2
    net = caffe.Net(NOISE, caffe.TEST)
    solver.share_weights(net)
    solver.step(1)
    assert (net.params["conv"][0].data == solver.net.params["conv"][0].data).all()


def test_nets_outlive_their_solver(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path, test_iter=1, test_interval=3))
    assert solver.net is solver.net and solver.test_nets[0] is solver.test_nets[0]
    nets = [solver.net, *solver.test_nets]
    del solver
    gc.collect()
    for net in nets:
        net.forward()
        assert np.isfinite(net.blobs["loss"].data)


def test_hooks_of_a_solvers_net(tmp_path):
    solver = caffe.SGDSolver(solver_file(tmp_path))
    seen = []
    solver.net.after_backward(seen.append)
    solver.step(1)
    assert seen == [3, 2, 1, 0]


def test_a_loss_that_is_not_finite_warns_once_and_goes_on(tmp_path, caplog):
    solver = caffe.SGDSolver(solver_file(tmp_path, net=TRAINABLE))
    solver.net.blobs["x"].data[...] = np.inf
    with caplog.at_level(logging.WARNING, "protonet"), np.errstate(all="ignore"):
        solver.step(3)
    assert solver.iter == 3
    warnings = [r.getMessage() for r in caplog.records if "not finite" in r.getMessage()]
    assert len(warnings) == 1 and "top 'x' of layer 'in'" in warnings[0]


def test_a_timer_measures_between_start_and_stop():
    timer = caffe.Timer()
    assert timer.ms == 0
    timer.start()
    timer.stop()
    measured = timer.ms
    assert measured >= 0 and timer.ms == measured
    timer.start()
    assert timer.ms >= 0  # asking stops it
    timer.stop()


def test_there_is_no_nccl(tmp_path):
    assert caffe.has_nccl() is False
    with pytest.raises(ProtonetError, match="no NCCL"):
        caffe.NCCL(caffe.SGDSolver(solver_file(tmp_path)), "uid")
    with pytest.raises(ProtonetError, match="has_nccl"):
        caffe.NCCL.new_uid()
