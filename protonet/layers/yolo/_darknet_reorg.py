"""darknet_reorg of module yolov2: Darknet's Reorg with stride 2, as Synopsys' nets name it."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.layer import Blobs
from ...kernels import reorg
from .._stand_in import StandIn
from ..python import built_in

STRIDE = 2


@built_in("yolov2")
class darknet_reorg(StandIn):
    """bottom[0] (N, C, H, W) -> top[0] (N, 4 C, H / 2, W / 2), in the order of Reorg.

    Gradient: the inverse permutation; the module itself has none.
    """

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*reorg.reorganised_shape(bottom[0].shape, STRIDE))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        reorg.move(bottom[0].data, top[0].data, bottom[0].shape, STRIDE, spread=False)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            reorg.move(top[0].diff, bottom[0].diff, bottom[0].shape, STRIDE, spread=True)
