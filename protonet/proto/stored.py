"""What files of weights and snapshots hold, whichever their format."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy.typing import NDArray

from . import caffe_pb2 as pb


@dataclass
class LayerWeights:
    """The parameters of one layer in a file.

    Each array has memory of its own.  HDF5 files leave out parameters that another layer
    owns: None.  param: all else that the file tells of the layer, if that was asked for.
    """

    name: str
    type: str
    blobs: list[NDArray | None] = field(default_factory=list)
    param: pb.LayerParameter | None = None


@dataclass
class State:
    """What a solver needs, besides the weights, to go on.

    history: in order of the learnable parameters.  extra: bytes for ourselves alone.
    """

    iter: int = 0
    learned_net: str = ""
    current_step: int = 0
    history: list[NDArray] = field(default_factory=list)
    extra: bytes = b""
