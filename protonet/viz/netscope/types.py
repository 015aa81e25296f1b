"""What Netscope knows of layer types, and what to write for those that it does not.

It tells types by parts of their names, in any case: one of `_UNIFORM` in it, and each top has
the shape of the bottom at its place, whatever else is read; else "input" or "data", and the
first top has the shape in `input_param`, the second its batch; else "loss", a scalar.  Seven
are known by their whole names.  Any other type ends its inference with a warning.
"""

from __future__ import annotations

from typing import NamedTuple

from ...proto import caffe_pb2 as pb

Shape = tuple[int, ...]

_UNIFORM = (
    *("relu", "elu", "sigmoid", "tanh", "abs", "power", "exp", "log", "bnll", "threshold"),
    *("bias", "scale", "lrn", "dropout", "batchnorm", "mvn", "softmax"),
)
_WHOLE = ("Convolution", "Deconvolution", "Pooling", "InnerProduct", "Concat", "Eltwise", "Crop")
#: Convolutions with one filter a channel: the same as Convolution with as many groups.
DEPTHWISE = ("DepthwiseConvolution", "ConvolutionDepthwise")


def is_source(type: str) -> bool:
    """Does Netscope look for a shape in the layer?"""
    name = type.lower()
    return not any(word in name for word in _UNIFORM) and ("input" in name or "data" in name)


def is_known(type: str) -> bool:
    name = type.lower()
    return type in _WHOLE or is_source(type) or any(word in name for word in (*_UNIFORM, "loss"))


class StandIn(NamedTuple):
    """What a layer of an unknown type is written as.  type: the true one with a word that
    Netscope knows.  shapes: of blobs to be put in front of its bottoms, whose shapes its tops
    then have; of a layer without bottoms, that of its first top."""

    type: str
    shapes: list[Shape]


def stand_in(
    layer: pb.LayerParameter, bottoms: list[Shape | None], tops: list[Shape | None]
) -> StandIn | None:
    """None if the shapes that it would need are not known."""
    if not tops:
        return StandIn(f"{layer.type} (like Loss)", [])
    known = [top for top in tops if top is not None]
    if len(known) < len(tops):
        return None
    if not bottoms:
        return StandIn(f"{layer.type} (like Data)", known[:1])
    if len(tops) == 1 and known[0] in ((), (1,)):
        return StandIn(f"{layer.type} (like Loss)", [])
    if known == bottoms[: len(known)]:
        return StandIn(f"{layer.type} (like Scale)", [])
    return StandIn(f"{layer.type} (like Scale)", known)
