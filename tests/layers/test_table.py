"""Every row through every check; and no layer without a row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import protonet.layers
from protonet.core.layer import Layer
from protonet.core.registry import LAYERS
from tests.harness.check_layer import Check, checks_for, class_of
from tests.harness.row import Row

from .table import ROWS

FOLDER = Path(protonet.layers.__file__).parent
MODULES = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix()
    for path in FOLDER.rglob("[a-z]*.py")
    if path.name != "variants.py"
)

#: Types that a row cannot drive (they read files or are handed arrays): tested on their own.
WITHOUT_ROW = {
    "AnnotatedData",
    "DenseImageData",
    "ImageLabelmapData",
    "ImageSegData",
    "VideoData",
    "Data",
    "ImageData",
    "WindowData",
    "HDF5Data",
    "HDF5Output",
    "MemoryData",
}

PAIRS = [pytest.param(row, fn, id=f"{row}-{fn.__name__}") for row in ROWS for fn in checks_for(row)]


@pytest.mark.parametrize(("row", "check"), PAIRS)
def test_layer_keeps_the_contract(row: Row, check: Check) -> None:
    check(row)


def snake(type_name: str) -> str:
    """InnerProduct -> inner_product, HDF5Data -> hdf5_data, LSTMUnit -> lstm_unit."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", type_name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in ROWS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_registers_the_type_it_is_named_after(module: str) -> None:
    here = f"protonet.layers.{module.replace('/', '.')}"
    (cls,) = [cls for cls in LAYERS.values() if cls.__module__ == here]
    names = [snake(cls.type)]
    if cls.variant:  # two forks' may stand in one folder
        names.append(f"{names[0]}_{cls.forks[0]}")
    assert module.rpartition("/")[2].replace("_", "") in [n.replace("_", "") for n in names]
    assert cls.__name__ == cls.type
    assert bool(cls.forks) == ("/" in module), "forks' layers live in the folder of their family"


@pytest.mark.parametrize("cls", LAYERS.values(), ids=list(LAYERS))
def test_every_type_has_a_row(cls: type[Layer]) -> None:
    rows = [row.name for row in ROWS if class_of(row) is cls]
    assert bool(rows) != (cls.type in WITHOUT_ROW), rows


@pytest.mark.parametrize("cls", LAYERS.values(), ids=list(LAYERS))
def test_every_type_tells_what_it_does(cls: type[Layer]) -> None:
    assert (cls.__doc__ or "").strip()
