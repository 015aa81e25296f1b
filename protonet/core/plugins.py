"""Layers of other people: in files and modules that the user names, and in installed packages.

No model file can cause anything to be loaded: it says a type, never where the type is to be had.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProtonetError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

#: Entry points of this group are modules (or functions, called) that register layers.
GROUP = "protonet.layers"


@cache
def load_plugin(name: str) -> None:
    """Run a file of Python, or import a module, that registers layers; once.

    name: "mylayers.py", or "package.mylayers", which may lie in the current folder.
    ProtonetError if it is not there or raises, with the line.
    """
    path = Path(name)
    is_file = path.suffix == ".py" or len(path.parts) > 1
    if is_file and not path.is_file():
        raise ProtonetError("there is no such plugin", "give a .py file or a module", file=name)
    _guarded(name, partial(_run_file, path) if is_file else partial(_import, name))


@cache
def load_installed() -> None:
    """Load the plugins that installed packages declare: for a type that nobody knows else.

    ProtonetError if one of them raises.
    """
    import importlib.metadata  # for unknown types only: it brings all of `email`

    for entry in importlib.metadata.entry_points(group=GROUP):
        _guarded(f"{entry.name} ({entry.value}, installed)", partial(_load, entry))


def _load(entry: EntryPoint) -> None:
    found = entry.load()
    if callable(found) and not isinstance(found, type):
        found()


def _run_file(path: Path) -> None:
    """Like `python FILE`, which finds the modules beside it."""
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


def _import(name: str) -> None:
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    importlib.invalidate_caches()
    importlib.import_module(name)


def _guarded(name: str, load: Callable[[], None]) -> None:
    """Whatever is wrong with somebody's code is told in one line."""
    try:
        load()
    except ProtonetError:
        raise
    except (Exception, SystemExit) as error:
        file, line = _place(error)
        raise ProtonetError(
            f"plugin {name} does not load: {type(error).__name__}: {error}", file=file, line=line
        ) from error


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """File and line of somebody else's code where an error comes from."""
    if isinstance(error, SyntaxError):
        return error.filename, error.lineno
    ours = (str(Path(__file__).parents[1]), str(Path(importlib.__file__).parent), "<frozen")
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(ours):
            return frame.filename, frame.lineno
    return None, None
