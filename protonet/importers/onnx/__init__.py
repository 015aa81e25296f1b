"""ONNX models as nets of Caffe: one rule an operator, and a proof before the files have names."""
