"""Arrays and messages; images made ready for a net."""

from __future__ import annotations

import sys
import types
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import DataError, NetError, ProtonetError, ShapeError
from protonet.pycaffe import images, io
from protonet.pycaffe.proto import caffe_pb2
from tests.pycaffe.png import picture, write_png

# -- messages ------------------------------------------------------------------------------


def test_blobs_with_old_shape_new_shape_and_none():
    blob = caffe_pb2.BlobProto(data=range(24))
    with pytest.raises(ValueError):
        io.blobproto_to_array(blob)
    blob.num, blob.channels, blob.height, blob.width = 1, 2, 3, 4
    assert io.blobproto_to_array(blob).shape == (1, 2, 3, 4)
    blob = caffe_pb2.BlobProto(data=range(24), shape=caffe_pb2.BlobShape(dim=[4, 6]))
    array = io.blobproto_to_array(blob)
    assert array.tolist() == np.arange(24.0).reshape(4, 6).tolist()
    assert array.dtype == np.float64
    assert io.blobproto_to_array(caffe_pb2.BlobProto(data=[7])) == 7  # a scalar has no shape
    assert io.blobproto_to_array(caffe_pb2.BlobProto(double_data=[7.5])) == 7.5


def test_arrays_become_blobs_and_come_back():
    data, diff = np.arange(6, dtype=np.uint8).reshape(1, 2, 3), -np.ones((1, 2, 3))
    blob = io.array_to_blobproto(data, diff)
    assert list(blob.shape.dim) == [1, 2, 3]
    assert (io.blobproto_to_array(blob) == data).all()
    assert (io.blobproto_to_array(blob, return_diff=True) == diff).all()
    packed = io.arraylist_to_blobprotovector_str([data, diff[0]])
    assert isinstance(packed, bytes)
    first, second = io.blobprotovector_str_to_arraylist(packed)
    assert (first == data).all() and (second == diff[0]).all()


def test_datums():
    pixels = picture(4, 5).transpose(2, 0, 1)
    with_label, without = io.array_to_datum(pixels, 3), io.array_to_datum(pixels)
    assert with_label.label == 3 and not without.HasField("label")
    assert len(with_label.SerializeToString()) > len(without.SerializeToString())
    back = io.datum_to_array(without)
    assert back.dtype == np.uint8 and (back == pixels).all()
    back[0] = 0  # an array of its own
    floats = io.array_to_datum(pixels / 4)
    assert not floats.data and (io.datum_to_array(floats) == pixels / 4).all()
    with pytest.raises(ValueError, match=r"\(channels, height, width\), not \(4, 5\)"):
        io.array_to_datum(np.zeros((4, 5)))


@pytest.mark.parametrize("label", [4, np.int64(4), 4.0, np.float32(4), np.array(4), np.uint8(4)])
def test_labels_that_are_whole(label):
    assert io.array_to_datum(np.zeros((1, 2, 2)), label).label == 4


@pytest.mark.parametrize("label", [0.8, np.float32(2.7), np.nan, np.inf, [1, 2], "4"])
def test_labels_that_a_datum_cannot_hold(label):
    with pytest.raises(TypeError, match=r"one whole number, not .* HDF5, .*--labels-db"):
        io.array_to_datum(np.zeros((1, 2, 2)), label)
    with pytest.raises(ValueError, match="range"):
        io.array_to_datum(np.zeros((1, 2, 2)), 2**31)


def test_diffs_of_another_shape():
    with pytest.raises(ValueError, match=r"diffs have the shape \(2,\), the array \(2, 3\)"):
        io.array_to_blobproto(np.zeros((2, 3)), np.zeros(2))


# -- the transformer -----------------------------------------------------------------------


def transformer(shape=(2, 3, 6, 4)) -> io.Transformer:
    return io.Transformer({"data": shape})


