"""Weights and snapshots in HDF5, against the reference's files and h5py itself."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from protonet.errors import ProtonetError, WeightsError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.stored import State
from protonet.proto.weights import (
    read_state,
    read_weights,
    write_state,
    write_weights,
)


def net_of(*names: str) -> pb.NetParameter:
    net = pb.NetParameter()
    for name in names:
        net.layer.add(name=name)
    return net


def test_golden_weights_hold_what_the_binary_ones_hold(conformance: Path) -> None:
    paths = sorted(conformance.rglob("*.caffemodel.h5"))
    assert len(paths) == 6
    for path in paths:
        binary = {layer.name: layer.blobs for layer in read_weights(path.with_suffix(""))}
        layers = read_weights(path)
        assert {layer.name for layer in layers} == set(binary)
        for layer in layers:
            assert len(layer.blobs) == len(binary[layer.name])
            assert all(map(np.array_equal, layer.blobs, binary[layer.name]))


def test_golden_states_hold_what_the_binary_ones_hold(conformance: Path, tmp_path: Path) -> None:
    for path in sorted(conformance.rglob("*.solverstate.h5")):
        state, binary = read_state(path), read_state(path.with_suffix(""))
        assert (state.iter, state.current_step) == (binary.iter, binary.current_step)
        assert state.learned_net == "snap_iter_10.caffemodel.h5"
        assert len(state.history) == len(binary.history)
        assert all(map(np.array_equal, state.history, binary.history))
        write_state(tmp_path / "s.h5", state)
        with h5py.File(tmp_path / "s.h5") as ours, h5py.File(path) as theirs:
            for name in ("iter", "current_step", "learned_net", "history/0"):
                assert ours[name].dtype == theirs[name].dtype
                assert ours[name].shape == theirs[name].shape
                assert np.array_equal(ours[name][()], theirs[name][()])


def test_names_with_slashes_and_shared_blobs(tmp_path: Path) -> None:
    net = net_of("inc/1x1", "inc/1x1/relu", "inc", "ip", "tied")
    ones, twos = np.ones((2, 3), np.float32), np.full(2, 2, np.float32)
    blobs = {0: [ones, twos], 2: [twos], 3: [ones], 4: [ones, twos]}
    path = tmp_path / "n.caffemodel.h5"
    write_weights(path, net, blobs, shared={(4, 1)})
    found = {layer.name: [blob.tolist() for blob in layer.blobs] for layer in read_weights(path)}
    assert found == {
        "inc/1x1": [ones.tolist(), twos.tolist()],
        "inc/1x1/relu": [],
        "inc": [twos.tolist()],
        "ip": [ones.tolist()],
        "tied": [ones.tolist()],
    }
    with h5py.File(path) as file:
        assert file["data/inc/1x1/0"].dtype == np.float32


def test_more_than_ten_histories_and_extra_bytes(tmp_path: Path) -> None:
    state = State(3, "w.h5", 1, [np.full(1, i, np.float32) for i in range(12)], extra=b"\0x\0")
    write_state(tmp_path / "s.solverstate.h5", state)
    again = read_state(tmp_path / "s.solverstate.h5")
    assert [array[0] for array in again.history] == list(range(12))
    assert (again.iter, again.learned_net, again.extra) == (3, "w.h5", b"\0x\0")


def test_two_layers_of_one_name_need_not_both_have_weights(tmp_path: Path) -> None:
    path = tmp_path / "n.h5"
    ones = [np.ones(1, np.float32)]
    write_weights(path, net_of("loss", "loss"), {0: ones})
    before = path.read_bytes()
    with pytest.raises(WeightsError, match="a second layer of that name"):
        write_weights(path, net_of("loss", "loss"), {0: ones, 1: ones})
    with pytest.raises(WeightsError, match="a layer without a name"):
        write_weights(path, net_of(""), {0: ones})
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    write_state(path, State())
    with pytest.raises(WeightsError, match="no group 'data' in it: is it a solver's state"):
        read_weights(path)
    write_weights(path, net_of("a"), {})
    with pytest.raises(WeightsError, match="no 'iter' in it: these are weights"):
        read_state(path)
    path.write_bytes(path.read_bytes()[:200])
    for read in (read_state, read_weights):
        with pytest.raises(WeightsError, match="damaged"):
            read(path)


def test_holes_words_and_links(tmp_path: Path) -> None:
    path, other = tmp_path / "x.h5", tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        file["data/a/1"] = np.ones(1, np.float32)
        file["data/a/x"] = np.ones(1, np.float32)
    with pytest.raises(WeightsError, match="/data/a holds no array '0', but 1"):
        read_weights(path)
    with h5py.File(path, "w") as file:
        file["data/a/0"] = "words"
    with pytest.raises(WeightsError, match="holds no array '0'"):
        read_weights(path)
    write_weights(other, net_of("a"), {0: [np.ones(1, np.float32)]})
    with h5py.File(path, "w") as file:
        file["data"] = h5py.ExternalLink(other.name, "/data")
    with pytest.raises(WeightsError, match="lies in another file"):
        read_weights(path)
    with h5py.File(path, "w") as file:
        file["data/a/0"] = np.ones(1, np.float32)
        file["data/a/b"] = file["data"]
    with pytest.raises(WeightsError, match="the group /data/a/b is linked twice"):
        read_weights(path)
    with h5py.File(path, "w") as file:
        file["data/" + "a/" * 70 + "0"] = np.ones(1, np.float32)
    with pytest.raises(WeightsError, match="groups more than 64 deep"):
        read_weights(path)


def test_a_web_of_links_with_more_ways_than_time(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "web.h5", "w") as file:
        inner = file.create_group("data/layer")
        inner["0"] = np.ones(1, np.float32)
        for level in range(40):
            outer = file.create_group(f"levels/{level}")
            outer["a"] = outer["b"] = inner
            inner = outer
        file["data/top"] = inner
    with pytest.raises(WeightsError, match="is linked twice"):
        read_weights(tmp_path / "web.h5")


def test_a_number_left_out_is_a_parameter_of_another_layer(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["data/a/1"] = np.ones(3, np.float32)
    (layer,) = read_weights(tmp_path / "x.h5")
    assert layer.blobs[0] is None
    assert layer.blobs[1] is not None and layer.blobs[1].shape == (3,)


def test_without_h5py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_state(tmp_path / "s.h5", State())
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(
        ProtonetError, match=r"needs the package 'h5py': pip install 'protonet-caffe\[hdf5"
    ):
        read_state(tmp_path / "s.h5")
