"""Files of annotations: what they say, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet.data.annotated.label_map import LabelMap
from protonet.data.tools.annotations import READERS, CocoFile, boxes_of
from protonet.errors import DataError

LABELS = LabelMap("map", {"dog": 12, "cat": 3, "18": 5})
OBJECT = """<object><name>{name}</name>{more}
<bndbox><xmin>6</xmin><ymin>4</ymin><xmax>30</xmax><ymax>{ymax}</ymax></bndbox></object>
"""
SIZE = "<size><width>60</width><height>40</height></size>\n"


def voc(*objects: str, size: str = SIZE) -> str:
    return f"<annotation>\n{size}{''.join(objects)}</annotation>"


def thing(name: str = "dog", more: str = "", ymax: str = "20") -> str:
    return OBJECT.format(name=name, more=more, ymax=ymax)


def coco_image(*things: dict[str, Any], **size: Any) -> str:
    image = {"height": 40, "width": 60, **size}
    return json.dumps({"image": image, "annotation": things})


def crowd(**fields: Any) -> dict[str, Any]:
    return {"category_id": 18, "bbox": [6, 4, 24, 16], "iscrowd": 0, **fields}


def read(kind: str, text: str, folder: Path, labels: LabelMap = LABELS) -> np.ndarray:
    path = folder / f"one.{kind}"
    path.write_text(text)
    return boxes_of(READERS[kind](path, labels), str(path), (40, 60))


def test_voc(tmp_path: Path) -> None:
    text = voc(
        thing(more="<difficult>1</difficult>"),
        thing("cat"),
        thing(more="<part><name>head</name></part>", ymax="30"),
    )
    got = read("xml", text, tmp_path)
    assert got[:, [0, 1, 6]].tolist() == [[12, 0, 1], [3, 0, 0], [12, 1, 0]]
    np.testing.assert_allclose(got[0, 2:6], [0.1, 0.1, 0.5, 0.5])
    np.testing.assert_allclose(got[2, 2:6], [0.1, 0.1, 0.5, 0.75])


def test_voc_without_a_size_takes_the_images(tmp_path: Path) -> None:
    np.testing.assert_allclose(
        read("xml", voc(thing(), size=""), tmp_path)[0, 2:6], [0.1, 0.1, 0.5, 0.5]
    )


def test_text(tmp_path: Path) -> None:
    got = read("txt", "12 6 4 30 20\n\ncat 0 0 60 40\n", tmp_path)
    assert got[:, 0].tolist() == [12, 3]
    np.testing.assert_allclose(got[:, 2:6], [[0.1, 0.1, 0.5, 0.5], [0, 0, 1, 1]])


def test_coco_for_each_image(tmp_path: Path) -> None:
    got = read("json", coco_image(crowd(iscrowd=1), crowd(category_id=18.0)), tmp_path)
    assert got[:, [0, 1, 6]].tolist() == [[5, 0, 1], [5, 1, 0]]
    np.testing.assert_allclose(got[0, 2:6], [0.1, 0.1, 0.5, 0.5])
    assert read("json", coco_image(crowd()), tmp_path, LabelMap())[0, 0] == 18


def test_coco_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "instances.json"
    content = {
        "images": [
            {"id": 7, "file_name": "b.jpg", "height": 40, "width": 60},
            {"id": 2, "file_name": "a.jpg", "height": 10, "width": 10},
        ],
        "annotations": [crowd(image_id=7), crowd(image_id=7, category_id=2)],
        "categories": [{"id": 18, "name": "horse"}, {"id": 2, "name": "cat"}],
    }
    path.write_text(json.dumps(content))
    file = CocoFile(path, LABELS)
    assert [file.file_name(i) for i in range(2)] == ["b.jpg", "a.jpg"]
    got = boxes_of(file.annotation(0), "b.jpg", (40, 60))
    assert got[:, 0].tolist() == [5, 3]  # by the number of the category, and by its name
    assert len(boxes_of(file.annotation(1), "a.jpg", (10, 10))) == 0
    assert boxes_of(CocoFile(path, LabelMap()).annotation(0), "", (40, 60))[:, 0].tolist() == [
        18,
        2,
    ]


def test_boxes_that_are_left_out_or_reach_beyond(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    got = read("txt", "1 6 4 6 20\n2 6 4 61 20\n", tmp_path)
    assert got[:, 0].tolist() == [2]
    assert "one.txt:1: object 1 has no area and is left out: 6, 4, 6, 20" in caplog.text
    assert "one.txt:2: object 2 reaches beyond the image of 40 x 60" in caplog.text
    caplog.clear()
    read("json", coco_image(height=41), tmp_path)
    assert "it says that the image is 41 x 60 (height, width), which is 40 x 60" in caplog.text


BOMB = '<!DOCTYPE a [<!ENTITY b "boom">]>\n' + voc(thing("&b;"))
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("xml", "<annotation><object></annotation>", r"one.xml:1: it is no XML: mismatched tag"),
        ("xml", "", r"it is no XML: no element found"),
        ("xml", BOMB, r"one.xml:1: it declares a document type"),
        ("xml", "<html></html>", r"one.xml:1: its root is <html>"),
        ("xml", voc(thing("cow")), r"one.xml:3: object 1 \('cow'\): the label map has no 'cow'"),
        (
            "xml",
            voc(thing(), thing(ymax="x")),
            r"one.xml:6: object 2 \('dog'\): <ymax> is no number",
        ),
        ("xml", voc(thing(ymax="nan")), r"<ymax> is no number: 'nan'"),
        ("xml", voc("<object><name>dog</name></object>"), r"object 1 \('dog'\) has no <bndbox>"),
        ("xml", voc("<object></object>"), r"one.xml:3: object 1 has no <name>"),
        ("xml", voc(size="<size><width>3</width></size>"), r"<size> has no <height>"),
        ("xml", voc(size=SIZE.replace("60", "0")), r"<size> says 40 x 0"),
        ("txt", "1 2 3 4\n", r"one.txt:1: object 1: 4 words: write: label xmin"),
        ("txt", "1 2 3 4 5\n1 2 3 4 x\n", r"one.txt:2: object 2: a side is no number: 'x'"),
        ("txt", "cow 2 3 4 5\n", r"one.txt:1: object 1: the label map has no 'cow'"),
        ("json", "{", r"one.json:1: it is no JSON"),
        ("json", DEEP, r"one.json.* it is (nested too deeply|no JSON)"),
        ("json", "[]", r'one.json: the file has no object "image"'),
        ("json", coco_image(width=0), r"image is 40 x 0"),
        ("json", coco_image(width="60"), r'image has no whole number "width"'),
        ("json", coco_image({"bbox": [1, 2, 3, 4]}), r'object 1 has no whole number "category_id"'),
        ("json", coco_image(crowd(), crowd(bbox=[1, 2, 3])), r"object 2: bbox has 3 numbers"),
        (
            "json",
            coco_image(crowd(bbox=[1, 2, 3, None])),
            r"object 1: a number of bbox is no number",
        ),
        ("json", coco_image(crowd(category_id=4)), r"one.json: object 1: the label map has no '4'"),
    ],
)
def test_what_is_wrong_is_named(kind: str, text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        read(kind, text, tmp_path)


@pytest.mark.parametrize("kind", READERS)
def test_a_file_that_is_missing(kind: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the annotation '.*none'"):
        READERS[kind](tmp_path / "none", LABELS)
