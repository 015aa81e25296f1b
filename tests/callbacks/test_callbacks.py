"""The ready callbacks on a small solver, whose records are given by hand where values matter."""

from __future__ import annotations

import csv
import json
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet import callbacks, get_solver
from protonet.errors import ProtonetError, SolverError
from protonet.proto.weights import read_weights
from tests.solvers.toy import NET, RANDOM_NET, logged, text, toy

TESTED = {"test_iter": 1, "test_interval": 2}
SCORED = NET + (
    'layer { name: "score" type: "Reduction" bottom: "p" top: "score" include { phase: TEST } }'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(callback: Any, solver: Any, *values: float, first: int = 0, name: str = "score") -> None:
    """Tell a callback of tests whose output had these values, two iterations apart."""
    for i, value in enumerate(values, first):
        solver.iter = 2 * i
        record = {"kind": "test", "iter": 2 * i, "net": 0, "outputs": {name: value}}
        callback.on_report(solver, record)


# -- what is watched -------------------------------------------------------------------------


def test_a_score_is_watched_before_a_loss() -> None:
    for net, found in ((SCORED, ("score", "max")), (NET, ("loss", "min"))):
        monitor = callbacks.Monitor()
        monitor.settle(toy(net, **TESTED))
        assert (monitor.output, monitor.mode) == found
    monitor = callbacks.Monitor("loss")
    monitor.settle(toy(SCORED, **TESTED))
    assert monitor.mode == "min"


ACCURACIES = (
    'layer { name: "l" type: "DummyData" top: "l" include { phase: TEST } dummy_data_param { '
    "shape { dim: 3 } } }"
    'layer { name: "c" type: "Concat" bottom: "x" bottom: "p" top: "c" include { phase: TEST } }'
)


def test_accuracies_are_watched_whatever_they_are_called() -> None:
    """As in GoogLeNet, whose accuracies bear the names of its losses."""
    net = NET + ACCURACIES
    for name, top_k in (("loss1/top-1", 1), ("loss3/top-1", 1), ("loss3/top-2", 2)):
        net += (
            f'layer {{ name: "{name}" type: "Accuracy" bottom: "c" bottom: "l" top: "{name}" '
            f"include {{ phase: TEST }} accuracy_param {{ top_k: {top_k} }} }}"
        )
    for asked, found in ((None, "loss3/top-1"), ("loss3/top-2", "loss3/top-2")):
        monitor = callbacks.Monitor(asked)
        monitor.settle(toy(net, **TESTED))
        assert (monitor.output, monitor.mode) == (found, "max")


def test_the_training_loss_where_nothing_is_tested() -> None:
    monitor, solver = callbacks.Monitor(), toy(display=1)
    monitor.settle(solver)
    assert str(monitor) == "training loss"
    assert monitor.value({"kind": "train", "iter": 0, "loss": 2.0, "outputs": {}}) == 2.0
    assert monitor.value({"kind": "rate", "iter": 0, "lr": 1.0}) is None


@pytest.mark.parametrize(
    ("monitor", "fields", "words"),
    [
        ("scores", TESTED, "no output 'scores' of one value is tested: did you mean 'score'"),
        ("x", TESTED, "there are score, loss"),
        (None, {}, "there is nothing to watch: add test_iter and test_interval, or display"),
        ("score", {"display": 1}, "'score' is not tested: add test_iter"),
    ],
)
def test_what_cannot_be_watched_is_told_at_once(monitor: Any, fields: Any, words: str) -> None:
    solver = toy(SCORED, **fields)
    with pytest.raises(SolverError) as caught:
        solver.add_callback(callbacks.EarlyStopping(3, monitor))
    assert words in str(caught.value).replace("loss, score", "score, loss")


# -- early stopping --------------------------------------------------------------------------


def test_stops_when_nothing_gets_better() -> None:
    solver = toy(SCORED, **TESTED)
    stopping = callbacks.EarlyStopping(2)
    solver.add_callback(stopping)
    told(stopping, solver, 0.5, 0.4, 0.6, 0.6)
    assert not solver.stopped
    told(stopping, solver, float("nan"), first=4)
    assert solver.stopped
    assert solver.done_because == (
        "score has not become better in 2 tests: 0.6 was the best, at iteration 4"
    )


def test_a_gain_below_the_least_is_none() -> None:
    solver = toy(NET, **TESTED)
    stopping = callbacks.EarlyStopping(1, least=0.1)
    solver.add_callback(stopping)
    told(stopping, solver, 1.0, 0.85, name="loss")
    assert not solver.stopped
    told(stopping, solver, 0.8, first=2, name="loss")
    assert solver.stopped


def test_a_training_ends_early_with_its_snapshot() -> None:
    """The rate is 0, so that no test is better than the first."""
    solver = toy(base_lr=0.0, max_iter=20, test_initialization=True, **TESTED)
    solver.add_callback(callbacks.EarlyStopping(3))
    solver.solve()
    assert solver.iter == 6 and solver.last_snapshot == "toy_iter_6.solverstate"


# -- the best one ----------------------------------------------------------------------------


def test_the_best_weights_are_kept() -> None:
    solver = toy(SCORED, **TESTED)
    best = callbacks.BestSnapshot()
    solver.add_callback(best)
    weight = solver.net.params["ip"][0].data
    for i, (value, score) in enumerate([(1.0, 0.5), (2.0, 0.7), (3.0, 0.6), (4.0, float("nan"))]):
        weight[...] = value
        told(best, solver, score, first=i)
    (layer,) = [x for x in read_weights("toy_best.caffemodel") if x.name == "ip"]
    np.testing.assert_array_equal(layer.blobs[0], [[2.0, 2.0]])
    assert (best.monitor.best, best.monitor.best_iter) == (0.7, 2)


def test_the_best_of_an_earlier_run_is_written_over_with_a_warning() -> None:
    Path("toy_best.caffemodel").write_bytes(b"old")
    solver = toy(SCORED, **TESTED)
    solver.add_callback(best := callbacks.BestSnapshot())
    with logged() as lines:
        told(best, solver, 0.5, 0.6)
    assert [line for line in lines if "earlier" in line] == [
        "toy_best.caffemodel of an earlier run is written over"
    ]


def test_what_was_best_is_remembered_by_a_snapshot() -> None:
    solver = toy(SCORED, **TESTED)
    for callback in (callbacks.BestSnapshot(), callbacks.EarlyStopping(3)):
        solver.add_callback(callback)
        told(callback, solver, 0.9, 0.5)
    state = solver.snapshot()
    Path("toy_best.caffemodel").write_bytes(b"the best")
    for early in (True, False):  # added before or after going on
        again = toy(SCORED, **TESTED)
        added = [callbacks.BestSnapshot(), callbacks.EarlyStopping(3)]
        if not early:
            again.restore(state)
        for callback in added:
            again.add_callback(callback)
        if early:
            again.restore(state)
        told(added[0], again, 0.8, first=2)
        assert Path("toy_best.caffemodel").read_bytes() == b"the best"
        assert added[1].waited == 1 and added[1].monitor.best == 0.9


def test_a_state_that_makes_no_sense_is_a_new_start() -> None:
    solver = toy(SCORED, **TESTED)
    solver.add_callback(stopping := callbacks.EarlyStopping(3))
    with logged() as lines:
        solver.set_callback_states({"EarlyStopping 0": {"monitor": 3}})
    assert stopping.waited == 0 and lines[0].startswith("EarlyStopping starts anew: ")


# -- the last ones ---------------------------------------------------------------------------


def names() -> list[str]:
    return sorted(path.name for path in Path().glob("toy_iter_*"))


def test_only_the_last_snapshots_stay() -> None:
    Path("toy_iter_99.solverstate").write_text("of somebody else")
    solver = toy(RANDOM_NET, snapshot=1, max_iter=5)
    solver.add_callback(callbacks.KeepLast(2))
    solver.solve()
    kept = [f"toy_iter_{i}.{kind}" for i in (4, 5) for kind in ("caffemodel", "solverstate")]
    assert names() == [*kept, "toy_iter_99.solverstate"]
    # Who goes on knows which ones are his.
    again = toy(RANDOM_NET, snapshot=1, max_iter=6)
    again.add_callback(callbacks.KeepLast(1))
    again.solve("toy_iter_5.solverstate")
    assert names() == [
        "toy_iter_6.caffemodel",
        "toy_iter_6.solverstate",
        "toy_iter_99.solverstate",
    ]


def test_a_snapshot_that_failed_removes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    solver = toy(snapshot=1, max_iter=2)
    solver.add_callback(callbacks.KeepLast(1))
    solver.step(1)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device", "toy_iter_2.caffemodel")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ProtonetError):
        solver.step(1)
    assert names() == ["toy_iter_1.caffemodel", "toy_iter_1.solverstate"]


@pytest.mark.parametrize("make", [callbacks.KeepLast, callbacks.EarlyStopping])
def test_a_count_of_none(make: Any) -> None:
    with pytest.raises(ValueError, match="must be 1 or more, not 0"):
        make(0)


# -- tables ----------------------------------------------------------------------------------


def table(path: str) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_what_is_displayed_and_tested() -> None:
    solver = toy(SCORED, display=2, max_iter=4, test_iter=1, test_interval=3)
    with closing(callbacks.CsvLog("x.csv")) as log, logged() as lines:
        solver.add_callback(log)
        solver.solve()
    rows = table("x.csv")
    assert list(rows[0]) == ["iter", "seconds", "lr", "loss", "train_loss"] + [
        f"test_{name}" for name in solver.test_nets[0].outputs
    ]
    assert [row["iter"] for row in rows] == ["0", "2", "3", "4"]
    shown = [line for line in lines if line.startswith("Iteration ") and "loss" in line]
    for row, line in zip([rows[0], rows[1], rows[3]], shown):
        assert float(line.split("loss = ")[1]) == pytest.approx(float(row["loss"]), rel=1e-5)
    assert rows[2]["loss"] == "" and float(rows[2]["test_score"])
    assert rows[1]["test_score"] == "" and float(rows[1]["lr"]) == pytest.approx(0.1)


def test_csv_goes_on_where_the_training_does() -> None:
    for resume in (None, "toy_iter_2.solverstate"):
        solver = toy(RANDOM_NET, display=1, max_iter=2 if resume is None else 3)
        with closing(callbacks.CsvLog("x.csv")) as log:
            solver.add_callback(log)
            solver.solve(resume)
    assert [row["iter"] for row in table("x.csv")] == ["0", "1", "2", "2", "3"]
    with closing(callbacks.CsvLog("x.csv")) as log:  # another training begins anew
        solver = toy(RANDOM_NET, display=1, max_iter=1)
        solver.add_callback(log)
        solver.solve()
    assert [row["iter"] for row in table("x.csv")] == ["0", "1"]


def test_csv_of_an_earlier_run_is_not_gone_on_with() -> None:
    """Even if the first line comes behind the first snapshot."""
    Path("x.csv").write_text("of an earlier run\n")
    solver = toy(RANDOM_NET, snapshot=1, max_iter=3, test_iter=1, test_interval=2)
    solver.param.test_initialization = False
    with closing(callbacks.CsvLog("x.csv")) as log:
        solver.add_callback(log)
        solver.solve()
    assert [row["iter"] for row in table("x.csv")] == ["2"]


def test_a_file_that_cannot_be_written_is_told_before_training() -> None:
    with pytest.raises(OSError) as caught:
        toy().add_callback(callbacks.CsvLog("no/where.csv"))
    assert caught.value.filename == "no/where.csv"


def test_rows_tell_how_fast_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An iteration takes 2 seconds, a test 100, which do not count."""
    now = [0.0]
    monkeypatch.setattr("protonet.callbacks.rows.time.perf_counter", lambda: now[0])
    found: list[callbacks.Row] = []

    class Keep(callbacks.Rows):
        def on_row(self, solver: Any, row: callbacks.Row) -> None:
            found.append(row)

    class Slow(callbacks.Callback):
        def on_loss(self, solver: Any, loss: float) -> None:
            now[0] += 2

        def on_report(self, solver: Any, record: dict[str, Any]) -> None:
            now[0] += 100 * (record["kind"] == "test")

    solver = toy(display=2, max_iter=5, **TESTED)
    for callback in (Keep(), Slow()):
        solver.add_callback(callback)
    solver.step(3)
    now[0] += 1000  # what happens between two steps is not training
    solver.step(2)
    assert [(row.iter, row.trained, row.speed) for row in found] == [
        (0, (1, 2.0), 0.5),
        (2, (2, 4.0), 0.5),
        (4, (2, 4.0), 0.5),
    ]


# -- TensorBoard -----------------------------------------------------------------------------


def events(folder: str) -> dict[str, list[tuple[int, float]]]:
    """Values by tag, of a file of TensorBoard's records: length, checksum, event, checksum."""
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, list[tuple[int, float]]] = {}
    (path,) = Path(folder).iterdir()
    content, at = path.read_bytes(), 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        event = Event.FromString(content[at + 12 : at + 12 + length])
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
        at += 12 + length + 4
    return found


