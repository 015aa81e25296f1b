"""Convolution and its gradients, for any number of spatial axes.

    y[n, m, o] = b[m] + sum over c, k of w[m, c, k] x[n, c, o * stride - pad + k * dilation]

There are several ways to compute this, one file each, with the protocol of way.py; choose.py
takes one by the shape alone.  A new way is a file and a line in choose.WAYS.
"""

from __future__ import annotations

from .bias import add_bias, backward_bias
from .choose import choose
from .convolve import Lasting, backward, forward
from .way import WHOLE, Epilogue, Piece, Stage, Task, run

__all__ = [
    "WHOLE",
    "Epilogue",
    "Lasting",
    "Piece",
    "Stage",
    "Task",
    "add_bias",
    "backward",
    "backward_bias",
    "choose",
    "forward",
    "run",
]
