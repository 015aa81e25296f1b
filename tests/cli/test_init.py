"""protonet init, and the models that go by their names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from protonet.cli import models
from protonet.cli.main import main
from protonet.errors import PrototxtError

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """What is in the folder and in its notebooks, by name."""
    files = [*folder.iterdir(), *folder.glob("notebooks/*.ipynb")]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.is_file()
    }


def test_init_copies_every_file_and_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert contents(Path("models")) == contents(MODELS)
    head, summary, train = capsys.readouterr().out.splitlines()
    assert head == f"{len(contents(MODELS))} files in models; README.md says what each is. Next:"
    assert summary.strip() == f"protonet summary {Path('models/lenet.prototxt')}"
    assert train.strip() == f"protonet train {Path('models/lenet_solver.prototxt')}"
    assert main([*summary.split()[1:]]) == 0  # what it says is so
    assert main([*train.split()[1:], "--iterations", "1", "--quiet"]) == 0
    assert Path("lenet_iter_1.caffemodel").exists()


def test_init_replaces_nothing_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "a/b"]) == 0
    assert main(["init", "a/b"]) == 0  # nothing is changed by that
    mine, other = Path("a/b/lenet.prototxt"), Path("a/b/fc_net.prototxt")
    mine.write_text("mine")
    other.unlink()
    capsys.readouterr()
    assert main(["init", "a/b"]) == 3
    assert capsys.readouterr().err == (
        f"protonet: error: {mine}: is there already: "
        "name another folder, or replace it with --force\n"
    )
    assert mine.read_text() == "mine" and not other.exists()
    assert main(["init", "a/b", "--force"]) == 0
    assert contents(Path("a/b")) == contents(MODELS)


def test_init_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("x")
    assert main(["init", "file", "--force"]) == 3
    assert capsys.readouterr().err == "protonet: error: file: is a file: name a folder\n"


def test_train_and_test_by_name_write_here_alone() -> None:
    before = contents(MODELS)
    assert main(["train", "lenet", "--iterations", "2", "--quiet"]) == 0
    written = {path.name for path in Path().iterdir()}
    assert written == {"lenet_iter_2.caffemodel", "lenet_iter_2.solverstate"}
    args = ["lenet", "lenet_iter_2.caffemodel", "--iterations", "1", "--quiet"]
    assert main(["test", *args]) == 0
    assert main(["summary", "lenet"]) == 0
    assert main(["time", "lenet", "--iterations", "1"]) == 0
    assert contents(MODELS) == before


def test_names_that_each_kind_of_file_has() -> None:
    every = {path.name for path in MODELS.glob("*.prototxt")}
    made = {
        name + ending
        for ending in (models.SOLVER, models.TRAIN_TEST, models.DEPLOY)
        for name in models.names(ending)
    }
    assert made == every
    assert {"lenet", "lenet_adam"} <= set(models.names())
    assert "lenet_adam" not in models.names(models.DEPLOY)


def test_a_file_of_that_name_comes_first() -> None:
    shutil.copy(MODELS / "fc_net_solver.prototxt", "lenet")
    assert models.model_file("lenet", models.SOLVER) == "lenet"
    for path in ("lenet_solver.prototxt", "sub/lenet", "/lenet"):
        assert models.model_file(path, models.SOLVER) == path


def test_unknown_names() -> None:
    with pytest.raises(PrototxtError, match=r"no file 'lennet', and no model: did you.* 'lenet'"):
        models.model_file("lennet", models.SOLVER)
    with pytest.raises(PrototxtError) as caught:
        models.model_file("zzz", models.SOLVER)
    assert "cifar10_quick, conv3x3," in str(caught.value) and "lenet_adam" in str(caught.value)
