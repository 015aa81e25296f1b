"""The solver of a fine-tuning: how long, how fast, how often tested."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Items of a batch where nobody says how many.
BATCH = 32
#: The largest batch of a test.
_TEST_BATCH = 100
#: A test batch smaller than this is not worth that every example counts just once.
_SMALL = 8


@dataclass(frozen=True)
class Course:
    """batch, test_batch: items of an iteration.  epoch: iterations in which about each example
    is seen once.  test_iter: iterations of a test.  exact: whether each counts once there."""

    batch: int
    test_batch: int
    epoch: int
    test_iter: int
    exact: bool

    @classmethod
    def of(cls, train: int, test: int, batch: int | None = None) -> Course:
        """For so many examples to learn from and to test with."""
        size = min(batch or BATCH, train)
        largest = max(d for d in range(1, min(test, _TEST_BATCH) + 1) if test % d == 0)
        exact = largest >= min(test, _SMALL)
        tested = largest if exact else min(test, BATCH)
        return cls(size, tested, math.ceil(train / size), math.ceil(test / tested), exact)


def solver_text(
    course: Course,
    paths: tuple[str, str, str],
    *,
    rate: float,
    iterations: int,
    seed: int,
    titles: tuple[str, str],
) -> str:
    """The text of a solver.  paths: of the net, of the weights, and what the names of snapshots
    begin with.  iterations: of all.  titles: what is learnt, and the command that does it."""
    net, weights, prefix = paths
    first = max(1, iterations * 2 // 3)
    interval = min(course.epoch, iterations)
    once = "Each test example counts once." if course.exact else "A few examples count twice."
    return f"""\
# {titles[0]}
#   {titles[1]}
# Paths are whole ones, so that it can be started from anywhere.
net: "{net}"

# Where it starts: layers that have the same name there begin with these weights.
weights: "{weights}"

# {course.test_iter} x {course.test_batch} pictures a test. {once}
test_iter: {course.test_iter}
# About once around in {course.epoch} iterations of {course.batch}.
test_interval: {interval}

# Small, so that what is known is not forgotten; the new layers learn faster by their lr_mult.
base_lr: {rate:g}
momentum: 0.9
weight_decay: 0.0005

# A tenth of the rate for the last third.
lr_policy: "multistep"
gamma: 0.1
stepvalue: {first}
max_iter: {iterations}

display: {max(1, min(20, interval))}

# Written at the end: these names with _iter_N.caffemodel and _iter_N.solverstate behind.
snapshot_prefix: "{prefix}"
random_seed: {seed}
solver_mode: CPU
"""
