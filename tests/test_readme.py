"""README.md says what is so: its generated parts are fresh, its Python runs, its links exist."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import protonet
from protonet import Net
from protonet.cli.main import main
from protonet.core import registry
from protonet.proto.text import read_net
from tests.test_layering import LEVELS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "models/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")


@pytest.fixture
def make_readme(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/make_readme.py as a module."""
    monkeypatch.setattr(sys, "path", list(sys.path))  # the script adds to it
    spec = importlib.util.spec_from_file_location("make_readme", ROOT / "scripts/make_readme.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_parts_are_fresh(make_readme: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert make_readme.fresh(text) == text, "run python scripts/make_readme.py"


def test_every_package_says_what_it_is_for(make_readme: ModuleType) -> None:
    inits = sorted((ROOT / "protonet").rglob("__init__.py"))
    assert len(inits) > 12
    for init in inits:
        assert re.search(r"\w{3}.*[.:]$", make_readme.purpose(init)), init


def test_rooms_stand_in_the_order_of_imports(make_readme: ModuleType) -> None:
    """Top to bottom, as the layering test has it."""
    levels = [LEVELS[room] for room in make_readme.ROOMS if room in LEVELS]
    assert levels == sorted(levels, reverse=True)
    rows = re.findall(r"^\| `(\w+)` \| \w", make_readme.room_table(), re.M)
    assert {"cli", "net", "layers", "kernels"} <= set(rows) and len(rows) >= 10


def test_environment_variables_are_named() -> None:
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "protonet").rglob("*.py")]
    read = set(re.findall(r"\b(?:PROTONET_[A-Z_]+|GLOG_\w+)", "\n".join(sources)))
    assert {"PROTONET_CACHE", "PROTONET_DEBUG"} <= read
    named = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in read if f"`{name}" not in named]


def test_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    example, *_ = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    example = example.replace('"models/', f'"{ROOT.as_posix()}/models/')
    example = example.replace("step(100)", "step(5)")
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "'accuracy'" in printed and "(60, 20, 12, 12)" in printed and "(20, 1, 5, 5)" in printed


def test_the_edits_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(
        r"^```py\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    example = example.replace('"models/', f'"{ROOT.as_posix()}/models/')
    exec(compile(example, "README.md", "exec"), {"protonet": protonet})
    definition = read_net("wider.prototxt").message
    names = [layer.name for layer in definition.layer]
    assert names.index("drop1") == names.index("ip1") + 1 and "accuracy" not in names
    assert definition.layer[2].convolution_param.num_output == 32
    assert [*definition.layer[-1].bottom] == ["scores", "label"]
    assert "# Negative becomes 0." in Path("wider.prototxt").read_text()


def test_example_of_predictions_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import cv2

    monkeypatch.chdir(tmp_path)
    _, example, _ = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    example = example.replace('"models/', f'"{ROOT.as_posix()}/models/')
    net = Net(ROOT / "models/lenet.prototxt", seed=1)
    net.save("lenet.caffemodel")
    image = np.random.default_rng(1).integers(0, 256, (28, 28), np.uint8)
    (tmp_path / "photos").mkdir()
    assert cv2.imwrite("photos/a.png", image)
    exec(compile(example, "README.md", "exec"), {"images": [image]})
    (name, label, score), *rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    expected = net.predict(image[None, None] / np.float32(256))[0]
    assert Path(name).name == "a.png" and int(label) == expected.argmax()
    assert float(score) == pytest.approx(expected.max(), rel=1e-4) and rows


def test_a_layer_of_ones_own_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a plugin of the command line, and its gradient is right."""
    items = dict(registry.LAYERS._items)
    monkeypatch.setattr(registry.LAYERS, "_items", items)
    monkeypatch.setattr(sys, "path", list(sys.path))
    *_, example = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    plugin, net = tmp_path / "mylayers.py", tmp_path / "net.prototxt"
    plugin.write_text(example)
    net.write_text(
        'force_backward: true layer { name: "x" type: "Input" top: "x" '
        "input_param { shape { dim: [2, 5] } } }\n"
        'layer { name: "g" type: "Gelu" bottom: "x" top: "y" gelu_param { slope: 2 } }'
    )
    assert main(["time", str(net), "--iterations", "1"]) == 3
    assert "unknown type 'Gelu'" in capsys.readouterr().err
    assert main(["summary", str(net), "--plugin", str(plugin)]) == 0
    assert main(["layers", "Gelu", "--plugin", str(plugin)]) == 0
    assert "Gate each value" in capsys.readouterr().out

    built = Net(net, dtype=np.float64)
    x = np.linspace(-3, 3, 10).reshape(2, 5)

    def swish(x: np.ndarray) -> np.ndarray:
        return x * (1 + np.tanh(x)) / 2  # x sigmoid(2x)

    y = built.forward(x=x)["y"]
    np.testing.assert_allclose(y, swish(x), atol=1e-12)
    built.blobs["y"].diff[...] = 1
    slope = (swish(x + 1e-6) - swish(x - 1e-6)) / 2e-6
    np.testing.assert_allclose(built.backward()["x"], slope, atol=1e-8)


@pytest.mark.parametrize("page", PAGES)
def test_links_and_files_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target
    for path in re.findall(r"(?<![\w/])(?:models|scripts|tests|protonet)/[\w./]+\w", text):
        if "NAME" not in path:
            assert (ROOT / path).exists(), path
