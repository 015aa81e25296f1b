"""scripts/train and its set-up, with an interpreter that stands in for Python, venv and pip."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: Makes "environments" that hold itself, and notes what pip was asked for.  VENV_DOES and
#: PIP_DOES are what else happens; `-c` runs in the true Python, which sees the checkout.
STAND_IN = f"""#!/usr/bin/env bash
case "$*" in
    *ensurepip*) ;;
    "-m venv "*)
        mkdir -p "$4/bin"
        eval "${{VENV_DOES:-}}"
        cp "$0" "$4/bin/python"
        printf '#!/usr/bin/env bash\\necho protonet "$@"\\n' >"$4/bin/protonet"
        chmod +x "$4/bin/protonet" ;;
    "-m pip --version" | *uninstall*) ;;
    "-m pip"*)
        echo "$*" >>"$CHECKOUT/asked"
        echo "Collecting numpy>=1.24 (from protonet)"
        eval "${{PIP_DOES:-}}" ;;
    -c*) PYTHONPATH=${{PYTHONPATH:+$PYTHONPATH:}}$CHECKOUT exec "{sys.executable}" -S "$@" ;;
esac
"""


class Checkout:
    """A copy of what the scripts need, and of the package only that it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        (folder / "protonet").mkdir()
        (folder / "protonet/__init__.py").write_text("raise ImportError('nobody loads it')")
        self.python = folder / "stand-in"
        self.python.write_text(STAND_IN)
        self.python.chmod(0o755)

    def start(self, *args: str, **variables: str) -> subprocess.Popen[str]:
        """scripts/train ARGS in a session of its own, so that CTRL-C hits all of it."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP"))}
        env |= {"PYTHON": str(self.python), "CHECKOUT": str(self.folder), **variables}
        return subprocess.Popen(
            [self.folder / "scripts/train", *args],
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A suite that runs in the background passes on that SIGINT is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # type: ignore
        )

    def run(self, *args: str, **variables: str) -> tuple[int, str, list[str]]:
        """Exit code, standard output and the lines on standard error."""
        process = self.start(*args, **variables)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err.splitlines()

    def interrupt(self, **variables: str) -> tuple[int, list[str]]:
        """CTRL-C as soon as `$CHECKOUT/now` is there: exit code and standard error."""
        process = self.start(**variables)
        for _ in range(600):
            if (self.folder / "now").exists():
                break
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
        return process.returncode, err.splitlines()


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """In a folder that every user of the machine may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Checkout(Path(folder))


def test_first_run_sets_up_and_the_second_does_not(checkout: Checkout) -> None:
    trained = f"protonet train {checkout.folder}/models/lenet_solver.prototxt\n"
    code, out, err = checkout.run()
    assert (code, out) == (0, trained)
    assert "  Collecting numpy>=1.24 (from protonet)" in err  # nobody waits without a sign
    code, out, err = checkout.run()
    assert (code, out, len(err)) == (0, trained, 1)
    venv = checkout.folder / ".venv"
    assert err[0].startswith(f"protonet is {venv}/bin/protonet; 'source {venv}/bin/activate'")
    path = f"{venv}/bin:{os.environ['PATH']}"
    assert checkout.run(PATH=path) == (0, trained, [])
    asked = (checkout.folder / "asked").read_text().splitlines()
    assert len(asked) == 1 and asked[0].endswith(f"--editable {checkout.folder}")
    (checkout.folder / "setup.py").write_text("# changed")
    assert checkout.run()[0] == 0
    assert len((checkout.folder / "asked").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("args", "default"),
    [
        ("--iterations 3", True),
        ("lenet_adam", False),
        ("my.prototxt --quiet", False),
        ("--quiet my.prototxt", False),
        ("--solver=my.prototxt", False),
        ("--help", False),
    ],
)
def test_arguments(checkout: Checkout, args: str, default: bool) -> None:
    solver = f"{checkout.folder}/models/lenet_solver.prototxt "
    _, out, _ = checkout.run(*args.split())
    assert out == f"protonet train {solver if default else ''}{args}\n"


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("NewConnectionError: [Errno 111] refused", "PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER"),
        ("NameResolutionError: Temporary failure in name", "start it again with a network"),
        ("OSError: [Errno 28] No space left on device", "make room"),
        ("ERROR: no wheel for this machine", "pip failed: ERROR: no wheel for this machine"),
    ],
)
def test_pip_fails(checkout: Checkout, said: str, remedy: str) -> None:
    code, out, err = checkout.run(PIP_DOES=f"echo '{said}' >&2; exit 1")
    assert (code, out) == (1, "")
    assert err[-1].startswith("train: ") and remedy in err[-1]
    assert said not in err[:-1]
    code, out, _ = checkout.run()
    assert code == 0 and out.startswith("protonet train ")
    # A package may be half there: it is not taken for a whole one.
    first, second = (checkout.folder / "asked").read_text().splitlines()
    assert "--force-reinstall" in second and "--force-reinstall" not in first


