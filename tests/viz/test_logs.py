"""Logs of all dialects, and files of --metrics."""

from __future__ import annotations

import datetime
import json
import math
import os

import pytest

from protonet.errors import DataError
from protonet.viz.logs import Point, read_runs, read_tables
from protonet.viz.readings import Quantity, number

LOSS, RATE = Quantity("loss", "loss", is_loss=True), Quantity("lr", "lr")
ACCURACY = Quantity("test", "accuracy")

#: What a training of 40 iterations told: (clock, file of the source, message).
STORY = [
    ("10:00:00.000000", "solver.cpp:280", "Solving LeNet"),
    ("10:00:00.100000", "solver.cpp:281", "Learning Rate Policy: inv"),
    ("10:00:00.500000", "solver.cpp:337", "Iteration 0, Testing net (#0)"),
    ("10:00:01.000000", "solver.cpp:404", "    Test net output #0: accuracy = 0.125"),
    (
        "10:00:01.000000",
        "solver.cpp:404",
        "    Test net output #1: loss = 2.375 (* 1 = 2.375 loss)",
    ),
    (
        "10:00:02.000000",
        "solver.cpp:228",
        "Iteration 0 (-1.12104e-44 iter/s, 2s/20 iters), loss = 2.5",
    ),
    ("10:00:02.000000", "solver.cpp:244", "    Train net output #0: loss = 2.5 (* 1 = 2.5 loss)"),
    ("10:00:02.000000", "sgd_solver.cpp:106", "Iteration 0, lr = 0.01"),
    ("10:00:06.000000", "solver.cpp:228", "Iteration 20 (5 iter/s, 4s/20 iters), loss = 1.5"),
    ("10:00:06.000000", "solver.cpp:244", "    Train net output #0: loss = 1.25 (* 1 = 1.25 loss)"),
    ("10:00:06.000000", "sgd_solver.cpp:106", "Iteration 20, lr = 0.005"),
    (
        "10:00:06.000000",
        "sgd_solver.cpp:112",
        "Gradient clipping: scaling down gradients (L2 norm 3 > 1) by scale factor 0.333",
    ),
    ("10:00:10.000000", "solver.cpp:454", "Snapshotting to binary proto file x_iter_40.caffemodel"),
    ("10:00:10.500000", "solver.cpp:317", "Iteration 40, loss = 0.75"),
    ("10:00:10.500000", "solver.cpp:337", "Iteration 40, Testing net (#0)"),
    ("10:00:11.000000", "solver.cpp:404", "    Test net output #0: accuracy = 0.875"),
    ("10:00:11.000000", "solver.cpp:404", "    Test net output #1: loss = 0.5 (* 1 = 0.5 loss)"),
    ("10:00:11.000000", "solver.cpp:322", "Optimization Done."),
]


def written(path, story, date="20261120"):
    text = "".join(f"I{date} {clock}  4711 {at}] {words}\n" for clock, at, words in story)
    path.write_text("Log file created at: 2026/11/20 10:00:00\n" + text)
    return path


@pytest.mark.parametrize("date", ["20261120", "1120"])
def test_curves(tmp_path, date):
    (run,) = read_runs(written(tmp_path / "a.log", STORY, date))
    assert run.name == "a.log"
    assert run.curves[LOSS] == [Point(0, 2.0, 2.5), Point(20, 6.0, 1.5), Point(40, 10.5, 0.75)]
    assert run.curves[RATE] == [Point(0, 2.0, 0.01), Point(20, 6.0, 0.005)]
    assert run.curves[ACCURACY] == [Point(0, 1.0, 0.125), Point(40, 11.0, 0.875)]
    assert {str(q) for q in run.curves} == {
        "training loss",
        "learning rate",
        "train loss",
        "test loss",
        "test accuracy",
    }


