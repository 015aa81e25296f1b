"""Golden data: numbers recorded from the reference, and how to compare with them.

`tests/conformance/README.md` explains the files; the rules of comparison are its own.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protonet.core.context import TEST, TRAIN

CONFORMANCE = Path(__file__).resolve().parents[1] / "conformance"
PHASE = {"TRAIN": TRAIN, "TEST": TEST}


def index(name: str) -> Any:
    """The content of a JSON file below tests/conformance."""
    return json.loads((CONFORMANCE / name).read_text())


def arrays(folder: Path) -> dict[str, NDArray]:
    with np.load(folder / "case.npz") as file:
        return {name: file[name] for name in file.files}


def under(case: Mapping[str, NDArray], prefix: str) -> dict[str, NDArray]:
    """The arrays whose key starts with `prefix/`, by the rest of the key."""
    return {
        key[len(prefix) + 1 :]: value for key, value in case.items() if key.startswith(prefix + "/")
    }


def param_key(name: str) -> tuple[str, int]:
    """'conv1/0' -> ('conv1', 0)."""
    layer, _, number = name.rpartition("/")
    return layer, int(number)


@contextmanager
def working_copy(source: Path, target: Path) -> Iterator[Path]:
    """A copy of the folder `source`, as current directory."""
    copy, before = target / source.name, Path.cwd()
    shutil.copytree(source, copy)
    os.chdir(copy)
    try:
        yield copy
    finally:
        os.chdir(before)


class Comparison:
    """Collects all differences of a case, so that one run shows them all."""

    def __init__(self, tolerance: Mapping[str, Any]) -> None:
        self.tolerance = tolerance
        self.faults: list[str] = []

    def value(self, name: str, got: ArrayLike, want: ArrayLike) -> None:
        got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
        if got.shape != want.shape:
            self.faults.append(f"{name}: shape {got.shape}, wanted {want.shape}")
            return
        worst = float(np.abs(got - want).max(initial=0))
        error = worst / max(np.abs(want).max(initial=0), self.tolerance["floor"])
        allowed = self.tolerance["value"]
        # Not `error > allowed`: a NaN must not pass.
        if not (error <= allowed or worst <= self.tolerance.get("abs", -1)):
            where = np.unravel_index(np.nanargmax(np.abs(got - want)), got.shape) if worst else ()
            self.faults.append(f"{name}: error {error:.2g} > {allowed:.0e}, worst at {where}")

    def equal(self, name: str, got: Any, want: Any) -> None:
        if got != want:
            self.faults.append(f"{name}: {got}, wanted {want}")

    def check(self) -> None:
        assert not self.faults, "\n".join(["", *self.faults])
