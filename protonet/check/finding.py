"""Finding: one thing that is wrong with a file, in the form that errors have too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Severity(IntEnum):
    """error: it will not run, or the result is certainly wrong.  warning: it runs, and is
    probably not meant.  note: worth knowing."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


class Place(NamedTuple):
    """1-based; what concerns a file as a whole stands at its beginning."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Finding:
    """place, code: where it is, and which rule says so.  layer, layer_type: the layer it is about,
    or "".  what: the fault; hint: what to do about it, or ""."""

    place: Place
    code: str
    severity: Severity
    layer: str
    layer_type: str
    what: str
    hint: str

    @property
    def text(self) -> str:
        """What there is to say, in one line, without place and severity."""
        kind = f" ({self.layer_type})" if self.layer_type else ""
        layer = f"layer '{self.layer}'{kind}" if self.layer or self.layer_type else ""
        return ": ".join(part for part in (layer, self.what, self.hint) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}[{self.code}]: {self.text}"

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            **self.place._asdict(),
            "severity": str(self.severity),
            "code": self.code,
            "layer": self.layer,
            "type": self.layer_type,
            "what": self.what,
            "hint": self.hint,
        }
