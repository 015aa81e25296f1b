"""ProposalTarget: what Cascade R-CNN's regions have to be taken for."""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, between, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import anchors, boxes
from ._cascade import mean_and_std, whole_labels
from ._regions import region_rows, regions

#: A background box that is made up has sides of so many pixels at least.
SPARE_SIDE = 32
TRIES = 1000


class Truth(NamedTuple):
    """True boxes: image (G), box (G, 4), label (G), ignored (G, booleans)."""

    image: NDArray
    box: NDArray
    label: NDArray
    ignored: NDArray


@register
class ProposalTarget(Layer):
    """Regions to learn from, with labels, the deltas that lead to true boxes, and these.

    bottom[0] regions (R, 5): image, x1, y1, x2, y2, bottom[1] true boxes (G, 7 or more): image
    (-1: none), x1, y1, x2, y2, label, ignored -> top[0] regions (B, 5, 1, 1), top[1] labels
    (B, 1, 1, 1), top[2] targets, top[3] and top[4] inside and outside weights (B, 4 K, 1, 1),
    top[5] matches (B, 6, 1, 1): label, true box, overlap, 0 for background; top[6] (optional)
    weights (B, 1, 1, 1).  K is cls_num, or 2 if not cls_aware.

    With append_gtbox the true boxes join the regions.  A region belongs to the true box of its
    image that it overlaps most.  It is an object if that is by fg_thr or more, unless the box is
    ignored; background if it is by bg_thr_lw or more and below bg_thr_hg.  Of a batch_size,
    round(fg_fraction * batch_size) at most are objects, background fills it up; of more, some
    are drawn at random; if there is too little, pickup_discard takes the first of the other
    regions.  A batch_size of -1 takes all.  If nothing is left, one box of img_width x
    img_height is made up, which is no object.  Objects come first.

    Targets ((centre difference) / the region's sides, log of the sides' ratio), less mean, by
    std, stand in the four columns of the label (of class 1 if not cls_aware); the weights are 1
    there if the overlap lies in bbox_thr_lw .. bbox_thr_hg.  top[6]: 1, or with iou_weighted
    the overlap of objects, scaled so that objects sum to fg_fraction * B and background to the
    rest.

    No gradient.  proposal_target_param: cls_num (needed), batch_size (128), fg_fraction (0.25),
    num_img_per_batch (4), fg_thr (0.5), bg_thr_hg (0.5), bg_thr_lw (0.1), img_width, img_height,
    iou_weighted (false), bbox_thr_lw (0), bbox_thr_hg (10), pickup_discard (true), append_gtbox
    (true).  bbox_reg_param: cls_aware (true), bbox_mean, bbox_std (0 and 1).

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against the rules above, not against numbers of
    the fork.  Deviations: what is drawn keeps its order, which the fork shuffles; boxes that
    overlap by less than one pixel count as overlapping.
    """

    type = "ProposalTarget"
    forks = ("cascade-rcnn",)
    messages = ("proposal_target_param", "bbox_reg_param")
    ranges: ClassVar = {
        "cls_num": Range(2, required=True),
        "batch_size": Range(-1),
        "fg_fraction": Range(0, 1),
        "num_img_per_batch": Range(1),
        "bg_thr_lw": Range(0),
    }
    bottoms = exactly(2)
    tops = between(6, 7)
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.proposal_target_param
        self.mean, self.std = mean_and_std(self)
        self.shared = not self.param.bbox_reg_param.cls_aware
        if param.batch_size == 0:
            raise self.fault("batch_size is 0", "give 1 or more, or -1 for all", "batch_size")
        if param.fg_thr < param.bg_thr_hg:
            raise self.fault("fg_thr is below bg_thr_hg", "", "bg_thr_hg")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rows = region_rows(bottom[0], "bottom 0")
        shape = bottom[1].shape
        if len(shape) < 2 or shape[1] < 7 or bottom[1].count != shape[0] * shape[1]:
            raise ShapeError(
                f"bottom 1 has shape {shape}, true boxes are rows of 7 or more",
                "each is an image's number, x1, y1, x2, y2, label, ignored",
            )
        count = self.settings.batch_size
        self._shape(top, count if count > 0 else max(rows, 1))

    def _shape(self, top: Blobs, count: int) -> None:
        columns = 8 if self.shared else 4 * self.settings.cls_num
        for blob, width in zip(top, (5, 1, columns, columns, columns, 6, 1)):
            blob.reshape(count, width, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param, truth = self.settings, self._truth(bottom[1].data)
        rois = regions(bottom[0], param.num_img_per_batch)
        if param.append_gtbox:
            joined = np.column_stack([truth.image, truth.box]).astype(rois.dtype)
            rois = np.concatenate([rois, joined])
        nearest, largest = _matched(rois, truth)
        objects, ground = self._taken(truth, nearest, largest)
        taken = np.concatenate([objects, ground])
        if not len(taken):
            rois, nearest, largest = self._spare(truth)[None], np.array([-1]), np.zeros(1)
            taken = np.array([0])
        rois, nearest, largest = rois[taken], nearest[taken], largest[taken]
        self._shape(top, len(taken))
        labels = np.zeros(len(taken), np.intp)
        labels[: len(objects)] = truth.label[nearest[: len(objects)]]
        top[0].data[...] = rois.reshape(top[0].shape)
        top[1].data[...] = labels.reshape(top[1].shape)
        self._write_targets(top, rois, labels, truth.box[nearest[: len(objects)]], largest)
        if len(top) > 6:
            weights = self._weights(len(objects), largest)
            top[6].data[...] = weights.reshape(top[6].shape)

    def _truth(self, data: NDArray) -> Truth:
        rows = data.reshape(len(data), -1)
        rows = rows[rows[:, 0] != -1]
        images = self.settings.num_img_per_batch
        bad = ~np.isfinite(rows[:, :7]).all(axis=1) | ~np.isin(rows[:, 0], range(images))
        labels = whole_labels(
            rows[:, 5], 1 << 30 if self.shared else self.settings.cls_num, "true box"
        )
        bad |= labels < 1
        if bad.any():
            row = ", ".join(f"{value:g}" for value in rows[int(np.argmax(bad))])
            raise DataError(
                f"the true box ({row}) is of no image or class",
                f"images count from 0 to {images - 1}, num_img_per_batch less one, labels from 1",
            )
        return Truth(rows[:, 0], rows[:, 1:5], labels, rows[:, 6] != 0)

    def _taken(self, truth: Truth, nearest: NDArray, largest: NDArray) -> tuple[NDArray, NDArray]:
        """The regions that are objects and those that are background."""
        param = self.settings
        above = largest >= param.fg_thr
        inside = (largest >= param.bg_thr_lw) & (largest < param.bg_thr_hg)
        objects = np.flatnonzero(above & (nearest >= 0))
        objects = objects[~truth.ignored[nearest[objects]]]
        ground, rest = np.flatnonzero(inside & ~above), np.flatnonzero(~above & ~inside)
        if param.batch_size == -1:
            return objects, ground
        objects = self._drawn(objects, math.floor(param.fg_fraction * param.batch_size + 0.5))
        room = param.batch_size - len(objects)
        if len(ground) > room:
            return objects, self._drawn(ground, room)
        if param.pickup_discard:
            ground = np.concatenate([ground, rest[: room - len(ground)]])
        return objects, ground

    def _drawn(self, found: NDArray, count: int) -> NDArray:
        if len(found) <= count:
            return found
        return np.sort(self.rng.choice(found, count, replace=False))

    def _spare(self, truth: Truth) -> NDArray:
        """A region (5) that overlaps no true box by fg_thr."""
        param, rng = self.settings, self.rng
        width, height = param.img_width, param.img_height
        if width <= SPARE_SIDE or height <= SPARE_SIDE:
            raise DataError(
                "no region is left to learn from, and none can be made up",
                f"give img_width and img_height, above {SPARE_SIDE}",
            )
        for _ in range(TRIES):
            image = rng.integers(param.num_img_per_batch)
            x, y = rng.integers(width - SPARE_SIDE), rng.integers(height - SPARE_SIDE)
            sides = np.maximum(rng.integers([width - x, height - y]), SPARE_SIDE)
            row = np.array([image, x, y, x + sides[0] - 1, y + sides[1] - 1], truth.box.dtype)
            if _matched(row[None], truth)[1][0] < param.fg_thr:
                return row
        raise DataError("no region is left to learn from, and true boxes fill the whole image")

    def _write_targets(
        self, top: Blobs, rois: NDArray, labels: NDArray, wanted: NDArray, overlap: NDArray
    ) -> None:
        """Tops 2 to 5; wanted: the true boxes of the objects, which come first."""
        count, param = len(wanted), self.settings
        for blob in top[2:6]:
            blob.data.fill(0)
        rows = np.arange(count)[:, None]
        columns = 4 * (np.minimum(labels, 1) if self.shared else labels)[:count, None] + np.arange(
            4
        )
        deltas = anchors.deltas_between(rois[:count, 1:], wanted)
        inside = (overlap >= param.bbox_thr_lw) & (overlap <= param.bbox_thr_hg)
        weights = inside[:count, None]
        for blob, values in zip(top[2:5], ((deltas - self.mean) / self.std, weights, weights)):
            blob.data[rows, columns, 0, 0] = values
        top[5].data[:count, :, 0, 0] = np.column_stack([labels[:count], wanted, overlap[:count]])

    def _weights(self, objects: int, overlap: NDArray) -> NDArray:
        param, weights = self.settings, np.ones(len(overlap))
        if param.iou_weighted:
            weights[:objects] = overlap[:objects]
        total = weights[:objects].sum()
        if total:
            weights[:objects] *= param.fg_fraction * len(overlap) / total
            rest = weights[objects:]
            rest *= (1 - param.fg_fraction) * len(overlap) / max(len(rest), 1)
        return weights


def _matched(rois: NDArray, truth: Truth) -> tuple[NDArray, NDArray]:
    """For each region (R, 5) the true box of its image that it overlaps most, -1 if its image
    has none, and how much, 0 then."""
    if not len(truth.box):
        return np.full(len(rois), -1), np.zeros(len(rois))
    table = boxes.overlaps(rois[:, 1:], truth.box, plus_one=True)
    table[rois[:, :1] != truth.image] = -1
    nearest, largest = table.argmax(axis=1), table.max(axis=1)
    none = largest < 0
    return np.where(none, -1, nearest), np.where(none, 0, largest)
