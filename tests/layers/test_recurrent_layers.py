"""LSTM, RNN and LSTMUnit: state between passes, parameters, faults."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError, ProtonetError, PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row

T, N, D, WIDTH = 4, 3, 2, 5
X, CONT = (T, N, WIDTH), (T, N)
KINDS = pytest.mark.parametrize("kind", ["LSTM", "RNN"])


def ones(rng, shape):
    return np.ones(shape)


def layer(kind: str, *shapes, expose: bool = False, tops: int = 1, **values) -> Bench:
    text = f'type: "{kind}" recurrent_param {{ num_output: {D} expose_hidden: {expose} }}'
    return Bench(Row("r", text, shapes or (X, CONT), tops=tops, values={1: ones}))


@pytest.mark.parametrize(
    ("kind", "static", "shapes"),
    [
        ("LSTM", False, [(8, 5), (8,), (8, 2)]),
        ("LSTM", True, [(8, 5), (8,), (8, 7), (8, 2)]),
        ("RNN", False, [(2, 5), (2,), (2, 2), (2, 2), (2,)]),
        ("RNN", True, [(2, 5), (2,), (2, 7), (2, 2), (2, 2), (2,)]),
    ],
)
def test_parameters(kind, static, shapes):
    found = layer(kind, X, CONT, *([(N, 7)] if static else []))
    assert [blob.shape for blob in found.layer.blobs] == shapes


@pytest.mark.parametrize(
    ("kind", "static", "macs"),
    [  # at each of 4 steps, for each of 3 sequences: x of 5, state of 2, output of 2
        ("LSTM", False, 4 * 3 * (8 * 5 + 8 * 2)),
        ("LSTM", True, 4 * 3 * (8 * 5 + 8 * 2) + 3 * 8 * 7),
        ("RNN", False, 4 * 3 * (2 * 5 + 2 * 2 + 2 * 2)),
        ("RNN", True, 4 * 3 * (2 * 5 + 2 * 2 + 2 * 2) + 3 * 2 * 7),
    ],
)
def test_multiply_adds(kind, static, macs):
    """The static input is multiplied once a sequence, its biases not at all."""
    found = layer(kind, X, CONT, *([(N, 7)] if static else []))
    assert found.layer.macs(found.bottom, found.top) == macs


@KINDS
def test_two_short_passes_are_one_long_pass(kind):
    """What a pass leaves behind starts the next one."""
    long = layer(kind).forward()
    short = layer(kind, (T // 2, *X[1:]), (T // 2, N))
    for half in range(2):
        part = slice(half * T // 2, (half + 1) * T // 2)
        short.bottom[0].data[...] = long.bottom[0].data[part]
        short.bottom[1].data[...] = 1
        short.forward()
        np.testing.assert_allclose(short.top[0].data, long.top[0].data[part], rtol=1e-12)


@KINDS
def test_a_mark_of_zero_forgets_all_that_was(kind):
    found = layer(kind)
    first = found.forward().top[0].data.copy()
    assert (found.forward().top[0].data[0] != first[0]).all()
    found.bottom[1].data[0] = 0
    np.testing.assert_array_equal(found.forward().top[0].data, first)


@KINDS
def test_another_number_of_sequences_starts_afresh(kind):
    found = layer(kind)
    first = found.forward().top[0].data.copy()
    for items in (N + 1, N):
        found.reshape([(T, items, WIDTH), (T, items)])
        found.forward()
    np.testing.assert_array_equal(found.top[0].data, first)


@KINDS
def test_exposed_state_goes_in_and_out(kind):
    """Handing the tops back to the bottoms is what a layer does by itself otherwise."""
    states = {"LSTM": 2, "RNN": 1}[kind]
    hidden, plain = layer(kind), (1, N, D)
    shown = layer(kind, X, CONT, *[plain] * states, expose=True, tops=1 + states)
    for blob, values in zip(shown.layer.blobs, hidden.layer.blobs):
        blob.data[...] = values.data
    for blob in shown.bottom[2:]:
        blob.data.fill(0)
    for _ in range(3):
        np.testing.assert_allclose(shown.forward().top[0].data, hidden.forward().top[0].data)
        for bottom, top in zip(shown.bottom[2:], shown.top[1:]):
            bottom.data[...] = top.data


@KINDS
def test_no_gradient_reaches_an_exposed_state(kind):
    states = {"LSTM": 2, "RNN": 1}[kind]
    found = layer(kind, X, CONT, *[(1, N, D)] * states, expose=True, tops=1 + states)
    found.forward().seed_tops()
    for blob in found.bottom[2:]:
        blob.diff.fill(np.nan)
    found.backward([True, False, *[True] * states])
    assert all(not blob.diff.any() for blob in found.bottom[2:])


@KINDS
@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ((X, (N, T)), r"cont has shape \(3, 4\), x \(4, 3, 5\): cont must be \(T, N\)"),
        (((T, N), CONT), r"x has shape \(4, 3\): it must be \(T, N, ...\)"),
        ((X, CONT, (T, 2)), "the static input has shape"),
    ],
)
def test_shapes_that_do_not_fit(kind, shapes, message):
    with pytest.raises(ShapeError, match=message):
        layer(kind, *shapes)


@KINDS
def test_other_faults(kind):
    with pytest.raises(PrototxtError, match="num_output is missing: add num_output"):
        Bench(Row("r", f'type: "{kind}"', (X, CONT)))
    with pytest.raises(NetError, match=r"2 bottoms and 1 tops.*expose_hidden \d more"):
        layer(kind, expose=True)
    with pytest.raises(NetError, match="no gradient flows into the marks"):
        layer(kind).forward().seed_tops().backward([True, True])
    found = layer(kind)
    with pytest.raises(ProtonetError, match="bottom 0 has 6 values an item, the weights are for 5"):
        found.reshape([(T, N, 6), CONT])


def test_a_state_of_another_shape():
    with pytest.raises(ShapeError, match=r"a state has shape \(1, 3, 5\)"):
        layer("RNN", X, CONT, (1, N, 5), expose=True, tops=2)


def test_the_derivative_of_a_scaled_forget_gate():
    """As in Caffe, it is f (1 - f) of the scaled gate: exact for marks of 0 and 1 only."""
    found = Bench(Row("u", 'type: "LSTMUnit"', ((1, 1, 1), (1, 1, 4), (1, 1)), tops=2))
    found.bottom[0].data[...], found.bottom[1].data[...] = 2, 0
    found.bottom[2].data[...] = 0.5
    found.forward()
    assert found.top[0].data == 0.5 * 0.5 * 2
    found.top[0].diff[...], found.top[1].diff[...] = 1, 0
    found.backward([True, True, False])
    assert found.bottom[1].diff[0, 0, 1] == 2 * 0.25 * 0.75
    assert found.bottom[0].diff == 0.25


def test_lstm_unit_shapes():
    with pytest.raises(ShapeError, match=r"they must be \(1, N, D\), \(1, N, 4 D\) and \(1, N\)"):
        Bench(Row("u", 'type: "LSTMUnit"', ((1, 3, 2), (1, 3, 6), (1, 3)), tops=2))
    found = Bench(Row("u", 'type: "LSTMUnit"', ((1, 3, 2), (1, 3, 8), (1, 3)), tops=2))
    with pytest.raises(NetError, match="the marks"):
        found.forward().seed_tops().backward([True, True, True])
