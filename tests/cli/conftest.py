"""A tiny trainable model in a folder of its own."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import protonet

NET = """name: "tiny"
layer { name: "in" type: "DummyData" top: "x" top: "y"
  dummy_data_param { shape { dim: 8 dim: 5 } shape { dim: 8 dim: 1 }
    data_filler { type: "gaussian" } data_filler { type: "uniform" min: -1 max: 1 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "p"
  inner_product_param { num_output: 1 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "p" bottom: "y" top: "loss" loss_weight: 0.5 }
layer { name: "staged" type: "Silence" bottom: "x" include { min_level: 2 stage: "extra" } }
"""
SOLVER = """net: "net.prototxt"
base_lr: 0.01
lr_policy: "fixed"
momentum: 0.9
max_iter: 6
display: 3
test_iter: 2
test_interval: 3
snapshot_prefix: "tiny"
random_seed: 1
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with net.prototxt and solver.prototxt, and the current one."""
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True

    def bars(self) -> list[str]:
        """What the progress bars showed, one after the other."""
        return [part for part in re.split(r"[\r\n]", self.getvalue()) if "%|" in part]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Terminal]:
    """Puts one in place of stderr: to be called in the test, since pytest has one of its own for
    each phase."""

    def put() -> Terminal:
        shown = Terminal()
        monkeypatch.setattr("sys.stderr", shown)
        return shown

    return put


def heed_interrupts() -> None:
    """Whoever runs the tests in the background may ignore CTRL-C, and so would a child."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def protonet_process(*args: str, **options) -> subprocess.Popen:
    """`protonet ARGS` as a process of its own, with its output piped."""
    options.setdefault("preexec_fn", heed_interrupts if os.name == "posix" else None)
    root = str(Path(protonet.__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": root, **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "protonet", *args],
        text=True,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.fixture
def process():
    """The function above; processes that still run at the end are ended."""
    running = []

    def start(*args: str, **options) -> subprocess.Popen:
        running.append(protonet_process(*args, **options))
        return running[-1]

    yield start
    for one in running:
        if one.poll() is None:
            one.kill()
        one.communicate()
