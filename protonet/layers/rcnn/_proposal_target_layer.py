"""ProposalTargetLayer of Faster R-CNN: what regions have to be taken for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs
from ...errors import DataError
from ...kernels import anchors, boxes
from ..python import built_in
from ._built_in import BuiltIn, true_boxes
from ._regions import region_rows, regions


@built_in("rpn.proposal_target_layer")
class ProposalTargetLayer(BuiltIn):
    """Regions to learn from, with labels and the deltas that lead to true boxes.

    bottoms regions (R, 5) of image 0, true boxes (G, 5), label last -> tops regions (B, 5),
    labels (B), targets, inside and outside weights (B, 4 num_classes).

    The true boxes join the regions.  Those whose largest overlap is FG_THRESH or more are
    objects, up to FG_FRACTION BATCH_SIZE of them, those in BG_THRESH_LO .. BG_THRESH_HI
    (without the latter) background of label 0, up to BATCH_SIZE in all; of more, some are drawn
    at random; a BATCH_SIZE of -1 takes all.  Objects come first.  Targets, (deltas - means) /
    stds if BBOX_NORMALIZE_TARGETS_PRECOMPUTED, and the inside weights BBOX_INSIDE_WEIGHTS stand
    in the four columns of the label, in columns 4 to 7 with AGNOSTIC; outside weights are 1
    where inside weights are above 0.  In a net of R-FCN's shapes end with (1, 1).

    What is taken keeps its order, which py-faster-rcnn shuffles.
    """

    arity = (2,), (5,)
    own = ("num_classes",)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.classes = int(self.number("num_classes"))
        self.agnostic = self.setting("AGNOSTIC", "TRAIN")
        least = 2 if self.agnostic else 1
        if self.classes < least:
            raise self.layer.fault(
                f"param_str: num_classes is {self.classes}", f"it must be {least} or more"
            )
        self._shape(top, min(self._count(), bottom[0].shape[0]))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        region_rows(bottom[0], "bottom 0")

    def _shape(self, top: Blobs, count: int) -> None:
        columns = 4 * self.classes
        rest = (1, 1) if self.rfcn else ()
        top[0].reshape(count, 5, *rest)
        top[1].reshape(count, *((1, *rest) if rest else ()))
        for blob in top[2:]:
            blob.reshape(count, columns, *rest)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        truth = true_boxes(bottom[1])
        self._check_labels(truth[:, 4])
        rois = np.zeros((bottom[0].shape[0] + len(truth), 5))
        rois[: -len(truth)] = regions(bottom[0], 1)
        rois[-len(truth) :, 1:] = truth[:, :4]
        overlap = boxes.overlaps(rois[:, 1:], truth[:, :4], plus_one=True)
        nearest = overlap.argmax(axis=1)
        objects, background = self._taken(overlap.max(axis=1))
        taken = np.concatenate([objects, background])
        labels = truth[nearest[taken], 4]
        labels[len(objects) :] = 0
        deltas = anchors.deltas_between(rois[taken, 1:], truth[nearest[taken], :4])
        if self.setting("BBOX_NORMALIZE_TARGETS_PRECOMPUTED", "TRAIN"):
            deltas -= self.setting("BBOX_NORMALIZE_MEANS", "TRAIN")
            deltas /= self.setting("BBOX_NORMALIZE_STDS", "TRAIN")
        self._shape(top, len(taken))
        top[0].data[...] = rois[taken].reshape(top[0].shape)
        top[1].data[...] = labels.reshape(top[1].shape)
        self._spread(top, labels.astype(int), deltas)

    def _taken(self, largest: NDArray) -> tuple[NDArray, NDArray]:
        """The regions that are objects and those that are background."""
        count = self._count()
        objects = np.flatnonzero(largest >= self.setting("FG_THRESH", "TRAIN"))
        objects = self._drawn(objects, round(self.setting("FG_FRACTION", "TRAIN") * count))
        low, high = self.setting("BG_THRESH_LO", "TRAIN"), self.setting("BG_THRESH_HI", "TRAIN")
        background = np.flatnonzero((largest < high) & (largest >= low))
        return objects, self._drawn(background, count - len(objects))

    def _count(self) -> int:
        """BATCH_SIZE; more than there can be for -1."""
        count: int = self.setting("BATCH_SIZE", "TRAIN")
        return count if count >= 0 else 1 << 31

    def _drawn(self, found: NDArray, count: int) -> NDArray:
        if len(found) <= count:
            return found
        return np.sort(self.rng.choice(found, count, replace=False))

    def _spread(self, top: Blobs, labels: NDArray, deltas: NDArray) -> None:
        """Write the last three tops: the four columns of each object's label, 0 elsewhere."""
        rows = np.flatnonzero(labels > 0)
        first = 4 * (np.ones_like(labels) if self.agnostic else labels)
        columns = first[rows, None] + np.arange(4)
        weights = np.array(self.setting("BBOX_INSIDE_WEIGHTS", "TRAIN"))
        for blob, values in zip(top[2:], (deltas[rows], weights, (weights > 0) * 1.0)):
            blob.data.fill(0)
            blob.data.reshape(len(labels), -1)[rows[:, None], columns] = values

    def _check_labels(self, labels: NDArray) -> None:
        good = (labels >= 0) & (labels == np.trunc(labels))
        if not self.agnostic:  # else num_classes is that of the boxes, 2
            good &= labels < self.classes
        if not good.all():
            at = int(np.argmin(good))
            raise DataError(
                f"true box {at} has label {labels[at]:g}",
                f"labels are whole numbers from 1 to {self.classes - 1}, num_classes less one; "
                "nets with boxes that all classes share need TRAIN.AGNOSTIC",
            )
