"""PrefixLock: one training at a time writes snapshots with a prefix."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from ..errors import SolverError

try:
    import fcntl
except ImportError:  # Windows: nobody is kept away there
    fcntl = None  # type: ignore[assignment]


class PrefixLock:
    """A context manager, which may be entered again inside: SolverError if another training, of
    this process or another one, is in it.

    prefix: "" stands for no snapshots.  A file .NAME.lock beside it is locked while somebody is
    inside, and holds his process's number; the system unlocks it for who was killed.
    """

    def __init__(self, prefix: str) -> None:
        target = Path(os.path.realpath(prefix))
        self._path = target.with_name(f".{target.name}.lock") if prefix else None
        self._handle: int | None = None
        self._depth = 0

    def __enter__(self) -> PrefixLock:
        if self._depth == 0 and self._path is not None and fcntl is not None:
            self._handle = _locked(self._path)
        self._depth += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and self._handle is not None:
            assert self._path is not None
            self._path.unlink(missing_ok=True)  # before others may have it
            os.close(self._handle)
            self._handle = None


def _locked(path: Path) -> int | None:
    """The handle of the file, locked; None where there can be none: no folder, no right to write,
    a file system without locks."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(handle, 20, 0).decode(errors="replace").strip()
            os.close(handle)
            raise SolverError(
                f"another training{f', process {owner},' if owner else ''} writes its snapshots "
                f"there: '{path}' is locked",
                "wait for its end, or give another snapshot_prefix",
            ) from None
        except OSError:
            os.close(handle)
            return None
        if _is(path, handle):
            os.truncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            return handle
        os.close(handle)  # its owner took the file away between our two calls


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
