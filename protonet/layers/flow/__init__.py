"""Optical flow: FlowNet 2 and what it resamples with."""

from . import (  # noqa: F401
    correlation,
    downsample,
    flow_warp,
    l1_loss,
    mean,
    resample,
)
