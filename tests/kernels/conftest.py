"""Fixtures for the tests of kernels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from protonet.kernels import threads


@pytest.fixture
def any_threads() -> Iterator[None]:
    """A test that sets the number of threads leaves it as it was."""
    before = threads.num_threads()
    yield
    threads.set_num_threads(before)
