"""Fetching files: several mirrors, checksums, and going on where it stopped."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ...errors import DataError

_TIMEOUT = 30.0
_CHUNK = 1 << 16

#: Called with a title, the total (None if unknown), the unit: gives a context manager whose
#: value is called with the amount done since the last call.
Meter = Callable[[str, int | None, str], AbstractContextManager[Callable[[int], object]]]


def no_meter(
    title: str, total: int | None, unit: str
) -> AbstractContextManager[Callable[[int], object]]:
    """Shows nothing."""
    return nullcontext(lambda amount: None)


def download(
    files: Mapping[str, str], mirrors: Sequence[str], folder: Path, meter: Meter = no_meter
) -> None:
    """Bring files (name to MD5) into `folder`; those that are there and right are kept.

    A file gets its name when it is whole and its checksum right; until then it is
    <name>.part, from which the next run goes on.  DataError, with what each mirror said, if
    one cannot be had.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot write to '{folder}': {error.strerror}") from error
    for name, md5 in files.items():
        if not (folder / name).is_file() or _md5(folder / name) != md5:
            _fetch(name, md5, mirrors, folder, meter)


def _fetch(name: str, md5: str, mirrors: Sequence[str], folder: Path, meter: Meter) -> None:
    part = folder / f"{name}.part"
    complaints = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{name}"
        try:
            _receive(url, part, meter)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            complaints.append(f"{url}: {error}")
            continue
        if _md5(part) == md5:
            os.replace(part, folder / name)
            return
        part.unlink()
        complaints.append(f"{url}: the checksum is wrong")
    raise DataError(
        f"cannot download {name} ({'; '.join(complaints)})",
        f"try again later (it goes on where it stopped), or get {name} yourself and give its "
        "folder with --from",
    )


def _receive(url: str, part: Path, meter: Meter) -> None:
    """Append to `part` what it lacks of the file at `url`."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "protonet"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # nothing left to send: the checksum will tell
            return
        raise
    with answer:
        if answer.status != 206:  # the whole file comes
            have = 0
        length = answer.headers.get("Content-Length")
        left = int(length) if length else None
        total = None if left is None else have + left
        title = url.rpartition("/")[2]
        with open(part, "ab" if have else "wb") as out, meter(title, total, "B") as progress:
            progress(have)
            while chunk := answer.read(_CHUNK):
                out.write(chunk)
                progress(len(chunk))
                left = None if left is None else left - len(chunk)
    if left:
        raise OSError(f"the connection was lost with {left} bytes to go")


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)  # the data sets' own checksums are MD5
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
