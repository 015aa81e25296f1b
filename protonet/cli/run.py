"""protonet run: a Python script with `import caffe` meaning protonet."""

from __future__ import annotations

import argparse
import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .output import log_shown
from .python2 import find_sign

HELP = "run a Python script written for pycaffe"

_EPILOG = """\
examples:
  protonet run classify.py photo.jpg
  protonet run tools/train_net.py --solver solver.prototxt

The script stays as it is.  In code of one's own: protonet.install_as_caffe(), then import caffe.
'protonet help migration' says what is other than in Caffe."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("script", help="Python file; 'import caffe' finds protonet in it")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="arguments of the script")


def run(args: argparse.Namespace) -> int:
    from ..pycaffe.install import install_as_caffe

    with open(args.script, "rb") as file:
        source = file.read()
    with log_shown():
        install_as_caffe()
        module = types.ModuleType("__main__")
        module.__dict__.update(__file__=args.script, __builtins__=__builtins__)
        with _as_main(module, [args.script, *args.args]):
            return _execute(source, args.script, module.__dict__)


def _execute(source: bytes, script: str, namespace: dict[str, Any]) -> int:
    """An error ends it as it ends any script: with Python's own traceback, and 1.  Below it
    stands what to do about a script of Python 2."""
    try:
        exec(compile(source, script, "exec"), namespace)
    except Exception as error:
        if error.__traceback__ is not None:  # begin in the script: the first frame is our own
            error.__traceback__ = error.__traceback__.tb_next
        sys.excepthook(type(error), error, error.__traceback__)
        if (sign := find_sign(error)) is not None:
            print(f"protonet: {sign}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _as_main(module: types.ModuleType, argv: list[str]) -> Iterator[None]:
    """sys.argv, sys.path[0] and __main__ as `python script.py` has them.

    Workers of multiprocessing that do not fork start with nothing but sys.path: there they
    find a caffe.
    """
    from ..pycaffe import as_caffe

    before = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = argv
    sys.path[0:1] = [os.path.dirname(os.path.realpath(argv[0])), *as_caffe.__path__]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = before
