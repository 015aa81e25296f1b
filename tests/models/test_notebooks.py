"""The notebooks run from top to bottom; what they assert holds, and they carry no outputs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

MODELS = Path(__file__).resolve().parents[2] / "models"
NOTEBOOKS = sorted(MODELS.glob("notebooks/*.ipynb"))


def test_there_are_five_in_the_order_of_reading() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["1_", "2_", "3_", "4_", "5_"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_clean_and_says_what_it_is_for(path: Path) -> None:
    """It opens with what one can do after it, its links lead somewhere, outputs are not kept."""
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    opening = notebook.cells[0].source
    assert opening.startswith("# ") and "After this notebook you can\n\n- " in opening
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
            continue
        for target in re.findall(r"\]\(([^)#:]+)\)", cell.source):
            assert path.parent.joinpath(target).exists(), target


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*")  # of Jupyter's own
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    path: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch
) -> None:
    """Beside the models, as `protonet init` lays them out."""
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path_factory.getbasetemp() / "datasets"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(MODELS.parent))
    shutil.copytree(MODELS, tmp_path / "models")
    notebook = nbformat.read(path, 4)
    folder = str(tmp_path / "models" / "notebooks")
    resources = {"metadata": {"path": folder}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    pictures = [
        output for cell in cells for output in cell.outputs if "image/png" in output.get("data", {})
    ]
    assert pictures, "a notebook shows something"
    printed = "".join(o.get("text", "") for cell in cells for o in cell.outputs)
    assert "Traceback" not in printed
