"""Log lines and numbers as Caffe prints them."""

from __future__ import annotations

import logging
import math
import re
import threading
from contextlib import ExitStack

import numpy as np
import pytest

from protonet.log import GlogFormatter, log, number, quiet


@pytest.mark.parametrize(
    ("level", "letter"),
    [(logging.INFO, "I"), (logging.WARNING, "W"), (logging.ERROR, "E"), (logging.CRITICAL, "F")],
)
def test_log_lines_are_glogs(level, letter):
    record = logging.LogRecord("protonet", level, "/a/solver.py", 60, "Solving %s", ("x",), None)
    line = GlogFormatter().format(record)
    wanted = rf"{letter}\d{{8}} \d\d:\d\d:\d\d\.\d{{6}} +{threading.get_native_id()} "
    assert re.fullmatch(wanted + r"solver\.py:60\] Solving x", line)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1.0, "1"),
        (1e-5, "1e-05"),
        (123456.7, "123457"),
        (1234567.0, "1.23457e+06"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (0.1 + 1e-9, "0.1"),
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-50, "-1e-50"),
    ],
)
def test_numbers_have_six_digits(value, text):
    assert number(value) == text
    assert number(np.float64(value)) == text


def test_quiet_ends_with_the_last_thread_that_wants_it(caplog):
    caplog.set_level(logging.INFO, "protonet")
    first, second = ExitStack(), ExitStack()
    first.enter_context(quiet)
    second.enter_context(quiet)
    log.info("during both")
    first.close()
    log.info("during the second")
    second.close()
    log.info("after")
    assert caplog.messages == ["after"]


def test_quiet_leaves_a_log_disabled_that_was(monkeypatch):
    monkeypatch.setattr(log, "disabled", True)
    with quiet:
        assert log.disabled
    assert log.disabled
