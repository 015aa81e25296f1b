"""Binary nets that a fork wrote: its numbers -> ours, where a layer's type says what they mean.

143 is `input_param` in Caffe 1.0 and `interp_param` in PSPNet's fork, but in a layer of type
"Interp" it can only be the latter.  What leaves a choice stays as the bytes that it is:
protobuf keeps numbers that it does not know and writes them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from numpy.typing import NDArray

from . import caffe_pb2 as pb
from .fork_tags import FIRST, tables
from .values import spec_of
from .wire import DELIMITED, EIGHT_BYTES, FOUR_BYTES, VARINT, Message, Span, delimited, varint

Chunk = bytes | memoryview
Fields = Iterator[tuple[int, int, int | Span, Chunk]]

_LAYER, _TYPE = 100, 2  # of NetParameter, of LayerParameter

#: Types whose parameters are not named after them, or have two names.
_PARAMETERS = {
    "CTCGreedyDecoder": ["ctc_decoder_param"],
    "DecodeBBox": ["decode_bbox_param", "bbox_reg_param"],
    "Normalize": ["norm_param", "normalize_param"],
    "PriorBoxClustered": ["prior_box_param"],
    "ROIAlign": ["roi_align_param", "roi_pooling_param"],
}
#: Parameters of Caffe's own that a fork had earlier or later, under another number.
_MOVED = {
    "Bias": {161: [("bias_param", "yjxiong")]},
    "Clip": {248: [("clip_param", "synopsys")]},
    "LSTM": {151: [("recurrent_param", "nvidia")]},
    "RNN": {151: [("recurrent_param", "nvidia")]},
    "Scale": {160: [("scale_param", "yjxiong")]},
}

_WIRE = {
    FieldDescriptor.TYPE_FLOAT: FOUR_BYTES,
    FieldDescriptor.TYPE_DOUBLE: EIGHT_BYTES,
    FieldDescriptor.TYPE_STRING: DELIMITED,
    FieldDescriptor.TYPE_BYTES: DELIMITED,
    FieldDescriptor.TYPE_MESSAGE: DELIMITED,
}


def in_our_numbers(content: NDArray[np.uint8]) -> bytes:
    """A binary NetParameter -> the same with our numbers for the parameters of forks' layers.

    WireError if it is damaged.
    """
    chunks: list[Chunk] = []
    for number, kind, value, whole in _fields(Message(content)):
        if number == _LAYER and kind == DELIMITED:
            chunks += delimited(_LAYER, *_layer(content, value))  # type: ignore[arg-type]
        else:
            chunks.append(whole)
    return b"".join(chunks)


def unknown_fields(content: NDArray[np.uint8]) -> bytes:
    """The fields of a binary NetParameter that the schema does not have, as they stand."""
    known = pb.NetParameter.DESCRIPTOR.fields_by_number
    return b"".join(whole for n, _, _, whole in _fields(Message(content)) if n not in known)


def _fields(message: Message) -> Fields:
    """Number, wire type and value of each field, and all its bytes."""
    start = message.pos
    for number, kind, value in message:
        yield number, kind, value, message.content[start : message.pos].data
        start = message.pos


def _layer(content: NDArray[np.uint8], span: Span) -> list[Chunk]:
    fields = list(_fields(Message(content, *span)))
    type_name = ""
    for number, kind, value, _ in fields:
        if (number, kind) == (_TYPE, DELIMITED):
            octets = bytes(content[slice(*value)])  # type: ignore[misc]
            type_name = octets.decode(errors="replace")
    meanings = _meanings(type_name)
    chunks: list[Chunk] = []
    for number, kind, value, whole in fields:
        block = None
        if kind == DELIMITED and number in meanings:
            block = _block(content, meanings[number], value)  # type: ignore[arg-type]
        chunks += [whole] if block is None else block
    return chunks


@cache
def _meanings(type_name: str) -> dict[int, list[tuple[str, str]]]:
    """What the forks' numbers in a layer of this type may stand for: (field, fork)."""
    known = tables()[0]["LayerParameter"]
    named = [name for name in known if name[:-6].replace("_", "") == type_name.lower()]
    meanings = {number: list(found) for number, found in _MOVED.get(type_name, {}).items()}
    for name in _PARAMETERS.get(type_name, named):
        for number, forks in known[name].items():
            meanings.setdefault(number, []).extend((name, fork) for fork in forks)
    return meanings


def _block(
    content: NDArray[np.uint8], meanings: list[tuple[str, str]], span: Span
) -> list[Chunk] | None:
    """A layer's parameters under our number, if all forks that may have written them read the
    same in them."""
    readings = set()
    for name, fork in meanings:
        field = pb.LayerParameter.DESCRIPTOR.fields_by_name[name]
        read = _message(content, span, field.message_type, fork)
        if read is not None:
            readings.add((field.number, read))
    return delimited(*readings.pop()) if len(readings) == 1 else None


def _message(content: NDArray[np.uint8], span: Span, descriptor: Any, fork: str) -> bytes | None:
    """A message as one fork understands it in our numbers; None if it has no such fields."""
    chunks: list[Chunk] = []
    for number, kind, value, whole in _fields(Message(content, *span)):
        field = _field(descriptor, number, fork)
        if field is None or not _fits(descriptor, field, kind):
            return None
        if field.message_type:
            inner = _message(content, value, field.message_type, fork)  # type: ignore[arg-type]
            if inner is None:
                return None
            chunks += delimited(field.number, inner)
        else:
            chunks += [varint(field.number << 3 | kind), whole[len(varint(number << 3 | kind)) :]]
    return b"".join(chunks)


def _field(descriptor: Any, number: int, fork: str) -> FieldDescriptor | None:
    """The field that a fork gave a number to in a message, or None."""
    caffe, forks = tables()
    listed = caffe.get(descriptor.name) or forks.get(descriptor.name) or {}
    for name, numbers in listed.items():
        if fork in numbers.get(number, ()):
            return descriptor.fields_by_name[name]
    field = descriptor.fields_by_number.get(number) if number < FIRST else None
    if field is None or any(fork in users for users in listed.get(field.name, {}).values()):
        return None  # no such number, or the fork has the field under another one
    return field


def _fits(descriptor: Any, field: FieldDescriptor, kind: int) -> bool:
    """Is a field written in this way?  Lists of numbers may stand in one piece."""
    wanted = _WIRE.get(field.type, VARINT)
    return kind == wanted or (kind == DELIMITED and spec_of(descriptor).fields[field.name].repeated)
