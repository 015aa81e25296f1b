"""Definitions of any age -> current ones, in the steps and with the results of Caffe's tools.

A net is carried as pairs of layer and place, so that lines survive; each step says what it
changed.  In order: V0 to V1, transformations out of V1 data layers, V1 to current, offsets
of CROP, inputs to an Input layer, multipliers of BatchNorm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from .. import budget
from ..errors import PrototxtError
from . import caffe_pb2 as pb
from .source_map import Definition, Place, SolverDefinition
from .upgrade_crop import align_crops
from .upgrade_softmax_loss import ignore_labels
from .upgrade_v0 import TYPES, V1Layers, upgrade_v0
from .upgrade_volumes import upgrade_volume

# The old enum -> today's type.
_TYPES = {
    "NONE": "",
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "DUMMY_DATA": "DummyData",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "ELTWISE": "Eltwise",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "MVN": "MVN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "SLICE": "Slice",
    "TANH": "TanH",
    "WINDOW_DATA": "WindowData",
    "THRESHOLD": "Threshold",
}
# Of forks in the days of the enum.
_TYPES |= {
    "BATCH_NORM": "BatchNorm",
    "BIN_ACCURACY": "BinaryAccuracy",
    "BN": "BN",
    "CONVOLUTION3D": "Convolution3D",
    "CROP": "Crop",
    "DECONVOLUTION3D": "Deconvolution3D",
    "DOWN_SAMPLING": "DownSampling",
    "DROPOUT_CHANNEL": "DropoutChannel",
    "ELTWISE_ACCURACY": "EltwiseAccuracy",
    "ELTWISE_AFFINE": "EltwiseAffine",
    "ELTWISE_PRODUCT": "EltwiseProduct",
    "IMAGE_SEG_DATA": "ImageSegData",
    "INSANITY": "Insanity",
    "INTERP": "Interp",
    "LOCAL": "Local",
    "MAT_WRITE": "MatWrite",
    "MULTI_STAGE_MEANFIELD": "MultiStageMeanfield",
    "NORMALIZE": "Normalize",
    "PADDING": "Padding",
    "POOLING3D": "Pooling3D",
    "RED_ACCURACY": "RedAccuracy",
    "RED_SOFTMAX_LOSS": "RedSoftmaxWithLoss",
    "RELU6": "ReLU6",
    "ROIPOOLING": "ROIPooling",
    "SEG_ACCURACY": "SegAccuracy",
    "SELECT_SEG_BINARY": "SelectSegBinary",
    "TRIPLET_LOSS": "TripletLoss",
    "UNPOOLING": "Unpooling",
    "VIDEO_DATA": "VideoData",
    "VIDEO_SEGMENTATION_DATA": "VideoSegmentationData",
    "VIDEO_WITH_VOXEL_TRUTH_DATA": "VideoWithVoxelTruthData",
    "VOLUME_DATA": "VolumeData",
    "VOXEL_CUSTOM_LOSS": "VoxelCustomLoss",
    "VOXEL_SOFTMAX": "VoxelSoftmax",
    "VOXEL_SOFTMAX_LOSS": "VoxelSoftmaxWithLoss",
    "WINDOW_CLS_DATA": "WindowClsData",
    "WINDOW_INST_SEG_DATA": "WindowInstSegData",
    "WINDOW_SEG_BINARY": "WindowSegBinary",
    "WINDOW_SEG_DATA": "WindowSegData",
}
_TRANSFORMED = {
    "DATA": "data_param",
    "IMAGE_DATA": "image_data_param",
    "WINDOW_DATA": "window_data_param",
}
_TRANSFORMATIONS = ("scale", "mean_file", "crop_size", "mirror")
_PARAM_LISTS = {
    "param": "name",
    "blob_share_mode": "share_mode",
    "blobs_lr": "lr_mult",
    "weight_decay": "decay_mult",
}
_SOLVERS = ("SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam")

Layers = list[tuple[pb.LayerParameter, Place]]


M = TypeVar("M", bound=Message)
D = TypeVar("D", Definition, SolverDefinition)


@dataclass
class Upgraded(Generic[D]):
    """A current definition, a line for each thing that was changed on the way, and one for
    each that had to be left out."""

    definition: D
    changes: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """False if something had to be left out."""
        return not self.losses


def v1_type_name(value: int) -> str:
    """Today's type for a value of the old enum; '' for one that never was."""
    values = pb.V1LayerParameter.LayerType
    return _TYPES[values.Name(value)] if value in values.values() else ""


