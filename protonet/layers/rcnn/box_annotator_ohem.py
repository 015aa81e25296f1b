"""BoxAnnotatorOHEM: which regions are hard enough to be learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...errors import DataError, ShapeError
from ...kernels import mining


@register
class BoxAnnotatorOHEM(Layer):
    """Keep labels and weights of the regions with the largest loss: online hard example mining.

    bottom[0] regions (R, 5, ...), bottom[1] losses (R, 1, H, W), bottom[2] labels of that shape,
    bottom[3] weights (R, K, H, W) -> top[0] labels, top[1] weights.

    Of the positions of one image (the regions' first column) the roi_per_img with the largest
    loss keep what they have; the others get ignore_label and weights 0.  Of equal losses the
    first ones stay.

    Gradient: none; where one is asked for, it is 0.

    box_annotator_ohem_param: roi_per_img (needed), ignore_label (-1).

    R-FCN (Dai, Li, He, Sun 2016; Shrivastava, Gupta, Girshick 2016).  Deviation: a loss that is
    NaN is an error.
    """

    type = "BoxAnnotatorOHEM"
    forks = ("r-fcn",)
    messages = ("box_annotator_ohem_param",)
    ranges: ClassVar = {"roi_per_img": Range(1)}
    bottoms = exactly(4)
    tops = exactly(2)
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if not self.param.HasField("box_annotator_ohem_param"):
            raise self.fault("box_annotator_ohem_param is missing", "give roi_per_img")

    def accepts_gradient(self, bottom_index: int) -> bool:
        return False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        rois, loss, labels, weights = bottom
        if len(rois.shape) < 2 or rois.shape[1] < 1:
            raise ShapeError(f"bottom 0 has shape {rois.shape}, regions are rows of 5")
        for i, blob in ((1, loss), (2, labels), (3, weights)):
            if blob.shape[:1] != rois.shape[:1] or blob.shape[2:] != loss.shape[2:]:
                raise ShapeError(
                    f"bottom {i} has shape {blob.shape}, the regions {rois.shape} and the losses "
                    f"{loss.shape}",
                    "all but the regions need the same places, and all the same first axis",
                )
        if loss.count != loss.shape[0] * loss.count_from(2) or labels.count != loss.count:
            raise ShapeError(
                f"the losses have shape {loss.shape}, the labels {labels.shape}",
                "there must be one of each for each place",
            )
        top[0].reshape(*labels.shape)
        top[1].reshape(*weights.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        rois, loss, labels, weights = (blob.data for blob in bottom)
        items, settings = len(rois), self.param.box_annotator_ohem_param
        each = loss.reshape(items, -1)
        if np.isnan(each).any():
            at = int(np.argmax(np.isnan(each).any(axis=1)))
            raise DataError(f"the loss of region {at} is NaN", "look at what makes bottom 1")
        images = np.repeat(rois.reshape(items, -1)[:, 0], each.shape[1])
        kept = mining.largest_of_each(each.reshape(-1), images, settings.roi_per_img)
        kept = kept.reshape(each.shape)
        np.copyto(top[0].data, labels)
        top[0].data.reshape(each.shape)[~kept] = settings.ignore_label
        shape = (items, -1, each.shape[1]) if each.size else (items, *weights.shape[1:2], 0)
        np.multiply(weights.reshape(shape), kept[:, None], out=top[1].data.reshape(shape))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down):
            if wanted:
                blob.diff.fill(0)
