"""Log lines and numbers as Caffe prints them."""

from __future__ import annotations

import logging
import math
import re
import threading

import numpy as np
import pytest

from protonet.log import GlogFormatter, number


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
