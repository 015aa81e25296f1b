"""What is attacked: each target makes an input from a random stream and has it read."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from protonet import importers
from protonet.check.run import check_all
from protonet.check.subject import Options
from protonet.data.datum import decode_datum, encode_datum
from protonet.data.hdf5 import read_datasets
from protonet.data.image_list import read_image_list
from protonet.data.images import read_image
from protonet.data.sources import open_source
from protonet.errors import ProtonetError
from protonet.net.net import Net
from protonet.net.types import read_definition
from protonet.proto.text import read_solver
from protonet.proto.upgrade_file import upgrade_file
from protonet.proto.weight_file import read_weight_file
from protonet.proto.weights import read_blob, read_state, read_weights
from protonet.proto.weights_npz import read_npz
from protonet.proto.weights_safetensors import read_safetensors
from protonet.solvers import plain
from protonet.viz.logs import read_runs, read_tables
from tests.harness.golden import CONFORMANCE

from . import mutate, stores
from .kills import kill_and_go_on

ROOT = Path(__file__).resolve().parents[2]
NETS = [*sorted((ROOT / "models").glob("*test.prototxt"))]
NETS += sorted((CONFORMANCE / "nets").glob("*/net.prototxt"))
SOLVERS = sorted((ROOT / "models").glob("*_solver.prototxt"))
OLD = sorted((CONFORMANCE / "upgrade").glob("*/*.prototxt"))
WEIGHTS = sorted((CONFORMANCE / "nets").glob("*/weights.caffemodel"))
OLD_WEIGHTS = sorted((CONFORMANCE / "upgrade").glob("*_weights/old.caffemodel"))
STATES = sorted((CONFORMANCE / "solvers").glob("*/*.solverstate"))
BLOBS = sorted(CONFORMANCE.rglob("*.binaryproto"))

HDF5_WEIGHTS = sorted(CONFORMANCE.rglob("*.caffemodel.h5"))
HDF5_STATES = sorted(CONFORMANCE.rglob("*.solverstate.h5"))
_LOG = b"""\
I1120 18:29:25.123456  4711 solver.py:60] Solving LeNet
I1120 18:29:26.123456  4711 solver.py:60] Iteration 0, loss = 2.3026
I1120 18:29:26.123456  4711 solver.py:60]     Train net output #0: loss = 2.3026 (* 1 = 2.3026 loss)
I1120 18:29:26.123456  4711 sgd.py:60] Iteration 0, lr = 0.01
I1120 18:29:27.123456  4711 solver.py:60] Iteration 10, Testing net (#0)
I1120 18:29:27.123456  4711 solver.py:60]     Test net output #0: accuracy = 0.91
"""
_METRICS = b"""\
{"seconds": 0.1, "kind": "train", "iter": 0, "loss": 2.3, "lr": 0.1, "outputs": {"loss": 2.3}}
{"seconds": 0.2, "kind": "test", "iter": 10, "net": 0, "outputs": {"accuracy": [0.5, null]}}
"""

#: A random stream and a folder for files -> what it does with them.
Target = Callable[[random.Random, Path], object]
TARGETS: dict[str, Target] = {}


def target(fn: Target) -> Target:
    TARGETS[fn.__name__.replace("_", " ")] = fn
    return fn


def run(name: str, seed: int, folder: Path) -> None:
    """One input.  AssertionError, with the seed, for any exception that is not protonet's."""
    try:
        TARGETS[name](random.Random(seed), folder)
    except ProtonetError:
        pass
    except Exception as error:
        raise AssertionError(f"{type(error).__name__} of '{name}' with seed {seed}") from error


def _written(rng: random.Random, folder: Path, source: Path) -> Path:
    path = folder / f"mutant{source.suffix}"
    path.write_bytes(mutate.octets(rng, source.read_bytes()))
    return path


@target
def net_text(rng: random.Random, folder: Path) -> object:
    return read_definition(mutate.text(rng, rng.choice(NETS).read_text()) or " ")


@target
def solver_text(rng: random.Random, folder: Path) -> object:
    return read_solver(mutate.text(rng, rng.choice(SOLVERS).read_text()) or " ")


@target
def net_file(rng: random.Random, folder: Path) -> object:
    return read_definition(_written(rng, folder, rng.choice(NETS)))


@target
def binary_weights(rng: random.Random, folder: Path) -> object:
    return read_weights(_written(rng, folder, rng.choice(WEIGHTS)))


@target
def weights_with_their_definition(rng: random.Random, folder: Path) -> object:
    return read_weight_file(_written(rng, folder, rng.choice([*WEIGHTS, *OLD_WEIGHTS])))


@target
def binary_state(rng: random.Random, folder: Path) -> object:
    return read_state(_written(rng, folder, rng.choice(STATES)))


