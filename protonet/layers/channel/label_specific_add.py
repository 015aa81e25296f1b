"""LabelSpecificAdd: a margin for the true class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.layer import Blobs, Layer, between, exactly
from ...core.registry import register
from ...errors import ShapeError
from .._index import whole_numbers


@register
class LabelSpecificAdd(Layer):
    """Add a bias to the score of the true class, in training: the margin of AM-Softmax.

    bottom[0] (N, C) scores, bottom[1] (N) labels -> top[0] (N, C): in TRAIN
    x[n, l_n] + bias where that score is above -bias, a copy elsewhere and in TEST.
    top[1] (optional, (1)): the bias.

    Gradient: that of the top, for the scores only.

    label_specific_add_param: bias (0); or bias_base, with which pass k of the training (from
    `iteration` (0) on) has the bias

        bias_base + (1 + bias_gamma k)^bias_power - 1, held in bias_min to bias_max.

    transform_test: as in the fork, TEST copies all the same.  Wang and others, 2018.
    """

    type = "LabelSpecificAdd"
    forks = ("happynear", "openvino", "openvino-reid")
    messages = ("label_specific_add_param",)
    bottoms, tops = exactly(2), between(1, 2)
    in_place = True
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.label_specific_add_param
        self.bias, self.passes = param.bias, param.iteration
        if param.HasField("bias_base") and param.bias_min > param.bias_max:
            raise self.fault(
                f"bias_min {param.bias_min:g} is above bias_max {param.bias_max:g}",
                "give both",
                "bias_min" if param.HasField("bias_min") else "bias_base",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores, labels = bottom[0].shape, bottom[1].shape
        if not scores or bottom[1].count != scores[0]:
            raise ShapeError(
                f"bottom 0 has shape {scores}, bottom 1 {labels}", "one label an item is needed"
            )
        self.view = (scores[0], bottom[0].count_from(1))
        self.items = np.arange(scores[0])
        top[0].reshape(*scores)
        if len(top) > 1:
            top[1].reshape(1)

    def accepts_gradient(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def state(self) -> dict[str, Any] | None:
        return {"passes": self.passes}

    def set_state(self, state: dict[str, Any]) -> None:
        self.passes = state["passes"]

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if top[0] is not bottom[0]:
            np.copyto(top[0].data, bottom[0].data)
        if self.training:
            self._anneal()
            labels = self.scratch("labels", (self.view[0],), np.intp)
            whole_numbers(bottom[1].data.reshape(-1), self.view[1], labels, "label")
            scores = top[0].data.reshape(self.view)
            of_label = scores[self.items, labels]
            scores[self.items, labels] = np.where(
                of_label > -self.bias, of_label + self.bias, of_label
            )
        if len(top) > 1:
            top[1].data[0] = self.bias

    def _anneal(self) -> None:
        param = self.param.label_specific_add_param
        if param.HasField("bias_base"):
            growth = (1 + param.bias_gamma * self.passes) ** param.bias_power
            bias = param.bias_base + growth - 1
            self.bias = max(param.bias_min, min(bias, param.bias_max))
            self.passes += 1

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0] and top[0] is not bottom[0]:
            np.copyto(bottom[0].diff, top[0].diff)
