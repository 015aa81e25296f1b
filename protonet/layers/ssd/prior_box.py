"""PriorBox: the boxes a detector starts from, around every cell of a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.ranges import Range
from ...core.registry import register
from ...kernels import priors
from ._prior import PriorLayer

#: The min_size whose square is smaller with `tf`.
TF_CUT = 60


@register
class PriorBox(PriorLayer):
    """Lay boxes of several sizes and shapes around every cell of a feature map.

    bottom[0] (N, C, H, W), bottom[1] the image (N, C, IH, IW): only sizes matter ->
    top[0] (1, 2, H W P 4): [0] boxes x1, y1, x2, y2 in fractions of the image, in order of row,
    column and box, [1] a variance for each of these numbers.

    The P boxes around a cell are, for each min_size s: a square of side s; with max_size l a
    square of side sqrt(s l); for each ratio r other than 1 one of s sqrt(r) by s / sqrt(r).
    The ratios are 1, then each aspect_ratio that is new (to 1e-6), and its reciprocal if flip.

        centre = ((column + offset) step_w, (row + offset) step_h)

    prior_box_param: min_size (required, repeated), max_size (none, or one for each min_size and
    larger), in pixels; aspect_ratio; flip (true); clip (false): hold boxes inside the image;
    variance (0.1): one or four; img_size, or img_h and img_w (the image's); step, or step_h and
    step_w (image / map); offset (0.5).

    Of Synopsys' fork, for boxes as TensorFlow makes them: tf (false; true: the square of side
    sqrt(s l) comes last, and one of min_size 60 is a tenth of the image smaller each way);
    yx_order (false; true: y1, x1, y2, x2).

    From SSD (Liu and others, ECCV 2016).  No gradient.  Quirk kept: min_size and max_size are cut
    to whole numbers.
    """

    type = "PriorBox"
    forks = ("ssd", "yolo-eric612", "openvino", "openvino-reid", "intel", "synopsys", "nvidia")
    ranges: ClassVar = {"min_size": Range(1, required=True), **PriorLayer.ranges}

    def sizes(self) -> NDArray:
        param = self.param.prior_box_param
        if param.max_size and len(param.max_size) != len(param.min_size):
            raise self.fault(
                f"max_size is given {len(param.max_size)} times, min_size {len(param.min_size)}",
                "give one for each min_size, or none",
                "max_size",
            )
        for small, large in zip(param.min_size, param.max_size):
            if not large > small:
                raise self.fault(
                    f"max_size {large:g} is not larger than min_size {small:g}",
                    "it must be",
                    "max_size",
                )
        self.check_positive("aspect_ratio", param.aspect_ratio)
        ratios = priors.ratios(param.aspect_ratio, param.flip)
        return priors.sizes(_whole(param.min_size), _whole(param.max_size), ratios, param.tf)

    def sizes_in(self, image: tuple[float, float]) -> NDArray:
        param = self.param.prior_box_param
        found = self.per_cell.copy()
        if param.tf:
            each = np.array(_whole(param.min_size))
            squares = found[:: len(found) // len(each)]
            squares[each == TF_CUT] -= [image[1] / 10, image[0] / 10]
        return found


def _whole(sizes: Sequence[float]) -> list[float]:
    return [float(int(size)) for size in sizes]
