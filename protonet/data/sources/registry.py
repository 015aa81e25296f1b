"""The stores that are known, by what `backend` of data_param calls them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from ...core.registry import Registry
from ...errors import DataError
from .base import Source

STORES: Registry[type[Source]] = Registry("store")
_Class = TypeVar("_Class", bound="type[Source]")


def register(cls: _Class) -> _Class:
    """Class decorator: make a store known under its `kind`."""
    return STORES.add(cls.kind, cls)


def store_class(kind: str) -> type[Source]:
    """The store of that kind; DataError with the nearest known kind if there is none."""
    try:
        return STORES[kind]
    except KeyError:
        hint = STORES.nearest(kind) or f"known are {', '.join(STORES)}"
        raise DataError(f"unknown kind of store '{kind}'", hint) from None


def store_kind(path: Path) -> str:
    """The kind of the store in a folder, by the files in it; "" if it is none."""
    return next((kind for kind, cls in STORES.items() if (path / cls.mark).is_file()), "")
