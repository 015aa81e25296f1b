"""protonet: Caffe's files, run and trained with NumPy."""

__version__ = "0.1.0"