def v0_type_name(word: str) -> str:
    """Today's type for an old word; a word that never was stays as it is."""
    return _TYPES[TYPES[word]] if word in TYPES else word


def upgrade_net(
    message: pb.NetParameter, place: Place | None = None, root: Path = Path()
) -> Upgraded[Definition]:
    """`message`, a NetParameter of any age, is left alone; place: what the parser gave."""
    place = place or Place()
    changes: list[str] = []
    losses: list[str] = []
    count = len(message.layer) + len(message.layers)
    budget.refuse("layers", count, f"a net of {count:,} layers", PrototxtError)
    if message.layers:
        layers = _current_layers(message, place, changes, losses)
        align_crops(layers, changes)
    else:
        layers = _pairs(message.layer, place, "layer")
    new = pb.NetParameter()
    for part, value in message.ListFields():
        if part.name not in ("layer", "layers"):
            copy_field(new, part.name, value)
    unshaped = _unshaped(new, place)
    layers = _upgrade_inputs(new, place, changes) + layers
    new.layer.extend(layer for layer, _ in layers)
    _upgrade_batch_norm(new, changes)
    places = [where for _, where in layers]
    return Upgraded(Definition(new, place.file, places, root, unshaped), changes, losses)


def upgrade_solver(
    message: pb.SolverParameter, place: Place | None = None, root: Path = Path()
) -> Upgraded[SolverDefinition]:
    """The enum solver_type to the string type, and any letter case of it to Caffe's."""
    place = place or Place()
    new, changes = pb.SolverParameter(), []
    new.CopyFrom(message)
    if new.HasField("solver_type"):
        if new.HasField("type"):
            raise PrototxtError(
                "both type and the old solver_type are given",
                "remove solver_type",
                file=place.file,
                line=place.line_of("solver_type"),
            )
        word = pb.SolverParameter.SolverType.Name(new.solver_type)
        new.type = {name.upper(): name for name in _SOLVERS}.get(word, word)
        new.ClearField("solver_type")
        place = place.renamed({"solver_type": "type"})
        changes.append(f'solver_type became type: "{new.type}"')
    known = {name.lower(): name for name in _SOLVERS}.get(new.type.lower(), new.type)
    if known != new.type:
        changes.append(f'type: "{new.type}" became "{known}"')
        new.type = known
    return Upgraded(SolverDefinition(new, place.file, root, place), changes)


def _pairs(layers: Iterable[M], place: Place, part: str) -> list[tuple[M, Place]]:
    places = place.parts.get(part) or [Place(place.file) for _ in layers]
    return list(zip(layers, places))


def copy_field(target: Message, name: str, value: Any) -> None:
    """Field `name` of `target` becomes `value`: a scalar, a message or a repeated field."""
    if hasattr(value, "DESCRIPTOR"):
        getattr(target, name).CopyFrom(value)
    elif hasattr(value, "MergeFrom"):
        getattr(target, name).MergeFrom(value)
    else:
        setattr(target, name, value)


def _current_layers(
    message: pb.NetParameter, place: Place, changes: list[str], losses: list[str]
) -> Layers:
    """The V0 or V1 layers of a net as current ones."""
    if message.layer:
        old, new = place.line_of("layers"), place.line_of("layer")
        where = f" (lines {old} and {new})" if old and new else ""
        raise PrototxtError(
            f"old 'layers' and new 'layer' in one net{where}",
            "use only one of the two",
            file=place.file,
            line=max(old, new) if old and new else None,
        )
    copies = pb.NetParameter()
    copies.layers.MergeFrom(message.layers)
    layers = _pairs(copies.layers, place, "layers")
    if any(layer.HasField("layer") for layer, _ in layers):
        layers = upgrade_v0(layers, changes, losses)
        changes.append("V0 layers became V1 layers")
    layers = _upgrade_transformations(layers, changes)
    changes.append(f"{len(layers)} V1 layers became current ones")
    return [_upgrade_v1(layer, where, losses) for layer, where in layers]


