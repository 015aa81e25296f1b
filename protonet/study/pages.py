"""The page of a layer type: its docstring, with what it takes and gives."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..core.layer import Layer

#: Caffe 1.0's layers; the forks' are in packages of it.
_LAYERS = "protonet.layers"


def summaries() -> list[tuple[str, str]]:
    """(type, first line of its page) of every registered layer."""
    from .. import layers  # noqa: F401  (registers them)
    from ..core.plugins import load_installed
    from ..core.registry import layer_class, layer_types

    load_installed()
    pages = ((name, inspect.getdoc(layer_class(name)) or "") for name in layer_types())
    return [(name, text.partition("\n")[0]) for name, text in pages]


def families() -> dict[str, list[str]]:
    """The layer types of each package of `protonet.layers`, by its dotted name; protonet's own
    alone."""
    found: dict[str, list[str]] = {}
    for name, _ in summaries():
        package = classes_of(name)[0].__module__.rpartition(".")[0]
        if f"{package}.".startswith(f"{_LAYERS}."):
            found.setdefault(package, []).append(name)
    return dict(sorted(found.items()))


def family_name(package: str) -> str:
    """'Caffe 1.0', or what a package of forks' layers says that it is."""
    if package == _LAYERS:
        return "Caffe 1.0"
    purpose = inspect.getdoc(importlib.import_module(package)) or package
    return " ".join(purpose.partition("\n\n")[0].split()).rstrip(".:")


def classes_of(type_name: str) -> Sequence[type[Layer]]:
    """What a type may stand for, one class or several; NetError if it is unknown."""
    from .. import layers  # noqa: F401
    from ..core.plugins import load_installed
    from ..core.registry import layer_types, variants
    from ..errors import NetError
    from ..proto.forks import type_hint

    if type_name not in layer_types():
        load_installed()
    if type_name not in layer_types():
        raise NetError(f"unknown type '{type_name}'", type_hint(type_name, layer_types()))
    return variants(type_name)


def page(type_name: str) -> str:
    """The docstring of a layer, with how many blobs it takes; of a type that means several
    layers the rule that tells them apart, and the page of each.  NetError if unknown."""
    classes = classes_of(type_name)
    pages = map(page_of, classes)
    return "\n\n\n".join([head(type_name), *pages] if classes[0].variant else pages)


def head(type_name: str) -> str:
    """What stands above the pages of a type that means several layers."""
    from ..core.registry import VARIANT_RULES

    rule = inspect.getdoc(VARIANT_RULES[type_name]) or ""
    return f"{type_name} is another layer in each of several forks of Caffe:\n\n{rule}"


def page_of(cls: type[Layer]) -> str:
    """The page of one layer class."""
    from ..core.layer import same_as_bottoms

    tops = "as many as bottoms" if cls.tops is same_as_bottoms else str(cls.tops)
    facts = [
        f"bottoms: {cls.bottoms}",
        f"tops: {tops}",
        f"in place: {'yes' if cls.in_place else 'no'}",
        f"gradient: {'yes' if cls.has_backward else 'no'}",
    ]
    if cls.forks:
        facts.append(f"forks: {', '.join(cls.forks)}")
    page = [f"{cls.type}  ({', '.join(facts)})", inspect.getdoc(cls) or ""]
    if cls.ranges:
        rows = [
            f"  {name}: {allowed}{', must be given' * allowed.required}"
            for name, allowed in cls.ranges.items()
        ]
        page.append("\n".join(["What the numbers may be:", *rows]))
    return "\n\n".join(page)
