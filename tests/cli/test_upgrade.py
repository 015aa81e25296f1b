"""protonet upgrade, against what the reference's tools made of old files."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import pytest

from protonet.cli.main import main
from protonet.proto import caffe_pb2 as pb
from protonet.proto import upgrade_file
from protonet.proto.octets import encode
from protonet.proto.text import parse
from protonet.proto.weights import read_weights
from tests.harness import golden

CASES = golden.index("upgrade/index.json")
TEXTS = [name for name, case in CASES.items() if case["kind"] != "weights"]
BINARIES = [name for name, case in CASES.items() if case["kind"] == "weights"]


@pytest.fixture
def upgrades(conformance: Path) -> Path:
    return conformance / "upgrade"


def upgrade(*words: object) -> int:
    return main(["upgrade", *map(str, words)])


@pytest.mark.parametrize("alias", [False, True])
@pytest.mark.parametrize("name", TEXTS)
def test_texts(
    upgrades: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, alias: bool
) -> None:
    case, out = CASES[name], tmp_path / "out.prototxt"
    words = [case["tool"] if alias else "upgrade", upgrades / name / "old.prototxt", out]
    assert main([str(word) for word in words]) == case["exit_code"]
    kind = pb.SolverParameter if case["kind"] == "solver" else pb.NetParameter
    want, _ = parse((upgrades / name / "upgraded.prototxt").read_text(), kind)
    got, _ = parse(out.read_text(), kind)
    assert got == want
    assert ("dropped" in capsys.readouterr().err) == (case["exit_code"] == 1)


@pytest.mark.parametrize("command", ["upgrade", "upgrade_net_proto_binary"])
@pytest.mark.parametrize("name", BINARIES)
def test_binaries(upgrades: Path, tmp_path: Path, name: str, command: str) -> None:
    out = tmp_path / "new.caffemodel"
    assert main([command, str(upgrades / name / "old.caffemodel"), str(out)]) == 0
    want = pb.NetParameter.FromString((upgrades / name / "upgraded.caffemodel").read_bytes())
    assert pb.NetParameter.FromString(out.read_bytes()) == want


def test_to_the_standard_output(upgrades: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade(upgrades / "solver_adam" / "old.prototxt") == 0
    shown = capsys.readouterr()
    assert 'type: "Adam"' in shown.out
    assert parse(shown.out, pb.SolverParameter)[0].type == "Adam"
    assert shown.err == ""


def test_what_was_changed(
    upgrades: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = upgrades / "v2_input_shape" / "old.prototxt"
    upgrade(old, tmp_path / "once")
    assert "became an Input layer" in capsys.readouterr().out
    upgrade(tmp_path / "once", tmp_path / "once")  # in place
    assert capsys.readouterr().out == f"{tmp_path / 'once'}: is current, nothing was changed\n"


def test_losses_are_warned_of(
    upgrades: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgrade(upgrades / "v0_misplaced" / "old.prototxt", tmp_path / "new") == 1
    shown = capsys.readouterr()
    assert "protonet: warning: " in shown.err
    assert "field pool dropped: layer 'relu'" in shown.err
    assert "dropped" not in shown.out


def test_diff(upgrades: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = upgrades / "v2_batchnorm" / "old.prototxt"
    assert upgrade(old, "--diff") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"--- {old}", f"+++ {old} (upgraded)"]
    changed = [line for line in lines[2:] if line[0] in "+-"]
    assert changed
    assert {line[1:].strip().partition(":")[0] for line in changed} <= {"lr_mult", "decay_mult"}
    assert upgrade(upgrades / "v2_current" / "old.prototxt", "--diff") == 0
    assert capsys.readouterr().out == ""
    new = tmp_path / "new.caffemodel"
    assert upgrade(upgrades / "v0_weights" / "old.caffemodel", new, "--diff") == 0
    shown = capsys.readouterr().out
    assert "+  blobs {" in shown
    assert "data:" not in shown
    assert new.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('layer {\n  name: "a"\n  typ: "ReLU"\n}', [":3", "'typ'"]),
        ("base_lr: 0.1\nlr_polcy: 'fixed'\n", [":2", "'lr_polcy'"]),
        ("  # nothing\n", ["is empty"]),
        ("", ["is empty"]),
        (b"\0\1\2 garbage", ["not weights"]),
        ("type: 'SGD'\nsolver_type: SGD\n", [":2", "both type and"]),
    ],
)
def test_wrong_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, words: list[str]
) -> None:
    path, out = tmp_path / "in", tmp_path / "out"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert upgrade(path, out) == 3
    said = capsys.readouterr().err
    for word in [str(path), *words]:
        assert word in said
    assert not out.exists()


def test_other_kinds_of_files(
    upgrades: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = upgrades / "v1_weights" / "old.caffemodel"
    assert upgrade(binary) == 2
    assert "needs the argument OUT" in capsys.readouterr().err
    assert upgrade(binary, tmp_path / "out", "--kind", "solver") == 3
    assert "not the text of a solver" in capsys.readouterr().err
    with h5py.File(tmp_path / "w.h5", "w"):
        pass
    assert upgrade(tmp_path / "w.h5", tmp_path / "out") == 3
    assert "HDF5 weights are of no age" in capsys.readouterr().err
    shutil.copy(binary, tmp_path / "cut")
    (tmp_path / "cut").write_bytes(binary.read_bytes()[:-20])
    assert upgrade(tmp_path / "cut", tmp_path / "out") == 3
    assert upgrade(tmp_path / "none", tmp_path / "out") == 3
    assert "no such file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_names_of_a_binary_net_that_are_not_utf8(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.caffemodel", tmp_path / "new.caffemodel"
    # layers { name: "caf\351" type: RELU top: "\260" blobs { data: 1 } }
    layer = b"\x22\x04caf\xe9\x28\x12\x1a\x01\xb0\x32\x06\x2a\x04\0\0\x80\x3f"
    old.write_bytes(b"\x12" + bytes([len(layer)]) + layer)
    assert main(["upgrade", str(old), str(new)]) == 0
    assert b"\x0a\x04caf\xe9" in new.read_bytes() and b"\x22\x01\xb0" in new.read_bytes()
    assert main(["upgrade", "--diff", str(old)]) == 0
    assert 'name: "caf\\351"' in capsys.readouterr().out
    [weights] = read_weights(new)
    assert encode(weights.name) == b"caf\xe9"


@pytest.mark.parametrize("name", BINARIES)
def test_files_that_no_message_can_hold(
    upgrades: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Piece by piece, as protobuf could not; what comes out holds the same."""
    monkeypatch.setattr(upgrade_file, "_LARGEST", 100)
    out = tmp_path / "new.caffemodel"
    assert upgrade(upgrades / name / "old.caffemodel", out) == 0
    want = pb.NetParameter.FromString((upgrades / name / "upgraded.caffemodel").read_bytes())
    got = pb.NetParameter.FromString(out.read_bytes()[6:])  # behind the checksum
    for layer in [*want.layer, *got.layer]:  # shapes of four axes become as many as there are
        for blob in layer.blobs:
            shape = blob.shape.dim or [blob.num, blob.channels, blob.height, blob.width]
            for field in ("num", "channels", "height", "width", "shape"):
                blob.ClearField(field)
            blob.shape.dim.extend(shape)
    assert got == want
