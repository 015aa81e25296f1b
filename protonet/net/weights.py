"""Weights into a net and out of it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.blob import Blob
from ..core.layer import Layer
from ..errors import WeightsError, did_you_mean
from ..log import log
from ..proto.stored import LayerWeights
from ..proto.weight_formats import read_any

#: Endings of what is more than weights -> the module and function that write it, loaded when
#: they are first asked for: they know nets, and not the other way round.
_SAVERS = {".onnx": ("protonet.export", "onnx")}


@dataclass
class CopyReport:
    """What became of a weights file.

    copied: layers that were filled.  unused: layers of the file with weights that the net
    does not have.  missing: layers of the net with parameters that the file does not have;
    they keep the values of their fillers.  not_finite: (layer, blob number) of each parameter
    that has got a NaN or an infinite value.
    """

    copied: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    not_finite: list[tuple[str, int]] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{len(self.copied)} layers copied"]
        for name in ("unused", "missing"):
            layers = getattr(self, name)
            if layers:
                parts.append(f"{name}: {', '.join(layers)}")
        if self.not_finite:
            parts.append(f"not finite: {', '.join(dict.fromkeys(n for n, _ in self.not_finite))}")
        return "; ".join(parts)


class Source:
    """Weights that a net is built with: a file, read once and when first asked for."""

    def __init__(self, path: str | os.PathLike | None) -> None:
        self._path = path
        self._layers: Sequence[LayerWeights] | None = None

    @cached_property
    def _counts(self) -> dict[str, int]:
        self._layers = [] if self._path is None else read_any(self._path)
        return {layer.name: len(layer.blobs) for layer in self._layers}

    def blob_count(self, name: str) -> int | None:
        """How many blobs it has for a layer; None if it has no such layer, or is no file."""
        return self._counts.get(name)

    def take(self) -> Sequence[LayerWeights] | None:
        """The layers, if they were read already.  They are forgotten here."""
        layers, self._layers = self._layers, None
        return layers


def copy_weights(
    targets: Mapping[str, Layer],
    weights: Sequence[LayerWeights],
    source: str,
    strict: bool = False,
    shared: Container[int] = (),
    keep: bool = False,
) -> CopyReport:
    """Copy by layer name, after everything was found to fit: all or nothing.

    targets: the layer that a name means.  keep: nobody else has the arrays of `weights`, and
    they may become the memory of blobs that have none yet.
    shared: ids of the blobs whose memory another layer owns; a file may leave those out.
    WeightsError if a blob does not fit, if no layer fits, or with `strict` if any layer is
    unused or missing.
    """
    report = CopyReport()
    plan: list[tuple[str, int, Blob, NDArray]] = []
    for item in weights:
        target = targets.get(item.name)
        if target is None:
            if item.blobs:
                report.unused.append(item.name)
            continue
        plan += ((item.name, i, *pair) for i, pair in _pairs(target, item, source, shared))
        if item.blobs:
            report.copied.append(item.name)
    copied = set(report.copied)
    report.missing = [
        name
        for name, layer in targets.items()
        if name not in copied and any(id(blob) not in shared for blob in layer.blobs)
    ]
    _judge(report, source, strict)
    for name, index, blob, values in plan:
        blob.take(values, keep)
        if not all_finite(blob.data):
            report.not_finite.append((name, index))
    return report


def saver(path: str | os.PathLike) -> Callable[[Any, str | os.PathLike], object] | None:
    """What writes a net to a file of this name, if it is no file of weights."""
    module, name = _SAVERS.get(Path(path).suffix, ("", ""))
    return getattr(importlib.import_module(module), name) if module else None


def all_finite(values: NDArray) -> bool:
    """No NaN and nothing infinite: mostly told by the sum, which makes no array."""
    with np.errstate(all="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


def warn_not_finite(source: str, found: Sequence[tuple[str, int]]) -> None:
    """One line for a file, if there is something to tell."""
    if found:
        places = ", ".join(f"layer '{name}' (blob {index})" for name, index in found)
        log.warning(
            "%s: weights of %s are NaN or infinite: the results will be as well", source, places
        )


def _pairs(
    layer: Layer, item: LayerWeights, source: str, shared: Container[int]
) -> list[tuple[int, tuple[Blob, NDArray]]]:
    """The layer's blobs, numbered, with what the file has for each."""
    place: dict[str, Any] = {"layer": layer.name, "layer_type": layer.type}
    hint = "rename the layer to learn it from scratch"
    pairs = []
    for index, (blob, values) in enumerate(zip_longest(layer.blobs, item.blobs)):
        if blob is None or (values is None and id(blob) not in shared):
            raise WeightsError(
                f"the number of its blobs is {len(item.blobs)} in {source}, "
                f"{len(layer.blobs)} in the net",
                hint,
                **place,
            )
        if values is None:
            continue
        if not fits(blob.shape, values.shape):
            raise WeightsError(
                f"weights in {source} are {values.shape}, the net needs {blob.shape}",
                _carry_over(layer.name, index) if blob.count == values.size else hint,
                **place,
            )
        pairs.append((index, (blob, values)))
    return pairs


def _carry_over(name: str, index: int) -> str:
    """What to do where only the shape differs, as of the InnerProduct that a net made fully
    convolutional has as a Convolution."""
    return (
        "they are as many: rename the layer, and copy them in the same order from a net with the "
        f"old one: new.params['{name}_new'][{index}].data.flat = "
        f"old.params['{name}'][{index}].data.flat"
    )


def fits(shape: tuple[int, ...], stored: tuple[int, ...]) -> bool:
    """Equal, or the four axes of old files: (1, 1, N, K) fits (N, K)."""
    if shape == stored:
        return True
    return len(stored) == 4 and len(shape) < 4 and (1,) * (4 - len(shape)) + shape == stored


def _judge(report: CopyReport, source: str, strict: bool) -> None:
    if not report.copied and report.missing:
        known = report.unused or ["no layer with weights"]
        raise WeightsError(
            f"no layer of the net is in {source}, where there are {', '.join(known[:8])}",
            f"the net has {', '.join(report.missing[:8])}",
        )
    if strict and (report.unused or report.missing):
        name = (report.missing or report.unused)[0]
        others = report.unused if report.missing else report.missing
        raise WeightsError(f"{source} does not fit strictly: {report}", did_you_mean(name, others))
