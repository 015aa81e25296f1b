"""What is written is plain, and reads back as the same message."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from protonet.proto import caffe_pb2 as pb
from protonet.proto.parser import parse
from protonet.proto.printer import format


def test_a_net_as_text() -> None:
    net, _ = parse(
        r"""layer: [{ bottom: ['a', 'b'] type: "Pooling" name: "p\"\\\n\tü\001"
        param < lr_mult: .5f > pooling_param: { pool: 1 kernel_size: 0x3 global_pooling: f }
        loss_weight: [1e-5, 2, 0.01, inf, 1e20, 16777217, -0.1]; include { phase: 0 }
        input_param { shape { dim: 7 } shape { dim: [1, 2] } } }] name: 'n'""",
        pb.NetParameter,
    )
    expected = r"""name: "n"
layer {
  name: "p\"\\\n\tü\001"
  type: "Pooling"
  bottom: "a"
  bottom: "b"
  loss_weight: 1e-05
  loss_weight: 2
  loss_weight: 0.01
  loss_weight: inf
  loss_weight: 1e+20
  loss_weight: 16777216
  loss_weight: -0.1
  param {
    lr_mult: 0.5
  }
  include {
    phase: TRAIN
  }
  pooling_param {
    pool: AVE
    kernel_size: 3
    global_pooling: false
  }
  input_param {
    shape {
      dim: [7]
    }
    shape {
      dim: 1
      dim: 2
    }
  }
}
"""
    assert format(net) == expected
    assert parse(expected, pb.NetParameter)[0] == net


def test_bytes_and_doubles() -> None:
    assert format(pb.Datum(data=b'\0\xff"a')) == 'data: "\\000\\377\\"a"\n'
    assert format(pb.BlobProto(double_data=[0.1, 2])) == "double_data: 0.1\ndouble_data: 2\n"


@pytest.mark.parametrize("folder", ["upgrade", "nets", "solvers"])
def test_golden_definitions_come_back(conformance: Path, folder: str) -> None:
    for path in sorted((conformance / folder).rglob("*.prototxt")):
        solver = path.name.startswith("solver") or path.parent.name.startswith("solver_")
        kind = pb.SolverParameter if solver else pb.NetParameter
        message, _ = parse(path.read_text(), kind)
        text = format(message)
        assert parse(text, kind)[0] == message
        assert text_format.Parse(text, kind()) == message
