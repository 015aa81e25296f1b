"""XML files of annotations, read by expat without any document type, so without entities."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from ...errors import DataError


@dataclass
class Node:
    """An element: its tag, its text without that of its children, the line it begins in."""

    tag: str
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> list[Node]:
        return [child for child in self.children if child.tag == tag]

    def find(self, *tags: str) -> Node | None:
        """The first descendant on that way."""
        node: Node | None = self
        for tag in tags:
            node = next(iter(node.all(tag)), None) if node is not None else None
        return node


def read_xml(path: Path) -> Node:
    """The root element; DataError with file and line if it is no XML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read the annotation '{path}': {error.strerror}") from error
    root = Node("", 0)
    stack = [root]
    parser = expat.ParserCreate()

    def start(tag: str, attributes: Any) -> None:
        stack[-1].children.append(Node(tag, parser.CurrentLineNumber))
        stack.append(stack[-1].children[-1])

    def end(tag: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def doctype(*_: Any) -> None:
        raise DataError(
            "it declares a document type, which may hide other files in it",
            "remove the line with <!DOCTYPE",
            file=str(path),
            line=parser.CurrentLineNumber,
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        why = expat.errors.messages[error.code]
        raise DataError(f"it is no XML: {why}", file=str(path), line=error.lineno) from None
    return root.children[0]
