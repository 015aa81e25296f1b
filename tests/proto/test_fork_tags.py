"""The schema of the forks against what was read from the forks themselves (schema.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_tags import FIRST, forks_that_added, tables

# (message, field): the forks differ, and ours takes what all their texts say
WIDER = {"uint32": "int64", "int32": "int64"}
BOTH_RELU6 = ("LayerParameter", "relu6_param"), ("V1LayerParameter", "relu6_param")


@pytest.fixture
def schema(conformance: Path) -> dict:
    return json.loads((conformance / "forks/schema.json").read_text())


def fields_of_forks(schema: dict) -> Iterator[tuple[str, dict, list[str]]]:
    """Message, field, the forks that have it so."""
    for message, variants in schema["messages"].items():
        for variant in variants:
            for field in variant["fields"]:
                yield message, field, variant["forks"]
    for name, variants in schema["extra_fields"].items():
        for variant in variants:
            yield name.rpartition(".")[0], variant["field"], variant["forks"]


def message_class(name: str) -> type:
    found = pb
    for part in name.split("."):
        found = getattr(found, part)
    return found


def is_repeated(message: type, name: str) -> bool:
    return hasattr(getattr(message(), name), "append") or hasattr(getattr(message(), name), "add")


def kind(field: object) -> str:
    names = {v: k for k, v in vars(type(field)).items() if k.startswith("TYPE_")}
    return names[field.type][5:].lower()


def test_every_field_of_every_fork_is_there(schema: dict) -> None:
    seen = 0
    for owner, field, forks in fields_of_forks(schema):
        message, name = message_class(owner), field["name"]
        known = message.DESCRIPTOR.fields_by_name[name]
        where = owner, name, forks
        seen += 1
        if (owner, name) in BOTH_RELU6:
            assert known.message_type.name == "ReLU6Parameter"
            continue
        assert kind(known) in (field["type"], WIDER.get(field["type"])), where
        if "type_name" in field:
            type_ = known.message_type or known.enum_type
            assert type_.full_name == "caffe." + field["type_name"], where
        if field["label"] == "repeated":
            assert is_repeated(message, name), where
    assert seen > 1800


def test_a_default_holds_for_all_forks_or_is_left_out(schema: dict) -> None:
    for owner, field, forks in fields_of_forks(schema):
        known = message_class(owner).DESCRIPTOR.fields_by_name[field["name"]]
        if not known.has_default_value or is_repeated(message_class(owner), field["name"]):
            continue
        default = known.default_value
        if known.enum_type:
            default = known.enum_type.values_by_number[default].name
        where = owner, field["name"], forks
        if isinstance(default, float):
            assert default == pytest.approx(field["default"], rel=1e-6), where
        else:
            assert default == field["default"], where


def test_every_number_of_every_fork_is_known(schema: dict) -> None:
    """Ours or one of the table; and no number of a fork is one of our own."""
    caffe, forks_ = tables()
    for owner, field, forks in fields_of_forks(schema):
        known = message_class(owner).DESCRIPTOR.fields_by_name[field["name"]]
        listed = (caffe | forks_).get(owner, {}).get(field["name"], {})
        where = owner, field["name"], forks
        if field["number"] != known.number:
            assert set(forks) <= set(listed[field["number"]]), where
        assert field["number"] < FIRST
        if owner in caffe:
            assert known.number >= FIRST, where
            assert set(forks) <= set(forks_that_added(owner, field["name"])), where


def test_enums_have_the_values_of_all_forks(schema: dict) -> None:
    enums = [*schema["enums"].items(), *schema["extra_enum_values"].items()]
    for name, variants in enums:
        if name == "LayerParameter.LayerType":
            name = "V1LayerParameter.LayerType"  # in forks of the time before there was a V2
        known = message_class(name)
        for variant in variants:
            assert {word for word, _ in variant["values"]} <= set(known.keys()), name


def test_added_values_are_told_from_caffes_own() -> None:
    assert pb.LossParameter.PRE_FIXED >= FIRST  # 3 in R-FCN, where Caffe has NONE
    assert pb.LossParameter.NONE == 3
    assert pb.PoolingParameter.AVE_EXC_PAD >= FIRST


def test_names_that_scripts_of_forks_import() -> None:
    datum = pb.AnnotatedDatum(type=pb.AnnotatedDatum.BBOX)
    box = datum.annotation_group.add(group_label=3).annotation.add().bbox
    box.xmin, box.ymax = 0.25, 0.5
    assert pb.AnnotatedDatum.FromString(datum.SerializeToString()) == datum
    assert isinstance(box, pb.NormalizedBBox)
    labels = pb.LabelMap()
    labels.item.add(name="cat", label=1, display_name="Cat")
    # field 1 of LabelMap, fields 1 to 3 of LabelMapItem
    assert labels.SerializeToString() == b"\n\x0c\n\x03cat\x10\x01\x1a\x03Cat"
    assert pb.PriorBoxParameter.CENTER_SIZE == 2


def test_forks_that_added() -> None:
    assert forks_that_added("PoolingParameter", "ceil_mode") == [
        "cascade-rcnn",
        "openvino-reid",
        "synopsys",
    ]
    assert forks_that_added("PoolingParameter", "round_mode") == []
    assert forks_that_added("PermuteParameter", "order") == []
