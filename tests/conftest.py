"""Fixtures for all tests."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.harness.golden import CONFORMANCE

# Who starts the tests in the background of a script, or with nohup, has SIGINT ignored, and
# every process that a test starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def conformance() -> Path:
    """The folder of golden data; read-only by agreement: copy what a test writes to."""
    return CONFORMANCE
