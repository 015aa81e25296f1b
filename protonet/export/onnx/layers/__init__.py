"""Converters, one a type, in files that mirror `protonet.layers`."""

from . import (  # noqa: F401
    channel,
    common,
    face,
    losses,
    neuron,
    recurrent,
    segmentation,
    ssd,
    video,
    vision,
    yolo,
)
