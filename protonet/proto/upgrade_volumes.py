"""C3D's layers of the V1 age, whose parameters stood in those of Convolution and Pooling."""

from __future__ import annotations

from google.protobuf.message import Message

from ..errors import PrototxtError
from . import caffe_pb2 as pb
from .source_map import Place

# Type -> the message of then, the message of now
_MOVED = {
    "Convolution3D": ("convolution_param", "convolution3d_param"),
    "Deconvolution3D": ("convolution_param", "convolution3d_param"),
    "Pooling3D": ("pooling_param", "pooling3d_param"),
}


def upgrade_volume(layer: pb.LayerParameter, place: Place) -> Place:
    """Move the parameters of a layer of C3D, field by field, to the message of its own type.

    PrototxtError for a field that the type does not have, or that has a value for each axis.
    """
    if layer.type not in _MOVED:
        return place
    old_name, new_name = _MOVED[layer.type]
    old: Message = getattr(layer, old_name)
    new: Message = getattr(layer, new_name)
    known = new.DESCRIPTOR.fields_by_name
    for field, value in old.ListFields():
        single = [*value] if hasattr(value, "append") else [value]
        if field.name not in known or len(single) != 1:
            what = "is not for a layer of three axes" if field.name not in known else "is a list"
            raise PrototxtError(
                f"{old_name}.{field.name} {what}",
                "leave it out" if field.name not in known else "give it once",
                file=place.file,
                line=place.line_of(f"{old_name}.{field.name}"),
                layer=layer.name,
                layer_type=layer.type,
            )
        if field.message_type:
            getattr(new, field.name).CopyFrom(value)
        else:
            setattr(new, field.name, single[0])
    layer.ClearField(old_name)
    return place.renamed({old_name: new_name})
