"""The table of commands, spellings and exit codes."""

from __future__ import annotations

import argparse
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import protonet
from protonet.cli import main as cli
from protonet.cli.main import main, modern
from protonet.cli.output import log_shown
from protonet.errors import DataError, NetError, NonFiniteError, missing_extra
from protonet.log import log


@pytest.fixture
def command(monkeypatch):
    """Puts a command `probe` into the table, which does what the test says."""

    def install(run):
        def add_arguments(parser: argparse.ArgumentParser) -> None:
            parser.add_argument("--sigint_effect")
            parser.add_argument("--solver", dest="solver")
            parser.add_argument("numbers", nargs="*", type=float)

        module = SimpleNamespace(HELP="probe things", add_arguments=add_arguments, run=run)
        monkeypatch.setattr(cli, "available", lambda: ["probe"])
        monkeypatch.setattr(cli, "load", lambda name: module)

    return install


def test_overview_and_version(capsys):
    assert main([]) == main(["--help"]) == main(["-h"]) == 0
    out = capsys.readouterr().out
    for name in ("train", "test", "time", "layers", "summary"):
        assert f"\n  {name} " in out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"protonet {protonet.__version__}\n"


def test_unknown_command(capsys):
    assert main(["trian"]) == 2
    assert capsys.readouterr().err == (
        "protonet: error: unknown command 'trian': did you mean 'train'?\n"
    )
    assert main(["--solver", "x"]) == 2


def test_help_of_a_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["train", "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "usage: protonet train" in out and "--sigint_effect" in out


def test_help_as_a_word(capsys):
    for args in (["train", "--help"], ["help", "train"], ["help", "convert_imageset"]):
        with pytest.raises(SystemExit) as caught:
            main(args)
        assert caught.value.code == 0
    out = capsys.readouterr().out
    first, second, third = out.split("usage: ")[1:]
    assert first == second and third.startswith("protonet convert-imageset ")
    assert main(["help"]) == main(["--help"]) == 0
    assert main(["help", "trian"]) == 2
    assert "did you mean 'train'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", cli.available())
def test_every_argument_is_explained(name):
    command = cli.load(name)
    parser = cli.Parser(f"protonet {cli.shown(name)}", command.HELP)
    command.add_arguments(parser)
    parsers = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parsers += action.choices.values()
        else:
            assert action.help, f"{action.option_strings or action.dest} has no help"
    for one in parsers:
        assert all(action.help for action in one._actions if action.dest != "action")
        # It can be printed, too: a '%' in a help text is a format.
        assert one.format_help().startswith(f"usage: {one.prog}")


def test_every_environment_variable_that_is_read_is_described(capsys):
    """Read from the source: os.environ.get("X"), os.environ["X"], "X" in os.environ."""
    pattern = re.compile(
        r"environ(?:\.get\(|\[)\s*\"(\w+)\"|getenv\(\s*\"(\w+)\"|\"(\w+)\" (?:not )?in os\.environ"
    )
    sources = Path(protonet.__file__).parent.rglob("*.py")
    found = {
        "".join(groups) for path in sources for groups in pattern.findall(path.read_text("utf-8"))
    }
    assert main(["help", "environment"]) == 0
    shown = capsys.readouterr().out
    assert found == {line.split()[0] for line in shown.splitlines() if line.startswith("  ")}
    assert main(["--help"]) == 0
    assert "'protonet help environment'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ("train solver.prototxt", 0),
        ("test net.prototxt tiny_iter_6.caffemodel --iterations 1", 0),
        ("time net.prototxt --iterations 1", 0),
        ("summary net.prototxt", 0),
        ("layers", 0),
        ("upgrade net.prototxt", 0),
        ("plot train.log", 0),
        ("parse-log train.log .", 0),
        ("convert-imageset none none.txt db", 4),
        ("db info none", 4),
        ("train none", 3),
        ("trian", 2),
        ("train --weird", 2),
    ],
)
def test_closed_streams(tiny, args, code):
    """As from a service: no stdin, stdout or stderr; nothing that is opened later may get
    their numbers, or what is printed would get into it."""
    assert main(["train", "solver.prototxt", "--quiet", "--log", "train.log"]) == 0
    before = Path("train.log").read_bytes()
    root = Path(protonet.__file__).parents[1]
    done = subprocess.run(
        f"exec {sys.executable} -m protonet {args} <&- >&- 2>&-",
        shell=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        timeout=120,
    )
    assert done.returncode == code
    assert Path("train.log").read_bytes() == before


def test_a_stderr_that_nobody_reads_any_more(process):
    done = process("trian", stdin=subprocess.DEVNULL)
    done.stderr.close()
    assert done.wait(60) == 2


def test_usage_errors_are_one_line(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["train", "solver.prototxt", "--weird"])
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("protonet: error: unrecognized arguments: --weird: see")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ("-solver", "--solver"),
        ("-solver=a", "--solver=a"),
        ("--solver=a", "--solver=a"),
        ("-sigint_effect=stop", "--sigint_effect=stop"),
        ("-1", "-1"),
        ("-0.5", "-0.5"),
        ("-h", "-h"),
        ("-", "-"),
        ("x-y", "x-y"),
        ("--", "--"),
    ],
)
def test_caffes_spellings(given, want):
    assert modern(given) == want