def test_tensorboard_gets_what_is_told() -> None:
    solver = toy(SCORED, display=2, max_iter=4, **TESTED)
    with closing(callbacks.TensorBoardLog("tb")) as log, closing(callbacks.CsvLog("x.csv")) as rows:
        solver.add_callback(log)
        solver.add_callback(rows)
        solver.solve()
        log.on_report(solver, {"kind": "test", "iter": 9, "net": 1, "outputs": {"x": [1.0, 2.0]}})
    found = events("tb")
    assert found.pop("test1/x/0") == [(9, 1.0)] and found.pop("test1/x/1") == [(9, 2.0)]
    assert found.keys() == {"loss", "lr", "train/loss", "test/loss", "test/score"}
    for tag, column in (("loss", "loss"), ("lr", "lr"), ("test/score", "test_score")):
        wanted = [(int(r["iter"]), float(r[column])) for r in table("x.csv") if r[column]]
        assert found[tag] == [(i, pytest.approx(value, rel=1e-6)) for i, value in wanted]


def test_tensorboard_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protonet.callbacks.tensorboard._WRITERS", ("no_such_module",))
    with pytest.raises(ProtonetError, match=r"tensorboardX'.*\[tensorboard\]"):
        callbacks.TensorBoardLog("tb")


def test_a_metrics_file_is_one_of_them() -> None:
    solver = get_solver(text(display=1))
    with closing(callbacks.MetricsFile("m.jsonl")) as metrics:
        solver.add_callback(metrics)
        solver.step(1)
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    assert [record["kind"] for record in records][:2] == ["train", "rate"]
