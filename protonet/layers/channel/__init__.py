"""Channels and elements: SENet, ShuffleNet, depthwise convolutions, mirrors."""

from . import (  # noqa: F401
    axpy,
    channel_scale,
    convolution_depthwise,
    depthwise_convolution,
    flip,
    grn,
    label_specific_add,
    relu6,
    reverse,
    shuffle_channel,
    squeeze,
    transpose,
)
