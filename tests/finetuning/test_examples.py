"""Folders, lists and stores of examples, and how they are split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.data.datum import encode_datum
from protonet.data.sources import create_store
from protonet.errors import DataError
from protonet.finetuning.examples import Example, read_examples, split_by_hash
from tests.finetuning.pictures import folders, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_folder_for_each_class() -> None:
    folders("data", classes=("b", "a c"))
    write("data/b/deep/er.png")
    Path("data/b/notes.txt").write_text("no picture")
    write("data/.hidden/x.png")
    found = read_examples(Path("data"))
    assert found.names == ["a c", "b"]
    every = sorted([*found.train, *found.test])
    assert every == [
        *(Example(f"a c/{n}.png", 0) for n in range(5)),
        *(Example(f"b/{n}.png", 1) for n in range(5)),
        Example("b/deep/er.png", 1),
    ]
    assert [sum(x.label == i for x in found.test) for i in range(2)] == [1, 1]
    assert found.split == "to test with: 0.2 of each class, by the hash of names with seed 1"


def test_a_split_is_the_same_whatever_is_added() -> None:
    """A picture stays where it is: only as many as its class's share grows by change sides."""
    before = [Example(f"{c}/{i}", c) for c in range(2) for i in range(50)]
    train, test = split_by_hash(before, 0.2, 1)
    assert len(test) == 20 and sorted(train + test) == sorted(before)
    assert split_by_hash(before[::-1], 0.2, 1)[1] == test[::-1]
    _, more = split_by_hash([*before, Example("1/new", 1)], 0.2, 1)
    assert len({*more} - {*test}) <= 1
    assert split_by_hash(before, 0.2, 2)[1] != test


@pytest.mark.parametrize(
    ("count", "fraction", "kept"), [(1, 0.5, 0), (2, 0.01, 1), (3, 0.99, 2), (10, 0.25, 2)]
)
def test_every_class_is_on_both_sides_if_it_can(count: int, fraction: float, kept: int) -> None:
    examples = [Example(str(i), 0) for i in range(count)]
    assert len(split_by_hash(examples, fraction, 1)[1]) == kept


@pytest.mark.parametrize("word", ["test", "val", "Validation"])
def test_halves_that_are_there_already(word: str) -> None:
    folders("data/train", 3)
    folders(f"data/{word}", 2)
    found = read_examples(Path("data"))
    assert (len(found.train), len(found.test)) == (6, 4)
    assert found.root == Path("data/train") and found.test_root == Path(f"data/{word}")
    assert found.split == f"to test with: what is in data/{word}"


def test_a_list_with_words() -> None:
    folders("pictures", 2)
    lines = [f"pictures/{c}/{n}.png\t{c} " for c in ("light", "dark") for n in range(2)]
    Path("list.txt").write_text("\n".join(["", *lines, ""]))
    found = read_examples(Path("list.txt"))
    assert found.names == ["dark", "light"] and found.root == Path("pictures").absolute()
    assert sorted([*found.train, *found.test])[2:] == [Example(f"light/{n}.png", 1) for n in (0, 1)]


def test_a_list_with_numbers_lies_beside_its_pictures(caplog: pytest.LogCaptureFixture) -> None:
    for n in range(4):
        write(f"far/a {n}.png")
    Path("far/list.txt").write_text("".join(f"a {n}.png {n // 2 * 2}\n" for n in range(4)))
    found = read_examples(Path("far/list.txt"))
    assert found.names == ["0", "1", "2"]
    assert caplog.messages == ["far/list.txt: no example of 1"]
    assert {x.label for x in found.train} == {0, 2}
    named = read_examples(Path("far/list.txt"), names=["x", "y", "z", "w"])
    assert named.names == ["x", "y", "z", "w"]


def store(path: str, labels: list[int], shape: tuple[int, int, int] = (1, 4, 5)) -> Path:
    with create_store(path, "LMDB") as made:
        for i, label in enumerate(labels):
            made.put(b"%04d" % i, encode_datum(np.full(shape, i, np.uint8), label))
    return Path(path)


def test_a_store() -> None:
    found = read_examples(store("db", [0, 1] * 5))
    assert (found.store, found.shape, found.encoded) == ("LMDB", (1, 4, 5), False)
    assert len(found.train) == 8 and {x.label for x in found.test} == {0, 1}
    assert found.test_root is None and found.names == ["0", "1"]
    other = read_examples(store("db1", [0, 1]), store("db2", [1]))
    assert (other.test_root, len(other.test)) == (Path("db2"), 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("nowhere", "there is no 'nowhere': give a folder, a list or an LMDB"),
        ("empty", "'empty' has no folder for each class: put pictures into empty/CLASS/"),
        ("one", "'one' has examples of one class only: two are the least"),
        ("hole", "there are no pictures in 'hole/b': put some there, or remove it"),
        ("few", "2 examples are too few to learn from and to test with"),
        ("list0.txt", "the list 'list0.txt' is empty"),
        ("list1.txt", "list1.txt:2: no class in 'one/a/0.png'"),
        ("list2.txt", "list2.txt:1: there is no picture 'gone.png'"),
        ("list3.txt", "label 123456789 in 'list3.txt'"),
        ("db", "record '0001' of 'db' has the label -1: classes count from 0 on"),
        ("broken", "broken/a/0.png"),
        ("later", "later/a/2.png' is no image that can be decoded, and 1 more pictures cannot: re"),
    ],
)
def test_what_cannot_be_learnt_from(data: str, words: str) -> None:
    Path("empty").mkdir()
    folders("one", 3, ("a",))
    folders("later", 4, ("a", "b"))
    for name in ("a/2.png", "b/3.png"):  # not the first of its class
        Path("later", name).write_text("no picture")
    folders("hole", 2, ("a", "c"))
    Path("hole/b").mkdir()
    folders("few", 1)
    folders("broken", 3, ("a", "b"))
    for n in range(3):
        Path(f"broken/a/{n}.png").write_bytes(b"no picture")
    Path("list0.txt").write_text("\n")
    Path("list1.txt").write_text("one/a/0.png 0\none/a/0.png\n")
    Path("list2.txt").write_text("gone.png 0\n")
    Path("list3.txt").write_text("one/a/0.png 123456789\n")
    store("db", [1, -1])
    with pytest.raises(DataError) as caught:
        read_examples(Path(data))
    assert words in str(caught.value).replace("broken/a/1", "broken/a/0").replace(
        "broken/a/2", "broken/a/0"
    )


def test_a_test_of_other_classes() -> None:
    folders("data", 2)
    folders("more", 2, ("dark", "new"))
    with pytest.raises(DataError, match="'more/new' is of a class that there is nothing to learn"):
        read_examples(Path("data"), Path("more"))
    with pytest.raises(DataError, match="'db' is not of the kind of 'data'"):
        read_examples(Path("data"), store("db", [0, 1]))
    with pytest.raises(DataError, match="label 2 of 'db2' is none of the 2 classes"):
        read_examples(Path("db"), store("db2", [0, 2]))
    with pytest.raises(DataError, match="1 names for 2 classes"):
        read_examples(Path("db"), names=["x"])
