"""YOLO: grids of boxes, from versions 2 and 3."""

from . import (  # noqa: F401
    detection_output,
    eval_detection,
    region_loss,
    reorg,
    upsample,
    upsample_darknet,
    yolo_detection_output,
    yolov3,
    yolov3_detection_output,
)
