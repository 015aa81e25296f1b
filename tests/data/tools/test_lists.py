"""Lists and CSV files: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.data.tools.lists import Entry, read_csv, read_list
from protonet.errors import DataError


def listed(tmp_path: Path, text: str | bytes, name: str = "list.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_text(tmp_path: Path) -> None:
    path = listed(tmp_path, "a.png 3\n\nwith a space.png -4\r\nt.png\t7 \n x.png  2")
    assert read_list(path) == [
        Entry("a.png", (3,), 1),
        Entry("with a space.png", (-4,), 3),
        Entry("t.png", (7,), 4),
        Entry("x.png", (2,), 5),
    ]


def test_several_labels(tmp_path: Path) -> None:
    path = listed(tmp_path, "a b.png 0.5 -1 1e3\n")
    assert read_list(path, 3, whole=False) == [Entry("a b.png", (0.5, -1, 1000), 1)]


def test_names_of_any_encoding(tmp_path: Path) -> None:
    (entry,) = read_list(listed(tmp_path, b"\xe4.png 1\n"))
    assert entry.name.encode("utf-8", "surrogateescape") == b"\xe4.png"


def test_csv(tmp_path: Path) -> None:
    text = '\ufeffimage, x,y\r\n"a, b.png",1,2.5\r\n\r\nc.png, 3 ,4\r\n'
    path = listed(tmp_path, text, "l.csv")
    both = read_csv(path, whole=False)
    assert both == [Entry("a, b.png", (1, 2.5), 2), Entry("c.png", (3, 4), 4)]
    assert [e.labels for e in read_csv(path, ["x"])] == [(1,), (3,)]
    assert [e.labels for e in read_csv(path, ["y", "x"], whole=False)] == [(2.5, 1), (4, 3)]


@pytest.mark.parametrize(
    ("text", "count", "whole", "words"),
    [
        ("a 1\nb.png 0.8\n", 1, True, [":2: ", "'0.8' is no whole number", "--labels-db"]),
        ("a 1\nb.png x\n", 1, True, [":2: ", "'x' is no whole number", "name of the image"]),
        ("a.png\n", 1, True, [":1: ", "a name and a label", "'a.png'"]),
        ("a.png,1\n", 1, True, [":1: ", "name a CSV file .csv"]),
        ("a.png cat\n", 1, True, [":1: ", "classes are numbers, from 0 on"]),
        ("a.png 1\n", 3, False, [":1: ", "3 labels"]),
        ("a.png 1 2\n", 2, True, [":1: ", "2 labels", "--labels-db"]),
        ("a.png 2147483648\n", 1, True, [":1: ", "out of range"]),
        ("a.png nan\n", 1, False, [":1: ", "out of range"]),
        ("a.png inf\n", 1, True, [":1: ", "'inf' is no whole number"]),
        ("\n\n", 1, True, ["is empty"]),
        ("a\0b 1\n", 1, True, ["binary file"]),
    ],
)
def test_wrong_lists(tmp_path: Path, text: str, count: int, whole: bool, words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        read_list(listed(tmp_path, text), count, whole)
    for word in ["list.txt", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("", [], ["two columns"]),
        ("a\n", [], [":1: ", "two columns"]),
        ("a.png,1\nb.png,2\n", [], [":1: ", "no names of columns"]),
        ("image,label\na.png,1,2\n", [], [":2: ", "3 columns"]),
        ("image,label\na.png,1\nb.png,\n", [], [":3: ", "'' is no number"]),
        ("image,label\na.png,1\n", ["lable"], [":1: ", "'lable'", "did you mean 'label'"]),
        ("image,label\n,1\n", [], [":2: ", "no name"]),
        ("image,label\n", [], ["is empty"]),
    ],
)
def test_wrong_csv(tmp_path: Path, text: str, columns: list[str], words: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        read_csv(listed(tmp_path, text, "l.csv"), columns, whole=False)
    for word in ["l.csv", *words]:
        assert word in str(caught.value)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the list"):
        read_list(tmp_path / "none")
    with pytest.raises(DataError, match="cannot read the list"):
        read_list(tmp_path)
