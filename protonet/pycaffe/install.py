"""Make `import caffe` find protonet."""

from __future__ import annotations

import importlib
import sys

from ..errors import ProtonetError

_NAME = "protonet.pycaffe"
#: Submodules that scripts import by their names.
_SUBMODULES = (
    "io",
    "proto",
    "net_spec",
    "coord_map",
    "draw",
    "classifier",
    "detector",
    "pycaffe",
    "_caffe",
)


def install_as_caffe() -> None:
    """From now on `import caffe`, `from caffe.proto import caffe_pb2` and the like mean
    protonet.  Another Caffe that is installed stays untouched, and unused.

    ProtonetError if another Caffe was imported already.
    """
    face = importlib.import_module(_NAME)
    other = sys.modules.get("caffe", face)
    if other is not face:
        where = getattr(other, "__file__", None) or "somewhere"
        raise ProtonetError(
            f"another caffe is imported already, from {where}",
            "call install_as_caffe() before anything imports caffe",
        )
    sys.modules["caffe"] = face
    for name in _SUBMODULES:
        sys.modules[f"caffe.{name}"] = importlib.import_module(f"{_NAME}.{name}")
    sys.modules["caffe.proto.caffe_pb2"] = importlib.import_module("protonet.proto.caffe_pb2")
