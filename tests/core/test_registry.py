"""Registry: a name is taken once, unless the same definition comes again."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from protonet import layers
from protonet.core.layer import Layer
from protonet.core.registry import LAYERS, VARIANT_RULES, Registry, layer_class
from protonet.errors import NetError
from protonet.layers.python import BUILT_IN


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


def test_what_is_announced_is_loaded_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far_off.py").write_text("class Thing:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    things: Registry[type] = Registry("thing")
    things.announce({"Thing": "far_off:Thing", "Other": "nowhere:Other"})
    assert list(things) == ["Thing", "Other"] and len(things) == 2 and "Other" in things
    assert "far_off" not in sys.modules
    assert things["Thing"].__module__ == "far_off"
    assert things.get("Nothing") is None
    sys.modules.pop("far_off")


def test_an_announced_name_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "far_away.py").write_text("class Thing:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    things: Registry[type] = Registry("thing")
    things.announce({"Thing": "far_away:Thing"})
    with pytest.raises(ValueError, match="two things named Thing"):
        things.add("Thing", cell("another"))
    sys.modules.pop("far_away")


def test_every_layer_of_the_package_is_announced() -> None:
    for module in pkgutil.walk_packages(layers.__path__, f"{layers.__name__}."):
        importlib.import_module(module.name)
    for registry in (LAYERS, VARIANT_RULES, BUILT_IN):
        ours = {
            name: item.__module__
            for name, item in registry._items.items()
            if item.__module__.startswith(f"{layers.__name__}.")
        }
        announced = {name: where.split(":")[0] for name, where in registry._announced.items()}
        assert ours == announced


def test_a_net_loads_the_layers_it_has() -> None:
    code = """
import sys
from protonet import Net
net = Net('layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }'
          'layer { name: "s" type: "Sigmoid" bottom: "x" top: "s" }', phase=1)
net.forward()
names = ("input", "sigmoid", "lstm", "ssd.permute")
print([name for name in names if f"protonet.layers.{name}" in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['input', 'sigmoid']"
