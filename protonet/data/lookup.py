"""Where data lies: as given, beside the model file, in the user's cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..core.context import permit
from ..errors import DataError
from ..log import log
from ..proto.octets import file_name
from .datasets import dataset_of, is_embedded, make_embedded


def cache_dir() -> Path:
    """The folder for data sets: $PROTONET_CACHE, else where the system keeps caches."""
    if os.environ.get("PROTONET_CACHE"):
        return Path(os.environ["PROTONET_CACHE"])
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "protonet"


def find_source(source: str, root: Path, field: str, confine: Path | None = None) -> Path:
    """The file or folder that a prototxt names.

    Looked for in this order: as given, beside the model file (`root`), in the cache.  The
    embedded digits are written into the cache when they are first asked for; everything
    else that is missing is a DataError.  field: of the prototxt, for its message.
    confine: the folder that it may not leave, but for the cache; see `core.context`.
    """
    if not source:
        raise DataError(f"{field} is missing", "name the data to read", field=field)
    source = file_name(source)
    places = [Path(source)]
    if not places[0].is_absolute():
        places += [root / source, cache_dir() / source]
        if dataset_of(Path(source).name):  # 'examples/mnist/mnist_train_lmdb', say
            places.append(cache_dir() / Path(source).name)
    for place in places:
        if place.exists():
            if place != places[0]:
                log.debug("'%s' is %s", source, place)
            return _permitted(place, confine, field)
    name = Path(source).name
    if is_embedded(name) and len(places) > 1:
        return make_embedded(name, cache_dir())
    tried = list(dict.fromkeys(str(place) for place in places))
    raise DataError(
        f"'{source}' does not exist (tried {', '.join(tried)})", _advice(name), field=field
    )


def _permitted(place: Path, confine: Path | None, field: str) -> Path:
    """`place`; DataError if it, or what a link in it names, lies outside: a store is a folder."""
    if place.resolve().is_relative_to(cache_dir().resolve()):
        return place
    permit(place, confine, field)
    if place.is_dir():
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_symlink():
                    permit(Path(entry.path), confine, field)
    return place


def advice_on_name(folder: str, name: str, field: str) -> str:
    """What to do about a listed image that is not at folder + name; "" if that is not sure.

    field: what holds the folder, which is put in front of each name as it is.
    """
    if not folder or os.path.exists(folder + name):
        return ""
    if os.path.isabs(name) and os.path.exists(name):
        return f'the list names absolute paths, and {field} is put in front of them: make it ""'
    if os.path.exists(os.path.join(folder, name)):
        return f"{field} is put in front of each name as it is: end it with a slash"
    return ""


def _advice(name: str) -> str:
    known = dataset_of(name)
    return f"run 'protonet dataset {known}'" if known else "correct the path, or make the data"
