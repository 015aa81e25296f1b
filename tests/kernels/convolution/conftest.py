"""Fixtures for the tests of convolutions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from protonet.kernels.convolution import choose


@pytest.fixture
def fresh_plans() -> Iterator[None]:
    """Limits that a test changes hold for its shapes, and for nobody's after it."""
    choose.cache_clear()
    yield
    choose.cache_clear()
