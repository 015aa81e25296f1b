"""Files are written whole or not at all."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from protonet import files
from protonet.data.images import read_image
from protonet.errors import DataError, ProtonetError, WeightsError
from protonet.files import atomic_path, atomic_write, remove_unfinished, why_unreadable
from protonet.proto.weight_formats import read_any
from protonet.proto.weights import read_blob, read_state


def test_bytes_and_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a"
    atomic_write(path, b"one")
    assert path.read_bytes() == b"one"
    atomic_write(str(path), [b"two", memoryview(b"three"), bytearray(b"four")])
    assert path.read_bytes() == b"twothreefour"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise ZeroDivisionError

    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        atomic_write(path, chunks())
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProtonetError, match=r"a: cannot be written: No space left on device"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ProtonetError, match=r"cannot be written: there is no folder '.*none'"):
        atomic_write(tmp_path / "none" / "a", b"")
    with pytest.raises(ProtonetError, match="cannot be written"):
        atomic_write(tmp_path, b"")


def test_a_folder_that_is_there_is_not_said_to_be_missing(tmp_path, monkeypatch) -> None:
    """Some file systems, such as /proc, answer 'no such file' where they take no new ones."""

    def refused(*args: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    with pytest.raises(ProtonetError, match=r"cannot be written: No such file or directory$"):
        atomic_write(tmp_path / "a", b"")


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "a", tmp_path / "b"
    target.write_bytes(b"old")
    plain = stat.S_IMODE(target.stat().st_mode)
    target.chmod(0o640)
    link.symlink_to(target)
    atomic_write(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    atomic_write(tmp_path / "c", b"")
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == plain


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_of_a_new_file_and_of_those_after_it(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        atomic_write(tmp_path / "a", b"")
        (tmp_path / "b").touch()  # what any program makes after it
    finally:
        os.umask(before)
    for name in "ab":
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask


def test_the_content_is_on_the_disk_before_its_name_and_the_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is synced, and what the file held at that moment: a crash at any time is survived."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    synced = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        folder = os.path.samestat(os.fstat(handle), tmp_path.stat())
        synced.append(("the folder" if folder else "a file", path.read_bytes()))

    monkeypatch.setattr(os, "fsync", fsync)
    atomic_write(path, b"new")
    assert synced == [("a file", b"old"), ("the folder", b"new")]


def test_temporary_files_are_hidden_and_no_handle_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    make = files.tempfile.mkstemp
    monkeypatch.setattr(
        files.tempfile, "mkstemp", lambda *a: (opened.append((made := make(*a))[0]), made)[1]
    )
    with atomic_path(tmp_path / "a") as temporary:
        assert re.fullmatch(r"\.a\.[a-z0-9_]{8}\.tmp", temporary.name)
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "a"):
        raise ZeroDivisionError
    assert len(opened) == 2
    for handle in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(handle)


def test_a_path_for_other_writers(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a") as temporary:
        assert temporary.parent == tmp_path
        temporary.write_bytes(b"x")
        assert not (tmp_path / "a").exists()
    assert (tmp_path / "a").read_bytes() == b"x" and not temporary.exists()


def test_why_unreadable(tmp_path: Path) -> None:
    (tmp_path / "lenet.prototxt").touch()
    gone = FileNotFoundError(2, "No such file")
    what, hint = why_unreadable(tmp_path / "lenat.prototxt", gone)
    assert what == "no such file" and "lenet.prototxt" in hint
    assert hint == f"did you mean '{tmp_path / 'lenet.prototxt'}'?"
    assert why_unreadable(tmp_path / "quite else", gone) == ("no such file", "")
    assert "no folder" in why_unreadable(tmp_path / "x" / "y", gone)[0]
    assert "a folder" in why_unreadable(tmp_path, IsADirectoryError(21, "x"))[0]
    denied = why_unreadable(tmp_path / "a", PermissionError(13, "Permission denied"))
    assert denied == ("cannot be read (Permission denied)", "")
    unknown = why_unreadable(tmp_path / "a", ValueError("embedded null byte"))
    assert unknown == ("cannot be read (embedded null byte)", "")


REST = r"_iter_\d+\.caffemodel"


def test_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    stay = [
        "run_iter_1.caffemodel",  # finished
        ".run_iter_1.caffemodel",  # no temporary file
        ".run_iter_1.caffemodel.abcdefgh",  # of another program
        ".run_iter_1.caffemodel.abcdefgh.tmp.gz",
        ".run_iter_x.caffemodel.abcdefgh.tmp",
        ".run2_iter_1.caffemodel.abcdefgh.tmp",  # of another run
        ".other.txt.abcdefgh.tmp",
        "run_iter_1.caffemodel.abcdefgh.tmp",
    ]
    dead = [".run_iter_1.caffemodel.abcdefgh.tmp", ".run_iter_20.caffemodel.ab_d3f9h.tmp"]
    for name in stay + dead:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".run_iter_3.caffemodel.abcdefgh.tmp").mkdir()
    (tmp_path / ".run_iter_4.caffemodel.abcdefgh.tmp").symlink_to(tmp_path / stay[0])
    with atomic_path(tmp_path / "run_iter_5.caffemodel") as living:
        removed = remove_unfinished(tmp_path / "run", REST)
        assert sorted(path.name for path in removed) == dead
        assert living.exists()
        living.write_bytes(b"y")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        *stay,
        "run_iter_5.caffemodel",
        ".run_iter_3.caffemodel.abcdefgh.tmp",
        ".run_iter_4.caffemodel.abcdefgh.tmp",
    }
    assert remove_unfinished(tmp_path / "none" / "run", REST) == []


def test_no_handle_of_a_leftover_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of one that was removed nor of one that somebody still writes."""
    opened: list[int] = []
    real = os.open

    def keep(*args: Any, **options: Any) -> int:
        opened.append(real(*args, **options))
        return opened[-1]

    (tmp_path / ".run_iter_1.caffemodel.abcdefgh.tmp").write_bytes(b"x")
    with atomic_path(tmp_path / "run_iter_2.caffemodel") as living:
        monkeypatch.setattr(os, "open", keep)
        assert len(remove_unfinished(tmp_path / "run", REST)) == 1
        assert living.exists() and len(opened) == 2
        for handle in opened:
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(handle)
        monkeypatch.undo()


