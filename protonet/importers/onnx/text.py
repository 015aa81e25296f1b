"""The prototxt of the layers that were made, with what was rewritten as comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ...proto import caffe_pb2 as pb
from ...proto import printer
from .writer import Made

_WIDTH = 98


def prototxt(name: str, layers: Sequence[Made], head: Sequence[str] = ()) -> str:
    """The text of a net.  head: what is said above all."""
    lines = [*_comments(head)]
    if name:
        lines += printer.format(pb.NetParameter(name=name)).splitlines()
    for layer in layers:
        lines += [*_comments(layer.remarks), "layer {"]
        lines += [f"  {line}" for line in printer.format(layer.param).splitlines()]
        lines.append("}")
    return "".join(f"{line}\n" for line in lines)


def _comments(remarks: Sequence[str]) -> Iterator[str]:
    for remark in remarks:
        printable = "".join(c if c.isprintable() else " " for c in remark)
        for number, line in enumerate(wrap(printable, _WIDTH) or [""]):
            yield f"# {'  ' if number else ''}{line}".rstrip()
