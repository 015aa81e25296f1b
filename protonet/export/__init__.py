"""Nets in the forms of other tools.

`onnx(net, path)` writes a proved ONNX file, `onnx_model(net)` makes a ModelProto in memory, and
`converter` teaches them a layer of one's own; `protonet.export.weights` has files of weights, in
every form.
"""

from .onnx.export import onnx, onnx_model
from .onnx.registry import converter

__all__ = ["converter", "onnx", "onnx_model"]
