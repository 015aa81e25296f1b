"""Where a source is looked for, and what is said when it is not there."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from protonet.data.lookup import cache_dir, find_source
from protonet.data.sources import open_source
from protonet.errors import DataError


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    found = {name: tmp_path / name for name in ("here", "model", "cache")}
    for path in found.values():
        path.mkdir()
    monkeypatch.chdir(found["here"])
    monkeypatch.setenv("PROTONET_CACHE", str(found["cache"]))
    return found


def find(source: str, places: dict[str, Path]) -> Path:
    return find_source(source, places["model"], "data_param.source").resolve()


def test_as_given_then_beside_the_model_then_in_the_cache(places: dict[str, Path]) -> None:
    for name in ("cache", "model", "here"):
        (places[name] / "sub" / "store").mkdir(parents=True)
        assert find("sub/store", places) == places[name] / "sub" / "store"


def test_known_stores_are_found_by_their_last_name(places: dict[str, Path]) -> None:
    (places["cache"] / "mnist_train_lmdb").mkdir()
    (places["cache"] / "other").mkdir()
    want = places["cache"] / "mnist_train_lmdb"
    assert find("examples/mnist/mnist_train_lmdb", places) == want
    with pytest.raises(DataError):
        find("examples/other", places)


def test_what_is_missing_is_named(places: dict[str, Path]) -> None:
    with pytest.raises(DataError) as caught:
        find("none", places)
    assert caught.value.field == "data_param.source"
    for place in ("none", places["model"] / "none", places["cache"] / "none"):
        assert str(place) in str(caught.value)


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("mnist_test_lmdb", "protonet dataset mnist"),
        ("x/fashion_mnist_train_lmdb", "protonet dataset fashion-mnist"),
        ("cifar10_train_lmdb", "protonet dataset cifar10"),
        ("cifar10_mean.binaryproto", "protonet dataset cifar10"),
    ],
)
def test_the_command_to_run_is_named(places: dict[str, Path], source: str, command: str) -> None:
    with pytest.raises(DataError, match=f"run '{command}'"):
        find(source, places)
    assert list(places["cache"].iterdir()) == []


def test_no_source(places: dict[str, Path]) -> None:
    with pytest.raises(DataError, match=r"data_param\.source is missing"):
        find("", places)


@pytest.mark.parametrize(("split", "count"), [("train", 1497), ("test", 300)])
def test_digits_are_made_on_first_use(places: dict[str, Path], split: str, count: int) -> None:
    path = find(f"digits_{split}_lmdb", places)
    assert path == places["cache"] / f"digits_{split}_lmdb"
    source = open_source(path, "LMDB")
    assert len(source) == count
    source.close()
    before = (path / "data.mdb").stat().st_mtime_ns
    assert find(f"digits_{split}_lmdb", places) == path
    assert (path / "data.mdb").stat().st_mtime_ns == before


def _use_digits(cache: str) -> int:
    source = open_source(find_source("digits_test_lmdb", Path(cache), "source"), "LMDB")
    labels = [source.read().value[-1] for _ in range(300)]
    source.close()
    return sum(labels)


def test_digits_made_by_several_processes_at_once(places: dict[str, Path]) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        sums = list(pool.map(_use_digits, [str(places["cache"])] * 8))
    assert sums == [30 * 45] * 8  # 30 of each digit
    assert [path.name for path in places["cache"].iterdir()] == ["digits_test_lmdb"]


def test_cache_is_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROTONET_CACHE", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    for system, want in {
        "linux": "/x/protonet",
        "darwin": "/home/me/Library/Caches/protonet",
        "win32": "/home/me/AppData/Local/protonet",
    }.items():
        monkeypatch.setattr(sys, "platform", system)
        assert cache_dir().as_posix() == want
