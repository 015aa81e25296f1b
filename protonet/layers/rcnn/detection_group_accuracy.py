"""DetectionGroupAccuracy: how good Cascade R-CNN's region proposal network of fields is."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, between, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...kernels.centred_boxes import overlap
from ...kernels.fields import decode
from ._cascade import check_maps, read_fields, whole_labels


@register
class DetectionGroupAccuracy(Layer):
    """The accuracy of the classes, and the mean IoU of objects with their true boxes.

    bottom[0] scores (N G, cls_num, H, W), bottom[1] deltas (N G, 4, H, W), bottom[2] truth
    (N G, 6, H, W): label, centre x, y, width, height of the true box, overlap, as of
    DetectionGroupLoss -> top[0] (1, 1, 1, 2): the accuracy over all places, and over those of
    objects (label not 0); top[1] (optional) (1, 1, 1, 1): the mean IoU of the boxes that
    the deltas mean with the true ones, over the places of objects.  -1 where there are none.

    Left out are places of ignore_label, and of the accuracy those with label 0 and an overlap
    of bg_threshold or more.  With objectness all objects are of class 1.  delta * std + mean is
    (dx, dy, dw, dh), dx and dy cut to +-1/field_xyr, dw and dh to +-log(field_whr); they move
    and stretch a field as in BoxGroupOutput.  No gradient.

    detection_group_accuracy_param: cls_num, field_w, field_h (repeated), stride (all needed);
    field_whr (2), field_xyr (4), bg_threshold (0.5), objectness (false).  bbox_reg_param:
    bbox_mean, bbox_std (0 and 1).  loss_param: ignore_label.

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against the formulas above, not against numbers
    of the fork.  Deviation: boxes that overlap by less than one pixel count as overlapping.
    """

    type = "DetectionGroupAccuracy"
    forks = ("cascade-rcnn",)
    messages = ("detection_group_accuracy_param", "bbox_reg_param", "loss_param")
    ranges: ClassVar = {
        "cls_num": Range(2, required=True),
        "stride": Range(1, required=True),
        "field_whr": Range(1),
    }
    bottoms = exactly(3)
    tops = between(1, 2)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.detection_group_accuracy_param
        self.fields = read_fields(self, param)
        if param.objectness and param.cls_num != 2:
            raise self.fault(f"objectness with cls_num {param.cls_num}", "it takes 2", "cls_num")
        if not param.field_xyr > 0:
            raise self.fault("field_xyr must be above 0", "", "field_xyr")
        self.limits = self.fields.limits(param.field_xyr, param.field_whr)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_maps(bottom, self.fields, (self.settings.cls_num, 4, 6))
        for blob, count in zip(top, (2, 1)):
            blob.reshape(1, 1, 1, count)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param, truth = self.settings, bottom[2].data
        classes = 1 << 30 if param.objectness else param.cls_num
        labels = whole_labels(truth[:, 0], classes, "the truth at item, y, x")
        wanted = np.minimum(labels, 1) if param.objectness else labels
        ignored = np.zeros(labels.shape, bool)
        objects = labels != 0
        if self.param.loss_param.HasField("ignore_label"):
            ignored = wanted == self.param.loss_param.ignore_label
            objects &= labels != self.param.loss_param.ignore_label
        right = bottom[0].data.argmax(axis=1) == wanted
        counted = ~ignored & ((wanted != 0) | (truth[:, 5] < param.bg_threshold))
        both = (counted, counted & (wanted != 0))
        top[0].data[...] = [right[which].mean() if which.any() else -1 for which in both]
        if len(top) > 1:
            item, y, x = np.nonzero(objects)
            found = decode(bottom[1].data, self.fields, self.limits)[item, :, y, x]
            iou = overlap(found.T, truth[item, 1:5, y, x].T)
            top[1].data[...] = iou.mean() if len(item) else -1
