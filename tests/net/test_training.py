"""Layers that normalise run together, and are the same as one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.errors import ShapeError
from protonet.net.training import Normalisation, Training
from tests.net.optimise.nets import INPUT, conv, in_place, norm

END = """layer { name: "loss" type: "Reduction" bottom: "d" top: "loss" loss_weight: 1
  reduction_param { operation: SUMSQ } }
"""
SCALE = 'scale_param { bias_term: true filler { type: "uniform" min: 0.5 max: 2 } }'
FROZEN = SCALE + " param { lr_mult: 0 } param { lr_mult: 1 }"
#: Together -> how many layers.
NORMS = {
    "norm": (in_place("BatchNorm", "c") + in_place("Scale", "c", SCALE), 2),
    "rectified": (norm("c") + in_place("ReLU", "c"), 3),
    "without offset": (in_place("BatchNorm", "c") + in_place("Scale", "c"), 2),
    "frozen": (in_place("BatchNorm", "c") + in_place("Scale", "c", FROZEN), 2),
    "leaky": (norm("c") + in_place("ReLU", "c", "relu_param { negative_slope: 0.1 }"), 2),
}
APART = {
    "stored statistics": norm("c").replace(
        'type: "BatchNorm"', 'type: "BatchNorm" batch_norm_param { use_global_stats: true }'
    ),
    "groups": norm("c").replace(
        'type: "BatchNorm"', 'type: "BatchNorm" batch_norm_param { stats_batch_size: 1 }'
    ),
    "another axis": in_place("BatchNorm", "c") + in_place("Scale", "c", "scale_param { axis: 2 }"),
    "something between": in_place("BatchNorm", "c")
    + in_place("Power", "c", "power_param { scale: 2 }")
    + in_place("Scale", "c"),
    "norm alone": in_place("BatchNorm", "c"),
}


def made(norms: str) -> Net:
    text = INPUT + conv("c", "data") + norms + conv("d", "c") + END
    return Net(text, phase=TRAIN, seed=3, dtype="float64")


def step(net: Net, shape: tuple[int, ...]) -> None:
    """A pass both ways."""
    net.blobs["data"].reshape(*shape)
    net.reshape()
    net.blobs["data"].data[...] = np.random.default_rng(sum(shape)).standard_normal(shape)
    net.forward_backward()


def values(net: Net) -> list[Any]:
    """What a pass leaves."""
    parameters = [blob for layer in net.layers for blob in layer.blobs]
    blobs = [*parameters, *net.blobs.values()]
    return [*(b.data for b in blobs), *(b.diff for b in [*parameters, net.blobs["c"]])]


def runs(net: Net) -> Sequence[Normalisation]:
    executor = net._executor
    return executor._runs if isinstance(executor, Training) else []


def look(net: Net, forward: bool, backward: bool) -> None:
    """Hooks, which see the layers one by one."""
    net.after_forward[:] = [lambda i: None] * forward
    net.after_backward[:] = [lambda i: None] * backward


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("forward, backward", [(False, False), (True, False), (False, True)])
def test_together_is_one_by_one(name: str, forward: bool, backward: bool) -> None:
    norms, count = NORMS[name]
    alone, together = made(norms), made(norms)
    look(alone, True, True)
    for shape in ((2, 4, 9, 7), (3, 4, 5, 8), (2, 4, 9, 7)):
        step(alone, shape)
        step(together, shape)
        for got, want in zip(values(together), values(alone)):
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)
        look(together, forward, backward)
    assert np.abs(together.blobs["c"].diff).max() > 1e-3
    assert len(runs(together)[0].parts) == count


@pytest.mark.parametrize("name", APART)
def test_others_run_by_themselves(name: str) -> None:
    assert not runs(made(APART[name]))


def test_passes_of_some_layers_run_them_one_by_one() -> None:
    net = made(NORMS["rectified"][0])
    step(net, (2, 4, 9, 7))
    after = net.blobs["c"].data.copy()
    net.forward(end="c/BatchNorm")
    normalised = net.blobs["c"].data.copy()
    assert normalised.min() < -0.1
    np.testing.assert_allclose(normalised.mean((0, 2, 3)), 0, atol=1e-12)
    net.forward(start="c/Scale")
    np.testing.assert_allclose(net.blobs["c"].data, after, atol=1e-12)


def test_faults_are_told_of_the_layer_that_has_them() -> None:
    net = made(NORMS["norm"][0])
    net.layers[3].blobs[0].reshape(5)  # of c/Scale
    net.blobs["data"].reshape(1, 4, 9, 7)
    with pytest.raises(ShapeError, match="layer 'c/Scale'"):
        net.forward()