def test_the_order_of_the_steps():
    image = picture(6, 4).astype(np.float32) / 255
    kept = image.copy()
    t = transformer()
    t.set_transpose("data", (2, 0, 1))
    t.set_channel_swap("data", (2, 1, 0))
    t.set_raw_scale("data", 255)
    t.set_mean("data", np.array([1.0, 2.0, 3.0]))
    t.set_input_scale("data", 0.5)
    out = t.preprocess("data", image)
    assert out.dtype == np.float32 and out.shape == (3, 6, 4)
    for k in range(3):
        expected = (kept[:, :, 2 - k] * 255.0 - (k + 1)) * 0.5
        np.testing.assert_allclose(out[k], expected, rtol=1e-6, atol=1e-4)
    assert (image == kept).all(), "the image is left alone"
    np.testing.assert_allclose(t.deprocess("data", out[None]), kept, atol=1e-6)


def test_nothing_set_nothing_done():
    image = picture(6, 4)
    assert (transformer((1, 6, 6, 4)).preprocess("data", image) == image).all()
    assert transformer().preprocess("data", image[:3, :2]).shape == (6, 4, 3)


def test_images_that_are_flat_or_lack_channels():
    t = transformer()
    t.set_transpose("data", (2, 0, 1))
    t.set_channel_swap("data", (2, 1, 0))
    with pytest.raises(ShapeError, match=r"image for 'data' has the shape \(6, 4\), not \(H, W, K"):
        t.preprocess("data", np.zeros((6, 4)))
    with pytest.raises(ShapeError, match="image for 'data' has 1 channels, the input 3"):
        t.preprocess("data", np.zeros((6, 4, 1)))


def test_means_of_any_kind():
    t = transformer()
    whole = np.random.default_rng(0).random((3, 6, 4))
    t.set_mean("data", whole)
    assert t.mean["data"] is whole
    t.set_mean("data", np.tile(np.array([1.0, 2.0, 9.0])[:, None, None], (1, 12, 8)))
    assert t.mean["data"].shape == (3, 6, 4)
    np.testing.assert_allclose(t.mean["data"][2, 2:-2, 1:-1], 9)
    grey = transformer((1, 1, 6, 4))
    grey.set_mean("data", np.full((3, 3), 5.0))
    assert grey.mean["data"].shape == (1, 6, 4) and (grey.mean["data"] == 5).all()
    for mean in (np.zeros(4), np.zeros((1, 3, 6, 4))):
        with pytest.raises(ValueError, match="a mean"):
            t.set_mean("data", mean)


def test_means_that_are_turned_or_not_loaded():
    t = transformer()
    with pytest.raises(
        ValueError, match=r"looks like \(H, W, K\), so give mean\.transpose\(2, 0, 1"
    ):
        t.set_mean("data", np.zeros((6, 4, 3)))
    with pytest.raises(ValueError, match=r"shape \(2, 9, 9\) for an input .* \(3, 6, 4\)$"):
        t.set_mean("data", np.zeros((2, 9, 9)))
    with pytest.raises(TypeError, match=r"not the path 'mean\.npy': give numpy\.load"):
        t.set_mean("data", "mean.npy")
    assert not t.mean
    t.set_mean("data", [1, 2, 3])
    assert t.mean["data"].shape == (3, 1, 1)


def test_settings_that_do_not_fit():
    t = transformer()
    for setting, order in ((t.set_transpose, (1, 2, 3)), (t.set_channel_swap, (2, 1, 1))):
        with pytest.raises(ShapeError, match="it has to name each of 0 to 2 once"):
            setting("data", order)
    with pytest.raises(NetError, match=r"no input 'dat'.*did you mean 'data'"):
        t.set_raw_scale("dat", 1)
    with pytest.raises(NetError):
        t.preprocess("label", picture(2, 2))
    with pytest.raises(ShapeError, match=r"\(1, 0\) is not of 3 axes"):
        t.set_transpose("data", (1, 0))
    with pytest.raises(ShapeError, match=r"is not of 3 channels"):
        t.set_channel_swap("data", (1, 0))


