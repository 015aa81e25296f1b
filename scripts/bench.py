#!/usr/bin/env python3
"""Times a net's training step and inference: protonet and its peers, side by side.

    python scripts/bench.py                          protonet and, if installed, PyTorch
    python scripts/bench.py --against torch opencv   these peers
    python scripts/bench.py --peer-python PY         peers live in another environment
    python scripts/bench.py --layers                 protonet's time layer by layer too
    python scripts/bench.py --data                   what reading the database costs
    python scripts/bench.py --net models/conv_net_train_test.prototxt

Each contender is a process of its own with the same number of threads and the same
input; they take turns, round by round, so that whatever else the machine does hits all
of them alike.  Figures are milliseconds, each round's mean: the median over the rounds / the
best round.  On a busy machine the best says more.  ratio is protonet over peer, of both
(below 1: protonet is faster).

train     forward, backward and SGD update (momentum, weight decay) on one batch
train db  the same, the batch read from the net's own database (--data)
infer N   forward in the TEST phase on N images
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RATE, MOMENTUM, DECAY = 1e-4, 0.9, 5e-4
SKIPPED = {"Data", "Input", "Accuracy", "SoftmaxWithLoss", "Softmax"}
Tasks = dict[str, Callable[[], object]]


# -- what is measured ----------------------------------------------------------------------


def chain(net: Path) -> tuple[list[dict[str, Any]], list[int]]:
    """The net as a list of plain layers that every peer can build, and one image's shape.

    Only chains of the layers that the files of models/ use; the data layers give the
    image's shape and are left out, nobody's disk is measured.
    """
    from protonet.proto import caffe_pb2 as pb
    from protonet.proto.text import read_net

    layers, shape = [], [1, 28, 28]
    for layer in read_net(net).message.layer:
        if layer.type == "Data":
            size = layer.transform_param.crop_size
            shape = [1 if layer.transform_param.force_gray else 3, size, size]
        elif layer.type == "Convolution":
            p = layer.convolution_param
            layers.append(
                {
                    "type": "conv",
                    "n": p.num_output,
                    "k": p.kernel_size[0],
                    "pad": p.pad[0] if p.pad else 0,
                    "name": layer.name,
                }
            )
        elif layer.type == "Pooling":
            p = layer.pooling_param
            layers.append(
                {
                    "type": "max" if p.pool == pb.PoolingParameter.MAX else "ave",
                    "k": p.kernel_size,
                    "s": p.stride,
                    "name": layer.name,
                }
            )
        elif layer.type == "InnerProduct":
            layers.append(
                {"type": "ip", "n": layer.inner_product_param.num_output, "name": layer.name}
            )
        elif layer.type == "ReLU":
            layers.append({"type": "relu", "name": layer.name})
        elif layer.type not in SKIPPED:
            sys.exit(f"bench: {net}: no peer is told how to build a {layer.type} layer")
    return layers, shape


def inputs(job: dict[str, Any], count: int) -> tuple[Any, Any]:
    """`count` images of noise and labels, the same for everyone."""
    import numpy as np

    rng = np.random.default_rng(0)
    images = rng.random((count, *job["shape"]), dtype=np.float32)
    return images, rng.integers(0, 10, count)


# -- contenders: each gives its version and a function for each task -------------------------


def protonet_tasks(job: dict[str, Any]) -> tuple[str, Tasks]:
    import protonet
    from protonet.kernels.threads import set_num_threads
    from protonet.net.net import Net
    from protonet.proto import caffe_pb2 as pb
    from protonet.proto.text import format as as_text
    from protonet.proto.text import read_net
    from protonet.solvers import get_solver

    set_num_threads(job["threads"])
    images, labels = inputs(job, job["batch"])
    source = read_net(job["net"]).message

    def definition(count: int, head: bool) -> Any:
        """The net with Input layers in place of Data; `head`: with the loss."""
        net = pb.NetParameter(name=source.name)
        for name, dims in (("data", (count, *job["shape"])), ("label", (count,)))[: 1 + head]:
            layer = net.layer.add(name=name, type="Input", top=[name])
            layer.input_param.shape.add(dim=dims)
        for layer in source.layer:
            wanted = {"SoftmaxWithLoss"} if head else set()
            if layer.type not in SKIPPED - wanted:
                net.layer.add().CopyFrom(layer)
        return net

    def trainer(net: Any) -> Any:
        return get_solver(
            f'type: "SGD" base_lr: {RATE} momentum: {MOMENTUM} weight_decay: {DECAY} '
            'lr_policy: "fixed" random_seed: 1 snapshot_after_train: false max_iter: 1000000000 '
            f"net_param {{ {as_text(net)} }}"
        )

    solver = trainer(definition(job["batch"], True))
    solver.net.blobs["data"].data[...] = images
    solver.net.blobs["label"].data[...] = labels
    tasks: Tasks = {"train": lambda: solver.step(1)}
    if job["data"]:
        from_database = trainer(source)
        tasks["train db"] = lambda: from_database.step(1)
    for count in job["infer"]:
        net = Net(definition(count, False))
        net.blobs["data"].data[...] = inputs(job, count)[0]
        tasks[f"infer {count}"] = net.forward
    if job["weights"]:
        Net(job["net"].replace("_train_test", "")).save(job["weights"])
    return f"protonet {protonet.__version__}", tasks


def torch_tasks(job: dict[str, Any]) -> tuple[str, Tasks]:
    import torch
    from torch import nn

    torch.set_num_threads(job["threads"])
    kinds = {
        "conv": lambda s: nn.LazyConv2d(s["n"], s["k"], padding=s["pad"]),
        "max": lambda s: nn.MaxPool2d(s["k"], s["s"], ceil_mode=True),
        "ave": lambda s: nn.AvgPool2d(s["k"], s["s"], ceil_mode=True),
        "flatten": lambda s: nn.Flatten(),
        "ip": lambda s: nn.LazyLinear(s["n"]),
        "relu": lambda s: nn.ReLU(inplace=True),
    }
    specs = list(job["layers"])
    specs.insert([s["type"] for s in specs].index("ip"), {"type": "flatten"})
    model = nn.Sequential(*(kinds[spec["type"]](spec) for spec in specs))
    model(torch.zeros(1, *job["shape"]))  # the lazy layers learn their sizes
    images, labels = map(torch.from_numpy, inputs(job, job["batch"]))
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    criterion = nn.CrossEntropyLoss()

    def train() -> None:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()

    def infer(batch: Any) -> None:
        with torch.inference_mode():
            model(batch)

    tasks: Tasks = {"train": train}
    for count in job["infer"]:
        batch = torch.from_numpy(inputs(job, count)[0])
        tasks[f"infer {count}"] = lambda batch=batch: infer(batch)
    return f"PyTorch {torch.__version__}", tasks


def opencv_tasks(job: dict[str, Any]) -> tuple[str, Tasks]:
    import cv2

    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        raise ImportError(f"OpenCV {cv2.__version__} has no Caffe importer: install one below 5")
    cv2.setNumThreads(job["threads"])
    tasks: Tasks = {}
    for count in job["infer"]:
        net = cv2.dnn.readNetFromCaffe(job["net"].replace("_train_test", ""), job["weights"])
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        images = inputs(job, count)[0]

        def infer(net: Any = net, images: Any = images) -> None:
            net.setInput(images)
            net.forward()

        tasks[f"infer {count}"] = infer
    return f"OpenCV {cv2.__version__}", tasks


CONTENDERS = {"protonet": protonet_tasks, "torch": torch_tasks, "opencv": opencv_tasks}


# -- the worker: answers one line of JSON for each line it is asked --------------------------


def work(who: str) -> None:
    job = json.loads(sys.stdin.readline())
    try:
        version, tasks = CONTENDERS[who](job)
    except ImportError as error:
        if who == "protonet":
            raise
        print(json.dumps({"missing": str(error)}), flush=True)
        return
    for task in tasks.values():
        repeat(task, 0.3)  # warm up: buffers, threads, chosen kernels
    print(json.dumps({"version": version, "tasks": list(tasks)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(repeat(tasks[line.strip()], job["seconds"])), flush=True)


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
            [python, __file__, "--worker", who],
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


# -- the report --------------------------------------------------------------------------------


Figures = tuple[float, float]  # median and best


def race(workers: dict[str, Worker], rounds: int) -> dict[str, dict[str, Figures]]:
    """Milliseconds by task and contender; they take turns."""
    tasks = workers["protonet"].hello["tasks"]
    times: dict[str, dict[str, list[float]]] = {task: {} for task in tasks}
    for _ in range(rounds):
        for task in tasks:
            for who, worker in workers.items():
                if task in worker.hello["tasks"]:
                    times[task].setdefault(who, []).append(worker.ask(task))
                    time.sleep(0.25)  # let thread pools that spin fall asleep
    return {
        task: {who: (statistics.median(ms), min(ms)) for who, ms in row.items()}
        for task, row in times.items()
    }


def report(times: dict[str, dict[str, Figures]], names: dict[str, str]) -> None:
    peers = [who for who in names if who != "protonet"]
    head = "".join(f"{names[peer]:>22}{'ratio':>14}" for peer in peers)
    print(f"{'ms':<10}{names['protonet']:>20}{head}")
    for task, row in times.items():
        line = f"{task:<10}{pair(row['protonet']):>20}"
        for peer in peers:
            if peer in row:
                ratios = [ours / theirs for ours, theirs in zip(row["protonet"], row[peer])]
                line += f"{pair(row[peer]):>22}{pair(ratios, 2):>14}"
            else:
                line += f"{'-':>22}{'':>14}"
        print(line)


def pair(values: Sequence[float], digits: int = 3) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)


def layer_table(job: dict[str, Any]) -> None:
    """Forward and backward time of each of protonet's layers, from the net's hooks."""
    from protonet.kernels.threads import set_num_threads
    from protonet.net.net import Net
    from protonet.proto.text import read_net

    set_num_threads(job["threads"])
    message = read_net(job["net"]).message
    kept = [layer for layer in message.layer if layer.type not in ("Data", "Accuracy")]
    del message.layer[:]
    for name, dims in (("data", (job["batch"], *job["shape"])), ("label", (job["batch"],))):
        message.layer.add(name=name, type="Input", top=[name]).input_param.shape.add(dim=dims)
    message.layer.extend(kept)
    net = Net(message, phase=0)
    net.blobs["data"].data[...], net.blobs["label"].data[...] = inputs(job, job["batch"])
    spent = {way: [[] for _ in net.layers] for way in ("forward", "backward")}
    start = [0.0] * len(net.layers)
    for way, before, after in (
        ("forward", net.before_forward, net.after_forward),
        ("backward", net.before_backward, net.after_backward),
    ):
        before.append(lambda i: start.__setitem__(i, time.perf_counter()))
        after.append(lambda i, way=way: spent[way][i].append(time.perf_counter() - start[i]))
    for _ in range(50):
        net.run_forward()
        net.backward()
    print(f"\n{'layer':<12}{'type':<18}{'forward ms':>12}{'backward ms':>13}")
    for i, layer in enumerate(net.layers):
        cells = [1000 * statistics.median(spent[w][i] or [0]) for w in ("forward", "backward")]
        print(f"{layer.name:<12}{layer.type:<18}{cells[0]:>12.3f}{cells[1]:>13.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--net",
        default=str(ROOT / "models/lenet_train_test.prototxt"),
        help="a *_train_test.prototxt of models/",
    )
    parser.add_argument("--against", nargs="*", default=["torch"], choices=["torch", "opencv"])
    parser.add_argument(
        "--peer-python", default=sys.executable, metavar="PY", help="the Python that has the peers"
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--infer", type=int, nargs="*", default=[1, 64], metavar="N")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a round's turn")
    parser.add_argument("--layers", action="store_true", help="protonet's layers one by one")
    parser.add_argument("--data", action="store_true", help="train from the database too")
    parser.add_argument("--worker", choices=CONTENDERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return work(args.worker)

    sys.path.insert(0, str(ROOT))
    from protonet.errors import pip_install

    layers, shape = chain(Path(args.net))
    job = {
        "net": args.net,
        "layers": layers,
        "shape": shape,
        "weights": "",
        **{k: getattr(args, k) for k in ("batch", "infer", "threads", "seconds", "data")},
    }
    with tempfile.TemporaryDirectory() as folder:
        if "opencv" in args.against:
            job["weights"] = str(Path(folder) / "bench.caffemodel")
        workers = {}
        for who in ["protonet", *args.against]:
            python = sys.executable if who == "protonet" else args.peer_python
            worker = Worker(who, python, job)
            if "missing" in worker.hello:
                worker.close()
                if who == "protonet":
                    sys.exit(f"bench: protonet does not run: {worker.hello['missing']}")
                print(
                    f"{who}: left out: {worker.hello['missing']} ({pip_install('bench')},"
                    " or --peer-python with a Python that has it)"
                )
            else:
                workers[who] = worker
        print(
            f"{Path(args.net).name}, batch {args.batch}, {args.threads} threads, "
            f"{platform.machine()}, Python {platform.python_version()}, "
            f"{args.rounds} rounds: median / best"
        )
        times = race(workers, args.rounds)
        for worker in workers.values():
            worker.close()
    report(times, {who: worker.hello["version"] for who, worker in workers.items()})
    if args.data:
        ratios = [
            db / memory
            for db, memory in zip(times["train db"]["protonet"], times["train"]["protonet"])
        ]
        print(f"database over memory: {pair(ratios, 2)}")
    if args.layers:
        layer_table(job)


if __name__ == "__main__":
    main()
