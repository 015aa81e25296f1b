"""Tensors of any kind: types that converters from TensorFlow and ONNX write (Synopsys' fork)."""
