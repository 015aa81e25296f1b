"""SSD's layers."""

from __future__ import annotations

import numpy as np

from ....kernels.detection import Limits
from ..op import Op
from ..registry import converter
from .channel import length
from .suppress import LOWEST, rows_or_none, suppressed


@converter("Normalize of ssd")
def normalize(op: Op) -> str:
    param, x, rank = op.param.norm_param, op.bottom[0], len(op.shape())
    axes = list(range(1, rank)) if param.across_spatial else [1]
    y = op.node("Div", x, length(op, x, axes, param.eps))
    scale = op.values(0)
    shape = (-1, *[1] * (rank - 2)) if scale.ndim else ()
    return op.node("Mul", y, op.const(scale.reshape(shape), "scale"))


@converter("PriorBox", "PriorBoxClustered")
def prior_box(op: Op) -> str:
    """Boxes and variances, which depend on the sizes of the maps alone: a constant."""
    for dims in op.bottom_dims:
        op.fixed(dims[2:], "where its boxes lie")
    return op.const(op.layer._values[None], "boxes")


@converter("DetectionOutput of ssd")
def detection_output(op: Op) -> str:
    """See `Detections`.  Of equal scores the lower prior goes first, as in SSD; but where more
    than keep_top_k remain, which of equal ones stay is up to std::sort there and to TopK here."""
    layer, param = op.layer, op.param.detection_output_param
    given = layer.predictions
    background = param.background_label_id
    classes = [label for label in range(given.classes) if label != background]
    priors = op.fixed(op.bottom_dims[2][2:], "the number of boxes")[0] // 4
    scores = op.node("Reshape", op.bottom[1], [-1, priors, given.classes])
    scores = op.node("Transpose", scores, perm=[0, 2, 1])
    if len(classes) < given.classes:
        scores = op.node("Gather", scores, classes, axis=1)
    boxes = _decoded(op, priors)  # (N, P, L, 4)
    boxes = op.node("Transpose", boxes, perm=[0, 2, 1, 3])
    if not given.shared and len(classes) < given.classes:
        boxes = op.node("Gather", boxes, classes, axis=1)
    if not classes:
        raise op.refuse("there is no class but the background", "", "num_classes")
    found = Detections(op, boxes, scores, len(classes), priors, given.shared, layer.limits)
    return found.rows(np.array(classes))


def _decoded(op: Op, priors: int) -> str:
    """The boxes (N, P, L, 4) that the locations mean."""
    given = op.layer.predictions
    codes = op.node("Reshape", op.bottom[0], [-1, priors, 1 if given.shared else given.classes, 4])
    both = op.node("Reshape", op.bottom[2], [2, priors, 1, 4])
    prior, variance = op.nodes("Split", 2, both, [1, 1], axis=0)
    if not given.in_target:
        codes = op.node("Mul", codes, variance)
    if given.code == "CORNER":
        return op.node("Add", prior, codes)
    low, high = op.nodes("Split", 2, prior, [2, 2], axis=3)
    size = op.node("Sub", high, low)
    if given.code == "CORNER_SIZE":
        sizes = op.node("Concat", size, size, axis=3)
        return op.node("Add", prior, op.node("Mul", codes, sizes))
    shift, stretch = op.nodes("Split", 2, codes, [2, 2], axis=3)
    middle = op.node("Mul", op.node("Add", low, high), 0.5)
    centre = op.node("Add", op.node("Mul", shift, size), middle)
    half = op.node("Mul", op.node("Exp", stretch), op.node("Mul", size, 0.5))
    return op.node("Concat", op.node("Sub", centre, half), op.node("Add", centre, half), axis=3)