@pytest.mark.parametrize("when", ["VENV_DOES", "PIP_DOES"])
def test_interrupted_while_setting_up(checkout: Checkout, when: str) -> None:
    talk = 'touch "$CHECKOUT/now"; trap "echo KeyboardInterrupt >&2; exit 1" INT; sleep 30'
    code, err = checkout.interrupt(**{when: talk})
    assert code == 130
    assert err[-1] == "train: interrupted while setting up: start it again to go on"
    assert (checkout.folder / ".venv").exists() == (when == "PIP_DOES")
    assert len(err) == (2 if when == "VENV_DOES" else 4)  # no more than what is being done
    code, out, _ = checkout.run()
    assert code == 0 and out.startswith("protonet train ")


def test_environment_that_cannot_be_made(checkout: Checkout) -> None:
    code, _, err = checkout.run(VENV_DOES="echo Traceback >&2; echo 'no room' >&2; exit 1")
    venv = checkout.folder / ".venv"
    assert (code, err) == (1, [f"making {venv}", f"train: {venv} could not be made: no room"])


def test_no_python(checkout: Checkout) -> None:
    code, _, err = checkout.run(PYTHON="no-such-python")
    assert code == 1 and len(err) == 1 and "no-such-python: install one, or name it" in err[0]


def test_a_checkout_that_cannot_be_written_to(checkout: Checkout) -> None:
    checkout.folder.chmod(0o555)
    root = os.geteuid() == 0  # who may write everywhere: be somebody else
    done = subprocess.run(
        [checkout.folder / "scripts/train"],
        env={**os.environ, "PYTHON": str(checkout.python)},
        capture_output=True,
        text=True,
        timeout=60,
        **({"user": 65534, "group": 65534, "extra_groups": []} if root else {}),
    )
    checkout.folder.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr == (
        f"train: {checkout.folder} cannot be written to: copy it to a folder of your own and "
        "start it there, or 'pip install protonet-caffe'\n"
    )


def test_another_projects_protonet(checkout: Checkout, tmp_path: Path) -> None:
    """It is found by its place, and nothing of it is run."""
    assert checkout.run()[0] == 0
    other = tmp_path / "protonet/__init__.py"
    other.parent.mkdir()
    other.write_text("print('hello')")
    code, out, err = checkout.run(PYTHONPATH=str(tmp_path))
    assert (code, out) == (1, "")
    assert err[-1] == (
        f"train: 'import protonet' finds another project, {other}: unset PYTHONPATH ({tmp_path})"
    )
    shutil.rmtree(checkout.folder / "protonet")
    code, _, err = checkout.run()
    venv = checkout.folder / ".venv"
    assert code == 1
    assert err[-1] == f"train: 'import protonet' finds nothing: remove {venv} and start it again"


@pytest.mark.slow
def test_without_a_network(checkout: Checkout) -> None:
    """The true Python and pip, and an index where nobody listens."""
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    code, _, err = checkout.run(PYTHON=sys.executable, **nowhere)
    assert code == 1
    assert err[-1].startswith("train: the package index cannot be reached: ")