# -- images --------------------------------------------------------------------------------


def test_images_are_rgb_from_0_to_1(tmp_path):
    rgb = picture(5, 4)
    image = caffe.io.load_image(write_png(tmp_path / "rgb.png", rgb))
    assert image.dtype == np.float32 and image.shape == (5, 4, 3)
    np.testing.assert_allclose(image, rgb / 255, atol=1e-7)
    grey = caffe.io.load_image(str(tmp_path / "rgb.png"), color=False)
    expected = rgb[..., 0] * 0.2125 + rgb[..., 1] * 0.7154 + rgb[..., 2] * 0.0721
    np.testing.assert_allclose(grey[..., 0], expected / 255, atol=1e-6)


def test_grey_alpha_and_deep_images(tmp_path):
    grey, rgba = picture(5, 4, 1), picture(5, 4, 4)
    write_png(tmp_path / "grey.png", grey)
    image = io.load_image(tmp_path / "grey.png")
    assert image.shape == (5, 4, 3) and (image[..., 0] == image[..., 2]).all()
    np.testing.assert_allclose(
        io.load_image(tmp_path / "grey.png", False)[..., 0], grey / 255, atol=1e-7
    )
    write_png(tmp_path / "rgba.png", rgba)
    np.testing.assert_allclose(io.load_image(tmp_path / "rgba.png"), rgba[..., :3] / 255, atol=1e-7)
    write_png(tmp_path / "deep.png", grey.astype(np.uint16) * 257)
    np.testing.assert_allclose(io.load_image(tmp_path / "deep.png")[..., 1], grey / 255, atol=1e-6)
    assert (images.as_float(np.ones((1, 1))) == 1).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_images_from_open_files(tmp_path, channels):
    path = write_png(tmp_path / "x.png", picture(5, 4, channels))
    for color in (True, False):
        expected = io.load_image(path, color)
        with open(path, "rb") as file:
            assert (io.load_image(file, color) == expected).all()
        memory = BytesIO(Path(path).read_bytes())
        assert (io.load_image(memory, color) == expected).all()
    with open(path) as text, pytest.raises(DataError, match=r"x\.png' is open as text: .*'rb'"):
        io.load_image(text)
    with pytest.raises(DataError, match="is open as text"):
        io.load_image(StringIO("x"))
    with pytest.raises(DataError, match="no image that can be decoded"):
        io.load_image(BytesIO(b"x"))


def test_files_that_are_no_images(tmp_path):
    for name, content in (("empty.png", b""), ("text.png", b"not a picture")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ProtonetError, match="no image that can be decoded"):
            io.load_image(tmp_path / name)
    with pytest.raises(ProtonetError, match=r"cannot read the image .*No such file"):
        io.load_image(tmp_path / "none.png")


def test_without_any_image_library(tmp_path, monkeypatch):
    path = write_png(tmp_path / "x.png", picture(2, 2))
    for name in ("cv2", "PIL.Image"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ProtonetError, match=r"opencv-python-headless.*protonet-caffe\[images\]"):
        io.load_image(path)


class FakeOpenCV:
    """imdecode as OpenCV has it: channels in the order blue, green, red."""

    IMREAD_UNCHANGED = -1

    def __init__(self, image):
        self.image = image

    def imdecode(self, content, flags):
        assert content.dtype == np.uint8 and flags == -1
        return self.image


def test_channels_of_opencv_are_put_in_order(tmp_path, monkeypatch):
    path = write_png(tmp_path / "x.png", picture(2, 2))
    bgra = picture(2, 3, 4)
    monkeypatch.setitem(sys.modules, "cv2", FakeOpenCV(bgra))
    assert (images.read(path) == bgra[..., [2, 1, 0, 3]]).all()
    monkeypatch.setitem(sys.modules, "cv2", FakeOpenCV(bgra[..., 0]))
    assert (images.read(path) == bgra[..., 0]).all()
    monkeypatch.setitem(sys.modules, "cv2", FakeOpenCV(None))
    with pytest.raises(ProtonetError, match="decoded"):
        images.read(path)


