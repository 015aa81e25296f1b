"""Fillers: the distributions that the reference draws from, and its bilinear kernel exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet.core.fillers import fill
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from tests.harness import golden
from tests.harness.golden import CONFORMANCE

FILLERS: list[dict[str, Any]] = golden.index("layers_random/fillers.json")


def draw(text: str, shape: list[int], times: int = 1) -> np.ndarray:
    param, _ = parse(text, pb.FillerParameter)
    rng = np.random.default_rng(11)
    values = np.zeros((times, *shape), np.float32)
    for out in values:
        fill(param, out, rng)
    return values


@pytest.mark.parametrize("entry", FILLERS, ids=[entry["name"] for entry in FILLERS])
def test_distribution(entry: dict[str, Any]) -> None:
    values = draw(entry["filler"], entry["shape"], entry["times"])
    got = {
        "mean": values.mean(dtype=np.float64),
        "std": values.std(dtype=np.float64),
        "nonzero_fraction": np.count_nonzero(values) / values.size,
    }
    for name, tolerance in entry["tolerance"].items():
        assert got[name] == pytest.approx(entry["expect"][name], abs=tolerance), name
    assert values.max() <= entry["expect"].get("max", np.inf) + 1e-6
    assert values.min() >= entry["expect"].get("min", -np.inf) - 1e-6
    if entry.get("rows_sum_to_one"):
        np.testing.assert_allclose(values.reshape(-1, *entry["shape"][1:]).sum((1, 2)), 1, 1e-5)


def test_each_draw_is_another_one() -> None:
    first, second = draw('type: "gaussian"', [3, 4], times=2)
    assert (first != second).all()


def bilinear_kernels() -> dict[str, np.ndarray]:
    with np.load(CONFORMANCE / "layers_random" / "bilinear.npz") as file:
        return dict(file)


@pytest.mark.parametrize("shape", bilinear_kernels())
def test_bilinear(shape: str) -> None:
    want = bilinear_kernels()[shape]
    got = draw('type: "bilinear"', [int(n) for n in shape.split("x")])[0]
    np.testing.assert_allclose(got, want, rtol=1e-6)