def test_a_name_lost_before_it_was_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else cleans up between the making of a temporary file and its lock."""
    fcntl = pytest.importorskip("fcntl")
    real, lost = fcntl.flock, []

    def flock(handle: int, how: int) -> None:
        if not lost:
            (name,) = os.listdir(tmp_path)
            lost.append(name)
            (tmp_path / name).unlink()
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    atomic_write(tmp_path / "a", b"all")
    assert (tmp_path / "a").read_bytes() == b"all" and lost and os.listdir(tmp_path) == ["a"]


def test_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is removed where it cannot be known whether the writer lives."""
    leftover = tmp_path / ".run_iter_1.caffemodel.abcdefgh.tmp"
    leftover.write_bytes(b"x")

    def refused(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(fcntl, "flock", refused)
    assert remove_unfinished(tmp_path / "run", REST) == []
    atomic_write(tmp_path / "run_iter_1.caffemodel", b"y")
    monkeypatch.setattr("protonet.files.fcntl", None)
    assert remove_unfinished(tmp_path / "run", REST) == []
    atomic_write(tmp_path / "run_iter_1.caffemodel", b"z")
    assert leftover.exists()


def test_where_there_are_no_locks_no_handle_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Windows neither has these locks nor renames a file that is open.
    monkeypatch.setattr(files, "fcntl", None)
    opened: list[int] = []
    make = files.tempfile.mkstemp
    monkeypatch.setattr(
        files.tempfile, "mkstemp", lambda *a: (opened.append((made := make(*a))[0]), made)[1]
    )
    with files.atomic_path(tmp_path / "x") as temporary:
        temporary.write_bytes(b"new")
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(opened[0])
    assert (tmp_path / "x").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe has a name on Unix alone")
def test_a_pipe_is_refused_where_it_would_be_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in ("x", "x.npz", "x.safetensors"):
        link = tmp_path / name
        link.symlink_to(pipe)
        with pytest.raises(WeightsError, match="a pipe or a device: give a file"):
            read_any(link)
    for read in (read_state, read_blob):
        with pytest.raises(WeightsError, match="a pipe or a device"):
            read(pipe)
    with pytest.raises(DataError, match="a pipe or a device"):
        read_image(pipe)
    with pytest.raises(WeightsError, match="a folder"):
        read_any(tmp_path)
