"""YOLO: grids of boxes, from versions 2 and 3."""

from . import region_loss, reorg, upsample, yolov3  # noqa: F401
