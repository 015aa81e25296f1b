"""Two trainings with one prefix."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from protonet import get_solver
from protonet.errors import SolverError
from protonet.solvers.prefix_lock import PrefixLock

NET = """net_param {
  layer { name: "d" type: "DummyData" top: "x" dummy_data_param { shape { dim: 1 dim: 2 } } }
  layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" loss_weight: 1
    inner_product_param { num_output: 1 } }
}
base_lr: 0.01 lr_policy: "fixed" max_iter: 2 snapshot_prefix: "PREFIX"
"""


def test_the_second_is_refused_while_the_first_is_at_it(tmp_path: Path) -> None:
    prefix = str(tmp_path / "run")
    with PrefixLock(prefix) as first:
        with pytest.raises(SolverError, match=rf"process {os.getpid()}, .*snapshot_prefix"):
            PrefixLock(prefix).__enter__()
        with first:  # again, inside
            pass
        with pytest.raises(SolverError, match="locked"):
            PrefixLock(prefix).__enter__()
        with PrefixLock(prefix + "2"), PrefixLock(""), PrefixLock(str(tmp_path / "no" / "folder")):
            pass
    assert not list(tmp_path.iterdir())
    with PrefixLock(prefix):
        pass


def test_solvers(tmp_path: Path) -> None:
    text = NET.replace("PREFIX", str(tmp_path / "s"))
    with PrefixLock(str(tmp_path / "s")):
        with pytest.raises(SolverError, match="another training"):
            get_solver(text).solve()
        with pytest.raises(SolverError, match="another training"):
            get_solver(text).step(1)
        get_solver(text + "snapshot_after_train: false").solve()  # it writes none
    get_solver(text).solve()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"s_iter_2.caffemodel", "s_iter_2.solverstate"}


def test_who_was_killed_keeps_nobody_away(tmp_path: Path) -> None:
    prefix = str(tmp_path / "run")
    script = (
        "import os, signal; from protonet.solvers.prefix_lock import PrefixLock\n"
        f"PrefixLock({prefix!r}).__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == -9
    assert (tmp_path / ".run.lock").exists()
    with PrefixLock(prefix):
        pass
