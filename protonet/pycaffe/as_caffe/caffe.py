"""Stands where `import caffe` looks, and makes room for protonet."""

import sys

from protonet.pycaffe.install import install_as_caffe

if __name__ == "caffe":
    del sys.modules[__name__]  # Python hands out what stands there in the end
    install_as_caffe()
