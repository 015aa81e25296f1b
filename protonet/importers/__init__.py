"""Models of other tools as nets of Caffe.

`onnx(model)` gives the text and the weights of a net that computes what an ONNX model does;
`convert_onnx(model, prototxt, caffemodel)` writes both files, proved.
"""

from .onnx.importer import convert_onnx, onnx

__all__ = ["convert_onnx", "onnx"]
