"""Pictures for pycaffe's io: reading and resizing with the numbers of scikit-image and SciPy,
which pycaffe uses, but without them."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..data.images import decoded, refuse_bomb
from ..errors import DataError, ProtonetError, missing_extra

#: Weights of red, green and blue in a grey value.
_GREY = np.array([0.2125, 0.7154, 0.0721])


def read(path: str | os.PathLike | BinaryIO) -> NDArray:
    """The pixels of an image file as they are stored: (H, W) or (H, W, K), RGB or RGBA.

    path: where it is, or a file that is open for reading bytes.  It is decoded by OpenCV or
    else Pillow, whichever is installed.
    """
    content = _content(path)
    refuse_bomb(content, f"'{_name(path)}'")
    for module, decode in (("cv2", _decode_opencv), ("PIL.Image", _decode_pillow)):
        try:
            library = importlib.import_module(module)
        except ImportError:
            continue
        image = decode(library, content)
        if image is None:
            raise DataError(f"'{_name(path)}' is no image that can be decoded")
        return image
    raise missing_extra("opencv-python-headless", "images", "reading images")


def _name(path: str | os.PathLike | BinaryIO) -> str:
    return str(path if isinstance(path, (str, os.PathLike)) else getattr(path, "name", path))


def _content(path: str | os.PathLike | BinaryIO) -> bytes:
    try:
        if isinstance(path, (str, os.PathLike)):
            return Path(path).read_bytes()
        content = path.read()
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"cannot read the image '{_name(path)}': {reason}") from error
    except UnicodeDecodeError:
        content = None  # the bytes of a picture, read as text
    if isinstance(content, bytes):
        return content
    raise DataError(f"the image '{_name(path)}' is open as text", "open it with mode 'rb'")


def _decode_opencv(cv2: Any, content: bytes) -> NDArray | None:
    if not content:
        return None
    image = decoded(cv2, np.frombuffer(content, np.uint8))
    if image is None or image.ndim == 2:
        return image
    return image[..., [2, 1, 0, 3][: image.shape[2]]]  # from blue, green, red


def _decode_pillow(pil: Any, content: bytes) -> NDArray | None:
    import io

    try:
        image = pil.open(io.BytesIO(content))
        if image.mode in ("P", "CMYK", "YCbCr"):
            image = image.convert("RGB")
        return np.asarray(image)
    except OSError:
        return None


def as_float(image: NDArray) -> NDArray:
    """Whole numbers scaled to the range [0, 1]; anything else as it is."""
    if image.dtype.kind == "u":
        return image / np.iinfo(image.dtype).max
    return image.astype(np.float64)


def as_grey(image: NDArray) -> NDArray:
    """(H, W, 3 or 4) to (H, W)."""
    return image if image.ndim == 2 else image[..., :3] @ _GREY


def resize(image: NDArray, shape: tuple[int, int], order: int, half_pixels: bool) -> NDArray:
    """(H, W, K) to `shape`.  order: 0 nearest, 1 bilinear; above: splines, by SciPy.

    half_pixels: True as scikit-image does it, the borders of both images lie upon each other,
    and beyond the border is 0.  False as SciPy's zoom does it: the corner pixels do.
    """
    if order > 1:
        return _spline(image, shape, order, half_pixels)
    result = image.astype(np.float64)
    for axis, size in enumerate(shape):
        result = _resize_axis(result, axis, size, order, half_pixels)
    return result


def _resize_axis(image: NDArray, axis: int, size: int, order: int, half_pixels: bool) -> NDArray:
    old = image.shape[axis]
    at = np.arange(size, dtype=np.float64)
    if half_pixels:
        at = (at + 0.5) * (old / size) - 0.5
    elif size > 1:
        at *= (old - 1) / (size - 1)
    if order == 0:
        nearest = np.floor(at + 0.5).astype(int)
        return np.take(image, np.clip(nearest, 0, old - 1), axis)
    below = np.floor(at).astype(int)
    part = at - below
    weights = [1 - part, part]
    result: Any = 0
    for index, weight in zip((below, below + 1), weights):
        weight = np.where((index >= 0) & (index < old), weight, 0)  # beyond the border is 0
        weight = weight.reshape(-1, *[1] * (image.ndim - axis - 1))
        result = result + weight * np.take(image, np.clip(index, 0, old - 1), axis)
    return result


def _spline(image: NDArray, shape: tuple[int, int], order: int, half_pixels: bool) -> NDArray:
    try:
        ndimage = importlib.import_module("scipy.ndimage")
    except ImportError:
        raise ProtonetError(
            f"interpolation of order {order} needs the package 'scipy'", "pip install scipy"
        ) from None
    factors = (shape[0] / image.shape[0], shape[1] / image.shape[1], 1)
    mode = "grid-constant" if half_pixels else "constant"
    result = ndimage.zoom(
        image.astype(np.float64), factors, order=order, mode=mode, grid_mode=half_pixels
    )
    if half_pixels:  # splines overshoot
        result = np.clip(result, image.min(), image.max())
    return result
