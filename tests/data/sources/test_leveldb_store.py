"""LevelDB written, read, damaged.  Collected only where plyvel is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from protonet.data.sources import all_records, create_store
from protonet.errors import DataError


def fill(path: Path, count: int = 40, **how: bool) -> Path:
    with create_store(path, "LEVELDB", **how) as store:
        for i in range(count):
            store.put(b"%08d" % i, b"value %d " % i * 200)
    return path


def test_written_and_read(tmp_path: Path) -> None:
    fill(tmp_path / "s", 2500)
    found = list(all_records(tmp_path / "s"))
    assert [int(record.key) for record in found] == list(range(2500))
    assert found[7].value == b"value 7 " * 200
    assert os.listdir(tmp_path) == ["s"]


def test_replaced_only_when_forced(tmp_path: Path) -> None:
    fill(tmp_path / "s", 3)
    with pytest.raises(DataError, match="exists already"):
        fill(tmp_path / "s", 4)
    fill(tmp_path / "s", 5, force=True)
    assert len(list(all_records(tmp_path / "s"))) == 5
    with pytest.raises(KeyboardInterrupt), create_store(tmp_path / "t", "LEVELDB") as store:
        store.put(b"a", b"b")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["s"]


@pytest.mark.parametrize("reopened", [False, True])  # in the log, then in a table
def test_damage_is_not_passed_over(tmp_path: Path, reopened: bool) -> None:
    folder = fill(tmp_path / "s")
    if reopened:
        assert len(list(all_records(folder))) == 40
    file = next(folder.glob("*.ldb" if reopened else "*.log"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"'.*s' is .*checksum mismatch"):
        list(all_records(folder))


def test_one_that_a_script_has_open_says_so(tmp_path: Path) -> None:
    import plyvel

    fill(tmp_path / "s", 3)
    base = plyvel.DB(str(tmp_path / "s"))
    with pytest.raises(DataError, match=r"is open elsewhere.*close it there"):
        next(all_records(tmp_path / "s"))
    base.close()
    assert len(list(all_records(tmp_path / "s"))) == 3
