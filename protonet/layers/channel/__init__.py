"""Channels and elements: SENet, ShuffleNet, depthwise convolutions, mirrors."""