@target
def mean_file(rng: random.Random, folder: Path) -> object:
    return read_blob(_written(rng, folder, rng.choice(BLOBS)))


@target
def npz_weights(rng: random.Random, folder: Path) -> object:
    np.savez(folder / "good.npz", **{"conv/0": np.ones((2, 3)), "conv/1": np.zeros(2)})
    return read_npz(_written(rng, folder, folder / "good.npz"))


@target
def safetensors_weights(rng: random.Random, folder: Path) -> object:
    from safetensors.numpy import save_file

    arrays = {"conv/0": np.ones((2, 3)), "conv/1": np.zeros(2)}
    save_file(arrays, folder / "good.safetensors", metadata={"protonet_layers": "[]"})
    return read_safetensors(_written(rng, folder, folder / "good.safetensors"))


@target
def upgrade(rng: random.Random, folder: Path) -> object:
    return upgrade_file(_written(rng, folder, rng.choice(OLD or NETS)))


@target
def built_net(rng: random.Random, folder: Path) -> object:
    """As `summary` builds it: shapes, and nothing of what it names."""
    source = mutate.text(rng, rng.choice(NETS).read_text()) or " "
    return Net(source, partial=True, open_data=False)


@target
def list_of_pictures(rng: random.Random, folder: Path) -> object:
    path = folder / "list.txt"
    path.write_bytes(mutate.octets(rng, b"a/b.png 0\nc d.jpg 12\n\te.png\t3\n" * 3))
    return read_image_list(path)


@target
def datum(rng: random.Random, folder: Path) -> object:
    pixels = np.arange(24, dtype=rng.choice((np.uint8, np.float32))).reshape(2, 3, 4)
    return decode_datum(mutate.octets(rng, encode_datum(pixels, rng.randrange(1000))))


@target
def picture(rng: random.Random, folder: Path) -> object:
    return read_image(stores.damaged(rng, folder, stores.pictures), rng.random() < 0.5)


@target
def lmdb_store(rng: random.Random, folder: Path) -> object:
    return _read_store(stores.damaged(rng, folder, stores.lmdb, "data.mdb").parent, "LMDB")


@target
def leveldb_store(rng: random.Random, folder: Path) -> object:
    if find_spec("plyvel") is None:  # no wheels for some Pythons
        return None
    victim = stores.damaged(rng, folder, stores.leveldb)
    return _read_store(victim.parent, "LEVELDB")


def _read_store(path: Path, backend: str) -> None:
    source = open_source(path, backend)
    try:
        for _ in range(70):  # more than there are: round once
            decode_datum(source.read().value)
    finally:
        source.close()


@target
def hdf5_data(rng: random.Random, folder: Path) -> object:
    path = stores.damaged(rng, folder, stores.hdf5_data)
    return read_datasets(path, ["x", "group/y", "z"], np.float32)


@target
def hdf5_weights(rng: random.Random, folder: Path) -> object:
    return read_weights(_written(rng, folder, rng.choice(HDF5_WEIGHTS)))


@target
def hdf5_state(rng: random.Random, folder: Path) -> object:
    return read_state(_written(rng, folder, rng.choice(HDF5_STATES)))


@target
def extra_of_a_state(rng: random.Random, folder: Path) -> object:
    """What JSON can be, with arrays and bytes in it."""
    values = {"a": [1, 2.5, None], "b": np.arange(4), "c": b"x", "d": {"e": [True, "t"]}}
    try:
        return plain.unpack(mutate.octets(rng, plain.pack(values)))
    except ValueError as error:  # as its docstring says
        raise ProtonetError(str(error)) from error


@target
def log_of_a_training(rng: random.Random, folder: Path) -> object:
    path = folder / "train.log"
    path.write_bytes(mutate.octets(rng, _LOG * 3))
    return read_runs(path), read_tables(path)


@target
def numbers_of_a_training(rng: random.Random, folder: Path) -> object:
    path = folder / "train.jsonl"
    path.write_bytes(mutate.octets(rng, _METRICS * 3))
    return read_runs(path)


@target
def onnx_model(rng: random.Random, folder: Path) -> object:
    return importers.onnx(stores.damaged(rng, folder, stores.onnx_model))


@target
def checked_net(rng: random.Random, folder: Path) -> object:
    """All rules of `protonet check`, which tell of faults and raise none."""
    path = folder / "net.prototxt"
    path.write_text(mutate.text(rng, rng.choice(NETS).read_text()) or " ")
    return list(check_all([str(path)], Options()))


@target
def killed_training(rng: random.Random, folder: Path) -> object:
    """kill -9 at a random moment, snapshots of both forms, and on from the last one."""
    place = folder / "killed"
    place.mkdir(exist_ok=True)
    return kill_and_go_on(rng, place)
