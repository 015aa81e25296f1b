"""Converters, one a type, in files that mirror `protonet.layers`."""

from . import (  # noqa: F401
    accuracy,
    channel,
    common,
    convolution,
    distances,
    face,
    flow,
    losses,
    neuron,
    norm,
    pooling,
    rcnn,
    recurrent,
    regions,
    segmentation,
    ssd,
    tensor,
    video,
    yolo,
)
