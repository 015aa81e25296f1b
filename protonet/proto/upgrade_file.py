"""Files with old definitions -> current ones: nets as text or binary, solvers as text."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from numpy.typing import NDArray

from ..errors import ProtonetError, PrototxtError
from ..files import atomic_write, why_unreadable
from . import caffe_pb2 as pb
from .checksum import without_head
from .fork_wire import in_our_numbers, unknown_fields
from .octets import lift, serialize
from .printer import format
from .source_map import Place
from .text import read_text
from .upgrade import Upgraded, upgrade_net, upgrade_solver
from .weights import Apart, is_hdf5, read_blobs_apart, read_weights, write_weights

M = TypeVar("M", bound=Message)

_LARGEST = 2**31 - 1  # bytes of what protobuf reads

KINDS: dict[str, type[pb.NetParameter] | type[pb.SolverParameter]] = {
    "net": pb.NetParameter,
    "solver": pb.SolverParameter,
}


class UpgradedFile(NamedTuple):
    """What a file holds, before and after; a line for each change, and for each loss."""

    kind: str
    binary: bool
    old: Message
    new: Message
    changes: list[str]
    losses: list[str]
    #: Arrays that are too large for a message: see `read_blobs_apart`.  None: they are in it.
    blobs: list[NDArray] | None = None

    @property
    def complete(self) -> bool:
        return not self.losses


def upgrade_file(path: str | os.PathLike, kind: str = "") -> UpgradedFile:
    """Read and upgrade a file.  kind: "net" or "solver", found out when it is empty."""
    path = os.fspath(path)
    if _is_binary(path):
        if kind == "solver":
            raise PrototxtError("this is a binary file, not the text of a solver", file=path)
        net, unknown, apart = _read_binary(path)
        done: Upgraded = upgrade_net(net)
        new = done.definition.message
        new.MergeFromString(unknown)
        if apart is None:
            return UpgradedFile("net", True, net, new, done.changes, done.losses)
        if apart.gradients:
            done.losses.append(f"the gradients of {apart.gradients} blobs are left out")
        return UpgradedFile("net", True, net, new, done.changes, done.losses, apart.blobs)
    kind, old, place, root = _read_text(path, [kind] if kind else list(KINDS))
    if isinstance(old, pb.NetParameter):
        done = upgrade_net(old, place, root)
    else:
        done = upgrade_solver(old, place, root)
    return UpgradedFile(kind, False, old, done.definition.message, done.changes, done.losses)


def write_upgraded(path: str | os.PathLike, upgraded: UpgradedFile) -> None:
    """In binary form; for texts there is `edit.upgrade`."""
    if upgraded.blobs is None:
        atomic_write(path, serialize(upgraded.new))
        return
    assert isinstance(upgraded.new, pb.NetParameter)
    net = pb.NetParameter()
    net.CopyFrom(upgraded.new)
    blobs = {
        i: [upgraded.blobs[blob.num] for blob in layer.blobs] for i, layer in enumerate(net.layer)
    }
    for layer in net.layer:
        layer.ClearField("blobs")
    write_weights(path, net, blobs)


def difference(upgraded: UpgradedFile, old_name: str, new_name: str) -> list[str]:
    """A unified diff of the two definitions, line by line.

    Both sides are printed the same way, so that only what was upgraded shows.  The numbers of
    weights are left out.
    """
    old, new = (
        format(_without_weights(message)).splitlines() for message in (upgraded.old, upgraded.new)
    )
    return list(difflib.unified_diff(old, new, old_name, new_name, lineterm=""))


def _read_text(
    path: str, kinds: list[str]
) -> tuple[str, pb.NetParameter | pb.SolverParameter, Place, Path]:
    """Kind, message, lines and folder; if it is of no kind, the error of the likeliest."""
    errors: list[ProtonetError] = []
    for kind in kinds:
        try:
            message, place, root = read_text(Path(path), KINDS[kind])
        except PrototxtError as error:
            errors.append(error)
            continue
        if not message.ListFields():
            raise PrototxtError("the file is empty", "there is nothing to upgrade", file=path)
        return kind, message, place, root
    # The reading that came furthest knows best what the file should be.
    raise max(errors, key=lambda error: (error.line or 0, error.column or 0))


def _read_binary(path: str) -> tuple[pb.NetParameter, bytes, Apart | None]:
    if is_hdf5(path):
        raise PrototxtError(
            "HDF5 weights are of no age: layer names and arrays only",
            "use them as they are",
            file=path,
        )
    if os.path.getsize(path) > _LARGEST:
        apart = read_blobs_apart(path)
        return *net_of(apart.rest, path), apart
    read_weights(path)  # says what a file is that is no net
    with open(path, "rb") as file:
        return *net_of(file.read(), path), None


def net_of(content: bytes, path: str) -> tuple[pb.NetParameter, bytes]:
    """The net in the bytes of a file, and those of them that the schema has no field for."""
    octets = np.frombuffer(without_head(content), np.uint8)
    try:
        net = pb.NetParameter.FromString(in_our_numbers(octets))
    except DecodeError as error:
        raise PrototxtError(f"no net, or damaged: {error}", file=path) from error
    lift(net)
    return net, unknown_fields(octets)


def _is_binary(path: str) -> bool:
    """Text has no control characters but blanks; binary nets have them from the start."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except (OSError, ValueError) as error:
        raise PrototxtError(*why_unreadable(path, error), file=path) from error
    utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")  # read_text has words for that
    return not utf16 and any(byte < 32 and byte not in b"\t\n\v\f\r" for byte in head)


def _without_weights(message: M) -> M:
    copy = type(message)()
    copy.CopyFrom(message)
    if isinstance(copy, pb.NetParameter):
        blobs = [blob for layer in copy.layer for blob in layer.blobs]
        blobs += [blob for old in copy.layers for blob in [*old.blobs, *old.layer.blobs]]
        for blob in blobs:
            for array in (blob.data, blob.diff, blob.double_data, blob.double_diff):
                del array[:]
    return copy
