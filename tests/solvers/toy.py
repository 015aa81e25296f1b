"""A small net and solver for the tests: y = w x + b, two inputs, one output.

The batch is fixed, so that the test can compute the gradient itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protonet.log import log
from protonet.solvers import Solver, get_solver

NET = """
name: "toy"
layer { name: "in" type: "Input" top: "x" top: "y"
  input_param { shape { dim: 3 dim: 2 } shape { dim: 3 dim: 1 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "p"
  param { lr_mult: 1 decay_mult: 1 } param { lr_mult: 2 decay_mult: 0 }
  inner_product_param { num_output: 1 weight_filler { type: "constant" value: 0.5 } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "p" bottom: "y" top: "loss" }
"""

#: Draws its data and its dropout mask at random.
RANDOM_NET = """
name: "noisy"
layer { name: "in" type: "DummyData" top: "x" top: "y"
  dummy_data_param { shape { dim: 8 dim: 5 } shape { dim: 8 dim: 2 }
    data_filler { type: "gaussian" } data_filler { type: "uniform" min: -1 max: 1 } } }
layer { name: "drop" type: "Dropout" bottom: "x" top: "x" dropout_param { dropout_ratio: 0.4 } }
layer { name: "ip/a" type: "InnerProduct" bottom: "x" top: "h"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "h" top: "h" }
layer { name: "ip/b" type: "InnerProduct" bottom: "h" top: "p"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "p" bottom: "y" top: "loss" }
"""

X = np.array([[1.0, -1.0], [0.5, 2.0], [-1.5, 0.25]])
Y = np.array([[1.0], [-2.0], [0.5]])


def text(net: str = NET, /, **fields: Any) -> str:
    """A solver's text: net_param and `fields` over some defaults."""
    lines = {"base_lr": 0.1, "lr_policy": "fixed", "max_iter": 10, "snapshot_prefix": "toy"}
    lines.update(fields)
    return "".join(f"{name}: {written(value)}\n" for name, value in lines.items()) + (
        f"net_param {{ {net} }}\n" if net else ""
    )


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str) and value not in ("HDF5", "BINARYPROTO"):
        return f'"{value}"'
    return str(value)


def toy(net: str = NET, /, *, options: dict[str, Any] | None = None, **fields: Any) -> Solver:
    """A solver whose nets are fed X and Y (if they have inputs)."""
    solver = get_solver(text(net, **fields), **(options or {}))
    for one in [solver.net, *solver.test_nets]:
        if one.inputs:
            one.blobs["x"].data[...], one.blobs["y"].data[...] = X, Y
    return solver


def params(solver: Solver) -> list[NDArray]:
    return [blob.data.copy() for blob in solver.net.learnable_params]


def gradient(w: NDArray, b: NDArray) -> tuple[float, NDArray, NDArray]:
    """Loss of y = x w' + b and its gradients, from the formula 1/2N |p - y|^2."""
    error = X @ w.T + b - Y
    return float((error**2).sum()) / 6, error.T @ X / 3, error.sum(axis=0) / 3


@contextmanager
def logged() -> Iterator[list[str]]:
    """The messages logged in the block."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    lines: list[str] = []
    handler, level = Keep(), log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
