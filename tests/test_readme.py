"""README.md says what is so: its generated parts are fresh, its Python runs, its links exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import protonet
from protonet import Net
from protonet.cli.main import main, parser_of
from protonet.core import registry
from protonet.proto.text import read_net
from tests.harness import golden
from tests.test_layering import LEVELS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "models/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES += ("protonet/cli/migration.md", "protonet/cli/mpi.md", "protonet/layers/README.md")
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def block(title: str, language: str = "python") -> str:
    """The code of this language below a heading; the models stand where they are."""
    (section,) = re.findall(rf"^##+ {title}\n(.*?)(?=^##+ |\Z)", TEXT, re.M | re.S)
    (code,) = re.findall(rf"^```{language}\n(.*?)^```", section, re.M | re.S)
    return code.replace('"models/', f'"{ROOT.as_posix()}/models/')


def commands(title: str = "") -> list[list[str]]:
    """The words of the command lines of protonet below a heading, or of all."""
    text = block(title, "sh") if title else "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.S))
    return [shlex.split(line, comments=True) for line in text.splitlines() if "protonet " in line]


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
    assert make_readme.fresh(TEXT) == TEXT, "run python scripts/make_readme.py"
    page = make_readme.LAYERS.read_text(encoding="utf-8")
    assert make_readme.layer_page() == page, "run python scripts/make_readme.py"
    assert len(TEXT.splitlines()) < 400


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
    assert not [name for name in read if f"`{name}" not in TEXT]


def test_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    example = block("From Python").replace("step(100)", "step(5)")
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "'accuracy'" in printed and "(60, 20, 12, 12)" in printed and "(20, 1, 5, 5)" in printed


def test_the_edits_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block("Look and check", "py"), "README.md", "exec"), {"protonet": protonet})
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
    net = Net(ROOT / "models/lenet.prototxt", seed=1)
    net.save("lenet.caffemodel")
    image = np.random.default_rng(1).integers(0, 256, (28, 28), np.uint8)
    (tmp_path / "photos").mkdir()
    assert cv2.imwrite("photos/a.png", image)
    code = block("From pictures to answers")
    exec(compile(code, "README.md", "exec"), {"images": [image]})
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
    plugin, net = tmp_path / "mylayers.py", tmp_path / "net.prototxt"
    plugin.write_text(block("Layers"))
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


def test_the_lesson_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Net(ROOT / "models/lenet.prototxt", seed=1).save("lenet.caffemodel")
    exec(compile(block("Learn"), "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("Pooling  (") and "ip1 True" in printed and "False" not in printed
    assert Path("filters.png").read_bytes().startswith(b"\x89PNG")


def test_five_lines_on_a_model_of_a_fork(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An SSD whose weights SSD's own Caffe wrote."""
    import cv2

    monkeypatch.chdir(tmp_path)
    source = ROOT / "tests/conformance/forks/nets/mini_ssd_deploy"
    shutil.copy(source / "net.prototxt", "deploy.prototxt")
    shutil.copy(source / "weights.caffemodel", "x.caffemodel")
    Path("x.preprocess.prototxt").write_text("mean_value: 127 scale: 0.01")
    cv2.imwrite("photo.jpg", np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8))
    install, *lines = block("Your own model, in five lines", "sh").splitlines()
    assert install.startswith("pip install") and len(lines) == 4
    for _, *words in commands("Your own model, in five lines")[-4:]:
        assert main(words) in (0, 1), capsys.readouterr().err  # 1: check has warnings
    assert {"out.png", "x.onnx"} <= {path.name for path in tmp_path.iterdir()}


def test_the_net_just_trained_is_tested_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands after scripts/train and scripts/test, but for the browser."""
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert main(["train", "lenet", "--iterations", "20", "--quiet"]) == 0
    Path("lenet_iter_20.caffemodel").rename("lenet_iter_1000.caffemodel")
    section = TEXT.partition("To test and use the net just trained")[2]
    (code,) = re.findall(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.S)
    lines = [shlex.split(line, comments=True) for line in code.splitlines()]
    used = [words for program, *words in lines if program == "protonet"]
    assert [words[0] for words in used] == ["test", "view", "dataset", "db", "predict"]
    for words in used:
        extra = ["--html", "net.html"] if words[0] == "view" else []
        assert main([*words, *extra]) == 0, capsys.readouterr().err
    assert "nine.png  28 x 28" in capsys.readouterr().out


def test_every_command_line_is_understood() -> None:
    lines = commands()
    assert len(lines) > 20
    for program, name, *words in lines:
        if program == "protonet":
            name = name.replace("-", "_")
            parser_of(name).parse_args(words)
            if name in ("train", "test") and words[0].isidentifier():
                assert (ROOT / f"models/{words[0]}_solver.prototxt").exists()


def test_the_figures_of_the_first_screen() -> None:
    types = protonet.layer_types()
    own = [name for name in types if not registry.layer_class(name).forks]
    assert f"{len(types)} types, Caffe's own {len(own)}" in TEXT
    assert f"| layer types that run | {len(types)} | {len(own)} |" in TEXT
    assert f"[All {len(types)} types]" in TEXT

    def cases(kind: str, *kits: str) -> int:
        indexes = [golden.index(f"{kit}{kind}/index.json") for kit in kits]
        return sum(len(index) for index in indexes)

    assert f"{cases('layers', '', 'forks/')} cases of single layers" in TEXT
    assert f"{cases('nets', '', 'forks/')} whole nets" in TEXT
    assert f"{cases('solvers', '')} trainings" in TEXT


def test_every_extra_is_named() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^\[project.optional-dependencies\]\n(.*?)^\[", pyproject, re.M | re.S)
    (section,) = re.findall(r"^## Extras\n(.*?)^## ", TEXT, re.M | re.S)
    named = {
        name for cell in re.findall(r"^\| (`.*?) \|", section, re.M) for name in cell.split(", ")
    }
    assert named == {f"`{name}`" for name in re.findall(r"^(\w+) = \[", listed, re.M)}


@pytest.mark.parametrize("page", PAGES)
def test_links_and_files_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target
    for path in re.findall(r"(?<![\w/])(?:models|scripts|tests|protonet)/[\w./]+\w", text):
        if "NAME" not in path:
            assert (ROOT / path).exists(), path
