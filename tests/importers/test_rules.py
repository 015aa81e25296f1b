"""Every rule: a model of one or few nodes, against onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

from protonet.errors import NetError
from protonet.importers import onnx as import_onnx
from tests.importers.models import graph, inputs_of, one, ran, reference, types, values

X = (2, 4, 7, 6)


def check(model: onnx.ModelProto, expected: list[str] | None = None, **options: Any) -> None:
    """The net gives what the reference does; its types are these, if any are said."""
    made = import_onnx(model, **options)
    given = inputs_of(model)
    got, want = ran(made, given), reference(model, given)
    assert got.keys() == want.keys()
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=2e-4, atol=2e-5)
        assert got[name].shape == want[name].shape
    if expected is not None:
        assert types(made) == expected


CONV = {
    "plain": (X, values(1, 5, 4, 3, 3), {}),
    "strides": (X, values(1, 5, 4, 3, 2), {"strides": [2, 1], "pads": [1, 0, 1, 0]}),
    "group": (X, values(1, 6, 2, 3, 3), {"group": 2, "dilations": [2, 1]}),
    "depthwise": (X, values(1, 4, 1, 3, 3), {"group": 4, "pads": [1, 1, 1, 1]}),
    "asymmetric": (X, values(1, 5, 4, 3, 3), {"pads": [0, 1, 2, 0], "strides": [2, 2]}),
    "asymmetric dilated": (X, values(1, 5, 4, 2, 2), {"pads": [0, 1, 1, 0], "dilations": [2, 2]}),
    "same upper": (X, values(1, 5, 4, 3, 3), {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    "same lower": (X, values(1, 5, 4, 2, 2), {"auto_pad": "SAME_LOWER"}),
    "line": ((2, 4, 9), values(1, 5, 4, 3), {"pads": [1, 1], "strides": [2]}),
    "volume": ((1, 2, 5, 6, 4), values(1, 3, 2, 2, 3, 1), {"pads": [1, 0, 0, 1, 2, 0]}),
}


@pytest.mark.parametrize("case", CONV)
def test_conv(case: str) -> None:
    shape, weights, attributes = CONV[case]
    if case == "asymmetric dilated":  # of ends that differ by no multiple of the dilation
        check(one("Conv", shape, weights, **attributes), ["Convolution", "Convolution"])
    else:
        bias = values(2, len(weights))
        check(one("Conv", shape, weights, bias, **attributes), ["Convolution"])


DECONV: dict[str, dict[str, Any]] = {
    "plain": {},
    "stride": {"strides": [2, 3], "pads": [1, 0, 1, 0]},
    "output padding": {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
    "asymmetric": {"strides": [2, 2], "pads": [0, 1, 1, 0]},
    "group": {"group": 2, "dilations": [1, 2]},
    "output shape": {"strides": [2, 2], "output_shape": [14, 12]},
}


@pytest.mark.parametrize("case", DECONV)
def test_conv_transpose(case: str) -> None:
    model = one("ConvTranspose", X, values(1, 4, 3, 3, 3), **DECONV[case])
    check(model, ["Deconvolution"])


POOLS: dict[str, tuple[str, tuple[int, ...], dict[str, Any]]] = {
    "ceil": ("MaxPool", X, {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "floor": ("MaxPool", X, {"kernel_shape": [3, 2], "strides": [2, 2]}),
    "padded": ("MaxPool", X, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4}),
    "same": ("MaxPool", X, {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    "front": ("MaxPool", X, {"kernel_shape": [2, 2], "strides": [1, 1], "pads": [1, 1, 0, 0]}),
    "mean": ("AveragePool", X, {"kernel_shape": [3, 3], "strides": [2, 2]}),
    "mean without pads": ("AveragePool", X, {"kernel_shape": [3, 3], "pads": [1] * 4}),
    "mean with pads": (
        "AveragePool",
        X,
        {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1},
    ),
    "mean, odd pads": (
        "AveragePool",
        X,
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]},
    ),
    "line": ("MaxPool", (2, 3, 9), {"kernel_shape": [3], "strides": [2], "pads": [1, 1]}),
    "line's mean": ("AveragePool", (2, 3, 9), {"kernel_shape": [2], "strides": [2]}),
    "volume": (
        "MaxPool",
        (1, 2, 5, 6, 4),
        {"kernel_shape": [2, 3, 2], "strides": [2, 1, 2], "pads": [1, 1, 0, 0, 1, 1]},
    ),
    "volume's mean": (
        "AveragePool",
        (1, 2, 5, 6, 4),
        {"kernel_shape": [2, 3, 2], "strides": [2, 1, 2], "pads": [1, 1, 0, 0, 1, 0]},
    ),
}


@pytest.mark.parametrize("case", POOLS)
def test_pool(case: str) -> None:
    kind, shape, attributes = POOLS[case]
    check(one(kind, shape, **attributes))


def test_a_window_too_many_is_not_made_or_cut_off() -> None:
    floor = import_onnx(one("MaxPool", X, kernel_shape=[3, 2], strides=[2, 2]))
    assert "round_mode" not in floor.prototxt  # 7 and 6 go through without a rest
    odd = import_onnx(one("MaxPool", X, kernel_shape=[2, 2], strides=[2, 2]))
    assert "round_mode: FLOOR" in odd.prototxt
    cut = import_onnx(POOL_CUT)
    assert types(cut) == ["Pooling", "Slice", "Silence"]
    assert "Caffe makes more windows here" in cut.prototxt


#: Height wants a rest dropped after padding in front alone.
POOL_CUT = one("MaxPool", X, kernel_shape=[2, 1], strides=[1, 1], pads=[1, 0, 0, 0])


@pytest.mark.parametrize("kind", ["GlobalAveragePool", "GlobalMaxPool"])
@pytest.mark.parametrize("shape", [X, (2, 3, 5), (1, 2, 3, 4, 5)])
def test_global_pool(kind: str, shape: tuple[int, ...]) -> None:
    check(one(kind, shape))


NEURONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Relu": ({}, ["ReLU"]),
    "LeakyRelu": ({"alpha": 0.3}, ["ReLU"]),
    "Sigmoid": ({}, ["Sigmoid"]),
    "Tanh": ({}, ["TanH"]),
    "Elu": ({"alpha": 0.7}, ["ELU"]),
    "Selu": ({}, ["ELU", "Power"]),
    "Celu": ({"alpha": 2.0}, ["Power", "ELU", "Power"]),
    "Softplus": ({}, ["BNLL"]),
    "HardSigmoid": ({"alpha": 0.4, "beta": 0.3}, ["Power", "Clip"]),
    "HardSwish": ({}, ["Power", "Clip", "Eltwise"]),
    "ThresholdedRelu": ({"alpha": 0.5}, ["Threshold", "Eltwise"]),
    "Softsign": ({}, ["AbsVal", "Power", "Eltwise"]),
    "Abs": ({}, ["AbsVal"]),
    "Neg": ({}, ["Power"]),
    "Exp": ({}, ["Exp"]),
    "Sign": ({}, ["Power", "Threshold", "Threshold", "Eltwise"]),
}


@pytest.mark.parametrize("kind", NEURONS)
def test_neuron(kind: str) -> None:
    attributes, expected = NEURONS[kind]
    model = one(kind, X, **attributes)
    made = import_onnx(model)
    assert sorted(types(made)) == sorted(expected)
    check(model)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu(approximate: str) -> None:
    check(one("Gelu", X, opset=20, approximate=approximate))


def test_mish_and_erf() -> None:
    check(one("Mish", X, opset=18), ["BNLL", "TanH", "Eltwise"])
    check(one("Erf", X))


def test_positive_values() -> None:
    nodes = [helper.make_node("Exp", ["x"], ["p"]), helper.make_node("Log", ["p"], ["l"])]
    nodes += [helper.make_node("Sqrt", ["p"], ["y"]), helper.make_node("Reciprocal", ["p"], ["z"])]
    check(graph({"x": X}, nodes, outputs=("l", "y", "z")))


def test_clip() -> None:
    check(one("Clip", X, np.array(0.0), np.array(0.6)), ["Clip"])
    check(one("Clip", X, np.array(-0.5)), ["Clip"])
    check(one("Clip", X, None, np.array(0.5)), ["Clip"])
    check(one("Clip", X, np.array(0.0)), ["ReLU"])
    check(one("Clip", X, opset=6, min=-0.1, max=0.2), ["Clip"])


def test_without_late_types() -> None:
    """What OpenCV's reader of Caffe's files does not know is said in other words."""
    low_high = [np.array(-0.5), np.array(0.6)]
    six = ["Power", "ReLU", "Power", "Power", "ReLU", "Power"]
    check(one("Clip", X, *low_high), six, only="caffe-1.0")
    check(one("Clip", X, None, np.array(0.5)), ["Power", "ReLU", "Power"], only="caffe-1.0")
    check(one("Add", X, values(1, 4, 1, 1)), ["Scale"], only="caffe-1.0")
    spread = graph({"x": X, "z": (2, 4, 1, 1)}, [helper.make_node("Add", ["x", "z"], ["y"])])
    check(spread, only="caffe-1.0")
    assert "Bias" not in types(import_onnx(spread, only="caffe-1.0"))
    floor = one("MaxPool", X, kernel_shape=[2, 2], strides=[2, 2])
    check(floor, ["Pooling", "Slice", "Silence"], only="caffe-1.0")


def test_silu_is_one_swish() -> None:
    nodes = [helper.make_node("Sigmoid", ["x"], ["s"]), helper.make_node("Mul", ["x", "s"], ["y"])]
    check(graph({"x": X}, nodes), ["Swish"])


@pytest.mark.parametrize("slope", [values(1, 4, 1, 1), values(1, 1)])
def test_prelu(slope: Any) -> None:
    check(one("PRelu", X, slope), ["PReLU"])


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("axis", [1, -1, 2])
@pytest.mark.parametrize("opset", [11, 13])
def test_softmax(kind: str, axis: int, opset: int) -> None:
    check(one(kind, X, axis=axis, opset=opset))


CONSTANTS = {
    "number": np.array(0.7),
    "one number of four axes": values(1, 1, 1, 1, 1),
    "channels": values(1, 4, 1, 1) + 3,
    "rows": values(1, 6) + 3,
    "plane": values(1, 7, 6) + 3,
    "item": values(1, 4, 7, 6) + 3,
    "gap": values(1, 4, 1, 6) + 3,
}


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul", "Div"])
@pytest.mark.parametrize("what", CONSTANTS)
@pytest.mark.parametrize("first", [True, False])
def test_constant_operand(kind: str, what: str, first: bool) -> None:
    operands = ["x", "c"] if first else ["c", "p"]
    nodes = [helper.make_node("Exp", ["x"], ["p"]), helper.make_node(kind, operands, ["y"])]
    check(graph({"x": X}, nodes, {"c": CONSTANTS[what]}))


def test_constant_of_more_axes_than_the_blob() -> None:
    check(one("Add", (4, 1), values(1, 2, 4, 3)))


def test_a_row_of_numbers_is_one_power() -> None:
    kinds = [("Mul", 2.0), ("Add", 9.0), ("Div", 3.0), ("Sub", -1.0), ("Pow", 0.5)]
    nodes = [
        helper.make_node(kind, [f"t{i}", f"c{i}"], [f"t{i + 1}"])
        for i, (kind, _) in enumerate(kinds)
    ]
    constants = {f"c{i}": np.array(value) for i, (_, value) in enumerate(kinds)}
    check(graph({"t0": X}, nodes, constants, outputs=("t5",)), ["Power"])


def test_factor_and_offset_are_one_scale() -> None:
    nodes = [helper.make_node("Mul", ["x", "a"], ["t"]), helper.make_node("Add", ["b", "t"], ["y"])]
    constants = {"a": values(1, 4, 1, 1), "b": values(2, 4, 1, 1)}
    check(graph({"x": X}, nodes, constants), ["Scale"])


SECOND = {
    "same": X,
    "channels": (2, 4, 1, 1),
    "plane": (7, 6),
    "one channel": (2, 1, 7, 6),
    "number": (1,),
    "rows": (1, 1, 7, 1),
}


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul", "Max", "Min"])
@pytest.mark.parametrize("what", SECOND)
def test_two_blobs(kind: str, what: str) -> None:
    inputs = {"x": X, "z": SECOND[what]}
    for operands in (["x", "z"], ["z", "x"]):
        check(graph(inputs, [helper.make_node(kind, operands, ["y"])]))


def test_both_blobs_spread() -> None:
    check(graph({"x": (2, 4, 1, 6), "z": (7, 1)}, [helper.make_node("Add", ["x", "z"], ["y"])]))


def test_quotient_of_blobs() -> None:
    nodes = [helper.make_node("Exp", ["z"], ["p"]), helper.make_node("Div", ["x", "p"], ["y"])]
    check(graph({"x": X, "z": (2, 4, 1, 1)}, nodes))


@pytest.mark.parametrize("kind", ["Sum", "Mean", "Max", "Min"])
def test_three_blobs(kind: str) -> None:
    inputs = {"a": X, "b": X, "c": X}
    check(graph(inputs, [helper.make_node(kind, list(inputs), ["y"])]))


@pytest.mark.parametrize("kind", ["Max", "Min"])
def test_bound(kind: str) -> None:
    check(one(kind, X, np.array(0.2)), ["Clip"])


REDUCTIONS = ["Sum", "Mean", "L1", "L2", "SumSquare", "Max", "Min", "Prod", "LogSumExp"]


@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize("axes", [[2, 3], [1], [-1], [1, 2], [0, 1, 2, 3]])
@pytest.mark.parametrize("keep", [0, 1])
def test_reduction(kind: str, axes: list[int], keep: int) -> None:
    small = (2, 3, 2, 4)
    if kind == "Sum":
        check(one("ReduceSum", small, np.array(axes), keepdims=keep))
    else:
        check(one(f"Reduce{kind}", small, axes=axes, keepdims=keep))


def test_shapes() -> None:
    check(one("Reshape", X, np.array([0, 2, -1, 6])), ["Reshape"])
    check(one("Reshape", X, np.array([-1, 6])), ["Reshape"])
    check(one("Flatten", X, axis=1), ["Flatten"])
    check(one("Flatten", X, axis=2), ["Reshape"])
    check(one("Unsqueeze", X, np.array([0, 3])), ["Reshape"])
    check(one("Squeeze", (2, 4, 1, 1), np.array([2, 3])), ["Flatten"])


ORDERS = [(0, 2, 3, 1), (0, 3, 1, 2), (0, 2, 1, 3), (1, 0, 2, 3), (0, 1, 3, 2)]


@pytest.mark.parametrize("order", ORDERS)
def test_transpose(order: tuple[int, ...]) -> None:
    made = import_onnx(one("Transpose", X, perm=order), only="caffe-1.0")
    assert "Permute" not in types(made)
    check(one("Transpose", X, perm=order))


def test_transpose_that_moves_no_values() -> None:
    check(one("Transpose", (2, 4, 1, 1), perm=(0, 2, 3, 1)), ["Reshape"])


def test_permute_of_a_fork() -> None:
    model = one("Transpose", X, perm=(3, 1, 0, 2))
    check(model, ["Permute"])
    check(model, ["Permute"], only="ssd")
    assert "Permute (ssd" in import_onnx(model).prototxt
    with pytest.raises(NetError, match=r"'it' \(Transpose\): Caffe 1.0 cannot put axes"):
        import_onnx(model, only="caffe-1.0")


def test_a_shuffle_of_channels() -> None:
    nodes = [
        helper.make_node("Reshape", ["x", "a"], ["t"]),
        helper.make_node("Transpose", ["t"], ["u"], perm=[0, 2, 1, 3, 4]),
        helper.make_node("Reshape", ["u", "b"], ["y"]),
    ]
    constants = {"a": np.array([2, 2, 2, 7, 6]), "b": np.array([2, 4, 7, 6])}
    check(graph({"x": X}, nodes, constants), only="caffe-1.0")


def test_joining_and_cutting() -> None:
    nodes = [
        helper.make_node("Split", ["x", "sizes"], ["a", "b", "c"], axis=1),
        helper.make_node("Concat", ["c", "a", "k"], ["y"], axis=1),
    ]
    constants = {"sizes": np.array([1, 2, 1]), "k": values(3, 2, 1, 7, 6)}
    check(graph({"x": X}, nodes, constants), ["Slice", "Silence", "Parameter", "Concat"])


def test_slice() -> None:
    def sliced(*of: list[int]) -> onnx.ModelProto:
        return one("Slice", X, *(np.array(each) for each in of))

    check(sliced([1], [3], [1]), ["Slice", "Silence"])
    check(sliced([0, -4], [2, 99], [1, 2]), ["Slice", "Silence", "Slice", "Silence"])
    cropped = helper.make_node("Slice", ["x", "s", "e", "a"], ["y"])
    ends = {"s": np.array([1, 2]), "e": np.array([4, 6]), "a": np.array([2, 3])}
    relu = helper.make_node("Relu", ["z"], ["r"])
    model = graph({"x": X, "z": (2, 1, 3, 4)}, [relu, cropped], ends, outputs=("y", "r"))
    check(model, ["ReLU", "Crop"])
    check(sliced([1, 0], [99, 99], [2, 3], [2, 3]))
    with pytest.raises(NetError, match="turns an axis round"):
        import_onnx(sliced([-1], [-99], [3], [-1]))


def test_gather() -> None:
    check(one("Gather", X, np.array([3, 0, 3]), axis=1))
    check(one("Gather", X, np.array(2), axis=2))
    check(one("Gather", X, np.array([1, 2]), axis=1), ["Slice", "Silence"])


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect"])
def test_pad(mode: str) -> None:
    pads = np.array([0, 0, 2, 1, 0, 0, 0, 2])
    given = [np.array(0.5)] if mode == "constant" else []
    check(one("Pad", X, pads, *given, mode=mode))


def test_pad_of_channels_and_negative_pad() -> None:
    check(one("Pad", X, np.array([0, 1, 0, 0, 0, 2, 0, 0])))
    check(one("Pad", X, np.array([0, 0, -1, 0, 0, 0, 1, -2])))


def test_repeating() -> None:
    check(one("Tile", X, np.array([1, 2, 1, 3])), ["Tile", "Tile"])
    check(one("Expand", (4, 1, 6), np.array([2, 4, 7, 6])))


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_depth_to_space(mode: str) -> None:
    check(one("DepthToSpace", (2, 8, 3, 2), blocksize=2, mode=mode), ["Deconvolution"])


def test_space_to_depth() -> None:
    check(one("SpaceToDepth", (2, 3, 4, 6), blocksize=2), ["Convolution"])


def test_gemm() -> None:
    check(one("Gemm", (3, 4), values(1, 4, 5), values(2, 5)), ["InnerProduct"])
    check(one("Gemm", (3, 4), values(1, 5, 4), values(2, 1, 5), transB=1, alpha=0.5, beta=2.0))
    check(one("Gemm", (3, 4), values(1, 4, 5)), ["InnerProduct"])
    check(one("Gemm", (4, 3), values(1, 4, 5), transA=1))


def test_matmul() -> None:
    check(one("MatMul", (2, 3, 4), values(1, 4, 5)), ["InnerProduct"])
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["t"]),
        helper.make_node("Add", ["t", "b"], ["y"]),
    ]
    constants = {"w": values(1, 4, 5), "b": values(2, 5)}
    check(graph({"x": (2, 3, 4)}, nodes, constants), ["InnerProduct"])
    left = helper.make_node("MatMul", ["w", "x"], ["y"])
    check(graph({"x": (2, 4, 3)}, [left], {"w": values(1, 5, 4)}))
    both = graph({"x": (2, 3), "z": (3, 2)}, [helper.make_node("MatMul", ["x", "z"], ["y"])])
    with pytest.raises(NetError, match="multiplies two blobs"):
        import_onnx(both)


def statistics(channels: int) -> list[Any]:
    return [values(1, channels), values(2, channels), values(3, channels), values(4, channels) ** 2]


def test_batch_norm() -> None:
    check(one("BatchNormalization", X, *statistics(4), epsilon=1e-3), ["BatchNorm", "Scale"])
    plain = [np.ones(4), np.zeros(4), *statistics(4)[2:]]
    check(one("BatchNormalization", X, *plain), ["BatchNorm"])


def test_batch_norm_folded() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["t"], name="conv"),
        helper.make_node("BatchNormalization", ["t", "a", "b", "m", "v"], ["y"], name="bn"),
    ]
    constants = {"w": values(5, 3, 4, 3, 3), **dict(zip("abmv", statistics(3)))}
    model = graph({"x": X}, nodes, constants)
    check(model, ["Convolution", "BatchNorm", "Scale"])
    check(model, ["Convolution"], fold_bn=True)
    assert "folded into the weights" in import_onnx(model, fold_bn=True).prototxt


def test_norms_of_an_item() -> None:
    check(one("InstanceNormalization", X, values(1, 4), values(2, 4), epsilon=0.1))
    check(one("LayerNormalization", X, values(1, 6), values(2, 6), axis=-1))
    check(one("LayerNormalization", X, values(1, 4, 7, 6), values(2, 4, 7, 6), axis=1))
    check(one("GroupNormalization", X, values(1, 4), values(2, 4), num_groups=2, opset=21))
    check(one("LpNormalization", X, axis=1, p=2, opset=22))


def test_lrn() -> None:
    check(one("LRN", X, size=3, alpha=0.2, beta=0.6, bias=1.5), ["LRN"])


RESIZES: dict[str, dict[str, Any]] = {
    "nearest": {
        "mode": "nearest",
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    },
    "linear": {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
    "corners": {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
    "cubic": {"mode": "cubic", "cubic_coeff_a": -0.75},
}


@pytest.mark.parametrize("case", RESIZES)
@pytest.mark.parametrize("by", ["scales", "sizes"])
def test_resize(case: str, by: str) -> None:
    scales = np.array([1, 1, 2, 2], np.float32)
    given = [None, scales] if by == "scales" else [None, None, np.array([2, 4, 9, 17])]
    model = one("Resize", X, *given, **RESIZES[case])
    made = import_onnx(model, only="caffe-1.0")
    if (case, by) == ("nearest", "scales"):
        assert types(made) == ["Deconvolution"]
    else:
        assert types(made) == ["InnerProduct", "Reshape", "Convolution", "Reshape"]
    check(model)


def test_resize_by_a_fork() -> None:
    model = one("Resize", X, None, None, np.array([2, 4, 9, 17]), **RESIZES["corners"])
    check(model, ["Interp"], only="pspnet")


def test_upsample_of_old_opsets() -> None:
    check(one("Upsample", X, np.array([1, 1, 2, 3], np.float32), opset=9, mode="nearest"))


def lstm(direction: str, *states: Any, outputs: tuple[str, ...] = ("y", "h")) -> onnx.ModelProto:
    """5 steps of 2 items of 3 values, 4 cells."""
    both = 2 if direction == "bidirectional" else 1
    constants = {
        "w": values(1, both, 16, 3),
        "r": values(2, both, 16, 4),
        "b": values(3, both, 32),
        **{f"s{i}": state for i, state in enumerate(states)},
    }
    names = ["x", "w", "r", "b", "", *(f"s{i}" for i in range(len(states)))]
    every = [name if name in outputs else "" for name in ("y", "h", "c")]
    node = helper.make_node("LSTM", names, every, hidden_size=4, direction=direction)
    return graph({"x": (5, 2, 3)}, [node], constants, outputs=outputs)


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_lstm(direction: str) -> None:
    check(lstm(direction))
    check(lstm(direction, outputs=("y",)))
    check(lstm(direction, outputs=("y", "h", "c")))


def test_lstm_with_states() -> None:
    check(lstm("forward", values(4, 1, 2, 4), values(5, 1, 2, 4)))
    check(lstm("bidirectional", values(4, 2, 2, 4), values(5, 2, 2, 4)))
    check(lstm("forward", np.zeros((1, 2, 4)), np.zeros((1, 2, 4)), outputs=("y",)))


def test_an_lstm_twice_gives_the_same() -> None:
    """Caffe's keeps its state from pass to pass."""
    model = lstm("forward")
    net, given = import_onnx(model).net(), inputs_of(model)
    first = net.forward(None, None, **given)["y"].copy()
    np.testing.assert_array_equal(net.forward(None, None, **given)["y"], first)


def test_gru_is_refused() -> None:
    node = helper.make_node("GRU", ["x", "w", "r"], ["y"], name="gate", hidden_size=4)
    constants = {"w": values(1, 1, 12, 3), "r": values(2, 1, 12, 4)}
    with pytest.raises(NetError, match=r"'gate' \(GRU\): Caffe has no layers"):
        import_onnx(graph({"x": (5, 2, 3)}, [node], constants))
