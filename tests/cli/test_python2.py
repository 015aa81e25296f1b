"""Scripts of Python 2: what gives them away, and what does not."""

from __future__ import annotations

import importlib.util
import warnings

import pytest

from protonet.cli.main import main
from protonet.cli.python2 import find_sign


def error_of(source: str) -> Exception:
    """What compiling or running a script raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            code = compile(source, "old.py", "exec")
        exec(code, {})
    except Exception as error:
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        return error
    raise AssertionError("it runs")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('print "loss", 3', "print without brackets"),
        ("for x in [1]: print x", "print without brackets"),
        ("exec 'x = 1'", "exec without brackets"),
        ("x = 3 <> 4", "'<>' instead"),
        ("x = `3`", "backquotes"),
        ("x = [10L]", "ends in L"),
        ("x = 0755", "octal"),
        ("x = ur'a'", "begins with ur"),
        ("raise ValueError, 'no'", "'raise E, text'"),
        ("f = sorted([], key=lambda (k, v): v)", "lambda with brackets"),
        ("def f(a, (b, c)): pass", "tuple among the parameters"),
        ("raw_input('go on?')", "raw_input, now input"),
        ("xrange(3)", "xrange, now range"),
        ("unicode(3)", "unicode, now str"),
        ("reduce(max, [1])", "functools.reduce"),
        ("import cPickle as pickle", "cPickle, now pickle"),
        ("import urllib2", "urllib2, now urllib.request"),
        ("from itertools import izip", "izip, now zip"),
        ("import itertools; itertools.imap", "imap, now map"),
        ("import sys; sys.maxint", "maxint, now maxsize"),
        ("{}.iteritems()", "iteritems, now items"),
        ("{}.has_key(1)", "has_key, now 'key in dict'"),
        ("{1: 2}.keys()[0]", r"keys() gives no list"),
        ("{1: 2}.values().sort()", r"values() gives no list"),
        ("map(str, [1])[0]", r"map() gives no list"),
        ("len(filter(None, [1]))", r"filter() gives no list"),
        ("import sys; print >>sys.stderr, 'x'", "print >>file"),
    ],
)
def test_signs(line, what):
    sign = find_sign(error_of(f"import math\n\n{line}\n"))
    assert sign is not None and (sign.file, sign.line) == ("old.py", 3)
    assert what in sign.what and str(sign).startswith("old.py:3: this is written for Python 2 (")


def test_an_except_clause_of_old():
    error = error_of("try:\n    1 / 0\nexcept (KeyError, ZeroDivisionError), e:\n    pass\n")
    sign = find_sign(error)
    assert sign is not None and sign.line == 3 and "'except E as e'" in sign.what


@pytest.mark.parametrize(
    "line",
    [
        "x = (",
        "print('a' 3)",
        "x = 'print x' +",
        "printer x",
        "x = 1.05 +",
        "x = '<>' +",
        "# 10L\nx = = 3",
        "def f(a=(1, 2) pass",
        "x = lambda k, (v): 3 +",
        "undefined",
        "[].iteritems()",
        "class Frame:\n    pass\nFrame().has_key",
        "import nothing_of_that_name",
        "from itertools import nothing",
        "import sys; sys.iteritems",
        "3[0]",
        "len(3)",
        "1 >> 'a'",
        "raise ValueError('print x')",
    ],
)
def test_errors_that_prove_nothing(line):
    assert find_sign(error_of(f"{line}\n")) is None


def test_files_of_packages_are_left_alone():
    error = error_of("{}.iteritems()\n")
    error.__traceback__ = None
    assert find_sign(error) is None, "no place is known"
    syntax = SyntaxError("bad", (importlib.util.__file__, 3, 1, "print x"))
    assert find_sign(syntax) is None


@pytest.mark.parametrize(
    ("there", "remedy"),
    [
        (True, "run python -m lib2to3 -w old.py"),
        (False, "run pip install fissix, then python -m fissix -w old.py"),
    ],
)
def test_what_to_do_about_it(monkeypatch, there, remedy):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if there else None)
    assert str(find_sign(error_of("print 3\n"))).endswith(f"up to date, {remedy}")


@pytest.mark.parametrize("line", ["print 3", "{}.iteritems()"])
def test_run_says_it_below_the_error(tmp_path, monkeypatch, capsys, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.py").write_text(f"import math\n{line}\n")
    assert main(["run", "old.py"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert "Error: " in lines[-2] and lines[-1].startswith(
        "protonet: old.py:2: this is written for"
    )
