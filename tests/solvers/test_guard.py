"""The NaN guard."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NonFiniteError
from protonet.solvers.guard import NanGuard, find_non_finite
from tests.solvers.toy import NET, toy

DEEP = NET.replace(
    'layer { name: "loss"',
    'layer { name: "root" type: "Power" bottom: "p" top: "r" power_param { power: 0.5 } }\n'
    'layer { name: "loss"',
).replace('bottom: "p" bottom: "y"', 'bottom: "r" bottom: "y"')


def test_the_first_layer_is_named():
    solver = toy(DEEP)  # the square root of a negative number
    with pytest.raises(NonFiniteError) as caught, np.errstate(all="ignore"):
        solver.step(1)
    error = caught.value
    assert (error.layer, error.layer_type) == ("root", "Power")
    assert "top 'r' is not finite at iteration 0 (loss = nan)" in error.what
    assert "no snapshot was written" in error.hint
    assert solver.iter == 0


def test_data_that_is_not_finite_is_not_blamed_on_the_rate():
    solver = toy()
    solver.net.blobs["x"].data[1, 0] = np.nan
    with pytest.raises(NonFiniteError, match="correct the data it reads") as caught:
        solver.step(1)
    assert caught.value.layer == "in"


def test_the_last_good_snapshot_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    solver = toy(base_lr=1e30, snapshot=1)
    with pytest.raises(NonFiniteError) as caught, np.errstate(all="ignore"):
        solver.step(20)
    assert "toy_iter_" in caught.value.hint and caught.value.exit_code == 5
    assert caught.value.layer == "loss"


def test_a_parameter_is_named_with_its_layer_and_line():
    solver = toy()
    solver.net.params["ip"][1].data[0] = np.nan
    found = find_non_finite(solver.net, tops=False)
    assert found == ("parameter 1", 1, False) and found.layer == 1
    with pytest.raises(NonFiniteError) as caught:
        NanGuard().before_snapshot(solver)
    error = caught.value
    assert (error.what, error.layer) == ("parameter 1 is not finite at iteration 0", "ip")
    assert error.line is not None


def test_a_net_that_is_finite_has_nothing_to_find():
    solver = toy()
    assert find_non_finite(solver.net) is None
    solver.net.blobs["p"].data[0] = np.inf
    assert find_non_finite(solver.net, tops=False) is None
    assert find_non_finite(solver.net) == ("top 'p'", 1, False)
    solver.net.blobs["y"].data[0] = np.inf  # of the layer before, which reads it
    assert find_non_finite(solver.net) == ("top 'y'", 0, True)


def test_keep_going():
    solver = toy(DEEP, options={"keep_going": True})
    with np.errstate(all="ignore"):
        solver.step(2)
    assert solver.iter == 2 and np.isnan(solver.loss)
