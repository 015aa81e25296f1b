"""Regions: Faster R-CNN, R-FCN, Cascade R-CNN and what they share."""

from . import (  # noqa: F401
    _anchor_target_layer,
    _proposal_layer,
    _proposal_target_layer,
    _roi_data_layer,
    box_annotator_ohem,
    decode_bbox,
    proposal,
    psroi_pooling,
    rfcn,
    roi_align,
    roi_pooling,
    smooth_l1_loss,
    smooth_l1_loss_ohem,
    softmax_with_loss_ohem,
)
