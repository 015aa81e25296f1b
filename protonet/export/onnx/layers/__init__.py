"""Converters, one a type, in files that mirror `protonet.layers`."""

from . import common, losses, neuron, recurrent, vision  # noqa: F401
