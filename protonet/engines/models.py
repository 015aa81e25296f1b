"""ONNX models of nets, made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..data.lookup import cache_dir
from ..errors import ProtonetError
from ..export.onnx.export import onnx
from ..log import log
from ..net.net import Net
from ..version import __version__

#: Bytes that the cache may hold; what was not used for the longest time goes first.
MOST = 4 << 30


def folder() -> Path:
    """Where the models are kept."""
    return cache_dir() / "models"


@contextmanager
def model_of(net: Net, verify: bool, cache: bool) -> Iterator[Path]:
    """The file of a proved model of the net as it is: weights, shapes of inputs.

    verify: whether it must be proved, see `protonet.export.onnx`.  cache: look for it in the
    cache, and put it there; without it the file is gone after the `with` block.  ProtonetError
    as from `protonet.export.onnx`.
    """
    if not cache:
        with tempfile.TemporaryDirectory(prefix="protonet-") as place:
            path = Path(place) / "model.onnx"
            onnx(net, path, verify=verify)
            yield path
        return
    path = folder() / f"{content_hash(net)}{'' if verify else '-unproved'}.onnx"
    if path.exists():
        with suppress(OSError):
            os.utime(path)
        log.info("The model is in the cache: %s", path)
    else:
        _make(net, path, verify)
    yield path


def _make(net: Net, path: Path, verify: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"the cache cannot be written: {error.strerror}"
        hint = "set PROTONET_CACHE to another folder, or do without it (--no-cache, cache=False)"
        raise ProtonetError(what, hint, file=os.fspath(path.parent)) from error
    onnx(net, path, verify=verify)
    size = sum(_size(each) for each in _parts(path))
    total, count = _shrink(path)
    log.info(
        "Put the model into the cache: %s, %.1f MB; the cache holds %d models, %.1f MB",
        path,
        size / 1e6,
        count,
        total / 1e6,
    )


def _shrink(new: Path) -> tuple[int, int]:
    """Remove the models that were not used for the longest time; how many bytes and models are
    left."""
    models = sorted(new.parent.glob("*.onnx"), key=_used)
    sizes = {path: sum(map(_size, _parts(path))) for path in models}
    for path in models:
        if sum(sizes.values()) <= MOST or len(sizes) == 1:
            break
        if path != new:
            for part in _parts(path):
                with suppress(OSError):
                    part.unlink()
            del sizes[path]
    return sum(sizes.values()), len(sizes)


def _parts(path: Path) -> list[Path]:
    """A model and the file of its large tensors."""
    return [path, path.with_name(f"{path.name}.data")]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def content_hash(net: Net) -> str:
    """SHA-256 of all that a model depends on: definition, state, fork, weights, shapes of what
    comes from outside, and the version of protonet."""
    digest = hashlib.sha256(__version__.encode())
    message = net.to_proto()
    digest.update(message.SerializeToString(deterministic=True))
    digest.update(repr((net.context.fork, _plain(net.context.rcnn_config))).encode())
    for step in net.steps:
        if not step.bottom:
            digest.update(repr([blob.shape for blob in step.top]).encode())
    digest.update(weights_hash(net).encode())
    return digest.hexdigest()


def weights_hash(net: Net) -> str:
    """SHA-256 of all parameters: shapes, precision and values."""
    digest = hashlib.sha256()
    for blob in net.learnable_params:
        digest.update(repr((blob.shape, str(blob.dtype))).encode())
        digest.update(blob.data.data)
    return digest.hexdigest()


def _plain(settings: Any) -> Any:
    return sorted(settings.items()) if hasattr(settings, "items") else settings
