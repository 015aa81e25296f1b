"""Kinds of answers: a file for each, which finds its outputs in a net and reads them."""

from .boxes import Box, Boxes
from .classes import Classes, Score
from .masks import Mask, Share
from .reader import READERS, Answer, Reader, Settings, readers_of

# Of what an output may be taken for, the most particular first.
from . import regions, rows, yolo  # noqa: F401  isort: skip

__all__ = [
    "READERS",
    "Answer",
    "Box",
    "Boxes",
    "Classes",
    "Mask",
    "Reader",
    "Score",
    "Settings",
    "Share",
    "readers_of",
]
