"""Leave out what computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..step import Step


def drop_identities(steps: Sequence[Step]) -> list[Step]:
    """Do not run layers whose tops are their bottom: Split, Flatten, Reshape, Silence, and
    Dropout in the TEST phase.

    A top of another shape or name stays a blob, with the bottom's memory; its step is only
    shaped, and that of a layer in place or without tops is gone.  A layer that copies goes on
    doing so where its top or its bottom is overwritten further down.
    """
    kept = []
    for i, step in enumerate(steps):
        if not step.layer.identity or not _share(step, steps[i + 1 :]):
            kept.append(step)
        elif step.losses or any(blob not in step.bottom for blob in step.top):
            kept.append(replace(step, idle=True))
    return kept


def _share(step: Step, later: Iterable[Step]) -> bool:
    """Put the tops into the bottom's memory; False if they need one of their own."""
    bottom = step.bottom[0]
    copies = [top for top in step.top if not top.shares_data_with(bottom)]
    spoilt = {id(blob.data_memory) for blob in [bottom, *copies]}
    written = (top for s in later if not s.layer.identity for top in s.top)
    if copies and any(id(top.data_memory) in spoilt for top in written):
        return False
    for top in copies:
        top.share_data(bottom)
    return True
