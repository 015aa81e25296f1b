"""Matplotlib without its state: what draws a figure, and where it keeps its own files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..data.lookup import cache_dir
from ..errors import ProtonetError, missing_extra
from ..files import atomic_path

_VARIABLE = "MPLCONFIGDIR"


def figure_classes(purpose: str) -> tuple[Any, Any]:
    """The classes Figure and FigureCanvasAgg; an error that names the extra if Matplotlib is not
    installed.  purpose: what they are for, "drawing a picture"."""
    try:
        with _out_of_the_home():
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure
    except ImportError:
        raise missing_extra("matplotlib", "plot", purpose) from None
    return Figure, FigureCanvasAgg


def new_figure(**settings: Any) -> Any:
    """A Figure that is drawn without a screen, with these settings of Matplotlib's."""
    figure_class, canvas = figure_classes("drawing a picture")
    figure = figure_class(**{"layout": "constrained"} | settings)
    canvas(figure)
    return figure


def form_of(path: str | os.PathLike) -> str:
    """What the name of a picture ends in, as png; ProtonetError if nothing can draw that.

    Worth asking before a long work whose end is the picture.
    """
    form = Path(path).suffix[1:].lower()
    if form not in new_figure().canvas.get_supported_filetypes():
        what = f"unknown kind of picture: '{form}'" if form else "the name has no ending"
        raise ProtonetError(what, "name it .png, .svg or .pdf", file=os.fspath(path))
    return form


def write(figure: Any, path: str | os.PathLike, dpi: float = 110) -> None:
    """A picture as a file, whole or not at all, in the form that its name tells."""
    form = form_of(path)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=form, dpi=dpi)


@contextmanager
def _out_of_the_home() -> Iterator[None]:
    """Let Matplotlib, while it is imported, keep its files in our cache folder, where it has no
    folders in the home directory yet and nobody has named others: it would make some."""
    home = Path.home()
    theirs = [home / ".matplotlib", home / ".config" / "matplotlib", home / ".cache" / "matplotlib"]
    settled = "matplotlib" in sys.modules or os.environ.get("MPLCONFIGDIR")
    if settled or any(place.exists() for place in theirs):
        yield
        return
    os.environ[_VARIABLE] = str(cache_dir() / "matplotlib")
    try:
        import matplotlib

        matplotlib.get_configdir(), matplotlib.get_cachedir()  # it remembers them
        yield
    finally:
        del os.environ[_VARIABLE]
