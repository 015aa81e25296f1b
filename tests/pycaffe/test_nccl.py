"""caffe.NCCL: a script that trains as Caffe's train.py does, by processes of MPI."""

from __future__ import annotations

import json

import numpy as np

from protonet.solvers import get_solver
from tests.parallel import ranks
from tests.parallel.launching import launch, needs_mpi

pytestmark = needs_mpi

#: The calls of Caffe's python/train.py, with ranks in place of its own processes.
SCRIPT = """
import json, sys
import caffe
from protonet.parallel.launch import launched


def watch(solver, nccl):
    layers = range(len(solver.net.layers))
    forward, backward = [[caffe.Timer() for _ in layers] for _ in range(2)]
    total, reducing = caffe.Timer(), caffe.Timer()

    def tell():
        if solver.iter % solver.param.display == 0:
            spent = [forward[i].ms for i in layers] + [backward[i].ms for i in layers]
            names = [solver.net._layer_names[i] for i in layers]
            caffe.log("%d times of %s, %s" % (len(spent), names[0], min(total.ms, *spent) >= 0))

    solver.net.before_forward(lambda layer: forward[layer].start())
    solver.net.after_forward(lambda layer: forward[layer].stop())
    solver.net.before_backward(lambda layer: backward[layer].start())
    solver.net.after_backward(lambda layer: backward[layer].stop())
    solver.add_callback(lambda: total.start(), lambda: (total.stop(), reducing.start()))
    solver.add_callback(nccl)
    solver.add_callback(lambda: "", lambda: (reducing.stop(), tell()))


def solve(proto, gpus, uid, rank, snapshot):
    caffe.set_device(gpus[rank])
    caffe.set_mode_gpu()
    caffe.set_solver_count(len(gpus))
    caffe.set_solver_rank(rank)
    caffe.set_multiprocess(True)
    solver = caffe.SGDSolver(proto)
    if snapshot:
        solver.restore(snapshot)
    nccl = caffe.NCCL(solver, uid)
    nccl.bcast()
    if rank == 0:
        watch(solver, nccl)
    else:
        solver.add_callback(nccl)
    if solver.param.layer_wise_reduce:
        solver.net.after_backward(nccl)
    solver.step(solver.param.max_iter)
    return solver


assert caffe.has_nccl()
rank, size = launched()
uid = caffe.NCCL.new_uid()
caffe.init_log()
caffe.log("%d devices" % size)
solver = solve(sys.argv[1], range(size), uid, rank, (*sys.argv, None)[2])
if len(sys.argv) > 3 and rank == 1:
    raise ValueError("nobody expects this")
solver.snapshot()
if rank == 0:
    weights = solver.net.params["ip"][0].data.ravel().tolist()
    print(json.dumps([caffe.solver_count(), caffe.solver_rank(), solver.iter, weights]))
"""


def test_a_script_of_pycaffe_trains_with_all_processes(tmp_path):
    ranks.make_data(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    more = "momentum: 0.9 display: 10 layer_wise_reduce: true"
    (tmp_path / "solver.prototxt").write_text(ranks.definition(tmp_path, ranks.BATCH, more=more))
    command = ["-m", "protonet", "run", "script.py", "solver.prototxt"]
    done = launch(2, *command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    count, rank, iterations, weights = json.loads(done.stdout)
    assert (count, rank, iterations) == (2, 0, ranks.ITERATIONS)
    one = get_solver(ranks.definition(tmp_path, 2 * ranks.BATCH))
    one.step(ranks.ITERATIONS)
    assert np.abs(one.net.params["ip"][0].data.ravel() - weights).max() < 1e-5
    assert done.stderr.count("Solver scaffolding done.") == 1
    assert done.stderr.count("10 times of data, True") == 2  # five layers, iterations 0 and 10
    state = str(tmp_path / "small_iter_20.solverstate")
    done = launch(2, *command, state, "and fail", cwd=tmp_path)
    assert done.returncode == 1
    assert "rank 1 of 2" in done.stderr and done.stderr.count("ValueError: nobody expects") == 1


FORKING = """
from multiprocessing import get_context
from protonet import pycaffe as caffe
uid = caffe.NCCL.new_uid()
process = get_context("fork").Process(target=caffe.NCCL.new_uid)
process.start()
process.join()
"""


def test_a_process_that_is_forked_is_told_that_it_cannot_take_part():
    done = launch(2, "-c", FORKING)
    assert done.stderr.count("MPI does not work in a process that") == 2
    assert done.returncode == 0 and "signal" not in done.stderr.lower()
