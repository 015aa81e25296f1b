"""Transform: a transform_param, and which file or option said what of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..core.context import TEST
from ..errors import DataError
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition
from ..proto.text import read_net, read_text


@dataclass
class Transform:
    """A TransformationParameter, the folder that its file names are meant from, and where each
    of its fields that are set comes from."""

    param: pb.TransformationParameter = field(default_factory=pb.TransformationParameter)
    root: Path = field(default_factory=Path)
    origins: dict[str, str] = field(default_factory=dict)

    def set_from(self, origin: str, clears: tuple[str, ...] = (), **values: object) -> None:
        """Fields that somebody gave, in place of what was there and of `clears`."""
        for name in (*clears, *values):
            self.param.ClearField(name)
            self.origins.pop(name, None)
        for name, value in values.items():
            held = getattr(self.param, name)
            if hasattr(held, "extend"):
                held.extend(value)
            else:
                setattr(self.param, name, value)
            self.origins[name] = origin


def read_transform(path: Path) -> Transform:
    """The transform_param in a file: of a net's data layer for TEST, or alone.  DataError if it
    is a net that reads no images."""
    found = find_in(path)
    if found is None:
        raise DataError(
            "no layer of this net reads images: there is no transform_param",
            "give the net it was trained with, or the text of a transform_param",
            file=str(path),
        )
    return found


def find_in(path: Path) -> Transform | None:
    """`read_transform`, but None if the net reads no images."""
    text = path.read_bytes() if path.is_file() else b""
    if not re.search(rb"^\s*(layers?|input)\s*[:{]", text, re.M):
        param, place, root = read_text(path, pb.TransformationParameter)
        lines = {name.name: place.line_of(name.name) for name, _ in param.ListFields()}
        return Transform(param, root, {name: f"{path}:{line}" for name, line in lines.items()})
    return _of_net(read_net(path), path)


def _of_net(definition: Definition, path: Path) -> Transform | None:
    """Of the first data layer for TEST, else of the first."""
    layers = list(zip(definition.message.layer, definition.places))
    reading = [
        (layer, place)
        for layer, place in layers
        if layer.HasField("transform_param")
        or (layer.HasField("image_data_param") and not layer.bottom)
    ]
    for_test = [
        each
        for each in reading
        if any(rule.HasField("phase") and rule.phase == TEST for rule in each[0].include)
    ]
    if not reading:
        return None
    layer, place = (for_test or reading)[0]
    param = pb.TransformationParameter()
    param.CopyFrom(layer.transform_param)
    origins = {
        name.name: f"{path}:{place.line_of(f'transform_param.{name.name}')}"
        for name, _ in param.ListFields()
    }
    image = layer.image_data_param
    if image.new_height and image.new_width and not param.resize_param:
        param.resize_param.add(height=image.new_height, width=image.new_width)
        origins["resize_param"] = f"{path}:{place.line_of('image_data_param.new_height')}"
    return Transform(param, definition.root, origins)
