"""Strings that are not UTF-8: names and paths in GBK or Latin-1, with their bytes kept.

Caffe takes strings byte by byte; protobuf's Python strings must be Unicode.  So each byte that
is not UTF-8 becomes a character of its own in a private range that no text uses, and becomes
that byte again wherever a file is opened or a message is written.
"""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from .wire import delimited

_BASE = 0x10F700  # byte 0xE9 is U+10F7E9
_PRIVATE = re.compile(f"[{chr(_BASE + 0x80)}-{chr(_BASE + 0xFF)}]")
_SURROGATE = re.compile("[\udc80-\udcff]")  # how Python itself marks such a byte


def decode(octets: bytes) -> str:
    """Text for bytes of any kind; `encode` gives them back."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        text = octets.decode(errors="surrogateescape")
        return _SURROGATE.sub(lambda match: chr(ord(match[0]) - 0xDC00 + _BASE), text)


def encode(text: str) -> bytes:
    return file_name(text).encode(errors="surrogateescape")


def file_name(text: str) -> str:
    """The name under which Python opens the file that `text` names."""
    return _PRIVATE.sub(lambda match: chr(ord(match[0]) - _BASE + 0xDC00), text)


def octet(character: str) -> int | None:
    """The byte that a character stands for; None if it is an ordinary one."""
    return ord(character) - _BASE if _PRIVATE.match(character) else None


def lift(message: Any) -> None:
    """Strings that protobuf read as bytes, because they are not UTF-8, become text in place."""
    for field, value in message.ListFields():
        repeated = hasattr(value, "append") or hasattr(value, "add")
        if field.message_type:
            for part in value if repeated else [value]:
                lift(part)
        elif field.type == FieldDescriptor.TYPE_STRING:
            texts = [_text(item) for item in (value if repeated else [value])]
            if repeated:
                del value[:]
                value.extend(texts)
            else:
                setattr(message, field.name, texts[0])


def serialize(message: Any) -> bytes:
    """The binary form of a message, with the bytes that its strings stand for."""
    content: bytes = message.SerializeToString()
    if not _PRIVATE.search(content.decode(errors="ignore")):
        return content
    copy = type(message)()
    copy.CopyFrom(message)
    _lower(copy)
    return bytes(copy.SerializeToString())


def _lower(message: Any) -> None:
    for field, value in message.ListFields():
        repeated = hasattr(value, "append") or hasattr(value, "add")
        if field.message_type:
            for part in value if repeated else [value]:
                _lower(part)
        elif field.type == FieldDescriptor.TYPE_STRING:
            texts = list(value) if repeated else [value]
            if any(_PRIVATE.search(text) for text in texts):
                message.ClearField(field.name)
                for text in texts:  # protobuf takes such bytes from the wire only
                    message.MergeFromString(b"".join(delimited(field.number, encode(text))))


def _text(value: Any) -> str:
    return decode(value) if isinstance(value, bytes) else str(value)
