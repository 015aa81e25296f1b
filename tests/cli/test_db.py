"""protonet db."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet.cli import db as command
from protonet.cli.main import main
from protonet.data.datum import decode_datum, encode_datum
from protonet.data.sources import all_records, create_store, store_kind

HAS_LEVELDB = find_spec("plyvel") is not None
STORES = ["lmdb_u8", "lmdb_gray", "lmdb_float", "lmdb_png", "lmdb_one"] + (
    ["leveldb_log", "leveldb_sst"] * HAS_LEVELDB
)


@pytest.fixture
def stores(conformance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reference's stores, in the current folder."""
    for name in STORES:
        shutil.copytree(conformance / "data" / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def db(*words: object) -> int:
    return main(["db", *map(str, words)])


def fill(path: str, labels: list[int], **special: bytes) -> str:
    """A store of small images, all different; special: other records by key."""
    rng = np.random.default_rng(len(labels))
    with create_store(path, "LMDB") as store:
        for i, label in enumerate(labels):
            pixels = rng.integers(0, 256, (1, 4, 5)).astype(np.uint8)
            store.put(b"%04d" % i, encode_datum(pixels, label))
        for key, value in special.items():
            store.put(key.encode(), value)
    return path


def labels(path: str) -> Counter[int]:
    return Counter(decode_datum(record.value).label for record in all_records(path))


# -- looking -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORES)
def test_info(stores: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    first, *rest = list(all_records(name))
    assert db("info", name, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == store_kind(stores / name)
    assert found["records"] == 1 + len(rest)
    assert found["bytes"] > 1000  # LevelDB compresses
    assert found["first"]["key"] == first.key.decode()
    datum = decode_datum(first.value)
    assert found["first"]["label"] == datum.label
    assert found["first"]["shape"] == (None if datum.encoded else [*datum.pixels.shape])
    assert found["first"]["type"] == ("PNG" if datum.encoded else str(datum.pixels.dtype))
    assert db("info", name) == 0
    assert capsys.readouterr().out.startswith(f"{name}: {found['kind']}, {1 + len(rest)} records")


def test_list(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill("s", [3, -2], x=b"\x08")
    assert db("list", "s") == 0
    assert capsys.readouterr().out.splitlines() == [
        "0000  label 3  1 x 4 x 5 uint8",
        "0001  label -2  1 x 4 x 5 uint8",
        "x  damaged",
    ]
    assert db("list", "lmdb_u8", "--json", "--limit", 3) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["key"] for row in rows] == ["item-0", "item-1", "item-10"]


@pytest.mark.parametrize(
    ("name", "record", "key"),
    [
        ("lmdb_u8", "item-3", "item-3"),
        ("lmdb_u8", "2", "item-10"),
        ("lmdb_u8", None, "item-0"),
        ("lmdb_png", "00003", "00003"),
        ("lmdb_png", "4", "00004"),
    ],
)
def test_show_as_png(
    stores: Path, capsys: pytest.CaptureFixture[str], name: str, record: str | None, key: str
) -> None:
    assert db("show", name, *([record] if record else []), "--out", "a.png") == 0
    (value,) = (r.value for r in all_records(name) if r.key == key.encode())
    datum = decode_datum(value)
    if datum.encoded:
        want = cv2.imdecode(datum.pixels, cv2.IMREAD_COLOR)
    else:
        want = datum.pixels.transpose(1, 2, 0)
    np.testing.assert_array_equal(cv2.imread("a.png"), want)
    assert capsys.readouterr().out.startswith(f"a.png: {key}  label {datum.label}  3 x ")


def test_show_as_text(
    stores: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert db("show", "lmdb_gray", "--columns", 6) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("000  label 1  1 x 6 x 6 uint8")
    assert 0 < max(map(len, lines[1:])) <= 6
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert db("show", "lmdb_gray") == 0
    assert capsys.readouterr().out.count("▀") == 6 * 3


@pytest.mark.parametrize("record", ["x", "2"])
def test_show_a_damaged_record(
    stores: Path, capsys: pytest.CaptureFixture[str], record: str
) -> None:
    fill("s", [3, -2], x=b"\x08")
    assert db("show", "s", record, "--out", "a.png") == 4
    assert capsys.readouterr().err.startswith("protonet: error: record 'x' of 's': ")
    assert not Path("a.png").exists()


def test_show_red_green_blue(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with create_store("s", "LMDB") as store:
        store.put(b"k", encode_datum(np.uint8([[[1]], [[2]], [[3]]]), 0))
    for words, blue_green_red in (([], [1, 2, 3]), (["--rgb"], [3, 2, 1])):
        assert db("show", "s", "--out", "a.png", *words) == 0
        assert cv2.imread("a.png").tolist() == [[blue_green_red]]


@pytest.mark.parametrize("record", ["nothing", "20", "item-"])
def test_no_such_record(stores: Path, capsys: pytest.CaptureFixture[str], record: str) -> None:
    assert db("show", "lmdb_u8", record) == 4
    assert f"'lmdb_u8' has no record '{record}'" in capsys.readouterr().err


# -- copying -----------------------------------------------------------------------------

if HAS_LEVELDB:

    @pytest.mark.parametrize("name", STORES)
    def test_to_the_other_kind_and_back(
        stores: Path, capsys: pytest.CaptureFixture[str], name: str
    ) -> None:
        other = {"LMDB": "LEVELDB", "LEVELDB": "LMDB"}[store_kind(stores / name)]
        assert db("convert", name, "there") == 0
        assert store_kind(stores / "there") == other
        assert capsys.readouterr().out.startswith(f"there: {other}, ")
        assert db("convert", "there", "back") == 0
        assert list(all_records("back")) == list(all_records("there")) == list(all_records(name))


def test_convert_keeps_what_is_there(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert db("convert", "lmdb_u8", "lmdb_one", "--backend", "lmdb") == 4
    assert "exists already" in capsys.readouterr().err
    assert len(list(all_records("lmdb_one"))) == 1
    assert db("convert", "lmdb_u8", "lmdb_one", "--backend", "lmdb", "--force") == 0
    assert len(list(all_records("lmdb_one"))) == 20
    before = sorted(os.listdir())
    (stores / "lmdb_u8" / "data.mdb").write_bytes(b"x" * 8192)
    assert db("convert", "lmdb_u8", "new", "--backend", "lmdb") == 4
    assert sorted(os.listdir()) == before


def test_split_in_proportion(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill("s", [0] * 50 + [1] * 30 + [2] * 15 + [3] * 5)
    assert db("split", "s", "train", "test") == 0
    assert labels("test") == {0: 10, 1: 6, 2: 3, 3: 1}
    assert capsys.readouterr().out == "train: 80 records\ntest: 20 records\n"
    whole = set(all_records("s"))
    train, test = set(all_records("train")), set(all_records("test"))
    assert train | test == whole
    assert not train & test


def test_split_by_seed(stores: Path) -> None:
    fill("s", list(range(10)) * 4)
    halves = []
    for seed in (1, 1, 2):
        assert db("split", "s", "a", "b", "--part", 13, "--seed", seed, "--force") == 0
        halves.append(list(all_records("b")))
        assert len(halves[-1]) == 13
    assert halves[0] == halves[1] != halves[2]
    fill("other", [0] * 40)  # a store of labels, say, with the same keys
    fill("labels", [0] * 40)
    found = []
    for name in ("other", "labels"):
        db("split", name, "a", "b", "--seed", 3, "--force")
        found.append([record.key for record in all_records("b")])
    assert found[0] == found[1]


def test_split_regardless_and_shuffled(stores: Path) -> None:
    fill("s", [0] * 30 + [1] * 30)
    assert db("split", "s", "a", "b", "--no-stratify", "--part", 0.5, "--shuffle") == 0
    a, b = list(all_records("a")), list(all_records("b"))
    assert (len(a), len(b)) == (30, 30)
    numbers = sorted(int(record.key[:8]) for record in a + b)
    assert numbers == list(range(60))
    old = [int(record.key[9:]) for record in a]
    assert old != sorted(old)
    values = {record.key: record.value for record in all_records("s")}
    assert all(values[record.key[9:]] == record.value for record in a + b)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--part", "1.5"], 2, "no fraction below 1"),
        (["--part", "-1"], 2, "no fraction below 1"),
        (["--part", "0"], 2, "'0' is no fraction below 1 and no whole number"),
        (["--part", "-0.5"], 2, "no fraction below 1"),
        (["--part", "half"], 2, "'half' is no fraction"),
        (["--part", "nan"], 2, "no fraction below 1"),
        (["--part", "inf"], 2, "no fraction below 1"),
        (["--part", "8"], 4, "8 of the 8 records"),
        (["--part", "100"], 4, "100 of the 8 records"),
        (["--part", "0.01"], 4, "0 of the 8 records"),
    ],
)
def test_wrong_parts(
    stores: Path, capsys: pytest.CaptureFixture[str], words: list, code: int, said: str
) -> None:
    fill("s", [0] * 8)
    if code == 2:
        with pytest.raises(SystemExit) as end:
            db("split", "s", "a", "b", *words)
        assert end.value.code == code
    else:
        assert db("split", "s", "a", "b", *words) == code
    assert said in capsys.readouterr().err
    assert not Path("a").exists()
    assert db("split", "s", "a", "a") == 2


@pytest.mark.parametrize(
    ("part", "count"), [("1", 1), ("1.0", 1), ("2", 2), ("7", 7), ("0.25", 2), ("0.999", 7)]
)
def test_parts_that_are_right(
    stores: Path, capsys: pytest.CaptureFixture[str], part: str, count: int
) -> None:
    fill("s", [0] * 8)
    assert db("split", "s", "a", "b", "--part", part) == (0 if part != "0.999" else 4)
    if part != "0.999":
        assert capsys.readouterr().out == f"a: {8 - count} records\nb: {count} records\n"


def test_split_of_a_damaged_store(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill("s", [0] * 8 + [7], x=b"\x08")
    assert db("split", "s", "a", "b", "--part", 4) == 4
    assert "record 'x' of 's'" in capsys.readouterr().err
    assert not Path("a").exists()
    assert db("split", "s", "a", "b", "--part", 4, "--skip-bad") == 0
    shown = capsys.readouterr()
    assert shown.out == "a: 5 records\nb: 4 records\n1 damaged records left out\n"
    assert "store has no record of label 7" in shown.err


# -- checking ----------------------------------------------------------------------------


def test_check_a_good_store(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill("s", [0, 1, 1, 2] * 3)
    assert db("check", "s", "--strict") == 0
    assert capsys.readouterr().out.splitlines() == [
        "s: LMDB, 12 records",
        "size 1 x 4 x 5 uint8: 12 records",
        "labels: 3, from 0 to 2; 3 to 6 records each",
        "  0 #################### 3",
        "  1 ######################################## 6",
        "  2 #################### 3",
        "nothing wrong was found",
    ]
    for name in STORES:
        assert db("check", name) == 0


def test_nothing_wrong_is_said_only_where_nothing_is(
    stores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beneath neither a problem alone nor a note alone."""
    fill("problem", [0, 0], x=b"\x08")
    fill("note", [0, 2])
    for name, code, last in (
        ("problem", 4, "problem: 1 record cannot be used"),
        ("note", 0, "note: no record has label 1"),
    ):
        assert db("check", name) == code
        assert capsys.readouterr().out.splitlines()[-1] == last
        assert db("check", name, "--strict") == 4
        capsys.readouterr()


def test_check_of_many_labels(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bar for each of up to 60; the longest is 40 wide, the shortest 1."""
    fill("few", [*range(60), *[7] * 99])
    assert db("check", "few") == 0
    _, _, head, *bars, _ = capsys.readouterr().out.splitlines()
    assert head == "labels: 60, from 0 to 59; 1 to 100 records each"
    assert [bar.split() for bar in bars] == [
        [str(i), "#" * (40 if i == 7 else 1), "100" if i == 7 else "1"] for i in range(60)
    ]
    assert bars[3] == "   3 # 1" and bars[10] == "  10 # 1"
    fill("many", [*range(61)])
    assert db("check", "many") == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "labels: 61, from 0 to 60; 1 to 1 records each",
        "nothing wrong was found",
    ]


def test_check_of_empty_and_damaged_stores(
    stores: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill("s", [], x=b"\x08")
    assert db("check", "s") == 4
    first, damaged, problem = capsys.readouterr().out.splitlines()
    assert (first, problem) == ("s: LMDB, 1 records", "problem: 1 record cannot be used")
    assert damaged.startswith("damaged: record 'x' of 's': ")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (12_345, "12.35 kB"),
        (5_000_000, "5 MB"),
        (7.5e9, "7.5 GB"),
        (7.5e12, "7500 GB"),
    ],
)
def test_sizes(size: float, text: str) -> None:
    assert command._size(size) == text


@pytest.mark.parametrize("action", ["convert", "split", "check"])
def test_progress_is_shown_on_a_terminal(stores: Path, terminal, action: str) -> None:
    fill("s", [0, 1] * 10)
    more = {"convert": ["t", "--backend", "lmdb"], "split": ["a", "b"], "check": []}[action]
    shown = terminal()
    assert db(action, "s", *more) == 0
    last = shown.bars()[-1]
    assert last.startswith(("s: 100%|", "t: 100%|")) and "| 20.0/20.0 [" in last


def test_check_finds(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = np.arange(20, dtype=np.uint8).reshape(1, 4, 5)
    record = encode_datum(image, 1)
    fill(
        "s",
        [0, 4],
        a=record,
        b=record,
        c=encode_datum(image, 2),
        d=record[:-4],
        e=encode_datum(image[:, :3], 0),
        f=encode_datum(np.full((1, 4, 5), np.nan, np.float32), -1),
        g=b'"\x03abc(\x008\x01',
    )
    assert db("check", "s", "--json") == 4
    found = json.loads(capsys.readouterr().out)
    assert found["records"] == 9
    assert found["labels"] == {"-1": 1, "0": 3, "1": 2, "2": 1, "4": 1}
    assert [one["key"] for one in found["corrupt"]["examples"]] == ["d", "f", "g"]
    assert found["corrupt"]["count"] == 3
    assert [(one["key"], one["of"]) for one in found["duplicates"]["examples"]] == [
        ("b", "a"),
        ("c", "a"),
    ]
    assert found["contradictions"] == 1
    assert len(found["problems"]) == 2
    assert "2 sizes" in found["problems"][1]
    assert not found["ok"]
    assert db("check", "s") == 4
    shown = capsys.readouterr().out
    for line in (
        "duplicate: b is a again",
        "duplicate: c is a again (labels 2 and 1)",
        "problem: 3 records cannot be used",
        "note: there are negative labels",
        "note: no record has label 3",
        "note: 1 record of these under another label",
    ):
        assert line in shown.splitlines()


def test_check_against_another(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill("a", [0, 1, 2], x=encode_datum(np.ones((1, 4, 5), np.uint8), 0))
    fill("b", [0, 1], y=encode_datum(np.ones((1, 4, 5), np.uint8), 0))
    assert db("check", "a", "--against", "b") == 0
    assert "in both stores: x" in capsys.readouterr().out
    assert db("check", "a", "--against", "b", "--strict") == 4


if HAS_LEVELDB:

    def test_a_damaged_block(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
        rng = np.random.default_rng(0)
        with create_store("s", "LEVELDB") as store:
            for i in range(400):
                pixels = rng.integers(0, 256, (3, 20, 20)).astype(np.uint8)
                store.put(b"%04d" % i, encode_datum(pixels, 0))
        assert db("info", "s") == 0  # brings the log into a table
        (table,) = Path("s").glob("*.ldb")
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 0xFF
        table.write_bytes(content)
        capsys.readouterr()
        assert db("check", "s", "--json") == 4
        found = json.loads(capsys.readouterr().out)
        assert 0 < found["records"] < 400
        assert "reading ends here: 's' is damaged" in found["corrupt"]["examples"][0]["error"]


def test_usage(stores: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["look", "lmdb_u8"], ["info"], ["list", "lmdb_u8", "--limit", "0"]):
        with pytest.raises(SystemExit) as end:
            db(*words)
        assert end.value.code == 2
    assert db("info", "none") == 4
    assert "there is no store at 'none'" in capsys.readouterr().err
