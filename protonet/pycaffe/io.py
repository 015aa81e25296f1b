"""Arrays to and from Caffe's messages, and images made ready for a net."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NetError, ShapeError, did_you_mean
from ..proto import caffe_pb2
from . import images

# -- messages ------------------------------------------------------------------------------


def blobproto_to_array(blob: caffe_pb2.BlobProto, return_diff: bool = False) -> NDArray:
    """The values (or the diffs) of a BlobProto.  ValueError if its shape does not fit."""
    kind = "diff" if return_diff else "data"
    values = np.array(getattr(blob, f"double_{kind}") or getattr(blob, kind), np.float64)
    if any(blob.HasField(name) for name in ("num", "channels", "height", "width")):
        return values.reshape(blob.num, blob.channels, blob.height, blob.width)
    return values.reshape(tuple(blob.shape.dim))


def array_to_blobproto(arr: ArrayLike, diff: ArrayLike | None = None) -> caffe_pb2.BlobProto:
    """A BlobProto of an array of any shape, and of diffs of the same shape."""
    arr = np.asarray(arr)
    if diff is not None and np.shape(diff) != arr.shape:
        raise ValueError(f"the diffs have the shape {np.shape(diff)}, the array {arr.shape}")
    blob = caffe_pb2.BlobProto()
    blob.shape.dim.extend(arr.shape)
    blob.data.extend(arr.astype(float).ravel().tolist())
    if diff is not None:
        blob.diff.extend(np.asarray(diff).astype(float).ravel().tolist())
    return blob


def arraylist_to_blobprotovector_str(arraylist: Sequence[ArrayLike]) -> bytes:
    """Arrays as the bytes of a BlobProtoVector."""
    vector = caffe_pb2.BlobProtoVector(blobs=[array_to_blobproto(arr) for arr in arraylist])
    return vector.SerializeToString()


def blobprotovector_str_to_arraylist(str: bytes) -> list[NDArray]:
    """The arrays in the bytes of a BlobProtoVector."""
    return [blobproto_to_array(blob) for blob in caffe_pb2.BlobProtoVector.FromString(str).blobs]


def array_to_datum(arr: ArrayLike, label: int | None = None) -> caffe_pb2.Datum:
    """A Datum of an image (C, H, W): uint8 as bytes, anything else as float_data.

    label: a whole number of any type, 4.0 too.  TypeError if it is another.
    """
    arr = np.asarray(arr)
    if arr.ndim != 3:
        raise ValueError(f"a datum has the shape (channels, height, width), not {arr.shape}")
    datum = caffe_pb2.Datum()
    datum.channels, datum.height, datum.width = arr.shape
    if arr.dtype == np.uint8:
        datum.data = arr.tobytes()
    else:
        datum.float_data.extend(arr.astype(float).ravel().tolist())
    if label is not None:
        datum.label = _whole(label)
    return datum


def _whole(label: Any) -> int:
    """A label as an int; protobuf itself says what does not fit into 32 bits."""
    value = np.asarray(label)
    if value.size == 1 and value.dtype.kind in "biuf" and float(value.item()).is_integer():
        return int(value.item())
    raise TypeError(
        f"the label of a datum is one whole number, not {label!r}: labels with fractions or "
        "several values go into HDF5, or into a second store (convert-imageset --labels-db)"
    )


def datum_to_array(datum: caffe_pb2.Datum) -> NDArray:
    """The image (C, H, W) of a Datum: uint8, or float64 from float_data.

    An encoded one is decoded: channels in the order blue, green, red, as data layers do it.
    """
    if datum.encoded:
        from ..data.images import decode_image

        return np.ascontiguousarray(decode_image(np.frombuffer(datum.data, np.uint8)))
    shape = datum.channels, datum.height, datum.width
    if len(datum.data):
        return np.frombuffer(datum.data, np.uint8).reshape(shape).copy()
    return np.array(datum.float_data, np.float64).reshape(shape)


# -- making images ready -------------------------------------------------------------------


class Transformer:
    """From an image (H, W, K) to what an input of a net expects, (K, H, W), and back.

    inputs: name of an input -> shape of its blob, {"data": net.blobs["data"].data.shape}.
    The steps, each only if it was set: resize (always), set_transpose, set_channel_swap,
    set_raw_scale, set_mean, set_input_scale.  The image itself is left alone.
    """

    def __init__(self, inputs: Mapping[str, Sequence[int]]) -> None:
        self.inputs = inputs
        self.transpose: dict[str, Sequence[int]] = {}
        self.channel_swap: dict[str, Sequence[int]] = {}
        self.raw_scale: dict[str, float] = {}
        self.mean: dict[str, NDArray] = {}
        self.input_scale: dict[str, float] = {}

    def preprocess(self, in_: str, data: NDArray) -> NDArray:
        """(image -> transposed, swapped) raw_scale - mean) input_scale, in float32."""
        shape = tuple(self._shape(in_)[2:])
        if in_ in self.transpose and data.ndim != len(self.transpose[in_]):
            raise ShapeError(f"the image for '{in_}' has the shape {data.shape}, not (H, W, K)")
        result = data.astype(np.float32)  # always a copy
        if result.shape[:2] != shape:
            result = resize_image(result, shape)
        if in_ in self.transpose:
            result = result.transpose(self.transpose[in_])
        if in_ in self.channel_swap:
            order = list(self.channel_swap[in_])
            if len(result) < len(order):
                raise ShapeError(
                    f"the image for '{in_}' has {len(result)} channels, the input {len(order)}"
                )
            result = result[order]
        if in_ in self.raw_scale:
            result *= self.raw_scale[in_]
        if in_ in self.mean:
            result -= self.mean[in_]
        if in_ in self.input_scale:
            result *= self.input_scale[in_]
        return result

    def deprocess(self, in_: str, data: NDArray) -> NDArray:
        """The reverse of `preprocess`, but for the size.  data: (K, H, W), or a batch of one."""
        axes = len(self._shape(in_)) - 1
        result = data.copy()
        if in_ not in self.transpose:
            result = result.squeeze()
        elif result.ndim > axes:
            result = result.reshape(result.shape[-axes:])
        if in_ in self.input_scale:
            result /= self.input_scale[in_]
        if in_ in self.mean:
            result += self.mean[in_]
        if in_ in self.raw_scale:
            result /= self.raw_scale[in_]
        if in_ in self.channel_swap:
            result = result[np.argsort(self.channel_swap[in_])]
        if in_ in self.transpose:
            result = result.transpose(np.argsort(self.transpose[in_]))
        return result

    def set_transpose(self, in_: str, order: Sequence[int]) -> None:
        """Order of axes: (2, 0, 1) makes (H, W, K) into (K, H, W)."""
        _check_order(order, len(self._shape(in_)) - 1, "axes")
        self.transpose[in_] = order

    def set_channel_swap(self, in_: str, order: Sequence[int]) -> None:
        """Order of channels after the transposition: (2, 1, 0) makes RGB into BGR."""
        _check_order(order, self._shape(in_)[1], "channels")
        self.channel_swap[in_] = order

    def set_raw_scale(self, in_: str, scale: float) -> None:
        """Factor before the mean is subtracted: 255 for nets trained on bytes."""
        self._shape(in_)
        self.raw_scale[in_] = scale

    def set_mean(self, in_: str, mean: NDArray) -> None:
        """What is subtracted: (K) a number a channel, or (K, H, W), which is resized to the
        input's size.  ValueError if it does not fit."""
        shape = tuple(self._shape(in_)[1:])
        if isinstance(mean, (str, os.PathLike)):
            raise TypeError(
                f"a mean is an array, not the path '{mean}': give numpy.load(path), or "
                "blobproto_to_array of the BlobProto in a .binaryproto"
            )
        mean = np.asarray(mean)
        if mean.ndim == 1:
            if len(mean) != shape[0]:
                raise ValueError(f"a mean of {len(mean)} channels for an input of {shape[0]}")
            self.mean[in_] = mean[:, np.newaxis, np.newaxis]
            return
        if mean.ndim == 2:
            mean = mean[np.newaxis]
        if mean.ndim != 3:
            raise ValueError(f"a mean has the shape (K) or (K, H, W), not {mean.shape}")
        if mean.shape[0] not in (1, shape[0]):
            what = f"a mean of the shape {mean.shape} for an input (K, H, W) of {shape}"
            if mean.shape[2] in (1, shape[0]):
                what += ": it looks like (H, W, K), so give mean.transpose(2, 0, 1)"
            raise ValueError(what)
        if mean.shape != shape:
            mean = resize_image(mean.transpose(1, 2, 0), shape[1:]).transpose(2, 0, 1)
        self.mean[in_] = mean

    def set_input_scale(self, in_: str, scale: float) -> None:
        """Factor after all other steps."""
        self._shape(in_)
        self.input_scale[in_] = scale

    def _shape(self, in_: str) -> Sequence[int]:
        if in_ not in self.inputs:
            hint = did_you_mean(in_, self.inputs) or f"known are {', '.join(self.inputs)}"
            raise NetError(f"the transformer knows no input '{in_}'", hint)
        return self.inputs[in_]


