#!/usr/bin/env python3
"""Compile proto/caffe.proto to protonet/proto/caffe.desc, which the package ships.

    python scripts/gen_schema.py            write it
    python scripts/gen_schema.py --check    say whether it is fresh; exit 1 if not

Needs grpcio-tools (pip install 'protonet[dev]').  Commit both files together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto" / "caffe.proto"
DESC = ROOT / "protonet" / "proto" / "caffe.desc"


def compile_proto() -> bytes:
    """The serialized FileDescriptorProto of caffe.proto, the same from any protoc."""
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "set")
        include = f"--proto_path={PROTO.parent}"
        if protoc.main(["protoc", include, f"--descriptor_set_out={out}", str(PROTO)]):
            raise SystemExit("protoc refused proto/caffe.proto")
        [file] = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
    for message in file.message_type:
        for field in message.field:
            field.ClearField("json_name")  # some compilers write it, some do not
    return file.SerializeToString(deterministic=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    compiled = compile_proto()
    name = DESC.relative_to(ROOT)
    if check:
        fresh = DESC.exists() and DESC.read_bytes() == compiled
        print(f"{name} is {'fresh' if fresh else 'stale: run scripts/gen_schema.py'}")
        return 0 if fresh else 1
    DESC.write_bytes(compiled)
    print(f"wrote {name}, {len(compiled)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
