"""Binary weights, arrays and snapshots, against protobuf and the reference's own files."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from protonet.errors import WeightsError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.stored import State
from protonet.proto.weights import (
    read_blob,
    read_state,
    read_weights,
    write_blob,
    write_state,
    write_weights,
)
from protonet.proto.wire import FileBytes


def array_of(proto: pb.BlobProto) -> np.ndarray:
    """The slow way: through protobuf's list of floats."""
    old = [proto.num, proto.channels, proto.height, proto.width]
    return np.array(proto.data, np.float32).reshape(old if any(old) else list(proto.shape.dim))


HEAD = 6  # bytes: a field with a checksum of those that follow


def same(got: list[np.ndarray], wanted: list[np.ndarray]) -> bool:
    return len(got) == len(wanted) and all(map(np.array_equal, got, wanted))


def test_golden_weights(conformance: Path, tmp_path: Path) -> None:
    paths = sorted(conformance.rglob("*.caffemodel"))
    assert len(paths) > 60
    for path in paths:
        net = pb.NetParameter.FromString(path.read_bytes())
        layers = read_weights(path)
        assert len(layers) == len(net.layer or net.layers)
        for proto, layer in zip(net.layer or net.layers, layers):
            inner = proto.layer if not net.layer and proto.HasField("layer") else proto
            assert layer.name == inner.name
            assert same(layer.blobs, [array_of(blob) for blob in inner.blobs]), (path, layer.name)
        if net.layer and "upgrade" not in path.parts:
            for proto in net.layer:
                proto.ClearField("blobs")
            copy = tmp_path / "copy.caffemodel"
            write_weights(copy, net, {i: layer.blobs for i, layer in enumerate(layers)})
            assert copy.read_bytes()[HEAD:] == path.read_bytes(), path


@pytest.mark.parametrize("age", ["v0", "v1"])
def test_types_of_old_weights(conformance: Path, age: str) -> None:
    layers = read_weights(conformance / f"upgrade/{age}_weights/old.caffemodel")
    assert [layer.type for layer in layers if layer.blobs] == ["Convolution", "InnerProduct"]


def test_settings_go_along(tmp_path: Path) -> None:
    net = pb.NetParameter(name="n", state={"phase": pb.TRAIN})
    net.layer.add(name="a", type="Convolution", bottom=["x"], top=["y"], phase=pb.TRAIN)
    net.layer[0].convolution_param.num_output = 2
    net.layer[0].param.add(lr_mult=2)
    net.layer.add(name="b", type="ReLU")
    blobs = [np.ones((2, 3), np.float32), np.full((), 4, np.float32)]
    path = tmp_path / "n.caffemodel"
    write_weights(path, net, {0: blobs})
    read = pb.NetParameter.FromString(path.read_bytes()[HEAD:])
    assert path.read_bytes()[HEAD:] == read.SerializeToString()
    assert same([array_of(blob) for blob in read.layer[0].blobs], [blobs[0], blobs[1]])
    read.layer[0].ClearField("blobs")
    assert read == net


def test_arrays_can_be_written_to(tmp_path: Path) -> None:
    net = pb.NetParameter()
    net.layer.add(name="a")
    write_weights(tmp_path / "n", net, {0: [np.ones(3, np.float32)]})
    [layer] = read_weights(tmp_path / "n")
    layer.blobs[0] *= 2
    assert layer.blobs[0].tolist() == [2, 2, 2]


def test_single_arrays(conformance: Path, tmp_path: Path) -> None:
    for path in conformance.rglob("*.binaryproto"):
        proto = pb.BlobProto.FromString(path.read_bytes())
        assert same([read_blob(path)], [array_of(proto)])
    array = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    write_blob(tmp_path / "a.binaryproto", array)
    assert same([read_blob(tmp_path / "a.binaryproto")], [array])


def test_golden_states(conformance: Path, tmp_path: Path) -> None:
    paths = sorted(conformance.rglob("*.solverstate"))
    assert len(paths) == 5
    for path in paths:
        proto = pb.SolverState.FromString(path.read_bytes())
        state = read_state(path)
        assert (state.iter, state.current_step) == (proto.iter, proto.current_step)
        assert state.learned_net == "snap_iter_10.caffemodel"
        assert same(state.history, [array_of(blob) for blob in proto.history])
        write_state(tmp_path / "copy", state)
        assert (tmp_path / "copy").read_bytes() == path.read_bytes()


