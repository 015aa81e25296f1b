"""TensorBoardLog: the curves of a training for TensorBoard."""

from __future__ import annotations

import importlib
import os
from typing import Any

from ..errors import missing_extra
from ..solvers.callbacks import Callback
from ..solvers.state import TrainingState

#: Modules that have a SummaryWriter.
_WRITERS = ("tensorboardX", "torch.utils.tensorboard")


class TensorBoardLog(Callback[TrainingState]):
    """Writes events into a folder: `tensorboard --logdir FOLDER` shows them.

    Tags: loss (the smoothed one), lr, train/NAME and test/NAME for outputs (test1/NAME for the
    second test net; NAME/0, NAME/1, ... for those of several values).  Needs the package
    tensorboardX, or PyTorch with its own writer.
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        self._writer = _writer(os.fspath(folder))

    def on_report(self, solver: TrainingState, record: dict[str, Any]) -> None:
        kind, iteration = record["kind"], record["iter"]
        if kind == "rate":
            self._add("lr", record["lr"], iteration)
            return
        if kind not in ("train", "test"):
            return
        prefix = "train" if kind == "train" else f"test{record['net'] or ''}"
        for name, value in record["outputs"].items():
            self._add(f"{prefix}/{name}", value, iteration)
        if kind == "train":
            self._add("loss", record["loss"], iteration)
        self._writer.flush()

    def _add(self, tag: str, value: float | list[float], iteration: int) -> None:
        if isinstance(value, list):
            for i, one in enumerate(value):
                self._writer.add_scalar(f"{tag}/{i}", one, iteration)
        else:
            self._writer.add_scalar(tag, value, iteration)

    def close(self) -> None:
        self._writer.close()


def _writer(folder: str) -> Any:
    for name in _WRITERS:
        try:
            return importlib.import_module(name).SummaryWriter(folder)
        except ImportError:
            continue
    raise missing_extra("tensorboardX", "tensorboard", "a log for TensorBoard")
