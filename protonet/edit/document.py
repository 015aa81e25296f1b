"""A prototxt that is changed in places, and stays as it was in all others."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from ..errors import PrototxtError, did_you_mean
from ..files import atomic_write
from ..proto import caffe_pb2 as pb
from ..proto.parser import parse
from ..proto.text import Text, content_of
from . import layout
from .find import Absent, Finder, texts
from .literal import literal, literal_of_word, read
from .tree import Block, Item, scan
from .write import Writer

_LAYER: Any = pb.LayerParameter.DESCRIPTOR


def open(
    source: str | os.PathLike | Text,
    message_type: type[Message] | None = None,
    *,
    partial: bool = False,
) -> Document:
    """A net or a solver, from a path or a text, to be edited.

    message_type: NetParameter or SolverParameter, found out if it is not given.  partial: take
    fields that nobody knows as they stand.  PrototxtError as from the parser.
    """
    kinds = [message_type] if message_type else [pb.NetParameter, pb.SolverParameter]
    text, file = content_of(source, *kinds)
    errors: list[tuple[PrototxtError, type[Message]]] = []
    for kind in kinds:
        try:
            parse(text, kind, file)
            return Document(text, kind, file)
        except PrototxtError as error:
            errors.append((error, kind))
    # The reading that came furthest knows best what the file should be.
    best, kind = max(errors, key=lambda found: (found[0].line or 0, found[0].column or 0))
    if not partial or best.partial is None:
        raise best
    return Document(text, kind, file)


class Document:
    """A definition and its text.

        doc = protonet.edit.open("train_val.prototxt")
        doc.set("layer[conv1].convolution_param.num_output", 32)
        doc.remove("layer[drop6]")
        doc.rename_blob("fc8", "scores")
        doc.save()

    Paths are those of `protonet.edit.path`.  A value is what protobuf takes for the field: for
    an enum also its word, for a message also its text.  Comments, order, blanks and the
    spelling of all that is not edited stay as they are, byte for byte; new text stands as its
    neighbours do.  PrototxtError, with file, line and path, for a field that is not there, a
    name that the schema does not have, or a value of the wrong kind: then nothing has changed.
    """

    def __init__(self, text: str, message_type: type[Message], file: str | None = None) -> None:
        """text: one that `parse` takes; file: the name that errors give."""
        self.message_type, self.file = message_type, file
        self._root = scan(text, message_type.DESCRIPTOR)
        self._find = Finder(self._root, message_type, file)
        self._write = Writer(self._root, layout.line_end(text))

    @property
    def text(self) -> str:
        return self._root.text

    @property
    def message(self) -> Any:
        """The definition as a message of its own, without the fields that nobody knows."""
        return _parsed(self.text, self.message_type)

    def save(self, path: str | os.PathLike | None = None) -> None:
        """Write the text to a file, by default the one that was opened."""
        target = path if path is not None else self.file
        if target is None:
            raise PrototxtError("this text came from no file", "give a path to save it under")
        atomic_write(target, self.text.encode(errors="surrogateescape"))

    # -- reading ----------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        """The value of a field as protobuf gives it: its default if it is not there, a list of
        all values if it is repeated and the path does not choose one."""
        place = self._find.place(path)
        if place.step.key is not None:
            return _value(place.field, place.chosen()[0][1])
        if place.repeated:
            return [_value(place.field, item) for _, item in place.entries]
        if place.entries:
            return _value(place.field, place.entries[0][1])
        if place.field.message_type:
            return GetMessageClass(place.field.message_type)()
        return place.field.default_value

    def __contains__(self, path: str) -> bool:
        """Is the field written in the text?"""
        try:
            place = self._find.place(path)
            return bool(place.entries and (place.step.key is None or place.one()))
        except Absent:
            return False

    def line(self, path: str) -> int:
        """The line of a field."""
        line = self._root.line(self._find.place(path).chosen()[0][0])
        assert line is not None
        return line

    # -- editing ----------------------------------------------------------------------------

    def set(self, path: str, value: Any) -> None:
        """Give a field a value; it and the messages around it are added if they are missing.

        A sequence replaces all values of a repeated field.  An index one past the last adds
        a value.
        """
        self._set(path, value, literal)

    def set_word(self, path: str, word: str) -> None:
        """`set` to a value as one types it: 0.1, true, MAX, a name without quotes."""
        self._set(path, word, literal_of_word)

    def add(self, path: str, value: Any) -> None:
        """Add a value behind the last one of a repeated field, or a field that is missing."""
        text = self._text(path, value, literal)
        place = self._find.place(path, self._write.make)
        if place.step.key is not None:
            place.fail("a value is added behind the last one", f"leave out [{place.step.key}]")
        if place.entries and not place.repeated:
            place.fail(f"{place.step.name} stands there already", "set it")
        assert place.block is not None
        self._write.append(place.block, place.field, text)

    def insert(self, path: str, value: Any, *, before: bool = False) -> None:
        """Add a value to a repeated field, behind (or before) the one that the path chooses:
        a layer behind another one."""
        text = self._text(path, value, literal)
        place = self._find.place(path)
        if place.step.key is None:
            place.fail("no value is chosen to insert another one beside", "give an index or a name")
        part, _ = place.chosen()[0]
        if part.opening:
            place.fail("the values stand in one list, [...]", "set all of them")
        assert place.block is not None
        index = place.block.fields.index(part) + (not before)
        self._write.insert(place.block, index, place.field, text)

    def replace(self, path: str, name: str, value: Any) -> None:
        """Put another field with a value of its own in place of one that is there."""
        place = self._find.place(path)
        part, item = place.chosen()[0]
        assert place.block is not None
        other = path[: -len(place.step.name)] + name
        if place.repeated or place.block.entries(name):
            place.fail(f"{name} cannot take its place", "set and remove them one by one")
        text = self._text(other, value, literal)
        part.name = name
        self._write.replace(place.block, part, item, self._find.place(other).field, text)

    def remove(self, path: str) -> None:
        """Take out a field, with the comment right above it and the one in its line: the value
        that the path chooses, else all of them."""
        place = self._find.place(path)
        for part, item in place.chosen():
            assert place.block is not None
            self._write.remove(place.block, part, item)

    def comment(self, path: str, text: str) -> None:
        """Put lines of comment right above a field."""
        place = self._find.place(path)
        part, _ = place.chosen()[0]
        assert place.block is not None
        self._write.comment(place.block, part, text.split("\n"))

    def head(self, text: str) -> None:
        """Put lines of comment, and a blank line, in front of all."""
        self._write.head(text.split("\n"))

    def rename_layer(self, old: str, new: str) -> None:
        """Rename all layers of that name: those of two phases share it."""
        self._rename("layer", [(layer, "name") for layer in self._layers()], old, new)

    def rename_blob(self, old: str, new: str) -> None:
        """Rename a blob wherever it is a top, a bottom or an input of the net."""
        places = [(layer, field) for layer in self._layers() for field in ("bottom", "top")]
        self._rename("blob", [(self._root, "input"), *places], old, new)

    # -- help -------------------------------------------------------------------------------

    def _set(self, path: str, value: Any, write: Callable[[Any, Any], str]) -> None:
        place = self._find.place(path, _dry)
        several = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
        if several and (place.step.key is not None or not place.repeated):
            place.fail(f"{place.step} takes one value, not {value!r}")
        texts = [self._text(path, one, write) for one in (value if several else [value])]
        count = len(place.entries)
        new = place.step.key == count or (place.step.key is None and not count)
        if not several and not new:
            place.one()  # or an error, before anything is changed
        place = self._find.place(path, self._write.make)
        assert place.block is not None
        if several:
            self._write.replace_all(place.block, place.field, texts)
        elif new:
            self._write.append(place.block, place.field, texts[0])
        else:
            self._write.replace(place.block, *place.one(), place.field, texts[0])

    def _text(self, path: str, value: Any, write: Callable[[Any, Any], str]) -> str:
        """The text of a value; errors name the path."""
        place = self._find.place(path, _dry)
        try:
            return write(place.field, value)
        except PrototxtError as error:
            place.fail(error.what, error.hint)

    def _layers(self) -> list[Block]:
        entries = [*self._root.entries("layer"), *self._root.entries("layers")]
        return [item.body for _, item in entries if isinstance(item.body, Block)]

    def _rename(self, kind: str, places: list[tuple[Block, str]], old: str, new: str) -> None:
        found = [entry for block, field in places for entry in texts(block, field)]
        names = {name for _, name in found}
        if old not in names:
            hint = did_you_mean(old, names)
            raise PrototxtError(f"there is no {kind} '{old}' to rename", hint, file=self.file)
        if new in names and new != old:
            what = f"{kind} '{old}' cannot become '{new}': there is one of this name already"
            raise PrototxtError(what, "choose another name", file=self.file)
        for item, name in found:
            if name == old:
                item.body = literal(_LAYER.fields_by_name["name"], new)


def _dry(block: Block, field: Any) -> Block:
    """Stands for a message that would be added."""
    return Block(field.message_type, "{", close="}")


def _value(field: Any, item: Item) -> Any:
    if isinstance(item.body, Block):
        return _parsed(item.body.inner, GetMessageClass(field.message_type))
    return read(field, item.body)


def _parsed(text: str, message_type: type[Message]) -> Any:
    try:
        return parse(text, message_type)[0]
    except PrototxtError as error:
        if error.partial is None:
            raise
        return error.partial[0]
