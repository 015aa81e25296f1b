"""Python 2: tell a script that was written for it from one that is wrong.

Most scripts of Caffe's years are.  Only what Python 3 cannot mean is taken for a sign, in
the line where it stops: integer division, for one, cannot be told.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import re
import shlex
import string
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

#: Lines that only Python 2 reads -> what they have.
_SYNTAX = {
    r"(?:[^'\"#]*[:;]\s*)?print\s+[^\s=(.,)\[].*": "print without brackets",
    r"(?:[^'\"#]*[:;]\s*)?exec\s+[^\s=(.,)\[].*": "exec without brackets",
    r"except\s+(?:\([^)]*\)|[\w.]+)\s*,\s*\w+\s*:.*": "'except E, e' instead of 'except E as e'",
    r"(?:[^'\"#]*:\s*)?raise\s+[\w.]+\s*,.*": "'raise E, text' instead of 'raise E(text)'",
    r"[^'\"#]*<>.*": "'<>' instead of '!='",
    r"[^'\"#]*`[^`]+`.*": "backquotes instead of repr()",
    r"[^'\"#]*(?<![\w.])\d+[lL]\b.*": "a number that ends in L",
    r"[^'\"#]*(?<![\w.])0[0-7]+\b.*": "an octal number without 'o'",
    r"[^'\"#]*\b[uU][rR]['\"].*": "a string that begins with ur",
    r"[^'\"#]*\blambda\s*\(.*": "a lambda with brackets around its parameters",
    r"def\s+\w+\s*\((?:[^=()]*,\s*)?\(\s*\w+\s*,.*": "a tuple among the parameters",
}
#: Built-in functions and types that went, and what to write instead.
_NAMES = {
    "raw_input": "input",
    "xrange": "range",
    "unicode": "str",
    "basestring": "str",
    "unichr": "chr",
    "long": "int",
    "execfile": "exec(open(path).read())",
    "reduce": "functools.reduce",
    "reload": "importlib.reload",
}
#: The same for attributes of dicts, ...
_OF_DICTS = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "has_key": "'key in dict'",
}
#: ... of modules, ...
_OF_MODULES = {"maxint": "maxsize", "getcwdu": "getcwd", "letters": "ascii_letters"}
#: ... and for modules themselves.
_MODULES = {
    "cPickle": "pickle",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "StringIO": "io",
    "cStringIO": "io",
    "Tkinter": "tkinter",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "HTMLParser": "html.parser",
    "__builtin__": "builtins",
}
#: Names that went from itertools.
_ITERTOOLS = {"izip": "zip", "imap": "map", "ifilter": "filter", "izip_longest": "zip_longest"}
#: What was a list.
_NO_LIST = re.compile(
    r"'(dict_keys|dict_values|dict_items|map|filter|zip)' object (?:is not subscriptable|"
    r"has no attribute '(?:sort|append|extend|index|remove)')|"
    r"object of type '(map|filter|zip)' has no len\(\)"
)


class Sign(NamedTuple):
    """Where a script shows that it is written for Python 2, and by what."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: this is written for Python 2 ({self.what}): to bring it "
            f"up to date, {_remedy(self.file)}"
        )


def find_sign(error: Exception) -> Sign | None:
    """The sign that an error of a script gives, or None if it may well be Python 3."""
    if isinstance(error, SyntaxError):
        file, line, what = error.filename, error.lineno, _of_syntax(error)
    else:
        frames = traceback.extract_tb(error.__traceback__)
        file, line = (frames[-1].filename, frames[-1].lineno) if frames else (None, None)
        what = _of_run(error)
    if not what or file is None or line is None or _is_installed(file):
        return None
    return Sign(file, line, what)


def _is_installed(file: str) -> bool:
    """Does a file belong to Python or a package?  Then it is not the user's to change."""
    places = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    return any(Path(place) in Path(file).absolute().parents for place in places)


def _of_syntax(error: SyntaxError) -> str:
    line = (error.text or "").split("\n", 1)[0].strip()
    return next((what for sign, what in _SYNTAX.items() if re.fullmatch(sign, line)), "")


def _of_run(error: Exception) -> str:
    text, name = str(error), getattr(error, "name", None) or ""
    if found := _NO_LIST.search(text):
        kind = (found[1] or found[2]).removeprefix("dict_")
        return f"{kind}() gives no list any more: list(...) makes one"
    if isinstance(error, TypeError) and "for >>: 'builtin_function_or_method'" in text:
        return "print >>file, now print(..., file=file)"
    if isinstance(error, ImportError) and name == "itertools":
        name = next((n for n in _ITERTOOLS if f"import name '{n}'" in text), "")
    now = _known(error).get(name)
    return f"{name}, now {now}" if now else ""


def _known(error: Exception) -> dict[str, str]:
    """The table in which the name that an error misses may stand."""
    if isinstance(error, ModuleNotFoundError):
        return _MODULES
    if isinstance(error, ImportError):
        return _ITERTOOLS
    if isinstance(error, NameError):
        return _NAMES
    owner = getattr(error, "obj", None)
    if isinstance(error, AttributeError) and isinstance(owner, Mapping):
        return _OF_DICTS
    if any(owner is module for module in (sys, os, string)):
        return _OF_MODULES
    return _ITERTOOLS if owner is itertools else {}


def _remedy(file: str) -> str:
    """2to3, which went with Python 3.13 and on some systems is not installed before; the
    package fissix carries it on."""
    if importlib.util.find_spec("lib2to3"):
        return f"run python -m lib2to3 -w {shlex.quote(file)}"
    return f"run pip install fissix, then python -m fissix -w {shlex.quote(file)}"
