"""Fields and enum values that forks added to Caffe's own messages: which are set, and served.

A layer (`Layer.serves`) or solver names those that it reads.  Any other that says something
else than its default would be passed over in silence, so it is refused here by its name.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from ..errors import PrototxtError, together
from .fork_tags import FIRST, forks_that_added, tables

#: They choose an implementation, its speed or what is shown, and never change a number.
_IDLE = {
    "LayerParameter": "engine forward_type backward_type forward_math backward_math debug "
    "cudnn_math_override reshape_every_iter strict_dim",
    "NetParameter": "engine mem_param reduce_buckets compile_net_state eltwise_mem_sharing "
    "default_forward_type default_backward_type default_forward_math default_backward_math "
    "default_conv_algos_override default_cudnn_math_override "
    "profile_info profile_iter profile_warmup multinode "
    # gradients are scaled for half precision, and scaled back
    "global_grad_scale global_grad_scale_adaptive",
    "SolverParameter": "engine solver_data_type store_blobs_in_old_format",
    "ConvolutionParameter": "conv_algorithm conv_algos_override cudnn_convolution_algo_seeker",
    "DataParameter": "cache precache threads parser_threads disk_reader_threads verbose show_data",
    "ImageDataParameter": "cache precache threads show_data",
    "TransformationParameter": "use_gpu_transform display debug_params forward_packing",
}
IDLE = frozenset(f"{owner}.{name}" for owner, names in _IDLE.items() for name in names.split())

#: Messages that are looked at by themselves, and weights.
_APART = {"NetParameter", "LayerParameter", "V1LayerParameter", "BlobProto"}


class Addition(NamedTuple):
    """Something of a fork in a message of Caffe's.

    name: "PoolingParameter.ceil_mode", "PoolingParameter.PoolMethod.AVE_EXC_PAD".
    path: where it stands: "pooling_param.ceil_mode".  what: it in words.
    """

    name: str
    path: str
    what: str


def refuse_unserved(message: Message, served: Container[str]) -> list[str]:
    """PrototxtError for the additions of forks in `message` that `served` does not name.
    Returns the names of those that may be passed over, as they are about speed."""
    errors, idle = unserved(message, served)
    if errors:
        raise together([*errors])
    return idle


def unserved(message: Message, served: Container[str]) -> tuple[list[PrototxtError], list[str]]:
    """The errors about what `served` does not name, and the names of what is about speed."""
    errors, idle = [], []
    for addition in _additions(message, ""):
        if addition.name in IDLE:
            idle.append(addition.name)
        elif addition.name not in served:
            what = f"{addition.what} and is not served here"
            errors.append(PrototxtError(what, field=addition.path))
    return errors, idle


def _additions(message: Message, prefix: str) -> Iterator[Addition]:
    """What forks added and what says something new, in the order of the fields."""
    owner = message.DESCRIPTOR.name
    for field, value in message.ListFields():
        if _is_plain(field):
            continue
        path = prefix + field.name
        if field.number >= FIRST and _is_new(owner, field, value):
            forks = ", ".join(forks_that_added(owner, field.name))
            yield Addition(f"{owner}.{field.name}", path, f"{path} is a field of forks ({forks})")
        elif field.enum_type:
            for number in value if hasattr(value, "append") else [value]:
                yield from _added_value(field.enum_type, number, path)
        elif field.message_type and field.message_type.name not in _APART:
            for child in value if hasattr(value, "add") else [value]:
                yield from _additions(child, path + ".")


@cache
def _is_plain(field: FieldDescriptor) -> bool:
    """Caffe's own, and nothing can stand in it that is not."""
    nested = field.message_type and field.message_type.name not in _APART
    return field.number < FIRST and not field.enum_type and not nested


def _is_new(owner: str, field: FieldDescriptor, value: Any) -> bool:
    """Not a layer's block of parameters, which its own type reads, nor a stated default."""
    if owner == "LayerParameter" and field.message_type:
        return False
    if field.has_default_value and value == field.default_value:
        return False
    return owner in tables()[0] and not (field.enum_type and field.enum_type.name == "Engine")


def _added_value(enum: EnumDescriptor, number: int, path: str) -> Iterator[Addition]:
    owner = enum.containing_type.name if enum.containing_type else ""
    if number >= FIRST and enum.name != "Engine" and owner in tables()[0]:
        word = enum.values_by_number[number].name
        what = f"{path}: {word} is a value of forks"
        yield Addition(f"{owner}.{enum.name}.{word}", path, what)
