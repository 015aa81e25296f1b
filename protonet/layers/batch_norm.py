"""BatchNorm: zero mean and unit variance per channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from ..core.layer import Blobs, Layer
from ..core.ranges import Range
from ..core.registry import register
from ..errors import NetError, ShapeError
from ..kernels import affine, norm
from ..proto import caffe_pb2 as pb


@register
class BatchNorm(Layer):
    """Normalise each channel by the mean and variance of the batch, or of all batches so far.

    bottom[0] (N, C, ...) -> top[0] of the same shape, y = (x - mean) / sqrt(var + eps), var
    biased.  A Scale layer with bias_term after it supplies the learnt factor and offset.

    batch_norm_param: use_global_stats (the stored statistics; by default in TEST, and those of
    the batch in TRAIN); moving_average_fraction f (0.999); eps (1e-5).
    Blobs, which a solver leaves alone (their lr_mult is set to 0): [0] sum of means (C),
    [1] sum of variances (C), [2] sum of weights s (1).  Each pass with the statistics of a
    batch, in TEST too, does s <- f s + 1, [0] <- f [0] + mean, [1] <- f [1] + m / (m - 1) var,
    m the values per channel.  The stored statistics are [0] / s and [1] / s, zero if s is 0.

    Synopsys' fork: add_eps_before_sqrt (true); false: y = (x - mean) / (sqrt(var) + eps); its
    gradient through the statistics of the batch is as if eps were 0 there.

    Intel's fork: stats_batch_size n, or the net's bn_stats_batch_size (0: off): in TRAIN every n
    items of a batch have statistics of their own, and add to the blobs one after the other.
    filler is what MKL's BatchNorm learns when the Scale layer behind it is taken into it; here
    that layer does it, and must be there.

    NVIDIA's fork, with scale_bias: true, scale_filler or bias_filler, or weights of 5 blobs: y is
    multiplied by [3] (C), filled with 1, and [4] (C) is added, filled with 0; both are learnt.
    [0] is the mean, [1] the variance *with eps in it* (1e-5 at least), and [2] (C) stays 1 and is
    not read.  The first two batches since the net was built are copied to [0] and [1], those after
    them go in as [0] <- f [0] + (1 - f) mean; in TEST nothing does.
    """

    type = "BatchNorm"
    messages = ("batch_norm_param",)
    ranges: ClassVar = {"eps": Range(0)}
    in_place = True
    keeps_statistics = True
    # The normalised values are kept: what follows BatchNorm mostly works in place.
    backward_reads = frozenset()
    serves = frozenset(
        f"BatchNormParameter.{field}"
        for field in (
            *("scale_bias", "scale_filler", "bias_filler"),
            *("add_eps_before_sqrt", "stats_batch_size", "filler"),
        )
    )

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.batch_norm_param
        if len(bottom[0].shape) < 2:
            raise ShapeError(
                f"the bottom has shape {bottom[0].shape}",
                "at least two axes are needed: items and channels",
            )
        self.global_stats = (
            param.use_global_stats if param.HasField("use_global_stats") else not self.training
        )
        channels = bottom[0].shape[1]
        if param.HasField("filler"):
            self._look_for_scale()
        self.scaled = (
            param.scale_bias
            or param.HasField("scale_filler")
            or (param.HasField("bias_filler") and not param.HasField("filler"))
            or self.context.blob_count(self.name) == 5
        )
        if not param.add_eps_before_sqrt and not self.global_stats:
            self.no_derivative = "through the statistics it is as if eps were 0"
        if self.scaled and not param.add_eps_before_sqrt:
            what = "add_eps_before_sqrt: false is given for a BatchNorm that scales"
            raise self.fault(what, "remove one of the two", "add_eps_before_sqrt")
        for count in (channels, channels, channels if self.scaled else 1):
            self.add_blob((count,))
        if self.scaled:
            self._add_learnt(channels)
        self._hold_rates()

    def _look_for_scale(self) -> None:
        """PrototxtError unless a Scale layer reads the top: it learns what filler is for."""
        layers = self.context.net.layer if self.context.net is not None else ()
        if not any(other.type == "Scale" and self.param.top[0] in other.bottom for other in layers):
            what = "filler is given, but no Scale layer follows"
            raise self.fault(what, "add one: BatchNorm itself learns no factor", "filler")

    def _add_learnt(self, channels: int) -> None:
        param = self.param.batch_norm_param
        self.blobs[2].data.fill(1)
        self.passes = 0
        one = pb.FillerParameter(type="constant", value=1)
        self.add_blob((channels,), param.scale_filler if param.HasField("scale_filler") else one)
        self.add_blob((channels,), param.bias_filler)

    def _hold_rates(self) -> None:
        """Three `param` entries with lr_mult 0: statistics are not learnt by gradient."""
        if self.scaled:
            while len(self.param.param) < 3:
                self.param.param.add()
            for entry in self.param.param[:3]:
                entry.lr_mult = entry.decay_mult = 0
            return
        entries = self.param.param
        # Old files declare all three, with rates; Caffe drops these in silence.
        if len(entries) != 3 and any(entry.lr_mult != 0 for entry in entries):
            raise NetError(
                "a learning rate is given for a statistic",
                "set lr_mult: 0 or leave `param` out",
                field="param",
            )
        while len(entries) < 3:
            entries.add()
        for entry in entries:
            entry.lr_mult = 0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if shape[1:2] != self.blobs[0].shape:
            raise ShapeError(
                f"the bottom has shape {shape}, the statistics are for "
                f"{self.blobs[0].shape[0]} channels",
                "channels cannot change",
            )
        #: (N, C, values of a channel in one item).
        self.view = (shape[0], shape[1], bottom[0].count_from(2))
        self.group = self._group_size(shape[0])
        top[0].reshape(*shape)

    def _group_size(self, items: int) -> int:
        """Items that have statistics in common."""
        net, size = self.context.net, self.param.batch_norm_param.stats_batch_size
        if net is not None and net.bn_stats_batch_size:
            size = net.bn_stats_batch_size
        if not size or self.global_stats or self.scaled:
            return max(1, items)
        if items % size:
            raise ShapeError(
                f"{items} items are no multiple of the {size} that statistics are made of",
                "give another batch_size or stats_batch_size",
                field="batch_norm_param.stats_batch_size",
            )
        return size

    def _groups(self, *arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        """The inverse deviations and the parts of the arrays of each group of items."""
        inv_std = self.inv_std()
        for i, start in enumerate(range(0, self.view[0], self.group)):
            yield inv_std[i], *(array[start : start + self.group] for array in arrays)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(self.view), top[0].data.reshape(self.view)
        mean = self.scratch("mean", x.shape[1:2])
        if self.scaled:
            self._scaled_forward(x, y, mean, self.inv_std()[0])
        elif self.global_stats:
            weight, var = self.blobs[2].data[0], self.inv_std()[0]
            share = 1 / weight if weight != 0 else weight
            np.multiply(self.blobs[0].data, share, out=mean)
            np.multiply(self.blobs[1].data, share, out=var)
            self._invert(var)
            norm.normalise(x, mean, var, y, None)
        else:
            kept = self.normalised()
            for var, part, out, keep in self._groups(x, y, kept):
                norm.moments(part, mean, var)
                self.accumulate(mean, var, part.shape[0] * part.shape[2])
                self._invert(var)
                norm.normalise(part, mean, var, out, keep)

    def _invert(self, var: np.ndarray) -> None:
        """var becomes 1 over the deviation."""
        param = self.param.batch_norm_param
        if param.add_eps_before_sqrt:
            np.add(var, param.eps, out=var)
        np.sqrt(var, out=var)
        if not param.add_eps_before_sqrt:
            np.add(var, param.eps, out=var)
        np.reciprocal(var, out=var)

    def _scaled_forward(
        self, x: np.ndarray, y: np.ndarray, mean: np.ndarray, var: np.ndarray
    ) -> None:
        stored = [self.blobs[0].data, self.blobs[1].data]
        if self.global_stats:
            np.copyto(mean, stored[0])
            np.copyto(var, stored[1])
        else:
            norm.moments(x, mean, var)
            var += max(self.param.batch_norm_param.eps, 1e-5)
            share = self.param.batch_norm_param.moving_average_fraction if self.passes > 1 else 0
            for old, new in zip(stored, (mean, var)):
                np.multiply(old, share, out=old)
                np.add(old, (1 - share) * new, out=old)
            self.passes += 1
        np.sqrt(var, out=var)
        np.reciprocal(var, out=var)
        keep = self.normalised() if self.needs_backward else None
        norm.normalise(x, mean, var, y, keep)
        affine.scale_shift(y, self.blobs[3].data, self.blobs[4].data, y)

    def _scaled_backward(self, dy: np.ndarray, dx: np.ndarray | None) -> None:
        normalised, inv_std = self.normalised(), self.inv_std()[0]
        for index, other in ((3, normalised), (4, None)):
            if self.param_propagate_down[index]:
                affine.add_sums([(dy, other)], [self.blobs[index].diff])
        if dx is None:
            return
        affine.scale_shift(dy, self.blobs[3].data, None, dx)
        if self.global_stats:
            affine.scale_shift(dx, inv_std, None, dx)
        else:
            norm.normalise_backward(dx, normalised, inv_std, dx)

    def state(self) -> dict[str, Any] | None:
        """How many batches the statistics have seen, for a snapshot; NVIDIA's only."""
        return {"passes": self.passes} if self.scaled else None

    def set_state(self, state: dict[str, Any]) -> None:
        self.passes = int(state["passes"])

    @property
    def of_one_batch(self) -> bool:
        """Are the statistics those of the whole batch, and is nothing else done to it?"""
        net, param = self.context.net, self.param.batch_norm_param
        grouped = param.stats_batch_size or (net is not None and net.bn_stats_batch_size)
        return not (self.global_stats or self.scaled or grouped or not param.add_eps_before_sqrt)

    def normalised(self) -> np.ndarray:
        """The values before a factor, of the last pass with the statistics of a batch."""
        return self.scratch("normalised", self.view)

    def inv_std(self) -> np.ndarray:
        """1 over the deviation, of each group of items, (groups, C)."""
        groups = 1 if self.global_stats else -(-self.view[0] // self.group)
        return self.scratch("inv_std", (max(1, groups), self.view[1]))

    def accumulate(self, mean: np.ndarray, var: np.ndarray, m: int) -> None:
        """Add the statistics of m values a channel to the blobs."""
        sums = [blob.data for blob in self.blobs]
        news: list[np.ndarray | int] = [mean, m / max(1, m - 1) * var, 1]
        for total, value in zip(sums, news):
            np.multiply(total, self.param.batch_norm_param.moving_average_fraction, out=total)
            np.add(total, value, out=total)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self.scaled:
            dx = bottom[0].diff.reshape(self.view) if propagate_down[0] else None
            self._scaled_backward(top[0].diff.reshape(self.view), dx)
            return
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff.reshape(self.view), bottom[0].diff.reshape(self.view)
        if self.global_stats:
            affine.scale_shift(dy, self.inv_std()[0], None, dx)
            return
        kept = self.normalised()
        for inv_std, part, keep, out in self._groups(dy, kept, dx):
            norm.normalise_backward(part, keep, inv_std, out)
