"""Which states a net has, and which layers are never there."""

from __future__ import annotations

import pytest

from protonet.check.states import matrix, meant, never
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse, read_net


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", False),
        ("include { }", False),
        ("include { phase: TRAIN }", False),
        ('include { stage: "a" not_stage: "a" }', True),
        ('include { stage: "a" not_stage: "a" } include { phase: TEST }', False),
        ("include { min_level: 3 max_level: 2 }", True),
        ("include { min_level: 3 max_level: 3 }", False),
        ("include { max_level: -4 }", False),
        ("exclude { phase: TRAIN }", False),
        ("exclude { phase: TRAIN } exclude { phase: TEST }", True),
        ("exclude { }", True),
        ('exclude { stage: "a" } exclude { not_stage: "a" }', True),
        ('exclude { phase: TRAIN stage: "a" } exclude { phase: TEST }', False),
    ],
)
def test_layers_that_are_in_no_state(rules: str, expected: bool) -> None:
    layer, _ = parse(f'layer {{ name: "x" type: "ReLU" {rules} }}', pb.NetParameter)
    assert never(layer.layer[0]) is expected


def test_the_matrix_groups_states_that_contain_the_same() -> None:
    net = read_net(
        """layer { name: "d" type: "Input" top: "d" }
layer { name: "t" type: "ReLU" bottom: "d" top: "t" include { phase: TRAIN } }
layer { name: "s" type: "ReLU" bottom: "d" top: "s" include { stage: "a" min_level: 2 } }
"""
    )
    groups, rows = matrix(net)
    assert groups == [
        ["TRAIN", "TRAIN a", "TRAIN level 1", "TRAIN level 2"],
        ["TEST", "TEST a", "TEST level 1", "TEST level 2"],
        ["TRAIN level 2 a"],
        ["TEST level 2 a"],
    ]
    assert rows == [
        ("d (Input)", [True, True, True, True]),
        ("t (ReLU)", [True, False, True, False]),
        ("s (ReLU)", [False, False, True, True]),
    ]


def test_a_net_without_any_source_is_looked_at_in_one_state() -> None:
    net = read_net('layer { name: "r" type: "ReLU" bottom: "d" include { phase: TEST } }\n')
    assert [each.message.state.phase for each in meant(net)] == [pb.TEST]
