"""Where a net's preprocessing is written down: beside its weights, or in the net it learnt by.

In this order: a file of one's own, NAME.preprocess.prototxt beside the weights or the net NAME,
which holds what stands between the braces of a transform_param; a net beside it that reads its
data: NAME_train_test.prototxt, NAME_train_val.prototxt, or for deploy.prototxt train_val.prototxt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .preprocess import Preprocess
from .transform import Transform, find_in

#: Ending of the file that tells a net's preprocessing.
SIDECAR = ".preprocess.prototxt"
_TRAINED = ("train_test", "train_val", "trainval", "train", "test")
_USED = re.compile(r"(?i)[-_.]?(deploy|inference)[-_.]?|[-_]iter_\d+")


def find_transform(net: Path, weights: Path | None) -> Transform:
    """What is written down of a net's preprocessing; nothing if nothing is."""
    for path in candidates(net, weights):
        if path.is_file() and path.resolve() != net.resolve():
            found = find_in(path)
            if found is not None:
                return found
    return Transform()


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
