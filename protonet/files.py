"""Files that are written whole or not at all, and why a file cannot be read."""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import ProtonetError

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

#: The folder that paths named in files may not leave, in this process; None: they may.
_confined: str | None = None
#: Of temporary files: .NAME.xxxxxxxx.tmp
_ENDING = ".tmp"

Buffer = bytes | bytearray | memoryview


def atomic_write(path: str | os.PathLike, content: Buffer | Iterable[Buffer]) -> None:
    """Write bytes, or chunks of bytes, to `path`.

    Whatever happens on the way, a full disk, a killed process, `path` holds either its old
    content or all of the new one.
    """
    chunks = [content] if isinstance(content, (bytes, bytearray, memoryview)) else content
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        for chunk in chunks:
            file.write(chunk)


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike) -> Iterator[Path]:
    """The name of a temporary file beside `path`, which takes its place at the end.

    If the body fails the temporary file is removed and `path` is left as it was.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    with _explained(path):
        handle, temporary = _temporary(target)
    try:
        with _explained(path):
            yield temporary
            temporary.chmod(_mode(target))
            _sync(temporary, os.O_RDWR)
            os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    finally:
        if handle is not None:
            os.close(handle)
    if os.name == "posix":  # the new name itself is safe only once its folder is
        with contextlib.suppress(OSError):
            _sync(target.parent, os.O_RDONLY)


def remove_unfinished(prefix: str | os.PathLike, rest: str) -> list[Path]:
    """Remove the temporary files of processes that were killed while they wrote a file named
    `prefix` and then something that the regular expression `rest` matches; returns them.

    A file that somebody still writes is locked, and stays.  So does every file where locks
    are not to be had.
    """
    removed: list[Path] = []
    if fcntl is None:
        return removed
    target = Path(os.path.realpath(prefix))
    pattern = re.compile(rf"\.{re.escape(target.name)}{rest}\.[a-z0-9_]{{8}}{re.escape(_ENDING)}")
    with contextlib.suppress(OSError):
        for entry in os.scandir(target.parent):
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):  # locked, or gone meanwhile
                    handle = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW)
                    try:
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        os.unlink(entry.path)
                        removed.append(Path(entry.path))
                    finally:
                        os.close(handle)
    return removed


def _temporary(target: Path) -> tuple[int | None, Path]:
    """A new file beside `target`, held by a lock while the handle is open: the lock falls
    with the process, which tells the files of the living from those of the dead."""
    while True:
        handle, name = tempfile.mkstemp(_ENDING, f".{target.name}.", target.parent)
        if fcntl is None:  # Windows renames no file that is open
            os.close(handle)
            return None, Path(name)
        with contextlib.suppress(OSError):  # not on every file system
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.exists(name):  # nobody took it for a dead one's before it was locked
            return handle, Path(name)
        os.close(handle)


def confine(folder: str | os.PathLike | None) -> str | None:
    """Let `permitted` refuse, in this process, what lies outside of a folder (None: nothing);
    returns the folder that was set before."""
    global _confined
    before, _confined = _confined, None if folder is None else os.path.realpath(folder)
    return before


def permitted(path: str | os.PathLike, folder: str | os.PathLike | None = None) -> str:
    """Why a path that a file names may not be followed, or "": where it leads, symbolic links
    included, must be inside `folder`, and inside that of `confine`."""
    if folder is None and _confined is None:
        return ""
    try:
        real = os.path.realpath(path)
    except ValueError as error:  # a zero byte in it
        return f"'{os.fspath(path)}' cannot be a path: {error}"
    for allowed in (folder, _confined):
        if allowed is not None:
            inside = os.path.realpath(allowed)
            if real != inside and not real.startswith(inside.rstrip(os.sep) + os.sep):
                return f"'{os.fspath(path)}' leads out of the folder '{os.fspath(allowed)}'"
    return ""


def refuse_pipe(path: str | os.PathLike) -> None:
    """OSError for a pipe or a device, of which nobody knows when it ends, or whether it begins."""
    mode = os.stat(path).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "it is a pipe or a device: give a file", os.fspath(path))


def why_unreadable(path: str | os.PathLike, error: Exception) -> tuple[str, str]:
    """What is wrong with a file that could not be opened, and what to do about it."""
    path = Path(path)
    if path.is_dir():
        return "this is a folder, not a file", ""
    if not isinstance(error, FileNotFoundError):
        return f"cannot be read ({getattr(error, 'strerror', None) or error})", ""
    if not path.parent.is_dir():
        return f"no such file: there is no folder '{path.parent}'", ""
    near = difflib.get_close_matches(path.name, os.listdir(path.parent), n=1, cutoff=0.8)
    return "no such file", f"did you mean '{path.parent / near[0]}'?" if near else ""


def _mode(target: Path) -> int:
    """Permissions of the old file; of a new one, what any program would give it."""
    try:
        return target.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _explained(path: str | os.PathLike) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and not Path(path).parent.is_dir():
            reason = f"there is no folder '{Path(path).parent}'"
        raise ProtonetError(f"cannot be written: {reason}", file=os.fspath(path)) from error
