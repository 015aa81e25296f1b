"""What an optimised net refuses, and the blocks of well-known nets, optimised."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import NetError
from tests.net.optimise.nets import INPUT, both, conv, in_place, layer, norm, ran, same

TWO = INPUT + conv("a", "data") + layer("TanH", "t", ["a"], "t")


def test_it_runs_as_a_whole_and_forward_only() -> None:
    net, plain = both(TWO)
    for start, end in (("a", None), (None, "a"), ("t", "t")):
        with pytest.raises(NetError, match=r"runs as a whole.*: build it without optimize"):
            net.forward(start=start, end=end)
    with pytest.raises(NetError, match="no backward pass: build it without optimize"):
        net.backward()
    net.forward(start="data", end="t")
    same(net, plain)


def test_predict_of_any_number_of_items() -> None:
    net, plain = both(INPUT + conv("a", "data") + norm("a") + layer("TanH", "t", ["a"], "t"))
    items = np.random.default_rng(0).normal(size=(7, 4, 9, 7))
    want = plain.predict(items, batch_size=3)
    np.testing.assert_allclose(net.predict(items, batch_size=3), want, rtol=1e-5, atol=1e-5)
    assert net.blobs["t"].shape == (2, 6, 9, 7)


def point(name: str, bottom: str, outputs: int, more: str = "") -> str:
    return f"""layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
      convolution_param {{ num_output: {outputs} kernel_size: 1 {more}
        weight_filler {{ type: "gaussian" std: 0.2 }} }} }}
    """


def resnet(blocks: int) -> str:
    text, x = INPUT + conv("stem", "data", 16) + norm("stem") + in_place("ReLU", "stem"), "stem"
    for i in range(blocks):
        more, shortcut = ("stride: 2 bias_term: false", f"{i}s") if i % 2 == 0 else ("", x)
        if shortcut != x:
            text += point(shortcut, x, 16, more) + norm(shortcut)
        text += point(f"{i}a", x, 8, more) + norm(f"{i}a") + in_place("ReLU", f"{i}a")
        text += conv(f"{i}b", f"{i}a", 8) + norm(f"{i}b") + in_place("ReLU", f"{i}b")
        text += point(f"{i}c", f"{i}b", 16) + norm(f"{i}c")
        text += layer("Eltwise", f"{i}", [shortcut, f"{i}c"], f"{i}") + in_place("ReLU", f"{i}")
        x = f"{i}"
    return text


def mobilenet(blocks: int) -> str:
    text, x = INPUT + conv("stem", "data", 8) + norm("stem") + in_place("ReLU6", "stem"), "stem"
    for i in range(blocks):
        text += point(f"{i}e", x, 24) + norm(f"{i}e") + in_place("ReLU6", f"{i}e")
        text += conv(f"{i}d", f"{i}e", 24, f"group: 24 stride: {1 + i % 2}")
        text += norm(f"{i}d") + in_place("ReLU6", f"{i}d") + point(f"{i}p", f"{i}d", 8)
        text += norm(f"{i}p")
        if i % 2 == 0:
            text += layer("Eltwise", f"{i}", [x, f"{i}p"], f"{i}")
        x = f"{i}" if i % 2 == 0 else f"{i}p"
    return text


def squeezenet(blocks: int) -> str:
    text, x = INPUT, "data"
    for i in range(blocks):
        text += point(f"{i}s", x, 3) + in_place("ReLU", f"{i}s")
        text += point(f"{i}a", f"{i}s", 5) + in_place("ReLU", f"{i}a")
        text += conv(f"{i}b", f"{i}s", 5) + in_place("ReLU", f"{i}b")
        text += layer("Concat", f"{i}", [f"{i}a", f"{i}b"], f"{i}") + in_place("Dropout", f"{i}")
        x = f"{i}"
    return text


def googlenet(blocks: int) -> str:
    text, x = INPUT, "data"
    pool = "pooling_param { kernel_size: 3 stride: 1 pad: 1 }"
    for i in range(blocks):
        text += point(f"{i}a", x, 4) + in_place("ReLU", f"{i}a")
        text += point(f"{i}r", x, 3) + in_place("ReLU", f"{i}r")
        text += conv(f"{i}b", f"{i}r", 5) + in_place("ReLU", f"{i}b")
        text += layer("Pooling", f"{i}p", [x], f"{i}p", pool)
        text += point(f"{i}c", f"{i}p", 2) + in_place("ReLU", f"{i}c")
        text += layer("Concat", f"{i}", [f"{i}a", f"{i}b", f"{i}c"], f"{i}")
        x = f"{i}"
    return text


#: Net -> types that are left.
BLOCKS = {
    resnet: {"Input", "Convolution"},
    mobilenet: {"Input", "Convolution"},
    squeezenet: {"Input", "Convolution"},
    googlenet: {"Input", "Convolution", "Pooling"},
}


@pytest.mark.parametrize("build", BLOCKS, ids=lambda build: build.__name__)
@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_blocks_of_well_known_nets(build, blocks: int) -> None:
    net, plain = both(build(blocks))
    assert {net.layer_dict[name].type for name in ran(net)} == BLOCKS[build]
    for shape in ((2, 4, 9, 7), (1, 4, 33, 34), (4, 4, 12, 12)):
        same(net, plain, shape)
    assert len(net._executor.pool.slots) <= 5
