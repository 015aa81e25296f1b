"""Optical flow: FlowNet 2 and what it resamples with."""
