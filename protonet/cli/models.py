"""The model files that come with protonet, by name: models/ of a checkout and of a wheel."""

from __future__ import annotations

from pathlib import Path

from ..errors import PrototxtError, did_you_mean

#: What follows a model's name in the names of its files.
SOLVER, TRAIN_TEST, DEPLOY = "_solver.prototxt", "_train_test.prototxt", ".prototxt"


def folder() -> Path:
    """Where they are: inside the package once it is installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def files() -> list[Path]:
    """All of them, with the page that explains them, and the notebooks."""
    patterns = ("*.prototxt", "README.md", "notebooks/*.ipynb")
    return sorted(path for pattern in patterns for path in folder().glob(pattern))


def names(ending: str = SOLVER) -> list[str]:
    """The models that have a file of this kind."""
    found = [path.name.removesuffix(ending) for path in folder().glob(f"*{ending}")]
    return sorted(name for name in found if not f"{name}.".endswith(("_solver.", "_train_test.")))


def model_file(given: str, ending: str) -> str:
    """The file that a command line names: a path, or the name of one of our models.

    A file of that name comes first.  PrototxtError, with the names there are, for a bare
    word that is neither.
    """
    if Path(given).exists() or Path(given).name != given or Path(given).suffix:
        return given
    if given not in names(ending):
        near = did_you_mean(given, names(ending))
        known = f"the models that come with protonet are {', '.join(names(ending))}"
        raise PrototxtError(f"no file '{given}', and no model", near or known)
    return str(folder() / f"{given}{ending}")