class Detections:
    """From boxes and scores of all priors to the rows of DetectionOutput.

    For each image and class the best `top_k` are taken first (TopK: of equal scores the lower
    index), and NonMaxSuppression sees their ranks in place of scores, so that no engine can
    order them otherwise.  What it selects becomes a mask (N, C, K), from which the rows come
    in the order of image, class and rank.
    """

    def __init__(
        self,
        op: Op,
        boxes: str,
        scores: str,
        classes: int,
        priors: int,
        shared: bool,
        limits: Limits,
    ) -> None:
        """boxes (N, L, P, 4), L = 1 if shared, else classes; scores (N, C, P)."""
        if limits.eta < 1 and limits.overlap > 0.5:
            raise op.refuse(
                "a threshold that falls from box to box has no operator",
                "eta: 1 or nms_threshold 0.5 and less are possible",
                "nms_param.eta",
            )
        self.op, self.classes, self.limits = op, classes, limits
        self.count = priors if limits.top_k is None else min(limits.top_k, priors)
        self.items = op.node("Slice", op.node("Shape", scores), [0], [1])
        self.scores, index = op.nodes("TopK", 2, scores, [self.count], axis=2)
        self.boxes = self._near(boxes, index, priors, shared)
        self.kept = self._limited(self._suppressed())

    def _near(self, boxes: str, index: str, priors: int, shared: bool) -> str:
        """The boxes (N, C, K, 4) at index (N, C, K)."""
        op = self.op
        item = op.node("Range", 0, op.squeeze(self.items, [0]), 1)
        group = op.node("Reshape", item, [-1, 1, 1])
        if not shared:
            label = np.arange(self.classes).reshape(1, -1, 1)
            group = op.node("Add", op.node("Mul", group, self.classes), label)
        place = op.node("Add", op.node("Mul", group, priors), index)
        return op.node("Gather", op.node("Reshape", boxes, [-1, 4]), place, axis=0)

    def _suppressed(self) -> str:
        """Which of (N C, K) stay, as 1 and 0."""
        op, count = self.op, self.count
        ranks = np.arange(count, 0, -1, dtype=np.float32)
        if self.limits.score is None:
            ranked = op.node("Expand", ranks, op.node("Shape", self.scores))
        else:
            good = op.node("Greater", self.scores, float(self.limits.score))
            ranked = op.node("Where", good, ranks, 0.0)
        # A box that ends before it begins has no area here: elsewhere it would be turned round.
        low, high = op.nodes("Split", 2, self.boxes, [2, 2], axis=3)
        upright = op.node("Concat", low, op.node("Max", low, high), axis=3)
        groups = op.node("Reshape", ranked, [-1, 1, count])
        boxes = op.node("Reshape", upright, [-1, count, 4])
        # No more of a class can be among the best of the image.
        most = count if self.limits.keep is None else min(count, self.limits.keep)
        return suppressed(op, boxes, groups, [most], self.limits.overlap)

    def _limited(self, kept: str) -> str:
        """(N C, K) -> (N, C, K): the best `keep` of each image."""
        op, size = self.op, self.classes * self.count
        keep = self.limits.keep
        if keep is None or keep >= size:
            return op.node("Reshape", kept, [-1, self.classes, self.count])
        flat = op.node("Reshape", kept, [-1, size])
        scores = op.node("Reshape", self.scores, [-1, size])
        masked = op.node("Where", op.cast(flat, "BOOL"), scores, LOWEST)
        _, best = op.nodes("TopK", 2, masked, [keep], axis=1)
        ones = op.node("Cast", op.node("Mul", best, 0), to=op.writer.type_number("FLOAT"))
        ones = op.node("Add", ones, 1.0)
        zeros = op.node("Mul", flat, 0.0)
        chosen = op.node("ScatterElements", zeros, best, ones, axis=1)
        return op.node("Reshape", op.node("Mul", flat, chosen), [-1, self.classes, self.count])

    def rows(self, labels: np.ndarray) -> str:
        """(1, 1, R, 7): image, label, score, box; if there is none, a row of -1 an image."""
        op = self.op
        index = op.node("Transpose", op.node("NonZero", self.kept), perm=[1, 0])
        item, label, _ = op.nodes("Split", 3, index, [1, 1, 1], axis=1)
        label = op.node("Gather", labels, label, axis=0)
        score = op.unsqueeze(op.node("GatherND", self.scores, index), [1])
        box = op.node("GatherND", self.boxes, index)
        parts = [op.cast(item, "FLOAT"), op.cast(label, "FLOAT"), score, box]
        return rows_or_none(op, parts, self.items)
