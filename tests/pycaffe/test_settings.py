"""Modes, seeds, workers and the log."""

from __future__ import annotations

import io
import logging
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.log import GlogFormatter
from protonet.pycaffe import settings
from tests.pycaffe.nets import NOISE, solver_file


def weights(net) -> np.ndarray:
    return net.params["ip"][0].data.copy()


def test_a_seed_makes_what_follows_repeatable(tmp_path):
    def run() -> list[np.ndarray]:
        caffe.set_random_seed(5)
        nets = [caffe.Net(NOISE, caffe.TRAIN) for _ in range(2)]
        solver = caffe.SGDSolver(solver_file(tmp_path))
        solver.step(2)
        return [*map(weights, nets), weights(solver.net)]

    first, second = run(), run()
    for a, b in zip(first, second):
        assert (a == b).all()
    assert (first[0] != first[1]).any(), "each net has a seed of its own"


def test_the_seed_of_the_solver_file_comes_first(tmp_path):
    caffe.set_random_seed(5)
    found = []
    for _ in range(2):
        solver = caffe.SGDSolver(solver_file(tmp_path, random_seed=3))
        found.append(weights(solver.net))
    assert (found[0] == found[1]).all()


def test_settings_are_the_threads_own():
    caffe.set_solver_count(4)
    caffe.set_solver_rank(2)
    caffe.set_multiprocess(True)
    seen = []

    def ask() -> None:
        seen.extend([caffe.solver_count(), caffe.solver_rank(), settings.next_seed()])

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert seen == [1, 0, None]
    assert (caffe.solver_count(), caffe.solver_rank()) == (4, 2)
    context = caffe.Net(NOISE, caffe.TEST).native.context
    assert (context.rank, context.size) == (2, 4)


def test_a_gpu_is_asked_for_in_vain(caplog, monkeypatch):
    monkeypatch.setattr(settings, "_gpu_warning", threading.Lock())
    with caplog.at_level(logging.WARNING, "protonet"):
        for _ in range(3):
            caffe.set_device(0)
            caffe.set_mode_gpu()
        caffe.set_mode_cpu()
    assert [r.getMessage() for r in caplog.records] == [
        "set_mode_gpu has no effect: protonet runs on the CPU"
    ]
    assert caplog.records[0].filename == "test_settings.py"


class NoHandlers(list):
    """Stays empty, even if pytest attaches its own between set-up and test."""

    def append(self, handler: object) -> None:
        pass

    def remove(self, handler: object) -> None:
        pass


@pytest.fixture
def quiet_logger(monkeypatch):
    """The logger as it is when nothing listens, also not pytest."""
    logger = logging.getLogger("protonet")
    monkeypatch.setattr(logger, "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logging.getLogger(), "handlers", NoHandlers())
    level = logger.level
    yield logger
    logger.setLevel(level)


def test_the_log_is_shown_as_caffe_shows_it(quiet_logger, monkeypatch):
    monkeypatch.delenv("GLOG_minloglevel", raising=False)
    settings.show_log()
    settings.show_log()  # again changes nothing
    assert len(quiet_logger.handlers) == 2
    assert isinstance(quiet_logger.handlers[1].formatter, GlogFormatter)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    caffe.log("hello %s")
    assert sys.stderr.getvalue().endswith("] hello %s\n")
    assert " test_settings.py:" in sys.stderr.getvalue()


@pytest.mark.parametrize(("level", "shown"), [("0", "iw"), ("1", "w"), ("2", ""), ("x", "iw")])
def test_levels(quiet_logger, monkeypatch, level, shown):
    monkeypatch.setenv("GLOG_minloglevel", level)
    settings.show_log()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    quiet_logger.info("i")
    quiet_logger.warning("w")
    lines = sys.stderr.getvalue().splitlines()
    assert "".join(line[-1] for line in lines) == shown


def test_a_notebook_shows_warnings_until_more_is_asked_for(quiet_logger, monkeypatch):
    monkeypatch.delenv("GLOG_minloglevel", raising=False)
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    settings.show_log()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    net = caffe.Net(NOISE, caffe.TEST)
    assert net.blobs and sys.stderr.getvalue() == ""
    caffe.log("unseen")
    quiet_logger.warning("first")
    caffe.init_log(0)
    caffe.log("second")
    lines = sys.stderr.getvalue().splitlines()
    assert [line.split("] ")[1] for line in lines] == ["first", "second"]


def test_a_program_that_listens_is_left_alone(quiet_logger, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler()])
    settings.show_log()
    assert len(quiet_logger.handlers) == 1
    before = quiet_logger.level
    caffe.init_log(1, True)
    assert quiet_logger.level == logging.WARNING
    caffe.init_log(9)
    assert quiet_logger.level == logging.CRITICAL
    caffe.init_log()
    assert quiet_logger.level == logging.INFO
    quiet_logger.setLevel(before)
