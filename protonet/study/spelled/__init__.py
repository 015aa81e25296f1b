"""Sums spelled out: single numbers of an example, computed again with everything in sight."""

from __future__ import annotations

from ..worked import Worked
from . import losses, products, values, windows  # noqa: F401  (they register theirs)
from .sums import SPELLED, Sum


def sums_of(worked: Worked) -> list[Sum]:
    """The numbers of an example that are spelled out."""
    spell = SPELLED.get(worked.layer.type)
    ready = bool(worked.given) or not worked.layer.has_backward
    return list(spell(worked)) if spell and ready else []
