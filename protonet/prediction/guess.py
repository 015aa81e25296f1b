"""Where a net's preprocessing is written down: beside its weights, or in the net it learnt by.

In this order: a file of one's own, NAME.preprocess.prototxt beside the weights or the net NAME,
which holds what stands between the braces of a transform_param; a net beside it that reads its
data: NAME_train_test.prototxt, NAME_train_val.prototxt, or for deploy.prototxt train_val.prototxt;
a transform_param in the comments of the net itself, as some authors leave it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import PrototxtError
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.text import read_text
from .preprocess import Preprocess
from .transform import Transform, find_in

#: Ending of the file that tells a net's preprocessing.
SIDECAR = ".preprocess.prototxt"
_TRAINED = ("train_test", "train_val", "trainval", "train", "test")
_COMMENTED = re.compile(r"^[ \t]*#[# \t]*transform_param[ \t]*\{([^{}]*)\}", re.M)
_USED = re.compile(r"(?i)[-_.]?(deploy|inference)[-_.]?|[-_]iter_\d+")


def find_transform(net: Path, weights: Path | None) -> Transform:
    """What is written down of a net's preprocessing; nothing if nothing is."""
    for path in candidates(net, weights):
        if path.is_file() and path.resolve() != net.resolve():
            try:
                found = find_in(path)
            except PrototxtError as error:
                if path.name.endswith(SIDECAR):
                    raise
                log.warning("no preprocessing taken from a net beside: %s", error)
                continue
            if found is not None:
                return found
    return _in_comments(net)


def _in_comments(net: Path) -> Transform:
    """A transform_param that is commented out in a net; nothing if there is none to be read."""
    text = net.read_bytes().decode(errors="replace") if net.is_file() else ""
    found = _COMMENTED.search(text)
    if found is None:
        return Transform()
    before = text.count("\n", 0, found.start(1))
    lines = [line.lstrip("# \t") for line in found[1].split("\n")]
    try:
        param, place, _ = read_text("\n" * before + "\n".join(lines), pb.TransformationParameter)
    except PrototxtError:
        return Transform()
    names = [name.name for name, _ in param.ListFields()]
    origins = {name: f"{net}:{place.line_of(name)}, a comment" for name in names}
    return Transform(param, net.parent, origins)


def candidates(net: Path, weights: Path | None) -> Iterator[Path]:
    """The names that such a file may have, the surest first."""
    for path in (weights, net):
        if path is not None:
            yield path.with_name(path.stem + SIDECAR)
            yield path.with_name(_USED.sub("", path.stem) + SIDECAR)
    base = _USED.sub("", net.stem)
    for word in _TRAINED:
        for name in [f"{base}_{word}", f"{word}_{base}"] if base else [word]:
            yield net.with_name(f"{name}.prototxt")


def described(done: Preprocess, origins: dict[str, str]) -> str:
    """One line: what is done to pictures, and who says so."""
    parts = []

    def add(what: str, *fields: str, otherwise: str) -> None:
        origin = next((origins[name] for name in fields if name in origins), otherwise)
        parts.append(f"{what} ({origin})")

    if done.resize is None:
        size = "size kept"
    else:
        size = "resized to {} x {}".format(*done.resize)
        if done.resize_mode == "FIT_SMALL_SIZE":
            size = f"resized so that they cover {done.resize[0]} x {done.resize[1]}"
        elif done.resize_mode == "FIT_LARGE_SIZE_AND_PAD":
            size = f"resized into {done.resize[0]} x {done.resize[1]}"
    if done.longest:
        size += f", the longer side {done.longest} at most"
    add(size, "resize_param", otherwise="no file says")
    if done.crop is not None:
        crop = "ten crops" if done.oversample else "cropped"
        fields = ("crop_size", "crop_h")
        add(f"{crop} to {done.crop[0]} x {done.crop[1]}", *fields, otherwise="the net's input")
    if done.gray:
        parts.append("grey")
    else:
        add("RGB" if done.rgb else "BGR", "bgr2rgb", "cvt_bgr2rgb", otherwise="Caffe's default")
    mean = "no mean"
    if done.mean is not None:
        shape = " x ".join(map(str, done.mean.shape))
        values = ", ".join(f"{v:g}" for v in done.mean.reshape(-1)) if done.mean.size < 9 else shape
        mean = f"mean {values}"
    add(mean, "mean_value", "mean_file", otherwise="no file says")
    add(f"scale {done.scale:g}", "scale", otherwise="Caffe's default")
    return f"pictures: {', '.join(parts)}"