def test_tables(tmp_path):
    train, test = read_tables(written(tmp_path / "a.log", STORY))
    # Caffe's tool tells the rate that was printed before the row; the first row, which
    # stands before any, has that of the second.
    assert train == [
        {"NumIters": 0.0, "Seconds": 2.0, "LearningRate": 0.01, "loss": 2.5},
        {"NumIters": 20.0, "Seconds": 6.0, "LearningRate": 0.01, "loss": 1.25},
    ]
    assert test == [
        {"NumIters": 0.0, "Seconds": 1.0, "LearningRate": 0.005, "accuracy": 0.125, "loss": 2.375},
        {"NumIters": 40.0, "Seconds": 11.0, "LearningRate": 0.005, "accuracy": 0.875, "loss": 0.5},
    ]


@pytest.mark.parametrize(
    ("shown", "rate"),
    [
        ("Iteration 20 (5 iter/s, 4s/20 iters), loss = 1.5", "Iteration 20, lr = 0.25"),
        ("Iteration 20, loss = 1.5", "Iteration 20, lr = 0.25"),
        (
            "Iteration 20 (0.26 iter/s, 77s/20 iter), loss = 1.5",  # NVIDIA/caffe
            "Iteration 20, lr = 0.25, m = 0.9, wd = 0.0005, gs = 1",
        ),
        (
            "Iteration 20 (5 iter/s, 4s/20 iter), 0.7/3ep, loss = 1.5",
            "Iteration 20, lr = 0.25, m = 0.9, lrm = 0.1, wd = 0.0005, gs = 1",
        ),
    ],
)
@pytest.mark.parametrize("prefix", ["I0413 07:54:54.017457 22206 solver.cpp:242] ", ""])
def test_dialects(tmp_path, shown, rate, prefix):
    path = tmp_path / "log"
    path.write_text(f"{prefix}{shown}\n{prefix}{rate}\n")
    (run,) = read_runs(path)
    (loss,), (lr,) = run.curves[LOSS], run.curves[RATE]
    assert (loss.iteration, loss.value, lr.iteration, lr.value) == (20, 1.5, 20, 0.25)
    assert math.isnan(loss.seconds) != bool(prefix)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nan", math.nan),
        ("-nan", math.nan),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("1.#INF", math.inf),
        ("-1.#IND", math.nan),
        ("-nan(ind)", math.nan),
        ("1e-05", 1e-5),
        ("1.#J", math.inf),
        ("-1.#INF00", -math.inf),
        ("1.#QNAN", math.nan),
        ("", None),
        ("1.5e", None),
        ("0.5;", None),
        ("infinite", None),
        ("nano", None),
    ],
)
def test_numbers(text, value):
    got = number(text)
    assert got == value or (math.isnan(value) and math.isnan(got))


def test_a_resumed_training(tmp_path):
    """Killed after iteration 60, gone on with from 40: what lay beyond is replaced, and the
    hour in between is no time of training."""
    more = [
        ("10:00:12.000000", "a:1", "Iteration 60 (5 iter/s, 4s/20 iters), loss = 9"),
        ("11:00:12.000000", "a:1", "Resuming from x_iter_40.solverstate"),
        ("11:00:12.000000", "a:1", "Solving LeNet"),
        ("11:00:13.000000", "a:1", "Iteration 40 (0 iter/s, 1s/20 iters), loss = 0.75"),
        ("11:00:15.000000", "a:1", "Iteration 60 (5 iter/s, 4s/20 iters), loss = 0.5"),
    ]
    path = written(tmp_path / "a.log", STORY[:-5] + more)
    (run,) = read_runs(path)
    assert [p.value for p in run.curves[LOSS]] == [2.5, 1.5, 0.75, 0.5]
    assert [p.seconds for p in run.curves[LOSS]] == [2.0, 6.0, 13.0, 15.0]


def test_two_trainings_in_one_file(tmp_path):
    path = written(tmp_path / "a.log", STORY + STORY)
    first, second = read_runs(path)
    assert (first.name, second.name) == ("a.log", "a.log #2")
    assert [p.value for p in first.curves[LOSS]] == [p.value for p in second.curves[LOSS]]
    train, _ = read_tables(path)
    assert [row["NumIters"] for row in train] == [0, 20, 0, 20]


