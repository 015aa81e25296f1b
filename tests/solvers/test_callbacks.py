"""Callbacks around an iteration; their order is test_solver.py's."""

from __future__ import annotations

from protonet.solvers import Callback
from tests.solvers.toy import toy


def test_a_callback_does_nothing_by_itself():
    solver = toy(display=1)
    solver.add_callback(Callback())
    solver.step(1)
    assert solver.iter == 1
