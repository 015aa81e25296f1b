"""The exception tree, and the one place that words a message.

    ProtonetError
    ├─ PrototxtError   syntax, unknown field, bad value
    ├─ MissingExtra    an optional package is not installed
    ├─ NetError        unknown type or bottom, duplicate top, arity, in-place not allowed
    ├─ ShapeError      a layer cannot take this bottom
    ├─ WeightsError    missing, extra or misshapen blobs, unreadable file
    ├─ DataError       source missing, corrupt record, label out of range
    │  └─ UnknownShape what is missing would tell the shape of a top
    └─ SolverError     bad policy, snapshot does not fit
       └─ NonFiniteError   a loss or a parameter became NaN or infinite

A message says where, what, and what to do:

    net.prototxt:36: layer 'conv1' (Convolution): num_output is missing: add it to convolution_param

Whoever raises knows *what* is wrong; whoever calls often knows better *where*.  So the
place may be filled in on the way up, see `ProtonetError.at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from .slips import nearest

#: What pip knows this project as; `protonet` on the package index is somebody else's.
DISTRIBUTION = "protonet-caffe"

Self = TypeVar("Self", bound="ProtonetError")
_MOST_SHOWN = 100  # faults of one file


class ProtonetError(RuntimeError):
    """Base of all errors that protonet raises on purpose.

    what: the fault, a short phrase.  hint: what to do about it.
    file, line, column: the place in a text (1-based).
    layer, layer_type: the layer at fault.
    field: path of the field at fault inside the layer ("pooling_param.kernel_size"), from
        which the line is found when the layer came from a text.
    """

    def __init__(
        self,
        what: str,
        hint: str = "",
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        layer: str | None = None,
        layer_type: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint
        self.file, self.line, self.column = file, line, column
        self.layer, self.layer_type, self.field = layer, layer_type, field
        #: More faults that were found on the same way, in order; the text shows them too.
        self.others: list[ProtonetError] = []

    @property
    def all(self) -> list[ProtonetError]:
        """This error and the others that were found with it."""
        return [self, *self.others]

    def at(self: Self, **place: Any) -> Self:
        """Fill in what is not known yet of file, line, column, layer, layer_type."""
        for name, value in place.items():
            if getattr(self, name) is None:
                setattr(self, name, value)
        return self

    def __str__(self) -> str:
        lines = [error._line() for error in self.all[:_MOST_SHOWN]]
        if more := len(self.others) + 1 - len(lines):
            lines.append(f"and {more} more")
        return "\n".join(lines)

    def _line(self) -> str:
        parts = []
        if self.file is not None or self.line is not None:
            numbers = [str(n) for n in (self.line, self.column) if n is not None]
            parts.append(":".join([self.file or "<text>", *numbers]))
        if self.layer is not None:
            kind = f" ({self.layer_type})" if self.layer_type else ""
            parts.append(f"layer '{self.layer}'{kind}")
        parts.append(self.what)
        if self.hint:
            parts.append(self.hint)
        return ": ".join(parts)


def together(errors: list[ProtonetError]) -> ProtonetError:
    """One error for all of them: the first, which carries the others and shows one a line."""
    first = errors[0]
    first.others = [other for error in errors for other in error.all if other is not first]
    return first


class PrototxtError(ProtonetError):
    """Text or binary that is not what the schema says: syntax, unknown field, bad value.

    partial: where fields and words of enums that nobody knows are all that is wrong with a
        text, the message and the lines of the rest.
    """

    partial: tuple[Any, Any] | None = None


class NetError(ProtonetError):
    """A graph that cannot be built or run."""


class MissingExtra(ProtonetError):
    """An optional package that is not installed."""


class ShapeError(ProtonetError):
    """A layer that cannot take a bottom of this shape."""


class WeightsError(ProtonetError):
    """Weights that are missing, superfluous, misshapen or unreadable."""


class DataError(ProtonetError):
    """A data source that is missing or holds something that cannot be used."""


class UnknownShape(DataError):
    """The shape of a top cannot be told without something that is missing.

    shapes: of those of the layer's tops that can be told, by name.
    """

    shapes: Mapping[str, tuple[int, ...]] = {}


class SolverError(ProtonetError):
    """A solver that cannot run as described, or a snapshot that does not fit it."""


class NonFiniteError(SolverError):
    """A loss or a parameter that is not a finite number any more."""

    #: Of the command line.
    exit_code = 5


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'did you mean 'ReLU'?' if `word` surely stands for one of `known`, or ''."""
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else ""


def missing_extra(package: str, extra: str, purpose: str) -> MissingExtra:
    """The error for an optional package, with the extra of ours that brings it."""
    return MissingExtra(f"{purpose} needs the package '{package}'", pip_install(extra))


def pip_install(extra: str) -> str:
    """The command that brings one of the extras of pyproject.toml.

    >>> pip_install("plot")
    "pip install 'protonet-caffe[plot]'"
    """
    return f"pip install '{DISTRIBUTION}[{extra}]'"
