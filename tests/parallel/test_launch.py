"""How a process learns that it is one of several."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.cli.train_options import _search_lines
from protonet.parallel.launch import Launch, again, launched
from protonet.solvers.trials import LrSearch


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Launch(0, 1)),
        ({"OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": "2"}, Launch(2, 3)),
        ({"PMI_SIZE": "4", "PMI_RANK": "0"}, Launch(0, 4)),
        ({"SLURM_STEP_NUM_TASKS": "8", "PMIX_RANK": "7"}, Launch(7, 8)),
        ({"SLURM_NTASKS": "8", "SLURM_PROCID": "0"}, Launch(0, 1)),  # a batch script, no srun
        ({"PMI_SIZE": "", "PMI_RANK": ""}, Launch(0, 1)),
    ],
)
def test_launchers(environment, expected):
    assert launched(environment) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"}, ""),
        ({"OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": "2"}, "mpirun -n 3 "),
        ({"PMI_SIZE": "4", "PMI_RANK": "0"}, "mpirun -n 4 "),
        ({"PMI_SIZE": "4", "PMI_RANK": "0", "SLURM_STEP_ID": "0"}, "srun -n 4 "),
    ],
)
def test_the_next_command_is_started_alike(environment, expected):
    assert again(environment) == expected


def test_a_rate_that_several_found_is_for_as_many(monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "2")
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "0")
    search = LrSearch(np.array([0.01, 0.1, 1.0]), np.array([4.0, 1.0, 3.0]))
    assert "Next: mpirun -n 2 protonet train s.prototxt" in _search_lines(search, "s.prototxt")[-1]
