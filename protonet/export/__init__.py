"""Nets in the forms of other tools.

`onnx(net, path)` writes a proved ONNX file, `onnx_model(net)` makes a ModelProto in memory;
`protonet.export.weights` has files of weights, in every form.
"""

from .onnx.export import onnx, onnx_model

__all__ = ["onnx", "onnx_model"]
