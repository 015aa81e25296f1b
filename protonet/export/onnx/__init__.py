"""Nets as ONNX models: one converter a type, and a proof before the file has its name."""
