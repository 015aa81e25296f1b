"""What the layers behind SSD's predictions share: their shapes, priors and codes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Blobs, Layer
from ...errors import DataError, ShapeError
from ...kernels import boxes
from ...proto import caffe_pb2 as pb

Param = pb.MultiBoxLossParameter | pb.DetectionOutputParameter


class Predictions:
    """Location codes, scores and priors of a batch: bottoms 0, 1 and 2.

    loc (N, P * L * 4), conf (N, P * C), prior (1, 2, 4 P); L is 1 with share_location, else C.
    """

    def __init__(self, layer: Layer, param: Param, in_target: bool) -> None:
        """param: the layer's own message.  in_target: do the codes contain the variance?"""
        self.classes = param.num_classes
        self.shared = param.share_location
        self.code = pb.PriorBoxParameter.CodeType.Name(param.code_type)
        self.in_target = in_target

    def reshape(self, bottom: Blobs) -> None:
        """ShapeError unless the three fit."""
        loc, conf, prior = bottom[:3]
        self._check_priors(prior)
        self.items = loc.shape[0] if loc.shape else 0
        places = 1 if self.shared else self.classes
        for i, (blob, what, each) in enumerate(
            [(loc, "locations", places * 4), (conf, "scores", self.classes)]
        ):
            if not blob.shape or blob.shape[0] != self.items:
                raise ShapeError(
                    f"bottom 0 has shape {loc.shape}, bottom 1 {conf.shape}",
                    "both need the same first axis",
                )
            if blob.count_from(1) != self.priors * each:
                raise ShapeError(
                    f"bottom {i}, the {what}, has {blob.count_from(1)} numbers an item, "
                    f"{self.priors} priors need {self.priors * each}: {each} each",
                    "num_classes, share_location and the prior boxes of each map must fit",
                )

    def _check_priors(self, prior: Blob) -> None:
        if prior.shape[:2] != (1, 2) or prior.count % 8 or not prior.count:
            raise ShapeError(
                f"the priors have shape {prior.shape}",
                "they must be (1, 2, 4 P): P boxes, then their variances",
            )
        self.priors = prior.count // 8

    def read(self, bottom: Blobs) -> None:
        """Take loc (N, P, L, 4), conf (N, P, C), prior (P, 4) and variance (P, 4) from the
        blobs.  DataError for scores that are NaN, and priors without extent where codes are
        relative to it."""
        self.loc = bottom[0].data.reshape(self.items, self.priors, -1, 4)
        self.conf = bottom[1].data.reshape(self.items, self.priors, self.classes)
        self.prior, self.variance = bottom[2].data.reshape(2, self.priors, 4)
        self._check_values()

    def _check_values(self) -> None:
        #: What codes are multiplied by to get boxes.
        self.factor = np.ones_like(self.variance) if self.in_target else self.variance
        if np.isnan(self.conf.min(initial=0)):
            item, prior, label = np.argwhere(np.isnan(self.conf))[0]
            raise DataError(
                f"the score of class {label} for prior {prior} of item {item} is NaN",
                "the layers before it have lost their numbers",
            )
        if self.code != "CORNER":
            good = self.prior[:, 2:] > self.prior[:, :2]
            if not good.all():
                first = int(np.argmin(good.all(axis=1)))
                corners = ", ".join(f"{side:g}" for side in self.prior[first])
                raise DataError(
                    f"prior {first} ({corners}) has no width or height",
                    f"{self.code} codes are relative to it",
                )

    def boxes_of(self, item: int) -> Callable[[NDArray, NDArray], NDArray]:
        """What gives the boxes (M, 4) that are predicted for an item's priors and classes."""

        def some(prior: NDArray, label: NDArray) -> NDArray:
            codes = self.loc[item, prior, 0 if self.shared else label]
            return boxes.decode(self.prior[prior], self.factor[prior], codes, self.code)

        return some

    def boxes(self, item: int) -> NDArray:
        """What is predicted for an item: (P, 4) if shared, else (P, C, 4)."""
        if self.shared:
            return boxes.decode(self.prior, self.factor, self.loc[item, :, 0], self.code)
        return boxes.decode(self.prior[:, None], self.factor[:, None], self.loc[item], self.code)
