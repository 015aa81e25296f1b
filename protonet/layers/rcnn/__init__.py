"""Regions: Faster R-CNN, R-FCN, Cascade R-CNN and what they share."""

from . import (  # noqa: F401
    psroi_pooling,
    roi_align,
    roi_pooling,
)
