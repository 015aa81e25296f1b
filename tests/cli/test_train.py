"""protonet train: as a process once, the rest in this one."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from protonet.cli import train
from protonet.cli.main import main
from protonet.cli.outcome import Outcome
from protonet.cli.output import log_shown
from protonet.kernels.threads import num_threads, set_num_threads
from protonet.log import log
from protonet.proto.weights import read_state, read_weights
from protonet.solvers import Callback, get_solver

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
    assert lines[0] == "Use CPU." and lines.count("Optimization Done.") == 1
    result, model, following = lines[-3:]
    (score,) = [x for x in lines if x.startswith("    Test net output #0")][-1:]
    assert result == f"Result after 6 iterations: {score.split(': ')[1].split(' (')[0]}"
    assert model == "The model is tiny_iter_6.caffemodel"
    assert following == "Next: protonet test net.prototxt tiny_iter_6.caffemodel --iterations 2"
    assert "Starting Optimization" in lines and "Solving tiny" in lines
    shown = [re.sub(r"[-\d.e]+ iter/s, [\d.e-]+s", "R iter/s, Ss", line) for line in lines]
    assert any(
        re.fullmatch(r"Iteration 3 \(R iter/s, Ss/3 iters\), loss = [\d.]+", x) for x in shown
    )
    assert "Snapshotting to binary proto file tiny_iter_6.caffemodel" in lines
    written = Path("train.log").read_text()
    assert messages(written) == lines and "\n\n" not in written
    assert sorted(p.name for p in tiny.glob("tiny_*")) == [
        "tiny_iter_6.caffemodel",
        "tiny_iter_6.solverstate",
    ]


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
    code = main(
        ["train", "solver.prototxt", "--snapshot", state.name, "--quiet", "--iterations", "3000"]
    )
    assert code == 0
    np.testing.assert_array_equal(weights("tiny_iter_3000.caffemodel"), want)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["BINARYPROTO", "HDF5"])
def test_killed_at_random_moments(tiny, process, kind):
    """Whatever is on disk after SIGKILL can be gone on from, to the same last bit.  With a
    snapshot after each iteration most kills come while one is written."""
    ending = ".h5" if kind == "HDF5" else ""
    options = ["train", "solver.prototxt", "--quiet", "--iterations", "400"]
    text = Path("solver.prototxt").read_text() + f"snapshot_format: {kind}\n"
    Path("solver.prototxt").write_text(text)
    assert main(options) == 0
    want = weights(f"tiny_iter_400.caffemodel{ending}")
    for path in tiny.glob("tiny_*"):
        path.unlink()
    Path("solver.prototxt").write_text(text + "snapshot: 1\n")
    rng = np.random.default_rng(7)
    latest: list[str] = []
    broken_off = 0
    for _ in range(10):
        before = set(tiny.glob("tiny_*.solverstate*"))
        running = process(*options, *latest)
        while running.poll() is None and set(tiny.glob("tiny_*.solverstate*")) == before:
            time.sleep(0.002)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(rng.uniform(0.0, 0.05))
        running.kill()
        running.wait()
        broken_off += len(list(tiny.glob(".tiny_*")))
        for path in set(tiny.glob("tiny_*.solverstate*")) - before:
            assert weights(read_state(path).learned_net).size == want.size
        states = {read_state(path).iter: path for path in tiny.glob("tiny_*.solverstate*")}
        latest = ["--snapshot", str(states[max(states)])]
        if max(states) == 400:
            break
    assert broken_off, "no kill hit the writing of a file"
    assert main([*options, *latest]) == 0
    np.testing.assert_array_equal(weights(f"tiny_iter_400.caffemodel{ending}"), want)
    assert max(states) == 400 or not list(tiny.glob(".tiny_*")), "leftovers are removed"


@pytest.mark.parametrize("kind", ["BINARYPROTO", "HDF5"])
def test_a_write_that_fails_leaves_the_snapshot_before(tiny, process, kind):
    """The system lets the process write files of 100 KB; the snapshot at iteration 4, which
    is of another net, is larger."""
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    text = Path("solver.prototxt").read_text() + f"snapshot: 2\nsnapshot_format: {kind}\n"
    Path("solver.prototxt").write_text(text)
    small = process("train", "solver.prototxt", "--quiet", "--iterations", "2", preexec_fn=limit)
    assert small.communicate()[1] == ""
    before = {path.name: path.read_bytes() for path in tiny.glob("*tiny_*")}
    Path("net.prototxt").write_text(
        Path("net.prototxt").read_text().replace("dim: 5 }", "dim: 50000 }", 1)
    )
    large = process("train", "solver.prototxt", "--quiet", "--iterations", "2", preexec_fn=limit)
    _, err = large.communicate()
    ending = ".h5" if kind == "HDF5" else ""
    assert large.returncode == 3
    warning, error = err.splitlines()
    assert warning.startswith("protonet: warning: solver.prototxt:9: tiny_iter_2.caffemodel")
    assert error == (
        f"protonet: error: tiny_iter_2.caffemodel{ending}: cannot be written: File too large: "
        "no snapshot was written before"
    )
    assert {path.name: path.read_bytes() for path in tiny.glob("*tiny_*")} == before


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


def test_quiet_leaves_the_result_and_the_name(tiny, capsys):
    assert main(["train", "solver.prototxt", "--quiet", "--log", "x.log"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == messages(Path("x.log").read_text())[-3:]
    assert re.fullmatch(r"Result after 6 iterations: loss = [-\d.e]+", out[0])
    assert out[2].split()[:3] == ["Next:", "protonet", "test"]
    assert main([*out[2].split()[2:], "--quiet"]) == 0


def test_the_words_of_the_end_are_none_of_a_log(tiny, capsys):
    """Parsers of Caffe's logs look for these."""
    assert main(["train", "solver.prototxt"]) == 0
    for line in messages(capsys.readouterr().err)[-3:]:
        assert not re.search(r"Iteration \d|(Train|Test) net output|lr = |Solving", line)


