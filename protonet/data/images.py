"""Pictures through OpenCV, the decoder and the resize that Caffe uses: pixels agree.

All images are (H, W, 3) in the order blue, green, red, or (H, W) when grey; uint8.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import budget
from ..errors import DataError, missing_extra
from ..files import refuse_pipe
from .picture_size import picture_size


def opencv(purpose: str) -> Any:
    """The module cv2; an error that names the extra if it is not installed."""
    try:
        import cv2
    except ImportError:
        raise missing_extra("opencv-python-headless", "images", purpose) from None
    return cv2


def decode_image(content: NDArray, color: bool | None = None) -> NDArray:
    """The picture in the bytes of an image file, as channels first: (C, H, W).

    color: True for three channels, False for one, None for as many as the file has.
    """
    image = decoded(opencv("decoding images"), content, color)
    if image is None:
        raise DataError("it holds no image that can be decoded")
    if image.dtype != np.uint8:
        raise DataError(f"its image has values of the type {image.dtype}, not 8 bits")
    return channels_first(image)


def read_image(path: Path | str, color: bool = True) -> NDArray:
    """The picture in a file: (H, W, 3), or (H, W) without `color`."""
    cv2 = opencv("reading images")
    try:
        refuse_pipe(path)
        content = np.fromfile(path, np.uint8)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"cannot read the image '{path}': {reason}") from error
    image = decoded(cv2, content, color, f"'{path}'")
    if image is None:
        raise DataError(f"'{path}' is no image that can be decoded")
    return image


def decoded(
    cv2: Any, content: NDArray, color: bool | None = None, name: str = "its image"
) -> NDArray | None:
    """The picture in the bytes of an image file; None for what OpenCV cannot decode.

    DataError, before anything is decoded, if its header tells more pixels than the budget has.
    color: as for `decode_image`.  name: of the file, for the message.
    """
    if not content.size:
        return None
    refuse_bomb(content.data, name)
    try:
        return cv2.imdecode(content, _flags(cv2, color))
    except cv2.error:  # for a few kinds of damage, where others give None
        return None


def refuse_bomb(content: bytes | memoryview, name: str = "its image") -> None:
    """DataError if the header of an image file tells more pixels than the budget has."""
    if size := picture_size(content):
        what = f"{name} of {size[0]} x {size[1]} pixels"
        budget.refuse("pixels", size[0] * size[1], what, DataError)


def resize(image: NDArray, height: int, width: int) -> NDArray:
    """`image` bilinearly scaled, as OpenCV does by default."""
    return opencv("resizing images").resize(image, (width, height))


def channels_first(image: NDArray) -> NDArray:
    """(H, W, C) or (H, W) as a view (C, H, W)."""
    return image[None] if image.ndim == 2 else image.transpose(2, 0, 1)


def rows_first(image: NDArray) -> NDArray:
    """(C, H, W) as OpenCV wants it: contiguous, (H, W, C), or (H, W) of a single channel."""
    return image[0] if len(image) == 1 else np.ascontiguousarray(image.transpose(1, 2, 0))


def _flags(cv2: Any, color: bool | None) -> int:
    if color is None:
        return cv2.IMREAD_UNCHANGED
    return cv2.IMREAD_COLOR if color else cv2.IMREAD_GRAYSCALE


def encode_image(image: NDArray, kind: str) -> NDArray:
    """The bytes of an image file; kind: "png", "jpg", ..."""
    cv2 = opencv("encoding images")
    try:
        done, content = cv2.imencode(f".{kind}", image)
    except cv2.error:
        done = False
    if not done:
        raise DataError(f"images cannot be encoded as '{kind}'", "png and jpg can")
    return content.reshape(-1)
