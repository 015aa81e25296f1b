"""A kind of store is one class that registers itself: all else finds it there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from protonet.data.sources import (
    STORES,
    Record,
    Source,
    StoreWriter,
    all_records,
    create_store,
    open_source,
    store_kind,
)
from protonet.data.sources.registry import register
from protonet.data.tools.features import kinds
from protonet.data.tools.stores import convert_store, describe_store
from protonet.errors import DataError


class JsonWriter(StoreWriter):
    def _open(self, folder: Path) -> None:
        self._file, self._items = folder / "records.json", {}

    def _write(self, records: list[tuple[bytes, bytes]]) -> None:
        self._items.update((key.hex(), value.hex()) for key, value in records)

    def _close(self) -> None:
        self._file.write_text(json.dumps(self._items))


class JsonSource(Source):
    kind = "JSON"
    title = "a folder of JSON"
    mark = "records.json"
    writer = JsonWriter

    def __init__(self, path: Path, rank: int = 0, size: int = 1) -> None:
        super().__init__(path, rank, size)
        self.reopen()

    def reopen(self) -> None:
        found: dict[str, Any] = json.loads((self.path / self.mark).read_text())
        self._records = [Record(*map(bytes.fromhex, pair)) for pair in sorted(found.items())]
        self._at = 0

    def close(self) -> None:
        pass

    def _item(self) -> Record:
        return self._records[self._at]

    def _key(self) -> bytes:
        return self._item().key

    def _advance(self) -> None:
        self._at = (self._at + 1) % len(self._records)

    def _find(self, key: bytes) -> bool:
        keys = [record.key for record in self._records]
        self._at = keys.index(key) if key in keys else 0
        return key in keys


@pytest.fixture
def json_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(STORES, "_items", dict(STORES))
    register(JsonSource)
    with create_store(tmp_path / "j", "JSON") as store:
        for i in (2, 0, 1):
            store.put(b"%d" % i, b"value %d" % i)
    return tmp_path / "j"


def test_it_is_written_recognised_and_read(json_store: Path) -> None:
    assert store_kind(json_store) == "JSON"
    for backend in ("", "JSON"):
        assert [r.value for r in all_records(json_store, backend)] == [
            b"value 0",
            b"value 1",
            b"value 2",
        ]
    source = open_source(json_store, rank=1, size=2)
    assert [source.read().key for _ in range(3)] == [b"1", b"0", b"2"]


def test_tools_and_messages_know_it(json_store: Path, tmp_path: Path) -> None:
    assert "json" in kinds()
    assert describe_store(json_store)["kind"] == "JSON"
    assert convert_store(json_store, tmp_path / "l") == ("LMDB", 3)
    assert convert_store(tmp_path / "l", tmp_path / "k", "JSON") == ("JSON", 3)
    assert list(all_records(tmp_path / "k")) == list(all_records(json_store))
    with pytest.raises(DataError, match="of the kind JSON, but the backend is LMDB: no backend"):
        open_source(json_store, "LMDB")
    with pytest.raises(DataError, match=r"backend is LEVELDB \(which is the default\): no backend"):
        open_source(json_store, "LEVELDB")
    with pytest.raises(DataError, match="lies in a folder of JSON: name its folder"):
        open_source(json_store / "records.json")
    with pytest.raises(DataError, match=r"nor a folder of JSON: .* or with records\.json"):
        open_source(tmp_path)


def test_a_file_of_a_leveldb_is_told(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("MANIFEST-000001\n")
    with pytest.raises(DataError, match=f"lies in a LevelDB: name its folder: '{tmp_path}'"):
        open_source(tmp_path / "CURRENT")


def test_a_kind_that_nobody_registered(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"kind of store 'LMBD': did you mean 'LMDB'\?"):
        create_store(tmp_path / "s", "LMBD")
    with pytest.raises(DataError, match="unknown kind of store"):
        open_source(tmp_path, "ROCKS")
