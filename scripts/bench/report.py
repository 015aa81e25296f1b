"""What a race has shown: for the screen, as JSON, and as README's table."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from .race import Times

#: Where the figures lie that README's table is made of.
RESULTS = Path(__file__).with_name("results.json")
#: Largest difference of two contenders' answers, over the largest value, that rounding makes.
ROUNDING = 1e-3


def show(row_names: dict[str, str], times: Times, bounds: dict[str, float]) -> str:
    """A table of one net: median / best, and each one's ratio to protonet, below 1: we are
    faster."""
    others = [who for who in row_names if who != "protonet"]
    head = "".join(f"{row_names[who]:>22}{'ratio':>14}" for who in others)
    lines = [f"{'ms':<10}{row_names['protonet']:>20}{'bound':>9}{head}"]
    for task, row in times.items():
        ours = row["protonet"]
        line = f"{task:<10}{pair(ours):>20}{bounds.get(task, float('nan')):>9.3g}"
        for who in others:
            if who in row:
                ratio = {key: ours[key] / row[who][key] for key in ours}
                line += f"{pair(row[who]):>22}{pair(ratio, 2):>14}"
            else:
                line += f"{'-':>22}{'':>14}"
        lines.append(line)
    return "\n".join(lines)


def pair(values: dict[str, float], digits: int = 3) -> str:
    return f"{values['median']:.{digits}f} / {values['best']:.{digits}f}"


def differences(answers: dict[str, Any]) -> list[str]:
    """A line for each contender that does not compute what protonet does."""
    ours = answers["protonet"]
    lines = []
    for who, theirs in answers.items():
        if ours is None or theirs is None:
            continue
        largest = max(map(abs, ours))
        if len(ours) != len(theirs):
            lines.append(f"{who}: {len(theirs)} values for {len(ours)}")
        elif (far := max(abs(a - b) for a, b in zip(ours, theirs))) > ROUNDING * largest:
            lines.append(f"{who}: other values: {far:.3g} off in {largest:.3g}")
    return lines


def overhead(times: Times) -> list[str]:
    """A line for each task that `compiled` and a bare session have run on the same file."""
    return [
        f"compiled over session, {task}: "
        + pair({key: row["compiled"][key] / row["session"][key] for key in row["session"]}, 2)
        for task, row in times.items()
        if {"compiled", "session"} <= row.keys()
    ]


def machine(threads: int, sgemm: float, memory: float) -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": processor(),
        "threads": threads,
        "python": platform.python_version(),
        "sgemm GFLOP/s": round(2e-9 * sgemm, 1),
        "memory GB/s": round(1e-9 * memory, 1),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def save(path: Path, head: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"machine": head, "rows": rows}, indent=1) + "\n", encoding="utf-8")


def readme_table(path: Path = RESULTS) -> str:
    """The medians of a run as a table, with its machine and date."""
    result = json.loads(path.read_text(encoding="utf-8"))
    head, rows = result["machine"], result["rows"]
    names: dict[str, str] = {}
    for row in rows:
        names |= row["versions"]
    peers = [who for who in names if who != "protonet"]
    speed = f"{head['sgemm GFLOP/s']:.0f} GFLOP/s, {head['memory GB/s']:.0f} GB/s"
    load = "" if head["load"] is None else f", load {head['load']}"
    told = (
        f"Threads: {head['threads']}, of an {head['processor']} ({speed}{load}), {head['date']}; "
        "medians in milliseconds, in brackets what protonet, plain and optimized, takes of the "
        "peer's time (below 1: protonet is faster).  Optimized is as `protonet time --optimize` "
        "runs it: in as many processes as the others have threads:"
    )
    columns = ["", names["protonet"], *(names[who] for who in peers), "bound"]
    lines = [told, "", line(columns), line(["---"] * len(columns))]
    for row in rows:
        ours = row["ms"]["protonet"]["median"]
        cells = [f"{row['net']}, {row['task']}", figure(ours)]
        for who in peers:
            theirs = row["ms"].get(who)
            cells.append(beside(who, row["ms"]) if theirs else "")
        lines.append(line([*cells, figure(row["bound"]) if row["bound"] else ""]))
    return "\n".join(lines)


def beside(who: str, ms: dict[str, dict[str, float]]) -> str:
    """A contender's time, and what ours are of a peer's."""
    theirs = ms[who]["median"]
    if who == "optimized":
        return figure(theirs)
    ratios = [ms[each]["median"] / theirs for each in ("protonet", "optimized") if each in ms]
    return f"{figure(theirs)} ({' / '.join(f'{ratio:.2f}' for ratio in ratios)})"


def line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def figure(ms: float) -> str:
    """Three digits."""
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.3g}"
