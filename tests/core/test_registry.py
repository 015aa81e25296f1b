"""Registry: a name is taken once, unless the same definition comes again."""

from __future__ import annotations

import pytest

from protonet.core.layer import Layer
from protonet.core.registry import LAYERS, Registry, layer_class
from protonet.errors import NetError


def cell(text: str) -> type:
    """A class as a notebook cell defines it, each time anew."""
    space: dict[str, object] = {"__name__": "__main__"}
    exec(f"class Double:\n    says = {text!r}", space)
    double = space["Double"]
    assert isinstance(double, type)
    return double


def test_a_cell_run_again_replaces_its_class() -> None:
    things: Registry[type] = Registry("thing")
    things.add("Double", cell("old"))
    again = things.add("Double", cell("new"))
    assert things["Double"] is again and again.says == "new"  # type: ignore[attr-defined]
    assert list(things) == ["Double"]


def test_another_definition_of_a_name_is_refused() -> None:
    things: Registry[type] = Registry("thing")
    things.add("Double", cell("one"))

    class Double:
        pass

    with pytest.raises(ValueError, match="two things named Double"):
        things.add("Double", Double)
    assert things["Double"].__module__ == "__main__"


def test_unknown_types_are_told() -> None:
    with pytest.raises(NetError, match=r"unknown type 'Nothing'"):
        layer_class("Nothing")
    with pytest.raises(NetError, match="the type is missing"):
        layer_class("")
    assert all(issubclass(cls, Layer) for cls in LAYERS.values())
