"""Detector: classifies windows of images (R-CNN)."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.context import TEST
from ..errors import DataError, ProtonetError
from . import io
from .classifier import transformer_for
from .net import Net, PathLike

Window = ArrayLike
Detection = dict[str, Any]


class Detector(Net):
    """Scores of windows of images, each warped to the net's input.

    context_pad: how many pixels of the input, on each side, show what surrounds the window;
    beyond the image's border stands the mean.  The rest: see `io.Transformer`.
    """

    def __init__(
        self,
        model_file: PathLike | Any,
        pretrained_file: PathLike | None,
        mean: NDArray | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
        context_pad: int | None = None,
    ) -> None:
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = transformer_for(self, mean, input_scale, raw_scale, channel_swap)
        self.configure_crop(context_pad)

    def detect_windows(
        self, images_windows: Iterable[tuple[str | os.PathLike, Iterable[Window]]]
    ) -> list[Detection]:
        """images_windows: pairs of an image's filename and its windows, each
        (ymin, xmin, ymax, xmax).  Returns for each window a dict of `window`, `prediction`
        and `filename`."""
        name = self.inputs[0]
        found: list[Detection] = []
        ready = []
        for filename, windows in images_windows:
            image = io.load_image(filename)
            for window in windows:
                ready.append(self.transformer.preprocess(name, self.crop(image, window)))
                found.append({"window": window, "prediction": None, "filename": filename})
        if not found:
            return []
        predictions = self.forward_all(None, **{name: np.stack(ready)})[self.outputs[0]]
        for detection, prediction in zip(found, predictions):
            detection["prediction"] = prediction
        return found

    def detect_selective_search(self, image_fnames: Sequence[str | os.PathLike]) -> list[Detection]:
        """Windows proposed by Selective Search, which is a package (and MATLAB) of its own."""
        try:
            search = importlib.import_module("selective_search_ijcv_with_python")
        except ImportError:
            raise ProtonetError(
                "Selective Search needs the package selective_search_ijcv_with_python",
                "install it, or give windows to detect_windows",
            ) from None
        names = [os.path.abspath(name) for name in image_fnames]
        return self.detect_windows(
            list(zip(names, search.get_windows(names, cmd="selective_search_rcnn")))
        )

    def configure_crop(self, context_pad: int | None) -> None:
        """Set the amount of context, and the mean in the image's own space to fill with."""
        name = self.inputs[0]
        back = np.argsort(self.transformer.transpose[name])
        self.crop_dims = np.array(self.blobs[name].shape[1:])[back]
        self.context_pad = context_pad
        self.crop_mean: NDArray = np.zeros(self.crop_dims, np.float32)
        mean = self.transformer.mean.get(name)
        if mean is not None:
            values = mean
            if name in self.transformer.channel_swap:
                values = values[np.argsort(self.transformer.channel_swap[name])]
            values = values.transpose(back)
            self.crop_mean = values / self.transformer.raw_scale.get(name, 1.0)

    def crop(self, im: NDArray, window: Window) -> NDArray:
        """The part of the image (H, W, K) in a window, with context if that is configured."""
        box = np.asarray(window)
        if box.shape != (4,):
            raise DataError(f"the window {window!r} is not (ymin, xmin, ymax, xmax)")
        if not self.context_pad:
            top, left, bottom, right = (int(n) for n in box)
            part = im[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
            if not part.size:
                raise _outside(window, im)
            return part
        size = self.blobs[self.inputs[0]].width  # windows are warped to squares
        box = _grow(box, size / (size - 2.0 * self.context_pad))
        height, width = _extent(box)
        scale = size / height, size / width
        pad = [round(max(0.0, -low) * factor) for low, factor in zip(box[:2], scale)]
        limits = im.shape[:2]
        box = np.clip(box, 0, [*limits, *limits])
        inside = _extent(box)
        top, left, bottom, right = (int(n) for n in box)
        if top >= bottom or left >= right:
            raise _outside(window, im)
        sizes = [
            min(round(extent * factor), size - margin)
            for extent, factor, margin in zip(inside, scale, pad)
        ]
        result = np.ones(self.crop_dims, np.float32) * self.crop_mean
        result[pad[0] : pad[0] + sizes[0], pad[1] : pad[1] + sizes[1]] = io.resize_image(
            im[top:bottom, left:right], sizes
        )
        return result


def _outside(window: Window, im: NDArray) -> DataError:
    return DataError(
        f"the window {window!r} lies outside of its image of {im.shape[:2]}",
        "a window is (ymin, xmin, ymax, xmax)",
    )


def _grow(box: NDArray, scale: float) -> NDArray:
    """A box made larger around its centre, on whole pixels."""
    half = np.array(_extent(box)) / 2.0
    centre = box[:2] + half
    return np.round(np.concatenate([centre - scale * half, centre + scale * half]))


def _extent(box: NDArray) -> tuple[float, float]:
    """Height and width; both ends belong to the box."""
    return box[2] - box[0] + 1, box[3] - box[1] + 1
