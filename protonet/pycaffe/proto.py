"""The package `caffe.proto`: it has the one module caffe_pb2."""

from ..proto import caffe_pb2

__all__ = ["caffe_pb2"]
