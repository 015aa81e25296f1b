"""A program for several processes: trains small nets together and alone, and tells what came of
it as JSON.

    mpirun -n 2 python -m tests.parallel.ranks FOLDER CHECK...

In the folder lies what `make_data` made.  The first process prints {check: result}.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protonet.callbacks import BestSnapshot, Callback, EarlyStopping
from protonet.data.sources import create_store
from protonet.parallel import machine
from protonet.parallel.workers import MpiWorkers
from protonet.parallel.world import World, open_world
from protonet.proto import caffe_pb2 as pb
from protonet.solvers import Solver, get_solver

#: Records; no multiple of any batch here, so that passes end in the middle of batches.
RECORDS, BATCH, ITERATIONS = 61, 4, 20
RULES = {
    "SGD": "momentum: 0.9",
    "Nesterov": "momentum: 0.9",
    "AdaGrad": "",
    "RMSProp": "rms_decay: 0.9",
    "AdaDelta": "momentum: 0.9 delta: 1e-6",
    "Adam": "momentum: 0.9",
}
#: By the number of processes: on which machine each is, and bytes of a bucket.
LAYOUTS = {
    2: (("aa", 64), ("ab", 0)),
    3: (("abc", 64), ("aab", 0)),
    4: (("aabb", 64), ("abab", 0)),
}

NET = """
name: "small"
layer {{ name: "data" type: "Data" top: "x" top: "y" include {{ phase: TRAIN }}
  data_param {{ source: "{folder}/store" backend: LMDB batch_size: {batch} {data} }} {transform} }}
layer {{ name: "data" type: "Data" top: "x" top: "y" include {{ phase: TEST }}
  data_param {{ source: "{folder}/store" backend: LMDB batch_size: 5 }} {transform} }}
