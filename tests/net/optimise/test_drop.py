"""Steps that compute nothing are left out; every number stays what it was, bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.errors import ShapeError

IDLE = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 6 weight_filler { type: "gaussian" std: 1 } } }
layer { name: "drop" type: "Dropout" bottom: "ip" top: "ip" }
layer { name: "copy" type: "Dropout" bottom: "ip" top: "copy" }
layer { name: "cube" type: "Reshape" bottom: "copy" top: "cube"
  reshape_param { shape { dim: 0 dim: 2 dim: 3 } } }
layer { name: "tanh" type: "TanH" bottom: "cube" top: "tanh" }
layer { name: "flat" type: "Flatten" bottom: "cube" top: "flat" }
layer { name: "out" type: "InnerProduct" bottom: "flat" top: "out"
  inner_product_param { num_output: 2 weight_filler { type: "gaussian" std: 1 } } }
layer { name: "sum" type: "Reduction" bottom: "tanh" top: "sum" loss_weight: 2 }
layer { name: "quiet" type: "Silence" bottom: "out" }
"""
SHAPED = ["data", "ip", "copy", "cube", "cube_cube_0_split", "tanh", "flat", "out", "sum"]
COPIED = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 5 } } }
layer { name: "exp" type: "Exp" bottom: "x" top: "y" }
layer { name: "copy" type: "Dropout" bottom: "y" top: "z" }
"""
LATE = 'layer { name: "late" type: "Power" bottom: "%s" top: "%s" power_param { scale: -1 } }'
FLAT = 'layer { name: "flat" type: "Flatten" bottom: "%s" top: "f" flatten_param { axis: 0 } }'


def run(net: Net, items: int) -> dict[str, np.ndarray]:
    """The values of all blobs after a pass over the same random input."""
    values = np.random.default_rng(5).normal(size=(items, 3, 4))
    net.blobs["data"].reshape(*values.shape)
    net.forward(data=values)
    return {name: blob.data.copy() for name, blob in net.blobs.items()}


def same(net: Net, other: Net, items: int = 2) -> None:
    got, wanted = run(net, items), run(other, items)
    assert got.keys() == wanted.keys()
    for name in wanted:
        np.testing.assert_array_equal(got[name], wanted[name], err_msg=name)
    assert net.loss == other.loss != 0


def both(text: str, **options: Any) -> tuple[Net, Net]:
    """Optimised, with all values kept, and not."""
    plain = Net(text, seed=1, **options)
    return Net(text, seed=1, optimize=True, keep=[*plain.blobs], **options), plain


def test_every_blob_is_the_same_at_every_size() -> None:
    net, plain = both(IDLE)
    assert net.layer_names == plain.layer_names
    for items in (2, 7, 1):
        same(net, plain, items)


def test_what_is_idle_does_not_run() -> None:
    net = Net(IDLE, optimize=True)
    ran: list[str] = []
    for layer in [step.layer for step in net.executed]:
        layer.forward = lambda bottom, top, name=layer.name: ran.append(name)
    net.forward()
    assert ran == ["data", "ip", "tanh", "out", "sum"]
    assert [step.layer.name for step in net._executor.steps] == SHAPED
    assert {*net.layer_names} == {*SHAPED, "drop", "quiet"}


def test_in_training_dropout_runs() -> None:
    net, plain = both(IDLE, phase=TRAIN)
    same(net, plain)
    assert (net.blobs["ip"].data == 0).any()


@pytest.mark.parametrize(
    "further", [LATE % ("z", "z"), FLAT % "z" + LATE % ("f", "f"), FLAT % "y" + LATE % ("f", "f")]
)
def test_a_copy_is_made_where_one_of_the_two_is_overwritten(further: str) -> None:
    net, plain = both(COPIED + further)
    for each in (net, plain):
        each.forward(x=np.arange(5) - 2)
    for name, blob in plain.blobs.items():
        np.testing.assert_array_equal(net.blobs[name].data, blob.data, err_msg=name)
    assert not np.shares_memory(net.blobs["z"].data, net.blobs["y"].data)


def test_a_copy_that_nobody_overwrites_is_not_made() -> None:
    net, _ = both(COPIED)
    assert np.shares_memory(net.blobs["z"].data, net.blobs["y"].data)


def test_hooks_go_by_the_layers_of_the_text() -> None:
    heard: list[list[tuple]] = []
    for net in both(IDLE):
        found: list[tuple] = []

        def hook(i: int, net: Net = net, found: list[tuple] = found) -> None:
            found.append((i, *(blob.data.tobytes() for blob in net.tops[i])))

        net.after_forward.append(hook)
        net.forward(data=np.arange(24).reshape(2, 3, 4))
        heard.append(found)
    assert [place for place, *_ in heard[0]] == [*range(11)]
    assert heard[0] == heard[1]


def test_a_clone_is_optimised_as_well() -> None:
    net, _ = both(IDLE)
    twin = net.clone()
    same(twin, net)
    assert [step.layer.name for step in twin._executor.steps] == SHAPED


def test_errors_have_their_layer() -> None:
    net = Net(IDLE.replace("dim: 0 dim: 2 dim: 3", "dim: 2 dim: 2 dim: 3"), optimize=True)
    net.blobs["data"].reshape(3, 3, 4)
    with pytest.raises(ShapeError, match=r"^<text>:7: layer 'cube' \(Reshape\)"):
        net.forward()
