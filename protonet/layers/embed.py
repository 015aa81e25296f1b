"""Embed: a learnt vector for each index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..kernels import rows
from ._index import no_gradient, whole_numbers


@register
class Embed(Layer):
    """Look up a row of a matrix for each index: an InnerProduct with one-hot vectors.

    bottom[0] (any shape) indices 0 .. input_dim-1 -> top[0] (shape..., num_output),
    y[i] = W[x[i]] + b.

    embed_param: num_output, input_dim, weight_filler, bias_term (true), bias_filler.
    Blobs: [0] W (input_dim, num_output), [1] b (num_output).

    Unlike Caffe's, an index out of range or with a fraction is an error.
    """

    type = "Embed"
    messages = ("embed_param",)
    ranges: ClassVar = {"num_output": Range(1, required=True), "input_dim": Range(1, required=True)}
    backward_reads = frozenset()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.embed_param
        self.add_blob((param.input_dim, param.num_output), param.weight_filler)
        if param.bias_term:
            self.add_blob((param.num_output,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*bottom[0].shape, self.param.embed_param.num_output)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        weight, index = self.blobs[0].data, self._index(bottom)
        whole_numbers(bottom[0].data.reshape(-1), len(weight), index, "the index")
        y = top[0].data.reshape(index.size, weight.shape[1])
        rows.pick(weight, index, y)
        if len(self.blobs) > 1:
            np.add(y, self.blobs[1].data, out=y)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            raise no_gradient("the indices")
        index = self._index(bottom)
        dy = top[0].diff.reshape(index.size, self.blobs[0].shape[1])
        if self.param_propagate_down[0]:
            rows.add_at(dy, index, self.blobs[0].diff, self.scratch("sorted", dy.shape))
        if len(self.blobs) > 1 and self.param_propagate_down[1]:
            db = self.blobs[1].diff
            np.add(db, np.add.reduce(dy, axis=0), out=db)

    def _index(self, bottom: Blobs) -> np.ndarray:
        return self.scratch("index", (bottom[0].count,), np.intp)
