"""HDF5 files that may be of strangers: what is read stays in the file and within the budget.

A link may lead to another file, a data set may lie in other files, a few kilobytes may hold
compressed gigabytes, and groups may be linked to one another in circles and webs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import budget
from ..errors import ProtonetError, missing_extra

_MOST_HOPS = 16  # soft links that lead to soft links


def h5py_module(purpose: str) -> Any:
    """The module h5py; an error that names the extra if it is not installed."""
    try:
        import h5py
    except ImportError:
        raise missing_extra("h5py", "hdf5", purpose) from None
    return h5py


#: What is wrong, and what to do -> the error that says so of the file.
Fault = Callable[[str, str], ProtonetError]


class Hdf5File:
    """An open file.  fault: makes the errors that are raised."""

    def __init__(self, root: Any, fault: Fault) -> None:
        self.root, self._fault = root, fault
        self._read = 0  # bytes of arrays
        self._seen: set[int] = set()

    def fault(self, what: str, hint: str = "") -> ProtonetError:
        return self._fault(what, hint)

    def find(self, group: Any, name: str, hops: int = 0) -> Any:
        """The member of `group` under a name, which may have slashes; None if there is none.

        Soft links are followed in the file; what lies in another file is an error.
        """
        found = group
        for part in name.split("/"):
            if not part:
                continue
            link = found.get(part, getlink=True) if is_group(found) else None
            if link is None:
                return None
            kind = type(link).__name__
            if kind == "SoftLink":
                if hops == _MOST_HOPS:
                    return None
                start = self.root if link.path.startswith("/") else found
                found = self.find(start, link.path, hops + 1)
            else:
                found = found[part] if kind == "HardLink" else None
                if found is None or getattr(found, "external", None) or _is_virtual(found):
                    raise self.fault(f"{group.name.rstrip('/')}/{name} lies in another file")
            if found is None:
                return None
        return found

    def enter(self, group: Any) -> Any:
        """`group`, which nobody may have entered before: links would lead round in a circle, or
        by more ways than anybody can go."""
        import h5py

        address = int(h5py.h5o.get_info(group.id).addr)
        if address in self._seen:
            raise self.fault(f"the group {group.name} is linked twice", "link no groups")
        self._seen.add(address)
        return group

    def values(self, dataset: Any) -> NDArray:
        """All of a data set, which with those before may not be over the budget."""
        self._read += int(dataset.size or 0) * dataset.dtype.itemsize
        what = f"{dataset.name}: up to here {self._read / 2**30:.3g} GiB of arrays"
        try:
            budget.refuse("memory", self._read, what)
        except ProtonetError as error:
            raise self.fault(error.what, error.hint) from None
        return np.asarray(dataset[()])


def is_group(member: Any) -> bool:
    return hasattr(member, "items")


def _is_virtual(member: Any) -> bool:
    return bool(getattr(member, "is_virtual", False))


@contextmanager
def reading(path: str | os.PathLike, fault: Fault, purpose: str) -> Iterator[Hdf5File]:
    """A file to read; what h5py finds wrong with it becomes an error of ours."""
    module = h5py_module(purpose)
    try:
        with module.File(path, "r") as file:
            yield Hdf5File(file, fault)
    except ProtonetError:
        raise
    except FileNotFoundError as error:
        raise fault("no such file", "") from error
    except (OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError) as error:
        # h5py has an exception of another kind for each kind of damage.
        reason = " ".join(str(error).split())[:200]
        raise fault(f"the HDF5 file is damaged: {reason}", "get or write it again") from error
