"""The tree of an LMDB read without its library, which is the judge here: any store reads as it
reads it, also while somebody writes, and damage is an error."""

from __future__ import annotations

import inspect
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import lmdb
import pytest

from protonet.data.sources import Source, all_records, open_source
from protonet.errors import DataError

#: LMDB 0.9's format, and that of 1.0 where the package can write it.
FORMATS: list[dict[str, Any]] = [{}]
if "lib_version" in (inspect.getdoc(lmdb.Environment) or ""):
    FORMATS.append({"lib_version": 1})


@contextmanager
def environment(path: Path, **how: Any) -> Iterator[Any]:
    env = lmdb.open(str(path), map_size=1 << 28, sync=False, **how)
    try:
        yield env
    finally:
        env.close()


def put(env: Any, records: dict[bytes, bytes]) -> None:
    with env.begin(write=True) as txn:
        for key, value in records.items():
            txn.put(key, value)


def many(count: int, seed: int = 0, largest: int = 30_000) -> dict[bytes, bytes]:
    """Keys of 1 to 511 bytes, values of all sizes: in the page and in pages of their own."""
    draw = random.Random(seed)
    sizes = [0, 1, 100, 1900, 2100, 4096, largest]
    return {
        draw.randbytes(draw.choice([1, 2, 8, 40, 511])): draw.randbytes(
            draw.randint(0, draw.choice(sizes))
        )
        for _ in range(count)
    }


