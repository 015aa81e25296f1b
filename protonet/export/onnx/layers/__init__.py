"""Converters, one a type, in files that mirror `protonet.layers`."""

from . import (  # noqa: F401
    accuracy,
    channel,
    common,
    distances,
    face,
    flow,
    losses,
    neuron,
    rcnn,
    recurrent,
    segmentation,
    ssd,
    tensor,
    video,
    vision,
    yolo,
)
