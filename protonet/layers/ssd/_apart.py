"""SSD's predictions as blobs of their own for each map, as Synopsys' fork hands them on."""

from __future__ import annotations

import numpy as np

from ...core.layer import Blobs, Layer
from ...errors import ShapeError
from ...proto import caffe_pb2 as pb
from ._predictions import Predictions


class Apart(Predictions):
    """Scores of M maps, bottoms 0 to M - 1, locations, M to 2 M - 1, and all priors, bottom 2 M.

    Map m has P_m priors: scores (N, P_m * C), locations (N, P_m * 4).  raw (no_permute): as the
    convolutions make them, r boxes at each of H x W places: scores (N, C, r, H W), locations
    (N, 4 r, H, W); then priors, but not their variances, are put into that order.
    """

    def __init__(
        self, layer: Layer, param: pb.DetectionOutputParameter, in_target: bool, bottoms: int
    ) -> None:
        super().__init__(layer, param, in_target)
        self.maps, self.raw = param.nbottom, param.no_permute
        if bottoms != 2 * self.maps + 1:
            raise layer.fault(
                f"{bottoms} bottoms for {self.maps} maps",
                f"it takes 3 or 4, or {2 * self.maps + 1}: scores, locations of each map, priors",
                "nbottom",
            )
        if not self.shared:
            what = "share_location is false with predictions of each map"
            raise layer.fault(what, "only shared ones are served", "share_location")

    def reshape(self, bottom: Blobs) -> None:
        self._check_priors(bottom[-1])
        self.items, self.sizes = bottom[0].shape[0] if bottom[0].shape else 0, []
        for m in range(self.maps):
            conf, loc = bottom[m].shape, bottom[self.maps + m].shape
            boxes = bottom[self.maps + m].count_from(1) // 4 if loc else 0
            ratios = loc[1] // 4 if len(loc) == 4 else 0
            flat = (self.items, self.classes * boxes), (self.items, 4 * boxes)
            if self.raw and ratios:
                good = conf == (self.items, self.classes, ratios, loc[2] * loc[3])
                good &= loc[:2] == (self.items, 4 * ratios)
            else:
                good = not self.raw and all(
                    (*shape[:1], int(np.prod(shape[1:]))) == want
                    for shape, want in zip((conf, loc), flat)
                )
            if not good:
                raise ShapeError(
                    f"map {m} has scores of shape {conf}, locations of shape {loc}",
                    f"{self.classes} scores and 4 numbers for each box",
                )
            self.sizes.append((boxes, ratios if self.raw else boxes))
        if sum(boxes for boxes, _ in self.sizes) != self.priors:
            have = " + ".join(str(boxes) for boxes, _ in self.sizes)
            raise ShapeError(f"the maps have {have} boxes, there are {self.priors} priors")

    def read(self, bottom: Blobs) -> None:
        prior, variance = bottom[-1].data.reshape(2, self.priors, 4)
        self.conf = np.empty((self.items, self.priors, self.classes), prior.dtype)
        self.loc = np.empty((self.items, self.priors, 1, 4), prior.dtype)
        self.prior, self.variance, start = np.empty_like(prior), variance, 0
        for m, (boxes, ratios) in enumerate(self.sizes):
            part = slice(start, start + boxes)
            conf, loc = bottom[m].data, bottom[self.maps + m].data
            if self.raw:
                conf = np.moveaxis(conf.reshape(self.items, self.classes, -1), 1, 2)
                loc = np.moveaxis(loc.reshape(self.items, ratios, 4, -1), 2, 3)
                moved = np.moveaxis(prior[part].reshape(-1, ratios, 4), 1, 0)
                self.prior[part] = moved.reshape(-1, 4)
            else:
                self.prior[part] = prior[part]
            self.conf[:, part] = conf.reshape(self.items, boxes, self.classes)
            self.loc[:, part, 0] = loc.reshape(self.items, boxes, 4)
            start += boxes
        self._check_values()
