"""Proposal: from a region proposal network's maps to regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import anchors, boxes
from ...kernels.quicksort import quicksort

#: Fields of another fork's layer of this name.
_SYNOPSYS = {
    "anchor_base_size",
    "anchor_scale",
    "anchor_ratio",
    "max_rois",
    "rpn_min_size",
    "rpn_nms_thresh",
}


@register
class Proposal(Layer):
    """The best boxes that a region proposal network found in one image.

    bottom[0] scores (1, 2A, H, W), the second half those of objects, bottom[1] deltas
    (1, 4A, H, W), bottom[2] the image (1, 4 or more): height, width, scale of heights, scale of
    widths -> top[0] regions (R, 5), an image's number 0 and x1, y1, x2, y2; top[1] (optional)
    their scores (R).

    A = ratios * scales anchors lie at each cell: for each ratio r
    w = floor(sqrt(base_size^2 / r) + 0.5), h = floor(w r + 0.5), times each scale s, about the
    centre (base_size - 1) / 2; then moved by feat_stride for each cell.  A delta moves an
    anchor's centre x1 + w/2, w = x2 - x1 + 1, by dx w and makes it exp(dw) w wide; corners lie
    half of that from the centre, and are cut to the image.  A box with a side below
    min_size * scale gets score 0, but stays.  The pre_nms_topn best go through suppression,
    where a box goes if its IoU, pixels counted, with a better one is above nms_thresh; the
    first post_nms_topn stay.

    When the net is built R is post_nms_topn; there may be fewer later.  No gradient.

    proposal_param: ratio, scale (both needed, repeated); feat_stride (16), base_size (16),
    min_size (16), pre_nms_topn (6000), post_nms_topn (300), nms_thresh (0.7).

    Faster R-CNN (Ren, He, Girshick, Sun 2015), in C++ by PVANet.  Equal scores are in the order
    in which the fork's quicksort leaves them.  Deviations: NaN in a score or delta is an error;
    an image of three numbers has one scale.
    """

    type = "Proposal"
    forks = ("pva", "openvino", "happynear")
    messages = ("proposal_param",)
    ranges: ClassVar = {
        "feat_stride": Range(1),
        "base_size": Range(1),
        "min_size": Range(0),
        "pre_nms_topn": Range(1),
        "post_nms_topn": Range(1),
        "nms_thresh": Range(0),
    }
    bottoms = exactly(3)
    tops = between(1, 2)
    has_backward = False
    reshape_always = True

    #: Of the map that the anchors were laid out for.
    size: tuple[int, ...] = ()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.proposal_param
        for field, _ in param.ListFields():
            if field.name in _SYNOPSYS:
                what = f"{field.name} belongs to another Proposal, synopsys's"
                raise self.fault(what, "", field.name)
        for name, values in (("ratio", param.ratio), ("scale", param.scale)):
            if not values or not all(value > 0 for value in values):
                what = f"a {name} is not above 0" if values else f"{name} is missing"
                raise self.fault(what, f"give one {name} or more, each above 0", name)
        self.anchors = anchors.base_anchors(
            param.base_size, param.ratio, param.scale, lambda x: np.floor(x + 0.5)
        ).astype(self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_maps(bottom, len(self.anchors), 3)
        height, width = bottom[0].shape[2:]
        if (height, width) != self.size:
            self.size, stride = (height, width), self.settings.feat_stride
            self.everywhere = anchors.at_every_place(self.anchors, height, width, stride)
        top[0].reshape(self.settings.post_nms_topn, 5)
        if len(top) > 1:
            top[1].reshape(self.settings.post_nms_topn)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param = self.settings
        info = image_info(bottom[2].data, 3)
        found, scores = moved_anchors(bottom, self.everywhere, info[:2])
        scale_h, scale_w = info[2], info[3 if info.size > 3 else 2]
        small = anchors.too_small(found, param.min_size * scale_h, param.min_size * scale_w)
        scores = np.where(small, scores.dtype.type(0), scores)
        kept = self._kept(found, scores)
        write_regions(top, found[kept])
        if len(top) > 1:
            top[1].reshape(len(kept))
            top[1].data[...] = scores[kept]

    def _kept(self, found: NDArray, scores: NDArray) -> NDArray:
        """The indices of the boxes that stay, the best first.  Who stays does not depend on who
        is worse: the best few boxes are mostly enough."""
        param, most = self.settings, min(self.settings.pre_nms_topn, len(scores))
        count = min(4 * param.post_nms_topn, most)
        while True:
            order = quicksort(scores, count)
            best = found.T.take(order, axis=1).T
            kept = boxes.nms(best, param.nms_thresh, top_k=param.post_nms_topn, plus_one=True)
            if count == most or len(kept) == param.post_nms_topn:
                return order[kept]
            count = min(4 * count, most)


def check_maps(bottom: Blobs, count: int, numbers: int) -> None:
    """ShapeError unless there are scores (1, 2A, H, W), deltas (1, 4A, H, W), A = count, and
    an image of at least so many numbers."""
    scores, deltas, info = bottom
    for i, blob, each in ((0, scores, 2), (1, deltas, 4)):
        if len(blob.shape) != 4 or blob.shape[:2] != (1, each * count):
            raise ShapeError(
                f"bottom {i} has shape {blob.shape}, for {count} anchors it must be "
                f"(1, {each * count}, H, W)",
                "one image at a time, and as many anchors as ratios times scales",
            )
    if scores.shape[2:] != deltas.shape[2:]:
        raise ShapeError(f"bottom 0 has shape {scores.shape}, bottom 1 {deltas.shape}")
    if info.count < numbers:
        raise ShapeError(f"bottom 2 has shape {info.shape}", "it holds height, width and scale")


def image_info(values: NDArray, numbers: int) -> NDArray:
    """Height, width, scale and what follows, flat; DataError for an image without a size."""
    info = values.reshape(-1)
    if not (np.isfinite(info[:numbers]).all() and (info[:2] >= 1).all()):
        text = ", ".join(f"{value:g}" for value in info[:numbers])
        raise DataError(f"the image is ({text})", "give its height, width and scale")
    return info


def moved_anchors(
    bottom: Blobs,
    everywhere: NDArray,
    size: NDArray,
    std: Sequence[float] = (),
    mean: Sequence[float] = (),
) -> tuple[NDArray, NDArray]:
    """The boxes that the deltas (times std, plus mean) mean, seen from the anchors everywhere, cut
    to the image, in order of rows, columns, anchors (N, 4), and the scores of their objects (N).
    DataError for NaN."""
    scores, deltas = bottom[0].data, bottom[1].data
    _, channels, height, width = scores.shape
    objects = anchors.by_place(scores[:, channels // 2 :], 1)[:, 0]
    steps = anchors.by_place(deltas, 4)
    for i, values in ((0, objects), (1, steps)):
        if np.isnan(values.min(initial=0)):
            place = int(np.argmax(np.isnan(values).reshape(height * width, -1).any(axis=1)))
            raise DataError(
                f"bottom {i} is NaN at row {place // width}, column {place % width}",
                "look at what makes it: weights that are missing, or a training that diverged",
            )
    if std:
        steps = steps * np.array(std, steps.dtype) + np.array(mean, steps.dtype)
    found = anchors.moved(everywhere, steps, 0)
    return anchors.clipped(found, float(size[0]), float(size[1])), objects


def write_regions(top: Blobs, found: NDArray) -> None:
    """top[0] (R, 5): image 0 and the boxes (R, 4)."""
    top[0].reshape(len(found), 5)
    top[0].data[:, 0] = 0
    top[0].data[:, 1:] = found
