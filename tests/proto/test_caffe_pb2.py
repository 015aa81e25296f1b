"""The schema is that of Caffe and its forks, the shipped descriptor is fresh, classes are real."""

from __future__ import annotations

import ast
import copy
import importlib.util
import json
import keyword
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, text_format

from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_tags import FIRST

ROOT = Path(__file__).resolve().parents[2]
KINDS = {v: k[5:].lower() for k, v in descriptor_pb2.FieldDescriptorProto.Type.items()}
LABELS = {v: k[6:].lower() for k, v in descriptor_pb2.FieldDescriptorProto.Label.items()}


def described(file: descriptor_pb2.FileDescriptorProto) -> dict:
    """A descriptor in the form of the golden schema.json."""
    enums = {e.name: [[v.name, v.number] for v in e.value] for e in file.enum_type}
    messages: dict = {}
    for message in file.message_type:
        describe_message(message, message.name, messages, enums)
    return {"package": file.package, "syntax": "proto2", "enums": enums, "messages": messages}


def describe_message(
    message: descriptor_pb2.DescriptorProto, name: str, messages: dict, enums: dict
) -> None:
    for enum in message.enum_type:
        enums[f"{name}.{enum.name}"] = [[v.name, v.number] for v in enum.value]
    messages[name] = [described_field(field) for field in message.field]
    for nested in message.nested_type:
        describe_message(nested, f"{name}.{nested.name}", messages, enums)


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
    return float(text) if kind in ("float", "double") else int(text)


def shipped() -> dict:
    file = descriptor_pb2.FileDescriptorProto()
    file.ParseFromString((ROOT / "protonet/proto/caffe.desc").read_bytes())
    return described(file)


STATEMENT = re.compile(r'(?:[^"{};]|"[^"]*")*[{};]')
FIELD = re.compile(r"(optional|repeated|required) ([\w.]+) (\w+) = (\d+)(?: \[(.*)\])?;")


def read_protos(*texts: str) -> dict:
    """A reader for as much of the .proto language as ours use, apart from protoc: all
    messages of a name are one."""
    enums: dict[str, list] = {}
    lines: dict[str, list] = {}
    for text in texts:
        around: list[str] = []
        for statement in STATEMENT.findall(re.sub(r"//.*", "", text)):
            words = " ".join(statement.split())
            if opened := re.fullmatch(r"(message|enum|extend) ([\w.]+) \{", words):
                around.append(opened[2])
                scope = enums if opened[1] == "enum" else lines
                scope.setdefault(".".join(around), [])
            elif words == "}":
                around.pop()
            elif value := re.fullmatch(r"(\w+) = (\d+);", words):
                enums[".".join(around)].append([value[1], int(value[2])])
            elif around:
                lines[".".join(around)].append(words)
    del_option = lines.pop("google.protobuf.FieldOptions", None)
    assert del_option in (None, ["optional string tags = 30000001;"])
    known = set(enums) | set(lines)
    messages = {
        name: [read_field(name, line, known, enums) for line in found]
        for name, found in lines.items()
    }
    assert all(re.search(r"^package caffe(\.forks)?;", text, re.M) for text in texts)
    assert all(re.search(r'^syntax = "proto2";', text, re.M) for text in texts)
    return {"package": "caffe", "syntax": "proto2", "enums": enums, "messages": messages}


def read_field(message: str, line: str, types: set[str], enums: dict) -> dict:
    label, kind, name, number, options = FIELD.fullmatch(line).groups()
    options = re.sub(r'(, )?\(tags\) = ("[^"]*" ?)+', "", options or "").strip()
    values = dict(option.split(" = ") for option in options.split(", ") if option)
    kind = kind.removeprefix(".caffe.")
    nested = f"{message}.{kind}" if f"{message}.{kind}" in types else kind
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


def of_caffe(schema: dict) -> dict:
    """The schema without our own numbers, and without messages and enums of forks."""
    golden = json.loads((ROOT / "tests/conformance/schema.json").read_text())
    enums = {
        name: [value for value in values if value[1] < FIRST]
        for name, values in schema["enums"].items()
        if name in golden["enums"]
    }
    messages = {
        name: [field for field in fields if field["number"] < FIRST]
        for name, fields in schema["messages"].items()
        if name in golden["messages"]
    }
    return {**schema, "enums": enums, "messages": messages}


def test_caffes_part_of_the_descriptor_is_caffes_schema(conformance: Path) -> None:
    golden = json.loads((conformance / "schema.json").read_text())
    assert of_caffe(shipped()) == golden
    assert read_protos((ROOT / "proto/caffe.proto").read_text()) == golden


def test_the_shipped_descriptor_is_fresh() -> None:
    texts = [(ROOT / "proto" / name).read_text() for name in ("caffe.proto", "forks.proto")]
    assert read_protos(*texts) == shipped()
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


def test_type_checkers_see_the_same_names() -> None:
    """Each message of the stubs has the fields of the real one, and HasField their names."""
    tree = ast.parse((ROOT / "protonet/proto/caffe_pb2.pyi").read_text())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    assert set(classes) == set(pb.DESCRIPTOR.message_types_by_name)
    for name, node in classes.items():
        real = getattr(pb, name)
        fields = {f.name for f in real.DESCRIPTOR.fields if not keyword.iskeyword(f.name)}
        methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
        values = {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
        assert fields <= set(methods) | values, name
        empty = real()
        assert all(hasattr(empty, value) for value in values | set(methods)), name
        assert {argument.arg for argument in methods["__init__"].args.kwonlyargs} == fields
        if "HasField" in methods:
            for word in re.findall(r"'(\w+)'", ast.unparse(methods["HasField"])):
                assert not empty.HasField(word)  # ValueError for a name that cannot be asked for


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
