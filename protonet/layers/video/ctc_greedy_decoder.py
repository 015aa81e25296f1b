"""CTCGreedyDecoder: the most likely label of each step, blanks and repeats left out."""

from __future__ import annotations

import numpy as np

from ...core.layer import Blobs, Layer, between
from ...core.registry import register
from ...errors import NetError, ShapeError
from ...kernels import ctc


@register
class CTCGreedyDecoder(Layer):
    """Read sequences of labels out of scores for each step, as trained by CTC.

    bottom[0] (T, N, C) scores, bottom[1] (T, N) marks, maybe bottom[2] (T, N) the right labels,
    ended by one below 0 -> top[0] (N, T, 1, 1) labels, -1 behind the end; maybe top[1]
    (N, 1, 1, 1): minus the sum of the largest scores; with bottom[2] the last top, (1, 1, 1, 1),
    is the fraction of sequences found.

    Of each step the largest score counts, the first of equal ones.  Blanks are dropped, and a
    label that repeats that of the step before is, too.  A sequence ends before the first mark of 0
    behind the first step.

    ctc_decoder_param: blank_index (-1: the last class); ctc_merge_repeated (true).

    Source: Graves et al. 2006.  Fork: openvino.  Quirk kept: right labels that the sequence found
    only begins with count as found.  No gradient.
    """

    type = "CTCGreedyDecoder"
    forks = ("openvino", "openvino-reid")
    messages = ("ctc_decoder_param",)
    bottoms = between(2, 3)
    tops = between(1, 3)
    has_backward = False
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if len(top) > len(bottom):
            raise NetError(
                f"{len(top)} tops for {len(bottom)} bottoms",
                "the third top needs the right labels as third bottom",
            )
        self.measures = len(bottom) == 3 and len(top) > 1
        self.scores = len(top) - self.measures > 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 3:
            raise ShapeError(f"{shape} does not have the three axes T, N, C")
        for i, blob in enumerate(bottom[1:], 1):
            if blob.shape != shape[:2]:
                raise ShapeError(f"bottom {i} has shape {blob.shape}, bottom 0 {shape}: not (T, N)")
        steps, items, classes = shape
        blank = self.param.ctc_decoder_param.blank_index
        self.blank = classes + blank if blank < 0 else blank
        if not 0 <= self.blank < classes:
            raise self.fault(
                f"blank_index is {blank}, there are {classes} classes",
                f"give 0 to {classes - 1}, or -1 for the last",
                "blank_index",
            )
        top[0].reshape(items, steps, 1, 1)
        if self.scores:
            top[1].reshape(items, 1, 1, 1)
        if self.measures:
            top[-1].reshape(1, 1, 1, 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        merge = self.param.ctc_decoder_param.ctc_merge_repeated
        labels, score = ctc.greedy(bottom[0].data, bottom[1].data, self.blank, merge)
        top[0].data[:, :, 0, 0] = labels
        if self.scores:
            top[1].data[:, 0, 0, 0] = -score
        if self.measures:
            found = ctc.begins_with(labels, bottom[2].data.T)
            top[-1].data[...] = np.count_nonzero(found) / max(1, len(found))
