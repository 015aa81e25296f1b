"""How long a fine-tuning goes, and what a test covers."""

from __future__ import annotations

import pytest

from protonet.finetuning.solver import Course, solver_text
from protonet.proto.text import read_solver
from protonet.solvers.checks import doubts, faults


@pytest.mark.parametrize(
    ("train", "test", "batch", "course"),
    [
        (141, 37, None, Course(32, 37, 5, 1, True)),
        (10, 2, None, Course(10, 2, 1, 1, True)),
        (1000, 300, 64, Course(64, 100, 16, 3, True)),
        (1000, 202, 64, Course(64, 32, 16, 7, False)),  # 2 x 101: no batch divides it
        (1000, 10_000, 16, Course(16, 100, 63, 100, True)),
    ],
)
def test_batches(train: int, test: int, batch: int | None, course: Course) -> None:
    assert Course.of(train, test, batch) == course
    if course.exact:
        assert course.test_batch * course.test_iter == test


def test_the_text_is_a_solver_without_faults() -> None:
    course = Course.of(141, 37)
    text = solver_text(
        course,
        ("/n.prototxt", "/a.caffemodel", "/p"),
        rate=0.01,
        iterations=100,
        seed=5,
        titles=("What", "how"),
    )
    definition = read_solver(text)
    assert not [*faults(definition)] and not [*doubts(definition)]
    param = definition.message
    assert (param.base_lr, param.max_iter) == (pytest.approx(0.01), 100)
    assert [*param.stepvalue] == [66] and param.random_seed == 5
    assert (param.test_interval, [*param.test_iter], param.display) == (5, [1], 5)
    assert (param.net, [*param.weights]) == ("/n.prototxt", ["/a.caffemodel"])
    assert param.snapshot_prefix == "/p"
    assert text.startswith("# What\n#   how\n")
