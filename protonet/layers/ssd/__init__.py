"""SSD: single-shot detection with prior boxes (Liu and others, ECCV 2016)."""

from . import (  # noqa: F401
    annotated_data,
    detection_evaluate,
    detection_output,
    multi_box_loss,
    normalize,
    permute,
    prior_box,
    prior_box_clustered,
    smooth_l1_loss,
)
