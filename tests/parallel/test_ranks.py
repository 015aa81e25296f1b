"""Training by two and by three processes: the numbers of one process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import ranks
from .launching import launch, needs_mpi

pytestmark = needs_mpi


@pytest.fixture(scope="module", params=[2, 3])
def found(request, tmp_path_factory) -> dict[str, Any]:
    """What the program tells: all checks in one launch, which costs more than they do."""
    folder = tmp_path_factory.mktemp("ranks")
    ranks.make_data(folder)
    names = [check.__name__ for check in ranks.CHECKS]
    done = launch(request.param, "-m", "tests.parallel.ranks", str(folder), *names)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "size": request.param}


def test_many_processes_train_like_one_of_their_batches_together(found):
    far = {name: value for name, value in found["same_numbers"].items() if not value < 1e-5}
    assert not far and len(found["same_numbers"]) == 2 * len(ranks.RULES)


def test_they_share_out_tests(found):
    assert len(found["same_scores"]) == 3
    for many, one in found["same_scores"]:
        assert many == pytest.approx(one, rel=1e-6)
    scores = [one["accuracy"] for _, one in found["same_scores"]]
    assert len(set(scores)) > 1  # the records differ from test to test


def test_the_same_bits_every_time(found):
    assert found["same_bits"] == dict.fromkeys(("first", "again", "small", "large"), True)


def test_a_training_goes_on_exactly(found):
    every = [True] * found["size"]
    assert found["resume"] == {
        "noise": every, "noise differ": True, "norm": every, "norm differ": True
    }  # fmt: skip


def test_another_number_of_processes_may_go_on(found):
    assert found["another_number"]["fewer"] < 1e-5
    assert found["another_number"]["more"] < 1e-5


def check_machines(found):
    assert len(found) == 2
    for hosts, (memory, far, same) in found.items():
        together = len({hosts.count(host) for host in hosts}) == 1 and len(set(hosts)) < len(hosts)
        assert memory == together and far < 1e-5 and same, hosts


def test_processes_of_a_machine_share_memory_and_those_of_several_send_messages(found):
    check_machines(found["machines"])
    assert found["no_memory"] == [False] * found["size"]


def test_machines_of_several_processes_each(tmp_path):
    ranks.make_data(tmp_path)
    done = launch(4, "-m", "tests.parallel.ranks", str(tmp_path), "machines")
    assert done.returncode == 0, done.stderr
    check_machines(json.loads(done.stdout)["machines"])


def test_half_precision_has_the_error_that_is_told(found):
    result = found["half"]
    assert result["same"] and not result["exact"] and 0 < result["error"] < 2**-10


def test_statistics_are_each_process_own_or_averaged(found):
    result = found["statistics"]
    assert result["False own"] and result["False kept"] and result["False one score"]
    assert result["True own"] and result["True mean"] and result["True one score"]
    assert not result["True kept"]


def test_what_is_refused(found):
    result = found["refused"]
    assert "'data' (MemoryData): it cannot be shared out" in result["memory"]
    assert "rank 1 of" in result["other"] and "another solver" in result["other"]
    assert "parameters of rank 1 are not those of rank 0 at iteration 2" in result["apart"]


def test_all_do_what_one_is_asked_for(found):
    assert found["signals"]["all"] == [[3, 3, True]] * found["size"]


def test_what_ends_a_training_for_one_ends_it_for_all(found):
    result, size = found["callbacks"], found["size"]
    (iteration, because), *others = result["patience"]
    assert others == [[iteration, because]] * (size - 1)
    assert iteration < ranks.ITERATIONS and "accuracy has not become better in 3 tests" in because
    assert len(set(result["best"])) == 1
    assert result["on_iteration"] == [[3, "enough"]] * size
    assert result["on_report"] == [[2, "enough"]] * size
