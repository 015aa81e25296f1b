"""RoIDataLayer of Fast and Faster R-CNN, which cannot run here, but can be looked at."""

from __future__ import annotations

from ...core.layer import Blobs
from ...errors import DataError
from ..python import built_in
from ._built_in import BuiltIn


@built_in("roi_data_layer.layer")
class RoIDataLayer(BuiltIn):
    """Images with their boxes, from a dataset object that only a program has.

    With three tops, or HAS_RPN: data (1, 3, H, W), image (1, 3), true boxes (1, 5).  Else data
    (IMS_PER_BATCH, 3, H, W), regions (1, 5), labels (1)[, targets, inside and outside weights
    (1, 4 num_classes)].  H is the longest of SCALES, W MAX_SIZE, unless --shape gives others.
    """

    arity = (0,), (3, 6)
    own = ("num_classes",)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        size = int(max(self.setting("SCALES", "TRAIN"))), self.setting("MAX_SIZE", "TRAIN")
        proposing = len(top) == 3 and self.setting("HAS_RPN", "TRAIN") is not None
        shapes: list[tuple[int, ...]]
        if proposing:
            shapes = [(1, 3, *size), (1, 3), (1, 5)]
        else:
            columns = 4 * int(self.number("num_classes"))
            images = self.setting("IMS_PER_BATCH", "TRAIN")
            shapes = [(images, 3, *size), (1, 5), (1,), *[(1, columns)] * 3]
        for name, blob, shape in zip(self.layer.param.top, top, shapes):
            blob.reshape(*self.context.shapes.get(name, shape))

    def reshape(self, bottom: Blobs, top: Blobs) -> None: ...

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        names = " and ".join(f"'{name}'" for name in self.layer.param.top)
        raise DataError(
            "its images and boxes come from a dataset object of py-faster-rcnn's (imdb, roidb)",
            f"let Input layers make {names} and fill them from a program, or put "
            "py-faster-rcnn's lib on PYTHONPATH and use --allow-python",
        )
