"""Launch: whether a launcher of MPI started this process, as one of how many."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple


class Launch(NamedTuple):
    """This process is `rank` (from 0) of `size`."""

    rank: int = 0
    size: int = 1


#: Variables in which launchers tell size and rank.
_VARIABLES = (
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),  # mpirun of Open MPI
    ("PMI_SIZE", "PMI_RANK"),  # that of MPICH and Intel MPI; srun --mpi=pmi2
    ("MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"),  # that of MVAPICH
    ("SLURM_STEP_NUM_TASKS", "PMIX_RANK"),  # srun --mpi=pmix
)


def launched(environment: Mapping[str, str] = os.environ) -> Launch:
    """As the environment tells; without a launcher one process alone.

    >>> launched({"PMI_SIZE": "4", "PMI_RANK": "2"})
    Launch(rank=2, size=4)
    """
    for size, rank in _VARIABLES:
        words = environment.get(size, ""), environment.get(rank, "")
        if all(word.isdecimal() for word in words):
            return Launch(int(words[1]), int(words[0]))
    return Launch()


def again(environment: Mapping[str, str] = os.environ) -> str:
    """What a command begins with that is to be run by as many processes; "" for one.

    >>> again({"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2"})
    'mpirun -n 4 '
    """
    size = launched(environment).size
    step = "SLURM_STEP_ID" in environment and "OMPI_COMM_WORLD_SIZE" not in environment
    return f"{'srun' if step else 'mpirun'} -n {size} " if size > 1 else ""
