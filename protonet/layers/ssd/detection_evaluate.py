"""DetectionEvaluate: which detections are right, for the mean average precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Blobs, Layer, exactly
from ...core.ranges import Range
from ...core.registry import register
from ...data.lookup import find_source
from ...errors import DataError
from ...kernels import evaluation
from ...kernels.boxes import by_score
from ...proto import caffe_pb2 as pb
from ._truth import Truth, read_truth, rows_of


@register
class DetectionEvaluate(Layer):
    """Hold detections against the ground truth: which are right, which are wrong.

    bottom[0] detections (1, 1, D, 7), rows image, class, score, x1, y1, x2, y2 from
    DetectionOutput; bottom[1] ground truth (1, 1, G, 8), rows image, class, instance, x1, y1,
    x2, y2, difficult, which ends before the first row of image -1 -> top[0] (1, 1, R, 5): a row
    -1, class, ground truths of it in the batch, -1, -1 for each class but the background, then
    a row image, class, score, right, wrong for each detection, by image, class and falling
    score.  Testing makes the mean average precision of them.

    A detection belongs to the ground truth of its image and class that it overlaps most (the
    first of equal ones).  It is right (1, 0) if that is by overlap_threshold and no better one
    has taken it, else wrong (0, 1).  Without evaluate_difficult_gt what is difficult is not
    counted, and a detection that hits it is neither (0, 0).

    detection_evaluate_param: num_classes (required); background_label_id (0); overlap_threshold
    (0.5); evaluate_difficult_gt (true); name_size_file: lines name, height, width, one for each
    image in turn, over and over; boxes then are compared in pixels, both corners belonging to
    them.

    No gradient.  Rows of class -1, where nothing was found, are left out.  Quirk kept: a row
    of image -1 that has a class leaves a row of zeros at the end.  resize_param: WARP changes
    nothing, its other modes are not served.

    From SSD (Liu and others, ECCV 2016).
    """

    type = "DetectionEvaluate"
    forks: ClassVar[tuple[str, ...]] = (
        "ssd",
        "yolo-eric612",
        "openvino",
        "intel",
        "synopsys",
        "nvidia",
    )
    variant = True
    messages = ("detection_evaluate_param",)
    ranges: ClassVar = {"num_classes": Range(1, required=True), "overlap_threshold": Range(0)}
    bottoms = exactly(2)
    has_backward = False
    backward_reads = frozenset()
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.param.detection_evaluate_param
        if param.resize_param.resize_mode != pb.ResizeParameter.WARP:
            raise self.fault(
                "only boxes of images that were resized by WARP are brought back",
                "remove resize_param to compare them as they are",
                "resize_param.resize_mode",
            )
        self._sizes: list[tuple[int, int]] = []
        self._next = 0
        if param.name_size_file:
            name = "detection_evaluate_param.name_size_file"
            root, confine = self.context.root, self.context.confine
            self._sizes = read_sizes(find_source(param.name_size_file, root, name, confine))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        found = rows_of(bottom[0], 7, "bottom 0, the detections,")
        rows_of(bottom[1], 8, "bottom 1, the ground truth,")
        count = len(self._classes) + int(np.count_nonzero(found[:, 1] != -1))
        top[0].reshape(1, 1, count, 5)

    @property
    def _classes(self) -> list[int]:
        param = self.param.detection_evaluate_param
        return [c for c in range(param.num_classes) if c != param.background_label_id]

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        found, rows = bottom[0].data.reshape(-1, 7), bottom[1].data.reshape(-1, 8)
        ends = np.flatnonzero(rows[:, 0] == -1)
        self.evaluate(found, rows[: ends[0]] if len(ends) else rows, top[0].data.reshape(-1, 5))

    def evaluate(self, found: NDArray, rows: NDArray, out: NDArray) -> None:
        """Write the rows of the top, for detections (D, 7) and ground truths (G, 8)."""
        param = self.param.detection_evaluate_param
        self._check(found)
        truth = read_truth(rows, param.num_classes, param.background_label_id, None)
        skipped = truth.difficult & (not param.evaluate_difficult_gt)
        truth = truth._replace(difficult=skipped)
        out.fill(0)
        for row, label in zip(out, self._classes):
            row[:] = -1, label, np.count_nonzero((truth.label == label) & ~skipped), -1, -1
        start = len(self._classes)
        for image in np.unique(found[found[:, 0] != -1, 0]):
            for judged in self._judge(
                found[found[:, 0] == image], truth.take(truth.image == image)
            ):
                out[start : start + len(judged)] = judged
                start += len(judged)
            if self._sizes:
                self._next = (self._next + 1) % len(self._sizes)

    def _check(self, found: NDArray) -> None:
        """DataError for a detection of no class, and a score that is NaN."""
        classes, label = self.param.detection_evaluate_param.num_classes, found[:, 1]
        bad = ~np.isin(label, [-1, *self._classes]) | np.isnan(found[:, 2])
        if bad.any():
            row = ", ".join(f"{value:g}" for value in found[int(np.argmax(bad))])
            raise DataError(
                f"the detection ({row}) has a class that is none, or no score",
                f"classes are those below num_classes {classes}, without the background",
            )

    def _judge(self, found: NDArray, truth: Truth) -> list[NDArray]:
        """Detections (D, 7) and ground truths of one image -> rows (D, 5), by class."""
        param, judged = self.param.detection_evaluate_param, []
        for label in np.unique(found[found[:, 1] != -1, 1]):
            mine, known = found[found[:, 1] == label], truth.take(truth.label == label)
            rows = np.zeros((len(mine), 5), found.dtype)
            if len(known.label):
                mine = mine[by_score(mine[:, 2])]
                boxes, wanted = mine[:, 3:], known.box
                if self._sizes:
                    boxes, wanted = (self.in_pixels(b) for b in (boxes, wanted))
                rows[:, 3], rows[:, 4] = evaluation.judge(
                    boxes, wanted, known.difficult, param.overlap_threshold, self.pixels
                )
            else:
                rows[:, 4] = 1
            rows[:, :3] = mine[:, :3]
            judged.append(rows)
        return judged

    @property
    def pixels(self) -> bool:
        """Do both corners belong to a box?"""
        return bool(self._sizes)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the image at hand, as name_size_file has them."""
        return self._sizes[self._next]

    def in_pixels(self, boxes: NDArray) -> NDArray:
        """Boxes (N, 4) of the image at hand in its own pixels."""
        return evaluation.in_pixels(boxes, *self.size)

    def state(self) -> dict[str, Any] | None:
        return {"next": self._next} if self._sizes else None

    def set_state(self, state: dict[str, Any]) -> None:
        self._next = state["next"]


def read_sizes(path: Path) -> list[tuple[int, int]]:
    """(height, width) of each line `name height width`.  DataError with file and line."""
    sizes = []
    for number, line in enumerate(path.read_text("utf-8", "surrogateescape").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if len(words) < 3 or not all(word.isdecimal() and int(word) for word in words[-2:]):
            raise DataError(
                "this is no name with a height and a width",
                "write: name of the image, height, width",
                file=str(path),
                line=number,
            )
        sizes.append((int(words[-2]), int(words[-1])))
    if not sizes:
        raise DataError(f"'{path}' is empty", "write a line `name height width` for each image")
    return sizes
