"""Weight files, snapshots and single arrays: .caffemodel, .solverstate, .binaryproto.

Binary files are read and written here, HDF5 files in weights_hdf5.py; which one it is shows
in the first bytes when reading, and in the name (.h5) when writing.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import WeightsError
from ..files import atomic_write, refuse_pipe, why_unreadable
from ..log import log
from . import caffe_pb2 as pb
from . import checksum
from .blobs import blob_chunks, has_gradient, read_blob_at
from .foreign import kind_of
from .octets import decode, encode, serialize
from .stored import LayerWeights, State
from .upgrade import v0_type_name, v1_type_name
from .weights_hdf5 import (
    read_state_hdf5,
    read_weights_hdf5,
    write_state_hdf5,
    write_weights_hdf5,
)
from .wire import DELIMITED, VARINT, FileBytes, Message, Span, WireError, delimited, number, signed

PathLike = str | os.PathLike

# Field numbers
_NAME, _V1_LAYERS, _LAYER = 1, 2, 100  # NetParameter
_BLOBS = 7  # LayerParameter
_ITER, _LEARNED_NET, _HISTORY, _CURRENT_STEP = 1, 2, 3, 4  # SolverState
_EXTRA, _EXTRA_CHECKSUM = 1000, 1001  # ours: Caffe skips fields it does not know

#: Field numbers of messages on the way to BlobProtos, which have no parts.
Parts = Mapping[int, "Parts"]
_PARTS: Parts = {_LAYER: {_BLOBS: {}}, _V1_LAYERS: {1: {50: {}}, 6: {}}}

_LARGEST = 2**31 - 1  # bytes of a file that Caffe itself can read
_HDF5 = b"\x89HDF\r\n\x1a\n"


# -- weights -------------------------------------------------------------------------------


def read_weights(path: PathLike) -> list[LayerWeights]:
    """All layers of a .caffemodel or .caffemodel.h5, of nets of any age, in file order."""
    if is_hdf5(path):
        return read_weights_hdf5(path)
    layers = []
    with _content(path, "weights") as content:
        message = Message(content)
        for field_number, kind, value in message:
            if field_number == _NAME and kind == VARINT:
                raise _no_weights(path, message)
            if field_number in (_LAYER, _V1_LAYERS) and kind == DELIMITED:
                read = _read_layer if field_number == _LAYER else _read_v1_layer
                layers.append(read(Message(content, *value)))  # type: ignore[misc]
    if not layers:
        raise _failure(path, "the file holds no layers", "is it a .caffemodel at all?")
    _refuse_damaged(path)
    return layers


def _no_weights(path: PathLike, rest: Message) -> WeightsError:
    """What a file is that begins with a number: a state (iter) or an array (num, channels)."""
    _, kind, _ = next(iter(rest), (0, None, None))
    if kind == VARINT:
        return _failure(
            path,
            "this is an array, such as a mean image",
            "name it as mean_file, and give a .caffemodel here",
        )
    return _failure(path, "this is a solver's state", "its learned_net holds weights")


def write_weights(
    path: PathLike,
    net: pb.NetParameter,
    blobs: Mapping[int, Sequence[NDArray]],
    shared: Container[tuple[int, int]] = (),
    diffs: Mapping[int, Sequence[NDArray]] | None = None,
) -> None:
    """All layers of `net`, with `blobs[i]` as the parameters of `net.layer[i]`.

    shared: (layer, blob) pairs whose owner is another layer; HDF5 files leave them out.
    diffs: the gradients of `blobs`, to be written beside them.  A binary file begins with a
    checksum of all that follows, which `read_weights` holds it to.
    """
    if Path(path).suffix == ".h5":
        return write_weights_hdf5(path, net, blobs, shared, diffs)
    head = type(net)()
    head.CopyFrom(net)
    head.ClearField("layer")
    chunks: list[bytes | memoryview] = [serialize(head)]
    for i, layer in enumerate(net.layer):
        gradients = diffs.get(i, ()) if diffs else ()
        chunks += delimited(_LAYER, *_layer_chunks(layer, blobs.get(i, ()), gradients))
    _write(path, [checksum.head(chunks), *chunks])


def _layer_chunks(
    layer: pb.LayerParameter, blobs: Sequence[NDArray], diffs: Sequence[NDArray]
) -> list[bytes | memoryview]:
    """The fields before the blobs, the blobs, the fields after: as protobuf would order them."""
    before, after = type(layer)(), type(layer)()
    before.CopyFrom(layer)
    before.DiscardUnknownFields()
    after.CopyFrom(layer)
    for part, _ in layer.ListFields():
        if part.number >= _BLOBS:
            before.ClearField(part.name)
        if part.number <= _BLOBS:
            after.ClearField(part.name)
    chunks: list[bytes | memoryview] = [serialize(before)]
    for blob, diff in zip_longest(blobs, diffs):
        chunks += delimited(_BLOBS, *blob_chunks(blob, diff))
    return [*chunks, serialize(after)]


def _read_layer(message: Message) -> LayerWeights:
    return _collect(message, name=1, type_=2, blobs=_BLOBS)


def _read_v1_layer(message: Message) -> LayerWeights:
    start = message.pos
    for field_number, kind, value in message:
        if field_number == 1 and kind == DELIMITED:  # it only wraps a V0 layer
            inner = Message(message.content, *value)  # type: ignore[misc]
            layer = _collect(inner, name=1, type_=2, blobs=50)
            layer.type = v0_type_name(layer.type)
            return layer
    return _collect(Message(message.content, start, message.stop), name=4, type_=5, blobs=6)


def _collect(message: Message, *, name: int, type_: int, blobs: int) -> LayerWeights:
    layer = LayerWeights("", "")
    spans: list[Span] = []
    for field_number, kind, value in message:
        if field_number == name and kind == DELIMITED:
            layer.name = decode(message.octets(value))  # type: ignore[arg-type]
        elif field_number == type_ and kind == DELIMITED:
            layer.type = decode(message.octets(value))  # type: ignore[arg-type]
        elif field_number == type_ and kind == VARINT:
            layer.type = v1_type_name(value)  # type: ignore[arg-type]
        elif field_number == blobs and kind == DELIMITED:
            spans.append(value)  # type: ignore[arg-type]
    for i, span in enumerate(spans):
        try:
            layer.blobs.append(read_blob_at(Message(message.content, *span)))
        except WireError as error:
            raise WireError(f"layer '{layer.name}', blob {i}: {error}") from None
    return layer


class Apart(NamedTuple):
    """A binary file in two parts.  rest: the NetParameter, in each BlobProto of which `num`, the
    only field, is the position of its array in `blobs`.  gradients: how many blobs had some."""

    rest: bytes
    blobs: list[NDArray]
    gradients: int


def read_blobs_apart(path: PathLike) -> Apart:
    """All of a binary .caffemodel, of a net of any age.  WeightsError as from `read_weights`."""
    blobs: list[NDArray] = []
    gradients = 0

    def without(message: Message, parts: Parts) -> Iterator[bytes]:
        nonlocal gradients
        start = message.pos
        for field_number, kind, value in message:
            if kind != DELIMITED or field_number not in parts:
                yield message.octets((start, message.pos))
            elif inner := parts[field_number]:
                chunks = without(Message(message.content, *value), inner)  # type: ignore[misc]
                yield from delimited(field_number, *chunks)  # type: ignore[misc]
            else:
                span: Span = value  # type: ignore[assignment]
                yield from delimited(field_number, number(1, len(blobs)))  # type: ignore[misc]
                blobs.append(read_blob_at(Message(message.content, *span)))
                gradients += has_gradient(Message(message.content, *span))
            start = message.pos

    with _content(path, "weights") as content:
        rest = b"".join(without(Message(content), _PARTS))
    _refuse_damaged(path)
    return Apart(rest, blobs, gradients)


# -- single arrays -------------------------------------------------------------------------


def read_blob(path: PathLike) -> NDArray:
    """The array of a .binaryproto file (a mean image, an infogain matrix)."""
    with _content(path, "an array") as content:
        return read_blob_at(Message(content))


def write_blob(path: PathLike, array: NDArray) -> None:
    _write(path, blob_chunks(np.asarray(array)))


# -- snapshots -----------------------------------------------------------------------------


def read_state(path: PathLike) -> State:
    """A .solverstate or .solverstate.h5."""
    if is_hdf5(path):
        return read_state_hdf5(path)
    state, told = State(), None
    with _content(path, "a solver's state") as content:
        message = Message(content)
        for field_number, kind, value in message:
            if field_number in (_ITER, _CURRENT_STEP) and kind != VARINT:
                raise _failure(
                    path, "these are no solver's state but weights", "start from them as weights"
                )
            if field_number == _ITER:
                state.iter = signed(value)  # type: ignore[arg-type]
            elif field_number == _CURRENT_STEP:
                state.current_step = signed(value)  # type: ignore[arg-type]
            elif field_number == _EXTRA_CHECKSUM and kind == VARINT:
                told = value
            elif kind != DELIMITED:
                continue
            elif field_number == _LEARNED_NET:
                state.learned_net = decode(message.octets(value))  # type: ignore[arg-type]
            elif field_number == _HISTORY:
                span: Span = value  # type: ignore[assignment]
                state.history.append(read_blob_at(Message(content, *span)))
            elif field_number == _EXTRA:
                state.extra = message.octets(value)  # type: ignore[arg-type]
    if told is not None and told != zlib.crc32(state.extra):
        what = "its end, with random streams and data sources, is damaged or missing"
        raise _failure(path, what, "go on from another snapshot")
    return state


def write_state(path: PathLike, state: State) -> None:
    if Path(path).suffix == ".h5":
        return write_state_hdf5(path, state)
    chunks: list[bytes | memoryview] = [number(_ITER, state.iter)]
    if state.extra:  # told before it comes, so that a file without its end is known as such
        chunks.append(number(_EXTRA_CHECKSUM, zlib.crc32(state.extra)))
    chunks += delimited(_LEARNED_NET, encode(state.learned_net))
    for array in state.history:
        chunks += delimited(_HISTORY, *blob_chunks(array))
    chunks.append(number(_CURRENT_STEP, state.current_step))
    if state.extra:
        chunks += delimited(_EXTRA, state.extra)
    _write(path, chunks)


# -- files ---------------------------------------------------------------------------------


@contextmanager
def _content(path: PathLike, wanted: str) -> Iterator[FileBytes]:
    """The bytes of a binary file; WeightsError if it clearly is something else, or for damage
    that is found in the body."""
    try:
        refuse_pipe(path)
        with open(path, "rb", buffering=0) as file:
            content = FileBytes(file)
            _judge_head(bytes(content[:4096]), path, wanted)
            yield content
    except WireError as error:
        what = f"not {wanted}, or damaged: {error}"
        raise _failure(path, what, "get or write the file again") from None
    except (OSError, ValueError) as error:
        raise _failure(path, *why_unreadable(path, error)) from error


def _refuse_damaged(path: PathLike) -> None:
    if checksum.is_damaged(path):
        what = "the file is damaged: what it holds is not what was written"
        raise _failure(path, what, "get or write it again")


def is_hdf5(path: PathLike) -> bool:
    """By its first bytes."""
    try:
        refuse_pipe(path)
        with open(path, "rb") as file:
            return file.read(len(_HDF5)) == _HDF5
    except (OSError, ValueError) as error:
        raise _failure(path, *why_unreadable(path, error)) from error


def _judge_head(head: bytes, path: PathLike, wanted: str) -> None:
    """Say what a file is, if it clearly is something else."""
    if not head:
        raise _failure(path, "the file is empty", "was it written to the end?")
    if meaning := kind_of(head):
        raise _failure(path, f"not {wanted}, but {meaning}")
    if not any(byte < 32 and byte not in b"\t\n\v\f\r" for byte in head):
        raise _failure(path, f"this is text, not {wanted}", "definitions go where nets are named")


def _write(path: PathLike, chunks: list[bytes | memoryview]) -> None:
    size = sum(len(chunk) for chunk in chunks)
    if size > _LARGEST:
        log.warning("%s has %d bytes: Caffe reads up to %d, HDF5 beyond", path, size, _LARGEST)
    atomic_write(path, chunks)


def _failure(path: PathLike, what: str, hint: str = "") -> WeightsError:
    return WeightsError(what, hint, file=os.fspath(path))
