"""Embed: a product with one-hot vectors, and indices that do not exist."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError
from tests.layers.one_pass import bench

LAYER = 'type: "Embed" embed_param { num_output: 3 input_dim: 5 }'
INDEX = [[4, 0, 4], [1, 4, 0]]


def test_it_is_a_product_with_one_hot_vectors():
    found = bench(LAYER, INDEX).forward().clear_params().seed_tops()
    weight, bias = (blob.data for blob in found.layer.blobs)
    hot = np.eye(5)[np.array(INDEX)]
    np.testing.assert_allclose(found.top[0].data, hot @ weight + bias)
    found.backward([False])
    dy = found.top[0].diff
    np.testing.assert_allclose(found.layer.blobs[0].diff, np.einsum("nti,nto->io", hot, dy))
    np.testing.assert_allclose(found.layer.blobs[1].diff, dy.sum((0, 1)))


@pytest.mark.parametrize("bad", [5, -1, np.nan])
def test_indices_out_of_range(bad):
    found = bench(LAYER, INDEX)
    found.bottom[0].data[1, 2] = bad
    with pytest.raises(DataError, match=f"index {bad:g} at position 5 .*: it must lie in 0 to 4"):
        found.forward()


def test_indices_with_a_fraction():
    found = bench(LAYER, INDEX)
    found.bottom[0].data[1, 2] = 1.5
    with pytest.raises(DataError, match=r"index 1\.5 at position 5 is no whole number"):
        found.forward()


def test_no_gradient_into_indices():
    found = bench(LAYER, INDEX).forward().seed_tops()
    with pytest.raises(NetError, match="no gradient flows into the indices"):
        found.backward([True])


@pytest.mark.parametrize("field", ["num_output", "input_dim"])
def test_a_size_is_missing(field):
    other = {"num_output": "input_dim", "input_dim": "num_output"}[field]
    with pytest.raises(PrototxtError, match=f"{field} is missing: add {field} to embed_param"):
        bench(f'type: "Embed" embed_param {{ {other}: 3 }}', INDEX)
