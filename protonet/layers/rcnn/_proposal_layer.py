"""ProposalLayer of Faster R-CNN, which its nets name as a Python layer."""

from __future__ import annotations

import numpy as np

from ...core.context import TRAIN
from ...core.layer import Blobs
from ...kernels import anchors, boxes
from ..python import built_in
from ._built_in import BuiltIn
from .proposal import check_maps, image_info, moved_anchors, write_regions


@built_in("rpn.proposal_layer")
class ProposalLayer(BuiltIn):
    """The best boxes that a region proposal network found in one image.

    bottoms scores (1, 2A, H, W), deltas (1, 4A, H, W), image (1, 3): height, width, scale
    -> top[0] regions (R, 5) of image 0, top[1] (optional) scores (R, 1).

    As the type Proposal, but: boxes with a side below RPN_MIN_SIZE * scale are removed; equal
    scores stay in their order.  Settings RPN_PRE_NMS_TOP_N, RPN_POST_NMS_TOP_N (0: all),
    RPN_NMS_THRESH, RPN_MIN_SIZE of the layer's phase; in TRAIN, R-FCN's RPN_NORMALIZE_TARGETS:
    deltas times RPN_NORMALIZE_STDS, plus RPN_NORMALIZE_MEANS.
    """

    arity = (3,), (1, 2)
    own = ("feat_stride", "scales", "ratios", "base_size")

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self.stride = self.number("feat_stride")
        self.anchors = self.base_anchors()
        # A guess that is mostly right, for those who look at the net.
        top[0].reshape(max(1, self.setting("RPN_POST_NMS_TOP_N")), 5)
        if len(top) > 1:
            top[1].reshape(top[0].shape[0], 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_maps(bottom, len(self.anchors), 3)
        height, width = bottom[0].shape[2:]
        self.everywhere = anchors.at_every_place(self.anchors, height, width, self.stride)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        info = image_info(bottom[2].data, 3)
        normal = []
        if self.phase == TRAIN and self.setting("RPN_NORMALIZE_TARGETS"):
            normal = [self.setting(f"RPN_NORMALIZE_{name}") for name in ("STDS", "MEANS")]
        found, scores = moved_anchors(bottom, self.everywhere, info, *normal)
        least = self.setting("RPN_MIN_SIZE") * info[2]
        large = np.flatnonzero(~anchors.too_small(found, least, least))
        best = large[boxes.by_score(scores[large], self.setting("RPN_PRE_NMS_TOP_N") or None)]
        found = found.T.take(best, axis=1).T
        kept = boxes.nms(
            found,
            self.setting("RPN_NMS_THRESH"),
            top_k=self.setting("RPN_POST_NMS_TOP_N") or None,
            plus_one=True,
        )
        write_regions(top, found[kept])
        if len(top) > 1:
            top[1].reshape(len(kept), 1)
            top[1].data[:, 0] = scores[best[kept]]
