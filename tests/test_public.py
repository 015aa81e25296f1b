"""The names that `protonet` offers, and its log lines."""

from __future__ import annotations

import logging
import re
import threading

import pytest

import protonet
from protonet.log import GlogFormatter


def test_public_names():
    names = set(protonet.__all__)
    assert names >= {
        "Net",
        "Blob",
        "Layer",
        "Context",
        "TRAIN",
        "TEST",
        "get_solver",
        "Solver",
        "register",
        "layer_types",
        "set_num_threads",
        "errors",
    }
    for name in names:
        assert getattr(protonet, name) is not None
    assert names <= set(dir(protonet))
    assert dir(protonet) == sorted(protonet.__all__)
    assert (protonet.TRAIN, protonet.TEST) == (0, 1)
    assert "Convolution" in protonet.layer_types()
    with pytest.raises(AttributeError, match="no attribute 'Nett'"):
        _ = protonet.Nett


@pytest.mark.parametrize(
    ("level", "letter"),
    [(logging.INFO, "I"), (logging.WARNING, "W"), (logging.ERROR, "E"), (logging.CRITICAL, "F")],
)
def test_log_lines_are_glogs(level, letter):
    record = logging.LogRecord("protonet", level, "/a/solver.py", 60, "Solving %s", ("x",), None)
    line = GlogFormatter().format(record)
    wanted = rf"{letter}\d{{8}} \d\d:\d\d:\d\d\.\d{{6}} +{threading.get_native_id()} "
    assert re.fullmatch(wanted + r"solver\.py:60\] Solving x", line)
