"""What a file is that is neither a definition nor weights, by its first bytes."""

from __future__ import annotations

import re

_SIGNATURES = {
    b"version https://git-lfs": "a pointer of Git LFS; fetch the file itself (git lfs pull)",
    b"PK\x03\x04": "a zip file (npz, PyTorch...)",
    b"\x80\x02": "a pickle of Python",
    b"\x80\x04": "a pickle of Python",
    b"\x80\x05": "a pickle of Python",
    b"\x1f\x8b": "compressed (gzip); unpack it first",
    b"BZh": "compressed (bzip2); unpack it first",
    b"\xfd7zXZ\0": "compressed (xz); unpack it first",
    b"7z\xbc\xaf\x27\x1c": "compressed (7z); unpack it first",
    b"Rar!\x1a\x07": "compressed (rar); unpack it first",
    b"\x93NUMPY": "an array of NumPy (npy)",
    b"%PDF": "a PDF; get the file that it speaks of",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
}
_TEXTS = {  # beginning of a text: what it is
    r"<": "a web page; download the file itself",
    r"[\[{]\s*(\"|[\[{}\]]\s*[\"}\]])": "JSON",
    r"(#!.*python|\"\"\"|import \w|from [\w.]+ import |def \w+\(|class \w+[(:])": (
        "a Python script; run it (protonet run), and give what it writes"
    ),
    r"#!.*sh\b": "a shell script",
}
_BLANKS = re.compile(r"(\s|#(?!!)[^\n]*(\n|$))*")


def kind_of(head: bytes) -> str:
    """What a file that begins with `head` is; '' if that is not known for sure."""
    for signature, meaning in _SIGNATURES.items():
        if head.startswith(signature):
            return meaning
    text = head.decode("utf-8-sig", errors="replace")
    text = text[_BLANKS.match(text).end() :]  # type: ignore[union-attr]
    for beginning, meaning in _TEXTS.items():
        if re.match(beginning, text):
            return meaning
    return ""
