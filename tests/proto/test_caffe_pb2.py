"""The schema is Caffe's, the shipped descriptor is that of caffe.proto, classes are real."""

from __future__ import annotations

import copy
import importlib.util
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, text_format

from protonet.proto import caffe_pb2 as pb

ROOT = Path(__file__).resolve().parents[2]
KINDS = {v: k[5:].lower() for k, v in descriptor_pb2.FieldDescriptorProto.Type.items()}
LABELS = {v: k[6:].lower() for k, v in descriptor_pb2.FieldDescriptorProto.Label.items()}


def described(file: descriptor_pb2.FileDescriptorProto) -> dict:
    """A descriptor in the form of the golden schema.json."""
    enums = {e.name: [[v.name, v.number] for v in e.value] for e in file.enum_type}
    messages = {}
    for message in file.message_type:
        for enum in message.enum_type:
            enums[f"{message.name}.{enum.name}"] = [[v.name, v.number] for v in enum.value]
        messages[message.name] = [described_field(field) for field in message.field]
    return {"package": file.package, "syntax": "proto2", "enums": enums, "messages": messages}


def described_field(field: descriptor_pb2.FieldDescriptorProto) -> dict:
    known = {
        "name": field.name,
        "number": field.number,
        "type": KINDS[field.type],
        "label": LABELS[field.label],
        "packed": field.options.packed,
        "deprecated": field.options.deprecated,
    }
    if field.type_name:
        known["type_name"] = field.type_name.removeprefix(".caffe.")
    if field.HasField("default_value"):
        known["default"] = default(known["type"], field.default_value)
    return known


def default(kind: str, text: str) -> object:
    if kind in ("string", "enum"):
        return text
    if kind == "bool":
        return text == "true"
    return float(text) if kind == "float" else int(text)


def shipped() -> dict:
    file = descriptor_pb2.FileDescriptorProto()
    file.ParseFromString((ROOT / "protonet/proto/caffe.desc").read_bytes())
    return described(file)


def read_proto(text: str) -> dict:
    """A reader for as much of the .proto language as caffe.proto uses, apart from protoc."""
    enums: dict[str, list] = {}
    messages: dict[str, list] = {}
    message = enum = ""
    for line in re.sub(r"//.*", "", text).splitlines():
        words = line.strip()
        if opened := re.fullmatch(r"(message|enum) (\w+) \{", words):
            if opened[1] == "message":
                message = opened[2]
                messages[message] = []
            else:
                enum = f"{message}.{opened[2]}".lstrip(".")
                enums[enum] = []
        elif words == "}":
            message, enum = (message, "") if enum else ("", "")
        elif enum and words:
            name, number = re.fullmatch(r"(\w+) = (\d+);", words).groups()
            enums[enum].append([name, int(number)])
        elif message and words:
            messages[message].append(words)
    fields = {
        name: [read_field(name, line, enums) for line in lines] for name, lines in messages.items()
    }
    package = re.search(r"^package (\w+);", text, re.M)[1]
    syntax = re.search(r'^syntax = "(\w+)";', text, re.M)[1]
    return {"package": package, "syntax": syntax, "enums": enums, "messages": fields}


def read_field(message: str, line: str, enums: dict) -> dict:
    pattern = r"(\w+) ([\w.]+) (\w+) = (\d+)(?: \[(.*)\])?;"
    label, kind, name, number, options = re.fullmatch(pattern, line).groups()
    values = dict(option.split(" = ") for option in (options or "").split(", ") if option)
    nested = f"{message}.{kind}" if f"{message}.{kind}" in enums else kind
    scalar = kind in KINDS.values()
    known: dict = {
        "name": name,
        "number": int(number),
        "type": kind if scalar else "enum" if nested in enums else "message",
        "label": label,
        "packed": values.get("packed") == "true",
        "deprecated": values.get("deprecated") == "true",
    }
    if not scalar:
        known["type_name"] = nested
    if "default" in values:
        known["default"] = default(known["type"], values["default"].strip('"'))
    return known


def test_the_shipped_descriptor_is_the_schema_of_caffe(conformance: Path) -> None:
    assert shipped() == json.loads((conformance / "schema.json").read_text())


def test_the_shipped_descriptor_is_fresh() -> None:
    assert read_proto((ROOT / "proto/caffe.proto").read_text()) == shipped()
    if importlib.util.find_spec("grpc_tools"):  # and byte for byte, where there is a compiler
        script = ROOT / "scripts/gen_schema.py"
        done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_names_are_those_of_a_compiled_module() -> None:
    assert (pb.TRAIN, pb.TEST) == (0, 1)
    assert pb.Phase.Name(1) == "TEST" and pb.Phase.Value("TRAIN") == 0
    assert pb.PoolingParameter.AVE == pb.PoolingParameter.PoolMethod.Value("AVE") == 1
    assert pb.DESCRIPTOR.package == "caffe"
    assert pb.NetParameter.DESCRIPTOR.full_name == "caffe.NetParameter"
    with pytest.raises(AttributeError, match="NetParam"):
        _ = pb.NetParam


def test_messages_are_real_ones() -> None:
    net = pb.NetParameter(name="n")
    text_format.Merge('layer { type: "Pooling" pooling_param { pool: AVE } }', net)
    assert isinstance(net.layer[0], pb.LayerParameter)
    other = pb.NetParameter()
    other.CopyFrom(net)
    assert other == net == pb.NetParameter.FromString(net.SerializeToString())
    assert copy.deepcopy(net) == net == pickle.loads(pickle.dumps(net))
    assert net.HasField("name") and not net.HasField("state")
    assert pb.LRNParameter().local_size == 5


def test_another_caffe_in_the_process_is_no_conflict() -> None:
    program = """if True:
        from google.protobuf import descriptor_pb2, descriptor_pool
        from protonet.proto import caffe_pb2
        other = descriptor_pb2.FileDescriptorProto(name="caffe.proto", package="caffe")
        other.message_type.add(name="NetParameter")
        descriptor_pool.Default().AddSerializedFile(other.SerializeToString())
        assert caffe_pb2.NetParameter(name="n").name == "n"
    """
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
