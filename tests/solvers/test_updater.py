"""The updater's pieces: neighbours joined, big ones cut, any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.core.arena import Arena
from protonet.core.blob import Blob
from protonet.errors import SolverError
from protonet.kernels.threads import num_threads, set_num_threads
from protonet.proto.text import read_solver
from protonet.solvers import SGD
from protonet.solvers.updater import CHUNK, Updater

SHAPES = [(7, 3), (7,), (CHUNK + 5, 2), (2, 2), (3,)]
LR = [1.0, 2.0, 1.0, 1.0, 0.0]
DECAY = [1.0, 0.0, 1.0, 1.0, 1.0]


def updater(fields: str = "") -> Updater:
    text = read_solver("momentum: 0.5\nweight_decay: 0.25\n" + fields)
    rng = np.random.default_rng(5)
    blobs = [Blob(shape) for shape in SHAPES]
    arena = Arena(blobs, np.float32)
    arena.data[:] = rng.normal(size=arena.data.size)
    arena.diff[:] = rng.normal(size=arena.data.size)
    return Updater(text, SGD(text, arena.data.size, np.float32), arena, LR, DECAY)


@pytest.fixture
def threads():
    before = num_threads()
    yield set_num_threads
    set_num_threads(before)


def test_every_parameter_gets_its_own_multipliers():
    one = updater()
    w, g = one.arena.data.copy(), one.arena.diff.copy()
    one.apply(0.1, 0.5)
    for part, lr, decay in zip(one.arena.slices, LR, DECAY):
        step = 0.1 * lr * (0.5 * g[part] + 0.25 * decay * w[part])
        np.testing.assert_allclose(one.arena.data[part], w[part] - step, atol=1e-6)
        np.testing.assert_allclose(one.rule.history[0][part], step, atol=1e-6)
        np.testing.assert_allclose(one.arena.diff[part], step, atol=1e-6)


def test_l1_decay():
    one = updater('regularization_type: "L1"')
    w, g = one.arena.data.copy(), one.arena.diff.copy()
    one.apply(0.1, 1.0)
    part = one.arena.slices[2]
    want = w[part] - 0.1 * (g[part] + 0.25 * np.sign(w[part]))
    np.testing.assert_allclose(one.arena.data[part], want, atol=1e-6)


def test_norm_is_that_of_all_gradients():
    one = updater()
    want = np.sqrt((one.arena.diff.astype(np.float64) ** 2).sum())
    assert one.norm() == pytest.approx(want, rel=1e-6)


def test_the_number_of_threads_changes_no_bit(threads):
    results = []
    for n in (1, 3):
        threads(n)
        one = updater()
        norm = one.norm()
        one.apply(0.1, 1.0 / norm)
        results.append((norm, one.arena.data.tobytes()))
    assert results[0] == results[1]


def test_unknown_regularisation():
    with pytest.raises(SolverError, match=r"<text>:3: unknown regularization_type 'l2'.*'L2'"):
        updater('regularization_type: "l2"')
