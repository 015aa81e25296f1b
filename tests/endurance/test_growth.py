"""What grows is found, what does not is not; each load for a moment."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from protonet.kernels import threads

from .growth import Sample, faults, line, told, warm, watched
from .loads import LOADS

RNG = np.random.default_rng(4)


def samples(memory, **others: list[int]) -> list[Sample]:
    """One a second."""
    steady = {name: [5] * len(memory) for name in ("threads", "descriptors", "files")}
    columns = {**steady, **others}
    return [
        Sample(10 * i, float(i), int(value), *(columns[name][i] for name in steady))
        for i, value in enumerate(memory)
    ]


def test_a_line_goes_through_its_points():
    fitted = line([0, 1, 2, 3], [5, 7, 9, 11])
    assert fitted.slope == pytest.approx(2) and fitted.error == 0
    assert fitted.least(10) == fitted.most(10) == pytest.approx(20)


def test_the_error_of_a_line_covers_its_slope():
    """In 200 random walks around a slope of 3 it is inside of three errors, as a rule."""
    x = np.arange(300.0)
    inside = 0
    for _ in range(200):
        rest = np.zeros(300)
        for i in range(1, 300):  # each like the one before
            rest[i] = 0.8 * rest[i - 1] + RNG.normal()
        fitted = line(x, 3 * x + rest)
        inside += fitted.least(1) < 3 < fitted.most(1)
    assert inside > 190


def test_steady_memory_is_no_fault():
    noise = 100 * 2**20 + RNG.normal(0, 2**16, 400)
    assert faults(samples(noise)) == []
    stairs = 100 * 2**20 + np.repeat([0, 2**18], [300, 700])  # a cache that found its size
    assert faults(samples(stairs)) == []


def test_a_leak_is_a_fault():
    leak = 100 * 2**20 + 20_000 * np.arange(400) + RNG.normal(0, 2**16, 400)
    (fault,) = faults(samples(leak))
    at_least = float(fault.split("at least ")[1].split(" MiB")[0])
    assert 450 < at_least < 20_000 * 8 * 3600 / 2**20
    text = told("load", samples(leak))
    assert "load: 3,990 calls in 6.7 minutes" in text
    extrapolated = float(text.split("which comes to ")[1].split(" MiB")[0])
    assert extrapolated == pytest.approx(20_000 * 8 * 3600 / 2**20, rel=0.02)


@pytest.mark.parametrize("name", ["threads", "descriptors", "files"])
def test_one_more_of_what_is_counted_is_a_fault(name):
    flat = [2**20] * 100
    assert faults(samples(flat, **{name: [5] * 30 + [6, 7] * 35})) == []  # to and fro
    assert faults(samples(flat, **{name: [5] * 60 + [6] * 40})) == [f"{name} grow: from 5 to 6"]


def test_what_a_process_holds_is_seen(tmp_path: Path):
    kept, files, threads = [], [], []
    stop = threading.Event()

    def call() -> None:
        kept.append(np.ones(1 << 23))  # 64 MiB, more than any heap keeps free
        files.append(open(tmp_path / f"{len(files)}", "w"))  # noqa: SIM115
        threads.append(threading.Thread(target=stop.wait))
        threads[-1].start()

    try:
        before, after = watched(call, tmp_path, 0)[0], watched(call, tmp_path, 0)[0]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for file in files:
            file.close()
    assert after.memory - before.memory > 60 * 2**20
    assert after.threads - before.threads == after.descriptors - before.descriptors == 1
    assert after.files - before.files == 1


@pytest.mark.parametrize("name", LOADS)
def test_a_load_keeps_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A moment of it: threads, descriptors and files, and memory as far as a moment tells."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    # The threads of BLAS end with a fork and those of kernels with other tests: have them all.
    square = np.ones((512, 512))
    np.dot(square, square)
    threads.run(lambda i: None, 2 * threads.num_threads())
    with LOADS[name](tmp_path) as call:
        for _ in range(45):  # each command of the table a few times, two snapshots of a training
            call()
        seen = watched(call, tmp_path, 1.0)
    assert not [fault for fault in faults(seen) if "memory" not in fault]
    settled = warm(seen)
    assert settled[-1].memory - settled[0].memory < 8 << 20
