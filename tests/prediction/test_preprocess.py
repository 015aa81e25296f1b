"""Preprocess: the numbers of Caffe's data transformer, of ImageData and of pycaffe."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet import Net, Preprocess
from protonet.core.context import TEST
from protonet.data.transformer import Transformer
from protonet.errors import DataError, ShapeError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import read_text
from protonet.pycaffe import io


def picture(height: int = 12, width: int = 15, seed: int = 0) -> np.ndarray:
    """(H, W, 3) uint8"""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_mean(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    mean = np.random.default_rng(5).uniform(80, 150, shape).astype(np.float32)
    path.write_bytes(io.array_to_blobproto(mean[np.newaxis]).SerializeToString())
    return mean


PARAMS = [
    "",
    "scale: 0.0078125 mean_value: 50",
    "mean_value: 104 mean_value: 117 mean_value: 123 scale: 0.017 crop_size: 7",
    "crop_h: 5 crop_w: 8",
    'mean_file: "mean.binaryproto" crop_size: 8 scale: 0.5',
    'mean_file: "mean.binaryproto"',
]


@pytest.mark.parametrize("text", PARAMS)
def test_equals_the_data_transformer(text: str, tmp_path: Path) -> None:
    write_mean(tmp_path / "mean.binaryproto", (3, 12, 15))
    param, _, _ = read_text(f"{text}\n", pb.TransformationParameter)
    image = picture()
    stored = np.ascontiguousarray(image.transpose(2, 0, 1))
    theirs = Transformer(
        param, TEST, np.float32, np.random.SeedSequence(1), lambda name: tmp_path / name
    )
    expected = np.empty((1, *theirs.shape(stored.shape)), np.float32)
    theirs([stored], expected)
    ours = Preprocess.from_transform_param(param, tmp_path)
    np.testing.assert_array_equal(ours(image), expected[0])
    if "crop" not in text or "mean_file" in text:  # so that the size before the crop is known
        np.testing.assert_array_equal(ours.for_input(*expected.shape[1:])(image), expected[0])


@pytest.mark.parametrize("color", [True, False])
def test_equals_the_layer_that_reads_images(color: bool, tmp_path: Path) -> None:
    """Decoded, resized, cropped, mean and scale: ImageData's top, from the very same prototxt."""
    assert cv2.imwrite(str(tmp_path / "a.png"), picture(31, 22))
    (tmp_path / "list.txt").write_text(f"{tmp_path / 'a.png'} 3\n")
    (tmp_path / "net.prototxt").write_text(f"""
layer {{ name: "d" type: "ImageData" top: "data" top: "label"
  transform_param {{ crop_size: 9 mean_value: 90 scale: 0.25 }}
  image_data_param {{ source: "{(tmp_path / "list.txt").as_posix()}" batch_size: 1
    new_height: 14 new_width: 17 is_color: {str(color).lower()} }} }}""")
    expected = Net(tmp_path / "net.prototxt").forward()["data"][0]
    ours = Preprocess.from_file(tmp_path / "net.prototxt").for_input(*expected.shape)
    flag = cv2.IMREAD_COLOR if color else cv2.IMREAD_GRAYSCALE
    np.testing.assert_array_equal(ours(cv2.imread(str(tmp_path / "a.png"), flag)), expected)


def test_equals_pycaffe() -> None:
    """Its Transformer as its examples set it up, for a picture of the net's size."""
    image, mean = picture(10, 10), np.array([104.0, 117.0, 123.0])
    theirs = io.Transformer({"data": (1, 3, 10, 10)})
    theirs.set_transpose("data", (2, 0, 1))
    theirs.set_channel_swap("data", (2, 1, 0))
    theirs.set_raw_scale("data", 255)
    theirs.set_mean("data", mean)
    theirs.set_input_scale("data", 0.017)
    unit = image[..., ::-1].astype(np.float32) / 255  # as its load_image: RGB from 0 to 1
    ours = Preprocess(mean=mean, scale=0.017).for_input(3, 10, 10)
    np.testing.assert_allclose(ours(image), theirs.preprocess("data", unit), atol=1e-4)


def test_ten_crops_are_those_of_pycaffe() -> None:
    image = picture(11, 13)
    ours = Preprocess(crop=(6, 5), oversample=True).crops(image)
    np.testing.assert_array_equal(ours.transpose(0, 2, 3, 1), io.oversample([image], (6, 5)))
    assert Preprocess(crop=(6, 5)).crops(image).shape == (1, 3, 6, 5)


def test_red_first_and_grey() -> None:
    image = picture()
    np.testing.assert_array_equal(Preprocess(rgb=True)(image), image[..., ::-1].transpose(2, 0, 1))
    mean = np.array([1.0, 2.0, 3.0])  # in the net's order
    expected = image[..., ::-1].transpose(2, 0, 1) - mean[:, None, None]
    np.testing.assert_array_equal(Preprocess(rgb=True, mean=mean)(image), expected)
    weights = np.array([0.114, 0.587, 0.299])
    grey = Preprocess().for_input(1, 12, 15)(image)
    np.testing.assert_allclose(grey[0], image @ weights, atol=0.6)
    np.testing.assert_array_equal(Preprocess()(image[..., 0]), np.stack([image[..., 0]] * 3))


