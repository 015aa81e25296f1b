#!/usr/bin/env python3
"""Times nets, training and inference: protonet and its peers, side by side.

    python scripts/bench.py                          LeNet, against PyTorch if installed
    python scripts/bench.py --nets all --images 1 16 all nets of scripts/bench/nets.py and models/
    python scripts/bench.py --nets my_train_val.prototxt googlenet
    python scripts/bench.py --against torch opencv onnxruntime
    python scripts/bench.py --nets lstm --train      an LSTM of 512 over 20 steps
    python scripts/bench.py --optimize               Net(..., optimize=True) too
    python scripts/bench.py --engine                 protonet.compile and a bare onnxruntime session
    python scripts/bench.py --peer-python PY         peers live in another environment
    python scripts/bench.py --layers                 protonet's time layer by layer too
    python scripts/bench.py --data                   what reading the database costs
    python scripts/bench.py --memory                 what it takes of memory instead of time
    python scripts/bench.py --growth FILE            time over batch, area and depth, as a picture
    python scripts/bench.py --mpi                    two processes against one: bench/many.py
    python scripts/bench.py --json FILE              keep the figures; "readme": README's own

Each contender is a process of its own with the same number of threads, the same weights and
the same input; they take turns, round by round, so that whatever else the machine does hits all
of them alike.  Figures are milliseconds, each round's mean: the median over the rounds / the
best round.  On a busy machine the best says more.  ratio is protonet over peer, of both
(below 1: protonet is faster).  bound is what sgemm and memory, measured in the same run, allow
to layers one by one: see scripts/bench/bound.py.  Who answers otherwise than protonet is told.

train     forward, backward and SGD update (momentum, weight decay) on one batch
train db  the same, the batch read from the net's own database (--data)
infer N   forward in the TEST phase on N images
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.contenders import CONTENDERS, PEERS
from bench.race import ROOT, Worker, race, work


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--nets", nargs="+", default=["lenet"], help="names, files (deploy or train_val), or all")
    add("--shape", type=int, nargs=3, metavar=("C", "H", "W"), help="of an image of a file")
    add("--against", nargs="*", default=["torch"], choices=PEERS)
    add("--peer-python", default=sys.executable, metavar="PY", help="the Python that has the peers")
    add("--images", type=int, nargs="*", default=[1, 16], metavar="N", help="to infer at once")
    add("--train", action="store_true", help="time training steps too")
    add("--batch", type=int, help="images of a training step (the net's own)")
    add("--threads", type=int, default=os.cpu_count())
    add("--rounds", type=int, default=7)
    add("--seconds", type=float, default=0.5, help="length of a round's turn")
    add("--optimize", action="store_true", help="the optimized net as one more contender")
    add("--engine", action="store_true", help="protonet.compile, and a session on the same file")
    add("--layers", action="store_true", help="protonet's layers one by one")
    add("--data", action="store_true", help="train from the database too")
    add("--json", metavar="FILE", help='write the figures ("readme": for README\'s table)')
    add("--memory", action="store_true", help="megabytes, not milliseconds")
    add("--growth", metavar="FILE", help="draw how time grows: a .png or .svg")
    add("--mpi", nargs="*", metavar="NET", help="train with two processes, and project more")
    add("--worker", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    if args.worker:
        return work(args.worker)
    sys.path.insert(0, str(ROOT))
    from bench import bound, growth, many, nets, report

    if args.growth:
        found = growth.measure(args.threads, args.seconds)
        growth.draw(found, Path(args.growth))
        print(growth.show(found))
        return None
    if args.mpi is not None:
        rounds = min(args.rounds, 3)
        names, seconds = args.mpi or [*many.NETS], args.seconds
        found = many.report(names, seconds, rounds, args.batch, projected=not args.mpi)
        if args.json:
            Path(args.json).write_text(json.dumps(found, indent=1), "utf-8")
        return None
    speed = bound.measure(args.threads)
    head = report.machine(args.threads, *speed)
    print(", ".join(f"{key} {value}" for key, value in head.items()))
    rows: list[dict[str, Any]] = []
    for name in nets.known() if args.nets == ["all"] else args.nets:
        rows += measure(name, args, speed)
    if args.json:
        path = report.RESULTS if args.json == "readme" else Path(args.json)
        report.save(path, head, rows)


def measure(name: str, args: argparse.Namespace, speed: Any) -> list[dict[str, Any]]:
    """Race for one net; a row for each task."""
    from bench import bound, job, layers, nets, recurrent, report

    with tempfile.TemporaryDirectory() as folder:
        if name == "lstm":
            order = recurrent.prepare(Path(folder))
        else:
            order = job.prepare(name, args.shape, Path(folder))
        order |= {key: getattr(args, key) for key in ("images", "threads", "seconds", "data")}
        order["batch"] = args.batch or nets.batch(order["name"])
        if name == "lstm":
            order["images"] = []
        if not (args.train or args.data):
            order["train"] = ""
        if args.memory:
            return in_memory(args, order)
        workers = start(args, order)
        times = race(workers, args.rounds)
        for worker in workers.values():
            worker.close()
        allowed = bound.bounds(order, speed)
        versions = {who: worker.hello["version"] for who, worker in workers.items()}
        print(f"\n{order['name']}, training batch {order['batch']}, {args.rounds} rounds:")
        print(report.show(versions, times, allowed))
        answers = {who: worker.hello["answer"] for who, worker in workers.items()}
        for warning in report.differences(answers):
            print(f"WRONG: {warning}")
        for told in report.overhead(times):
            print(told)
        if args.data:
            memory, store = (times[task]["protonet"]["median"] for task in ("train", "train db"))
            print(f"database over memory: {store / memory:.2f}")
        if args.layers:
            print(layers.table(order))
    label = {"train": f"training step, {order['batch']} images"}
    return [
        {
            "net": order["name"],
            "task": label.get(task, task.replace("infer", "images:")),
            "bound": allowed.get(task),
            "versions": versions,
            "ms": row,
        }
        for task, row in times.items()
    ]


def in_memory(args: argparse.Namespace, order: dict[str, Any]) -> list[dict[str, Any]]:
    """What the contenders take of memory; a row for each task."""
    from bench import memory

    ours = dict.fromkeys(["protonet", *["optimized"] * args.optimize], sys.executable)
    found = memory.measure(order, ours | dict.fromkeys(args.against, args.peer_python))
    print("\n" + memory.show(order["name"], found))
    return [{"net": order["name"], "task": task, "MB": row} for task, row in found.items()]


def start(args: argparse.Namespace, order: dict[str, Any]) -> dict[str, Worker]:
    """All contenders that run here; why others do not is told."""
    from protonet.errors import pip_install

    workers = {}
    ours = ["protonet", *["optimized"] * args.optimize, *["compiled", "session"] * args.engine]
    for who in [*ours, *args.against]:
        python = args.peer_python if who in PEERS else sys.executable
        worker = Worker(who, python, order)
        if "missing" not in worker.hello:
            workers[who] = worker
            continue
        worker.close()
        if who == "protonet":
            sys.exit(f"bench: protonet does not run: {worker.hello['missing']}")
        hint = f" ({pip_install('bench')}, or --peer-python with a Python that has it)"
        print(f"{who}: left out: {worker.hello['missing']}{hint}")
    return workers


if __name__ == "__main__":
    main()
