"""Files of an earlier age of Caffe."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import PrototxtError
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import INPUT


@register
class OldDefinition(Rule):
    """The file is of an earlier age of Caffe: V0 or V1 `layers`, inputs of the net as fields,
    or a solver's type as an enum.  It is read all the same; `protonet upgrade` writes today's
    form, which other tools need."""

    code = "old-definition"
    severity = Severity.NOTE
    bad = """\
input: "data"  # <-
input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for net in subject.nets:
            if net.changes and (net.message.layers or net.message.input):
                field = "layers" if net.message.layers else "input"
                yield _error(net.changes, net.place.file, net.place.line_of(field), field)
        if subject.solver and subject.solver_changes:
            line = subject.solver.lines.line_of("type")
            yield _error(subject.solver_changes, subject.solver.file, line, "solver_type")


def _error(changes: list[str], file: str | None, line: int | None, field: str) -> PrototxtError:
    more = f", and {len(changes) - 1} more" if len(changes) > 1 else ""
    return PrototxtError(
        f"a definition of an earlier age ({changes[0]}{more})",
        "'protonet upgrade' writes today's form",
        file=file,
        line=line,
        field=field,
    )