def test_a_stopped_training_names_the_way_on(tiny, capsys):
    class Stop(Callback):
        def on_iteration(self, solver):
            solver.stop()

    solver = get_solver("solver.prototxt")
    outcome = Outcome()
    for callback in (outcome, Stop()):
        solver.add_callback(callback)
    solver.solve()
    state = "tiny_iter_1.solverstate"
    assert outcome.lines(solver, "solver.prototxt", ["--allow-python"])[2:] == [
        "The model is tiny_iter_1.caffemodel",
        f"Next: protonet train solver.prototxt --snapshot {state} --allow-python",
    ]


def test_a_test_that_lies_behind(tiny, capsys):
    args = ["train", "solver.prototxt", "--quiet", "--iterations", "5"]
    assert main([*args, "--metrics", "m.jsonl"]) == 0
    now, before, model, _ = capsys.readouterr().out.splitlines()
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    (score,) = [r["outputs"]["loss"] for r in records if r["kind"] == "test" and r["iter"] == 3]
    assert now.startswith("Result after 5 iterations: training loss = ")
    assert before == f"Last test, after 3 iterations: loss = {score:g}"
    assert model == "The model is tiny_iter_5.caffemodel"


def test_nothing_was_saved(tiny, capsys):
    text = Path("solver.prototxt").read_text().replace("test_i", "#")
    Path("solver.prototxt").write_text(text + "snapshot_after_train: false\n")
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    result, model = capsys.readouterr().out.splitlines()
    assert result.startswith("Result after 6 iterations: training loss = ")
    assert model == "The model was not saved"


