"""The pages of the documentation's site: all there, their links lead somewhere, examples parse."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import protonet
from protonet.cli.main import available, load, parser_of, shown

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """scripts/make_docs.py as a module."""
    before = list(sys.path)  # the script adds to it
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts/make_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


@pytest.fixture(scope="module")
def site(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    script.pages(folder)
    return folder


def test_everything_has_a_page(site: Path) -> None:
    for name in available():
        assert (
            f"usage: protonet {shown(name)} " in (site / f"commands/{shown(name)}.md").read_text()
        )
    for name in protonet.layer_types():
        assert (site / f"layers/{name}.md").read_text().startswith(f"# {name}\n\n```text\n{name}")
    for name in set(protonet.__all__) - {"__version__"}:
        assert f":: protonet.{name}\n" in (site / f"api/{name}.md").read_text()
    assert len([*site.glob("models/notebooks/*.ipynb")]) == 5


def test_actions_of_a_command_have_their_help_too(site: Path) -> None:
    text = (site / "commands/db.md").read_text()
    assert "usage: protonet db convert " in text and "usage: protonet db info " in text


def test_layers_stand_with_their_family(site: Path) -> None:
    text = (site / "layers/index.md").read_text()
    families = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
    assert len(re.findall(r"^\| \[", families["Caffe 1.0"], re.M)) == 61
    assert "[PriorBox](PriorBox.md)" in next(v for k, v in families.items() if "SSD" in k)
    assert len(families) > 6


def links(text: str) -> list[str]:
    plain = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.findall(r"\]\((?!\w+:)([^)#]+)", plain)


def test_links_lead_to_pages_or_to_the_repository(site: Path, script: ModuleType) -> None:
    pages = [*site.rglob("*.md"), *site.rglob("*.ipynb")]
    followed = 0
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in (
            links(text) if page.suffix == ".md" else re.findall(r"\]\((?!\w+:)([\w./]+)", text)
        ):
            assert (page.parent / target).exists(), f"{page.relative_to(site)}: {target}"
            followed += 1
        for path in re.findall(rf"{re.escape(script.repository())}/blob/main/([\w./-]+\w)", text):
            assert (ROOT / path).exists(), f"{page.relative_to(site)}: {path}"
    assert followed > 150


def test_lists_of_pages_name_pages(site: Path) -> None:
    """And each page of the site is in one of them."""
    listed = {site / "index.md"}
    for page in site.rglob("*.md"):
        for block in re.findall(r"^```{toctree}\n(.*?)^```", page.read_text(), re.M | re.S):
            for name in block.split("\n\n", 1)[1].split():
                (found,) = page.parent.glob(f"{name}.*")
                listed.add(found)
    assert listed == {*site.rglob("*.md"), *site.rglob("*.ipynb")}


def test_code_blocks_are_closed_and_python_is_python(site: Path) -> None:
    for page in site.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert len(re.findall(r"^```", text, re.M)) % 2 == 0, page
        for code in re.findall(r"^```(?:python|py)\n(.*?)^```", text, re.M | re.S):
            ast.parse(code)


def examples() -> list[str]:
    """The command lines that `--help` shows, without what a shell does with the output."""
    found = []
    for name in available():
        text = parser_of(name).format_help()
        for line in re.findall(r"^ +(?:> )?(protonet [a-z].*)$", text, re.M):
            command = re.split(r" {2,}|[|>;]", line)[0].rstrip(" \\")
            found.append(command)
    return found


@pytest.mark.parametrize("name", available())
def test_every_help_text_has_an_example(name: str) -> None:
    example = rf"^ +(?:> )?protonet {re.escape(shown(name))}( |$)"
    assert re.search(example, parser_of(name).format_help(), re.M)


@pytest.mark.parametrize("line", sorted({line for line in examples() if "[-" not in line}))
def test_an_example_of_a_help_text_is_understood(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, name, *words = shlex.split(line)
    name = name.replace("-", "_")
    if name in ("help", "run"):
        return
    assert load(name)
    try:
        parser_of(name).parse_args(words)
    except SystemExit as left:
        assert left.code == 0, f"{line}: {capsys.readouterr().err}"


def test_the_site_without_sphinx(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sphinx", None)
    monkeypatch.setitem(sys.modules, "sphinx.cmd.build", None)
    with pytest.raises(SystemExit, match=r"needs Sphinx: pip install 'protonet-caffe\[docs\]'"):
        script.build(tmp_path / "site", run=False)
    assert not (tmp_path / "site").exists()
