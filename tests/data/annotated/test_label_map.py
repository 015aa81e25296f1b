"""Label maps."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.data.annotated.label_map import format_label_map, read_label_map
from protonet.errors import DataError


def write(folder: Path, *items: str) -> Path:
    path = folder / "map.prototxt"
    path.write_text("\n".join(f"item {{ {one} }}" for one in items))
    return path


def test_names_labels_and_what_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path, 'name: "n02" label: 12 display_name: "dog"', 'name: "cat" label: 3')
    found = read_label_map(path)
    assert found.labels == {"n02": 12, "cat": 3} and found.display == {12: "dog", 3: "cat"}
    assert found.label("cat") == 3
    with pytest.raises(DataError, match=r"has no 'bird': add it to '.*map.prototxt'"):
        found.label("bird")


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (('name: "a" label: 1', 'name: "a" label: 2'), r":2: .*'a' stands here a second time"),
        (("label: 1",), r":1: .*an item has no name"),
        (('name: "a"',), r"an item has no label"),
        ((), "is empty"),
    ],
)
def test_bad_maps(items: tuple[str, ...], words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        read_label_map(write(tmp_path, *items))


def test_labels_that_stand_twice_are_refused_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, 'name: "a" label: 1', 'name: "b" label: 1')
    assert read_label_map(path).labels == {"a": 1, "b": 1}
    with pytest.raises(DataError, match=r":2: .*the label 1 of 'b' is that of 'a'"):
        read_label_map(path, check_labels=True)


def test_a_map_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no label map"):
        read_label_map(tmp_path / "none")


def test_a_map_of_names_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "map.prototxt"
    path.write_text(format_label_map(["zero", 'with "quotes"']))
    found = read_label_map(path, check_labels=True)
    assert found.labels == {"none_of_the_above": 0, "zero": 1, 'with "quotes"': 2}
    assert found.display[0] == "background"
