"""State rules and split names, on small texts."""

from __future__ import annotations

import pytest

from protonet.errors import NetError
from protonet.net.passes import filter_by_state, insert_splits, prepare, rule_holds
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import read_net

INPUT = 'layer { name: "data" type: "Input" top: "data" }\n'


def layer(name, rules="", bottom="data"):
    return f'layer {{ name: "{name}" type: "TanH" bottom: "{bottom}" top: "{name}"\n {rules} }}\n'


def names(definition):
    return [item.name for item in definition.message.layer]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (pb.NetStateRule(), True),
        (pb.NetStateRule(phase=pb.TRAIN), True),
        (pb.NetStateRule(phase=pb.TEST), False),
        (pb.NetStateRule(min_level=2), True),
        (pb.NetStateRule(min_level=3), False),
        (pb.NetStateRule(max_level=2), True),
        (pb.NetStateRule(max_level=1), False),
        (pb.NetStateRule(stage=["a"]), True),
        (pb.NetStateRule(stage=["a", "b"]), True),
        (pb.NetStateRule(stage=["a", "c"]), False),
        (pb.NetStateRule(not_stage=["c"]), True),
        (pb.NetStateRule(not_stage=["c", "b"]), False),
        (pb.NetStateRule(stage=["a"], not_stage=["b"]), False),
    ],
)
def test_rule_holds(rule, holds):
    state = pb.NetState(phase=pb.TRAIN, level=2, stage=["a", "b"])
    assert rule_holds(rule, state) is holds


def test_filter_keeps_any_include_and_no_exclude():
    text = (
        "state { phase: TEST level: 1 }"
        + INPUT
        + layer("either", "include { phase: TRAIN } include { min_level: 1 }")
        + layer("train", "include { phase: TRAIN }")
        + layer("out", "exclude { stage: 'x' } exclude { phase: TEST }")
        + layer("stays", "exclude { stage: 'x' }")
    )
    assert names(filter_by_state(read_net(text))) == ["data", "either", "stays"]


def test_filter_keeps_lines_with_their_layers():
    text = INPUT + layer("gone", "include { phase: TEST }") + layer("kept")
    definition = filter_by_state(read_net("state { phase: TRAIN }" + text))
    assert [place.line_of(None) for place in definition.places] == [1, 4]


def test_include_and_exclude_together_name_the_line():
    text = INPUT + layer("both", "include { phase: TRAIN }\n exclude { phase: TEST }")
    with pytest.raises(NetError, match=r"4: layer 'both' \(TanH\): include and exclude"):
        filter_by_state(read_net(text))


def test_splits_follow_their_producer_and_number_their_readers():
    text = INPUT + layer("a") + layer("b", bottom="a") + layer("c", bottom="a")
    definition = insert_splits(read_net(text))
    assert names(definition) == ["data", "a", "a_a_0_split", "b", "c"]
    split = definition.message.layer[2]
    assert list(split.top) == ["a_a_0_split_0", "a_a_0_split_1"]
    assert [definition.message.layer[i].bottom[0] for i in (3, 4)] == list(split.top)
    assert definition.places[2] is definition.places[1]


def test_the_last_in_place_layer_is_the_producer():
    text = (
        INPUT
        + layer("a")
        + 'layer { name: "r" type: "ReLU" bottom: "a" top: "a" }'
        + layer("b", bottom="a")
        + layer("c", bottom="a")
    )
    assert names(insert_splits(read_net(text))) == ["data", "a", "r", "a_r_0_split", "b", "c"]


def test_an_explicit_loss_weight_moves_to_the_split_as_its_first_reader():
    text = INPUT + layer("a", "loss_weight: 3") + layer("b", bottom="a")
    definition = insert_splits(read_net(text))
    _, a, split, b = definition.message.layer
    assert list(split.loss_weight) == [3, 0]
    assert list(a.loss_weight) == []
    assert b.bottom[0] == "a_a_0_split_1"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (INPUT + layer("a", bottom="dat"), "did you mean 'data'"),
        (layer("a", bottom="data") + INPUT, "layer 'data' makes it further down"),
        (INPUT + layer("a", bottom="zzz"), "no layer above makes"),
    ],
)
def test_an_unknown_bottom_says_why(text, hint):
    with pytest.raises(NetError, match=hint):
        insert_splits(read_net(text))


def test_an_unknown_bottom_names_the_producer_that_the_rules_left_out():
    text = (
        'state { phase: TEST level: 1 stage: "a" stage: "b" }'
        + layer("data", "include { phase: TEST stage: 'test-on-train' }")
        + layer("top", bottom="data")
    ).replace('bottom: "data"', "", 1)
    hint = (
        "'data': layer 'data' makes it, but its rules do not hold in phase TEST at level 1 "
        "with the stages a, b"
    )
    with pytest.raises(NetError, match=hint):
        prepare(read_net(text))


@pytest.mark.parametrize(
    ("rules", "hint"),
    [
        ("include { phase: TRAIN }", "they want phase TRAIN: use --phase TRAIN "),
        ("exclude { phase: TEST }", "they want phase TRAIN: use --phase TRAIN "),
        (
            'include { phase: TRAIN stage: "b" }',
            "phase TRAIN and stage a, b: use --phase TRAIN (summary, time) --stage a,b, "
            "or Net(..., phase=protonet.TRAIN, stages=['a', 'b'])",
        ),
        ("include { min_level: 3 }", "they want level 3: use --level 3, or Net(..., level=3)"),
        ('include { not_stage: "a" }', "with the stages a"),  # there is no option to take it away
    ],
)
def test_an_unknown_bottom_says_which_state_the_rules_want(rules, hint):
    text = 'state { phase: TEST stage: "a" }' + layer("data", rules) + layer("y", bottom="data")
    with pytest.raises(NetError) as caught:
        prepare(read_net(text.replace('bottom: "data"', "", 1)))
    assert hint in str(caught.value)
    if "not_stage" in rules:
        assert str(caught.value).endswith(hint)


def test_passes_leave_the_source_alone():
    source = read_net(INPUT + layer("a") + layer("b", bottom="a") + layer("c", bottom="a"))
    before = source.message.SerializeToString()
    insert_splits(filter_by_state(source))
    assert source.message.SerializeToString() == before


def test_a_net_with_nothing_to_rewrite_is_not_copied():
    source = read_net("state { phase: TRAIN }" + INPUT + layer("a") + layer("b", bottom="a"))
    assert filter_by_state(source) is source
    assert insert_splits(source) is source
