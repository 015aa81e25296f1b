"""The files that a net can be drawn to, by the endings of their names."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..files import atomic_write
from .diagram import Diagram
from .diagram_text import to_dot, to_mermaid
from .image import to_image
from .sheet import lay_out
from .svg import to_svg

FORMATS: dict[str, Callable[[Diagram], bytes]] = {
    ".svg": lambda diagram: to_svg(lay_out(diagram)).encode(),
    ".png": lambda diagram: to_image(lay_out(diagram), "png"),
    ".pdf": lambda diagram: to_image(lay_out(diagram), "pdf"),
    ".dot": lambda diagram: to_dot(diagram).encode(),
    ".gv": lambda diagram: to_dot(diagram).encode(),
    ".mermaid": lambda diagram: to_mermaid(diagram).encode(),
    ".mmd": lambda diagram: to_mermaid(diagram).encode(),
}


def form_of(path: str | os.PathLike) -> str:
    """The ending of a file's name, in small letters."""
    return os.path.splitext(path)[1].lower()


def write(diagram: Diagram, path: str | os.PathLike) -> None:
    """Draw to a file.  KeyError for an ending that is not in FORMATS; ProtonetError for PNG and
    PDF without Matplotlib."""
    atomic_write(path, FORMATS[form_of(path)](diagram))
