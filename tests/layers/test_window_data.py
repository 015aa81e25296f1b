"""WindowData inside a net: which files it takes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet.errors import DataError, ProtonetError
from protonet.net.net import Net
from protonet.proto.weights import write_blob

NET = """layer { name: "w" type: "WindowData" top: "data" top: "label"
  window_data_param { source: "windows.txt" batch_size: 2 fg_fraction: 1 %s }
  transform_param { crop_size: 4 %s } }"""
WINDOWS = "# 0\n%s\n3\n8\n8\n1\n5 1 0 0 7 7\n"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the model file; the current folder is another one."""
    folder = tmp_path / "model"
    for path in (folder / "pictures", tmp_path / "here" / "pictures"):
        path.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    return folder


def build(folder: Path, image: str, field: str = "", transform: str = "") -> Net:
    (folder / "windows.txt").write_text(WINDOWS % image)
    (folder / "net.prototxt").write_text(NET % (field, transform))
    return Net(folder / "net.prototxt", seed=1)


def grey(path: Path, value: int) -> None:
    cv2.imwrite(str(path), np.full((8, 8, 3), value, np.uint8))


@pytest.mark.parametrize(
    ("here", "beside", "value"), [(True, True, 10), (True, False, 10), (False, True, 20)]
)
@pytest.mark.parametrize("field", ["", 'root_folder: "pictures/"'])
def test_an_image_is_taken_as_it_is_named_or_else_beside_the_model(
    model: Path, here: bool, beside: bool, value: int, field: str
) -> None:
    folder = "pictures" if field else "."
    if here:
        grey(Path(folder, "a.png"), 10)
    if beside:
        grey(model / folder / "a.png", 20)
    out = build(model, "a.png", field).forward()
    assert (out["data"] == value).all() and out["label"].tolist() == [5, 5]


def test_an_image_that_is_in_neither_place(model: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the image 'a\.png': No such file"):
        build(model, "a.png").forward()


@pytest.mark.parametrize(
    ("shape", "fits"),
    [
        ((3, 4, 4), True),
        ((3, 6, 6), True),
        ((1, 4, 4), False),
        ((4, 6, 6), False),
        ((3, 3, 3), False),
        ((3, 3, 6), False),
        ((3, 6, 3), False),
        ((3, 6, 5), False),
    ],
)
def test_the_mean_file_is_a_square_of_three_channels(
    model: Path, shape: tuple[int, ...], fits: bool
) -> None:
    grey(model / "a.png", 50)
    write_blob(model / "mean", np.full(shape, 8.0, np.float32))
    if fits:
        out = build(model, "a.png", "", 'mean_file: "mean"').forward()
        assert (out["data"] == 42).all()
        return
    words = f"the mean file is for .{', '.join(map(str, shape))}.; a square of 3 channels, 4 at "
    with pytest.raises(ProtonetError, match=words):
        build(model, "a.png", "", 'mean_file: "mean"')
    with pytest.raises(ProtonetError, match="2 values of mean_value for 3 channels"):
        build(model, "a.png", "", "mean_value: [1, 2]")
