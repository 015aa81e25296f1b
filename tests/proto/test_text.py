"""Paths, texts and messages as sources of definitions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.foreign import kind_of
from protonet.proto.octets import encode
from protonet.proto.text import format, read_net, read_solver

NET = 'name: "n"\nlayer { name: "a" type: "ReLU"\n bottom: "x" top: "y" }\n'


def test_a_path(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    for source in (path, str(path)):
        definition = read_net(source)
        assert definition.message.name == "n"
        assert (definition.file, definition.root) == (str(path), tmp_path)
        [place] = definition.places
        assert (place.file, place.line, place.line_of("top")) == (str(path), 2, 3)


@pytest.mark.parametrize(
    "text",
    [NET, 'name: "n"', "name:'n'", ' name : "n"', 'layer { name: "a" }', "layer < >", "\n"],
)
def test_a_text(text: str) -> None:
    definition = read_net(text)
    assert definition.file is None and definition.root == Path()
    assert len(definition.places) == len(definition.message.layer)


@pytest.mark.parametrize(
    "path",
    ["net.prototxt", r"C:\nets\net.prototxt", "C:/net.prototxt", "s3:net.prototxt", "name", ""],
)
def test_a_path_that_is_not_there(path: str) -> None:
    with pytest.raises(PrototxtError, match=r"no such file|folder"):
        read_net(path)


def test_the_nearest_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lenet_train.prototxt").write_text(NET)
    with pytest.raises(PrototxtError, match=r"no such file: did you mean '.*lenet_train"):
        read_net(tmp_path / "lenet_trian.prototxt")
    with pytest.raises(PrototxtError, match="there is no folder"):
        read_net(tmp_path / "nets" / "lenet_train.prototxt")
    with pytest.raises(PrototxtError, match="this is a folder"):
        read_net(tmp_path)


def test_a_message_is_left_alone() -> None:
    message = pb.NetParameter(input=["x"], input_dim=[1, 2, 3, 4])
    definition = read_net(message)
    assert definition.message.layer[0].type == "Input" and list(message.input) == ["x"]
    assert definition.places[0].line_of("top") is None
    with pytest.raises(PrototxtError, match=r"expected .* NetParameter, not caffe.SolverParameter"):
        read_net(pb.SolverParameter())
    with pytest.raises(PrototxtError, match=r"expected .* NetParameter, not int"):
        read_net(5)


def test_a_message_of_another_caffe_pb2() -> None:
    from google.protobuf import descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(pb.DESCRIPTOR.serialized_pb)
    other = message_factory.GetMessageClass(pool.FindMessageTypeByName("caffe.NetParameter"))
    definition = read_net(other(name="n"))
    assert isinstance(definition.message, pb.NetParameter) and definition.message.name == "n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x0a\x05LeNet\xa2\x06\x10", "binary file, not a definition: give it as weights"),
        (b"\x89HDF\r\n\x1a\n\0\0", "binary file, not a definition"),
        (b"\xff\xfen\0", "UTF-16: save it as UTF-8"),
        (b"\n<!DOCTYPE html>\n<html>", "no definition, but a web page; download the file itself"),
        (b"version https://git-lfs.github.com/spec/v1\n", "but a pointer of Git LFS; fetch the fi"),
        (b"\x1f\x8b\x08\0", "no definition, but compressed (gzip); unpack it first"),
        (b"PK\x03\x04\x14", "no definition, but a zip file"),
        (b"%PDF-1.4\n", "no definition, but a PDF"),
        (b'{\n "layer": [1] }', "no definition, but JSON"),
        (b'[{"a": 1}]', "no definition, but JSON"),
        (b"# net\nimport caffe\n", "no definition, but a Python script; run it"),
        (b"#!/usr/bin/env python\n", "no definition, but a Python script"),
        (b"\x89PNG\r\n", "no definition, but a picture"),
        (b"\xef\xbb\xbfname: 'n'", ":1:1: the text begins with a byte order mark"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes(content)
    with pytest.raises(PrototxtError) as caught:
        read_net(path)
    assert words in str(caught.value)


def test_a_solver() -> None:
    solver = read_solver('net: "n"\nbase_lr: 0.1\nsolver_type: ADAM\nnet_param {\n layer { } }')
    assert solver.message.type == "Adam"
    assert solver.lines.line_of("base_lr") == 2
    assert solver.lines.line_of("type") == 3
    assert solver.lines.parts["net_param"][0].parts["layer"][0].line == 5


def test_golden_errors_of_text(conformance: Path) -> None:
    """What the reference refuses while reading, and nothing else, is refused here."""
    entries = json.loads((conformance / "errors.json").read_text())
    for entry in entries:
        read = read_net if entry["kind"] == "net" else read_solver
        if entry.get("at") in ("parse", "upgrade"):
            with pytest.raises(PrototxtError) as caught:
                read(entry["text"])
            assert caught.value.line is not None, entry["name"]
        else:
            assert read(entry["text"]).message.ByteSize() > 0, entry["name"]


def test_a_long_net_reads_quickly_enough_to_be_used_in_tests() -> None:
    layers = [
        f'layer {{\n  name: "c{i}"\n  type: "Convolution"\n  bottom: "c{i - 1}"\n  top: "c{i}"\n'
        "  convolution_param {\n    num_output: 64\n    kernel_size: 3\n  }\n}\n"
        for i in range(700)
    ]
    definition = read_net("".join(layers))
    assert definition.places[699].line_of("convolution_param.kernel_size") == 6998
    assert read_net(format(definition.message)).message == definition.message


def test_a_definition_in_another_encoding_loads(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_bytes("# \u5377\u79ef\nname: '\u7f51'".encode("gbk"))
    assert encode(read_net(path).message.name) == "\u7f51".encode("gbk")
    path.write_bytes(b"name: 'gr\xfcn' # gr\xfcn")
    assert encode(read_net(path).message.name) == b"gr\xfcn"
    path.write_bytes("name: 'gr\xfcn'".encode())
    assert read_net(path).message.name == "gr\xfcn"


@pytest.mark.parametrize(
    "text", ["{% if x %}", "{{ name }}", "layer { }", "# import\nname: 'x'", "from: 1", "[a: 1]"]
)
def test_a_text_with_a_fault_is_judged_by_the_parser(text: str) -> None:
    assert kind_of(text.encode()) == ""
