"""What loss layers share: a scalar top, labels without a gradient, and the divisor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..core.layer import Blobs, Layer, between, exactly
from ..errors import NetError, ShapeError
from ..kernels.softmax import softmax
from ..proto import caffe_pb2 as pb
from ._classes import ClassLabels, class_view

#: A field and a value of forks that give the divisor itself: see `LossLayer.divisor`.
PRE_FIXED = frozenset(
    {"LossParameter.NormalizationMode.PRE_FIXED", "LossParameter.pre_fixed_normalizer"}
)


class LossLayer(Layer):
    """Base of the losses: bottoms -> top[0] (), one number.

    The net writes the layer's loss_weight into top[0].diff, so `loss_gradient` is the
    derivative of the whole net's loss by this one, and every gradient is scaled by it.
    """

    bottoms = exactly(2)
    tops = exactly(1)
    default_loss_weight = 1.0
    auto_top = True
    backward_reads = frozenset()
    #: Bottoms that are given, such as labels: no gradient flows into them.
    given: ClassVar[frozenset[int]] = frozenset({1})

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index not in self.given

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        first, second = bottom[0].shape, bottom[1].shape
        if not first or not second or first[0] != second[0]:
            raise ShapeError(
                f"bottom 0 has shape {first}, bottom 1 {second}", "both need the same first axis"
            )
        top[0].reshape()

    def wants_gradient(self, propagate_down: Sequence[bool]) -> bool:
        """Whether bottom 0 is to get its gradient.  NetError if a label is."""
        for i in sorted(self.given):
            if i < len(propagate_down) and propagate_down[i]:
                raise NetError(
                    f"bottom {i} has no gradient, it is given and not learnt",
                    "set propagate_down: false for it, or let no learnable layer make it",
                    field="propagate_down",
                )
        return propagate_down[0]

    @staticmethod
    def loss_gradient(top: Blobs) -> float:
        return float(top[0].diff.item())

    @property
    def ignore_label(self) -> int | None:
        param = self.param.loss_param
        return param.ignore_label if param.HasField("ignore_label") else None

    def normalization(self, default: int) -> int:
        """The mode that loss_param asks for; the old `normalize` counts if it stands alone."""
        param = self.param.loss_param
        if param.HasField("normalization"):
            if param.normalization == pb.LossParameter.PRE_FIXED:
                self.check_divisor()
            return param.normalization
        if param.HasField("normalize"):
            return pb.LossParameter.VALID if param.normalize else pb.LossParameter.BATCH_SIZE
        return default

    def check_divisor(self) -> None:
        """PrototxtError for a given divisor that is not above 0."""
        fixed = self.param.loss_param.pre_fixed_normalizer
        if not fixed > 0:
            raise self.fault(
                f"pre_fixed_normalizer is {fixed:g}",
                "it must be above 0",
                "loss_param.pre_fixed_normalizer",
            )

    def divisor(self, mode: int, outer: int, inner: int, ignored: NDArray | None = None) -> float:
        """What the sum of a loss over outer * inner places is divided by.

        VALID: the places not ignored; FULL: all; BATCH_SIZE: outer; NONE: 1.  Never less than
        1, but for PRE_FIXED (forks): loss_param.pre_fixed_normalizer.
        """
        if mode == pb.LossParameter.PRE_FIXED:
            return self.param.loss_param.pre_fixed_normalizer
        places = outer * inner
        count = {
            pb.LossParameter.FULL: places,
            pb.LossParameter.VALID: places - (0 if ignored is None else np.count_nonzero(ignored)),
            pb.LossParameter.BATCH_SIZE: outer,
            pb.LossParameter.NONE: 1,
        }[mode]
        return max(1, int(count))


class DistanceLoss(LossLayer):
    """Base of the losses of a - b, value by value, over the number of items: both may learn."""

    given = frozenset()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count != bottom[1].count:
            raise ShapeError(
                f"bottom 0 has shape {bottom[0].shape}, bottom 1 {bottom[1].shape}",
                "both need as many values",
            )

    def send_back(
        self, slope: NDArray, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs
    ) -> None:
        """The diffs of both bottoms; slope (count): the loss of a value derived by a - b."""
        scale = self.loss_gradient(top) / max(1, bottom[0].shape[0])
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1)):
            if wanted:
                np.multiply(slope, sign * scale, out=blob.diff.reshape(-1))


class SoftmaxLossLayer(LossLayer):
    """Base of the losses that turn scores into probabilities first.

    bottom[0] scores, bottom[1] labels -> top[0] (), top[1] (optional) the probabilities, of
    bottom[0]'s shape and without a gradient of their own.
    """

    tops = between(1, 2)
    serves = PRE_FIXED
    #: The parameter message that holds the class axis.
    axis_message: ClassVar[str]

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if len(top) == 2 and len(self.param.loss_weight) != 2:
            # One weight, given or by default, would stand for both tops.
            raise NetError("two tops need two loss weights", "write loss_weight: 1 loss_weight: 0")
        self.labels = ClassLabels(self, self.ignore_label, "loss_param.ignore_label")
        self.mode = self.normalization(pb.LossParameter.VALID)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        axis = getattr(self.param, self.axis_message).axis
        self.view = class_view(bottom[0], axis, f"{self.axis_message}.axis")
        self.labels.reshape(self.view, bottom[0], bottom[1])
        if len(top) > 1:
            top[1].reshape(*bottom[0].shape)

    def classify(self, bottom: Blobs, top: Blobs) -> None:
        """Make what the loss and its gradient need: labels, divisor, prob."""
        self.labels.read(bottom[1])
        outer, _, inner = self.view
        self.count = self.divisor(self.mode, outer, inner, self.labels.ignored)
        self.prob = self.scratch("prob", self.view)
        softmax(bottom[0].data.reshape(self.view), out=self.prob)
        if len(top) > 1:
            np.copyto(top[1].data, self.prob.reshape(top[1].shape))
