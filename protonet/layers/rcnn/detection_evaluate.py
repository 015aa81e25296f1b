"""DetectionEvaluate of Cascade R-CNN: detections in pixels of the net's input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, exactly
from ...core.registry import register
from ...errors import ShapeError
from ..ssd.detection_evaluate import DetectionEvaluate as OfFractions

#: Columns of rows here in the order of SSD's: image, class, score, box; image, class, the third
#: (nothing is made of it), box, difficult.
FOUND, TRUTH = [0, 5, 6, 1, 2, 3, 4], [0, 5, 6, 1, 2, 3, 4, 7]


@register
class DetectionEvaluate(OfFractions):
    """Hold detections against the ground truth: which are right, which are wrong.

    bottom[0] detections (D, 7), rows image, x1, y1, x2, y2, class, score from FrcnnOutput;
    bottom[1] ground truth (G, 8), rows image (-1: none), x1, y1, x2, y2, class, ignored,
    difficult; bottom[2] the images (N, 2): height, width -> top[0] (R, 5, 1, 1): a row -1, class,
    ground truths of it in the batch, -1, -1 for each class but 0, then a row image, class,
    score, right, wrong for each detection, by image, class and falling score.

    Which are right is found as by SSD's layer; both corners belong to a box.  With name_size_file
    boxes are compared in the sizes of its lines, the images' own, one line an image in turn.

    detection_evaluate_param: num_classes (required), overlap_threshold (0.5),
    evaluate_difficult_gt (true), name_size_file.  No gradient.

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against SSD's layer, not against numbers of the
    fork.  Deviation: without name_size_file, which the fork insists on, boxes are compared as
    they are.
    """

    forks = ("cascade-rcnn",)
    bottoms = exactly(3)
    pixels = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for i, (blob, width) in enumerate(zip(bottom, (7, 8, 2))):
            if len(blob.shape) < 2 or blob.shape[1] != width:
                raise ShapeError(f"bottom {i} has shape {blob.shape}", f"it has rows of {width}")
        labels = bottom[0].data.reshape(-1, 7)[:, 5]
        count = len(self._classes) + int(np.count_nonzero(labels != -1))
        top[0].reshape(count, 5, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        found, truth = bottom[0].data.reshape(-1, 7), bottom[1].data.reshape(-1, 8)
        self._input = bottom[2].data.reshape(-1, 2)[0]
        self.evaluate(found[:, FOUND], truth[:, TRUTH], top[0].data.reshape(-1, 5))

    def in_pixels(self, boxes: NDArray) -> NDArray:
        ratio = np.array(self.size) / self._input
        return boxes * np.tile(ratio[::-1], 2).astype(boxes.dtype)
