"""What a process holds, sample by sample, and whether that grows."""

from __future__ import annotations

import gc
import os
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

HOURS = 8
CALLS = 1_000_000
MOST_GROWTH = 64 << 20  # bytes in eight hours
_NOISE = 1 << 19  # bytes: an allocator gets as much at once
_WARM_UP = 0.25  # of the run: caches fill, arrays get their places
_SAMPLES = 200


class Sample(NamedTuple):
    calls: int
    seconds: float
    memory: int  # bytes that are resident
    threads: int
    descriptors: int
    files: int  # in the folder that is worked in, temporary ones among them


class Line(NamedTuple):
    """A slope fitted to samples, with its standard error."""

    slope: float
    error: float

    def least(self, times: float) -> float:
        """The growth over so many steps that is beyond doubt: three errors below the slope."""
        return (self.slope - 3 * self.error) * times

    def most(self, times: float) -> float:
        """The growth over so many steps that cannot be excluded: three errors above the slope."""
        return (self.slope + 3 * self.error) * times


def watched(call: Callable[[], object], folder: Path, seconds: float) -> list[Sample]:
    """Samples of this process while it does the same again and again, in equal steps of time."""
    start = time.monotonic()
    samples: list[Sample] = []
    calls = 0
    while (now := time.monotonic() - start) < seconds or not samples:
        call()
        calls += 1
        if now >= seconds * len(samples) / _SAMPLES:
            samples.append(_sample(calls, now, folder))
    return samples


def _sample(calls: int, seconds: float, folder: Path) -> Sample:
    gc.collect()  # what waits for it is not lost
    own = Path("/proc/self")
    memory = int((own / "statm").read_text().split()[1]) * resource.getpagesize()
    files = sum(len(names) for _, _, names in os.walk(folder))
    threads, descriptors = (len(os.listdir(own / part)) for part in ("task", "fd"))
    return Sample(calls, seconds, memory, threads, descriptors, files)


def warm(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Without those of the warm-up."""
    return samples[int(len(samples) * _WARM_UP) :]


def line(x: Sequence[float], y: Sequence[float]) -> Line:
    """Least squares.  The errors of neighbours are alike (memory stays where it was), so the
    standard error counts as many samples as are independent."""
    dx, dy = np.asarray(x, float) - np.mean(x), np.asarray(y, float) - np.mean(y)
    if len(dx) < 3 or not dx.any():
        return Line(0.0, np.inf)
    slope = float(dx @ dy / (dx @ dx))
    rest = dy - slope * dx
    variance = float(rest @ rest) / (len(dx) - 2)
    if not variance:
        return Line(slope, 0.0)
    alike = min(max(float(rest[1:] @ rest[:-1] / (rest @ rest)), 0.0), 0.999)
    return Line(slope, float(np.sqrt(variance / (dx @ dx) * (1 + alike) / (1 - alike))))


def faults(samples: Sequence[Sample]) -> list[str]:
    """What grows, beyond doubt."""
    seen = warm(samples)
    found = []
    memory = line([s.seconds for s in seen], [s.memory for s in seen])
    least = memory.least(HOURS * 3600)
    if least > MOST_GROWTH and memory.slope * (seen[-1].seconds - seen[0].seconds) > _NOISE:
        found.append(f"memory grows: at least {_mib(least)} in {HOURS} hours")
    quarter = -(-len(seen) // 4)
    for name in ("threads", "descriptors", "files"):
        counts = [getattr(sample, name) for sample in seen]
        before, after = max(counts[:quarter]), min(counts[-quarter:])
        if after > before:
            found.append(f"{name} grow: from {before} to {after}")
    return found


def told(name: str, samples: Sequence[Sample]) -> str:
    """A line for SECURITY.md."""
    seen = warm(samples)
    first, last = seen[0], seen[-1]
    memory = [s.memory for s in seen]
    hours, calls = (line(x, memory) for x in ([s.seconds for s in seen], [s.calls for s in seen]))
    return (
        f"{name}: {last.calls:,} calls in {last.seconds / 60:.1f} minutes, "
        f"{_mib(first.memory)} after the warm-up, {_mib(last.memory)} at the end, "
        f"which comes to {_range(hours, HOURS * 3600)} in {HOURS} hours and "
        f"{_range(calls, CALLS)} in {CALLS:,} calls; "
        f"threads {first.threads} to {last.threads}, descriptors {first.descriptors} to "
        f"{last.descriptors}, files {first.files} to {last.files}"
    )


def _range(fitted: Line, times: float) -> str:
    return f"{_mib(fitted.slope * times)} (at most {_mib(fitted.most(times))})"


def _mib(size: float) -> str:
    return f"{size / 2**20:,.1f} MiB"
