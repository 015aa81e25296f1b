"""DetectionOutput: what an SSD has found, as rows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, at_least
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import detection
from ...log import log
from .._other_forks import refuse_fields
from ._apart import Apart
from ._predictions import Predictions

#: Fields of forks whose DetectionOutput computes something else.
_OTHERS = (
    "objectness_score",
    "ratio_permute",
    "tflite_detection",
    "tflite_use_regular_nms",
    "scale_xywh",
    "arm_conf_no_concat",
    "arm_loc_no_concat",
    "normalized",
    "input_width",
    "input_height",
    "side",
    "num_box",
    "coords",
    "nms_threshold",
    "biases",
)


@register
class DetectionOutput(Layer):
    """Turn locations and scores of prior boxes into detections; each object is to have one.

    bottom[0] locations (N, P * L * 4), L = 1 if share_location, else num_classes; bottom[1]
    scores (N, P * num_classes), mostly from a Softmax; bottom[2] priors (1, 2, 4 P), boxes and
    variances from PriorBox; bottom[3] (optional, not read) the image -> top[0] (1, 1, R, 7), rows
    image, class, score, x1, y1, x2, y2 in fractions of the image, not clipped to it: images and
    classes ascending, scores falling.  R depends on the values.

    Boxes from location l, prior p of size pw, ph, variance v (code_type):

        CORNER       side k = p_k + v_k l_k
        CENTER_SIZE  centre = p's + v l (pw, ph), size = exp(v l) (pw, ph)
        CORNER_SIZE  x1 = p.x1 + v_0 l_0 pw, y1 = p.y1 + v_1 l_1 ph, x2 and y2 likewise

    For each image and class but the background: the priors whose score is above
    confidence_threshold, the best top_k of them; from the best one on, each stays whose overlap
    (intersection / union) with none that stays is above nms_threshold.  If an image then has
    more than keep_top_k detections, the best remain.

    detection_output_param: num_classes (required, background included); share_location (true);
    background_label_id (0; -1: none); nms_param: nms_threshold (0.3), top_k (all), eta (1: below
    it the threshold is multiplied by it after each box that stays, as long as it is above 0.5);
    code_type (CORNER); variance_encoded_in_target (false: true means v = 1); keep_top_k (-1:
    all); confidence_threshold (any).

    Synopsys' fork: 2 M + 1 bottoms, M = nbottom (6): scores of each of M maps, locations of each,
    all priors.  Map m has P_m of them, scores (N, P_m * num_classes), locations (N, P_m * 4); with
    no_permute (false) as the convolutions make them for r boxes a place: scores
    (N, num_classes, r, H W), locations (N, 4 r, H, W).  Boxes are then in the order r, H, W, as
    equal scores tell; variances stay in that of the priors, a quirk kept.

    No gradient.  Quirk kept: where nothing at all is found there is a row for each image i:
    i, -1, -1, -1, -1, -1, -1.  Deviations: background_label_id -1 works with share_location;
    save_output_param and visualize write and show nothing, and say so; a score that is NaN is an
    error.

    From SSD (Liu and others, ECCV 2016).
    """

    type = "DetectionOutput"
    forks: ClassVar[tuple[str, ...]] = (
        "ssd",
        "yolo-eric612",
        "openvino",
        "openvino-reid",
        "intel",
        "synopsys",
        "nvidia",
    )
    variant = True
    messages = ("detection_output_param",)
    ranges: ClassVar = {"num_classes": Range(1, required=True), "background_label_id": Range(-1)}
    bottoms = at_least(3)
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    #: Numbers of a detection.
    columns = 7
    _found = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        apart = len(bottom) > 4
        refuse_fields(self, *_OTHERS, *(() if apart else ("no_permute",)))
        param = self.param.detection_output_param
        self.background = param.background_label_id
        nms = param.nms_param
        if not nms.nms_threshold >= 0:
            raise self.fault(
                f"nms_threshold is {nms.nms_threshold:g}",
                "it must be 0 or more",
                "nms_param.nms_threshold",
            )
        if not 0 < nms.eta <= 1:
            raise self.fault(
                f"eta is {nms.eta:g}", "it must be above 0, and 1 or less", "nms_param.eta"
            )
        limited = nms.HasField("top_k") and nms.top_k > -1
        self.limits = detection.Limits(
            param.confidence_threshold if param.HasField("confidence_threshold") else None,
            nms.top_k if limited else None,
            param.keep_top_k if param.keep_top_k > -1 else None,
            nms.nms_threshold,
            nms.eta,
        )
        in_target = param.variance_encoded_in_target
        self.predictions = (
            Apart(self, param, in_target, len(bottom))
            if apart
            else Predictions(self, param, in_target)
        )
        for field in ("save_output_param", "visualize"):
            if param.HasField(field):
                log.warning(
                    "layer '%s': %s is passed over, rows are all it gives", self.name, field
                )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.predictions.reshape(bottom)
        if not self._found:  # after that, the shape is that of the last result
            top[0].reshape(1, 1, 1, self.columns)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        given = self.predictions
        given.read(bottom)
        found = [
            detection.detect(given.conf[i], given.boxes_of(i), self.background, self.limits)
            for i in range(given.items)
        ]
        self._found = True
        if not any(len(item.label) for item in found):
            top[0].reshape(1, 1, given.items, self.columns)
            top[0].data.fill(-1)
            top[0].data[0, 0, :, 0] = np.arange(given.items)
            return
        top[0].reshape(1, 1, sum(len(item.label) for item in found), self.columns)
        start = 0
        for i, item in enumerate(found):
            rows = top[0].data[0, 0, start : start + len(item.label)]
            self.write(rows, i, item)
            start += len(rows)

    def write(self, rows: NDArray, item: int, found: detection.Detections) -> None:
        """Write the detections of an item into rows (R, columns)."""
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3:7] = item, found.label, found.score, found.box
