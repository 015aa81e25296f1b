"""Products that do the work of what follows them: fewer steps, the numbers of the plain net."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.errors import NetError, ShapeError
from protonet.net.optimise import epilogue
from tests.net.optimise.nets import INPUT, both, conv, in_place, layer, norm, ran, run, same

IP = """layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 5 %s weight_filler { type: "gaussian" std: 0.2 }
    bias_filler { type: "gaussian" std: 1 } } }
"""
MARGINS = """convolution_param { num_output: 4 kernel_size: 3 pad_l: 2
  weight_filler { type: "gaussian" std: 0.3 } }"""
SLOPE = "relu_param { negative_slope: 0.2 }"
#: What stands behind the input -> the layers that are left of it.
FUSED: dict[str, tuple[str, list[str]]] = {
    "relu": (conv("c", "data") + in_place("ReLU", "c"), ["c"]),
    "leaky": (conv("c", "data") + in_place("ReLU", "c", SLOPE), ["c"]),
    "prelu": (conv("c", "data") + in_place("PReLU", "c"), ["c"]),
    "prelu shared": (
        conv("c", "data") + in_place("PReLU", "c", "prelu_param { channel_shared: true }"),
        ["c"],
    ),
    "clip": (conv("c", "data") + in_place("Clip", "c", "clip_param { min: 0 max: 0.7 }"), ["c"]),
    "relu6": (
        conv("c", "data") + in_place("ReLU6", "c", "relu6_param { negative_slope: 0.1 n: 0.6 }"),
        ["c"],
    ),
    "norm": (conv("c", "data") + norm("c") + in_place("ReLU", "c"), ["c"]),
    "norm without bias": (conv("c", "data", more="bias_term: false") + norm("c"), ["c"]),
    "norm with factors of its own": (
        conv("c", "data") + in_place("BatchNorm", "c", "batch_norm_param { scale_bias: true }"),
        ["c"],
    ),
    "margins": (
        layer("Convolution", "c", ["data"], "c", MARGINS) + norm("c") + in_place("ReLU", "c"),
        ["c"],
    ),
    "depthwise": (
        layer("DepthwiseConvolution", "c", ["data"], "c", MARGINS.replace("pad_l: 2", "pad: 1"))
        + norm("c"),
        ["c"],
    ),
    "norm of groups": (conv("c", "data", more="group: 2") + norm("c"), ["c"]),
    "tops of their own": (
        conv("c", "data")
        + layer("BatchNorm", "n", ["c"], "n")
        + layer("Scale", "s", ["n"], "s")
        + layer("ReLU", "r", ["s"], "r"),
        ["c"],
    ),
    "bias and one factor": (
        conv("c", "data")
        + in_place("Bias", "c")
        + in_place("Scale", "c", "scale_param { num_axes: 0 }"),
        ["c"],
    ),
    "norm after relu": (
        conv("c", "data") + in_place("ReLU", "c") + norm("c") + in_place("ReLU", "c"),
        ["c", "c/BatchNorm"],
    ),
    "factors of rows": (
        conv("c", "data") + in_place("Scale", "c", "scale_param { axis: 2 }"),
        ["c", "c/Scale"],
    ),
    "factors of a bottom": (
        layer("Reduction", "f", ["data"], "f", "reduction_param { axis: 2 }")
        + conv("c", "data", 4)
        + layer("Scale", "s", ["c", "f"], "s", "scale_param { axis: 0 }"),
        ["f", "c", "s"],
    ),
    "ip": (IP % "" + norm("ip") + in_place("PReLU", "ip"), ["ip"]),
    "ip transposed": (IP % "transpose: true" + norm("ip") + in_place("ReLU", "ip"), ["ip"]),
    "ip normalised": (IP % "normalize: true" + in_place("ReLU", "ip"), ["ip", "ip/ReLU"]),
    "norm alone": (
        layer("BatchNorm", "n", ["data"], "n") + in_place("Scale", "n") + in_place("ReLU", "n"),
        ["n"],
    ),
    "sum": (
        conv("a", "data")
        + norm("a")
        + conv("b", "data")
        + norm("b")
        + layer("Eltwise", "sum", ["a", "b"], "sum")
        + in_place("ReLU", "sum"),
        ["a", "b"],
    ),
    "sum of what was there": (
        conv("a", "data", 4) + layer("Eltwise", "sum", ["data", "a"], "sum"),
        ["a"],
    ),
    "sum in mixed order": (
        conv("a", "data")
        + conv("b", "data")
        + norm("a")
        + norm("b")
        + layer("Eltwise", "sum", ["b", "a"], "sum"),
        ["a", "b"],
    ),
    "sum of three": (
        conv("a", "data")
        + conv("b", "data")
        + conv("c", "data")
        + layer("Eltwise", "sum", ["a", "c", "b"], "sum"),
        ["a", "b", "c"],
    ),
    "sum of one twice": (
        conv("a", "data") + layer("Eltwise", "sum", ["a", "a"], "sum"),
        ["a", "sum"],
    ),
    "sum with an operand to come": (
        conv("a", "data")
        + layer("TanH", "t", ["data"], "t")
        + conv("b", "t")
        + layer("TanH", "u", ["b"], "u")
        + layer("Eltwise", "sum", ["a", "u"], "sum"),
        ["a", "t", "b", "u", "sum"],
    ),
    "weighted sum": (
        conv("a", "data", 4)
        + layer("Eltwise", "e", ["data", "a"], "e", "eltwise_param { coeff: 1 coeff: -1 }"),
        ["a", "e"],
    ),
    "product": (
        conv("a", "data", 4)
        + layer("Eltwise", "e", ["data", "a"], "e", "eltwise_param { operation: PROD }"),
        ["a", "e"],
    ),
    "read twice": (
        conv("c", "data") + layer("ReLU", "r", ["c"], "r") + layer("TanH", "t", ["c"], "t"),
        ["c", "r", "t"],
    ),
    "read before it is overwritten": (
        conv("c", "data") + in_place("ReLU", "c") + layer("TanH", "t", ["c"], "t"),
        ["c", "t"],
    ),
    "a loss": (
        conv("c", "data", 1) + layer("ReLU", "r", ["c"], "r", "loss_weight: 0.1"),
        ["c", "r"],
    ),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FUSED)
def test_the_same_in_fewer_steps(name: str, dtype: type) -> None:
    rest, left = FUSED[name]
    net, plain = both(INPUT + rest, dtype=dtype)
    assert ran(net) == ["data", *left]
    within = 1e-5 if dtype is np.float32 else 1e-13
    same(net, plain, within=within)
    for shape in ((5, 4, 9, 7), (1, 4, 9, 7)):
        same(net, plain, shape, within)
    assert net.loss == pytest.approx(plain.loss, rel=within)


@pytest.mark.parametrize("cache", [0, epilogue.CACHE])
def test_each_piece_is_finished_at_once_or_at_the_end(
    cache: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epilogue, "CACHE", cache)
    text = INPUT + conv("a", "data", 24) + norm("a") + conv("b", "a", 24) + norm("b")
    text += layer("Eltwise", "sum", ["a", "b"], "sum") + in_place("PReLU", "sum")
    net, plain = both(text)
    assert ran(net) == ["data", "a", "b"]
    same(net, plain, (9, 4, 40, 33))
    same(net, plain, (1, 4, 80, 66))


def test_in_training_the_statistics_of_the_batch_count() -> None:
    net, plain = both(INPUT + conv("c", "data") + norm("c"), phase=TRAIN)
    assert ran(net) == ["data", "c", "c/BatchNorm", "c/Scale"]
    same(net, plain)


def test_what_is_kept_is_not_fused_away() -> None:
    text = INPUT + conv("c", "data") + layer("ReLU", "r", ["c"], "r")
    net, plain = both(text, keep=["c"])
    assert ran(net) == ["data", "c", "r"]
    same(net, plain)
    assert net.blobs["c"].has_data
    again, _ = both(text, keep="c")
    assert again.blobs["c"].has_data
    with pytest.raises(NetError, match="no blob named 'cc'"):
        both(text, keep=["cc"])


def fold_of(net: Net) -> Any:
    run(net, (2, 4, 9, 7))
    return net.blobs["c"].data.copy()


def test_weights_stay_and_are_folded_anew(tmp_path: Any) -> None:
    text = INPUT + conv("c", "data") + norm("c")
    net, plain = both(text)
    before = [blob.data.copy() for blob in plain.learnable_params]
    first = fold_of(net)
    for blob, values in zip(net.learnable_params, before):
        np.testing.assert_array_equal(blob.data, values)
    plain.params["c/Scale"][0].data[...] *= 3
    plain.params["c"][0].data[...] += 1
    net.params["c"][0].data[...] += 1
    np.testing.assert_array_equal(fold_of(net), first)  # as the docstring says
    net.params["c/Scale"][0].data[...] *= 3
    net.reoptimize()
    want = fold_of(plain)
    assert np.abs(want - first).max() > 1
    np.testing.assert_allclose(fold_of(net), want, rtol=1e-5, atol=1e-4)

    plain.save(tmp_path / "w.caffemodel")
    late = Net(text, optimize=True)
    fold_of(late)
    late.copy_from(tmp_path / "w.caffemodel")
    np.testing.assert_allclose(fold_of(late), want, rtol=1e-5, atol=1e-4)
    late = Net(text, optimize=True)
    fold_of(late)
    late.share_with(plain)
    np.testing.assert_allclose(fold_of(late), want, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(fold_of(net.clone()), want, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("name", ["relu", "depthwise", "norm of groups", "ip", "many channels"])
def test_weights_that_were_written_by_hand_count_after_reoptimize(name: str) -> None:
    many = conv("a", "data", 24) + conv("c", "a", 24) + in_place("ReLU", "c")
    net, plain = both(INPUT + (many if name == "many channels" else FUSED[name][0]))
    shape = (3, 4, 9, 7) if name == "ip" else (3, 4, 40, 33)
    same(net, plain, shape)
    for each in (net, plain):
        for blobs in each.params.values():
            blobs[0].data[...] *= -2
    net.reoptimize()
    same(net, plain, shape)


def test_an_error_has_the_layer_that_was_fused() -> None:
    text = INPUT + conv("a", "data", 4) + layer("Eltwise", "e", ["data", "a"], "e")
    net, _ = both(text)
    assert ran(net) == ["data", "a"]

    def fail(bottom: object, top: object) -> None:
        raise ShapeError("too odd")

    net.layer_dict["e"].reshape = fail  # type: ignore[method-assign]
    net.blobs["data"].reshape(3, 4, 9, 7)
    with pytest.raises(ShapeError, match=r"layer 'e' \(Eltwise\): too odd"):
        net.forward()
