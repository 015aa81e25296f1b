"""How good a trained net is: what its scores of classes are worth, record by record."""

from .confusion import Confusion
from .coverage import Coverage
from .losses import TopLosses
from .ranking import MeanAveragePrecision, TopK
from .target import Batch, Target, find_target

__all__ = [
    "Batch",
    "Confusion",
    "Coverage",
    "MeanAveragePrecision",
    "Target",
    "TopK",
    "TopLosses",
    "find_target",
]
