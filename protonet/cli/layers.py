"""protonet layers: the known layer types, and the page of one."""

from __future__ import annotations

import argparse
import inspect
from typing import TYPE_CHECKING

from .common import add_plugins

if TYPE_CHECKING:
    from ..core.layer import Layer

HELP = "list the layer types, or print the page of one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("type", nargs="?", help="a layer type, such as Convolution")
    add_plugins(parser)


def run(args: argparse.Namespace) -> int:
    if args.type is None:
        table = summaries()
        width = max(len(name) for name, _ in table)
        print("\n".join(f"{name:<{width}}  {line}" for name, line in table))
    else:
        print(page(args.type))
    return 0


def summaries() -> list[tuple[str, str]]:
    """(type, first line of its page) of every registered layer."""
    from .. import layers  # noqa: F401  (registers them)
    from ..core.plugins import load_installed
    from ..core.registry import layer_class, layer_types

    load_installed()
    pages = ((name, inspect.getdoc(layer_class(name)) or "") for name in layer_types())
    return [(name, text.partition("\n")[0]) for name, text in pages]


def page(type_name: str) -> str:
    """The docstring of a layer, with how many blobs it takes; of a type that means several
    layers the rule that tells them apart, and the page of each.  NetError if unknown."""
    from .. import layers  # noqa: F401
    from ..core.plugins import load_installed
    from ..core.registry import VARIANT_RULES, layer_class, layer_types, variants
    from ..errors import NetError
    from ..proto.forks import type_hint

    if type_name not in layer_types():
        load_installed()
    if type_name not in layer_types():
        raise NetError(f"unknown type '{type_name}'", type_hint(type_name, layer_types()))
    if not layer_class(type_name).variant:
        return _page(layer_class(type_name))
    rule = inspect.getdoc(VARIANT_RULES[type_name]) or ""
    head = f"{type_name} is another layer in each of several forks of Caffe:\n\n{rule}"
    return "\n\n\n".join([head, *map(_page, variants(type_name))])


def _page(cls: type[Layer]) -> str:
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
