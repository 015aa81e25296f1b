"""The oldest nets (2013): `layers { layer { type: "conv" num_output: 20 } }` -> `layers { ... }`.

There every parameter of every type stood in one flat message, and padding was a layer of its
own in front of a convolution or pooling.
"""

from __future__ import annotations

from typing import Any

from ..errors import PrototxtError, did_you_mean
from . import caffe_pb2 as pb
from .source_map import Place

# Old type: its value in the enum that came next.
TYPES = {
    "accuracy": "ACCURACY",
    "bnll": "BNLL",
    "concat": "CONCAT",
    "conv": "CONVOLUTION",
    "data": "DATA",
    "dropout": "DROPOUT",
    "euclidean_loss": "EUCLIDEAN_LOSS",
    "flatten": "FLATTEN",
    "hdf5_data": "HDF5_DATA",
    "hdf5_output": "HDF5_OUTPUT",
    "im2col": "IM2COL",
    "images": "IMAGE_DATA",
    "infogain_loss": "INFOGAIN_LOSS",
    "innerproduct": "INNER_PRODUCT",
    "lrn": "LRN",
    "multinomial_logistic_loss": "MULTINOMIAL_LOGISTIC_LOSS",
    "pool": "POOLING",
    "relu": "RELU",
    "sigmoid": "SIGMOID",
    "softmax": "SOFTMAX",
    "softmax_loss": "SOFTMAX_LOSS",
    "split": "SPLIT",
    "tanh": "TANH",
    "window_data": "WINDOW_DATA",
}

# Fields that every layer takes: old name -> path in the V1 layer.
_ANYWHERE = {
    "name": "name",
    "blobs": "blobs",
    "blobs_lr": "blobs_lr",
    "weight_decay": "weight_decay",
    "scale": "transform_param.scale",
    "meanfile": "transform_param.mean_file",
    "cropsize": "transform_param.crop_size",
    "mirror": "transform_param.mirror",
}
_DROPPED = {"type", "new_num", "new_channels"}  # read elsewhere, or never by anybody

# Fields that some types take: old type -> (message, {old name: new name}).
_SHARED = ("num_output", "weight_filler", "bias_filler")
_FIELDS: dict[str, tuple[str, dict[str, str]]] = {
    "conv": (
        "convolution_param",
        {
            **dict(zip(_SHARED, _SHARED)),
            "biasterm": "bias_term",
            "pad": "pad",
            "kernelsize": "kernel_size",
            "group": "group",
            "stride": "stride",
        },
    ),
    "innerproduct": (
        "inner_product_param",
        {**dict(zip(_SHARED, _SHARED)), "biasterm": "bias_term"},
    ),
    "pool": (
        "pooling_param",
        {"pool": "pool", "pad": "pad", "kernelsize": "kernel_size", "stride": "stride"},
    ),
    "dropout": ("dropout_param", {"dropout_ratio": "dropout_ratio"}),
    "lrn": ("lrn_param", {"local_size": "local_size", "alpha": "alpha", "beta": "beta", "k": "k"}),
    "concat": ("concat_param", {"concat_dim": "concat_dim"}),
    "infogain_loss": ("infogain_loss_param", {"source": "source"}),
    "data": (
        "data_param",
        {"source": "source", "batchsize": "batch_size", "rand_skip": "rand_skip"},
    ),
    "hdf5_data": ("hdf5_data_param", {"source": "source", "batchsize": "batch_size"}),
    "images": (
        "image_data_param",
        {
            "source": "source",
            "batchsize": "batch_size",
            "rand_skip": "rand_skip",
            "shuffle_images": "shuffle",
            "new_height": "new_height",
            "new_width": "new_width",
        },
    ),
    "window_data": (
        "window_data_param",
        {
            "source": "source",
            "batchsize": "batch_size",
            "det_fg_threshold": "fg_threshold",
            "det_bg_threshold": "bg_threshold",
            "det_fg_fraction": "fg_fraction",
            "det_context_pad": "context_pad",
            "det_crop_mode": "crop_mode",
        },
    ),
    "hdf5_output": ("", {"hdf5_output_param": "hdf5_output_param"}),
}


V1Layers = list[tuple[pb.V1LayerParameter, Place]]


def upgrade_v0(layers: V1Layers, changes: list[str], losses: list[str]) -> V1Layers:
    """V0 layers to V1 layers, padding folded; V1 layers among them stay as they are."""
    folded = _fold_padding(layers, changes)
    return [
        _upgrade_layer(layer, place, losses) if layer.HasField("layer") else (layer, place)
        for layer, place in folded
    ]


def _fold_padding(layers: V1Layers, changes: list[str]) -> V1Layers:
    kept = []
    producer: dict[str, pb.V1LayerParameter] = {}  # blob -> the layer that made it last
    for layer, place in layers:
        old = layer.layer
        for j, blob in enumerate(layer.bottom):
            padding = producer.get(blob)
            if padding is None or padding.layer.type != "padding":
                continue
            if old.type not in ("conv", "pool"):
                what = f"reads the padding layer '{padding.layer.name}', but is no conv or pool"
                raise _error(old, place, f"bottom[{j}]", what, "feed it unpadded")
            old.pad = padding.layer.pad
            layer.bottom[j] = padding.bottom[0]
            changes.append(f"padding layer '{padding.layer.name}' folded into '{old.name}'")
        if old.type == "padding":
            if len(layer.bottom) != 1 or len(layer.top) != 1:
                raise _error(old, place, None, "padding takes one bottom and one top")
        else:
            kept.append((layer, place))
        producer.update((blob, layer) for blob in layer.top)
    return kept


def _upgrade_layer(
    connection: pb.V1LayerParameter, place: Place, losses: list[str]
) -> tuple[pb.V1LayerParameter, Place]:
    old, new = connection.layer, pb.V1LayerParameter()
    for field, _ in connection.ListFields():
        if field.name not in ("layer", "bottom", "top"):
            losses.append(
                f"field {field.name} dropped: it stands outside the inner layer '{old.name}'"
            )
    new.bottom.extend(connection.bottom)
    new.top.extend(connection.top)
    if old.HasField("type"):
        if old.type not in TYPES:
            hint = did_you_mean(old.type, TYPES)
            raise _error(old, place, "layer.type", f"unknown old type '{old.type}'", hint)
        new.type = pb.V1LayerParameter.LayerType.Value(TYPES[old.type])
    message, known = _FIELDS.get(old.type, ("", {}))
    moved = {"layer.type": "type"}
    for field, value in old.ListFields():
        name = field.name
        if name in _ANYWHERE:
            path = _ANYWHERE[name]
        elif name in known:
            path = f"{message}.{known[name]}".lstrip(".")
        elif name in _DROPPED:
            continue
        else:
            losses.append(
                f"field {name} dropped: layer '{old.name}' ({old.type}) has no use for it"
            )
            continue
        _put(new, path, value)
        moved[f"layer.{name}"] = path
    return new, place.renamed(moved)


def _put(target: Any, path: str, value: Any) -> None:
    *messages, name = path.split(".")
    for message in messages:
        target = getattr(target, message)
    current = getattr(target, name)
    if hasattr(value, "DESCRIPTOR"):
        current.CopyFrom(value)
    elif hasattr(current, "extend"):
        current.extend(value if hasattr(value, "extend") else [value])
    else:
        setattr(target, name, value)


def _error(
    old: pb.V0LayerParameter, place: Place, field: str | None, what: str, hint: str = ""
) -> PrototxtError:
    return PrototxtError(
        what, hint, file=place.file, line=place.line_of(field), layer=old.name, layer_type=old.type
    )