def test_the_turn_of_the_year(tmp_path):
    path = tmp_path / "log"
    path.write_text(
        "I1231 23:59:59.000000 1 a:1] Solving x\nI0101 00:00:01.500000 1 a:1] Iteration 5, lr = 1\n"
    )
    os.utime(path, (1.6e9, 1.6e9))
    (run,) = read_runs(path)
    assert run.curves[RATE][0].seconds == 2.5
    path.write_text(
        "I0229 10:00:00.0 1 a:1] Solving\nI0230 10:00:00.0 1 a:1] Iteration 5, lr = 1\n"
    )
    os.utime(path, (1.67e9, 1.67e9))
    (run,) = read_runs(path)
    assert run.curves[RATE][0].value == 1


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("20240228", "20240301", 2),
        ("20230228", "20230301", 1),
        ("20231231", "20240101", 1),
        ("20240131", "20240210", 10),
    ],
)
def test_days_of_dates_with_a_year(tmp_path, first, last, days):
    path = tmp_path / "log"
    path.write_text(
        f"I{first} 10:00:00.0 1 a:1] Solving x\nI{last} 10:00:01.0 1 a:1] Iteration 5, lr = 1\n"
    )
    (run,) = read_runs(path)
    assert run.curves[RATE] == [Point(5, days * 86400 + 1, 1.0)]


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ((2024, 3, 2), 2),
        ((2024, 3, 1), 2),
        ((2023, 3, 2), 1),
        ((2025, 1, 5), 2),
        ((2024, 1, 5), 1),
        ((2024, 2, 28), 2),
    ],
)
def test_days_of_dates_without_a_year(tmp_path, changed, days):
    """The first line is of the year in which the file was changed; of the one before, if that day
    was still to come."""
    path = tmp_path / "log"
    path.write_text(
        "I0228 10:00:00.0 1 a:1] Solving x\nI0301 10:00:01.0 1 a:1] Iteration 5, lr = 1\n"
    )
    modified = datetime.datetime(*changed, 12).timestamp()
    os.utime(path, (modified, modified))
    (run,) = read_runs(path)
    assert run.curves[RATE] == [Point(5, days * 86400 + 1, 1.0)]


def test_numbers_before_the_first_iteration_belong_to_none(tmp_path):
    path = tmp_path / "log"
    path.write_text(
        "    Test net output #0: accuracy = 0.5\nIteration 3, Testing net (#0)\n"
        "    Test net output #0: accuracy = 0.25\n"
    )
    (run,) = read_runs(path)
    assert [(p.iteration, p.value) for p in run.curves[ACCURACY]] == [(3, 0.25)]


@pytest.mark.parametrize("year", [2001, 2021, 2022, 2023, 2024, 2101])
def test_the_29th_of_february(tmp_path, year):
    """Of the last leap year before the file was changed; 2100 is none."""
    path = tmp_path / "log"
    path.write_text(
        "I0229 23:59:58.0 1 a:1] Solving x\nI0301 00:00:01.5 1 a:1] Iteration 5, lr = 1\n"
    )
    modified = datetime.datetime(year, 12, 24).timestamp()
    os.utime(path, (modified, modified))
    (run,) = read_runs(path)
    assert run.curves[RATE] == [Point(5, 3.5, 1.0)]


def test_several_nets_and_values(tmp_path):
    outputs = "".join(f"    Test net output #{i}: p = 0.{i + 1}\n" for i in range(2))
    path = tmp_path / "log"
    path.write_text(
        f"Iteration 0, Testing net (#0)\n{outputs}"
        f"Iteration 0, Testing net (#1)\nTest loss: 3\n{outputs}"
    )
    (run,) = read_runs(path)
    assert {str(q): points[0].value for q, points in run.curves.items()} == {
        "test p": 0.1,
        "test p[1]": 0.2,
        "test total loss (net 1)": 3.0,
        "test p (net 1)": 0.1,
        "test p[1] (net 1)": 0.2,
    }
    _, (row,) = read_tables(path)
    assert list(row)[3:] == ["p", "p[1]", "p (#1)", "p[1] (#1)"]


