"""What a model says of where it comes from: its metadata."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from ...core.context import TEST
from ...net.net import Net
from ...prediction.guess import find_transform
from ...prediction.transform import find_in
from ...version import __version__
from .model import Exported
from .told import layers_to_tell


def describe(made: Exported, net: Net) -> None:
    """What the model says of where it comes from."""
    definition = net.definition
    note(made.model, "phase", "TEST" if net.phase == TEST else "TRAIN")
    note(made.model, "protonet", __version__)
    if definition.file is not None and os.path.isfile(definition.file):
        content = Path(definition.file).read_bytes()
        note(made.model, "prototxt", os.path.basename(definition.file))
    else:
        content = definition.message.SerializeToString(deterministic=True)
    note(made.model, "prototxt_sha256", hashlib.sha256(content).hexdigest())
    note(made.model, "weights_sha256", _weights_hash(net))
    if preprocessing := _preprocessing(definition.file):
        note(made.model, "preprocessing", preprocessing)
    for key, value in layers_to_tell(made):
        note(made.model, key, value)


def _preprocessing(file: str | None) -> str:
    """What is done to pictures before the net, as the fields of a transform_param in one line; ""
    if neither the net nor a file beside it tells."""
    if file is None or not os.path.isfile(file):
        return ""
    found = find_in(Path(file)) or find_transform(Path(file), None)
    return text_format.MessageToString(found.param, as_one_line=True)


def _weights_hash(net: Net) -> str:
    """Of all parameters' values as float32, in their order."""
    digest = hashlib.sha256()
    for blob in net.learnable_params:
        digest.update(blob.data.astype("<f4", copy=False).tobytes())
    return digest.hexdigest()


def note(model: Any, key: str, value: str) -> None:
    """Set one of the model's metadata."""
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = value
            return
    model.metadata_props.add(key=key, value=value)


def keep_notes(old: Any, new: Any) -> None:
    for entry in old.metadata_props:
        note(new, entry.key, entry.value)
    new.producer_name, new.producer_version = old.producer_name, old.producer_version
