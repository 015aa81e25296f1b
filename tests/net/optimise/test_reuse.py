"""Blobs that do not live at the same time share memory, and say so."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.core.blob import Blob, Memory
from protonet.core.layer import Blobs, Layer
from protonet.core.registry import LAYERS
from protonet.errors import NetError
from protonet.net.optimise.inference import Inference
from protonet.net.optimise.memory import Lent, Pool
from tests.net.optimise.nets import INPUT, both, conv, layer, run, same

CHAIN = INPUT + "".join(
    layer(kind, f"{i}", [f"{i - 1}" if i else "data"], f"{i}")
    for i, kind in enumerate(["TanH", "Sigmoid", "AbsVal", "TanH", "Sigmoid", "AbsVal"])
)


def slots(net: Net) -> list[Memory]:
    executor = net._executor
    assert isinstance(executor, Inference)
    return executor.pool.slots


def test_a_chain_needs_two_memories() -> None:
    net, plain = both(CHAIN)
    for shape in ((2, 4, 9, 7), (5, 4, 20, 3), (1, 4, 2, 2)):
        same(net, plain, shape, within=0)
    assert [slot.flat.size for slot in slots(net)] == [5 * 4 * 20 * 3] * 2
    assert [net.blobs[str(i)].has_data for i in range(6)] == [False] * 5 + [True]


def test_a_value_lives_until_its_last_reader() -> None:
    text = CHAIN + layer("Eltwise", "sum", ["0", "2", "5"], "sum")
    net, plain = both(text)
    same(net, plain)
    run(net, (2, 4, 9, 7))
    same(net, plain, (3, 4, 9, 7))


def test_two_that_live_together_never_share() -> None:
    """Every blob is written with a number of its own, and seen whole by whoever reads it."""
    text = INPUT + conv("a", "data") + conv("b", "a") + conv("c", "a")
    text += layer("Concat", "d", ["b", "a", "c"], "d", "concat_param { axis: 0 }")
    text += layer("Pooling", "p", ["c"], "p", "pooling_param { kernel_size: 2 }")
    text += layer("TanH", "e", ["d"], "e") + layer("TanH", "q", ["p"], "q")
    net, plain = both(text)
    same(net, plain)
    for shape in ((7, 4, 5, 5), (1, 4, 30, 31)):
        same(net, plain, shape)


def test_lost_values_say_how_to_get_them() -> None:
    net, _ = both(CHAIN)
    message = (
        "the values of '1' are not kept by an optimised net: they give their memory to later "
        r"blobs: build it with keep=\['1'\], or without optimize to see all"
    )
    for _ in range(2):
        with pytest.raises(NetError, match=message):
            _ = net.blobs["1"].data
        run(net, (2, 4, 9, 7))
    with pytest.raises(NetError, match="'1'"):
        _ = net.tops[2][0].data
    with pytest.raises(NetError, match="'1'"):
        net.predict(np.zeros((1, 4, 9, 7)), output="1")
    with pytest.raises(NetError, match="'1'"):
        net.forward(**{"1": np.zeros(net.blobs["1"].shape)})


def test_fused_values_say_how_to_get_them() -> None:
    net, plain = both(INPUT + conv("c", "data") + layer("ReLU", "r", ["c"], "r"))
    message = (
        r"'c' are not kept.* become something else in the step that makes them: .*keep=\['c'\]"
    )
    with pytest.raises(NetError, match=message):
        _ = net.blobs["c"].data
    heard = []
    net.after_forward.append(lambda i: heard.append(net.tops[i][0].has_data))
    same(net, plain)
    assert heard == [True, False, True]


def test_hooks_see_the_values_of_their_layer() -> None:
    net, plain = both(CHAIN)
    seen: list[list[np.ndarray]] = [[], []]
    for each, found in zip((net, plain), seen):

        def hook(i: int, each: Net = each, found: list[np.ndarray] = found) -> None:
            found.append(each.tops[i][0].data.copy())

        each.after_forward.append(hook)
    same(net, plain, within=0)
    assert len(seen[0]) == 7
    for got, want in zip(*seen):
        np.testing.assert_array_equal(got, want)


def test_kept_values_are_there_whatever_comes_after() -> None:
    net, plain = both(CHAIN, keep=["1", "3"])
    same(net, plain, within=0)
    assert [name for name, blob in net.blobs.items() if not blob.has_data] == ["0", "2", "4"]


def test_a_loss_an_output_and_what_is_read_from_nowhere_stay() -> None:
    text = """layer { name: "dummy" type: "DummyData" top: "x" top: "y"
      dummy_data_param { shape { dim: 2 dim: 3 } data_filler { type: "constant" value: 2 }
        data_filler { type: "constant" value: 1 } } }
    layer { name: "p" type: "Parameter" top: "p" parameter_param { shape { dim: 2 dim: 3 } } }
    layer { name: "t" type: "TanH" bottom: "x" top: "t" }
    layer { name: "s" type: "Eltwise" bottom: "t" bottom: "p" top: "s" }
    layer { name: "u" type: "TanH" bottom: "s" top: "u" }
    layer { name: "loss" type: "EuclideanLoss" bottom: "u" bottom: "y" top: "loss" }
    layer { name: "after" type: "Power" bottom: "loss" top: "after" }
    """
    net, plain = both(text)
    for each in (net, plain):
        each.params["p"][0].data[...] = 0.5
        for _ in range(3):
            each.forward()
    assert net.loss == plain.loss > 0
    lost = [name for name, blob in net.blobs.items() if not blob.has_data]
    assert set(lost) == {"t", "s", "u"}
    np.testing.assert_array_equal(net.blobs["p"].data, 0.5)


class Remembers(Layer):
    """Writes its top once, and looks at its bottom of the last pass."""

    type = "Remembers"

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data)


def test_layers_of_somebody_else_keep_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS._items, "Remembers", Remembers)
    net, plain = both(CHAIN.replace('"AbsVal"', '"Remembers"'))
    same(net, plain, within=0)
    assert [net.blobs[str(i)].has_data for i in range(6)] == [False, True, True, False, True, True]


def test_lent_memory_follows_its_slot() -> None:
    pool, slot = Pool(), Memory(np.float32)
    blob, later = Blob((2, 3)), Blob((12,))
    blob.move_data(Lent("a", "end", np.float32, pool, slot))
    later.move_data(Lent("b", "end", np.float32, pool, slot))
    with pool:
        blob.data[...] = 1
        assert np.shares_memory(later.data, blob.data)  # which moved it
        assert blob.dtype == np.float32 and blob.has_data
        with pool:
            assert blob.has_data
        assert blob.has_data
    assert not blob.has_data
    with pytest.raises(NetError, match=r"'b'.* they end"):
        _ = later.data
