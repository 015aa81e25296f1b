"""Segmentation: PSPNet, DeepLab, SegNet, ENet, DeconvNet, CRF-RNN."""

from . import (  # noqa: F401
    bn_pspnet,
    bn_segnet,
    interp,
    seg_accuracy,
    unpooling,
    upsample,
)
