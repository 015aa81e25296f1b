"""How a process learns that it is one of several."""

from __future__ import annotations

import pytest

from protonet.parallel.launch import Launch, launched


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