def test_spellings_reach_the_command(command):
    seen = []
    command(lambda args: seen.append(args) or 0)
    assert main(["probe", "-solver", "a", "-sigint_effect=none", "-1.5"]) == 0
    assert (seen[0].solver, seen[0].sigint_effect, seen[0].numbers) == ("a", "none", [-1.5])


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (NetError("odd", "fix it", file="a", line=3), 3, "a:3: odd: fix it"),
        (DataError("gone"), 4, "gone"),
        (NonFiniteError("nan"), 5, "nan"),
        (missing_extra("h5py", "hdf5", "HDF5"), 3, "HDF5 needs the package 'h5py'"),
        (FileNotFoundError(2, "No such file or directory", "x"), 3, "x: No such file"),
        (OSError("odd"), 3, "odd"),
        (MemoryError("1 TB"), 3, "out of memory: 1 TB"),
        (cli.UsageError("no"), 2, "no"),
    ],
)
def test_errors_are_one_line_and_a_code(command, capsys, error, code, line):
    def fail(args):
        raise error

    command(fail)
    assert main(["probe"]) == code
    err = capsys.readouterr().err
    assert err.startswith(f"protonet: error: {line}") and err.count("\n") == 1


def test_an_interrupt(command, capsys):
    def interrupt(args):
        raise KeyboardInterrupt

    command(interrupt)
    assert main(["probe"]) == 130
    assert capsys.readouterr().err == "protonet: interrupted\n"


def test_debugging_shows_the_traceback(command, monkeypatch):
    def fail(args):
        raise NetError("odd")

    command(fail)
    monkeypatch.setenv("PROTONET_DEBUG", "1")
    with pytest.raises(NetError):
        main(["probe"])


def test_warnings_are_shown_and_handlers_restored(command, capsys):
    before = list(log.handlers)
    command(lambda args: log.warning("careful") or log.info("quiet") or 0)
    assert main(["probe"]) == 0
    assert capsys.readouterr().err == "protonet: warning: careful\n"
    assert log.handlers == before and log.level == logging.NOTSET


def test_no_standard_output_at_all(command, monkeypatch):
    command(lambda args: 0)
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["probe"]) == 0


def test_a_log_file_on_a_full_disk_stops_nothing(command, capsys):
    def work(args):
        with log_shown(quiet=True, file="/dev/full"):
            log.info("one")
            log.info("two")
            return 0

    command(work)
    assert main(["probe"]) == 3
    full = "/dev/full: No space left on device"
    assert capsys.readouterr().err == (
        f"protonet: warning: {full}: the log goes on without it\nprotonet: error: {full}\n"
    )


def test_out_of_memory_names_the_layer_that_was_noted(command, capsys):
    def fail(args):
        error = MemoryError("1 TB")
        error.__notes__ = ["a:3: layer 'x' (ReLU): raised here"]
        raise error

    command(fail)
    assert main(["probe"]) == 3
    assert capsys.readouterr().err.startswith(
        "protonet: error: a:3: layer 'x' (ReLU): out of memory: 1 TB: make "
    )


def test_summary_never_runs_what_a_model_names(tmp_path, capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "tests.solvers.user_layers", raising=False)
    path = tmp_path / "net.prototxt"
    path.write_text(
        'layer { name: "p" type: "Python" top: "y" top: "t" '
        'python_param { module: "tests.solvers.user_layers" layer: "RandomData" } }'
    )
    assert main(["summary", str(path), "--full"]) == 0
    out, err = capsys.readouterr()
    assert "--allow-python (train, test, time" in err and "shape of 'y' and 't'" in err
    assert out.splitlines()[5].split() == ["p", "Python", "y", "t", *"???????"]
    assert "tests.solvers.user_layers" not in sys.modules
    assert main(["summary", str(path), "--shape", "y=2,3", "--shape", "t=2"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[5].split()[2:4] == ["2x3", "2"] and not err.count("warning")
    assert "tests.solvers.user_layers" not in sys.modules
    with pytest.raises(SystemExit) as ended:
        main(["summary", "--allow-python", str(path)])
    assert ended.value.code == 2


def test_a_trusted_layer_may_import_caffe(tiny, process):
    (tiny / "double.py").write_text(
        "import caffe\n"
        "class Double(caffe.Layer):\n"
        "    def reshape(self, bottom, top): top[0].reshape(*bottom[0].shape)\n"
        "    def forward(self, bottom, top): top[0].data[...] = 2 * bottom[0].data\n"
    )
    net = (tiny / "net.prototxt").read_text()
    (tiny / "net.prototxt").write_text(
        net + 'layer { name: "d" type: "Python" bottom: "y" top: "z" '
        'python_param { module: "double" layer: "Double" } }'
    )
    done = process("time", "net.prototxt", "--allow-python", "--iterations", "1", "--json")
    out, err = done.communicate()
    assert done.returncode == 0 and "Python" in out, err


def test_a_net_without_layers_has_no_summary(tmp_path, capsys):
    path = tmp_path / "empty.prototxt"
    path.write_text("")
    assert main(["summary", str(path)]) == 3
    assert f"{path}: the net has no layers in this state" in capsys.readouterr().err


def test_a_closed_pipe_is_no_error(process):
    done = process("layers")
    done.stdout.close()
    assert done.stderr.read() == "" and done.wait() == 0


def test_an_interrupt_before_the_command_line_is_there_is_one_line():
    """While modules are imported, which is most of the first moment."""
    program = """
import sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "protonet.cli.main":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from protonet.__main__ import main
sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "protonet: interrupted\n"
