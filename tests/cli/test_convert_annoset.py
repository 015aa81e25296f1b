"""protonet convert-annoset: from files to what AnnotatedData reads."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet.cli.main import main
from protonet.data.annotated.scene import read_record
from protonet.data.datum import DatumReader
from protonet.data.sources import all_records
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb

VOC = """<annotation><object><name>dog</name>
<bndbox><xmin>15</xmin><ymin>10</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two images, 40 x 60 and 20 x 30, and annotations of all kinds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    rng = np.random.default_rng(1)
    for name, size in (("a b", (40, 60)), ("c", (20, 30))):
        cv2.imwrite(f"in/{name}.png", rng.integers(0, 256, (*size, 3)).astype(np.uint8))
    for name in ("a", "c"):
        Path(f"in/{name}.xml").write_text(VOC if name == "a" else "<annotation/>")
        Path(f"in/{name}.txt").write_text("4 15 10 30 40\n" if name == "a" else "")
    for kind in ("xml", "txt"):
        Path(f"list_{kind}").write_text(f"a b.png a.{kind}\nc.png c.{kind}\n")
    Path("map").write_text('item { name: "dog" label: 4 }')
    return tmp_path


def convert(*words: object) -> int:
    return main(["convert-annoset", *map(str, words)])


def records(store: str) -> list[tuple[bytes, pb.AnnotatedDatum]]:
    return [(r.key, pb.AnnotatedDatum.FromString(r.value)) for r in all_records(store)]


def boxes(store: str) -> list[np.ndarray]:
    reader = DatumReader()
    return [read_record(r.value, reader).boxes for r in all_records(store)]


@pytest.mark.parametrize(
    "words",
    [
        ("list_xml", "db", "--label_map_file=map"),
        ("list_txt", "db", "--label_type", "txt", "--encoded"),
    ],
)
def test_a_store(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert convert("in/", *words) == 0
    assert capsys.readouterr().out == "db: 2 images with 1 boxes\n"
    (key, first), (_, second) = records("db")
    assert key == b"00000000_a b.png"
    assert (first.datum.height, first.datum.width, second.datum.height) == (40, 60, 20)
    assert first.type == second.type == pb.AnnotatedDatum.BBOX
    got = boxes("db")
    np.testing.assert_allclose(got[0], [[4, 0, 0.25, 0.25, 0.5, 1, 0]])
    assert len(got[1]) == 0
    if "--encoded" in words:
        assert first.datum.data == Path("in/a b.png").read_bytes()
    assert main(["db", "list", "db"]) == 0
    kind = "PNG" if "--encoded" in words else "3 x 40 x 60 uint8"
    assert f"00000000_a b.png  1 boxes  {kind}\n" in capsys.readouterr().out


def test_a_layer_reads_it() -> None:
    convert("in/", "list_xml", "db", "--label_map_file=map", "--encoded")
    net = Net(
        """layer { name: "d" type: "AnnotatedData" top: "data" top: "label"
        data_param { source: "db" batch_size: 2 backend: LMDB }
        transform_param { resize_param { height: 10 width: 12 } } }"""
    )
    net.forward()
    np.testing.assert_allclose(net.blobs["label"].data[0, 0], [[0, 4, 0, 0.25, 0.25, 0.5, 1, 0]])


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (("--min_dim", 30), [(40, 60), (30, 45)]),
        (("--max_dim", 45), [(30, 45), (20, 30)]),
        (("--min_dim", 30, "--max_dim", 33), [(22, 33), (22, 33)]),
        (("--resize_height", 8, "--resize_width", 9), [(8, 9), (8, 9)]),
    ],
)
def test_sizes(words: tuple[object, ...], sizes: list[tuple[int, int]]) -> None:
    assert convert("in/", "list_txt", "db", "--label-type", "txt", *words) == 0
    assert [(m.datum.height, m.datum.width) for _, m in records("db")] == sizes
    np.testing.assert_allclose(boxes("db")[0][0, 2:6], [0.25, 0.25, 0.5, 1])


def test_a_file_of_coco(capsys: pytest.CaptureFixture[str]) -> None:
    images = [
        {"id": 5, "file_name": "a b.png", "height": 40, "width": 60},
        {"id": 6, "file_name": "c.png", "height": 20, "width": 30},
    ]
    things = [{"image_id": 6, "category_id": 1, "bbox": [3, 4, 6, 8], "iscrowd": 1}]
    content = {"images": images, "annotations": things, "categories": [{"id": 1, "name": "dog"}]}
    Path("all.json").write_text(json.dumps(content))
    assert convert("in/", "all.json", "db", "--label-map-file", "map") == 0
    np.testing.assert_allclose(boxes("db")[1], [[4, 0, 0.1, 0.2, 0.3, 0.6, 1]], rtol=1e-6)


def test_classification() -> None:
    Path("list").write_text("a b.png 3\nc.png 9\n")
    assert convert("in/", "list", "db", "--anno_type", "classification") == 0
    assert [m.datum.label for _, m in records("db")] == [3, 9]
    assert not any(m.HasField("type") for _, m in records("db"))


def test_what_cannot_be_used_is_left_out_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in/c.xml").write_text(VOC.replace("dog", "cow"))
    words = ("in/", "list_xml", "db", "--label_map_file", "map")
    assert convert(*words) == 4
    error = capsys.readouterr().err
    assert "in/c.xml:1: object 1 ('cow'): the label map has no 'cow'" in error
    assert not Path("db").exists()
    assert convert(*words, "--skip-bad") == 0
    assert capsys.readouterr().out == "db: 1 images with 1 boxes, 1 left out\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list_xml", "db"), "XML files have names: say their labels with --label-map-file"),
        (("list_txt", "db", "--label-type=txt", "--min-dim=-1"), "less than nothing"),
        (("list_txt", "db", "--label-type=txt", "--resize-height=3"), "give both"),
        (
            ("list_txt", "db", "--min-dim=2", "--resize-height=3", "--resize-width=3"),
            "keep proportions",
        ),
    ],
)
def test_arguments_that_do_not_go_together(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert("in/", *words) == 2
    assert said in capsys.readouterr().err


def test_a_bad_list(capsys: pytest.CaptureFixture[str]) -> None:
    Path("list").write_text("c.png c.txt\nc.png\n")
    assert convert("in/", "list", "db", "--label-type=txt") == 4
    assert "list:2: an image and its annotation are wanted" in capsys.readouterr().err
