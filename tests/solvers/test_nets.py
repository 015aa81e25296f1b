"""Which nets a solver builds, in which state, and where it looks for files."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from protonet.core import fillers
from protonet.core.context import TEST, TRAIN
from protonet.errors import NetError, SolverError, WeightsError
from protonet.net.net import Net
from protonet.solvers import get_solver
from tests.solvers.toy import NET, RANDOM_NET, logged, params, text, toy

#: A layer for each state that is asked about.
RULES = NET + "".join(
    f'layer {{ name: "{name}" type: "Silence" bottom: "x" include {{ {rule} }} }}\n'
    for name, rule in {
        "train": "phase: TRAIN",
        "test": "phase: TEST",
        "low": "max_level: 1",
        "high": "min_level: 2",
        "a": 'stage: "a"',
        "b": 'stage: "b"',
    }.items()
)


def rules(net) -> set[str]:
    return {layer.name for layer in net.layers if layer.type == "Silence"}


def test_states_are_overlaid():
    solver = toy(RULES + ' state { stage: "a" level: 3 }', test_iter=[1, 1], test_interval=1)
    assert rules(solver.net) == {"train", "high", "a"}
    assert [rules(net) for net in solver.test_nets] == [{"test", "high", "a"}] * 2
    solver = get_solver(
        text(RULES + ' state { stage: "a" level: 3 }', test_iter=[1, 1], test_interval=1)
        + 'train_state { level: 0 stage: "b" } test_state { level: 1 } test_state { stage: "b" }'
    )
    assert rules(solver.net) == {"train", "low", "a", "b"}
    assert [rules(net) for net in solver.test_nets] == [
        {"test", "low", "a"},
        {"test", "high", "a", "b"},
    ]
    assert (solver.net.phase, solver.test_nets[0].phase) == (TRAIN, TEST)


def test_several_kinds_of_test_nets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.prototxt").write_text('name: "file"\n' + NET.replace('name: "toy"', ""))
    solver = get_solver(
        text(test_iter=[1, 2, 3], test_interval=5)
        + 'test_net: "other.prototxt" test_net_param { name: "param" '
        + NET.replace('name: "toy"', "")
        + "}"
    )
    assert [net.name for net in solver.test_nets] == ["param", "file", "toy"]
    assert len(solver.test_all()) == 3


def test_each_net_has_random_numbers_of_its_own():
    """With a random_seed they are the same again, without one they are not."""

    def drawn(**fields):
        solver = toy(RANDOM_NET, test_iter=[1, 1], test_interval=1, **fields)
        nets = [solver.net, *solver.test_nets]
        for net in nets:
            net.run_forward()
        return [net.blobs["y"].data.tobytes() for net in nets]

    first, again, other = drawn(random_seed=5), drawn(random_seed=5), drawn(random_seed=9)
    assert first == again and len({*first, *other}) == 6
    assert len({*drawn(), *drawn()}) == 6
    assert drawn(random_seed=0) == drawn(random_seed=0)  # it is a seed as any other
    assert len({*drawn(random_seed=-1), *drawn(random_seed=-1)}) == 6  # Caffe's "none"


def test_workers_share_the_rows_of_training_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with h5py.File("a.h5", "w") as file:
        file["x"], file["y"] = np.arange(6.0)[:, None], np.zeros((6, 1))
    (tmp_path / "list.txt").write_text("a.h5")
    net = """layer { name: "in" type: "HDF5Data" top: "x" top: "y"
      hdf5_data_param { source: "list.txt" batch_size: 2 } }"""
    net += NET[NET.index('layer { name: "ip"') :]
    found = []
    for rank in range(3):
        solver = toy(net, test_iter=1, test_interval=1, options={"rank": rank, "size": 3})
        for one in (solver.net, *solver.test_nets):
            one.run_forward()
            found.append(one.blobs["x"].data.ravel().tolist())
    assert found == [[0, 3], [0, 1], [1, 4], [0, 1], [2, 5], [0, 1]]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"test_iter": [1, 1], "more": 1}, "2 test_iter for 1 test net: give test_iter once for"),
        ({"test_iter": [], "more": 2}, "0 test_iter for 2 test nets: give test_iter once for"),
        ({"test_iter": [1], "more": 2}, "1 test_iter for 2 test nets: give test_iter once for"),
    ],
)
def test_the_number_of_test_nets(tmp_path, monkeypatch, fields, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    more = 'test_net: "net.prototxt"\n' * fields.pop("more")
    with pytest.raises(SolverError, match=words) as caught:
        get_solver(text("", train_net="net.prototxt", test_interval=1, **fields) + more)
    assert caught.value.field == ("test_iter" if fields["test_iter"] else "test_net")
    assert caught.value.line is not None


def test_train_net_with_test_net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    solver = get_solver(
        text("", train_net="net.prototxt", test_net="net.prototxt", test_iter=1, test_interval=1)
    )
    assert solver.net.name == "toy" and len(solver.test_nets) == 1


def test_files_are_found_from_here_or_beside_the_solver(tmp_path, monkeypatch):
    folder, here = tmp_path / "models", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    (folder / "net.prototxt").write_text(NET)
    (folder / "solver.prototxt").write_text(text("", net="net.prototxt"))
    assert get_solver(folder / "solver.prototxt").net.name == "toy"
    (here / "net.prototxt").write_text(NET.replace("toy", "nearer"))
    assert get_solver("../models/solver.prototxt").net.name == "nearer"


def test_a_missing_file_is_named_with_its_line(tmp_path):
    path = tmp_path / "solver.prototxt"
    path.write_text('base_lr: 1\nlr_policy: "fixed"\nnet: "nothing.prototxt"\n')
    with pytest.raises(SolverError, match=r"no file nothing\.prototxt, nor") as caught:
        get_solver(path)
    assert (caught.value.file, caught.value.line) == (str(path), 3)


def test_a_fault_in_a_net_inside_the_solver_has_its_line(tmp_path):
    path = tmp_path / "solver.prototxt"
    path.write_text(text(NET.replace("EuclideanLoss", "EuclidLoss")))
    with pytest.raises(NetError, match="did you mean 'EuclideanLoss'") as caught:
        get_solver(path)
    lines = path.read_text().splitlines()
    assert "EuclidLoss" in lines[caught.value.line - 1]


def test_weights_to_start_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = toy()
    first.step(2)
    first.net.save("a.caffemodel")
    want = first.net.params["ip"][0].data
    second = toy(weights="a.caffemodel", test_iter=1, test_interval=1)
    assert (second.net.params["ip"][0].data == want).all()
    assert (second.test_nets[0].params["ip"][0].data == want).all()
    third = toy(weights="none.caffemodel", options={"weights": ["a.caffemodel"]})
    assert (third.net.params["ip"][0].data == want).all()


def test_missing_weights_are_named_where_they_were_given():
    with pytest.raises(SolverError, match=r"weights: no file a\.caffemodel") as caught:
        toy(weights="a.caffemodel")
    assert caught.value.line is not None
    with pytest.raises(WeightsError, match=r"^no file b\.caffemodel: correct the path"):
        toy(options={"weights": ["b.caffemodel"]})


def test_weights_report_and_strictness(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    toy().net.save("a.caffemodel")
    more = NET + (
        'layer { name: "new" type: "InnerProduct" bottom: "x" top: "n" '
        "inner_product_param { num_output: 2 } include { phase: TEST } }"
    )
    with logged() as lines:
        toy(more, options={"weights": ["a.caffemodel"]}, test_iter=1, test_interval=1)
    assert "a.caffemodel: 1 layers copied" in lines
    assert any("no weights for new" in line for line in lines)
    with pytest.raises(WeightsError, match="missing: new"):
        toy(
            more,
            options={"weights": ["a.caffemodel"], "strict": True},
            test_iter=1,
            test_interval=1,
        )


def test_several_files_must_fit_together(tmp_path, monkeypatch):
    """strict: each layer of the net in one of the files, each layer of a file in the net."""
    monkeypatch.chdir(tmp_path)
    both = NET + (
        'layer { name: "ip2" type: "InnerProduct" bottom: "x" top: "q" '
        "inner_product_param { num_output: 1 } }\n"
    )
    parts = {
        "a": NET,
        "b": NET.replace('name: "ip"', 'name: "ip2"'),
        "c": NET.replace('name: "ip"', 'name: "other"'),
    }
    for number, (name, part) in enumerate(parts.items(), 1):
        net = Net(part)
        for blob in net.learnable_params:
            blob.data.fill(number)
        net.save(f"{name}.caffemodel")

    def start(*names, strict=True):
        weights = [",".join(f"{name}.caffemodel" for name in names)]
        return params(toy(both, options={"weights": weights, "strict": strict}))

    with logged() as lines:
        assert [array.flat[0] for array in start("a", "b")] == [1, 1, 2, 2]
    assert not any("no weights for" in line for line in lines)
    with logged() as lines:
        start("a", "a", strict=False)
    told = [line for line in lines if "no weights for" in line]
    assert told == ["a.caffemodel, a.caffemodel: no weights for ip2: left as initialised"]
    with pytest.raises(WeightsError, match="missing: ip2: add a file"):
        start("a", "a")
    with pytest.raises(WeightsError, match=r"c\.caffemodel"):
        start("a", "c", strict=False)  # fits no layer at all
    Net(both.replace('name: "ip"', 'name: "new"')).save("d.caffemodel")
    with pytest.raises(WeightsError, match=r"d\.caffemodel: .* unused: new: the net"):
        start("a", "d")


def test_a_net_in_training_shares_with_another_and_still_learns():
    """Sharing after the solver was made: what it learns goes where both nets look."""
    solver, other = toy(), Net(NET, seed=3)
    third = Net(NET, seed=4)
    third.share_with(other)
    for blob in other.learnable_params:
        blob.data.fill(0.25)
    solver.net.share_with(other)
    assert (solver.net.params["ip"][0].data == 0.25).all()
    solver.step(1)
    for net in (other, third):
        for ours, theirs in zip(solver.net.learnable_params, net.learnable_params):
            assert (ours.data != 0.25).any()
            np.testing.assert_array_equal(ours.data, theirs.data)
    with pytest.raises(NetError, match="each by its own solver"):
        toy().net.share_with(solver.net)


def test_fillers_are_not_drawn_for_weights_to_start_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = NET.replace('"constant" value: 0.5', '"gaussian"')
    toy(net).net.save("a.caffemodel")
    drawn = []
    draw = fillers.draw
    monkeypatch.setattr(fillers, "draw", lambda f, out: (drawn.append(out.size), draw(f, out)))
    toy(net, weights="a.caffemodel", test_iter=1, test_interval=1).step(2)
    assert drawn == []
    toy(net, test_iter=1, test_interval=1)
    assert drawn == [2]
