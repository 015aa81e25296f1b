"""BatchNorm: its stored statistics and their learning rates."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.core.context import TRAIN
from protonet.errors import NetError, PrototxtError, ShapeError
from protonet.net.net import Net
from tests.harness.bench import Bench
from tests.harness.row import Row

SHAPE = (4, 3, 2, 5)


def batch_norm(text: str = "", phase: str = "TRAIN", shape=SHAPE) -> Bench:
    found = Bench(Row("b", f'type: "BatchNorm" {text}', (shape,), phase=phase))
    for blob in found.layer.blobs:
        blob.data.fill(0)
    return found


def state(found: Bench) -> list[np.ndarray]:
    return [blob.data.copy() for blob in found.layer.blobs]


def test_training_moves_the_statistics():
    found = batch_norm("batch_norm_param { moving_average_fraction: 0.75 }")
    x = found.bottom[0].data
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), ddof=1)
    for weight in (1, 1.75):
        found.forward()
        for got, want in zip(state(found), (weight * mean, weight * var, [weight])):
            np.testing.assert_allclose(got, want)


def test_stored_statistics_are_those_of_the_batches_seen():
    trained = batch_norm()
    x = trained.bottom[0].data
    trained.forward().forward()
    tested = batch_norm(phase="TEST")
    for blob, values in zip(tested.layer.blobs, state(trained)):
        blob.data[...] = values
    before = state(tested)
    tested.forward()
    axes = (0, 2, 3)
    want = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, ddof=1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(tested.top[0].data, want, rtol=1e-5)
    for got, was in zip(state(tested), before):
        np.testing.assert_array_equal(got, was)


def test_without_a_batch_seen_the_mean_and_variance_are_zero():
    found = batch_norm(phase="TEST").forward()
    np.testing.assert_allclose(found.top[0].data, found.bottom[0].data / np.sqrt(1e-5))


def test_batch_statistics_in_test_move_the_store():
    found = batch_norm("batch_norm_param { use_global_stats: false }", "TEST").forward()
    assert found.layer.blobs[2].data == 1


def test_one_value_a_channel():
    found = batch_norm(shape=(1, 3)).run()
    assert not found.top[0].data.any()
    assert not found.bottom[0].diff.any()
    assert not found.layer.blobs[1].data.any()


@pytest.mark.parametrize(
    "entries",
    [
        "",
        "param { lr_mult: 0 }",
        "param { lr_mult: 0 } " * 3,
        "param { lr_mult: 1 } param { lr_mult: 1 } param { lr_mult: 2 }",
    ],
)
def test_statistics_are_not_learnt(entries):
    found = batch_norm(entries)
    assert [entry.lr_mult for entry in found.layer.param.param] == [0, 0, 0]


def test_a_rate_for_some_of_them():
    with pytest.raises(NetError, match="a learning rate is given for a statistic") as error:
        batch_norm("param { lr_mult: 1 } param { lr_mult: 0 }")
    assert error.value.field == "param"


def test_shapes():
    with pytest.raises(ShapeError, match="at least two axes"):
        batch_norm(shape=(5,))
    found = batch_norm()
    found.bottom[0].reshape(4, 2, 2, 5)
    with pytest.raises(ShapeError, match="the statistics are for 3 channels"):
        found.layer.reshape(found.bottom, found.top)


def test_a_negative_eps_is_refused():
    text = (
        'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 2 dim: 3 } } }\n'
        'layer { name: "bn" type: "BatchNorm" bottom: "d" top: "bn"\n'
        "batch_norm_param { eps: -1 } }"
    )
    with pytest.raises(PrototxtError, match=r"3: layer 'bn' .*eps is -1"):
        Net(text)


# -- NVIDIA's, with a factor and an offset -------------------------------------------------------


def test_nvidias_forward_is_that_of_batch_norm_and_scale_with_its_own_averages():
    found = batch_norm("batch_norm_param { scale_bias: true moving_average_fraction: 0.75 eps: 0 }")
    mean, var, _, factor, offset = (blob.data for blob in found.layer.blobs)
    factor[:], offset[:] = [1, 2, 3], [0.5, -1, 0]
    x = found.bottom[0].data
    want_mean, want_var = x.mean((0, 2, 3)), x.var((0, 2, 3)) + 1e-5  # at least that
    std = np.sqrt(want_var)[:, None, None]
    want = factor[:, None, None] * (x - want_mean[:, None, None]) / std + offset[:, None, None]
    for _ in range(2):
        found.forward()
        np.testing.assert_allclose(found.top[0].data, want)
        np.testing.assert_allclose(mean, want_mean)
        np.testing.assert_allclose(var, want_var)
    x *= 2
    found.forward()
    np.testing.assert_allclose(mean, 0.75 * want_mean + 0.25 * 2 * want_mean)
    np.testing.assert_allclose(var, 0.75 * want_var + 0.25 * (4 * (want_var - 1e-5) + 1e-5))


def test_nvidias_test_phase_takes_the_variance_as_it_is():
    found = batch_norm("batch_norm_param { scale_filler { value: 2 } eps: 3 }", "TEST")
    mean, var, correction, factor, offset = (blob.data for blob in found.layer.blobs)
    mean[:], var[:], correction[:], factor[:], offset[:] = 1, 4, 7, 2, 0.5
    found.forward()
    np.testing.assert_allclose(found.top[0].data, 2 * (found.bottom[0].data - 1) / 2 + 0.5)


@pytest.mark.parametrize(
    ("text", "blobs"),
    [("", 3), ("scale_bias: true", 5), ("bias_filler { value: 1 }", 5), ("scale_bias: false", 3)],
)
def test_how_many_blobs_there_are(text, blobs):
    layer = Bench(Row("b", f'type: "BatchNorm" batch_norm_param {{ {text} }}', (SHAPE,))).layer
    assert len(layer.blobs) == blobs
    rates = [entry.lr_mult for entry in layer.param.param]
    assert rates == [0, 0, 0]  # the other two are learnt like any weight


def test_weights_with_five_blobs_are_nvidias(tmp_path):
    text = """layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "b" type: "BatchNorm" bottom: "x" top: "y" batch_norm_param { %s } }"""
    source = Net(text % "scale_bias: true", phase="TEST")
    for value, blob in zip((0, 4, 1, 3, 1), source.params["b"]):
        blob.data[...] = value
    source.save(str(tmp_path / "w.caffemodel"))
    assert len(Net(text % "").params["b"]) == 3
    loaded = Net(text % "", str(tmp_path / "w.caffemodel"), phase="TEST")
    loaded.blobs["x"].data[...] = 6
    loaded.run_forward()
    np.testing.assert_allclose(loaded.blobs["y"].data, 3 * 6 / 2 + 1)


# -- Synopsys' and Intel's fields -------------------------------------------------------------


def test_eps_behind_the_root():
    found = batch_norm("batch_norm_param { add_eps_before_sqrt: false eps: 0.5 }").forward()
    x = found.bottom[0].data
    mean, std = x.mean((0, 2, 3), keepdims=True), x.std((0, 2, 3), keepdims=True)
    np.testing.assert_allclose(found.top[0].data, (x - mean) / (std + 0.5))


def grouped(text: str, net_text: str = "", items: int = 4) -> Net:
    layer = f'layer {{ name: "b" type: "BatchNorm" bottom: "x" top: "b" {text} }}'
    shape = f"input_shape {{ dim: {items} dim: 3 dim: 2 dim: 2 }}"
    text = f'{net_text} force_backward: true input: "x" {shape} {layer}'
    made = Net(text, phase=TRAIN, dtype="float64")
    made.blobs["x"].data[...] = np.random.default_rng(5).normal(size=(items, 3, 2, 2))
    return made


@pytest.mark.parametrize(
    ("text", "net_text"),
    [
        ("batch_norm_param { stats_batch_size: 2 }", ""),
        ("batch_norm_param { stats_batch_size: 4 }", "bn_stats_batch_size: 2"),
    ],
)
def test_groups_of_items_are_normalised_one_after_the_other(text, net_text):
    whole, half = grouped(text, net_text), grouped("", items=2)
    x, dy = whole.blobs["x"].data, np.random.default_rng(6).normal(size=(4, 3, 2, 2))
    whole.run_forward()
    whole.blobs["b"].diff[...] = dy
    whole.backward()
    for part in (slice(0, 2), slice(2, 4)):  # the same layer, so that its statistics go on
        half.blobs["x"].data[...] = x[part]
        half.run_forward()
        half.blobs["b"].diff[...] = dy[part]
        half.backward()
        np.testing.assert_allclose(whole.blobs["b"].data[part], half.blobs["b"].data)
        np.testing.assert_allclose(whole.blobs["x"].diff[part], half.blobs["x"].diff)
    for got, want in zip(whole.params["b"], half.params["b"], strict=True):
        np.testing.assert_allclose(got.data, want.data)


def test_groups_that_do_not_divide_the_batch():
    with pytest.raises(ShapeError, match="4 items are no multiple of the 3"):
        grouped("batch_norm_param { stats_batch_size: 3 }")


def test_a_filler_is_the_scale_layers():
    text = "batch_norm_param { filler { value: 1 } bias_filler { value: 0 } }"
    with pytest.raises(PrototxtError, match="filler is given, but no Scale layer follows: add one"):
        grouped(text)
    made = grouped(text + ' } layer { name: "s" type: "Scale" bottom: "b" top: "s"')
    assert len(made.params["b"]) == 3


def test_eps_behind_the_root_of_nvidias():
    with pytest.raises(PrototxtError, match="add_eps_before_sqrt: false is given"):
        batch_norm("batch_norm_param { add_eps_before_sqrt: false scale_bias: true }")
