"""Segmentation: PSPNet, DeepLab, SegNet, ENet, DeconvNet, CRF-RNN."""

from . import (  # noqa: F401
    bn_pspnet,
    bn_segnet,
    dense_image_data,
    image_labelmap_data,
    image_seg_data,
    interp,
    multi_stage_meanfield,
    seg_accuracy,
    unpooling,
    upsample,
)