def _upgrade_transformations(layers: V1Layers, changes: list[str]) -> V1Layers:
    """scale, mean_file, crop_size, mirror: from the data layer's own message to
    transform_param.  If one layer of the net needs it all data layers get the message."""
    found = []
    for layer, place in layers:
        name = _TRANSFORMED.get(pb.V1LayerParameter.LayerType.Name(layer.type))
        given = [f for f in _TRANSFORMATIONS if name and getattr(layer, name).HasField(f)]
        found.append((layer, place, name, given))
    if not any(given for *_, given in found):
        return layers
    result = []
    for layer, place, name, given in found:
        if name:
            settings = getattr(layer, name)
            settings.SetInParent()
            layer.transform_param.SetInParent()
            for f in given:
                setattr(layer.transform_param, f, getattr(settings, f))
                settings.ClearField(f)
            place = place.renamed({f"{name}.{f}": f"transform_param.{f}" for f in given})
        if given:
            changes.append(f"layer '{layer.name}': {', '.join(given)} moved to transform_param")
        result.append((layer, place))
    return result


def _upgrade_v1(
    old: pb.V1LayerParameter, place: Place, losses: list[str]
) -> tuple[pb.LayerParameter, Place]:
    new = pb.LayerParameter()
    if unknown := len(UnknownFieldSet(old)):
        what = f"{unknown} field{'s' * (unknown > 1)} of a fork dropped"
        losses.append(f"{what}: layer '{old.name}' ({v1_type_name(old.type)})")
    for part, value in old.ListFields():
        if part.name == "type":
            new.type = v1_type_name(value)
        elif part.name == "softmaxloss_param":
            ignore_labels(new, value, place)
        elif part.name in _PARAM_LISTS:
            for i, entry in enumerate(value):
                while len(new.param) <= i:
                    new.param.add()
                setattr(new.param[i], _PARAM_LISTS[part.name], entry)
        else:
            copy_field(new, part.name, value)
    for word in place.unknown.get("type", ()):
        new.type = "".join(part.capitalize() for part in word.split("_"))
    moved = {}
    for path in place.fields:
        match = re.fullmatch(r"(\w+)((?:\[\d+\])?)", path)
        if match and match[1] in _PARAM_LISTS:
            moved[path] = f"param{match[2]}.{_PARAM_LISTS[match[1]]}"
    return new, upgrade_volume(new, place.renamed(moved))


def _unshaped(net: pb.NetParameter, place: Place) -> dict[str, int | None]:
    if net.input_shape or net.input_dim:
        return {}
    return {name: place.line_of(f"input[{i}]") for i, name in enumerate(net.input)}


def _upgrade_inputs(net: pb.NetParameter, place: Place, changes: list[str]) -> Layers:
    """`input` with input_dim or input_shape out of the net, into an Input layer."""
    if not net.input:
        return []
    inputs, shapes, dims = list(net.input), list(net.input_shape), list(net.input_dim)
    for name in ("input", "input_shape", "input_dim"):
        net.ClearField(name)
    if not shapes and not dims:
        changes.append("input without a shape left out")
        return []
    layer = pb.LayerParameter(name="input", type="Input", top=inputs)
    source = "input_shape" if shapes else "input_dim"
    count = len(shapes) if shapes else len(dims) // 4
    if count < len(inputs):
        given = f"{len(shapes)} input_shape" if shapes else f"{len(dims)} input_dim"
        raise PrototxtError(
            f"{len(inputs)} inputs but {given}",
            "give one input_shape per input, or four input_dim",
            file=place.file,
            line=place.line_of(source),
        )
    for i in range(len(inputs)):
        shape = layer.input_param.shape.add()
        shape.dim.extend(shapes[i].dim if shapes else dims[4 * i : 4 * i + 4])
    changes.append(f"input {', '.join(inputs)} became an Input layer")
    line = place.line_of("input")
    lines = {"name": line, "type": line, "input_param": place.line_of(source)}
    for path, number in place.fields.items():
        if re.fullmatch(r"input(\[\d+\])?", path):
            lines["top" + path[5:]] = number
        elif path.startswith("input_shape"):
            lines["input_param.shape" + path[11:]] = number
    known = {path: number for path, number in lines.items() if number is not None}
    return [(layer, Place(place.file, line, known))]


def _upgrade_batch_norm(net: pb.NetParameter, changes: list[str]) -> None:
    """Old nets had to say three times that the solver must leave the statistics alone."""
    for layer in net.layer:
        if layer.type == "BatchNorm" and len(layer.param) == 3:
            before = layer.SerializeToString()
            for spec in layer.param:
                spec.lr_mult = spec.decay_mult = 0
            if layer.SerializeToString() != before:
                changes.append(f"layer '{layer.name}': multipliers of BatchNorm set to 0")
