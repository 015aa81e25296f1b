"""Snapshots: names, what they refuse, and that going on from one changes no bit."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from protonet.core import registry
from protonet.core.layer import Layer, exactly
from protonet.errors import NonFiniteError, SolverError, WeightsError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.weights import read_state, write_state
from protonet.solvers import Callback, get_solver, plain, streams
from tests.solvers.toy import NET, RANDOM_NET, logged, params, text, toy

RULES = ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"]
MOMENTUM = {"SGD": 0.9, "Nesterov": 0.9, "AdaDelta": 0.9, "Adam": 0.9}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(registry.LAYERS._items, CountingData.type, CountingData)


class CountingData(Layer):
    """Stands for a data layer: its tops tell how often it ran, and `state` where it stands."""

    type = "TestCounting"
    bottoms, tops = exactly(0), exactly(2)
    has_backward = False
    count = 0

    def reshape(self, bottom, top):
        top[0].reshape(4, 5)
        top[1].reshape(4, 2)

    def forward(self, bottom, top):
        self.count += 1
        for blob in top:
            blob.data[...] = np.sin(np.arange(blob.count) + self.count).reshape(blob.shape)

    def state(self):
        return {"count": self.count, "order": np.arange(3)}

    def set_state(self, state):
        assert state["order"].tolist() == [0, 1, 2]
        self.count = state["count"]


COUNTED_NET = RANDOM_NET.replace('type: "DummyData"', 'type: "TestCounting"').replace(
    RANDOM_NET[RANDOM_NET.index("dummy_data_param") : RANDOM_NET.index('layer { name: "drop"')],
    "}\n",
)


@pytest.mark.parametrize("ending", ["", ".h5"], ids=["binary", "hdf5"])
@pytest.mark.parametrize("kind", RULES)
def test_going_on_is_exact(kind, ending):
    fields = {
        "type": kind,
        "momentum": MOMENTUM.get(kind, 0.0),
        "weight_decay": 0.01,
        "average_loss": 3,
        "test_iter": 2,
        "test_interval": 2,
        "lr_policy": "multistep",
        "gamma": 0.5,
        "stepvalue": [2, 4],
        "snapshot_format": "HDF5" if ending else "BINARYPROTO",
    }
    straight = toy(RANDOM_NET, **fields)  # no seed: the streams themselves must be kept
    straight.step(3)
    path = straight.snapshot()
    assert path == f"toy_iter_3.solverstate{ending}"
    straight.step(5)
    straight_test = straight.test()
    resumed = toy(RANDOM_NET, **fields)
    resumed.restore(path)
    resumed.step(5)
    for want, got in zip(params(straight), params(resumed)):
        np.testing.assert_array_equal(got, want)
    assert (resumed.iter, resumed.lr, resumed.loss) == (8, straight.lr, straight.loss)
    assert resumed.test() == straight_test


def test_a_plateau_is_gone_on_with():
    fields = {"lr_policy": "plateau", "gamma": 0.5, "plateau_winsize": [2, 2, 3], "base_lr": 0.9}
    whole = toy(**fields)
    rates = []
    for _ in range(9):
        whole.step(1)
        rates.append(whole.lr)
    assert rates[-1] < rates[2] == rates[0]  # so large a rate that the loss soon grows
    for cut in range(1, 8):
        first = toy(**fields)
        first.step(cut)
        second = toy(**fields)
        second.restore(first.snapshot())
        second.step(9 - cut)
        assert second.lr == rates[-1]
        assert [a.tolist() for a in params(second)] == [a.tolist() for a in params(whole)]


def test_interrupted_at_any_iteration():
    fields = {"random_seed": 3, "max_iter": 6, "average_loss": 2, "momentum": 0.9}
    straight = toy(COUNTED_NET, **fields)
    straight.solve()
    for k in range(1, 6):
        first = toy(COUNTED_NET, snapshot_after_train=False, **fields)
        first.step(k)
        state = first.snapshot()
        second = toy(COUNTED_NET, **fields)
        second.solve(state)
        assert second.smoothed_loss == straight.smoothed_loss
        for want, got in zip(params(straight), params(second)):
            np.testing.assert_array_equal(got, want)


def test_a_test_that_was_broken_off_starts_again():
    fields = {"test_iter": 3, "test_interval": 2, "max_iter": 4, "average_loss": 1}
    straight = toy(RANDOM_NET, random_seed=4, **fields)
    scores = []

    class Keep(Callback):
        def on_report(self, solver, record):
            if record["kind"] == "test":
                scores.append((record["iter"], record["outputs"]))

    straight.add_callback(Keep())
    straight.solve()
    want, scores[:] = list(scores), []
    first = toy(RANDOM_NET, random_seed=4, **fields)
    calls = []
    first.test_nets[0].before_forward.append(
        lambda i: calls.append(i) or (len(calls) == 30 and first.stop())
    )
    first.solve()
    assert first.iter == 2 and first.stopped
    second = toy(RANDOM_NET, random_seed=4, **fields)
    second.add_callback(Keep())
    second.solve("toy_iter_2.solverstate")
    assert scores == want[1:]


def test_states_of_the_reference_have_no_extra(tmp_path):
    solver = toy(momentum=0.9)
    solver.step(2)
    state = read_state(solver.snapshot())
    assert state.extra and state.learned_net == "toy_iter_2.caffemodel"
    state.extra = b""
    write_state("plain.solverstate", state)
    second = toy(momentum=0.9)
    second.restore("plain.solverstate")
    assert second.iter == 2
    np.testing.assert_array_equal(second.rule.history[0], solver.rule.history[0])


def test_an_unreadable_extra_is_no_obstacle():
    solver = toy()
    solver.step(1)
    state = read_state(solver.snapshot())
    state.extra = b"{"
    write_state("odd.solverstate", state)
    with logged() as lines:
        toy().restore("odd.solverstate")
    assert any("start anew" in line for line in lines)


def test_layers_whose_state_is_not_plain_do_not_hinder_a_snapshot(monkeypatch):
    solver = toy(COUNTED_NET)
    monkeypatch.setattr(CountingData, "state", lambda self: {"thread": object()})
    with logged() as lines:
        path = solver.snapshot()
    assert any("leaves out random streams" in line for line in lines)
    monkeypatch.setattr(CountingData, "state", Layer.state)
    second = toy(COUNTED_NET)
    second.restore(path)
    second.snapshot()


def test_a_state_that_moved_finds_its_weights(tmp_path):
    solver = toy()
    solver.step(1)
    state = Path(solver.snapshot())
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for path in (state, state.with_suffix(".caffemodel")):
        path.rename(folder / path.name)
    second = toy()
    second.restore(folder / state.name)
    np.testing.assert_array_equal(params(second)[0], params(solver)[0])
    (folder / "toy_iter_1.caffemodel").unlink()
    with pytest.raises(SolverError) as caught:
        toy().restore(folder / state.name)
    assert str(caught.value) == (
        f"{folder / state.name}: its weights 'toy_iter_1.caffemodel' are missing: put them beside "
        "the state"
    )


def test_weights_given_as_state():
    solver = toy()
    solver.snapshot()
    for name in ("toy_iter_0.caffemodel", "renamed"):
        if name == "renamed":
            Path("toy_iter_0.caffemodel").rename(name)
        with pytest.raises((SolverError, WeightsError), match="weights"):
            toy().restore(name)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            {"type": "Adam"},
            "holds the history of 2 blobs, Adam needs 4: is it the state of another net, or of "
            "another solver type?",
        ),
        (
            {"net": NET.replace("num_output: 1", "num_output: 4").replace("dim: 1 }", "dim: 4 }")},
            "holds a history of shape (1, 2) for parameter 0 of layer 'ip', which is (4, 2): "
            "it is the state of another net",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(other, message):
    solver = toy()
    solver.step(1)
    path = solver.snapshot()
    second = get_solver(text(other.pop("net", NET), **other))
    before = params(second)
    with pytest.raises(SolverError) as caught:
        second.restore(path)
    assert str(caught.value) == f"{path}: {message}"
    assert second.iter == 0
    np.testing.assert_array_equal(before[0], params(second)[0])


def test_when_snapshots_are_written():
    def written(**fields):
        for path in Path().glob("toy_iter_*"):
            path.unlink()
        toy(**fields).solve()
        return sorted(int(p.stem.split("_")[-1]) for p in Path().glob("*.solverstate"))

    assert written(max_iter=5, snapshot=2) == [2, 4, 5]
    assert written(max_iter=4, snapshot=2) == [2, 4]
    assert written(max_iter=3) == [3]
    assert written(max_iter=3, snapshot_after_train=False) == []


def test_prefix(tmp_path):
    (tmp_path / "shots").mkdir()
    (tmp_path / "my_solver.prototxt").write_text(text())
    (tmp_path / "other.prototxt").write_text(text(snapshot_prefix="shots"))
    bare = text().replace('snapshot_prefix: "toy"\n', "")
    (tmp_path / "bare.v1.prototxt").write_text(bare)
    assert get_solver("my_solver.prototxt").prefix == "toy"
    assert get_solver("other.prototxt").prefix == os.path.join("shots", "other")
    assert get_solver(tmp_path / "bare.v1.prototxt").prefix == str(tmp_path / "bare.v1")
    with pytest.raises(SolverError, match="snapshot_prefix is missing"):
        get_solver(bare).solve()


def test_the_folder_is_checked_before_training():
    solver = toy(snapshot_prefix="missing/x", max_iter=2)
    with pytest.raises(SolverError, match="'missing' does not exist"):
        solver.solve()
    assert solver.iter == 0


def test_a_missing_h5py_is_found_out_before_training(monkeypatch):
    bare = text(snapshot=5) + "snapshot_format: HDF5\n"
    monkeypatch.setattr("protonet.solvers.snapshot_files.find_spec", lambda name: None)
    with pytest.raises(SolverError, match="needs the package 'h5py': pip install"):
        get_solver(bare)


def test_parameters_that_are_not_finite_are_not_written():
    solver = toy()
    solver.net.params["ip"][1].data[0] = np.inf
    with pytest.raises(NonFiniteError, match=r"layer 'ip' .* parameter 1 is not finite"):
        solver.snapshot()
    assert not list(Path().iterdir())
    careless = toy(options={"keep_going": True})
    careless.net.params["ip"][1].data[0] = np.inf
    careless.snapshot()


@pytest.mark.parametrize("ending", ["", ".h5"], ids=["binary", "hdf5"])
def test_snapshot_diff(ending):
    kind = "HDF5" if ending else "BINARYPROTO"
    solver = toy(SHARED, snapshot_diff=True, snapshot_format=kind)
    solver.step(1)
    solver.snapshot()
    path = f"toy_iter_1.caffemodel{ending}"
    if ending:
        with h5py.File(path) as file:
            stored = {name: file["diff"][name] for name in ("a", "b")}
            got = [[group[str(i)][()] for i in range(len(group))] for group in stored.values()]
    else:
        net = pb.NetParameter.FromString(Path(path).read_bytes())
        layers = {layer.name: layer.blobs for layer in net.layer}
        got = [[np.array(b.diff).reshape(b.shape.dim) for b in layers[n]] for n in ("a", "b")]
    want = [[blob.diff for blob in solver.net.params[name]] for name in ("a", "b")]
    for mine, right in zip([*got[0], *got[1]], [*want[0], *want[1]], strict=True):
        np.testing.assert_array_equal(mine, right)
        assert right.any()
    # Gradients do not get in the way of the weights.
    toy(SHARED).restore(f"toy_iter_1.solverstate{ending}")
    assert "diff" not in _groups(toy(SHARED, snapshot_format="HDF5").snapshot())


#: Two layers that share their weights.
SHARED = (
    NET.replace('name: "ip"', 'name: "a"')
    .replace("{ lr_mult: 1 decay_mult: 1 }", '{ name: "w" }')
    .replace(
        'layer { name: "loss"',
        'layer { name: "b" type: "InnerProduct" bottom: "x" top: "q" param { name: "w" } '
        "inner_product_param { num_output: 1 } }\n"
        'layer { name: "sum" type: "Eltwise" bottom: "p" bottom: "q" top: "s" }\n'
        'layer { name: "loss"',
    )
    .replace('bottom: "p" bottom: "y"', 'bottom: "s" bottom: "y"')
)


def _groups(state: str) -> list[str]:
    with h5py.File(state.replace("solverstate", "caffemodel")) as file:
        return list(file)


def test_only_the_first_worker_writes():
    solver = toy(options={"rank": 1, "size": 2}, snapshot=1)
    solver.step(1)
    assert solver.last_snapshot == "toy_iter_1.solverstate" and not list(Path().iterdir())


def test_leftovers_of_killed_runs_go_with_the_next_snapshot():
    names = [
        ".toy_iter_7.caffemodel.abcdefgh.tmp",
        ".toy_iter_7.solverstate.h5.abcdefgh.tmp",
        ".toy2_iter_7.caffemodel.abcdefgh.tmp",
    ]
    for name in names:
        Path(name).touch()
    with logged() as lines:
        toy().snapshot()
    left = sorted(path.name for path in Path().iterdir())
    assert left == [names[2], "toy_iter_0.caffemodel", "toy_iter_0.solverstate"]
    assert sum("left unfinished" in line for line in lines) == 2


def test_a_result_that_is_not_finite_is_none():
    """Also where nothing is written, and no further loss is computed."""
    fields = {"base_lr": 1e30, "weight_decay": 1e30, "max_iter": 1, "snapshot_after_train": False}
    solver = toy(**fields)
    with pytest.raises(NonFiniteError, match=r"layer 'ip' .* is not finite at iteration 1"):
        solver.solve()
    toy(**fields, options={"keep_going": True}).solve()


def half(extra, **changes):
    """A state of the solver below with another `extra`, or other fields; the weights beside it
    are all 3."""
    solver = toy(RANDOM_NET)
    for blob in solver.net.learnable_params:
        blob.data[...] = 3
    solver.iter = 7
    state = read_state(solver.snapshot())
    for name, value in changes.items():
        setattr(state, name, value)
    state.extra = plain.pack(extra) if isinstance(extra, dict) else extra
    write_state("odd.solverstate", state)
    return "odd.solverstate"


def streams_of(solver):
    return plain.pack([layer.rng.bit_generator.state for layer in solver.net.layers])


KEPT = {"losses": [5.0], "mean": 5.0, "next": 0}


@pytest.mark.parametrize(
    "extra",
    [
        {"window": 5, "train_net": [{}], "test_nets": []},
        {"window": {"losses": "x", "mean": 0, "next": 0}, "train_net": [{}], "test_nets": []},
        {"window": {**KEPT, "mean": None}, "train_net": [{}], "test_nets": []},
        {"window": {**KEPT, "next": "a"}, "train_net": [{}], "test_nets": []},
        {"window": KEPT, "train_net": [5], "test_nets": []},
        {"window": KEPT, "train_net": [{"0 in": {"rng": 5}}], "test_nets": []},
        {
            "window": KEPT,
            "train_net": [{"0 in": {"rng": {"bit_generator": "x"}}}],
            "test_nets": [],
        },
        {"window": KEPT, "train_net": [{}], "test_nets": [], "global": {"numpy": 5}},
        b"[" * 200_000,
        b"[1, 2]",
        b"5",
        b'"a text"',
        b'{"__array__": 5}',
        b'{"__array__": ["f4", [1000], ""]}',
        b'{"__bytes__": 5}',
    ],
)
def test_an_extra_that_cannot_be_used_is_left_out_whole(extra):
    """Weights, history and iteration are good; of the rest nothing is taken."""
    path = half(extra)
    solver = toy(RANDOM_NET)
    before = streams_of(solver)
    with logged() as lines:
        solver.restore(path)
    assert sum("random streams and data sources start anew" in line for line in lines) == 1
    assert solver.iter == 7 and all((array == 3).all() for array in params(solver))
    assert streams_of(solver) == before and solver.smoothed_loss == 0.0
    solver.step(2)


def test_streams_are_set_all_or_none():
    """The first layer's stream is good, the second one's is not."""
    other = toy(RANDOM_NET)
    other.step(3)
    good = streams.get_states([other.net])[0]
    (second,) = [name for name in good if name.endswith(" drop")]
    path = half({"window": KEPT, "train_net": [{**good, second: {"rng": []}}], "test_nets": []})
    solver = toy(RANDOM_NET)
    before = streams_of(solver)
    assert before != streams_of(other)
    solver.restore(path)
    assert streams_of(solver) == before


@pytest.mark.parametrize("content", ["a text", b"bytes", 5, 1.5, [[1, 2], [3, 4]]])
def test_an_extra_of_another_kind_in_hdf5(content):
    solver = toy(RANDOM_NET, snapshot_format="HDF5")
    solver.iter = 7
    path = solver.snapshot()
    with h5py.File(path, "a") as file:
        del file["protonet_extra"]
        file["protonet_extra"] = content
    again = toy(RANDOM_NET)
    with logged() as lines:
        again.restore(path)
    assert again.iter == 7 and any("start anew" in line for line in lines)


@pytest.mark.parametrize("count", [0, 1 << 30, (1 << 31) - 1])
def test_counts_that_can_be(count):
    solver = toy(RANDOM_NET)
    solver.restore(half(b"", iter=count, current_step=count))
    assert (solver.iter, solver.current_step) == (count, count)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iter": -5}, "odd.solverstate: its iteration is -5: "),
        ({"iter": (1 << 64) - 1}, "odd.solverstate: its iteration is "),
        ({"iter": 1 << 31}, "odd.solverstate: its iteration is 2147483648: "),
        ({"current_step": -1}, "odd.solverstate: its current_step is -1: "),
        ({"learned_net": "a" * 70_000}, "odd.solverstate: its weights 'aaa"),
        ({"learned_net": "a\0b"}, "odd.solverstate: its weights 'a"),
    ],
)
def test_counts_and_names_that_cannot_be(changes, words):
    path = half(b"", **changes)
    solver = toy(RANDOM_NET)
    before = params(solver)
    with pytest.raises(SolverError) as caught:
        solver.restore(path)
    assert str(caught.value).startswith(words) and len(str(caught.value)) < 500
    assert solver.iter == 0
    for old, new in zip(before, params(solver)):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("first", ["BINARYPROTO", "HDF5"])
@pytest.mark.parametrize("second", ["BINARYPROTO", "HDF5"])
def test_only_snapshots_of_the_same_format_are_written_over(first, second):
    toy(snapshot=1, snapshot_format=first).step(2)
    with logged() as lines:
        toy(snapshot=1, snapshot_format=second).step(1)
    told = [line for line in lines if "will be overwritten" in line]
    assert len(told) == (first == second)
    ending = ".h5" if first == "HDF5" else ""
    assert all(f"--snapshot toy_iter_2.solverstate{ending}" in line for line in told)


@pytest.mark.parametrize("ending", ["", ".h5"], ids=["binary", "hdf5"])
@pytest.mark.parametrize("which", ["weights", "history"])
def test_a_flipped_bit_of_a_number_is_noticed(ending, which):
    """Of a value, not of the structure around it, which the readers check."""
    solver = toy(RANDOM_NET, snapshot_format="HDF5" if ending else "BINARYPROTO", momentum=0.9)
    solver.step(3)
    state = Path(solver.snapshot())
    again = toy(RANDOM_NET, momentum=0.9)
    again.restore(state)
    values = params(solver)[0] if which == "weights" else solver.rule.history[0][:4]
    path = Path(str(state).replace("solverstate", "caffemodel")) if which == "weights" else state
    content = bytearray(path.read_bytes())
    at = content.index(np.ascontiguousarray(values).tobytes())
    content[at] ^= 1
    path.write_bytes(content)
    before, words = params(again), "history is damaged" if which == "history" else "are not those"
    with pytest.raises(SolverError, match=f"{words}.*another snapshot"):
        again.restore(state)
    for old, new in zip(before, params(again)):
        np.testing.assert_array_equal(old, new)


def test_a_state_without_its_end_is_refused_wherever_it_was_cut():
    solver = toy(RANDOM_NET, momentum=0.9)
    solver.step(2)
    path = Path(solver.snapshot())
    whole = path.read_bytes()
    extra = read_state(path).extra
    assert whole.endswith(extra)
    fields = [len(whole) - len(extra) - k for k in range(8)]  # the field's head, and before it
    for stop in [*fields, len(whole) - 1, len(whole) - len(extra) // 2]:
        path.write_bytes(whole[:stop])
        with pytest.raises(WeightsError, match="damaged"):
            toy(RANDOM_NET, momentum=0.9).restore(path)
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    with pytest.raises(WeightsError, match="its end, with random streams"):
        toy(RANDOM_NET, momentum=0.9).restore(path)
