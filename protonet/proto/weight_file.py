"""A file of weights with all that it tells, to be changed and written again in any form.

`read_weights` gives names and blobs, which is what a net takes.  A .caffemodel also holds the
definition of the net that it was saved from, of layers that nobody knows too: it stays.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from numpy.typing import NDArray

from ..errors import PrototxtError
from ..log import log
from . import caffe_pb2 as pb
from .named_arrays import is_state_dict
from .stored import LayerWeights
from .upgrade import upgrade_net
from .upgrade_file import net_of
from .weight_formats import format_of, known_format, write_any
from .weights import is_hdf5, read_blobs_apart, read_weights
from .wire import WireError

PathLike = str | os.PathLike


@dataclass
class WeightFile:
    """What a file holds.  net: all of the definition but its layers.  layers: in their order.
    foreign: whether the names are those of another framework's arrays, each of which stands for
    a layer of one blob here."""

    net: pb.NetParameter = field(default_factory=pb.NetParameter)
    layers: list[LayerWeights] = field(default_factory=list)
    foreign: bool = False

    def write(self, path: PathLike, named: PathLike = "") -> None:
        """Write what `layers` hold now, in the form that the name of the file tells, or another
        name.

        Definitions go along into a .caffemodel, in the current syntax.  WeightsError as of
        `write_any`.
        """
        net = pb.NetParameter()
        net.CopyFrom(self.net)
        for layer in self.layers:
            param = net.layer.add()
            if layer.param is not None:
                param.CopyFrom(layer.param)
            param.name = layer.name
            if layer.type:
                param.type = layer.type
        blobs = {i: layer.blobs for i, layer in enumerate(self.layers) if layer.blobs}
        write_any(path, net, blobs, form=format_of(named or path))


def read_weight_file(path: PathLike) -> WeightFile:
    """Read any file of weights.  WeightsError as of `read_any`; gradients that stand in it are
    left out, with a warning."""
    form = known_format(path)
    if form is not None and form.arrays is not None:
        arrays = form.arrays(path)
        if is_state_dict(arrays):
            layers = [LayerWeights(name, "", [values]) for name, values in arrays.items()]
            return WeightFile(layers=layers, foreign=True)
        return WeightFile(layers=form.read(path))
    if is_hdf5(path):
        return WeightFile(layers=read_weights(path))
    return _with_definition(path)


def _with_definition(path: PathLike) -> WeightFile:
    apart = read_blobs_apart(path)
    if apart.gradients:
        log.warning("%s: the gradients of %d blobs are left out", path, apart.gradients)
    try:
        old, unknown = net_of(apart.rest, os.fspath(path))
        net = upgrade_net(old).definition.message
    except (PrototxtError, WireError) as error:
        log.warning("%s: the definition in it is left out: %s", path, error)
        return WeightFile(layers=read_weights(path))
    net.MergeFromString(unknown)
    layers = [_layer(param, apart.blobs) for param in net.layer]
    del net.layer[:]
    return WeightFile(net, layers)


def _layer(param: pb.LayerParameter, blobs: list[NDArray]) -> LayerWeights:
    """A layer whose BlobProtos tell where the values are: see `read_blobs_apart`."""
    found: list[NDArray | None] = [blobs[blob.num] for blob in param.blobs]
    param.ClearField("blobs")
    return LayerWeights(param.name, param.type, found, param)
