"""DetectionGroupLoss: the loss of Cascade R-CNN's region proposal network of fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...kernels.boxes import TINY
from ...kernels.fields import encode
from ...kernels.softmax import softmax
from .._loss import LossLayer
from ._cascade import check_maps, read_fields, whole_labels

MINING = ("random", "bootstrap", "mixture")
RANKING = ("conf_loss", "conf_prob")
BOX_LOSSES = ("Smooth_L1", "Euclidean_L2")


@register
class DetectionGroupLoss(LossLayer):
    """Softmax loss of the classes of some places, and the loss of the boxes of objects.

    bottom[0] scores (N G, cls_num, H, W), bottom[1] deltas (N G, 4, H, W), bottom[2] truth
    (N G, 6, H, W): label, centre x, y, width, height of the true box, overlap -> top[0]
    (1, 1, 1, 2): the loss C + lambda B, and lambda B.

    Item n G + g belongs to image n and field g, of field_w x field_h about
    ((x + 1/2) stride, (y + 1/2) stride).  In each image objects are places with a label above 0,
    background those with label 0 and an overlap below bg_threshold.  All objects are kept, and
    max(objects * bg_multiple, min_num_neg) of the background; with a batch_size, round(batch_size
    / (1 + bg_multiple)) objects at most, and background up to batch_size.  If there are more,
    objects are drawn at random, background too, or (bootstrap) the least sure places, or half
    of each (mixture).

    C is the mean of -w log p of the label over the kept places, the label 1 for all objects with
    objectness; w is 1, or with pos_neg_weighted so that objects have 1 / (1 + bg_multiple) of
    all weight.  B is the mean of f over the four numbers of kept objects, of prediction less
    target: f(d) = d^2 / 2 if |d| < 1, else |d| - 1/2 (Smooth_L1), or d^2 / 2 (Euclidean_L2).  The
    target is ((centre of the true box - the field's centre) / the field's sides, log(its sides,
    2 at least, / the field's)), less mean, by std.  If both field_xyr and field_whr are given,
    predictions are first cut to what fits +-1/field_xyr and +-log(field_whr).

    Gradients are those of C + lambda B, by the diff of the first number of the top.  Quirks
    kept: the net's loss, the sum over both numbers, counts lambda B twice; predictions that
    were cut have the gradient of what they were cut to.

    detection_group_loss_param: cls_num, field_w, field_h (repeated), stride (all needed); lambda
    (1), field_whr (4), field_xyr (0.25), bg_threshold (0.5), bg_multiple (4), neg_mining_type
    (random), neg_ranking_type (conf_loss or conf_prob, the same order), min_num_neg (5),
    objectness (false), batch_size (-1: none), pos_neg_weighted (false), bbox_loss_type
    (Smooth_L1).  bbox_reg_param: bbox_mean, bbox_std (0 and 1).  loss_param: ignore_label.

    Cascade R-CNN (Cai, Vasconcelos 2018).  Held against loops over the formulas above and
    differences, not against numbers of the fork.  Deviation: the deltas in bottom[1] are cut in
    a copy, not in place.
    """

    type = "DetectionGroupLoss"
    forks = ("cascade-rcnn",)
    messages = ("detection_group_loss_param", "bbox_reg_param", "loss_param")
    ranges: ClassVar = {
        "cls_num": Range(2, required=True),
        "stride": Range(1, required=True),
        "field_whr": Range(1),
        "batch_size": Range(-1),
    }
    bottoms = exactly(3)
    given = frozenset({2})
    no_derivative = "the second number of the top has no gradient, as in the fork"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = param = self.param.detection_group_loss_param
        self.fields = read_fields(self, param)
        for name, known in (
            ("neg_mining_type", MINING),
            ("neg_ranking_type", RANKING),
            ("bbox_loss_type", BOX_LOSSES),
        ):
            if getattr(param, name) not in known:
                what = f"{name} '{getattr(param, name)}' is none of {', '.join(known)}"
                raise self.fault(what, "", name)
        if param.objectness and param.cls_num != 2:
            raise self.fault(f"objectness with cls_num {param.cls_num}", "it takes 2", "cls_num")
        if param.batch_size == 0:
            raise self.fault("batch_size is 0", "give 1 or more, or -1 for none", "batch_size")
        if not param.field_xyr > 0:
            raise self.fault("field_xyr must be above 0", "", "field_xyr")
        self.bounds = self._bounds()

    @property
    def _balance(self) -> float:
        return float(getattr(self.settings, "lambda"))  # a word of Python

    def _bounds(self) -> NDArray | None:
        """(2, 4): the least and the largest prediction; the two moves share one mean and std,
        the two sides another."""
        param, (_, _, mean, std) = self.settings, self.fields
        if not (param.HasField("field_xyr") and param.HasField("field_whr")):
            return None
        limits = self.fields.limits(param.field_xyr, param.field_whr)
        middle = mean.reshape(2, 2).mean(axis=1).repeat(2)
        spread = np.sqrt(std.reshape(2, 2).prod(axis=1)).repeat(2)
        return np.stack([(-limits - middle) / spread, (limits - middle) / spread])

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_maps(bottom, self.fields, (self.settings.cls_num, 4, 6))
        top[0].reshape(1, 1, 1, 2)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        param, truth = self.settings, bottom[2].data
        labels = whole_labels(
            truth[:, 0], 1 << 30 if param.objectness else param.cls_num, "the truth at item, y, x"
        )
        outer, classes, height, width = bottom[0].shape
        self.prob = self.scratch("prob", (outer, classes, height * width))
        softmax(bottom[0].data.reshape(self.prob.shape), out=self.prob)
        kept = self._kept(labels, truth[:, 5])
        score_loss = self._score_loss(labels, kept)
        box_loss = self._balance * self._box_loss(bottom[1].data, truth, kept)
        top[0].data[...] = np.array([score_loss + box_loss, box_loss])

    def _kept(self, labels: NDArray, overlap: NDArray) -> NDArray:
        """A mask (N G, H, W) of the places that count."""
        param, groups = self.settings, len(self.fields.sizes)
        doubt = -self.prob[:, 0].reshape(labels.shape)
        kept = np.zeros(labels.shape, bool)
        for start in range(0, len(labels), groups):
            image = slice(start, start + groups)
            objects = np.flatnonzero(labels[image] > 0)
            ground = np.flatnonzero((labels[image] == 0) & (overlap[image] < param.bg_threshold))
            if param.batch_size == -1:
                count = len(objects)
                rest = max(count * param.bg_multiple, param.min_num_neg)
            else:
                share = math.floor(param.batch_size / (1 + param.bg_multiple) + 0.5)
                count = min(share, len(objects))
                rest = param.batch_size - count
            flat = kept[image].reshape(-1)
            flat[self._drawn(objects, count)] = True
            flat[self._mined(ground, rest, doubt[image].reshape(-1))] = True
        return kept

    def _drawn(self, found: NDArray, count: int) -> NDArray:
        if len(found) <= count:
            return found
        return self.rng.choice(found, count, replace=False)

    def _mined(self, ground: NDArray, count: int, doubt: NDArray) -> NDArray:
        """`count` places of the background; of equal doubt the last ones."""
        mining = self.settings.neg_mining_type
        if len(ground) <= count or mining == "random":
            return self._drawn(ground, count)
        hard = count if mining == "bootstrap" else math.floor(count / 2 + 0.5)
        order = ground[np.lexsort((-ground, -doubt[ground]))]
        return np.concatenate([order[:hard], self._drawn(order[hard:], count - hard)])

    def _score_loss(self, labels: NDArray, kept: NDArray) -> float:
        """C; leaves its gradient in self.prob."""
        param = self.settings
        classes = np.minimum(labels, 1) if param.objectness else labels
        weight = self._weights(labels, kept)
        counted = kept if self.ignore_label is None else kept & (classes != self.ignore_label)
        prob = self.prob.reshape(*self.prob.shape[:2], *labels.shape[1:])
        count = max(1, int(np.count_nonzero(counted)))
        item, y, x = np.nonzero(counted)
        place = (item, classes[item, y, x], y, x)
        each = np.log(np.maximum(prob[place], prob.dtype.type(TINY))) * weight[item, y, x]
        prob[place] -= 1
        prob *= (np.where(counted, weight, 0) / count)[:, None]
        return -float(each.sum()) / count

    def _weights(self, labels: NDArray, kept: NDArray) -> NDArray:
        weight = np.ones(labels.shape, self.dtype)
        if self.settings.pos_neg_weighted:
            share, total = 1 / (1 + self.settings.bg_multiple), np.count_nonzero(kept)
            for which, part in ((labels > 0, share), (labels <= 0, 1 - share)):
                weight[which] = part * total / max(1, int(np.count_nonzero(kept & which)))
        return weight

    def _box_loss(self, deltas: NDArray, truth: NDArray, kept: NDArray) -> float:
        """B; leaves its gradient in self.steps."""
        labels = truth[:, 0]
        counted = kept & (labels > 0)
        if self.ignore_label is not None:
            counted &= labels != self.ignore_label
        item, y, x = np.nonzero(counted)
        found = deltas[item, :, y, x]
        if self.bounds is not None:
            np.clip(found, *self.bounds, out=found)
        apart = found - encode(truth[:, 1:5], self.fields)[item, :, y, x]
        count = max(1, apart.size)
        steps = apart
        if self.settings.bbox_loss_type == "Smooth_L1":
            steps = np.clip(apart, -1, 1)
        self.steps = self.scratch("steps", deltas.shape)
        self.steps.fill(0)
        self.steps[item, :, y, x] = steps / count
        # d^2 / 2 within, |d| - 1/2 beyond: s (d - s / 2), s being d, or its sign
        return float((steps * (apart - steps / 2)).sum() / count)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.wants_gradient(propagate_down)
        weight = float(top[0].diff.reshape(-1)[0])
        if propagate_down[0]:
            np.multiply(self.prob.reshape(bottom[0].shape), weight, out=bottom[0].diff)
        if propagate_down[1]:
            scale = weight * self._balance
            np.multiply(self.steps, scale, out=bottom[1].diff)
