"""Errors and warnings of a solver file, with the line of the field at fault."""

from __future__ import annotations

from ..errors import SolverError
from ..log import log
from ..proto.source_map import SolverDefinition


def fault(
    definition: SolverDefinition, what: str, hint: str = "", field: str | None = None
) -> SolverError:
    """The error to raise: names the file, and the line of `field` if it stands there."""
    line = definition.lines.line_of(field) if field is not None else None
    return SolverError(what, hint, file=definition.file, line=line, field=field)


def warn(definition: SolverDefinition, what: str, hint: str = "", field: str | None = None) -> None:
    """The same as a warning, for what Caffe lets pass."""
    log.warning("%s", fault(definition, what, hint, field))
