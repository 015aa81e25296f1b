"""Old texts brought up to date in place; what it comes to is proto/upgrade's affair."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.edit.upgrade import upgraded_text
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import format, parse
from protonet.proto.upgrade_file import upgrade_file
from tests.harness import golden

CASES = golden.index("upgrade/index.json")
TEXTS = [name for name, case in CASES.items() if case["kind"] != "weights"]


def upgraded(path: Path, text: str) -> str:
    path.write_bytes(text.encode(errors="surrogateescape"))
    return upgraded_text(path, upgrade_file(path).new)


def test_a_solver_keeps_its_comments(tmp_path: Path) -> None:
    text = "# Slow.\r\nbase_lr: 1e-4\r\nsolver_type: ADAM  # caf\udce9\r\n"
    assert upgraded(tmp_path / "s", text) == text.replace("solver_type: ADAM", 'type: "Adam"')
    text = "type: 'adam', base_lr: .1 # high\n"
    assert upgraded(tmp_path / "s", text) == text.replace("'adam'", '"Adam"')


def test_inputs_and_batch_norm_of_a_net(tmp_path: Path) -> None:
    text = """\
# A net.
name: 'n'  # its name
input: "x"  # images
input_dim: [1, 3,
  8, 8]

# Statistics.
layer {
  name: "bn" type: "BatchNorm" bottom: "x" top: "y"
  param { lr_mult: 0 } param { name: 'v' } param { lr_mult: 0.0 decay_mult: 0 }
}
"""
    new = upgraded(tmp_path / "n", text)
    assert new.startswith("# A net.\nname: 'n'  # its name\n")
    assert 'layer {\n  name: "input"\n  type: "Input"\n  top: "x"\n' in new
    assert new.endswith(
        """\
# Statistics.
layer {
  name: "bn" type: "BatchNorm" bottom: "x" top: "y"
  param { lr_mult: 0 decay_mult: 0 } param { name: 'v' lr_mult: 0 decay_mult: 0 } param { \
lr_mult: 0.0 decay_mult: 0 }
}
"""
    )
    assert "input" not in new.replace('"input"', "").replace("input_param", "")
    assert upgraded(tmp_path / "n", new) == new


@pytest.mark.parametrize("name", TEXTS)
def test_it_says_what_the_reference_says(name: str, conformance: Path) -> None:
    folder = conformance / "upgrade" / name
    kind = pb.SolverParameter if CASES[name]["kind"] == "solver" else pb.NetParameter
    new = upgrade_file(folder / "old.prototxt").new
    text = upgraded_text(folder / "old.prototxt", new)
    want, _ = parse((folder / "upgraded.prototxt").read_text(), kind)
    assert parse(text, kind)[0] == want
    if "layers" in parse((folder / "old.prototxt").read_text(), kind)[1].fields:
        assert text == format(new)
