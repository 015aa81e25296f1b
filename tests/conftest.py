"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.golden import CONFORMANCE


@pytest.fixture
def conformance() -> Path:
    """The folder of golden data; read-only by agreement: copy what a test writes to."""
    return CONFORMANCE
