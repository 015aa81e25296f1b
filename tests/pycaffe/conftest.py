"""Fixtures of the pycaffe tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """No seed, one solver: what a thread begins with."""
    yield
    # Imported here: at the top it would come before pytest listens to the log, and so would
    # show the log on stderr, as it does where nobody listens.
    from protonet.pycaffe import settings

    settings._settings.__dict__.clear()
