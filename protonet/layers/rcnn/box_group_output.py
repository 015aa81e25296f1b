"""BoxGroupOutput: from Cascade R-CNN's maps of fields to regions."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, at_least, between
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import boxes
from ...kernels.fields import decode
from ._cascade import check_maps, read_fields


@register
class BoxGroupOutput(Layer):
    """The best boxes that a region proposal network of fields found in each image.

    bottoms, a pair for each box_group_param: probabilities (N G, K, H, W), the first those of
    background, and deltas (N G, 4, H, W) -> top[0] regions (R, 5, 1, 1): image, x1, y1, x2, y2;
    top[1] (optional) (R, 6, 1, 1), the score as well.

    Item n G + g belongs to image n and field g.  Field g, field_w x field_h, lies about
    ((x + 1/2) stride, (y + 1/2) stride) at column x and row y.  delta * std + mean is
    (dx, dy, dw, dh), dx and dy cut to +-1/field_xyr, dw and dh to +-log(field_whr): the centre
    moves by dx field_w, the width becomes w = exp(dw) field_w, and x1 = centre - w/2,
    x2 = x1 + w - 1, cut to 0 and W stride.  The score is 1 less the probability of background.
    Boxes stay with a score of fg_thr or more and sides, x2 - x1 + 1, of min_size or more; of
    these the max_nms_num best of each image (0: all) go through suppression by an IoU above
    iou_thr, and the first max_post_nms_num (0: all) stay.

    If there is no box at all: one region (0, 1, 1, 10, 10), and zeros in top[1], as in the
    fork.  When the net is built R is max_post_nms_num an image, or 1.  No gradient.

    box_group_output_param: box_group_param (field_w, field_h, repeated, and stride), fg_thr (0),
    iou_thr (0.5), nms_type (only IOU is served), field_whr (2), field_xyr (2), max_nms_num (0),
    max_post_nms_num (0), min_size (15).  bbox_reg_param: bbox_mean, bbox_std (0 and 1).

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against loops over the formulas above, not
    against numbers of the fork.  Deviations: equal scores keep the order of pairs, fields, rows
    and columns, which the fork leaves to its sort; boxes that overlap by less than one pixel
    count as overlapping; NaN is an error.
    """

    type = "BoxGroupOutput"
    forks = ("cascade-rcnn",)
    messages = ("box_group_output_param", "bbox_reg_param")
    ranges: ClassVar = {"iou_thr": Range(0), "field_whr": Range(1), "min_size": Range(0)}
    bottoms = at_least(2)
    tops = between(1, 2)
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.box_group_output_param
        if param.nms_type != "IOU":
            raise self.fault(f"nms_type '{param.nms_type}' is not served", "use IOU", "nms_type")
        if not param.field_xyr > 0:
            raise self.fault("field_xyr must be above 0", "", "field_xyr")
        groups = param.box_group_param
        if len(bottom) != 2 * len(groups):
            raise self.fault(
                f"there are {len(groups)} box_group_param and {len(bottom)} bottoms",
                "give one for each pair of probabilities and deltas",
                "box_group_param",
            )
        self.fields = [
            read_fields(self, group, f"box_group_param[{i}]") for i, group in enumerate(groups)
        ]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        images = set()
        for i, fields in enumerate(self.fields):
            check_maps(bottom[2 * i : 2 * i + 2], fields, (0, 4), 2 * i)
            images.add(bottom[2 * i].shape[0] // len(fields.sizes))
        if len(images) != 1:
            raise ShapeError(f"the pairs of bottoms are of {sorted(images)} images")
        self.images = images.pop()
        for blob, width in zip(top, (5, 6)):
            blob.reshape(max(1, self.images * self.settings.max_post_nms_num), width, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        parts = [self._candidates(bottom, i) for i in range(len(self.fields))]
        kept = [
            self._best(i, np.concatenate([part[part[:, 0] == i] for part in parts]))
            for i in range(self.images)
        ]
        rows = np.concatenate(kept)
        if not len(rows):
            rows = np.array([[0, 1, 1, 10, 10, 0]], self.dtype)
            if len(top) > 1:
                top[1].reshape(1, 6, 1, 1)
                top[1].data.fill(0)
        elif len(top) > 1:
            top[1].reshape(len(rows), 6, 1, 1)
            top[1].data[...] = rows.reshape(top[1].shape)
        top[0].reshape(len(rows), 5, 1, 1)
        top[0].data[...] = rows[:, :5].reshape(top[0].shape)

    def _candidates(self, bottom: Blobs, i: int) -> NDArray:
        """Rows image, x1, y1, x2, y2, score of one pair's boxes that are good and large enough."""
        param, fields = self.settings, self.fields[i]
        scores, deltas = 1 - bottom[2 * i].data[:, 0], bottom[2 * i + 1].data
        if np.isnan(scores).any() or np.isnan(deltas).any():
            at = 2 * i + (not np.isnan(scores).any())
            raise DataError(f"bottom {at} has NaN", "look at what makes it")
        item, y, x = np.nonzero(scores >= param.fg_thr)
        found = decode(deltas, fields, fields.limits(param.field_xyr, param.field_whr))
        centre, size = found[item, :, y, x].reshape(-1, 2, 2).transpose(1, 0, 2)
        low = centre - size / 2
        end = np.array(deltas.shape[:1:-1]) * fields.stride
        high = np.minimum(low + size - 1, end)
        low = np.maximum(low, 0)
        large = (high - low + 1 >= param.min_size).all(axis=1)
        image = item // len(fields.sizes)
        rows = np.column_stack([image, low, high, scores[item, y, x]])
        return rows[large].astype(self.dtype, copy=False)

    def _best(self, image: int, rows: NDArray) -> NDArray:
        """The rows of one image that stay, the best first."""
        param = self.settings
        rows = rows[boxes.by_score(rows[:, 5], param.max_nms_num or None)]
        top_k = param.max_post_nms_num or None
        return rows[boxes.nms(rows[:, 1:5], param.iou_thr, top_k=top_k, plus_one=True)]
