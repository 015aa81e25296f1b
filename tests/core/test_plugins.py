"""Plugins: files, modules, installed packages, and what is told of one that does not load."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.core import plugins, registry
from protonet.errors import NetError, ProtonetError

LAYER = """import protonet
@protonet.register
class Twice(protonet.Layer):
    \"\"\"Twice the bottom.\"\"\"
    type = "TwiceForTest"
    def reshape(self, bottom, top): top[0].reshape(*bottom[0].shape)
    def forward(self, bottom, top): top[0].data[...] = 2 * bottom[0].data
"""
NET = """layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 } } }
layer { name: "t" type: "TwiceForTest" bottom: "x" top: "y" twice_param { n: 1 } }
"""


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers, imports and finds is forgotten after it."""
    monkeypatch.setattr(registry.LAYERS, "_items", dict(registry.LAYERS._items))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    plugins.load_installed.cache_clear()
    plugins.load_plugin.cache_clear()


@pytest.fixture
def net(tmp_path: Path) -> str:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    return str(path)


def test_a_file_and_what_lies_beside_it(tmp_path: Path, net: str) -> None:
    (tmp_path / "layers_beside.py").write_text(LAYER)
    (tmp_path / "mine.py").write_text("import layers_beside")
    assert main(["time", net, "--iterations", "1", "--plugin", str(tmp_path / "mine.py")]) == 0


def test_a_module_of_the_current_folder(
    tmp_path: Path, net: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pack_for_test").mkdir()
    (tmp_path / "pack_for_test/twice.py").write_text(LAYER)
    monkeypatch.chdir(tmp_path)
    assert main(["time", net, "--iterations=1", "--plugin=pack_for_test.twice"]) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import protonet\n1 / 0\n", "mine.py:2: plugin .* does not load: ZeroDivisionError"),
        ("def f(:\n", "mine.py:1: plugin .* does not load: SyntaxError"),
        ("raise SystemExit(0)", "mine.py:1: plugin .* does not load: SystemExit"),
        (LAYER.replace("TwiceForTest", "ReLU"), "mine.py:[23]: .* two layers named ReLU"),
        ("import no_such_module", "mine.py:1: .*No module named 'no_such_module'"),
    ],
)
def test_one_that_does_not_load_is_told_in_a_line(
    text: str, words: str, tmp_path: Path, net: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text(text)
    with pytest.raises(ProtonetError, match=words):
        plugins.load_plugin(str(plugin))
    assert main(["summary", net, "--plugin", str(plugin)]) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_one_that_is_not_there(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", net, "--plugin", "none/mine.py"]) == 3
    assert "none/mine.py: there is no such plugin: give a .py file" in capsys.readouterr().err
    assert main(["summary", net, "--plugin", "no_such_module"]) == 3
    assert "plugin no_such_module does not load" in capsys.readouterr().err


def install(monkeypatch: pytest.MonkeyPatch, value: str) -> list[str]:
    """Stands in for an installed package; tells which groups were asked for."""
    asked = []

    def entry_points(group: str) -> list[importlib.metadata.EntryPoint]:
        asked.append(group)
        return [importlib.metadata.EntryPoint("twice", value, group)]

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    return asked


@pytest.mark.parametrize("value", ["twice_installed", "twice_installed:bring"])
def test_installed_layers_are_loaded_for_a_type_that_nobody_knows(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LAYER if ":" not in value else "def bring():\n    import twice_inside"
    (tmp_path / "twice_inside.py").write_text(LAYER)
    (tmp_path / "twice_installed.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    asked = install(monkeypatch, value)
    Net(NET.splitlines()[0])
    assert not asked
    built = Net(NET)
    assert built.forward(x=[1, 2])["y"].tolist() == [2, 4]
    assert asked == ["protonet.layers"]
    with pytest.raises(NetError, match="unknown type 'Thrice'"):
        Net(NET.replace("TwiceForTest", "Thrice"))
    assert len(asked) == 1


def test_one_installed_that_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_for_test.py").write_text("raise ValueError('no')")
    monkeypatch.syspath_prepend(str(tmp_path))
    install(monkeypatch, "broken_for_test")
    with pytest.raises(ProtonetError, match=r"plugin twice \(broken_for_test, installed\)"):
        Net(NET)


def test_what_is_looked_at_runs_no_plugin_that_a_file_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil_for_test.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "net.prototxt"
    file.write_text(
        'plugin: "evil_for_test.py" layer { name: "p" type: "Python" top: "x" '
        'python_param { module: "evil_for_test" layer: "E" } }'
        'layer { name: "e" type: "evil_for_test" bottom: "x" top: "y" plugin: "evil_for_test" }'
    )
    assert main(["summary", str(file)]) == 0
    assert "evil_for_test" not in sys.modules
