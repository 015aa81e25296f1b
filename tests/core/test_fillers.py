"""Fillers: what they refuse, and that they follow the stream they are given.

Their distributions are compared with the reference's in test_conformance.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from protonet.core.fillers import FILLERS, fill
from protonet.errors import PrototxtError, ShapeError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse

RANDOM = ["gaussian", "msra", "positive_unitball", "uniform", "xavier"]


def draw(text: str, shape: tuple[int, ...], seed: int = 0, dtype=np.float32) -> np.ndarray:
    param, _ = parse(text, pb.FillerParameter)
    out = np.full(shape, np.nan, dtype)
    fill(param, out, np.random.default_rng(seed))
    return out


def test_caffes_seven_are_known():
    assert sorted(FILLERS) == sorted([*RANDOM, "bilinear", "constant"])


@pytest.mark.parametrize("name", RANDOM)
def test_one_seed_gives_one_result(name):
    text = f'type: "{name}"'
    np.testing.assert_array_equal(draw(text, (4, 5), 3), draw(text, (4, 5), 3))
    assert (draw(text, (4, 5), 3) != draw(text, (4, 5), 4)).any()


@pytest.mark.parametrize("name", RANDOM)
def test_both_dtypes_get_the_same_numbers(name):
    text = f'type: "{name}"'
    np.testing.assert_allclose(draw(text, (4, 5)), draw(text, (4, 5), dtype=np.float64), 1e-6)


def test_fans():
    """15 values: fan_in 15 / 3 = 5, fan_out 15 / 5 = 3."""
    for norm, n in (("FAN_IN", 5), ("FAN_OUT", 3), ("AVERAGE", 4)):
        values = draw(f'type: "xavier" variance_norm: {norm}', (3, 5), dtype=np.float64)
        unit = np.random.default_rng(0).uniform(-1, 1, (3, 5))
        np.testing.assert_allclose(values, unit * np.sqrt(3 / n))


def test_one_axis_has_all_values_as_fan_out():
    values = draw('type: "xavier" variance_norm: FAN_OUT', (12,), dtype=np.float64)
    assert np.abs(values).max() <= 0.5


def test_unknown_type_names_the_nearest():
    with pytest.raises(PrototxtError, match="unknown filler type 'Xaviar': did you mean 'xavier'"):
        draw('type: "Xaviar"', (2, 2))


def test_sparse_is_for_gaussian():
    with pytest.raises(PrototxtError, match="'uniform' does not know sparse"):
        draw('type: "uniform" sparse: 2', (2, 2))


@pytest.mark.parametrize("shape", [(3, 3), (1, 1, 3, 4)])
def test_bilinear_needs_square_kernels(shape):
    with pytest.raises(ShapeError, match="square kernels"):
        draw('type: "bilinear"', shape)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('type: "gaussian" std: -1', "std of the filler is -1: give 0 or more"),
        ('type: "gaussian" std: nan', "std of the filler is nan: give a number"),
        ('type: "uniform" min: 2 max: 1', "min 2 of the filler is above max 1: swap them"),
        ('type: "uniform" max: inf', "max of the filler is inf"),
    ],
)
def test_numbers_that_make_no_distribution(text, message):
    with pytest.raises(PrototxtError, match=message):
        draw(text, (2, 3))


@pytest.mark.parametrize("name", RANDOM)
def test_nothing_is_drawn_for_no_values(name):
    assert draw(f'type: "{name}"', (3, 0)).size == 0


@pytest.mark.parametrize("text", [*(f'type: "{n}"' for n in RANDOM), 'type: "gaussian" sparse: 1'])
def test_pieces_are_the_whole(text, monkeypatch):
    whole = draw(text, (7, 5))
    monkeypatch.setattr("protonet.core.fillers.PIECE", 4)
    np.testing.assert_array_equal(draw(text, (7, 5)), whole)


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ('type: "gaussian" sparse: -2', (3, 5), "sparse of the filler is -2: give 0 or more"),
        ('type: "xavier"', (), "'xavier' needs an axis"),
        ('type: "msra"', (), "'msra' needs an axis"),
        ('type: "positive_unitball"', (), "'positive_unitball' needs an axis"),
        ('type: "gaussian" sparse: 1', (), "'gaussian' needs an axis"),
    ],
)
def test_shapes_that_a_filler_cannot_fill(text: str, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises((PrototxtError, ShapeError), match=message):
        draw(text, shape)
