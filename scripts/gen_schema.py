#!/usr/bin/env python3
"""Compile proto/caffe.proto and proto/forks.proto to what the package ships of them:

    protonet/proto/caffe.desc        the descriptor of both in one
    protonet/proto/fork_tags.json    under which other numbers forks write their fields
    protonet/proto/caffe_pb2.pyi     the types of its messages, for type checkers

    python scripts/gen_schema.py            write them
    python scripts/gen_schema.py --check    say whether they are fresh; exit 1 if not

A message of forks.proto that caffe.proto has too is folded into it: its fields, enums and
enum values are added.  Everything is in the package `caffe` then, as in a fork itself.

Needs grpcio-tools (pip install 'protonet-caffe[dev]').  Commit all files together.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from schema_stubs import stubs

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [ROOT / "proto" / name for name in ("caffe.proto", "forks.proto")]
SHIPPED = ROOT / "protonet" / "proto"
_TAGS = "caffe.forks.tags"


def compile_protos() -> list[Any]:
    """The FileDescriptorProtos of both files, options with their names."""
    import grpc_tools
    from grpc_tools import protoc

    own = Path(grpc_tools.__file__).with_name("_proto")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "set")
        arguments = [f"--proto_path={SOURCES[0].parent}", f"--proto_path={own}"]
        arguments += ["--include_imports", f"--descriptor_set_out={out}"]
        if protoc.main(["protoc", *arguments, *(path.name for path in SOURCES)]):
            raise SystemExit("protoc refused proto/*.proto")
        content = out.read_bytes()
    pool = descriptor_pool.DescriptorPool()  # one that knows our option as well
    for file in descriptor_pb2.FileDescriptorSet.FromString(content).file:
        pool.Add(file)
    message_factory.GetMessageClassesForFiles(["forks.proto"], pool)
    descriptor_set = pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet")
    files = message_factory.GetMessageClass(descriptor_set).FromString(content).file
    return [file for file in files if file.package.startswith("caffe")]


def fold(caffe: Any, forks: Any) -> dict[str, dict[str, dict[str, str]]]:
    """Add all of `forks` to `caffe`.  Returns the other numbers of its fields, of messages
    of Caffe 1.0 and of forks: {"caffe": {message: {field: "tag: fork fork; tag: fork"}}, ...}."""
    tags: dict[str, dict[str, dict[str, str]]] = {"caffe": {}, "forks": {}}
    messages = {message.name: message for message in caffe.message_type}
    for message in forks.message_type:
        known = messages.get(message.name)
        found = _take_tags(message)
        if found:
            tags["caffe" if known else "forks"][message.name] = found
        if known:
            _add(known, message)
        else:
            caffe.message_type.add().CopyFrom(message)
    caffe.enum_type.MergeFrom(forks.enum_type)
    for message in caffe.message_type:
        _adopt(message)
    return tags


def _take_tags(message: Any) -> dict[str, str]:
    """The option (tags) of the fields of a message, which lose their options by it."""
    found = {}
    for field in message.field:
        for option, value in field.options.ListFields():
            if option.full_name == _TAGS:
                found[field.name] = value
                field.options.ClearExtension(option)
        if not field.options.ListFields():
            field.ClearField("options")
    return found


def _add(known: Any, more: Any) -> None:
    enums = {enum.name: enum for enum in known.enum_type}
    for enum in more.enum_type:
        if enum.name in enums:
            enums[enum.name].value.MergeFrom(enum.value)
        else:
            known.enum_type.add().CopyFrom(enum)
    known.nested_type.MergeFrom(more.nested_type)
    known.field.MergeFrom(more.field)


def _adopt(message: Any) -> None:
    """Types by their names in the one package; and nothing that only some compilers write."""
    for field in message.field:
        field.type_name = field.type_name.replace(".caffe.forks.", ".caffe.")
        if not field.type_name:
            field.ClearField("type_name")
        field.ClearField("json_name")
    for nested in message.nested_type:
        _adopt(nested)


def generate() -> dict[Path, bytes]:
    """Every file that is made, with its content."""
    caffe, forks = compile_protos()
    tags = fold(caffe, forks)
    return {
        SHIPPED / "caffe.desc": caffe.SerializeToString(deterministic=True),
        SHIPPED / "caffe_pb2.pyi": stubs(caffe).encode(),
        SHIPPED / "fork_tags.json": (json.dumps(tags, indent=1) + "\n").encode(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    stale = False
    for path, content in generate().items():
        name = path.relative_to(ROOT)
        if check:
            fresh = path.exists() and path.read_bytes() == content
            stale |= not fresh
            print(f"{name} is {'fresh' if fresh else 'stale: run scripts/gen_schema.py'}")
        else:
            path.write_bytes(content)
            print(f"wrote {name}, {len(content)} bytes")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
