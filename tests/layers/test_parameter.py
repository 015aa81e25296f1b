"""Parameter: the top is the parameter."""

from __future__ import annotations

import numpy as np

from protonet import Net
from protonet.core.blob import Blob
from tests.harness.bench import Bench
from tests.harness.row import Row

ROW = Row("p", 'type: "Parameter" parameter_param { shape { dim: 2 dim: 3 } }', ())


def test_the_top_shows_the_values():
    bench = Bench(ROW)
    bench.layer.blobs[0].data[1, 2] = 6
    assert bench.forward().top[0].data[1, 2] == 6


def test_it_follows_when_the_parameter_is_shared_afterwards():
    bench, owner = Bench(ROW), Blob((2, 3), np.float64)
    owner.data[...] = 9
    bench.layer.blobs[0].share_data(owner)
    assert (bench.forward().top[0].data == 9).all()


def test_gradients_of_several_passes_add_up():
    bench = Bench(ROW).forward().clear_params()
    for value in (1, 2):
        bench.top[0].diff.fill(value)
        bench.backward()
    assert (bench.layer.blobs[0].diff == 3).all()


def test_it_is_filled_if_it_says_how():
    text = 'parameter_param { shape { dim: 2 } filler { type: "constant" value: 3 } }'
    net = Net(f'layer {{ name: "p" type: "Parameter" top: "p" {text} }}')
    net.run_forward()
    assert net.blobs["p"].data.tolist() == [3, 3]