layer {{ name: "conv" type: "Convolution" bottom: "x" top: "c"
  convolution_param {{ num_output: 3 kernel_size: 3 weight_filler {{ type: "xavier" }} }} }}
{between}
layer {{ name: "relu" type: "ReLU" bottom: "c" top: "c" }}
layer {{ name: "ip" type: "InnerProduct" bottom: "c" top: "p"
  inner_product_param {{ num_output: 4 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "p" bottom: "y" top: "loss" }}
layer {{ name: "accuracy" type: "Accuracy" bottom: "p" bottom: "y" top: "accuracy"
  include {{ phase: TEST }} }}
"""
NOISE = 'layer { name: "drop" type: "Dropout" bottom: "c" top: "c" }'
NORM = 'layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" }'


def make_data(folder: Path) -> None:
    """A store of images of 1 x 6 x 7 in four classes."""
    rng = np.random.default_rng(5)
    with create_store(folder / "store", "LMDB") as store:
        for i in range(RECORDS):
            label = int(rng.integers(4))
            pixels = np.clip(rng.normal(60 + 40 * label, 30, (1, 6, 7)), 0, 255).astype(np.uint8)
            datum = pb.Datum(channels=1, height=6, width=7, data=pixels.tobytes(), label=label)
            store.put(b"%08d" % i, datum.SerializeToString())


def definition(folder: Path, batch: int, kind: str = "SGD", **fields: str) -> str:
    """The text of a solver.  fields: `between`, `data` and `transform` of the net, `more`."""
    parts = {
        "between": "",
        "data": "",
        "transform": "transform_param { mean_value: 110 scale: 0.01 }",
    }
    more = fields.pop("more", RULES[kind])
    net = NET.format(folder=folder, batch=batch, **{**parts, **fields})
    return f"""
type: "{kind}" base_lr: 0.01 lr_policy: "step" stepsize: 7 gamma: 0.7 weight_decay: 0.002
max_iter: {ITERATIONS} snapshot_prefix: "{folder}/small" random_seed: 3
test_iter: 5 test_interval: 10 {more} net_param {{ {net} }}
"""


def together(world: World, text: str, join: bool = True, **options: Any) -> Solver:
    solver = get_solver(text, rank=world.rank, size=world.size, deal_tests=True)
    if join:
        solver.join(MpiWorkers(world, **options))
    return solver


def alone(world: World, text: str) -> Solver:
    """By this process for itself, with snapshots of its own."""
    return get_solver(text.replace('/small"', f'/alone{world.rank}"'))


def weights(solver: Solver) -> NDArray:
    return solver.net.arena.data.copy()


# -- checks: each is run by every process, and returns what is told ---------------------------


def same_numbers(world: World, folder: Path) -> dict[str, float]:
    """By rule: how far N processes of a batch get from one of N batches, at most."""
    found = {}
    for kind, settings in RULES.items():
        more = f"{settings} iter_size: 2 clip_gradients: 5"
        many = together(world, definition(folder, BATCH, kind, more=more))
        many.step(ITERATIONS)
        one = alone(world, definition(folder, BATCH * world.size, kind, more=more))
        one.step(ITERATIONS)
        found[kind] = float(np.abs(weights(many) - weights(one)).max())
        found[f"{kind} loss"] = abs(many.smoothed_loss - one.smoothed_loss)
    return found


def same_scores(world: World, folder: Path) -> list[Any]:
    """Three tests of five batches one after the other, of all processes and of one."""
    text = definition(folder, BATCH)
    many, one = together(world, text), alone(world, text)
    one.net.arena.data[...] = many.net.arena.data
    return [[many.test_all()[0], one.test_all()[0]] for _ in range(3)]


def same_bits(world: World, folder: Path) -> dict[str, bool]:
    """Again, in smaller and larger buckets."""
    text = definition(folder, BATCH, between=NOISE)
    runs = {}
    for name, bucket in (("first", 0), ("again", 0), ("small", 1), ("large", 1 << 20)):
        solver = together(world, text, bucket=bucket)
        solver.step(ITERATIONS)
        runs[name] = weights(solver)
    return {name: bool((values == runs["first"]).all()) for name, values in runs.items()}


def resume(world: World, folder: Path) -> dict[str, Any]:
    """Twenty iterations at once, and with a snapshot after ten, shuffled and with noise."""
    found: dict[str, Any] = {}
    for name, between in (("noise", NOISE), ("norm", NORM)):
        text = definition(
            folder,
            BATCH,
            between=between,
            data="shuffle: true",
            transform="transform_param { mean_value: 110 scale: 0.01 mirror: true crop_size: 5 }",
        )
        whole = together(world, text)
        whole.step(ITERATIONS // 2)
        path = whole.snapshot()
        whole.step(ITERATIONS // 2)
        rest = together(world, text)
        rest.restore(path)
        rest.step(ITERATIONS // 2)
        found[name] = world.allgather(bool((weights(whole) == weights(rest)).all()))
        masks = world.allgather(whole.net.blobs["c"].data.tobytes())
        found[f"{name} differ"] = len(set(masks)) == world.size
    return found


def another_number(world: World, folder: Path) -> dict[str, float]:
    """Ten iterations of N processes, and ten of one that goes on; against one alone."""
    many = together(world, definition(folder, BATCH))
    many.step(ITERATIONS // 2)
    path = many.snapshot()
    one = alone(world, definition(folder, BATCH * world.size))
    one.step(ITERATIONS // 2)
    rest = alone(world, definition(folder, BATCH * world.size))
    rest.restore(path)
    for solver in (one, rest):
        solver.step(ITERATIONS // 2)
    found = {"fewer": float(np.abs(weights(one) - weights(rest)).max())}
    one = alone(world, definition(folder, BATCH * world.size))
    one.step(ITERATIONS // 2)
    path = one.snapshot()
    world.barrier()
    rest = together(world, definition(folder, BATCH))
    rest.restore(path)
    for solver in (one, rest):
        solver.step(ITERATIONS // 2)
    return {**found, "more": float(np.abs(weights(one) - weights(rest)).max())}


def machines(world: World, folder: Path) -> dict[str, Any]:
    """As if the processes were on these machines: whether they share memory, how far they get from
    one process, and whether all have the same parameters."""
    one = alone(world, definition(folder, BATCH * world.size))
    one.step(ITERATIONS // 4)
    found = {}
    for hosts, bucket in LAYOUTS[world.size]:
        spread = World(120)
        spread.peers = [peer._replace(host=host) for peer, host in zip(world.peers, hosts)]
        many = together(spread, definition(folder, BATCH), bucket=bucket)
        memory = many.net.arena.diff.base is not None
        many.step(ITERATIONS // 4)
        far = float(np.abs(weights(many) - weights(one)).max())
        same = len(set(world.allgather(weights(many).tobytes()))) == 1
        found[hosts] = [memory, far, same]
    return found


def no_memory(world: World, folder: Path) -> list[Any]:
    """The last process cannot share memory, and so nobody does."""
    made = machine._made
    if world.rank == world.size - 1:
        machine._made = lambda size: None
    many = together(world, definition(folder, BATCH))
    machine._made = made
    many.step(1)
    return world.allgather(many.net.arena.diff.base is not None)


def half(world: World, folder: Path) -> dict[str, Any]:
    """The gradients of one iteration in half precision: their error, and whether all have the
    same parameters afterwards."""
    text = definition(folder, BATCH)
    exact, rough = together(world, text), together(world, text, half=True, bucket=64)
    for solver in (exact, rough):
        solver.net.clear_param_diffs()
        solver.gradients()
    wide, narrow = exact.net.arena.diff, rough.net.arena.diff
    error = float(np.linalg.norm(wide - narrow) / np.linalg.norm(wide))
    rough.step(ITERATIONS)
    same = len(set(world.allgather(weights(rough).tobytes()))) == 1
    return {"error": error, "exact": bool((wide == narrow).all()), "same": same}


def statistics(world: World, folder: Path) -> dict[str, Any]:
    """BatchNorm: of each process its own, or their mean at a snapshot."""
    text = definition(folder, BATCH, between=NORM)
    found: dict[str, Any] = {}
    for average in (False, True):
        solver = together(world, text, average_statistics=average)
        solver.step(5)
        before = world.allgather(solver.net.params["bn"][0].data.copy())
        found[f"{average} own"] = len({values.tobytes() for values in before}) == world.size
        scores = solver.test_all()[0]
        found[f"{average} one score"] = len({json.dumps(s) for s in world.allgather(scores)}) == 1
        solver.snapshot()
        after = world.allgather(solver.net.params["bn"][0].data.copy())
        kept = all((a == b).all() for a, b in zip(before, after))
        mean = all(np.allclose(a, np.mean(before, axis=0), rtol=1e-5) for a in after)
        found[f"{average} kept"], found[f"{average} mean"] = kept, mean
    return found


def refused(world: World, folder: Path) -> dict[str, str]:
    """What cannot be trained together, in words."""
    memory = definition(folder, BATCH).replace('type: "Data"', 'type: "MemoryData"', 1)
    start = memory.index("data_param {")
    stop = memory.index("transform_param", start)
    stop = memory.index("}", stop) + 1
    shape = "memory_data_param { batch_size: 4 channels: 1 height: 6 width: 7 }"
    memory = memory[:start] + shape + memory[stop:]
    found = {"memory": fault(lambda: together(world, memory))}
    other = definition(folder, BATCH + (world.rank == 1))
    found["other"] = fault(lambda: together(world, other.replace("0.01 lr", f"0.0{world.rank} lr")))
    solver = together(world, definition(folder, BATCH), check=1)
    solver.step(2)
    solver.net.arena.data[0] += world.rank == 1
    found["apart"] = fault(lambda: solver.step(1))
    return found


def fault(action: Callable[[], object]) -> str:
    try:
        action()
    except RuntimeError as error:
        return str(error)
    return ""


def signals(world: World, folder: Path) -> dict[str, Any]:
    """One is asked for a snapshot and for a stop, all do both."""
    from protonet.solvers.signals import Action

    solver = together(world, definition(folder, BATCH))
    asked = [Action.NONE, Action.SNAPSHOT, Action.STOP]
    last = world.size - 1
    solver.action_source = lambda: (
        asked.pop() if asked and world.rank == last and solver.iter >= 3 else Action.NONE
    )
    solver.step(ITERATIONS)
    seen = [solver.iter, solver.snapshot_iter, solver.stopped]
    return {"all": world.allgather(seen)}


class Enough(Callback):
    """Stops after the third iteration, or in the test after the second."""

    def __init__(self, where: str) -> None:
        setattr(self, where, self._stop)

    def _stop(self, solver: Solver, *told: object) -> None:
        if solver.iter == 3 - len(told):
            solver.stop("enough")


def callbacks(world: World, folder: Path) -> dict[str, Any]:
    """What ends a training for one ends it for all: a test without anything better; a callback of
    the last process, after an iteration and between two test nets; only the first writes."""
    text = definition(folder, BATCH, more="test_state {} test_state {} test_iter: 2")
    text = text.replace("test_interval: 10", "test_interval: 2").replace("small", "early")
    patient = together(world, text.replace("base_lr: 0.01", "base_lr: 0"))
    best = BestSnapshot("accuracy")
    for callback in (best, EarlyStopping(3, "accuracy")):
        patient.add_callback(callback)
    patient.solve()
    found = {"patience": world.allgather([patient.iter, patient.done_because])}
    found["best"] = world.allgather(best.monitor.best)
    for where in ("on_iteration", "on_report"):
        solver = together(world, text)
        solver.add_callback(Enough(where) if world.rank == world.size - 1 else Callback())
        solver.step(ITERATIONS)
        found[where] = world.allgather([solver.iter, solver.done_because])
    return found


CHECKS = (
    same_numbers,
    same_scores,
    same_bits,
    resume,
    another_number,
    machines,
    no_memory,
    half,
    statistics,
    refused,
    signals,
    callbacks,
)


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    warnings.simplefilter("error")
    world = open_world(120)
    assert world is not None
    found = {check.__name__: check(world, folder) for check in CHECKS if check.__name__ in names}
    if world.rank == 0:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