def _check_order(order: Sequence[int], count: int, what: str) -> None:
    if sorted(order) != list(range(count)):
        raise ShapeError(
            f"the order {tuple(order)} is not of {count} {what}",
            f"it has to name each of 0 to {count - 1} once",
        )


def load_image(filename: str | os.PathLike | BinaryIO, color: bool = True) -> NDArray:
    """The image in a file as float32 from 0 to 1: (H, W, 3) RGB, or (H, W, 1) grey.

    filename: a path, or a file that is open for reading bytes.
    """
    image = images.as_float(images.read(filename))
    if not color:
        image = images.as_grey(image)
    if image.ndim == 2:
        image = image[:, :, np.newaxis]
        if color:
            image = np.tile(image, (1, 1, 3))
    elif image.shape[2] == 4:
        image = image[:, :, :3]
    return image.astype(np.float32)


def resize_image(
    im: NDArray, new_dims: Sequence[int] | NDArray, interp_order: int = 1
) -> NDArray[np.float32]:
    """(H, W, K) to (new_dims[0], new_dims[1], K) in float32.

    interp_order: 0 nearest, 1 bilinear, up to 5: splines, which need SciPy.

    Two quirks of pycaffe are kept.  Images of 1 or 3 channels blend at their border with
    their least value, others do not, and sample a slightly different grid.  Nothing is
    smoothed before it is made smaller, as in the time of Caffe 1.0 (newer versions of
    scikit-image do that).
    """
    shape = int(new_dims[0]), int(new_dims[1])
    if im.shape[-1] not in (1, 3):
        return images.resize(im, shape, interp_order, half_pixels=False).astype(np.float32)
    low, high = im.min(), im.max()
    if not high > low:
        return np.full((*shape, im.shape[-1]), low, np.float32)
    unit = (im - low) / (high - low)
    resized = images.resize(unit, shape, interp_order, half_pixels=True)
    return (resized * (high - low) + low).astype(np.float32)


