"""The version of protonet."""

__version__ = "0.1.0"
