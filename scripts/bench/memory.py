"""What a net takes of memory: its peak over what the libraries take alone, and what stays of it.

A contender is a process of its own, which does one task.  Linux only: /proc tells.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .race import ROOT

#: What each contender loads before there is a net.
LIBRARIES = {
    "protonet": ["protonet.solvers", "protonet.net.net", "protonet.layers"],
    "optimized": ["protonet.net.net", "protonet.net.optimise", "protonet.layers"],
    "torch": ["torch"],
    "opencv": ["cv2"],
}
CALLS = 3
CLEAR = Path("/proc/self/clear_refs")


def resident(peak: bool = False) -> int:
    """Bytes of this process in memory now, or at most since `CLEAR` was last written."""
    word = "VmHWM:" if peak else "VmRSS:"
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(word):
            return int(line.split()[1]) << 10
    raise OSError(f"/proc/self/status has no {word}")


def work(who: str, job: dict[str, Any]) -> dict[str, float]:
    """One task of a contender: megabytes at its peak, and after it is gone."""
    from .contenders import CONTENDERS

    for name in LIBRARIES[who]:
        importlib.import_module(name)
    gc.collect()
    before = resident()
    CLEAR.write_text("5")
    contender = CONTENDERS[who](job)
    (task,) = contender.tasks.values()
    for _ in range(CALLS):
        task()
    peak = resident(peak=True)
    del contender, task
    gc.collect()
    return {"peak": (peak - before) / 1e6, "after": (resident() - before) / 1e6}


def measure(
    order: dict[str, Any], python: dict[str, str]
) -> dict[str, dict[str, dict[str, float]]]:
    """By task and contender.  python: the interpreter of each."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    tasks = [(f"infer {n}", {"images": [n], "train": ""}) for n in order["images"]]
    if order["train"]:
        tasks.append(("train", {"images": []}))
    for task, changes in tasks:
        for who in python:
            if who in LIBRARIES and (who in ("protonet", "torch") or task != "train"):
                job = {**order, **changes}
                row = run(python[who], who, job)
                if row:
                    found.setdefault(task, {})[who] = row
    return found


def run(python: str, who: str, job: dict[str, Any]) -> dict[str, float] | None:
    """None where the contender does not run; why, it has said itself."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "scripts")])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(job["threads"]))
    done = subprocess.run(
        [python, "-m", "bench.memory", who],
        input=json.dumps(job),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, **threads},
    )
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def show(name: str, found: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = [f"{name + ', MB':<24}{'contender':<14}{'peak':>8}{'after':>8}{'protonet over it':>18}"]
    for task, row in found.items():
        for who, memory in row.items():
            ratio = row["protonet"]["peak"] / memory["peak"]
            lines.append(
                f"{task:<24}{who:<14}{memory['peak']:>8.0f}{memory['after']:>8.0f}{ratio:>18.2f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], json.loads(sys.stdin.read()))))
