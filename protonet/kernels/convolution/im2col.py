"""Convolution as a product: each window of x is written out as a column, what suits all shapes.

The columns of a whole batch would be huge, so the work is cut into chunks, some images or some
rows of one image, whose columns stay in the cache; the threads share the chunks.  Two layouts,
chosen by shape (columns.py):

* planes: columns (C k, positions) cut out of NCHW; one row of output at a time is copied;
* channels last: the chunk is first turned into NHWC, so that kw * C values at a time are
  copied and added, which is more when there are many channels.

Many small groups are a batch of small matrices.
"""

from __future__ import annotations

from .columns import plan
from .geometry import Geometry
from .lowered import backward, forward, ready
from .way import Verdict

__all__ = ["backward", "forward", "ready", "suits"]


def suits(g: Geometry) -> Verdict:
    p = plan(g)
    if p.last:
        return Verdict(True, f"channels last, {g.channels} of them")
    return Verdict(True, f"planes, rows of {g.out[-1]}")
