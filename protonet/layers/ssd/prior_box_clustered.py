"""PriorBoxClustered: prior boxes whose widths and heights are listed."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.ranges import Range
from ...core.registry import register
from ._prior import PriorLayer


@register
class PriorBoxClustered(PriorLayer):
    """Lay boxes of listed widths and heights around every cell of a feature map.

    bottom[0] (N, C, H, W), bottom[1] the image (N, C, IH, IW): only sizes matter ->
    top[0] (1, 2, H W P 4): [0] boxes x1, y1, x2, y2 in fractions of the image, in order of row,
    column and box, [1] a variance for each of these numbers.  P is the number of widths.

        centre = ((column + offset) step_w, (row + offset) step_h)

    prior_box_param: width, height (required, repeated, as many), in pixels; clip (false): hold
    boxes inside the image; variance (0.1): one or four; img_size, or img_h and img_w (the
    image's); step, or step_h and step_w (image / map); offset (0.5).

    From OpenVINO's training toolbox; the sizes come from clustering the boxes of a data set.  No
    gradient.
    """

    type = "PriorBoxClustered"
    forks = ("openvino", "openvino-reid")
    ranges: ClassVar = {
        "width": Range(0, required=True),
        "height": Range(0, required=True),
        **PriorLayer.ranges,
    }

    others = (*PriorLayer.others, "tf", "yx_order")

    def sizes(self) -> NDArray:
        param = self.param.prior_box_param
        if len(param.width) != len(param.height):
            raise self.fault(
                f"width is given {len(param.width)} times, height {len(param.height)}",
                "a box needs both",
                "height",
            )
        self.check_positive("width", param.width)
        self.check_positive("height", param.height)
        return np.array([param.width, param.height], float).T
