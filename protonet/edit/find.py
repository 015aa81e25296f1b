"""From a path to the place in the tree, by the names that the schema has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from ..errors import PrototxtError, did_you_mean
from ..proto import caffe_pb2 as pb
from ..proto.parser import parse
from ..proto.values import spec_of
from . import layout
from .literal import read
from .path import Step, steps
from .tree import Block, Field, Item

#: Makes an empty message for a field of another one.
Make = Callable[[Block, Any], Block]
_NAME: Any = pb.LayerParameter.DESCRIPTOR.fields_by_name["name"]


class Absent(PrototxtError):
    """A path to what is not written."""


class Place:
    """Where a path leads: the message that holds its last step, None if that is not written;
    the step; the field's descriptor."""

    def __init__(self, finder: Finder, path: str, block: Block | None, field: Any) -> None:
        self.finder, self.path, self.block, self.field = finder, path, block, field
        self.step = steps(path)[-1]
        self.repeated = spec_of(field.containing_type).fields[field.name].repeated
        self.entries = block.entries(field.name) if block else []

    def chosen(self) -> list[tuple[Field, Item]]:
        """The values that the path means: one, or all of a field without an index.
        Absent if there is none."""
        if self.block is None or not self.entries:
            self.fail(f"there is no {self.step}", kind=Absent)
        return self.entries if self.step.key is None else [self.one()]

    def one(self) -> tuple[Field, Item]:
        assert self.block is not None
        return self.finder.choose(self.path, self.block, self.step)

    def fail(
        self, what: str, hint: str = "", kind: type[PrototxtError] = PrototxtError
    ) -> NoReturn:
        self.finder.fail(self.path, what, hint, self.finder.nearest(self.path), kind)


class Finder:
    """Finds fields in a tree; errors name the file."""

    def __init__(self, root: Block, message_type: type[Message], file: str | None) -> None:
        self.root, self.message_type, self.file = root, message_type, file

    def place(self, path: str, make: Make | None = None) -> Place:
        """make: adds the messages on the way that are missing.  An index one past the last
        is such a message, and so is a field without values."""
        walked = steps(path)
        fields = self._described(path, walked)
        block: Block | None = self.root
        for i, (step, field) in enumerate(zip(walked[:-1], fields)):
            if block is None:
                break
            count = len(block.entries(step.name))
            missing = not count and step.key is None
            if make and (missing or step.key == count):
                if any(later.key not in (None, 0) for later in walked[i + 1 :]):
                    self.fail(path, f"there is no {step} yet", "add its parts in order", block)
                block = make(block, field)
            else:
                block = None if missing else self._inside(path, block, step)
        return Place(self, path, block, fields[-1])

    def nearest(self, path: str) -> Block:
        """The innermost message on a path that is written."""
        block = self.root
        try:
            for step in steps(path)[:-1]:
                block = self._inside(path, block, step)
        except PrototxtError:
            pass
        return block

    def _inside(self, path: str, block: Block, step: Step) -> Block:
        if not block.entries(step.name):
            raise Absent(step.name)
        body = self.choose(path, block, step)[1].body
        assert isinstance(body, Block)
        return body

    def _described(self, path: str, walked: Sequence[Step]) -> list[Any]:
        """The fields of a path, as the schema has them."""
        descriptor: Any = self.message_type.DESCRIPTOR
        fields: list[Any] = []
        for i, step in enumerate(walked):
            field = descriptor.fields_by_name.get(step.name)
            if field is None:
                around = [known.containing_type for known in fields]
                self._fail_unknown(path, descriptor, step.name, around)
            if step.key is not None and not spec_of(descriptor).fields[step.name].repeated:
                self.fail(path, f"{step.name} has one value only", f"leave out [{step.key}]")
            if i < len(walked) - 1 and not field.message_type:
                self.fail(path, f"{step.name} is no message and has no {walked[i + 1].name}")
            fields.append(field)
            descriptor = field.message_type
        return fields

    def choose(self, path: str, block: Block, step: Step) -> tuple[Field, Item]:
        """The value of a message that a step means."""
        entries = block.entries(step.name)
        count = len(entries)
        if isinstance(step.key, int):
            if -count <= step.key < count:
                return entries[step.key]
            held = f"there are {count}" if count > 1 else "there is one" if count else "none at all"
            self.fail(path, f"there is no {step}: {held}", "", block, Absent)
        if step.key is None and count == 1:
            return entries[0]
        names = [name_of(item.body) for _, item in entries]
        if step.key is None:
            hint = f"choose one, {step.name}[0] or {step.name}[{names[-1] or -1}]"
            self.fail(path, f"{step.name} has {count} values", hint, block)
        found = [i for i, name in enumerate(names) if name == step.key]
        if len(found) == 1:
            return entries[found[0]]
        if not found:
            what, hint = f"no {step.name} is named '{step.key}'", did_you_mean(step.key, names)
            self.fail(path, what, hint, block, Absent)
        hint = f"choose by index: {' or '.join(f'{step.name}[{i}]' for i in found)}"
        self.fail(path, f"{len(found)} {step.name}s are named '{step.key}'", hint, block)

    def fail(
        self,
        path: str,
        what: str,
        hint: str = "",
        block: Block | None = None,
        kind: type[PrototxtError] = PrototxtError,
    ) -> NoReturn:
        line = layout.line_of(self.root, block) if block else None
        raise kind(f"{path}: {what}", hint, file=self.file, line=line)

    def _fail_unknown(
        self, path: str, descriptor: Any, word: str, around: Sequence[Any]
    ) -> NoReturn:
        """The parser's own words for a name that the message does not have."""
        outer = [d.name for d in reversed(around) if word in d.fields_by_name]
        try:
            parse(f"{word}: 0", GetMessageClass(descriptor))
        except PrototxtError as error:
            hint = f"it belongs to {outer[0]}" if outer else error.hint
            self.fail(path, error.what, hint, self.nearest(path))
        raise AssertionError(f"{descriptor.name} has a field {word}")


def texts(block: Block, name: str) -> list[tuple[Item, str]]:
    """The values of a field of names: where they stand, and what they say."""
    items = [item for _, item in block.entries(name)]
    return [(item, str(read(_NAME, item.body))) for item in items if isinstance(item.body, str)]


def name_of(body: str | Block) -> str:
    """The `name` of a message, "" if it has none."""
    names = texts(body, "name") if isinstance(body, Block) else []
    return names[0][1] if names else ""
