"""What PriorBox and PriorBoxClustered share: everything but the sizes of the boxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...errors import ShapeError
from ...kernels import priors
from .._other_forks import refuse_fields


class PriorLayer(Layer):
    """bottom[0] a feature map, bottom[1] the image -> top[0] (1, 2, H W P 4)."""

    messages = ("prior_box_param",)
    ranges: ClassVar = {"img_size": Range(1), "img_h": Range(1), "img_w": Range(1)}
    bottoms = exactly(2)
    has_backward = False
    backward_reads = frozenset()

    def sizes(self) -> NDArray:
        """Width and height of the boxes around each cell, in pixels -> (P, 2)."""
        raise NotImplementedError

    #: Fields of PriorBoxParameter that it cannot read.
    others: ClassVar[tuple[str, ...]] = ("faceboxes", "box_width", "box_height", "keras")

    def sizes_in(self, image: tuple[float, float]) -> NDArray:
        """`sizes`, for an image of this height and width."""
        return self.per_cell

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_fields(self, *self.others)
        param: Any = self.param.prior_box_param
        for field in ("step", "step_h", "step_w"):
            if param.HasField(field):
                self.check_positive(field, [getattr(param, field)])
        self.image = self._pair("img_size", "img_h", "img_w")
        self.step = self._pair("step", "step_h", "step_w")
        self.check_positive("variance", param.variance)
        if len(param.variance) not in (0, 1, 4):
            raise self.fault(
                f"variance is given {len(param.variance)} times",
                "give none, one for all sides, or four",
                "variance",
            )
        self.per_cell = self.sizes()
        self._made_for: list[tuple[int, int]] = []

    def check_positive(self, field: str, values: Iterable[float]) -> None:
        for value in values:
            if not value > 0:
                raise self.fault(f"{field} is {value:g}", "it must be above 0", field)

    def _pair(self, both: str, *each: str) -> tuple[float, float] | None:
        """Height and width of a setting that is given for both at once or for each."""
        param: Any = self.param.prior_box_param
        given = [name for name in each if param.HasField(name)]
        if not given:
            value = getattr(param, both)
            return (value, value) if param.HasField(both) else None
        if param.HasField(both):
            raise self.fault(f"{both} and {' and '.join(given)} are both given", "keep one", both)
        if len(given) < len(each):
            missing = " and ".join(name for name in each if name not in given)
            raise self.fault(f"{given[0]} is given without {missing}", "give both", given[0])
        return getattr(param, each[0]), getattr(param, each[1])

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for i, blob in enumerate(bottom):
            if len(blob.shape) != 4 or not all(blob.shape[2:]):
                raise ShapeError(f"bottom {i} has shape {blob.shape}", "a map N, C, H, W is needed")
        shapes = [(blob.height, blob.width) for blob in bottom]
        top[0].reshape(1, 2, shapes[0][0] * shapes[0][1] * len(self.per_cell) * 4)
        if shapes != self._made_for:
            self._made_for = shapes
            self._make(*shapes)

    def _make(self, cells: tuple[int, int], data: tuple[int, int]) -> None:
        """Boxes and variances, which depend on nothing but the shapes."""
        param = self.param.prior_box_param
        image = self.image or data
        step = self.step or (image[0] / cells[0], image[1] / cells[1])
        sizes = self.sizes_in(image)
        boxes = priors.boxes(sizes, cells, image, step, param.offset, param.clip)
        if param.yx_order:
            boxes = boxes[..., [1, 0, 3, 2]]
        variance = np.resize(np.array(param.variance or [0.1]), boxes.shape)
        self._values = np.stack([boxes.reshape(-1), variance.reshape(-1)]).astype(self.dtype)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data[0], self._values)