def check_images(images: Any, dims: Sequence[int] | NDArray | None = None) -> None:
    """ShapeError unless these are images (H, W, K); if `dims` are given, all of one shape and
    no smaller than them, (height, width)."""
    for i, image in enumerate(images):
        if not isinstance(image, np.ndarray):
            kind = type(image).__name__
            raise ShapeError(
                f"image {i} is a {kind}, not an array", "caffe.io.load_image makes one"
            )
        if image.ndim != 3:
            alone = isinstance(images, np.ndarray) and images.ndim == 3
            raise ShapeError(
                f"image {i} has the shape {image.shape}, not (H, W, K)",
                "give a list of images: [image]" if alone else "",
            )
        if dims is None:
            continue
        if image.shape != images[0].shape:
            raise ShapeError(f"image {i} has the shape {image.shape}, the first {images[0].shape}")
        if image.shape[0] < dims[0] or image.shape[1] < dims[1]:
            crop = int(dims[0]), int(dims[1])
            raise ShapeError(f"images of {image.shape[:2]} are smaller than crops of {crop}")


def oversample(
    images: Sequence[NDArray] | NDArray, crop_dims: Sequence[int] | NDArray
) -> NDArray[np.float32]:
    """Ten crops of each image (H, W, K): the four corners, row by row, and the centre, then
    the same mirrored.  Returns (10 N, height, width, K)."""
    check_images(images, crop_dims)
    height, width = int(crop_dims[0]), int(crop_dims[1])
    rows, columns = images[0].shape[0] - height, images[0].shape[1] - width
    places = [(top, left) for top in (0, rows) for left in (0, columns)]
    places.append((rows // 2, columns // 2))
    crops = np.empty((len(images), 10, height, width, images[0].shape[-1]), np.float32)
    for image, ten in zip(images, crops):
        for crop, (top, left) in zip(ten, places):
            crop[:] = image[top : top + height, left : left + width]
    crops[:, 5:] = crops[:, :5, :, ::-1]
    return crops.reshape(-1, *crops.shape[2:])
