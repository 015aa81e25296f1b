"""How pictures come to a net: sizes, means and channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet.errors import DataError
from protonet.finetuning.examples import Example, Examples
from protonet.finetuning.feed import feed
from protonet.prediction.transform import Transform
from protonet.proto import caffe_pb2 as pb
from protonet.proto.weights import write_blob


def examples(**store: Any) -> Examples:
    some = [Example("a/1.png", 0), Example("b/1.png", 1)]
    return Examples(["a", "b"], Path("pictures"), some, some, "split", **store)


def told(text: str = "") -> Transform:
    from google.protobuf import text_format

    return Transform(text_format.Parse(text, pb.TransformationParameter()), Path())


def test_pictures_become_what_the_net_takes() -> None:
    made = feed(examples(), (3, 20, 20), told("scale: 0.5 mean_value: 9 force_color: true"))
    assert made.size == (20, 20) and made.color and not made.mirror
    layer = made.layer(examples(), "TRAIN", ("x", "y"), 4, "train.txt", "pictures/")
    assert [*layer.top] == ["x", "y"] and layer.image_data_param.shuffle
    words = str(layer.transform_param).split()
    assert words == ["scale:", "0.5", "crop_size:", "20", "mean_value:", "9"]
    test = made.layer(examples(), "TEST", ("x", "y"), 4, "test.txt", "pictures/")
    assert not test.image_data_param.shuffle and test.include[0].phase == pb.TEST


def test_a_crop_of_a_larger_picture() -> None:
    made = feed(examples(), (1, 20, 20), told("resize_param { height: 24 width: 30 }"))
    assert made.size == (24, 30) and not made.color and made.transform.crop_size == 20
    assert feed(examples(), (1, 20, 20), told(), (25, 26)).size == (25, 26)


def test_a_net_that_is_not_square_needs_no_crop() -> None:
    made = feed(examples(), (3, 20, 30), told("crop_size: 9"))
    assert made.size == (20, 30) and not made.transform.HasField("crop_size")


def test_mirrored_in_training_alone() -> None:
    for given, asked in (("mirror: true", False), ("", True)):
        made = feed(examples(), (3, 4, 4), told(given), mirror=asked)
        layers = [made.layer(examples(), p, ("x", "y"), 1, "l", "r") for p in ("TRAIN", "TEST")]
        assert [layer.transform_param.mirror for layer in layers] == [True, False]


def test_a_mean_image_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the new folder, and pictures get its size."""
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    write_blob(Path("old/mean.binaryproto"), np.zeros((1, 3, 24, 28), np.float32))
    transform = told('mean_file: "mean.binaryproto"')
    transform.root = Path("old")
    made = feed(examples(), (3, 20, 20), transform)
    assert Path(made.transform.mean_file) == tmp_path / "old/mean.binaryproto"
    assert made.size == (24, 28)
    transform.param.mean_file = "gone.npy"
    with pytest.raises(DataError, match=r"there is no mean file 'gone.npy'"):
        feed(examples(), (3, 20, 20), transform)


@pytest.mark.parametrize(
    ("shape", "encoded", "field"),
    [((1, 9, 9), False, ""), ((3, 9, 9), True, "force_gray"), ((1, 8, 8), True, "force_gray")],
)
def test_records_of_a_store(shape: Any, encoded: bool, field: str) -> None:
    stored = examples(store="LMDB", shape=shape, encoded=encoded)
    made = feed(stored, (1, 8, 8), told("force_color: true"))
    layer = made.layer(stored, "TRAIN", ("x", "y"), 4, "train_lmdb", "")
    assert (layer.type, layer.data_param.source) == ("Data", "train_lmdb")
    assert layer.data_param.backend == pb.DataParameter.LMDB
    set_fields = {f.name for f, _ in layer.transform_param.ListFields()}
    assert set_fields == {"crop_size", field} - {""}


@pytest.mark.parametrize(
    ("shape", "store", "resize", "words"),
    [
        ((2, 8, 8), {}, None, "the net takes 2 channels, pictures have 1 or 3"),
        ((1, 8, 8), {}, (7, 9), "7 x 9 are too small for the net's 8 x 8: give a larger --resize"),
        ((1, 8, 6), {}, (9, 9), "crop_size cuts squares alone: resize to just that: --resize 8,6"),
        ((1, 8, 8), {"shape": (1, 4, 4)}, None, "4 x 4 are too small .* convert-imageset"),
        ((1, 8, 8), {"shape": (3, 8, 8)}, None, "have 3 channels, the net takes 1: convert them"),
        ((1, 8, 8), {"shape": (1, 9, 9)}, (8, 8), "a Data layer does not resize"),
    ],
)
def test_what_does_not_fit(shape: Any, store: Any, resize: Any, words: str) -> None:
    stored = examples(store="LMDB", **store) if store else examples()
    with pytest.raises(DataError, match=words):
        feed(stored, shape, told(), resize)


def test_a_net_of_red_green_blue() -> None:
    """Records may lie in a store as the net takes them; pictures do not come so."""
    with pytest.raises(DataError, match="takes red, green, blue, and Caffe's data layers give"):
        feed(examples(), (3, 8, 8), told("bgr2rgb: true"))
    for some, channels in ((examples(store="LMDB", shape=(3, 8, 8)), 3), (examples(), 1)):
        made = feed(some, (channels, 8, 8), told("cvt_bgr2rgb: true"))
        assert not made.transform.HasField("cvt_bgr2rgb")
