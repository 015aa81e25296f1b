"""Fields: against loops over places, and decoding against encoding."""

from __future__ import annotations

import math

import numpy as np

from protonet.kernels.fields import Fields, decode, encode

SIZES = np.array([[20.0, 30], [40, 16]])
MEAN, STD = np.array([0.1, -0.2, 0.05, 0]), np.array([0.5, 0.5, 0.2, 0.3])
FIELDS = Fields(SIZES, 8, MEAN, STD)


def test_decode_is_the_formula_at_each_place() -> None:
    deltas = np.random.default_rng(0).normal(0, 2, (4, 4, 3, 5))
    got = decode(deltas, FIELDS, FIELDS.limits(2, 4))
    for n, y, x in np.ndindex(4, 3, 5):
        w, h = SIZES[n % 2]
        dx, dy, dw, dh = deltas[n, :, y, x] * STD + MEAN
        dx, dy = (min(max(d, -1 / 2), 1 / 2) for d in (dx, dy))
        dw, dh = (min(max(d, -math.log(4)), math.log(4)) for d in (dw, dh))
        want = [(x + 0.5) * 8 + dx * w, (y + 0.5) * 8 + dy * h, w * math.exp(dw), h * math.exp(dh)]
        np.testing.assert_allclose(got[n, :, y, x], want)


def test_encode_undoes_decode() -> None:
    deltas = np.random.default_rng(1).uniform(-0.4, 0.4, (2, 4, 2, 3))
    got = encode(decode(deltas, FIELDS, FIELDS.limits(0.1, 100)), FIELDS)
    np.testing.assert_allclose(got, deltas)


def test_a_side_is_taken_for_two_pixels_at_least() -> None:
    plain = Fields(np.array([[4.0, 8]]), 2, np.zeros(4), np.ones(4))
    got = encode(np.array([1.0, 3, 0.5, 0]).reshape(1, 4, 1, 1), plain)
    np.testing.assert_allclose(got.reshape(-1), [0, 0.25, math.log(2 / 4), math.log(2 / 8)])
