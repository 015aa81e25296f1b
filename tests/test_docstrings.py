"""The examples in docstrings do what they show.  What has no >>> is a picture, or a formula."""

from __future__ import annotations

import doctest
import importlib
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

import protonet

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(protonet.__file__).parent


def modules_with_examples() -> list[str]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.M):
            parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


@pytest.fixture
def folder_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `protonet init` has been run, and `protonet train lenet` then."""
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "models", "models", ignore=shutil.ignore_patterns("pictures"))
    protonet.Net("models/lenet.prototxt", seed=1).save("lenet_iter_1000.caffemodel")


@pytest.mark.parametrize("name", modules_with_examples())
@pytest.mark.usefixtures("folder_of_a_user")
def test_examples_run(name: str) -> None:
    module: ModuleType = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs={"protonet": protonet})
    assert result.attempted and not result.failed
