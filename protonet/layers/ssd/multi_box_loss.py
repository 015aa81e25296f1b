"""MultiBoxLoss: the loss of an SSD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...kernels import boxes, losses
from ...kernels.class_scores import ClassScores, LogisticScores, SoftmaxScores
from ...proto import caffe_pb2 as pb
from .._loss import LossLayer
from .._other_forks import refuse_fields
from ._matcher import Matcher, outside
from ._predictions import Predictions
from ._truth import Truth, read_truth, rows_of

_Param = pb.MultiBoxLossParameter


@register
class MultiBoxLoss(LossLayer):
    """Teach prior boxes to tell what they see and where exactly it is.

    bottom[0] locations (N, P * L * 4), L = 1 if share_location, else num_classes; bottom[1]
    scores (N, P * num_classes), without a Softmax; bottom[2] priors (1, 2, 4 P), boxes and
    variances from PriorBox; bottom[3] ground truth (1, 1, G, 8), rows image, label, instance,
    x1, y1, x2, y2, difficult in fractions of the image, image -1 for none -> top[0] ():

        (loc_weight * sum over matched priors of f(location - encoded truth)
            + sum over chosen priors of the loss of their class) / count

    Matching: each ground truth gets the prior that overlaps it most, largest overlaps first;
    with match_type PER_PREDICTION any other prior that overlaps one by overlap_threshold, too.
    The truth is encoded as the inverse of DetectionOutput's codes.

    Choosing (mining_type): MAX_NEGATIVE, the matched priors and, of those that overlap all
    truths by less than neg_overlap, the neg_pos_ratio times as many whose class loss is
    largest; HARD_EXAMPLE, the sample_size priors with the largest loss of all, only they count,
    matched or not; NONE, all.  With nms_param the candidates are suppressed first, in order of
    their loss (nms_threshold, top_k: 0 if it is not given, so that nothing is left).  An image
    without ground truth counts only with NONE.

    multibox_loss_param: num_classes (required); share_location (true); loc_loss_type (SMOOTH_L1,
    or L2: half the square); conf_loss_type (SOFTMAX; LOGISTIC: a sigmoid for each class);
    loc_weight (1); match_type (PER_PREDICTION, BIPARTITE); overlap_threshold (0.5);
    use_prior_for_matching (true; false: the decoded locations are matched);
    background_label_id (0); use_difficult_gt (true); mining_type (MAX_NEGATIVE), do_neg_mining
    (old, may repeat it), neg_pos_ratio (3), neg_overlap (0.5), sample_size (64), nms_param,
    use_prior_for_nms (false); code_type (CORNER); encode_variance_in_target (false);
    map_object_to_agnostic (false): all objects are of one class;
    ignore_cross_boundary_bbox (false): no match for what leaves the image; bp_inside (false): no
    gradient for sides that do.
    loss_param: normalization, the count: VALID (matched priors), FULL (N P), BATCH_SIZE (N), NONE
    (1), at least 1; normalize, old.
    propagate_down: without it true, true, false, false; what is false is left out of the
    loss, too.

    Quirks kept: with encode_variance_in_target the gradient lacks the factor 1 / variance;
    targets of LOGISTIC are background_label_id, as a number, where they are not 1.
    Deviations: matches never outlive a pass; a ground truth of a wrong image or class is an error.

    From SSD (Liu and others, ECCV 2016).
    """

    type = "MultiBoxLoss"
    forks = ("ssd", "yolo-eric612", "openvino", "intel", "synopsys", "nvidia")
    messages = ("multibox_loss_param", "loss_param")
    ranges: ClassVar = {
        "num_classes": Range(1, required=True),
        "neg_pos_ratio": Range(0),
        "sample_size": Range(1),
    }
    bottoms = exactly(4)
    given = frozenset({2, 3})

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_fields(self, "objectness_score", "ignore_difficult_gt")
        param = self.param.multibox_loss_param
        mined = param.mining_type != _Param.NONE
        if mined and not param.share_location:
            raise self.fault(
                "mining needs share_location", "write mining_type: NONE", "share_location"
            )
        if param.HasField("do_neg_mining") and param.do_neg_mining != mined:
            raise self.fault(
                f"do_neg_mining is {str(param.do_neg_mining).lower()}, mining_type is "
                f"{_Param.MiningType.Name(param.mining_type)}",
                "remove do_neg_mining, it is old",
                "do_neg_mining",
            )
        if param.background_label_id >= param.num_classes:
            raise self.fault(
                f"background_label_id {param.background_label_id} is no class",
                f"give 0 to {param.num_classes - 1}",
                "background_label_id",
            )
        if param.map_object_to_agnostic and (param.num_classes, param.background_label_id) != (
            2,
            0,
        ):
            raise self.fault(
                "map_object_to_agnostic needs two classes, the background being 0",
                "write num_classes: 2",
                "map_object_to_agnostic",
            )
        self.predictions = Predictions(self, param, param.encode_variance_in_target)
        self.matcher = Matcher(param, self.predictions)
        self.mode = self.normalization(pb.LossParameter.VALID)
        self.counts = [*self.param.propagate_down, True, True][:2]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.predictions.reshape(bottom)
        rows_of(bottom[3], 8, "the ground truth, bottom 3,")
        top[0].reshape()

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.predictions.read(bottom)
        truth = self._read_truth(bottom)
        self.matches = self.matcher.match(truth)
        self.distance = self._localise(truth)
        scores = self._scores()
        label = truth.label[self.matches.truth]
        if self.param.multibox_loss_param.mining_type == _Param.NONE:
            self.rows, negative = np.arange(len(scores.x)), np.zeros(0, np.intp)
        else:
            label, negative = self._mine(scores, label)
            self.rows = np.concatenate([self._places, negative])
        conf = scores.loss(self.rows, self._places, label, negative)
        self.delta = scores.delta
        loc = self.param.multibox_loss_param.loc_weight * float(self._location_losses().sum())
        loss = loc * self.counts[0] + conf * self.counts[1]
        top[0].data[...] = loss / self._divisor()

    def _read_truth(self, bottom: Blobs) -> Truth:
        param = self.param.multibox_loss_param
        rows = rows_of(bottom[3], 8, "the ground truth")
        any_label = param.map_object_to_agnostic
        classes = None if any_label else param.num_classes
        truth = read_truth(rows, classes, param.background_label_id, self.predictions.items)
        if any_label:
            truth = truth._replace(label=np.full_like(truth.label, param.background_label_id + 1))
        return truth if param.use_difficult_gt else truth.take(~truth.difficult)

    def _scores(self) -> ClassScores:
        param = self.param.multibox_loss_param
        kind = SoftmaxScores if param.conf_loss_type == _Param.SOFTMAX else LogisticScores
        return kind(self.predictions.conf.reshape(-1, param.num_classes), param.background_label_id)

    @property
    def _places(self) -> NDArray:
        """Where the matched priors stand among those of all items."""
        return self.matches.item * self.predictions.priors + self.matches.prior

    def _localise(self, truth: Truth) -> NDArray:
        """How far the locations of the matched priors are from what they should be -> (M, 4)."""
        given, param = self.predictions, self.param.multibox_loss_param
        item, prior, place, index = self.matches
        prior_box, variance = given.prior[prior], given.variance[prior]
        distance = given.loc[item, prior, place]
        if param.bp_inside:
            seen = prior_box
            if not param.use_prior_for_matching:
                seen = boxes.decode(prior_box, given.factor[prior], distance, given.code)
        if given.in_target:
            distance /= variance
        distance -= boxes.encode(prior_box, variance, truth.box[index], given.code)
        if param.bp_inside:
            distance[outside(seen)] = 0
        return distance

    def _location_losses(self) -> NDArray:
        """Of each matched prior, the sum over its sides -> (M)."""
        d = self.distance
        if self.param.multibox_loss_param.loc_loss_type != _Param.SMOOTH_L1:
            return (d * d / 2).sum(axis=1)
        slope = losses.smooth_l1_slope(d, out=np.empty_like(d))
        return losses.smooth_l1(d, slope, out=np.empty_like(d)).sum(axis=1)

    def _mine(self, scores: ClassScores, label: NDArray) -> tuple[NDArray, NDArray]:
        """Leave only the matches that count; their labels, and where the negatives stand."""
        param = self.param.multibox_loss_param
        every = np.full(len(scores.x), param.background_label_id)
        every[self._places] = label
        loss = scores.each(every)
        if param.mining_type == _Param.HARD_EXAMPLE:
            loss[self._places] += self._location_losses()
        positive, negative = self.matcher.mine(loss.reshape(self.predictions.conf.shape[:2]))
        kept = positive.reshape(-1)[self._places]
        self.matches, self.distance = self.matches.take(kept), self.distance[kept]
        return label[kept], np.flatnonzero(negative)

    def _divisor(self) -> int:
        given, modes = self.predictions, pb.LossParameter
        count = {
            modes.FULL: given.items * given.priors,
            modes.VALID: len(self.matches.item),
            modes.BATCH_SIZE: given.items,
            modes.NONE: 1,
        }[self.mode]
        return max(1, count)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.wants_gradient(propagate_down)
        param, scale = self.param.multibox_loss_param, self.loss_gradient(top) / self._divisor()
        if propagate_down[0]:
            grad = self.distance
            if param.loc_loss_type == _Param.SMOOTH_L1:
                grad = losses.smooth_l1_slope(grad, out=np.empty_like(grad))
            dloc = bottom[0].diff
            dloc.fill(0)
            item, prior, place, _ = self.matches
            dloc.reshape(self.predictions.loc.shape)[item, prior, place] = grad * (
                scale * param.loc_weight
            )
        if propagate_down[1]:
            dconf = bottom[1].diff
            dconf.fill(0)
            dconf.reshape(-1, param.num_classes)[self.rows] = self.delta * scale
