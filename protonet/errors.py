"""The exception tree, and the one place that words a message.

    ProtonetError
    ├─ PrototxtError   syntax, unknown field, bad value
    ├─ NetError        unknown type or bottom, duplicate top, arity, in-place not allowed
    ├─ ShapeError      a layer cannot take this bottom
    ├─ WeightsError    missing, extra or misshapen blobs, unreadable file
    ├─ DataError       source missing, corrupt record, label out of range
    │  └─ UnknownShape what is missing would tell the shape of a top
    └─ SolverError     bad policy, snapshot does not fit

A message says where, what, and what to do:

    net.prototxt:36: layer 'conv1' (Convolution): num_output is missing: add it to convolution_param

Whoever raises knows *what* is wrong; whoever calls often knows better *where*.  So the
place may be filled in on the way up, see `ProtonetError.at`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

#: What pip knows this project as; `protonet` on the package index is somebody else's.
DISTRIBUTION = "protonet-caffe"

Self = TypeVar("Self", bound="ProtonetError")


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

    def at(self: Self, **place: Any) -> Self:
        """Fill in what is not known yet of file, line, column, layer, layer_type."""
        for name, value in place.items():
            if getattr(self, name) is None:
                setattr(self, name, value)
        return self

    def __str__(self) -> str:
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


class PrototxtError(ProtonetError):
    """Text or binary that is not what the schema says: syntax, unknown field, bad value."""


class NetError(ProtonetError):
    """A graph that cannot be built or run."""


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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'did you mean 'ReLU'?' for the nearest of `known`, or '' if none is near."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"did you mean '{by_lower[near[0]]}'?" if near else ""


def missing_extra(package: str, extra: str, purpose: str) -> ProtonetError:
    """The error for an optional package that is not installed."""
    return ProtonetError(f"{purpose} needs the package '{package}'", pip_install(extra))


def pip_install(extra: str) -> str:
    """The command that brings one of the extras of pyproject.toml.

    >>> pip_install("plot")
    "pip install 'protonet-caffe[plot]'"
    """
    return f"pip install '{DISTRIBUTION}[{extra}]'"
