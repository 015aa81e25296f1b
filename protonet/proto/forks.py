"""Words that the schema does not have: what to tell someone whose text has one.

They come from forks of Caffe, from the other kind of file, or from a slip of the hand.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache

from ..errors import did_you_mean
from . import caffe_pb2
from .fork_names import FIELDS, NAMES, TYPES

_OLD = 'of the old "layers": now it is param { %s }, one for each blob'

#: Fields that have another name here.
_OTHER_NAME = {
    ("PoolingParameter", "ceil_mode"): (
        "Caffe 1.0 calls it round_mode: write round_mode: FLOOR for ceil_mode: false, "
        "nothing for true"
    ),
    ("LayerParameter", "blobs_lr"): "it is " + _OLD % "lr_mult: ...",
    ("LayerParameter", "weight_decay"): "it is " + _OLD % "decay_mult: ...",
    ("LayerParameter", "blob_share_mode"): "it is " + _OLD % "name: ... share_mode: ...",
}

#: Fields of forks that change no number, so that a file does without them.
_IDLE = {"eval_type", "ap_version", "show_per_class_result"}

#: What Caffe 1.0 has for a type that it has not, where both compute the same.
_GROUPED = 'write type: "Convolution" with as many group as num_output'
_INSTEAD = {
    "Axpy": 'write it as "Scale" (axis: 0) of x and a, and "Eltwise" (SUM) of that and y',
    "ConvolutionDepthwise": _GROUPED,
    "DepthwiseConvolution": _GROUPED,
    "ReLU6": 'write type: "Clip" with clip_param { min: 0 max: 6 }',
}

#: Types by names that they have nowhere but in old files and in heads.
_MEANT = {
    "softmaxloss": "SoftmaxWithLoss",
    "dense": "InnerProduct",
    "fullyconnected": "InnerProduct",
}

#: Parameters of a fork's layer that are not called like it.
_LAYER_OF = {"norm_param": "Normalize", "st_param": "SpatialTransformer"}


#: What files of one kind begin with, so that the other kind can be told from a slip.
_SOLVER = {
    "net",
    "train_net",
    "test_net",
    "net_param",
    "test_iter",
    "test_interval",
    "base_lr",
    "lr_policy",
    "max_iter",
    "snapshot",
    "snapshot_prefix",
    "solver_mode",
    "display",
}
_NET = {"name", "layer", "layers", "input", "input_dim", "input_shape", "force_backward"}


def other_kind(message_type: str, word: str) -> str:
    """What to do if a solver was given as a net, or a net as a solver; empty if it was not."""
    if message_type == "NetParameter" and word in _SOLVER:
        return "this is a solver, and a net is wanted: give the file that the solver names"
    if message_type == "SolverParameter" and word in _NET:
        return 'this is a net, and a solver is wanted: a file with net: "..." in it'
    return ""


def hint_for(message_type: str, word: str, known: list[str]) -> str:
    """What to do about a field that `message_type` does not have: the name it has here, the
    fork it comes from, or the one of the `known` fields that it surely stands for."""
    if (message_type, word) in _OTHER_NAME:
        return _OTHER_NAME[message_type, word]
    if message_type == "V1LayerParameter" and word in _new_fields():
        return 'it belongs to the new "layer", not to the old "layers": bring the net up to date'
    forks = _forks_of_fields(message_type).get(word)
    layer = _layer_of(word) if message_type in ("LayerParameter", "V1LayerParameter") else ""
    if layer:
        return f"it is for the layer {layer} of a fork of Caffe{_named(layer)}, not of Caffe 1.0"
    if forks:
        leave = ": leave it out" if word in _IDLE else ""
        return f"it is of a fork of Caffe{_shown(forks)}, not of Caffe 1.0{leave}"
    return did_you_mean(word, known) or "Caffe 1.0 has no such field: a fork of Caffe may have"


def type_hint(word: str, known: Iterable[str]) -> str:
    """What to do about a layer type that nobody has registered: what to write instead, the
    fork it comes from, or the one of the `known` types that it surely stands for."""
    if not word:
        return "'protonet layers' lists the known types"
    if forks := _forks_of_types().get(word):
        instead = f": {_INSTEAD[word]}" if word in _INSTEAD else ""
        return f"it is a layer of a fork of Caffe{_shown(forks)}, not of Caffe 1.0{instead}"
    if meant := _MEANT.get(word.replace("_", "").lower()):
        return f"did you mean '{meant}'?"
    return did_you_mean(word, known) or (
        "Caffe 1.0 has no such type, a fork may have: 'protonet layers' lists the known types"
    )


def _named(layer: str) -> str:
    return _shown(_forks_of_types().get(layer, ""))


def _shown(forks: str) -> str:
    """Their names in brackets, for use in a sentence."""
    names = dict.fromkeys(NAMES[fork] for fork in forks.split())
    return f" ({', '.join(names)})" if names else ""


def _layer_of(field: str) -> str:
    """The layer that a fork's parameter is for; '' if that is not known."""
    if field in _LAYER_OF:
        return _LAYER_OF[field]
    if not field.endswith("_param"):
        return ""
    plain = field.removesuffix("_param").replace("_", "")
    return {name.lower(): name for name in _forks_of_types()}.get(plain, "")


@cache
def _forks_of_types() -> dict[str, str]:
    return {name: forks for forks, names in TYPES.items() for name in names.split()}


@cache
def _forks_of_fields(message_type: str) -> dict[str, str]:
    table = FIELDS.get(message_type, {})
    return {name: forks for forks, names in table.items() for name in names.split()}


def _new_fields() -> Container[str]:
    return caffe_pb2.LayerParameter.DESCRIPTOR.fields_by_name
