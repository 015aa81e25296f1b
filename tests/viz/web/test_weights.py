"""What the page says of weights is what a net says that takes them."""

from __future__ import annotations

import numpy as np

from protonet.net.net import Net
from protonet.proto.stored import LayerWeights
from protonet.viz.web.weights import fit


def test_weights_as_old_files_have_them_and_layers_without_any():
    net = Net(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }'
        'layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"'
        " inner_product_param { num_output: 2 } }"
        'layer { name: "s" type: "Scale" bottom: "ip" top: "s" }'
    )
    old = LayerWeights("ip", "InnerProduct", [np.ones((1, 1, 2, 3)), np.ones((1, 1, 1, 2))])
    assert net.copy_from([old]).missing == ["s"]
    for stored in ([old], [old, LayerWeights("s", "Scale", [])]):
        found = fit(net, stored)
        assert found["misshapen"] == [] and found["missing"] == ["s"]
