"""Named: a net's blobs, parameters or layers by name, to look up and not to assign."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, TypeVar

from ..errors import did_you_mean

_Value = TypeVar("_Value")


class Named(OrderedDict[str, _Value]):
    """An OrderedDict that is complete once it is made.

    items: its content.  kind: what it holds ("blob").  write: how values get into one of
    them, with the name as {name!r}; it is shown to whoever assigns to the dict instead.

    KeyError with the nearest name for one that is missing; TypeError for any change.
    """

    def __init__(
        self,
        items: Mapping[str, _Value] | Iterable[tuple[str, _Value]] = (),
        kind: str = "name",
        write: str = "",
    ) -> None:
        super().__init__()
        self._kind, self._write = kind, write
        for name, value in dict(items).items():
            super().__setitem__(name, value)

    def __missing__(self, name: Any) -> NoReturn:
        hint = (did_you_mean(name, self) if isinstance(name, str) else "") or _listed(self)
        raise KeyError(f"no {self._kind} named {name!r}: {hint}")

    def __setitem__(self, name: str, value: Any) -> NoReturn:
        hint = f": write {self._write.format(name=name)}" if self._write and name in self else ""
        raise TypeError(f"a net's {self._kind}s cannot be assigned{hint}")

    def _fixed(self, *args: Any, **others: Any) -> NoReturn:
        raise TypeError(f"a net's {self._kind}s are fixed: they cannot be added or taken away")

    __delitem__ = __ior__ = clear = move_to_end = pop = popitem = setdefault = update = _fixed

    def copy(self) -> OrderedDict[str, _Value]:  # type: ignore[override]
        """A plain OrderedDict, to be changed at will."""
        return OrderedDict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self), self._kind, self._write)


def blobs(items: Mapping[str, _Value] | Iterable[tuple[str, _Value]]) -> Named[_Value]:
    """Blobs by name."""
    return Named(items, "blob", "net.blobs[{name!r}].data[...] = values")


def params(items: Mapping[str, _Value] | Iterable[tuple[str, _Value]]) -> Named[_Value]:
    """Lists of parameter blobs by layer name."""
    return Named(items, "layer with parameters", "net.params[{name!r}][0].data[...] = values")


def layers(items: Mapping[str, _Value] | Iterable[tuple[str, _Value]]) -> Named[_Value]:
    """Layers by name."""
    return Named(items, "layer")


def _listed(names: Mapping[str, Any], most: int = 8) -> str:
    if not names:
        return "there is none"
    rest = ", ..." if len(names) > most else ""
    return f"there are {', '.join(list(names)[:most])}{rest}"