def test_sizes_that_follow_from_the_net_and_the_mean(tmp_path: Path) -> None:
    plain = Preprocess().for_input(3, 8, 9)
    assert (plain.resize, plain.crop) == ((8, 9), None)
    assert Preprocess(keep_size=True).for_input(3, 8, 9)(picture()).shape == (3, 12, 15)
    whole = Preprocess(mean=np.zeros((3, 20, 20))).for_input(3, 8, 9)
    assert (whole.resize, whole.crop) == ((20, 20), (8, 9))
    small = Preprocess(crop=(6, 6)).for_input(3, 8, 9)
    assert small(picture()).shape == (3, 6, 6)
    np.save(tmp_path / "mean.npy", np.ones((3, 20, 20)))
    param = pb.TransformationParameter(mean_file="elsewhere/mean.npy")
    assert Preprocess.from_transform_param(param, tmp_path).mean.sum() == 1200


@pytest.mark.parametrize(
    ("mode", "shape", "inside"),
    [
        ("WARP", (3, 20, 30), (20, 30)),
        ("FIT_SMALL_SIZE", (3, 20, 40), (20, 40)),
        ("FIT_LARGE_SIZE_AND_PAD", (3, 20, 30), (15, 30)),
    ],
)
def test_resize_param_and_the_way_back(mode, shape, inside) -> None:
    """A picture of 10 x 20; its corners come back whatever was padded or cut."""
    param, _, _ = read_text(
        f"resize_param {{ height: 20 width: 30 resize_mode: {mode} pad_value: 7 }}\n",
        pb.TransformationParameter,
    )
    ours, image = Preprocess.from_transform_param(param), picture(10, 20)
    made = ours(image)
    assert made.shape == shape
    top = (shape[1] - inside[0]) // 2
    assert (made[:, :top] == 7).all()
    place = ours.placement(image)
    corners = np.array([[0, top, inside[1], top + inside[0]]], float)
    np.testing.assert_allclose(place.back(corners), [[0, 0, 20, 10]])


def test_the_way_back_of_a_crop() -> None:
    """Resized to twice its size, then 8 x 10 of 24 x 30: that is 4 x 5 around the centre."""
    ours, image = Preprocess(resize=(24, 30), crop=(8, 10)), picture(12, 15)
    place = ours.placement(image)
    np.testing.assert_allclose(place.back(np.array([[0.0, 0, 10, 8]])), [[5, 4, 10, 8]])
    labels = np.arange(80).reshape(8, 10)
    back = place.map_back(labels, 255)
    assert back.shape == (12, 15)
    assert (back[4:8, 5:10] == labels[1::2, 1::2]).all() and (back != 255).sum() == 20


def test_the_shorter_side() -> None:
    """As Faster R-CNN's 600 and 1000: of 12 x 15 to 24 x 30, or no longer than 20."""
    free = Preprocess(resize=(24, 24), resize_mode="FIT_SMALL_SIZE")
    assert free(picture()).shape == (3, 24, 30)
    held = Preprocess(resize=(24, 24), resize_mode="FIT_SMALL_SIZE", longest=20)
    assert held(picture()).shape == (3, 16, 20)
    np.testing.assert_allclose(held.placement(picture()).scale, (20 / 15, 16 / 12))


@pytest.mark.parametrize(
    ("ours", "image", "message"),
    [
        (Preprocess(crop=(20, 3)), picture(), "12 x 15 is too small for a crop of 20 x 3"),
        (Preprocess(mean=np.ones(2)), picture(), "2 values of the mean for 3 channels"),
        (Preprocess(mean=np.ones((3, 4, 4))), picture(), r"mean image is \(3, 4, 4\).*resize to 4"),
        (Preprocess(), np.zeros((3, 12, 15)), r"shape \(3, 12, 15\).*channels come last"),
        (Preprocess(), np.zeros((0, 4, 3)), "empty"),
    ],
)
def test_what_does_not_fit(ours, image, message) -> None:
    with pytest.raises(ShapeError, match=message):
        ours(image)


def test_files_that_do_not_do(tmp_path: Path) -> None:
    (tmp_path / "deploy.prototxt").write_text('layer { name: "x" type: "Input" top: "x" }\n')
    with pytest.raises(DataError, match="no layer of this net reads images"):
        Preprocess.from_file(tmp_path / "deploy.prototxt")
    (tmp_path / "x.preprocess.prototxt").write_text('scale: 2\nmean_file: "gone.binaryproto"\n')
    with pytest.raises(DataError, match=r"no mean file 'gone.binaryproto' \(tried .*--mean"):
        Preprocess.from_file(tmp_path / "x.preprocess.prototxt")
