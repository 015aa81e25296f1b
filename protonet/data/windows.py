"""Windows: parts of images, as R-CNN is trained with them, as batches.

A window file lists for each image

    # index
    path
    channels
    height
    width
    number of windows
    class overlap x1 y1 x2 y2        (one line a window; x2 and y2 are inside)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .images import decode_image, resize
from .lookup import advice_on_name
from .order import make_rng, rng_state, set_rng_state
from .prefetch import Batch


class Window(NamedTuple):
    """A part of image `image`: columns x1 .. x2, rows y1 .. y2, both included."""

    image: int
    label: int
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass
class WindowFile:
    """The images and windows of a file, divided into foreground and background."""

    images: list[str] = field(default_factory=list)
    foreground: list[Window] = field(default_factory=list)
    background: list[Window] = field(default_factory=list)


def read_window_file(path: Path, fg_threshold: float, bg_threshold: float) -> WindowFile:
    """Windows that overlap an object by >= fg_threshold are foreground, by < bg_threshold
    background (label 0), the others are left out."""
    try:
        lines = enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the window file '{path}': {error}") from error
    found = WindowFile()
    wanted = "'# index'"
    number = 0
    try:
        for number, line in lines:
            if not line.strip():
                continue
            wanted = "'# index'"
            if not line.startswith("#"):
                raise ValueError
            wanted = "the path of an image"
            number, name = next(lines)
            wanted = "a whole number (channels, height, width, number of windows)"
            for _ in range(4):
                number, line = next(lines)
                count = int(line)
            wanted = "a window: class overlap x1 y1 x2 y2"
            for _ in range(count):
                number, line = next(lines)
                _add(found, line.split(), fg_threshold, bg_threshold)
            found.images.append(name.strip())
    except (ValueError, StopIteration) as error:
        said = str(error) if isinstance(error, _Refused) else f"expected {wanted}"
        raise DataError(said, file=str(path), line=number) from None
    return found


class _Refused(ValueError):
    """A window that can be read but makes no sense; the text says why."""


def _add(found: WindowFile, words: list[str], fg_threshold: float, bg_threshold: float) -> None:
    label, overlap, x1, y1, x2, y2 = words
    window = Window(len(found.images), int(label), int(x1), int(y1), int(x2), int(y2))
    if float(overlap) >= fg_threshold:
        if window.label < 1:
            raise _Refused(f"a foreground window has class {label}, which is the background's")
        found.foreground.append(window)
    elif float(overlap) < bg_threshold:
        found.background.append(window._replace(label=0))


class Placed(NamedTuple):
    """Which part of an image is scaled to which size, and where that goes in the crop."""

    rows: slice
    columns: slice
    height: int
    width: int
    top: int
    left: int


def place(
    window: Window, height: int, width: int, crop: int, pad: int, square: bool, mirror: bool
) -> Placed:
    """Fit a window of an image (height, width) into a crop x crop square.

    Warped to the square as it is; or, with `pad` or `square`, first enlarged around its
    centre, so that `pad` pixels of context show on each side of the crop, and then clipped
    to the image: what lies outside stays empty.
    """
    x1, y1, x2, y2 = window[2:]
    if not (pad or square):
        return Placed(slice(y1, y2 + 1), slice(x1, x2 + 1), crop, crop, 0, 0)
    half_h, half_w = (y2 - y1 + 1) / 2, (x2 - x1 + 1) / 2
    centre_y, centre_x = y1 + half_h, x1 + half_w
    if square:
        half_h = half_w = max(half_h, half_w)
    grow = crop / (crop - 2 * pad)
    down = _Span(centre_y - half_h * grow, centre_y + half_h * grow, height, crop)
    across = _Span(centre_x - half_w * grow, centre_x + half_w * grow, width, crop)
    # The empty border is mirrored with the image.
    left = across.after if mirror else across.before
    return Placed(
        down.part,
        across.part,
        min(down.length, crop - down.before),
        min(across.length, crop - left),
        down.before,
        left,
    )


class _Span:
    """One axis of an enlarged window: the part inside the image, its length in the crop,
    and how much of the crop stays empty before and after it."""

    def __init__(self, first: float, last: float, size: int, crop: int) -> None:
        start, stop = _round(first), _round(last) + 1
        scale = crop / (stop - start)
        outside, beyond = max(0, -start), max(0, stop - size)
        self.part = slice(start + outside, stop - beyond)
        self.length = _round((self.part.stop - self.part.start) * scale)
        self.before, self.after = _round(outside * scale), _round(beyond * scale)


def _round(value: float) -> int:
    """Halves away from zero, as C does."""
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)


@dataclass
class WindowSettings:
    """crop: side of the square.  fraction: of the batch that is foreground.  mean: (3, H, W)
    at least as large as the crop, (1 or 3, 1, 1), or None.  folder: put in front of the names."""

    batch_size: int
    crop: int
    fraction: float
    pad: int
    square: bool
    mirror: bool
    scale: float
    mean: NDArray | None
    cache: bool
    folder: str = ""


class WindowSampler:
    """Draws windows at random: first those of the background, then the foreground's."""

    def __init__(
        self,
        file: WindowFile,
        paths: list[Path],
        settings: WindowSettings,
        seed: np.random.SeedSequence,
    ) -> None:
        self._file, self._paths, self._settings = file, paths, settings
        self._rng = make_rng(seed)
        self._foreground = int(settings.batch_size * settings.fraction)
        self._kept: dict[int, NDArray] = {}  # the files' contents, not the larger pixels
        for kind, count, windows in (
            ("background", settings.batch_size - self._foreground, file.background),
            ("foreground", self._foreground, file.foreground),
        ):
            if count and not windows:
                raise DataError(
                    f"there are no {kind} windows, but each batch needs {count}",
                    "check the thresholds and fg_fraction",
                )

    @property
    def records(self) -> None:
        """Windows are drawn at random: there are no passes."""

    def first_shape(self) -> tuple[int, ...]:
        s = self._settings
        return s.batch_size, 3, s.crop, s.crop

    def _draw(self) -> Iterator[Window]:
        background = self._settings.batch_size - self._foreground
        for windows, count in (
            (self._file.background, background),
            (self._file.foreground, self._foreground),
        ):
            for _ in range(count):
                yield windows[int(self._rng.integers(len(windows)))]

    def _image(self, index: int) -> NDArray:
        """(3, H, W)"""
        content = self._kept.get(index)
        try:
            if content is None:
                content = np.fromfile(self._paths[index], np.uint8)
            if self._settings.cache:
                self._kept[index] = content
            return decode_image(content, color=True)
        except OSError as error:
            raise DataError(
                f"cannot read the image '{self._paths[index]}': {error.strerror}",
                advice_on_name(self._settings.folder, self._file.images[index], "root_folder"),
            ) from error
        except DataError as error:
            error.what = f"'{self._paths[index]}': {error.what}"
            raise

    def fill(self, batch: Batch) -> None:
        data, *others = batch.blobs
        data.reshape(*self.first_shape())
        windows = list(self._draw())
        for window, out in zip(windows, data.data):
            mirror = self._settings.mirror and bool(self._rng.integers(2))
            self._cut(window, mirror, out)
        for blob in others:
            blob.reshape(len(windows))
            blob.data[:] = [window.label for window in windows]

    def _cut(self, window: Window, mirror: bool, out: NDArray) -> None:
        s = self._settings
        image = self._image(window.image)
        height, width = image.shape[1:]
        at = place(window, height, width, s.crop, s.pad, s.square, mirror)
        if not _inside(at.rows, height) or not _inside(at.columns, width):
            raise DataError(
                f"the window {window[2:]} does not lie in "
                f"'{self._paths[window.image]}' ({width} x {height})"
            )
        out.fill(0)
        if not (at.height and at.width):
            return
        part = np.ascontiguousarray(image[:, at.rows, at.columns].transpose(1, 2, 0))
        pixels = resize(part, at.height, at.width).transpose(2, 0, 1)
        rows, columns = (slice(at.top, at.top + at.height), slice(at.left, at.left + at.width))
        target = out[:, rows, columns]
        np.copyto(target, pixels[:, :, ::-1] if mirror else pixels)
        if s.mean is not None:
            target -= _centre(s.mean, s.crop)[:, rows, columns] if s.mean.shape[1] > 1 else s.mean
        if s.scale != 1:
            target *= out.dtype.type(s.scale)

    def state(self) -> dict[str, Any]:
        return rng_state(self._rng)

    def set_state(self, state: dict[str, Any]) -> None:
        set_rng_state(self._rng, state)

    def reopen(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        self._kept.clear()


def _inside(part: slice, size: int) -> bool:
    return 0 <= part.start < part.stop <= size


def _centre(mean: NDArray, crop: int) -> NDArray:
    """The crop in the middle of a mean image; its offset is taken from the width, as in Caffe."""
    first = (mean.shape[2] - crop) // 2
    return mean[:, first : first + crop, first : first + crop]
