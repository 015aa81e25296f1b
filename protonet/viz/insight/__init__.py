"""What is in a net, as arrays: filters, activations, confusion, saliency, histograms.

NumPy only; `viz.figures` draws them.
"""

from .base import Insight
from .classes import ConfusionMatrix, confusion_matrix
from .maps import Activations, Filters, activations, filters
from .pictures import grid, signed
from .saliency import Saliency, saliency
from .spread import Histogram, Histograms, histograms

__all__ = [
    "Activations",
    "ConfusionMatrix",
    "Filters",
    "Histogram",
    "Histograms",
    "Insight",
    "Saliency",
    "activations",
    "confusion_matrix",
    "filters",
    "grid",
    "histograms",
    "saliency",
    "signed",
]
