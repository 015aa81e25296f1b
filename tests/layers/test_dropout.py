from __future__ import annotations

import json

import numpy as np
import pytest

from protonet.errors import PrototxtError
from tests.harness.bench import ROOT

from .one_pass import bench

CASES = json.loads((ROOT / "layers_random" / "dropout.json").read_text())


def dropout(ratio: float) -> str:
    return f'type: "Dropout" dropout_param {{ dropout_ratio: {ratio} }}'


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"ratio {case['ratio']}")
def test_statistics_are_those_of_the_reference(case: dict) -> None:
    found = bench(dropout(case["ratio"]), np.ones(case["shape"]), dtype=np.float32)
    masks = []
    for _ in range(case["passes"]):
        found.layer.forward(found.bottom, found.top)
        masks.append(found.top[0].data.copy())
        found.seed_tops().backward()
        np.testing.assert_array_equal(found.bottom[0].diff, found.top[0].diff * masks[-1])
    values = np.array(masks)
    assert values.size == case["samples"]
    assert set(np.unique(values)) == {0, np.float32(case["expect"]["kept_value"])}
    kept = values != 0
    assert abs(kept.mean() - case["expect"]["kept_fraction"]) < case["tolerance"]["kept_fraction"]
    # Independent: what is kept in one pass or row says nothing about the next.
    expected = case["expect"]["kept_fraction"] ** 2
    for pair in (kept[1:] & kept[:-1], kept[:, 1:] & kept[:, :-1], kept[..., 1:] & kept[..., :-1]):
        assert abs(pair.mean() - expected) < 0.015


def test_the_same_seed_forgets_the_same() -> None:
    masks = [bench(dropout(0.5), np.ones((9, 9))).forward().top[0].data for _ in range(2)]
    np.testing.assert_array_equal(*masks)


def test_in_test_nothing_happens() -> None:
    x = np.arange(6.0)
    found = bench(dropout(0.5), x, phase="TEST", in_place=True)
    found.bottom[0].data.flags.writeable = False  # not even a copy onto itself
    found.forward()
    assert found.top[0].data.tolist() == x.tolist()


def test_all_or_nothing() -> None:
    for ratio, left in ((0, 1), (1, 0)):
        found = bench(dropout(ratio), np.ones(99)).run()
        assert (found.top[0].data == left).all()
        np.testing.assert_array_equal(found.bottom[0].diff, left * found.top[0].diff)


@pytest.mark.parametrize("ratio", [-0.1, 1.5])
def test_ratio_in_range(ratio: float) -> None:
    with pytest.raises(PrototxtError, match="dropout_ratio is") as caught:
        bench(dropout(ratio), np.ones(3))
    assert caught.value.field == "dropout_param.dropout_ratio"


def test_unscaled_values_are_kept_as_they_are():
    layer = 'type: "Dropout" dropout_param { dropout_ratio: 0.75 scale_train: false }'
    x = np.full((50, 40), 3.0)
    assert set(np.unique(bench(layer, x).forward().top[0].data)) == {0, 3}
    found = bench(layer, x, phase="TEST").forward()
    np.testing.assert_array_equal(found.top[0].data, 0.75)
    assert not found.layer.identity


def test_a_bayesian_net_draws_in_test_too():
    layer = 'type: "Dropout" dropout_param { sample_weights_test: true }'
    found = bench(layer, np.ones((50, 40)), phase="TEST")
    first = found.forward().top[0].data.copy()
    assert set(np.unique(first)) == {0, 2}
    found.layer.forward(found.bottom, found.top)
    assert not np.array_equal(found.top[0].data, first)
    assert not found.layer.identity
