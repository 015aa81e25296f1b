"""Who may import whom: strictly downwards, without cycles, and little at first."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import protonet

PACKAGE = Path(protonet.__file__).parent
LEVELS = {
    "slips": -1,
    "version": -1,
    "errors": 0,
    "log": 0,
    "budget": 0.5,
    "files": 0.5,
    "proto": 1,
    "kernels": 1,
    "edit": 1.5,
    "core": 2,
    "data": 3,
    "layers": 4,
    "net": 5,
    "prediction": 6,
    "solvers": 6,
    "evaluation": 6.5,
    "callbacks": 6.5,
    "finetuning": 6.5,
    "parallel": 7,
    "study": 7,
    "viz": 7,
    "check": 7,
    "export": 7,
    "engines": 7.5,
    "importers": 7.5,
    "pycaffe": 8,
    "plots": 8,
    "__init__": 8.5,  # the public face, on top of all but the command line
    "cli": 9,
    "__main__": 10,
}
#: Packages of one level do not know each other, and these not even those below them.
FORBIDDEN = {("core", "kernels")}
DEPENDENCIES = {"numpy", "google", "threadpoolctl"}


class Import(NamedTuple):
    """A module of this package that imports another one."""

    source: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{path_of(self.source)}:{self.line} imports {self.target}"


def modules() -> dict[str, Path]:
    """Dotted names below `protonet`, with their files; a package is its __init__."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def path_of(module: str) -> str:
    return MODULES[module].relative_to(PACKAGE.parent).as_posix()


def imports(module: str) -> Iterator[Import]:
    """All imports of a module from this package: those inside of functions, and those that
    only a type checker sees, count as any other."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        for target in _targets(module, node):
            yield Import(module, target, node.lineno)


def _targets(module: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
    if not isinstance(node, ast.ImportFrom):
        return
    base = _base(module, node)
    for alias in node.names if base in MODULES else ():
        name = f"{base}.{alias.name}"
        yield name if name in MODULES else base


def _base(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    is_package = MODULES[module].name == "__init__.py"
    parents = module.split(".") + (["__init__"] if is_package else [])
    return ".".join(parents[: -node.level] + ([node.module] if node.module else []))


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


ALL = [found for module in MODULES for found in imports(module)]


def test_every_part_has_a_level() -> None:
    unknown = {room(module) for module in MODULES} - LEVELS.keys()
    assert not unknown, f"give these a level: {sorted(unknown)}"


def allowed(found: Import) -> bool:
    mine, theirs = room(found.source), room(found.target)
    below = LEVELS[theirs] < LEVELS[mine] and (mine, theirs) not in FORBIDDEN
    return mine == theirs or below


def test_imports_go_downwards() -> None:
    upward = [str(found) for found in ALL if not allowed(found)]
    assert not upward, "\n".join(["", *upward])


def test_there_are_no_cycles() -> None:
    graph: dict[str, list[Import]] = {module: [] for module in MODULES}
    for found in ALL:
        if found.target != found.source:
            graph[found.source].append(found)
    done: set[str] = set()
    for module in MODULES:
        cycle = _cycle(module, graph, done, [])
        assert not cycle, "\n".join(["", *map(str, cycle)])


def _cycle(
    module: str, graph: dict[str, list[Import]], done: set[str], path: list[Import]
) -> list[Import]:
    if module in done:
        return []
    for found in graph[module]:
        on_path = [step.source for step in path] + [module]
        if found.target in on_path:
            return [*path, found][on_path.index(found.target) :]
        cycle = _cycle(found.target, graph, done, [*path, found])
        if cycle:
            return cycle
    done.add(module)
    return []


def test_kernels_and_core_know_no_protobuf() -> None:
    faults = [
        f"{path_of(module)}:{line} imports {name}"
        for module in MODULES
        if room(module) in ("kernels", "core")
        for name, line in outside(module)
        if name.startswith("google")
    ]
    assert not faults, "\n".join(["", *faults])


def test_the_executor_knows_steps_and_nothing_else() -> None:
    known = {found.target for found in imports("protonet.net.executor")}
    assert known == {"protonet.kernels.blas", "protonet.net.step"}


def outside(module: str) -> Iterator[tuple[str, int]]:
    """Dotted names of what a module imports from elsewhere, with the line."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or "", node.lineno


def loaded_by(statement: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter has after a statement."""
    code = f"import sys; old = set(sys.modules); {statement}; print(*(set(sys.modules) - old))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "statement",
    ["import protonet", "from protonet import Net, get_solver", "import protonet.layers"],
)
def test_importing_needs_only_the_dependencies(statement: str) -> None:
    foreign = loaded_by(statement) - set(sys.stdlib_module_names) - DEPENDENCIES - {"protonet"}
    # Compiled parts of the above, which are modules of their own.
    foreign = {name for name in foreign if not name.startswith(("_", "cython_runtime"))}
    assert not foreign, f"{statement} loads {sorted(foreign)}"


@pytest.mark.parametrize(
    "statement", ["import protonet", "from protonet.cli.main import overview; overview()"]
)
def test_what_starts_without_numpy(statement: str) -> None:
    assert not {"numpy", "google", "lmdb"} & loaded_by(statement)


def test_a_net_needs_no_modules_of_the_web_and_of_packaging() -> None:
    assert not {"email", "http", "socket", "csv"} & loaded_by("from protonet import Net")
