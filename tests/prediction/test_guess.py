"""Where preprocessing is found, and what of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.errors import PrototxtError
from protonet.prediction.guess import described, find_transform
from protonet.prediction.preprocess import Preprocess

READS = """name: "x"
layer { name: "d" type: "Data" top: "data" include { phase: TRAIN }
  transform_param { scale: 0.5 mean_value: 1 } }
layer { name: "d" type: "Data" top: "data" include { phase: TEST }
  transform_param {
    scale: 0.25
    mean_value: 3
    crop_size: 9
  } }
"""
INPUT = 'layer { name: "in" type: "Input" top: "data" }\n'
COMMENT = """name: "x"
#  transform_param {
#    scale: 0.017
#    mean_value: [1.5, 2, 3]
#  }
"""


@pytest.mark.parametrize(
    ("net", "weights", "beside"),
    [
        ("deploy.prototxt", "w.caffemodel", "train_val.prototxt"),
        ("x_deploy.prototxt", "w.caffemodel", "x_train_val.prototxt"),
        ("x.prototxt", "w.caffemodel", "x_train_test.prototxt"),
        ("deploy_x.prototxt", "w.caffemodel", "train_x.prototxt"),
    ],
)
def test_a_net_that_reads_its_data_beside(tmp_path: Path, net, weights, beside) -> None:
    """What it does in TEST, with its lines."""
    (tmp_path / net).write_text(INPUT)
    (tmp_path / beside).write_text(READS)
    found = find_transform(tmp_path / net, tmp_path / weights)
    assert (found.param.scale, [*found.param.mean_value], found.param.crop_size) == (0.25, [3], 9)
    assert found.origins == {
        name: f"{tmp_path / beside}:{line}"
        for name, line in (("scale", 6), ("mean_value", 7), ("crop_size", 8))
    }
    line = described(Preprocess.from_transform_param(found.param).for_input(3, 9, 9), found.origins)
    assert f"scale 0.25 ({tmp_path / beside}:6)" in line and "\n" not in line
    assert "BGR (Caffe's default)" in line


@pytest.mark.parametrize("name", ["w", "w_iter_500", "deploy"])
def test_a_file_of_its_own_comes_first(tmp_path: Path, name: str) -> None:
    (tmp_path / "deploy.prototxt").write_text(COMMENT + INPUT)
    (tmp_path / "train_val.prototxt").write_text(READS)
    own = tmp_path / f"{name.partition('_')[0]}.preprocess.prototxt"
    own.write_text("bgr2rgb: true\n")
    weights = tmp_path / f"{name.replace('deploy', 'other')}.caffemodel"
    found = find_transform(tmp_path / "deploy.prototxt", weights)
    assert found.origins == {"bgr2rgb": f"{own}:1"}
    assert Preprocess.from_file(own).rgb
    own.write_text("bgr2rbg: true\n")
    with pytest.raises(PrototxtError, match=r"preprocess\.prototxt:1.*'bgr2rbg'"):
        find_transform(tmp_path / "deploy.prototxt", weights)


def test_comments_of_the_net_itself(tmp_path: Path, caplog) -> None:
    """Where the net beside it cannot be read, which is said."""
    net = tmp_path / "deploy.prototxt"
    net.write_text(COMMENT + INPUT)
    (tmp_path / "train_val.prototxt").write_text("layer { nome: 1 }\n")
    found = find_transform(net, None)
    assert "train_val.prototxt:1" in caplog.text
    assert [*found.param.mean_value] == [1.5, 2, 3]
    assert found.origins["mean_value"] == f"{net}:4, a comment"
    net.write_text(COMMENT.replace("scale", "scole") + INPUT)
    assert not find_transform(net, None).origins


def test_what_is_only_for_learning_is_told(tmp_path: Path, caplog) -> None:
    """One of several sizes at random cannot be what a picture is brought to."""
    path = tmp_path / "x.preprocess.prototxt"
    size = "resize_param { height: 8 width: 8 }\n"
    path.write_text(f"mirror: true\n{size * 2}min_side: 5\n")
    assert Preprocess.from_file(path).resize is None
    assert "not followed: min_side, resize_param" in caplog.text and "mirror" not in caplog.text
    path.write_text(size)
    assert Preprocess.from_file(path).resize == (8, 8)
