"""ImageLabelmapData, DenseImageData and ImageSegData: what the golden cases do not show."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN
from protonet.errors import DataError, ProtonetError, PrototxtError
from protonet.net.net import Net

FIELDS = {
    "ImageLabelmapData": "image_data_param",
    "DenseImageData": "dense_image_data_param",
    "ImageSegData": "image_data_param",
}
TYPES = list(FIELDS)
PIXEL = {"ImageSegData": "label_type: PIXEL"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six pairs of 12 x 16; the label of a pixel is the image's blue there."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    for i in range(6):
        image = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        write(f"i{i}.png", image)
        write(f"l{i}.png", image[:, :, 0])
    (tmp_path / "list").write_text("".join(f"i{i}.png l{i}.png\n" for i in range(6)))
    return tmp_path


def write(name: str, image: np.ndarray) -> None:
    assert cv2.imwrite(name, image)


def make(kind: str, fields: str = "", transform: str = "", **options: object) -> Net:
    pixel = "" if "label_type" in fields else PIXEL.get(kind, "")
    text = f"""layer {{ name: "d" type: "{kind}" top: "data" top: "label"
  {FIELDS[kind]} {{ source: "list" batch_size: 2 {pixel}
  {fields} }}
  transform_param {{ {transform} }} }}"""
    return Net(text, **{"phase": TRAIN, "seed": 1, **options})


def cut(kind: str) -> tuple[str, str]:
    """The fields for a crop of 8 x 8 with mirror, in both messages."""
    if kind == "DenseImageData":
        return "crop_height: 8 crop_width: 8 mirror: true", ""
    return "", "crop_size: 8 mirror: true"


@pytest.mark.parametrize("kind", TYPES)
def test_image_and_labels_are_cut_and_mirrored_alike(kind: str) -> None:
    net, seen = make(kind, *cut(kind)), set()
    for _ in range(15):
        net.forward()
        blue, label = net.blobs["data"].data[:, :1], net.blobs["label"].data
        assert label.shape == (2, 1, 8, 8)
        np.testing.assert_array_equal(label, blue >= 128 if kind == "ImageLabelmapData" else blue)
        seen.update(image.tobytes() for image in blue)
    assert len(seen) > 20  # of only six images: places and sides differ
    net.layers[0].close()


@pytest.mark.parametrize("kind", TYPES)
def test_state_goes_on_exactly(kind: str) -> None:
    fields, transform = cut(kind)
    if kind == "ImageSegData":
        transform += " scale_factors: 0.75 scale_factors: 1.5"
    net = make(kind, f"shuffle: true {fields}", transform)
    for _ in range(4):
        net.forward()
    state = net.layers[0].state()
    want = [{k: v.copy() for k, v in net.forward().items()} for _ in range(5)]
    other = make(kind, f"shuffle: true {fields}", transform, seed=7)
    other.forward()
    other.layers[0].set_state(state)
    for batch in want:
        got = other.forward()
        assert all((got[name] == batch[name]).all() for name in batch)


@pytest.mark.parametrize("kind", TYPES)
def test_resized_alike(kind: str) -> None:
    for i in range(6):  # halves of one colour stay so, whatever the interpolation
        image = np.zeros((12, 16, 3), np.uint8)
        image[:, 8:] = 200
        write(f"i{i}.png", image)
        write(f"l{i}.png", image[:, :, 0])
    net = make(kind, "new_height: 6 new_width: 32", phase=TEST)
    net.forward()
    high = 1 if kind == "ImageLabelmapData" else 200
    for values, most in ((net.blobs["data"].data, 200), (net.blobs["label"].data, high)):
        assert values.shape[2:] == (6, 32)
        assert (values[..., :14] == 0).all() and (values[..., 18:] == most).all()


def test_labels_may_be_smaller() -> None:
    fields = "new_height: 12 new_width: 16 label_divide_factor: 4 mirror: true"
    net = make("DenseImageData", fields)
    net.forward()
    blue, label = net.blobs["data"].data[:, 0], net.blobs["label"].data[:, 0]
    assert label.shape == (2, 3, 4)
    for image, small in zip(blue, label):
        mirrored = (image[::4, ::-1][:, ::4][:, ::-1] == small).all()
        assert mirrored or (image[::4, ::4] == small).all()


def test_a_random_scale_in_every_pass() -> None:
    net = make("ImageSegData", "", "scale_factors: 0.5 scale_factors: 1 crop_size: 12")
    filled = set()
    for _ in range(12):
        net.forward()
        filled.update((label == 255).mean().round(3) for label in net.blobs["label"].data)
    # 6 x 8 of 12 x 12 at half the size; none, but for values that are 255 themselves, at full.
    assert any(0.6 < part < 0.7 for part in filled) and min(filled) < 0.05


def test_the_mean_fills_what_is_padded() -> None:
    net = make("ImageSegData", transform="crop_size: 20 mean_value: 104.008 scale: 2", phase=TEST)
    net.forward()
    assert (net.blobs["data"].data[:, :, 12:] == 0).all()
    assert (net.blobs["label"].data[:, :, :, 16:] == 255).all()


@pytest.mark.parametrize(
    ("kind", "fields", "transform", "words"),
    [
        ("ImageLabelmapData", "new_height: 3", "", r"<text>:3: .*only one of new_height"),
        ("DenseImageData", "crop_height: 3", "", r"<text>:3: .*only one of crop_height"),
        ("DenseImageData", "", "mirror: true", r"<text>:4: .*mirror of transform_param would act"),
        ("DenseImageData", "", "crop_size: 3", "as crop_height and crop_width"),
        ("DenseImageData", "label_divide_factor: 2", "", "2 with no new_height and new_width"),
        (
            "DenseImageData",
            "label_divide_factor: 5 new_height: 10 new_width: 12",
            "",
            "5 does not divide 10 x 12",
        ),
        ("ImageSegData", "", 'mean_file: "x"', r"<text>:4: .*give mean_value"),
        ("ImageSegData", "", "scale_factors: 0", "a scale factor is not above 0"),
        ("ImageSegData", "", "crop_height: 3", "only one of crop_height and crop_width"),
    ],
)
def test_bad_parameters(kind: str, fields: str, transform: str, words: str) -> None:
    with pytest.raises(PrototxtError, match=words):
        make(kind, fields, transform)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("i0.png\n", r"list:1: .*1 words: 'i0.png': write: name of the image, space, its label"),
        ("i0.png l0.png\n\na b c\n", r"list:3: .*3 words"),
        ("\n", "is empty"),
        ("i0.png none.png\n", r"list:1: .*none.png"),
        ("i0.png small.png\n", r"list:1: .*the image is 12 x 16 .*its label map 5 x 5"),
        ("i0.png l0.png\nsmall.png small.png", r"list:2: .*the first of its batch"),
    ],
)
def test_bad_lists(kind: str, text: str, words: str, folder: Path) -> None:
    write("small.png", np.zeros((5, 5), np.uint8))
    (folder / "list").write_text(text)
    with pytest.raises(DataError, match=words):
        make(kind).forward()


def test_a_number_is_wanted_for_a_whole_image(folder: Path) -> None:
    with pytest.raises(DataError, match=r"list:1: .*'l0.png' is no whole number.*PIXEL"):
        make("ImageSegData", "label_type: IMAGE")


@pytest.mark.parametrize("kind", TYPES)
def test_shapes_without_the_data(kind: str, folder: Path) -> None:
    (folder / "list").unlink()
    net = make(kind, *cut(kind), open_data=False)
    assert net.blobs["data"].shape == (2, 3, 8, 8) and net.blobs["label"].shape == (2, 1, 8, 8)
    with pytest.raises(ProtonetError, match="--shape data=2,3,H,W"):
        make(kind, open_data=False)
    net = make(kind, open_data=False, shapes={"data": (5, 3, 6, 7)})
    assert net.blobs["label"].shape == (5, 1, 6, 7)
