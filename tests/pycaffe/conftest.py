"""Fixtures of the pycaffe tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from protonet.pycaffe import settings


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """No seed, one solver: what a thread begins with."""
    yield
    settings._settings.__dict__.clear()
