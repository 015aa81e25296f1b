"""protonet train: as a process once, the rest in this one."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from protonet.cli.main import main
from protonet.proto.weights import read_state, read_weights

GLOG = re.compile(r"([IWEF])(\d{8}) (\d\d:\d\d:\d\d\.\d{6}) +(\d+) ([\w.]+):(\d+)\] (.*)")


def messages(err: str) -> list[str]:
    """What stands after the prefix, on lines that have one."""
    return [found[7] for line in err.splitlines() if (found := GLOG.fullmatch(line))]


def weights(path: str) -> np.ndarray:
    layers = read_weights(path)
    return np.concatenate([blob.ravel() for layer in layers for blob in layer.blobs])


def test_a_training_as_a_process(tiny, process):
    done = process("train", "-solver", "solver.prototxt", "-log=train.log")
    out, err = done.communicate()
    assert (done.returncode, out) == (0, "")
    lines = messages(err)
    assert lines[0] == "Use CPU." and lines[-1] == "Optimization Done."
    assert "Starting Optimization" in lines and "Solving tiny" in lines
    shown = [re.sub(r"[-\d.e]+ iter/s, [\d.e-]+s", "R iter/s, Ss", line) for line in lines]
    assert any(
        re.fullmatch(r"Iteration 3 \(R iter/s, Ss/3 iters\), loss = [\d.]+", x) for x in shown
    )
    assert "Snapshotting to binary proto file tiny_iter_6.caffemodel" in lines
    assert messages(Path("train.log").read_text()) == lines
    assert sorted(p.name for p in tiny.glob("tiny_*")) == [
        "tiny_iter_6.caffemodel", "tiny_iter_6.solverstate",
    ]  # fmt: skip


def test_an_interrupted_training_goes_on_exactly(tiny, process):
    assert main(["train", "solver.prototxt", "--quiet", "--iterations", "3000"]) == 0
    want = weights("tiny_iter_3000.caffemodel")
    for path in tiny.glob("tiny_*"):
        path.unlink()
    running = process("train", "solver.prototxt", "--iterations", "3000")
    for line in running.stderr:
        if "Iteration 30 " in line:
            running.send_signal(signal.SIGTERM)
            break
    assert "Optimization stopped early." in running.stderr.read()
    assert running.wait() == 130
    (state,) = tiny.glob("*.solverstate")
    assert 30 <= read_state(state).iter < 3000
    code = main(["train", "solver.prototxt", "--snapshot", state.name, "--quiet",
                 "--iterations", "3000"])  # fmt: skip
    assert code == 0
    np.testing.assert_array_equal(weights("tiny_iter_3000.caffemodel"), want)


@pytest.mark.slow
def test_killed_at_random_moments(tiny, process):
    """Whatever is on disk after SIGKILL can be gone on from, to the same last bit."""
    options = ["train", "solver.prototxt", "--quiet", "--iterations", "2000"]
    assert main(options) == 0
    want = weights("tiny_iter_2000.caffemodel")
    for path in tiny.glob("tiny_*"):
        path.unlink()
    text = Path("solver.prototxt").read_text()
    Path("solver.prototxt").write_text(text + "snapshot: 10\n")
    rng = np.random.default_rng(7)
    latest: list[str] = []
    for _ in range(8):
        before = set(tiny.glob("*.solverstate"))
        running = process(*options, *latest)
        while running.poll() is None and set(tiny.glob("*.solverstate")) == before:
            time.sleep(0.005)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(rng.uniform(0.0, 0.3))
        running.kill()
        running.wait()
        states = {read_state(path).iter: path for path in tiny.glob("*.solverstate")}
        for state in states.values():
            assert weights(read_state(state).learned_net).size == want.size
        latest = ["--snapshot", str(states[max(states)])]
    assert main([*options, *latest]) == 0
    np.testing.assert_array_equal(weights("tiny_iter_2000.caffemodel"), want)


def test_a_full_disk_leaves_the_old_snapshot(tiny, capsys):
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    before = Path("tiny_iter_6.caffemodel").read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device", "tiny_iter_6.caffemodel")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", full)
        assert main(["train", "solver.prototxt", "--quiet"]) == 3
    assert "No space left" in capsys.readouterr().err
    assert Path("tiny_iter_6.caffemodel").read_bytes() == before
    assert len(list(tiny.glob("*caffemodel*"))) == 1, "nothing half written is left"


def test_quiet(tiny, capsys):
    assert main(["train", "solver.prototxt", "--quiet", "--gpu", "0,1"]) == 0
    assert capsys.readouterr().err == (
        "protonet: warning: --gpu 0,1 is ignored: protonet runs on the CPU\n"
    )


def test_minloglevel(tiny, capsys, monkeypatch):
    monkeypatch.setenv("GLOG_minloglevel", "1")
    assert main(["train", "solver.prototxt"]) == 0
    assert capsys.readouterr().err == ""


def test_iterations_and_metrics(tiny):
    args = ["train", "solver.prototxt", "--iterations=4", "--quiet", "--metrics", "m.jsonl"]
    assert main(args) == 0
    assert (tiny / "tiny_iter_4.solverstate").exists()
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    assert {record["kind"] for record in records} == {"train", "rate", "test", "snapshot"}


def test_weights_and_snapshot(tiny, capsys):
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    start = weights("tiny_iter_6.caffemodel")
    Path("still.prototxt").write_text(
        Path("solver.prototxt").read_text().replace("0.01", "0.0").replace('"tiny"', '"still"')
    )
    assert main(["train", "still.prototxt", "--weights", "tiny_iter_6.caffemodel"]) == 0
    np.testing.assert_array_equal(weights("still_iter_6.caffemodel"), start)
    assert "Finetuning from tiny_iter_6.caffemodel" in messages(capsys.readouterr().err)
    args = ["train", "solver.prototxt", "--iterations", "8"]
    assert main([*args, "--snapshot", "tiny_iter_6.solverstate"]) == 0
    lines = messages(capsys.readouterr().err)
    assert "Resuming from tiny_iter_6.solverstate" in lines
    assert (tiny / "tiny_iter_8.caffemodel").exists()
    assert main([*args, "--snapshot", "a", "--weights", "b"]) == 2
    assert main([*args, "--snapshot", "tiny_iter_6.caffemodel", "--quiet"]) == 3
    assert "--weights" in capsys.readouterr().err.splitlines()[-1]


def test_level_and_stage(tiny, capsys):
    args = ["train", "solver.prototxt", "-level", "2", "-stage", "other,extra", "--iterations=1"]
    assert main([*args, "--metrics", "m"]) == 0
    saved = [layer.name for layer in read_weights("tiny_iter_1.caffemodel")]
    assert "staged" in saved


def test_not_a_number(tiny, capsys):
    Path("solver.prototxt").write_text(
        Path("solver.prototxt").read_text().replace("0.01", "1e30") + "snapshot: 1\n"
    )
    assert main(["train", "solver.prototxt", "--quiet"]) == 5
    (line,) = capsys.readouterr().err.splitlines()
    assert "not finite at iteration" in line and "tiny_iter_" in line
    assert all(np.isfinite(weights(str(path))).all() for path in tiny.glob("*.caffemodel"))
    assert main(["train", "solver.prototxt", "--quiet", "--keep-going"]) == 0


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([], 2, "SOLVER is missing"),
        (["solver.prototxt", "extra"], 2, "unrecognized arguments"),
        (["solver.prototxt", "--solver", "solver.prototxt"], 2, "one argument too many"),
        (["nothing.prototxt"], 3, "nothing.prototxt: no such file"),
        (["solver.prototxt", "--weights", "nothing"], 3, "no file nothing"),
        (["solver.prototxt", "--snapshot", "nothing"], 3, "nothing"),
        (["solver.prototxt", "--sigint_effect", "jump"], 2, "invalid choice"),
        (["solver.prototxt", "--iterations", "0"], 2, "not a whole number above 0"),
        (["solver.prototxt", "--log", "no/where/x.log"], 3, "no/where/x.log"),
    ],
)
def test_what_is_refused(tiny, capsys, args, code, words):
    try:
        got = main(["train", *args])
    except SystemExit as error:
        got = error.code
    err = capsys.readouterr().err
    assert got == code and words in err
    assert "Traceback" not in err
    assert not list(tiny.glob("tiny_*"))
