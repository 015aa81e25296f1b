"""Contenders in processes of their own, which take turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: By task and contender: milliseconds, the median over the rounds and the best.
Times = dict[str, dict[str, dict[str, float]]]


def work(who: str) -> None:
    """Answer one line of JSON for each line that is asked: first the job, then tasks."""
    from .contenders import CONTENDERS

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is not an answer
    job = json.loads(sys.stdin.readline())
    try:
        contender = CONTENDERS[who](job)
    except (ImportError, NotImplementedError) as error:
        print(json.dumps({"missing": str(error)}), file=answers, flush=True)
        return
    for task in contender.tasks.values():
        repeat(task, min(0.3, job["seconds"]))  # warm up: buffers, threads, chosen kernels
    hello = {
        "version": contender.version,
        "tasks": list(contender.tasks),
        "answer": contender.answer,
    }
    print(json.dumps(hello), file=answers, flush=True)
    for line in sys.stdin:
        ms = repeat(contender.tasks[line.strip()], job["seconds"])
        print(json.dumps(ms), file=answers, flush=True)


def repeat(task: Callable[[], object], seconds: float) -> float:
    """Mean milliseconds of a call, called for so many seconds."""
    count, start = 0, time.perf_counter()
    while True:
        task()
        count += 1
        spent = time.perf_counter() - start
        if spent >= seconds:
            return 1000 * spent / count


class Worker:
    """A contender's process."""

    def __init__(self, who: str, python: str, job: dict[str, Any]) -> None:
        threads = str(job["threads"])
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self.process = subprocess.Popen(
            [python, str(ROOT / "scripts/bench.py"), "--worker", who],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), **dict.fromkeys(variables, threads)},
        )
        self.hello = self.ask(json.dumps(job))

    def ask(self, line: str) -> Any:
        assert self.process.stdin and self.process.stdout
        try:
            print(line, file=self.process.stdin, flush=True)
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            return {"missing": "its process ended; its message stands above"}

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def race(workers: dict[str, Worker], rounds: int) -> Times:
    """They take turns, so that whatever else the machine does hits all of them alike."""
    tasks = workers["protonet"].hello["tasks"]
    times: dict[str, dict[str, list[float]]] = {task: {} for task in tasks}
    for _ in range(rounds):
        for task in tasks:
            for who, worker in workers.items():
                if task in worker.hello["tasks"]:
                    times[task].setdefault(who, []).append(worker.ask(task))
                    time.sleep(0.15)  # let thread pools that spin fall asleep
    return {
        task: {who: {"median": statistics.median(ms), "best": min(ms)} for who, ms in row.items()}
        for task, row in times.items()
    }
