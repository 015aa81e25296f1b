"""What is attacked: each target makes an input from a random stream and has it read."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from protonet.errors import ProtonetError
from protonet.net.types import read_definition
from protonet.proto.text import read_solver
from protonet.proto.upgrade_file import upgrade_file
from protonet.proto.weight_file import read_weight_file
from protonet.proto.weights import read_blob, read_state, read_weights
from protonet.proto.weights_npz import read_npz
from protonet.proto.weights_safetensors import read_safetensors
from tests.harness.golden import CONFORMANCE

from . import mutate

ROOT = Path(__file__).resolve().parents[2]
NETS = [*sorted((ROOT / "models").glob("*test.prototxt"))]
NETS += sorted((CONFORMANCE / "nets").glob("*/net.prototxt"))
SOLVERS = sorted((ROOT / "models").glob("*_solver.prototxt"))
OLD = sorted((CONFORMANCE / "upgrade").glob("*/*.prototxt"))
WEIGHTS = sorted((CONFORMANCE / "nets").glob("*/weights.caffemodel"))
OLD_WEIGHTS = sorted((CONFORMANCE / "upgrade").glob("*_weights/old.caffemodel"))
STATES = sorted((CONFORMANCE / "solvers").glob("*/*.solverstate"))
BLOBS = sorted(CONFORMANCE.rglob("*.binaryproto"))

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
    import numpy as np

    np.savez(folder / "good.npz", **{"conv/0": np.ones((2, 3)), "conv/1": np.zeros(2)})
    return read_npz(_written(rng, folder, folder / "good.npz"))


@target
def safetensors_weights(rng: random.Random, folder: Path) -> object:
    import numpy as np
    from safetensors.numpy import save_file

    arrays = {"conv/0": np.ones((2, 3)), "conv/1": np.zeros(2)}
    save_file(arrays, folder / "good.safetensors", metadata={"protonet_layers": "[]"})
    return read_safetensors(_written(rng, folder, folder / "good.safetensors"))


@target
def upgrade(rng: random.Random, folder: Path) -> object:
    return upgrade_file(_written(rng, folder, rng.choice(OLD or NETS)))