def test_metrics(tmp_path):
    records = [
        {
            "seconds": 1.0,
            "kind": "test",
            "iter": 0,
            "net": 0,
            "loss": 2.0,
            "outputs": {"accuracy": 0.5, "p": [0.25, 0.75]},
        },
        {"seconds": 2.0, "kind": "train", "iter": 0, "loss": None, "outputs": {"loss": None}},
        {"seconds": 2.0, "kind": "rate", "iter": 0, "lr": 0.01},
        {"seconds": 3.0, "kind": "snapshot", "iter": 1, "path": "x"},
        # gone on with: the clock of the file starts again
        {"seconds": 0.5, "kind": "train", "iter": 1, "loss": 0.5, "outputs": {}},
    ]
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    (run,) = read_runs(path)
    first, second = run.curves[LOSS]
    assert math.isnan(first.value) and second == Point(1, 3.5, 0.5)
    assert run.curves[Quantity("test", "p[1]")] == [Point(0, 1.0, 0.75)]
    assert run.curves[ACCURACY][0].value == 0.5
    path.write_text('{"kind": "train"}\n')
    with pytest.raises(DataError, match=r"m\.jsonl:1: this line is none of --metrics"):
        read_runs(path)


@pytest.mark.parametrize("read", [read_runs, read_tables])
def test_a_log_of_nothing_is_named(tmp_path, read):
    path = tmp_path / "empty.log"
    path.write_text("Creating layer conv1\n")
    with pytest.raises(DataError) as caught:
        read(path)
    assert str(caught.value) == (
        f"{path}: no line of a training is in it: give a log or a file of --metrics"
    )


def test_what_is_no_log(tmp_path):
    (tmp_path / "a").write_bytes(b"\xff\xfe nothing\n")
    with pytest.raises(DataError, match="no line of a training"):
        read_runs(tmp_path / "a")
    with pytest.raises(DataError, match="no such file"):
        read_runs(tmp_path / "b")
    with pytest.raises(DataError, match="no line of a training"):
        read_tables(tmp_path / "a")


# -- logs that came by other ways --------------------------------------------------------------


def lines_of(path):
    return path.read_text().splitlines()


def coloured(path):
    text = "".join(f"\x1b[32m{line[:40]}\x1b[0;1m{line[40:]}\x1b[0m\n" for line in lines_of(path))
    path.write_text("\x1b]0;training\x07" + text)


def of_windows(path):
    path.write_bytes("".join(f"{line}\r\n" for line in lines_of(path)).encode())


def of_powershell(path):
    path.write_bytes("".join(f"{line}\r\n" for line in lines_of(path)).encode("utf-16"))


def with_a_byte_order_mark(path):
    path.write_bytes(path.read_text().encode("utf-8-sig"))


def with_times_of_docker(path):
    stamp = "2026-11-20T10:00:00.123456789Z"
    path.write_text("".join(f"{stamp} {line}\n" for line in lines_of(path)))


def as_docker_keeps_it(path):
    records = [{"log": f"{line}\n", "stream": "stderr", "time": "x"} for line in lines_of(path)]
    path.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records))


def with_ranks_of_slurm(path):
    path.write_text("".join(f"0: {line}\n" for line in lines_of(path)))


def between_bars(path):
    path.write_text("".join(f"{line}\n 50%|#####     | 5/10\r" for line in lines_of(path)))


def cut_off(path):
    path.write_text(
        path.read_text() + "I20261120 10:00:12.000000 4711 solver.cpp:228] Iteration 60, l"
    )