def test_the_snapshots_of_an_earlier_run(tiny, capsys):
    Path("solver.prototxt").write_text(Path("solver.prototxt").read_text() + "snapshot: 2\n")
    assert main(["train", "solver.prototxt", "--quiet", "--iterations", "5"]) == 0
    assert capsys.readouterr().err == ""
    # 5 is no multiple of 2 and not the end this time; what is gone on with is no other run's.
    assert main(["train", "solver.prototxt", "--quiet", "--iterations", "3"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "solver.prototxt:9: tiny_iter_2.caffemodel, tiny_iter_2.solverstate of an " in line
    assert line.endswith("--snapshot tiny_iter_5.solverstate")
    args = ["train", "solver.prototxt", "--quiet", "--snapshot", "tiny_iter_2.solverstate"]
    assert main(args) == 0
    assert capsys.readouterr().err == ""
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    assert "tiny_iter_4.solverstate and 2 more of" in capsys.readouterr().err


def test_a_training_that_is_done_already(tiny, capsys):
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    capsys.readouterr()
    args = ["train", "solver.prototxt", "--quiet", "--snapshot", "tiny_iter_6.solverstate"]
    assert main([*args, "--iterations", "5"]) == 0
    captured = capsys.readouterr()
    assert captured.err == (
        "protonet: warning: solver.prototxt:5: max_iter is 5, 6 iterations are done: there is "
        "nothing to train: give a larger max_iter (on the command line: --iterations)\n"
    )
    assert captured.out.splitlines()[1] == "The model is tiny_iter_6.caffemodel"


@pytest.mark.parametrize("net", ["net", "test_net"])
def test_an_input_that_nobody_fills(tiny, capsys, net):
    Path("deploy.prototxt").write_text(
        'layer { name: "in"\n type: "Input" top: "x" top: "y" input_param { shape { dim: 8 } } }\n'
        'layer { name: "loss" type: "EuclideanLoss" bottom: "x" bottom: "y" top: "loss" }'
    )
    text = Path("solver.prototxt").read_text().replace("net:", f"{net}:").replace("net.", "deploy.")
    if net == "test_net":
        text += 'train_net: "net.prototxt"'
    Path("solver.prototxt").write_text(text)
    assert main(["train", "solver.prototxt", "--quiet"]) == 2
    assert capsys.readouterr().err.startswith(
        "protonet: error: deploy.prototxt:1: layer 'in' (Input): nothing fills 'x' and 'y' here"
    )


def test_minloglevel(tiny, capsys, monkeypatch):
    monkeypatch.setenv("GLOG_minloglevel", "1")
    assert main(["train", "solver.prototxt"]) == 0
    assert capsys.readouterr().err == ""


def test_the_log_goes_on_with_the_training(tiny, capsys):
    args = ["train", "--logtostderr", "solver.prototxt", "--log", "x.log", "-alsologtostderr=1"]
    assert main([*args, "--iterations=3"]) == 0
    first = Path("x.log").read_text()
    assert main([*args, "--snapshot=tiny_iter_3.solverstate"]) == 0
    both = Path("x.log").read_text()
    assert both.startswith(first) and both.count("Solving tiny") == 2
    assert main(args) == 0
    assert Path("x.log").read_text().count("Solving tiny") == 1
    captured = capsys.readouterr()
    assert messages(captured.err) == messages(both) + messages(Path("x.log").read_text())


def test_only_the_first_worker_is_heard(tiny, capsys):
    for rank in range(2):
        with log_shown(file=f"log{rank}", rank=rank):
            log.info("many words")
            log.warning("trouble")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("] ")[-1] for line in lines] == [
        "many words",
        "trouble",
        "protonet: warning (worker 1): trouble",
    ]
    assert not Path("log1").exists()


def test_iterations_and_metrics(tiny):
    args = ["train", "solver.prototxt", "--iterations=4", "--quiet", "--metrics", "m.jsonl"]
    assert main(args) == 0
    assert (tiny / "tiny_iter_4.solverstate").exists()
    records = [json.loads(line) for line in Path("m.jsonl").read_text().splitlines()]
    assert {r["kind"] for r in records} == {"train", "rate", "test", "snapshot", "end"}


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


def test_values_set_for_one_training(tiny, capsys):
    setting = "net.layer[ip].inner_product_param.bias_term=false"
    words = ["train", "solver.prototxt", "--iterations", "1", "--set", "base_lr=0.5"]
    assert main([*words, "--set", setting]) == 0
    said = messages(capsys.readouterr().err)
    assert "Set base_lr to 0.5" in said and any(line.startswith("Set net.layer") for line in said)
    assert not any(line.startswith("Next: protonet test") for line in said)
    assert main([*words[:2], "--set", "net.layer[ip].inner_product_params.x=3"]) == 3
    assert "--set net.layer[ip].inner_product_params.x=3" in capsys.readouterr().err


def same_data_always() -> None:
    net = Path("net.prototxt").read_text().replace('type: "gaussian"', "value: 1")
    Path("net.prototxt").write_text(net.replace('type: "uniform" min: -1 max: 1', "value: 2"))


def test_callbacks_by_options(tiny, capsys):
    """The rate is 0: the first test stays the best."""
    text = Path("solver.prototxt").read_text().replace("0.01", "0.0").replace(": 6", ": 40")
    same_data_always()
    Path("solver.prototxt").write_text(text + "snapshot: 2\n")
    words = ["--early-stopping", "2", "--best", "--keep", "1", "--csv", "x.csv"]
    assert main(["train", "solver.prototxt", "--quiet", *words, "--tensorboard", "tb"]) == 0
    result, model, best, following = capsys.readouterr().out.splitlines()
    assert result.startswith("Result after 6 iterations: loss = ")
    assert model == "The model is tiny_iter_6.caffemodel"
    value = result.split(" = ")[1]
    assert best == (f"The best one, loss = {value} after 0 iterations, is tiny_best.caffemodel")
    assert following == "Next: protonet test net.prototxt tiny_best.caffemodel --iterations 2"
    assert sorted(path.name for path in tiny.glob("tiny_iter*")) == [
        "tiny_iter_6.caffemodel",
        "tiny_iter_6.solverstate",
    ]
    rows = Path("x.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["iter", "0", "3", "6"]
    assert len(list(Path("tb").iterdir())) == 1
    assert main(["train", "solver.prototxt", "--quiet", "--monitor", "loss"]) == 2
    assert "--monitor says what --early-stopping and --best watch" in capsys.readouterr().err


def test_a_rate_is_searched_for(tiny, capsys):
    same_data_always()
    assert main(["train", "solver.prototxt", "--quiet", "--find-lr", "40"]) == 0
    *_, least, following = capsys.readouterr().out.splitlines()
    rate = following.split("base_lr=")[1]
    assert following == f"Next: protonet train solver.prototxt --set base_lr={rate}"
    assert least.endswith(f"base_lr: {rate}") and 1e-7 <= float(rate) <= 0.1
    assert not list(tiny.glob("tiny_*"))


def test_one_batch(tiny, capsys):
    for rate, code, said in (("0.1", 0, "learns a batch by heart"), ("0.0", 1, "does not learn")):
        words = ["--overfit", "300", "--set", f"base_lr={rate}", "--quiet"]
        assert main(["train", "solver.prototxt", *words]) == code
        first, verdict = capsys.readouterr().out.splitlines()
        assert first.startswith("Loss on one batch: ") and said in verdict
    with pytest.raises(SystemExit):
        main(["train", "solver.prototxt", "--overfit", "--find-lr"])


def test_threads(tiny, capsys):
    before = num_threads()
    try:
        assert main(["train", "solver.prototxt", "--quiet", "--threads", "1"]) == 0
        assert num_threads() == 1
    finally:
        set_num_threads(before)


def test_what_is_set_goes_on_with_a_training_and_not_with_a_test(tiny, process, capsys):
    words = ["train", "solver.prototxt", "--quiet", "--set", "display=1"]
    assert main(words) == 0
    assert capsys.readouterr().out.endswith(" --iterations 2\n")
    solver = get_solver("solver.prototxt")
    outcome = Outcome()
    solver.add_callback(outcome)
    solver.step(1)
    solver.snapshot()
    solver.stopped = True
    (following,) = outcome.lines(solver, "s.prototxt", ["--x"], ["--set", "display=1"])[-1:]
    assert following.endswith("--snapshot tiny_iter_1.solverstate --set display=1 --x")


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a signal of POSIX")
def test_a_hangup_before_there_is_a_handler_becomes_a_snapshot(tiny, monkeypatch):
    """It came while the modules of solvers are loaded."""
    shown = train.announce_device

    def announce(args):
        shown(args)
        # To this thread: those that tests before it started would take it.
        signal.pthread_kill(threading.get_ident(), signal.SIGHUP)

    monkeypatch.setattr(train, "announce_device", announce)
    assert main(["train", "solver.prototxt", "--quiet"]) == 0
    states = {path.name for path in tiny.glob("*.solverstate")}
    assert len(states) == 2 and "tiny_iter_6.solverstate" in states  # and one as it was asked for
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()
