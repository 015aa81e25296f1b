"""A model in whole numbers of 8 bits, by onnxruntime's static quantisation."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import DataError, NetError
from ...files import atomic_path
from .packages import onnx_package
from .runtime import quiet_options, said, session

PathLike = str | os.PathLike

#: Items that are run at once where the model takes any number.
_BATCH = 16


@dataclass(frozen=True)
class Quantised:
    """What came of it.  items: of the calibration.  accuracy: before and after, None without
    labels.  agreement: the share of items whose largest output stays the same.  bytes: of the
    files, before and after."""

    items: int
    accuracy: tuple[float, float] | None
    agreement: float
    bytes: tuple[int, int]

    def __str__(self) -> str:
        before, after = (size / 1e6 for size in self.bytes)
        told = f"{self.items} items: the same answer for {self.agreement:.2%}"
        if self.accuracy is not None:
            told += f", accuracy {self.accuracy[0]:.4f} before and {self.accuracy[1]:.4f} after"
        return f"{told}; {before:.1f} MB became {after:.1f} MB"


def quantise(
    source: PathLike,
    target: PathLike,
    calibration: Mapping[str, NDArray],
    labels: NDArray | None = None,
) -> Quantised:
    """Write a model that computes its products with weights and values of 8 bits.

    calibration: items (N, ...) for each input, as the net gets them: what the ranges of values
    are taken from.  labels (N): their classes.  Both models are run on the items, and their
    first outputs, scores of classes, are compared.  The old file stays until the new one is whole.

    DataError for items that do not fit the model; NetError if onnxruntime cannot quantise it.
    """
    before = session(Path(source), quiet_options())
    batches = list(_batches(before, calibration))
    want = _answers(before, batches)
    count = len(next(iter(calibration.values())))
    if labels is not None and labels.size != count:
        raise DataError(f"there are {labels.size} labels for {count} items")
    with atomic_path(target) as temporary:
        _quantise(source, temporary, batches)
        got = _answers(session(temporary, quiet_options()), batches)
        sizes = os.path.getsize(source), os.path.getsize(temporary)
    accuracy = None
    if labels is not None:
        truth = labels.reshape(-1)[: len(want)]
        accuracy = float(np.mean(want == truth)), float(np.mean(got == truth))
    return Quantised(len(want), accuracy, float(np.mean(want == got)), sizes)


def _quantise(source: PathLike, target: Path, batches: list[dict[str, NDArray]]) -> None:
    from onnxruntime import quantization as q

    onnx_package()
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = os.path.join(folder, "shaped.onnx")  # fused, and with the shapes of all tensors
            q.quant_pre_process(os.fspath(source), made, skip_symbolic_shape=True)
            q.quantize_static(
                made,
                os.fspath(target),
                _Reader(batches),
                quant_format=q.QuantFormat.QDQ,
                per_channel=True,
                activation_type=q.QuantType.QUInt8,
                weight_type=q.QuantType.QInt8,
            )
    except Exception as error:
        what = f"onnxruntime cannot quantise it: {said(error)}"
        raise NetError(what, file=os.fspath(source)) from error


class _Reader:
    """What onnxruntime asks for items."""

    def __init__(self, batches: list[dict[str, NDArray]]) -> None:
        self._batches = iter(batches)

    def get_next(self) -> dict[str, NDArray] | None:
        return next(self._batches, None)

    def __iter__(self) -> Iterator[dict[str, NDArray]]:
        return self._batches

    def __next__(self) -> dict[str, NDArray]:
        return next(self._batches)


def _batches(session: Any, items: Mapping[str, NDArray]) -> Iterator[dict[str, NDArray]]:
    """As many as the model takes at once; of a fixed number the items that are left over are
    not used."""
    inputs = {value.name: value.shape for value in session.get_inputs()}
    for name, shape in inputs.items():
        if name not in items:
            raise DataError(f"there are no items for '{name}'", f"there are: {', '.join(items)}")
        wanted = [n if isinstance(n, int) else None for n in shape[1:]]
        found = items[name].shape[1:]
        if len(wanted) != len(found) or any(n not in (None, m) for n, m in zip(wanted, found)):
            raise DataError(f"items for '{name}' are {found}, the model takes {shape[1:]}")
    count = min(len(items[name]) for name in inputs)
    fixed = next((s[0] for s in inputs.values() if s and isinstance(s[0], int)), None)
    size = fixed or _BATCH
    last = count - count % size if fixed else count
    if not last:
        raise DataError(f"there are {count} items, the model takes {size} at once")
    for start in range(0, last, size):
        yield {
            name: np.ascontiguousarray(items[name][start : min(start + size, last)], np.float32)
            for name in inputs
        }


def _answers(session: Any, batches: list[dict[str, NDArray]]) -> NDArray:
    """The place of the largest value of each item in the first output."""
    output = session.get_outputs()[0].name
    values = [session.run([output], batch)[0] for batch in batches]
    return np.concatenate([x.reshape(len(x), -1).argmax(axis=1) for x in values])
