"""LMDB read and written: order, sharing, shards, damage."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from protonet.data.sources import Source, all_records, open_source
from protonet.data.sources.lmdb import LmdbWriter
from protonet.errors import DataError


def write(path: Path, count: int, **how: bool) -> Path:
    with LmdbWriter(path, **how) as store:
        for i in range(count):
            store.put(b"%08d" % i, b"value %d" % i)
    return path


def numbers(source: Source, count: int) -> list[int]:
    return [int(source.read().key) for _ in range(count)]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write(tmp_path / "store", 5)


def test_reads_in_key_order_and_round_again(tmp_path: Path) -> None:
    with LmdbWriter(tmp_path / "s") as writer:
        for key in (b"b", b"a", b"c", b"B"):
            writer.put(key, key * 2)
    source = open_source(tmp_path / "s", "LMDB")
    assert source.peek() == (b"B", b"BB")
    assert [source.read().key for _ in range(6)] == [b"B", b"a", b"b", b"c", b"B", b"a"]
    assert len(source) == 4
    source.close()
    source.close()


def test_twice_in_one_process(store: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store)
    first, second = open_source(store, "LMDB"), open_source(tmp_path / "link", "LMDB")
    assert numbers(first, 3) == [0, 1, 2]
    assert numbers(second, 2) == [0, 1]
    first.close()
    assert numbers(second, 2) == [2, 3]
    second.close()
    shutil.rmtree(store)
    write(store, 2)  # not the old environment again
    third = open_source(store, "LMDB")
    assert numbers(third, 3) == [0, 1, 0]
    third.close()


def test_garbage_lets_go_of_the_store(store: Path) -> None:
    source = open_source(store, "LMDB")
    descriptor = source._file._file.fileno()  # type: ignore[attr-defined]
    os.fstat(descriptor)
    del source
    with pytest.raises(OSError):
        os.fstat(descriptor)


def test_a_read_only_folder_stays_as_it_is(store: Path) -> None:
    store.chmod(0o555)
    source = open_source(store, "LMDB")
    assert numbers(source, 1) == [0]
    source.close()
    assert os.listdir(store) == ["data.mdb"]
    store.chmod(0o755)


@pytest.mark.parametrize("size", [2, 3, 5, 7])
def test_shards_share_the_stream(store: Path, size: int) -> None:
    sources = [open_source(store, "LMDB", rank=rank, size=size) for rank in range(size)]
    rounds = [numbers(source, 6) for source in sources]
    stream = [rounds[i % size][i // size] for i in range(6 * size)]
    assert stream == [i % 5 for i in range(6 * size)]
    for source in sources:
        source.close()


@pytest.mark.parametrize("size", [1, 3])
def test_state_goes_back(store: Path, size: int) -> None:
    source = open_source(store, "LMDB", rank=size - 1, size=size)
    numbers(source, 4)
    state = source.state()
    want = numbers(source, 7)
    source.close()
    other = open_source(store, "LMDB", rank=size - 1, size=size)
    other.set_state(state)
    assert numbers(other, 7) == want
    with pytest.raises(DataError, match="'gone'"):
        other.set_state({"key": b"gone".hex(), "offset": 0})
    other.close()


_FORK = """
import os, sys
from pathlib import Path
from protonet.data.sources import open_source
source = open_source(Path(sys.argv[1]), "LMDB")
read = lambda: [int(source.read().key) for _ in range(2)]
print(read(), flush=True)
child = os.fork()
if child == 0:
    source.reopen()
    print(read(), flush=True)
    source.close()
    os._exit(0)
os.waitpid(child, 0)
print(read())
"""


def test_a_forked_child_reads_on_its_own(store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FORK, str(store)], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split("\n") == ["[0, 1]", "[0, 1]", "[2, 3]", ""], done.stderr


# -- what is wrong -----------------------------------------------------------------------


def refused(path: Path, backend: str = "LMDB") -> str:
    with pytest.raises(DataError) as caught:
        open_source(path, backend)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_missing(tmp_path: Path) -> None:
    assert "there is no LMDB" in refused(tmp_path / "none")


def test_not_an_lmdb(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for name in ("file", "folder"):
        assert "no data.mdb" in refused(tmp_path / name)
        assert "neither an LMDB nor a LevelDB" in refused(tmp_path / name, "")


@pytest.mark.parametrize("content", [b"", b"garbage " * 4096, bytes(16384)])
def test_garbage_for_a_store(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.mdb").write_bytes(content)
    assert "no LMDB that can be read" in refused(tmp_path)


def test_empty_store(tmp_path: Path) -> None:
    assert "is empty" in refused(write(tmp_path / "s", 0))


def test_cut_off_store(tmp_path: Path) -> None:
    store = write(tmp_path / "s", 5000)
    size = (store / "data.mdb").stat().st_size
    os.truncate(store / "data.mdb", size // 2)
    assert "cut off" in refused(store)


def test_the_other_kind(store: Path, tmp_path: Path) -> None:
    assert "write backend: LMDB" in refused(store, "LEVELDB")
    (tmp_path / "level").mkdir()
    (tmp_path / "level" / "CURRENT").write_text("MANIFEST-000001\n")
    assert "write backend: LEVELDB" in refused(tmp_path / "level")


# -- writing -----------------------------------------------------------------------------


def test_grows_beyond_its_first_size(tmp_path: Path) -> None:
    with LmdbWriter(tmp_path / "s") as writer:
        for i in range(40):
            writer.put(b"%02d" % i, bytes(1 << 20))
    source = open_source(tmp_path / "s", "LMDB")
    assert numbers(source, 40) == list(range(40))
    source.close()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), LmdbWriter(tmp_path / "s") as writer:
        writer.put(b"a", b"b")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_a_failure_keeps_the_old_one(store: Path) -> None:
    with pytest.raises(KeyboardInterrupt), LmdbWriter(store, force=True) as writer:
        writer.put(b"a", b"b")
        raise KeyboardInterrupt
    source = open_source(store, "LMDB")
    assert len(source) == 5
    source.close()
    assert os.listdir(store.parent) == ["store"]


def test_replaces_only_when_forced(store: Path) -> None:
    with pytest.raises(DataError, match="exists already"):
        write(store, 3)
    write(store, 4, keep=True)
    source = open_source(store, "LMDB")
    assert len(source) == 5
    source.close()
    write(store, 3, force=True)
    source = open_source(store, "LMDB")
    assert len(source) == 3
    source.close()
    assert os.listdir(store.parent) == ["store"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot write to"):
        write(tmp_path / "file" / "store", 1)


@pytest.mark.parametrize("key", [b"", bytes(512)])
def test_keys_that_do_not_fit(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(DataError, match="takes 1 to 511"), LmdbWriter(tmp_path / "s") as writer:
        writer.put(key, b"")
    assert os.listdir(tmp_path) == []


def test_all_records_once(store: Path) -> None:
    assert [int(record.key) for record in all_records(store)] == [0, 1, 2, 3, 4]


def test_the_file_instead_of_its_folder(store: Path) -> None:
    assert f"name its folder: '{store}'" in refused(store / "data.mdb")