@pytest.mark.parametrize("how", FORMATS)
@pytest.mark.parametrize("count", [1, 3, 60, 3000])
def test_reads_what_the_library_reads(tmp_path: Path, count: int, how: dict[str, Any]) -> None:
    records = many(count)
    with environment(tmp_path / "s", **how) as env:
        put(env, records)
        with env.begin(write=True) as txn:  # pages that are not full, and not in order
            for key in sorted(records)[1 : count // 2 : 3]:
                txn.delete(key)
        with env.begin() as txn:
            want = list(txn.cursor())
    assert list(all_records(tmp_path / "s")) == want


def test_finds_every_key(tmp_path: Path) -> None:
    with environment(tmp_path / "s") as env:
        put(env, {b"%05d" % i: b"%d" % i for i in range(0, 5000, 2)})
    source = open_source(tmp_path / "s")
    for i in (0, 2, 2500, 4998):
        source.set_state({"key": (b"%05d" % i).hex(), "offset": 0})
        assert source.read().value == b"%d" % i
    for i in (1, 2501, 4999):
        with pytest.raises(DataError, match="has no record"):
            source.set_state({"key": (b"%05d" % i).hex(), "offset": 0})
    source.close()


# -- a store that somebody else has open -------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"lock": False}, {"readonly": True}, {"writemap": True}])
def test_one_that_is_open_already(tmp_path: Path, how: dict[str, Any]) -> None:
    with environment(tmp_path / "s") as env:
        put(env, {b"a": b"1", b"b": b"2"})
    with environment(tmp_path / "s", **how) as env, env.begin() as txn:
        assert dict(all_records(tmp_path / "s")) == {b"a": b"1", b"b": b"2"}
        assert txn.get(b"a") == b"1"


def test_one_that_is_opened_meanwhile(tmp_path: Path) -> None:
    with environment(tmp_path / "s") as env:
        put(env, {b"a": b"1", b"b": b"2"})
    source = open_source(tmp_path / "s")
    assert source.read() == (b"a", b"1")
    with environment(tmp_path / "s", readonly=True) as env, env.begin() as txn:
        assert txn.get(b"b") == b"2"
        assert source.read() == (b"b", b"2")
    assert source.read() == (b"a", b"1")
    source.close()


def test_what_is_not_committed_is_not_read(tmp_path: Path) -> None:
    with environment(tmp_path / "s") as env:
        put(env, {b"a": b"1"})
        with env.begin(write=True) as txn:
            txn.put(b"a", b"2")
            assert dict(all_records(tmp_path / "s")) == {b"a": b"1"}
        assert dict(all_records(tmp_path / "s")) == {b"a": b"2"}


def test_a_writer_keeps_its_lock_while_others_read(tmp_path: Path) -> None:
    """POSIX drops all locks of a process on a file when it closes it: no lock file may be
    opened and closed here."""
    child = (
        "import lmdb, sys\ntry:\n    lmdb.open(sys.argv[1], max_readers=1).begin()\n"
        "except lmdb.ReadersFullError:\n    print('kept')\n"
    )
    with environment(tmp_path / "s", max_readers=1) as env:
        put(env, {b"a": b"1"})
        with env.begin():
            list(all_records(tmp_path / "s"))
            done = subprocess.run(
                [sys.executable, "-c", child, str(tmp_path / "s")],
                capture_output=True,
                text=True,
                timeout=60,
            )
    assert done.stdout == "kept\n", done.stderr


def consistent(record: tuple[bytes, bytes]) -> None:
    """Records of `generation`: the key, then the number of the generation over and over."""
    key, value = record
    assert value.startswith(key)
    numbers = value[len(key) :]
    assert numbers == numbers[:4] * (len(numbers) // 4)


def generation(number: int, size: int) -> dict[bytes, bytes]:
    return {b"%04d" % i: b"%04d" % i + b"%04d" % number * size for i in range(40)}


@pytest.mark.parametrize("size", [5, 300, 3000])
@pytest.mark.parametrize("how", [*FORMATS, {"writemap": True}])
def test_records_are_whole_while_all_of_them_are_written_anew(
    tmp_path: Path, size: int, how: dict[str, Any]
) -> None:
    with environment(tmp_path / "s", **how) as env:
        put(env, generation(0, size))
        source = open_source(tmp_path / "s")
        keys = []
        for number in range(1, 60):  # LMDB uses pages anew from the third transaction on
            for _ in range(3):
                record = source.read()
                consistent(record)
                keys.append(int(record.key))
            put(env, generation(number, size))
    assert all(later == (before + 1) % 40 for before, later in pairwise(keys))
    source.close()


def test_goes_on_where_it_was_when_records_come_and_go(tmp_path: Path) -> None:
    with environment(tmp_path / "s") as env:
        put(env, {b"%03d" % i: bytes(3000) for i in range(0, 100, 10)})
        source = open_source(tmp_path / "s")
        assert [source.read().key for _ in range(3)] == [b"000", b"010", b"020"]
        with env.begin(write=True) as txn:
            txn.delete(b"030")
            txn.put(b"035", bytes(3000))
        assert [source.read().key for _ in range(2)] == [b"035", b"040"]
        with env.begin(write=True) as txn:
            for key, _ in [*txn.cursor()]:
                txn.delete(key)
        with pytest.raises(DataError, match="is empty"):
            source.read()
    source.close()


# -- damage ------------------------------------------------------------------------------


def test_named_databases_are_refused(tmp_path: Path) -> None:
    with environment(tmp_path / "s", max_dbs=2) as env:
        env.open_db(b"train")
    with pytest.raises(DataError, match="named databases"):
        open_source(tmp_path / "s")


def read_all(source: Source, limit: int) -> None:
    first = source.read().key
    for _ in range(limit):
        if source.read().key == first:
            return
    raise AssertionError("no end")


def test_any_byte_may_be_wrong(tmp_path: Path) -> None:
    """Never a crash, an endless loop or another error than ours."""
    with environment(tmp_path / "s") as env:
        put(env, {b"%04d" % i: b"x" * (i % 7 * 500) for i in range(300)})
    file = tmp_path / "s" / "data.mdb"
    whole = file.read_bytes()
    draw = random.Random(1)
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(draw.choice([1, 4])):
            # The heads of pages are what there is to go wrong.
            place = draw.randrange(len(whole) // 4096) * 4096 + draw.randrange(160)
            damaged[place] = draw.randrange(256)
        file.write_bytes(damaged)
        try:
            source = open_source(tmp_path / "s")
        except DataError:
            refused += 1
            continue
        try:
            read_all(source, 5000)
        except DataError as error:
            refused += 1
            assert str(tmp_path) in str(error)
        finally:
            source.close()
    assert refused > 50