@pytest.mark.parametrize(
    "way",
    [
        coloured,
        of_windows,
        of_powershell,
        with_a_byte_order_mark,
        with_times_of_docker,
        as_docker_keeps_it,
        with_ranks_of_slurm,
        between_bars,
        cut_off,
    ],
)
def test_a_log_that_was_changed_on_its_way(tmp_path, way):
    plain, changed = (written(tmp_path / name, STORY) for name in ("plain", "changed"))
    way(changed)
    (want,), (got,) = read_runs(plain), read_runs(changed)
    assert got.curves == want.curves
    assert read_tables(changed) == read_tables(plain)


def test_a_value_that_was_cut_off_is_none(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("Iteration 0, loss = 2\nIteration 20, loss = 1.5e\nIteration 40, loss = nan\n")
    first, last = read_runs(path)[0].curves[LOSS]
    assert (first.iteration, last.iteration) == (0, 40) and math.isnan(last.value)


@pytest.mark.parametrize(
    "line",
    [
        f"Iteration {'9' * 5000}, loss = 1",
        "I99991231 99:59:59.9 1 a:1] Iteration 1, loss = nothing",
    ],
)
def test_lines_that_say_nothing(tmp_path, line):
    path = tmp_path / "a.log"
    path.write_text(f"Iteration 0, loss = 2\n{line}\n")
    assert [point.value for point in read_runs(path)[0].curves[LOSS]] == [2.0]


def of_2014(clock, *words):
    return [(f"10:00:{clock:09.6f}", "solver.cpp:232", text) for text in words]


def test_a_log_of_2014(tmp_path):
    """No outputs by name: scores by number, and of training the loss alone."""
    story = [
        *of_2014(0.0, "Iteration 0, Testing net (#0)"),
        *of_2014(1.0, "Test score #0: 0.125", "Test score #1: 2"),
        *of_2014(2.5, "Iteration 0, loss = 1.5", "Iteration 0, lr = 0.01"),
        *of_2014(10.0, "Iteration 100, Testing net (#0)"),
        *of_2014(11.0, "Test score #0: 0.25", "Test score #1: 1.5"),
        *of_2014(12.5, "Iteration 100, loss = 1.25", "Iteration 100, lr = 0.001"),
    ]
    path = written(tmp_path / "a.log", story, "1120")
    train, test = read_tables(path)
    assert [list(row.values()) for row in train] == [[0, 1.5, 0.01, 1.5], [100, 11.5, 0.01, 1.25]]
    assert list(train[0]) == ["NumIters", "Seconds", "LearningRate", "loss"]
    assert [list(row.values())[3:] for row in test] == [[0.125, 2.0], [0.25, 1.5]]
    assert list(test[0])[3:] == ["score #0", "score #1"]
    (run,) = read_runs(path)
    assert [point.value for point in run.curves[Quantity("test", "score #1")]] == [2.0, 1.5]


@pytest.mark.parametrize(
    "changes",
    [
        '"iter": 1e999',
        '"iter": -1',
        '"iter": 1.5',
        '"iter": "1"',
        '"iter": [[]]',
        f'"iter": 1{"0" * 400}',
        f'"loss": 1{"0" * 400}',
        '"seconds": 1e999',
        f'"seconds": {"[" * 100_000}',
    ],
)
def test_metrics_that_no_solver_writes(tmp_path, changes):
    good = '{"kind": "train", "iter": 1, "seconds": 1, "loss": 1, "outputs": {}'
    path = tmp_path / "m.jsonl"
    path.write_text(f"{good}}}\n{good}, {changes}}}\n")
    with pytest.raises(DataError, match=r"m\.jsonl:2: this line is none of --metrics"):
        read_runs(path)


def test_metrics_of_a_process_that_was_killed(tmp_path):
    good = '{"kind": "train", "iter": 1, "seconds": 1, "loss": 1, "outputs": {}}'
    path = tmp_path / "m.jsonl"
    path.write_text(f"{good}\n{good[:-20]}")
    assert read_runs(path)[0].curves[LOSS] == [Point(1, 1.0, 1.0)]
    path.write_text(good)
    assert read_runs(path)[0].curves[LOSS] == [Point(1, 1.0, 1.0)]
