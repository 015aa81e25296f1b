"""protonet completion: the scripts, as a shell runs them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import protonet
from protonet.cli.main import available, load, main, shown
from protonet.cli.models import DEPLOY, names

BASH = shutil.which("bash")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash, and what Tab does to a line: the words it offers, one a line."""
    from protonet.cli.completion import _bash

    path = tmp_path_factory.mktemp("shell") / "completion.bash"
    press = (
        'press() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _protonet; '
        "printf '%s\\n' \"${COMPREPLY[@]}\"; }\n"
    )
    path.write_text(f"{_bash()}\n{press}")
    return path


@pytest.fixture
def offered(script: Path, tmp_path: Path):
    """What a real bash offers for the last of the words, in an empty folder."""
    assert BASH, "the tests need bash"

    def press(*words: str) -> list[str]:
        command = [BASH, "--norc", "-c", 'source "$1"; shift; press "$@"', "bash", str(script)]
        done = subprocess.run(
            [*command, "protonet", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert not done.stderr
        return done.stdout.split("\n")[:-1]

    return press


def test_commands(offered) -> None:
    assert offered("tr") == ["train"]
    assert set(offered("")) == {*map(shown, available()), "help", "--help", "--version"}
    assert offered("help", "compl") == ["completion"]


def test_options_and_their_choices(offered) -> None:
    assert offered("train", "--sigi") == ["--sigint_effect", "--sigint-effect"]
    assert offered("train", "--sigint_effect", "s") == ["stop", "snapshot"]
    assert offered("time", "--phase", "=", "TR") == ["TRAIN"]
    assert offered("time", "--phase", "=") == ["TRAIN", "TEST"]
    assert "--singles" in offered("gradcheck", "--")
    assert offered("compute_image_mean", "--back") == ["--backend"]


def test_what_an_option_hides_is_not_offered(offered) -> None:
    """Spellings of gflags, such as --shuffle=true, are for scripts."""
    assert not [word for word in offered("convert-imageset", "--") if "=" in word]


def test_layer_types_models_and_actions(offered) -> None:
    assert offered("explain", "Conv") == [
        name for name in protonet.layer_types() if name.startswith("Conv")
    ]
    assert offered("summary", "lenet") == [n for n in names(DEPLOY) if n.startswith("lenet")]
    assert "convert" in offered("db", "")
    assert offered("dataset", "mni") == ["mnist"]


def test_files_with_blanks(offered, tmp_path: Path) -> None:
    (tmp_path / "my net.prototxt").touch()
    assert offered("summary", "my") == ["my net.prototxt"]
    assert offered("train", "--weights", "m") == ["my net.prototxt"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    for name in available():
        assert shown(name) in out
        assert shell != "fish" or load(name).HELP.split("'")[0] in out
    assert ("bashcompinit" in out) == (shell == "zsh")
    assert "==SUPPRESS==" not in out


def test_a_shell_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["completion", "csh"])
    assert "invalid choice: 'csh'" in capsys.readouterr().err