def test_extra_bytes_of_a_state_are_nothing_to_caffe(tmp_path: Path) -> None:
    state = State(7, "w", 1, [np.ones(2, np.float32)], extra=b"\0\1cursor")
    write_state(tmp_path / "s", state)
    assert read_state(tmp_path / "s").extra == b"\0\1cursor"
    proto = pb.SolverState.FromString((tmp_path / "s").read_bytes())
    assert (proto.iter, len(proto.history)) == (7, 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b'name: "LeNet"\nlayer { }', "this is text, not weights"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"<!DOCTYPE html>\n<html>", "a web page"),
        (b"PK\x03\x04\0\0", "a zip file"),
        (b"\x0a\x01n", "the file holds no layers"),
        (b"\x00\x01\x02\x03", "damaged: no message begins at byte 0"),
        (b"\xa2\x06\x10\x0a\x02ab", "damaged: the file ends too early"),
        (b"\xa2\x06\x07\x0a\x01a\x3a\x02\x2a\x05", "layer 'a', blob 0: the file ends too early"),
        (b"\xa2\x06\x0a\x0a\x01a\x3a\x05\x2a\x03abc", "'a', blob 0: byte 10: 3 bytes are no who"),
        (pb.SolverState(iter=3).SerializeToString(), "this is a solver's state"),
        (pb.SolverState(iter=3, learned_net="w").SerializeToString(), "this is a solver's state"),
        (pb.BlobProto(num=1, channels=1, data=[2]).SerializeToString(), "this is an array"),
    ],
)
def test_what_are_no_weights(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.caffemodel"
    path.write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert words in str(caught.value) and str(path) in str(caught.value)


def test_other_files_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pb.NetParameter(name="n").SerializeToString() * 9)
    with pytest.raises(WeightsError, match="no solver's state but weights"):
        read_state(path)
    with pytest.raises(WeightsError, match="not an array, or damaged"):
        read_blob(path)
    path.write_bytes(b"")
    for read in (read_state, read_blob):
        with pytest.raises(WeightsError, match="empty"):
            read(path)
    path.rename(tmp_path / "lenet.caffemodel")
    with pytest.raises(WeightsError, match=r"no such file: did you mean '.*lenet.caffemodel'"):
        read_weights(tmp_path / "lnet.caffemodel")


def test_damaged_weights_only_ever_raise_weights_errors(conformance: Path, tmp_path: Path) -> None:
    rng = random.Random(3)
    folder = conformance / "solvers/adam_norm_resume"
    whole = {
        read_weights: (folder / "snap_iter_10.caffemodel").read_bytes(),
        read_state: (folder / "snap_iter_10.solverstate").read_bytes(),
        read_blob: next(conformance.rglob("*mean.binaryproto")).read_bytes(),
    }
    path = tmp_path / "x"
    for read, content in whole.items():
        raised = 0
        for _ in range(400):
            damaged = bytearray(content[: rng.choice([len(content), rng.randrange(len(content))])])
            for _ in range(rng.randint(0, 6)):
                if damaged:
                    damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            path.write_bytes(damaged)
            try:
                read(path)
            except WeightsError:
                raised += 1
        assert raised > 50


def test_every_byte_of_the_values_is_read_once_and_gradients_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.caffemodel"
    net = pb.NetParameter(layer=[{"name": "a"}, {"name": "b"}])
    blobs = {i: [np.full((100, 99 + i), i, np.float32), np.ones(5, np.float32)] for i in (0, 1)}
    write_weights(path, net, blobs, diffs=blobs)
    assert path.stat().st_size > 2 * 2 * 4 * 9900
    got: list[int] = []
    values = FileBytes.values

    def counting(self: FileBytes, start: int, count: int, dtype: str) -> np.ndarray:
        got.append(count * np.dtype(dtype).itemsize)
        return values(self, start, count, dtype)

    monkeypatch.setattr(FileBytes, "values", counting)
    layers = read_weights(path)
    arrays = [array for layer in layers for array in layer.blobs]
    assert same(arrays, [*blobs[0], *blobs[1]])
    stored = sum(array.nbytes for array in arrays)
    assert stored <= sum(got) <= stored + 10 * FileBytes.WINDOW
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])
