"""From a net that trains to one for use: data, labels and losses out, inputs and results in."""

from .rewrite import Deployed, deploy

__all__ = ["Deployed", "deploy"]