# -- resizing ------------------------------------------------------------------------------


def naive_resize(image, shape, half_pixels):
    """Bilinear, pixel by pixel; zero outside."""
    height, width = image.shape
    out = np.zeros(shape)

    def position(i, old, new):
        if half_pixels:
            return (i + 0.5) * old / new - 0.5
        return i * (old - 1) / (new - 1) if new > 1 else 0.0

    def pixel(y, x):
        return image[y, x] if 0 <= y < height and 0 <= x < width else 0.0

    for i in range(shape[0]):
        for j in range(shape[1]):
            y, x = position(i, height, shape[0]), position(j, width, shape[1])
            y0, x0 = int(np.floor(y)), int(np.floor(x))
            v, u = y - y0, x - x0
            out[i, j] = (1 - v) * ((1 - u) * pixel(y0, x0) + u * pixel(y0, x0 + 1)) + v * (
                (1 - u) * pixel(y0 + 1, x0) + u * pixel(y0 + 1, x0 + 1)
            )
    return out


@pytest.mark.parametrize("shape", [(3, 4), (9, 5), (5, 13), (1, 1)])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_bilinear(shape, channels):
    image = picture(5, 7, 3)[..., :channels].astype(np.float32) - 50
    out = io.resize_image(image, shape)
    assert out.dtype == np.float32 and out.shape == (*shape, channels)
    low = image.min() if channels != 2 else 0  # what the border blends with
    for k in range(channels):
        expected = naive_resize(image[..., k] - low, shape, channels != 2) + low
        np.testing.assert_allclose(out[..., k], expected, rtol=1e-5, atol=1e-3)


def test_nearest_and_constant():
    image = np.arange(6.0).reshape(2, 3, 1)
    assert (
        io.resize_image(image, (4, 6), 0)[..., 0].tolist()
        == np.kron(np.arange(6.0).reshape(2, 3), np.ones((2, 2))).tolist()
    )
    assert (io.resize_image(np.full((2, 2, 3), 4.5), (3, 5)) == 4.5).all()


def test_splines_need_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.setitem(sys.modules, "scipy.ndimage", None)
    with pytest.raises(ProtonetError, match="order 3 needs the package 'scipy'"):
        io.resize_image(np.eye(4)[..., None], (5, 5), 3)


@pytest.mark.parametrize(("channels", "mode"), [(1, "grid-constant"), (2, "constant")])
def test_splines_by_scipy(monkeypatch, channels, mode):
    seen = {}

    def zoom(image, factors, **options):
        seen.update(options, factors=factors)
        return np.full((8, 4, channels), 2.0)  # more than there was in the image

    fake = types.ModuleType("scipy.ndimage")
    fake.zoom = zoom
    monkeypatch.setitem(sys.modules, "scipy", types.ModuleType("scipy"))
    monkeypatch.setitem(sys.modules, "scipy.ndimage", fake)
    image = np.linspace(0, 1, 64 * channels).reshape(8, 8, channels)
    out = io.resize_image(image, (8, 4), 3)
    assert seen == {"factors": (1, 0.5, 1), "order": 3, "mode": mode, "grid_mode": channels == 1}
    assert (out == (1 if channels == 1 else 2)).all()


def test_ten_crops():
    images = [picture(7, 9, seed=seed) for seed in range(2)]
    crops = io.oversample(images, (4, 6))
    assert crops.shape == (20, 4, 6, 3) and crops.dtype == np.float32
    for image, ten in zip(images, np.split(crops, 2)):
        corners = [image[:4, :6], image[:4, 3:], image[3:, :6], image[3:, 3:], image[1:5, 1:7]]
        for i, corner in enumerate(corners):
            assert (ten[i] == corner).all() and (ten[i + 5] == corner[:, ::-1]).all()
    with pytest.raises(ShapeError, match="smaller than crops"):
        io.oversample(images, (8, 6))
