"""The types of caffe_pb2 for type checkers: a FileDescriptorProto -> the text of a .pyi file.

Enums are numbers, as they are in messages.  Words that Python keeps for itself (`lambda`)
cannot be attributes and are left out.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

_HEAD = '''\
"""Made by scripts/gen_schema.py: do not edit."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.internal.containers import (
    RepeatedCompositeFieldContainer as _Messages,
    RepeatedScalarFieldContainer as _Values,
)
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper as _Enum
from google.protobuf.message import Message

DESCRIPTOR: FileDescriptor
'''
_SCALARS = {
    Field.TYPE_STRING: "str",
    Field.TYPE_BYTES: "bytes",
    Field.TYPE_BOOL: "bool",
    Field.TYPE_FLOAT: "float",
    Field.TYPE_DOUBLE: "float",
}


def stubs(file: Any) -> str:
    """The .pyi file of a module whose messages are those of `file`."""
    lines = [_HEAD]
    for enum in file.enum_type:
        lines += _enum(enum, "")
    for message in file.message_type:
        lines += ["", *_message(message, "")]
    return "\n".join(lines) + "\n"


def _enum(enum: Any, indent: str) -> Iterator[str]:
    yield f"{indent}{enum.name}: {'ClassVar[_Enum]' if indent else '_Enum'}"
    for value in enum.value:
        if not keyword.iskeyword(value.name):
            yield f"{indent}{value.name}: {'ClassVar[int]' if indent else 'int'}"


def _message(message: Any, indent: str) -> Iterator[str]:
    yield f"{indent}class {message.name}(Message):"
    inside = indent + "    "
    for enum in message.enum_type:
        yield from _enum(enum, inside)
    for nested in message.nested_type:
        yield from _message(nested, inside)
    fields = [field for field in message.field if not keyword.iskeyword(field.name)]
    for field in fields:
        yield from _attribute(field, inside)
    given = "".join(f", {field.name}: {_given(field)} = ..." for field in fields)
    yield f"{inside}def __init__(self{', *' if given else ''}{given}) -> None: ..."
    single = [field for field in fields if field.label != Field.LABEL_REPEATED]
    names = ", ".join(f'"{field.name}"' for field in single)
    if names:
        yield f"{inside}def HasField(self, field_name: Literal[{names}]) -> bool: ..."


def _attribute(field: Any, indent: str) -> Iterator[str]:
    kind = _kind(field)
    if field.label == Field.LABEL_REPEATED:
        container = "_Messages" if field.type == Field.TYPE_MESSAGE else "_Values"
        kind = f"{container}[{kind}]"
    elif field.type != Field.TYPE_MESSAGE:
        yield f"{indent}{field.name}: {kind}"
        return
    yield f"{indent}@property"
    yield f"{indent}def {field.name}(self) -> {kind}: ..."


def _given(field: Any) -> str:
    """What the constructor takes: enums by name too, messages as dicts too."""
    kind = _kind(field)
    if field.type == Field.TYPE_MESSAGE:
        kind += " | Mapping[str, Any]"
    elif field.type == Field.TYPE_ENUM:
        kind += " | str"
    return f"Iterable[{kind}] | None" if field.label == Field.LABEL_REPEATED else f"{kind} | None"


def _kind(field: Any) -> str:
    if field.type == Field.TYPE_MESSAGE:
        return str(field.type_name).removeprefix(".caffe.")
    return _SCALARS.get(field.type, "int")
