"""What pip and the package index see: the name, the metadata, and a wheel that stands alone."""

from __future__ import annotations

import email
import email.message
import os
import re
import shutil
import site
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet.errors import DISTRIBUTION, pip_install

ROOT = Path(__file__).resolve().parents[1]
SKIPPED = {".git", "conformance", "__pycache__", "build", "dist"}


def texts() -> Iterator[tuple[str, str]]:
    """(name, content) of every text file of the project."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED and not re.match(r"\.(?!ci)|.*egg", f)]
        for path in (Path(folder, name) for name in names):
            if path.suffix in {
                "",
                ".md",
                ".py",
                ".sh",
                ".toml",
                ".cff",
                ".yaml",
                ".in",
                ".prototxt",
            }:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_one_name_for_pip() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r'^name = "(.+?)"', pyproject, re.M)[1] == DISTRIBUTION
    extras = re.search(r"^\[project.optional-dependencies\]\n(.*?)^\[", pyproject, re.M | re.S)[1]
    known = set(re.findall(r"^(\w+) = \[", extras, re.M))
    assert known >= {"images", "hdf5", "leveldb", "plot", "all", "test", "dev"}
    assert pip_install("plot") == f"pip install '{DISTRIBUTION}[plot]'"
    asked = dict.fromkeys(known, 0)
    for name, text in texts():
        wrong = re.search(
            r"pip install (-\S+ )*['\"]?protonet(?!-caffe)|\bprotonet\\?\[[a-z]", text
        )
        assert not wrong or name == "tests/test_packaging.py", f"{name}: {wrong}"
        for extra in re.findall(rf"{DISTRIBUTION}\\?\[(\w+)\\?\]", text):
            asked[extra] += 1  # KeyError: an extra that is not there
    assert asked["dev"] and asked["test"]


def test_one_version_and_one_address() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    url = re.search(r'^Repository = "(.+)"', pyproject, re.M)[1]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.M)[1] == protonet.__version__
    assert re.search(r'^repository-code: "(.+)"$', citation, re.M)[1] == url
    for name, text in texts():
        for other in re.findall(r"https://github\.com/protonet/\w+", text):
            assert other == url, name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def built(folder: Path, age: int = 0) -> Path:
    """A wheel of this tree, made without the network and without touching the tree, of a commit of
    the year 2020.  age: in seconds, of all files."""
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("protonet", "models"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [*pip(), "wheel", "--no-build-isolation", "--no-deps", "--no-index"]
    command += ["--wheel-dir", str(folder), str(source)]
    for path in source.rglob("*"):
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1577880000"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stderr + done.stdout, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_same_commit_makes_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path, age=10**6).read_bytes() == wheel.read_bytes()


def pip(*options: str) -> list[str]:
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", *options]


def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@pytest.mark.slow
def test_metadata(wheel: Path) -> None:
    assert wheel.name.startswith(f"{DISTRIBUTION.replace('-', '_')}-{protonet.__version__}-")
    facts = metadata(wheel)
    assert facts["Name"] == DISTRIBUTION and facts["License-Expression"] == "BSD-2-Clause"
    assert "LICENSE" in facts.get_all("License-File", [])
    kinds = facts.get_all("Classifier", [])
    assert "Typing :: Typed" in kinds and not [k for k in kinds if k.startswith("License")]
    assert facts["Author"] and any("Repository" in url for url in facts.get_all("Project-URL", []))


@pytest.mark.slow
def test_links_of_the_readme_work_on_the_index(wheel: Path) -> None:
    """Every link is absolute there, and what it names is in the repository."""
    facts = metadata(wheel)
    (url,) = (u.split(", ")[1] for u in facts.get_all("Project-URL", []) if "Repository" in u)
    text = facts.get_payload(decode=False)
    assert isinstance(text, str)
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(pictures) == 3 and all(p.startswith(f"{url}/raw/main/") for p in pictures)
    for link in links:
        assert link.startswith(("https://", "#")), link
        if found := re.match(rf"{re.escape(url)}/(?:raw|blob)/main/([^#]+)", link):
            assert (ROOT / found[1]).exists(), link


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_models(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {n: archive.read(n) for n in archive.namelist() if n.startswith("protonet/")}
    files = [*(ROOT / "models").glob("*.*"), *(ROOT / "models").glob("notebooks/*.ipynb")]
    models = {f"protonet/{p.relative_to(ROOT).as_posix()}": p.read_bytes() for p in files}
    assert len([name for name in models if name.endswith(".ipynb")]) == 5
    assert {n: c for n, c in held.items() if n.startswith("protonet/models/")} == models
    package = Path(protonet.__file__).parent
    files = {p.relative_to(package.parent).as_posix() for p in package.rglob("*") if p.is_file()}
    wanted = {name for name in files if "__pycache__" not in name}
    assert held.keys() - models.keys() == wanted


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_an_installed_wheel_trains_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """In a new environment that has the wheel and, from here, what it depends on."""
    venv, here = tmp_path / "venv", tmp_path / "here"
    here.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=300)
    python = next(p for p in (venv / "bin/python", venv / "Scripts/python.exe") if p.exists())
    options = ["install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([*pip("--python", str(python)), *options], check=True, timeout=300)
    (packages,) = [*venv.glob("lib/python3*/site-packages"), *venv.glob("Lib/site-packages")]
    dependencies = [Path(np.__file__).parents[1], *map(Path, site.getsitepackages())]
    (packages / "dependencies.pth").write_text("\n".join(map(str, dependencies)))
    models = contents(packages / "protonet/models")

    def run(name: str, *args: str) -> str:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PROTONET"))}
        env |= {"PROTONET_CACHE": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [python.parent / name, *args],
            cwd=here,
            env=env,
            text=True,
            capture_output=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    where = run("python", "-c", "import protonet; print(protonet.__file__)")
    assert where.startswith(str(packages))
    assert "Snapshotting" in run("protonet", "train", "lenet", "--iterations", "2")
    run("protonet", "test", "lenet", "lenet_iter_2.caffemodel", "--iterations", "1")
    run("protonet", "init")
    run("protonet", "train", "models/two_layer_solver.prototxt", "--iterations", "1")
    assert sorted(path.name for path in here.iterdir()) == [
        "lenet_iter_2.caffemodel",
        "lenet_iter_2.solverstate",
        "models",
        "two_layer_iter_1.caffemodel",
        "two_layer_iter_1.solverstate",
    ]
    assert contents(packages / "protonet/models") == models
