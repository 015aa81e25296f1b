"""Python layers: consent, the user's surface, the user's errors."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN, Context
from protonet.core.registry import create_layer
from protonet.errors import NetError
from tests.harness.bench import Bench, layer_parameter
from tests.harness.row import Row

HERE = "tests.layers.user_layers"


def row(name: str, module: str = HERE, param_str: str = "", bottoms=((2, 3),)) -> Row:
    text = f'module: "{module}" layer: "{name}" param_str: "{param_str}"'
    return Row("p", f'type: "Python" python_param {{ {text} }}', bottoms)


def test_nothing_is_imported_without_consent(tmp_path, monkeypatch):
    (tmp_path / "burglar.py").write_text("raise SystemExit('I was run')")
    monkeypatch.syspath_prepend(tmp_path)
    layer = create_layer(layer_parameter(row("Any", "burglar")), Context())
    with pytest.raises(NetError, match=r"Any of module 'burglar'.*--allow-python.*allow_python=T"):
        layer.setup([], [])
    assert "burglar" not in sys.modules


def test_what_a_user_finds():
    for phase, number in (("TRAIN", TRAIN), ("TEST", TEST)):
        found = Bench(row("Weighted", param_str="2 3", bottoms=((2,), (2,))), phase=phase)
        user = found.layer.user
        assert (user.param_str, user.param_str_) == ("2 3", "2 3")
        assert (user.phase, user.type) == (number, "Python")


def test_parameters_are_the_layers():
    found = Bench(row("Gain"))
    (blob,) = found.layer.blobs
    assert found.layer.param_propagate_down == [True]
    blob.data[0] = 3
    found.forward()
    np.testing.assert_array_equal(found.top[0].data, 3 * found.bottom[0].data)
    found.clear_params().seed_tops().backward()
    want = (found.top[0].diff * found.bottom[0].data).sum()
    assert blob.diff[0] == pytest.approx(want)


def test_it_is_reshaped_before_every_pass():
    assert Bench(row("Gain")).layer.reshape_always


def test_a_users_error_keeps_its_kind():
    with pytest.raises(LookupError, match="nothing to be found here"):
        Bench(row("Failing"))


def test_methods_that_are_missing():
    with pytest.raises(NetError, match="Forgetful has no method reshape"):
        Bench(row("Forgetful"))


def test_a_module_or_class_that_is_missing():
    for module in ("no_such_module_here", "tests.layers.no_such_module_here"):
        with pytest.raises(NetError, match=f"there is no module '{module}': its folder must be"):
            Bench(row("X", module))
    with pytest.raises(NetError, match="no class 'Wheighted': did you mean 'Weighted'"):
        Bench(row("Wheighted"))


def test_an_import_that_fails_inside_the_module(tmp_path, monkeypatch):
    (tmp_path / "needs_more.py").write_text("import no_such_module_here")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_here"):
        Bench(row("X", "needs_more"))
