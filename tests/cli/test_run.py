"""protonet run: a script as `python script.py` would run it, with caffe in it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from protonet.cli.main import main

SCRIPT = """
import sys
import helper
import caffe

def look():
    raise LookupError("nothing there")

print(__name__, __file__ == sys.argv[0], sys.argv[1:], helper.VALUE, caffe.Net.__module__)
if "fail" in sys.argv:
    look()
if "leave" in sys.argv:
    sys.exit(7)
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The script beside its helper, in a folder that is not the current one."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "helper.py").write_text("VALUE = 42\n")
    (folder / "script.py").write_text(SCRIPT)
    monkeypatch.chdir(tmp_path)
    yield str(Path("code") / "script.py")
    for name in [n for n in sys.modules if n.split(".")[0] in ("caffe", "helper")]:
        del sys.modules[name]


def test_it_runs_as_the_main_script(script, capsys):
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    assert main(["run", script, "-solver", "x", "--help", "-gpu=all"]) == 0
    assert capsys.readouterr().out == (
        "__main__ True ['-solver', 'x', '--help', '-gpu=all'] 42 protonet.pycaffe.net\n"
    )
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before


def test_a_caffe_beside_the_script_is_not_taken(script, capsys):
    """As in python/ of a checkout of Caffe: that one needs a library that nobody built."""
    (Path("code") / "caffe").mkdir()
    (Path("code") / "caffe" / "__init__.py").write_text("raise ImportError('no _caffe.so')\n")
    assert main(["run", script]) == 0
    assert capsys.readouterr().out.endswith(" 42 protonet.pycaffe.net\n")


def test_a_script_of_python_2_is_told_apart(script, capsys):
    """Below Python's own words stands what to do."""
    Path(script).write_text('print "loss", 3\n')
    assert main(["run", script]) == 1
    *_, error, advice = capsys.readouterr().err.splitlines()
    assert error.startswith("SyntaxError: ") and advice.startswith("protonet: ")
    assert "print without brackets" in advice


def test_its_errors_are_pythons_own(script, capsys):
    assert main(["run", script, "fail"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert 'script.py", line 11, in <module>' in lines[1], "it begins in the script"
    assert lines[-1] == "LookupError: nothing there"


def test_its_exit_code_is_kept(script):
    with pytest.raises(SystemExit) as caught:
        main(["run", script, "leave"])
    assert caught.value.code == 7


def test_a_syntax_error(script, capsys):
    Path(script).write_text("x = (\n")
    assert main(["run", script]) == 1
    err = capsys.readouterr().err
    assert "script.py" in err and "SyntaxError" in err and "Traceback" not in err


def test_a_script_that_is_missing(capsys):
    assert main(["run", "nothing.py"]) == 3
    assert capsys.readouterr().err == "protonet: error: nothing.py: No such file or directory\n"


def test_as_a_process(script, process):
    done = process("run", script, "fail", env={"GLOG_minloglevel": "2"})
    out, err = done.communicate(timeout=60)
    assert done.returncode == 1 and out.startswith("__main__ True ['fail'] 42")
    assert err.startswith("Traceback") and "protonet/cli" not in err.replace("\\", "/")


WORKERS = """
import multiprocessing

def work(number):
    import caffe
    from caffe.proto import caffe_pb2
    return number, caffe.Net.__module__, caffe_pb2.NetParameter(name="n").name

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [3]))
"""


def test_processes_that_it_starts_find_caffe_too(script, process):
    Path(script).write_text(WORKERS)
    out, err = process("run", script).communicate(timeout=60)
    assert (out, err) == ("[(3, 'protonet.pycaffe.net', 'n')]\n", "")
