"""Caffe's message classes, under the names that a compiled caffe_pb2 has.

Built at import from `caffe.desc` (see scripts/gen_schema.py) and not by generated code:
generated code is tied to the protobuf releases of its compiler, a descriptor is not.  And
built in a pool of their own, so that another caffe.proto in the same process, that of an
installed Caffe say, is a stranger and not a conflict.

    from protonet.proto import caffe_pb2
    net = caffe_pb2.NetParameter()
    caffe_pb2.TRAIN, caffe_pb2.Phase.Name(1), caffe_pb2.PoolingParameter.MAX
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

_FILE = "caffe.proto"
_pool = descriptor_pool.DescriptorPool()
_pool.AddSerializedFile(Path(__file__).with_name("caffe.desc").read_bytes())

DESCRIPTOR = _pool.FindFileByName(_FILE)

for _name, _enum in DESCRIPTOR.enum_types_by_name.items():
    globals()[_name] = EnumTypeWrapper(_enum)
    globals().update((_value.name, _value.number) for _value in _enum.values)

for _name, _message in DESCRIPTOR.message_types_by_name.items():
    _class = message_factory.GetMessageClass(_message)
    _class.__module__ = __name__  # where pickle looks for it
    globals()[_name] = _class
    for _nested in _message.nested_types:
        if not hasattr(_class, _nested.name):  # protobuf in Python leaves that to us
            setattr(_class, _nested.name, message_factory.GetMessageClass(_nested))

del _name, _enum, _message, _class, _nested


def __getattr__(name: str) -> Any:
    """Only reached for names that no message has; type checkers learn that others exist."""
    raise AttributeError(f"caffe.proto has no message, enum or value '{name}'")
