"""The log for people, at a terminal of 80 columns and elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet import get_solver
from protonet.cli.main import main
from protonet.cli.table import Table, duration
from tests.cli.conftest import NET, SOLVER
from tests.cli.test_train import messages


def lines(terminal: str) -> list[str]:
    """What was printed for good: no bars."""
    parts = terminal.replace("\r", "\n").replace("\x1b[A", "\n").split("\n")
    return [part.rstrip() for part in parts if part.strip() and "%|" not in part]


def test_people_get_a_table(tiny, terminal):
    shown = terminal()
    assert main(["train", "solver.prototxt"]) == 0
    head, names, *rows = lines(shown.getvalue())
    assert head == "tiny: 6 parameters; SGD, base_lr 0.01 (fixed); 6 iterations"
    assert names.split() == ["iteration", "loss", "test", "loss", "rate", "it/s", "time", "left"]
    table = [row.split() for row in rows if row.split()[0].isdigit()]
    assert [row[0] for row in table] == ["0", "3", "6"]
    assert all(len(row) == 80 or len(row) < 80 for row in [head, names, *rows])
    # Numbers stand below their names.
    assert rows[0].index("0.01000") + len("0.01000") == names.index("rate") + len("rate")
    assert rows[-3].startswith("Result after 6 iterations: loss = ")
    assert rows[-2:] == [
        "The model is tiny_iter_6.caffemodel",
        "Next: protonet test net.prototxt tiny_iter_6.caffemodel --iterations 2",
    ]
    assert "Snapshotting to binary proto file tiny_iter_6.caffemodel" in rows
    assert "] " not in shown.getvalue().replace("[A", "").split("%|")[0]


def test_the_file_has_caffes_log_whatever_is_shown(tiny, terminal):
    terminal()
    assert main(["train", "solver.prototxt", "--log", "x.log"]) == 0
    assert "Optimization Done." in messages(Path("x.log").read_text())


def test_glog_on_request_and_where_nobody_looks(tiny, terminal, capsys):
    assert main(["train", "solver.prototxt"]) == 0
    assert "Optimization Done." in messages(capsys.readouterr().err)
    shown = terminal()
    assert main(["train", "solver.prototxt", "--glog"]) == 0
    assert "time left" not in shown.getvalue() and "] Solving tiny" in shown.getvalue()


def test_warnings_stay_warnings(tiny, terminal):
    shown = terminal()
    assert main(["train", "solver.prototxt", "--gpu", "0"]) == 0
    assert lines(shown.getvalue())[0] == (
        "protonet: warning: --gpu 0 is ignored: protonet runs on the CPU"
    )


def table_of(width: int, net: str, solver: str = SOLVER) -> list[str]:
    Path("net.prototxt").write_text(net)
    Path("solver.prototxt").write_text(solver)
    printed: list[str] = []
    trained = get_solver("solver.prototxt")
    table = Table(printed.append, width)
    trained.add_callback(table)
    table.begin(trained)
    trained.solve()
    table.finish(trained)
    return printed


def scores(*names: str) -> str:
    return NET + "".join(
        f'layer {{ name: "{name}" type: "Reduction" bottom: "p" top: "{name}" '
        "include { phase: TEST } }\n"
        for name in names
    )


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits(tiny, width):
    net = scores("accuracy", "top5", "a_very_long_name_of_an_output", "loss3/top-5")
    net += 'layer { name: "all" type: "Power" bottom: "p" top: "all" include { phase: TEST } }'
    printed = table_of(width, net)
    told = next(line for line in printed if line.startswith("not in the table: "))
    rows = [line for line in printed if line != told][1:]
    assert max(map(len, rows)) <= width
    # What found no room is named, and what has no single value.
    shown = " ".join(rows)
    for name in ("test accuracy", "test top5", "test a_very_l…", "test loss3/to…", "test loss"):
        assert (name in shown) != (name in told.split(": ")[1].split(" (")[0].split(", "))
    assert "all" in told


def test_numbers_of_all_sizes(tiny):
    for weight, found in (("1e6", "e+0"), ("1e-6", "e-0"), ("0.5", "0.")):
        solver = SOLVER.replace("0.01", "0.0")
        printed = table_of(80, NET.replace("loss_weight: 0.5", f"loss_weight: {weight}"), solver)
        cell = printed[2][11:20].strip()
        assert found in cell and len(cell) <= 9


def test_the_names_are_repeated(tiny):
    printed = table_of(80, NET, SOLVER.replace("display: 3", "display: 1").replace(": 6", ": 70"))
    heads = [i for i, line in enumerate(printed) if line.startswith("iteration")]
    assert heads == [1, 32, 63]


def test_the_time_that_is_left(tiny, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("protonet.callbacks.rows.time.perf_counter", lambda: now[0])

    class Slow(Table):
        def on_loss(self, solver, loss):
            now[0] += 50

    solver = get_solver("solver.prototxt")
    printed: list[str] = []
    table = Slow(printed.append, 80)
    solver.add_callback(table)
    solver.solve()
    table.finish(solver)
    # After 4 of 6 iterations of 50 seconds each 100 are left.
    assert printed[2].split()[-2:] == ["0.02", "1:40"]


def test_durations():
    assert [duration(x) for x in (0.4, 59.6, 75, 3599, 3700, 86400, 200000)] == [
        *("0:00", "1:00", "1:15", "59:59", "1:01:40", "1d 0h", "2d 7h"),
    ]


def test_a_test_for_people_tells_the_result(tiny, terminal):
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    shown = terminal()
    assert main(["test", "net.prototxt", "tiny_iter_6.caffemodel", "--iterations", "3"]) == 0
    copied, loss, output = lines(shown.getvalue())
    assert copied.startswith("tiny_iter_6.caffemodel: 1 layers copied")
    assert loss.startswith("Loss: ") and output.startswith("loss = ")
