"""What is done again and again: each load makes its files in a folder and gives the call."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

import protonet
from protonet.cli.main import main
from protonet.data.datum import encode_datum
from protonet.data.images import encode_image
from protonet.data.sources import create_store
from protonet.prediction.answers import Settings
from protonet.prediction.names import Names
from protonet.prediction.pictures import pictures
from protonet.prediction.predictor import Predictor

#: A folder -> the call, in a `with` statement.
Load = Callable[[Path], AbstractContextManager[Callable[[], object]]]
LOADS: dict[str, Load] = {}

_LAYERS = """
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "drop" type: "Dropout" bottom: "pool" top: "pool" }
layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
"""
_DATA = """layer { name: "data" type: "Data" top: "data" top: "label"
  transform_param { scale: 0.00390625 mirror: true crop_size: 12 }
  data_param { source: "%s" backend: LMDB batch_size: 8 } }"""
_LOSS = """
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy"
  include { phase: TEST } }"""
_INPUT = 'layer { name: "data" type: "Input" top: "data" input_param { shape { %s } } }'
_PROB = '\nlayer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }'
_SOLVER = """net: "%s" base_lr: 0.01 momentum: 0.9 lr_policy: "fixed" max_iter: %d display: 20
test_iter: 2 test_interval: 20 snapshot: 20 snapshot_format: %s snapshot_prefix: "%s" type: "Adam"
"""


def load(fn: Callable[[Path], Iterator[Callable[[], object]]]) -> None:
    LOADS[fn.__name__] = contextlib.contextmanager(fn)


@load
def train(folder: Path) -> Iterator[Callable[[], object]]:
    """An iteration: records read ahead, tests, logs, and snapshots every twenty."""
    solver = protonet.get_solver(_training(folder, 2**31 - 1, "BINARYPROTO"))
    solver.add_callback(protonet.callbacks.KeepLast(2))
    with contextlib.closing(protonet.callbacks.MetricsFile(folder / "numbers.jsonl")) as numbers:
        solver.add_callback(numbers)
        yield lambda: solver.step(1)


@load
def forward(folder: Path) -> Iterator[Callable[[], object]]:
    """`net.predict` of arrays, with a batch that changes."""
    _net(folder)
    net = protonet.Net(folder / "deploy.prototxt", weights=folder / "net.caffemodel")
    rng = np.random.default_rng(1)
    batches = [rng.random((n, 3, 12, 12), np.float32) for n in (1, 1, 1, 4)]
    turn = iter(range(2**62))
    yield lambda: net.predict(batches[next(turn) % 4])


@load
def predict(folder: Path) -> Iterator[Callable[[], object]]:
    """A picture from its file to its classes."""
    _net(folder)
    names = _pictures(folder)
    net = protonet.Net(folder / "deploy.prototxt", weights=folder / "net.caffemodel")
    settings = Settings(5, 0.5, 0.3, Names.of(None), ())
    predictor = Predictor(net, protonet.Preprocess(resize=(12, 12)), settings)
    turn = iter(range(2**62))
    yield lambda: list(predictor.stream(pictures([names[next(turn) % len(names)]]), strict=True))


@load
def solver(folder: Path) -> Iterator[Callable[[], object]]:
    """A training from its files to its snapshot in HDF5, gone on with, and closed."""
    text = _training(folder, 3, "HDF5")
    state = folder / "run_iter_3.solverstate.h5"

    def call() -> None:
        built = protonet.get_solver(text)
        if state.exists():
            built.restore(state)
        else:
            built.solve()
        built.step(1)

    yield call


@load
def commands(folder: Path) -> Iterator[Callable[[], object]]:
    """Commands one after the other, also one that fails, all they print thrown away."""
    _net(folder)
    _training(folder, 4, "BINARYPROTO")
    _pictures(folder)
    at = {name: str(folder / name) for name in os.listdir(folder)}
    net, weights, solver = at["deploy.prototxt"], at["net.caffemodel"], at["solver.prototxt"]
    lines = [
        (["summary", net], 0),
        (["check", solver], 0),
        (["draw", net, str(folder / "net.svg")], 0),
        (["train", solver, "--quiet", "--log", str(folder / "train.log")], 0),
        (["test", at["net.prototxt"], weights, "--iterations", "3"], 0),
        (["predict", net, weights, at["0.png"], at["1.jpg"], "--json", "--resize", "12,12"], 0),
        (["weights", "stats", weights], 0),
        (["db", "check", at["store"]], 0),
        (["convert", weights, str(folder / "net.npz")], 0),
        (["summary", at["store"]], 3),
    ]
    turn = iter(range(2**62))

    def call() -> None:
        line, code = lines[next(turn) % len(lines)]
        null = io.StringIO()
        with contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
            ended = main(line)
        if ended != code:
            raise AssertionError(f"protonet {' '.join(line)} ended with {ended}, not {code}")
        (folder / "train.log").unlink(missing_ok=True)

    yield call


def _training(folder: Path, iterations: int, form: str) -> Path:
    """The solver of a net that learns from a store of forty records."""
    rng = np.random.default_rng(2)
    with create_store(folder / "store", "LMDB", force=True) as out:
        for i in range(40):
            pixels = rng.integers(0, 255, (3, 16, 16), np.uint8)
            out.put(f"{i:08d}".encode(), encode_datum(pixels, i % 10))
    net = folder / "net.prototxt"
    net.write_text(_DATA % (folder / "store") + _LAYERS + _LOSS)
    path = folder / "solver.prototxt"
    path.write_text(_SOLVER % (net, iterations, form, folder / "run"))
    return path


def _net(folder: Path) -> None:
    text = _INPUT % "dim: 1 dim: 3 dim: 12 dim: 12" + _LAYERS + _PROB
    (folder / "deploy.prototxt").write_text(text)
    protonet.Net(folder / "deploy.prototxt", seed=1).save(folder / "net.caffemodel")


def _pictures(folder: Path) -> list[str]:
    rng = np.random.default_rng(3)
    paths = [folder / name for name in ("0.png", "1.jpg", "2.bmp")]
    for path in paths:
        pixels = rng.integers(0, 255, (20, 30, 3), np.uint8)
        path.write_bytes(encode_image(pixels, path.suffix[1:]).tobytes())
    return [str(path) for path in paths]
