"""What `protonet help` explains besides the commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .environment import described


def migration() -> str:
    """The page for those who come from Caffe or OpenCV."""
    return Path(__file__).with_name("migration.md").read_text("utf-8").rstrip()


def mpi() -> str:
    """Training and inference with many processes."""
    return Path(__file__).with_name("mpi.md").read_text("utf-8").rstrip()


#: Name -> what makes the text.
TOPICS: dict[str, Callable[[], str]] = {
    "environment": described,
    "migration": migration,
    "mpi": mpi,
}
