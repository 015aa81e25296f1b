"""Every row through every check; and no layer without a row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import protonet.layers
from protonet.core.registry import layer_class, layer_types
from tests.harness.bench import layer_parameter
from tests.harness.check_layer import Check, checks_for
from tests.harness.row import Row

from .table import ROWS

FOLDER = Path(protonet.layers.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))

#: Types that a row cannot drive (they read files or are handed arrays): tested on their own.
WITHOUT_ROW = {
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
    here = f"protonet.layers.{module}"
    mine = [name for name in layer_types() if layer_class(name).__module__ == here]
    assert [snake(name).replace("_", "") for name in mine] == [module.replace("_", "")]
    assert layer_class(mine[0]).__name__ == mine[0]


@pytest.mark.parametrize("name", layer_types())
def test_every_type_has_a_row(name: str) -> None:
    rows = [row.name for row in ROWS if layer_parameter(row).type == name]
    assert bool(rows) != (name in WITHOUT_ROW), rows


@pytest.mark.parametrize("name", layer_types())
def test_every_type_tells_what_it_does(name: str) -> None:
    assert (layer_class(name).__doc__ or "").strip()
