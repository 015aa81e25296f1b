"""DetectionOutputExtended: what an SSD has found, and from which cell of its map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, exactly
from ...core.registry import register
from ...errors import ShapeError
from ...kernels.detection import Detections
from .detection_output import DetectionOutput


@register
class DetectionOutputExtended(DetectionOutput):
    """DetectionOutput of one map and one class of objects, with the cell of each detection.

    bottom[0] locations (N, H, W, 4 A), A boxes a cell (8 A if not share_location); bottom[1]
    scores (N, 2 H W A) in order of row, column, box and class; bottom[2] priors (1, 2, 4 H W A)
    in the same order -> top[0] (1, 1, R, 10), rows image, class (1), score, x1, y1, x2, y2 in
    fractions of the image, box of the cell (0 .. A-1), column, row: images ascending, scores
    falling.  R depends on the values.

    Boxes, suppression and detection_output_param are those of DetectionOutput; num_classes must
    be 2, and class 0 is never shown, whatever background_label_id says.

    OpenVINO's training toolbox, for detectors of persons and what they do.  No gradient.  Quirk
    kept: where nothing at all is found there is a row for each image i: i and nine times -1.
    Deviation: of locations without share_location the fork finds A wrongly, here it is right.
    """

    type = "DetectionOutputExtended"
    forks = ("openvino",)
    variant = False
    bottoms = exactly(3)
    columns = 10

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.background = 0
        classes = self.param.detection_output_param.num_classes
        if classes != 2:
            raise self.fault(
                f"num_classes is {classes}", "it must be 2: background and objects", "num_classes"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        each = 4 if self.predictions.shared else 8
        if len(shape) != 4 or shape[3] % each or not shape[3]:
            raise ShapeError(
                f"bottom 0, the locations, has shape {shape}",
                f"it must be (N, H, W, {each} times the boxes of a cell)",
            )
        super().reshape(bottom, top)
        self.map = (shape[1], shape[2], shape[3] // each)

    def write(self, rows: NDArray, item: int, found: Detections) -> None:
        super().write(rows, item, found)
        row, column, box = np.unravel_index(found.prior, self.map)
        rows[:, 7], rows[:, 8], rows[:, 9] = box, column, row
