"""Lists of images: their lines, order and size checks.  Pixels are checked by the golden data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST
from protonet.data import image_list
from protonet.data.image_list import ImageList, Item, read_image_list
from protonet.data.order import Order, make_rng
from protonet.data.prefetch import Batch
from protonet.data.transformer import Transformer
from protonet.errors import DataError, PrototxtError
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb


def test_lines(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a.png 1\nwith a space.png -2\r\n\nb\xff.png  3 \nc.png\t4\n")
    assert read_image_list(path) == [
        Item("a.png", 1, 1),
        Item("with a space.png", -2, 2),
        Item("b\udcff.png", 3, 4),
        Item("c.png", 4, 5),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a.png 1\nb.png x\n", 2, "the label 'x' is no whole number"),
        ("a.png 0.5\n", 1, "'0.5'"),
        ("\n\na.png\n", 3, "'a.png'"),
        (" 3\n", 1, "no image name"),
        ("\n \n", None, "is empty"),
    ],
)
def test_bad_lines(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    (tmp_path / "list").write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        read_image_list(tmp_path / "list")
    assert caught.value.line == line


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of image files: '7x5' is an image of that size, full of sevens."""

    def read(path: Path, color: bool) -> np.ndarray:
        if "x" not in path.name:
            raise DataError(f"'{path}' is no image that can be decoded")
        height, width = map(int, path.name.split("x"))
        return np.full((height, width, 3) if color else (height, width), height, np.uint8)

    monkeypatch.setattr(image_list, "read_image", read)


def make(names: list[str], batch: int, crop: int = 0, seed: int | None = None) -> ImageList:
    items = [Item(name, i, i + 1) for i, name in enumerate(names)]
    param = pb.TransformationParameter(crop_size=crop)
    transformer = Transformer(param, TEST, np.float32, np.random.SeedSequence(0))
    rng = None if seed is None else make_rng(np.random.SeedSequence(seed))
    return ImageList(Path("list"), items, Order(len(items), rng), transformer, batch)


def fill(pipeline: ImageList) -> tuple[np.ndarray, list[float]]:
    batch = Batch(2, np.float32)
    pipeline.fill(batch)
    return batch.blobs[0].data, batch.blobs[1].data.tolist()


def test_batches_of_one_take_any_size(images: None) -> None:
    pipeline = make(["3x4", "5x2"], 1)
    assert pipeline.first_shape() == (1, 3, 3, 4)
    assert [fill(pipeline)[0].shape for _ in range(3)] == [(1, 3, 3, 4), (1, 3, 5, 2), (1, 3, 3, 4)]


def test_crops_bring_sizes_together(images: None) -> None:
    data, labels = fill(make(["3x4", "5x2", "2x2"], 3, crop=2))
    assert data[:, 0, 0, 0].tolist() == [3, 5, 2]
    assert labels == [0, 1, 2]


@pytest.mark.parametrize(
    ("names", "crop", "words"),
    [
        (["3x4", "3x4", "4x3"], 0, r"\(3, 4, 3\).*\(3, 3, 4\)"),
        (["3x4", "3x4", "broken"], 0, "'broken' is no image"),
        (["3x4", "3x4", "2x9"], 3, "2 x 9 is too small"),
    ],
)
def test_the_line_of_a_bad_image_is_named(
    images: None, names: list[str], crop: int, words: str
) -> None:
    with pytest.raises(Exception, match=words) as caught:
        fill(make(names, 3, crop))
    assert str(caught.value).startswith("list:3: ")


def test_state_brings_the_order_back(images: None) -> None:
    names = [f"{n}x3" for n in range(1, 8)]
    pipeline = make(names, 1, seed=1)
    for _ in range(9):
        fill(pipeline)
    state = pipeline.state()
    want = [fill(pipeline)[1] for _ in range(12)]
    other = make(names, 1, seed=2)
    other.set_state(state)
    assert [fill(other)[1] for _ in range(12)] == want


def test_half_a_size(tmp_path: Path) -> None:
    text = (
        'layer { type: "ImageData" top: "d" '
        'image_data_param { source: "x" batch_size: 1 new_height: 3 } }'
    )
    with pytest.raises(PrototxtError, match="new_height and new_width"):
        Net(text)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"\xef\xbb\xbfa.png 1\n")
    assert read_image_list(tmp_path / "list") == [Item("a.png", 1, 1)]


def test_labels_that_do_not_fit_say_where_they_go(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a.png 0.8\n")
    with pytest.raises(DataError, match="--backend hdf5"):
        read_image_list(tmp_path / "list")
    (tmp_path / "list").write_text("a.png 3000000000\n")
    with pytest.raises(DataError, match="out of range"):
        read_image_list(tmp_path / "list")


LISTED = """layer { name: "d" type: "ImageData" top: "data" top: "label"
  image_data_param { source: "%s" batch_size: 1 root_folder: "%s" } }"""


@pytest.mark.parametrize(
    ("line", "folder", "words"),
    [
        ("{here}/sub/a.png 1", "{here}/sub/", 'absolute paths, and root_folder .*: make it ""$'),
        ("a.png 1", "{here}/sub", "end it with a slash"),
        ("a.png 3 0.5 1", "{here}/sub/", "the line has several labels: .*HDF5Data"),
        ("b 3.png 3", "{here}/sub/", "No such file or directory$"),
    ],
)
def test_an_image_that_is_not_there(tmp_path: Path, line: str, folder: str, words: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(b"")
    (tmp_path / "list").write_text(line.format(here=tmp_path) + "\n")
    with pytest.raises(DataError, match=words) as caught:
        Net(LISTED % (tmp_path / "list", folder.format(here=tmp_path)))
    assert f"{tmp_path / 'list'}:1" in str(caught.value)
