"""The layers of layers/tensor against ONNX Runtime, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from protonet.errors import PrototxtError, ShapeError

from .one_pass import bench, forward

RNG = np.random.default_rng(11)
X = RNG.standard_normal((2, 8, 5, 7)).astype(np.float32)


def ran(operator: str, *inputs: Any, **attributes: Any) -> np.ndarray:
    """What ONNX Runtime makes of single precision inputs (None: left out)."""
    names = [f"x{i}" if value is not None else "" for i, value in enumerate(inputs)]
    given = {n: np.asarray(v, np.float32) for n, v in zip(names, inputs) if v is not None}
    node = onnx.helper.make_node(operator, names, ["y"], **attributes)
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "one",
        [onnx.helper.make_tensor_value_info(n, kind, v.shape) for n, v in given.items()],
        [onnx.helper.make_tensor_value_info("y", kind, None)],
    )
    opset = [onnx.helper.make_opsetid("", 18 if operator != "Resize" else 11)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    found: np.ndarray = session.run(None, given)[0]
    return found


def near(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)


def test_hard_swish():
    x = np.linspace(-5, 5, 41)
    near(forward('type: "HardSwish"', x)[0], ran("HardSwish", x))


def test_mish_holds_for_large_values_too():
    x = np.concatenate([np.linspace(-8, 8, 33), [-200, 200]])
    near(forward('type: "Mish"', x)[0], ran("Mish", x))
    found = bench('type: "Mish"', [-900.0, 900.0]).forward()
    found.top[0].diff[...] = 1
    found.backward()
    assert found.bottom[0].diff.tolist() == [0, 1]


@pytest.mark.parametrize("kind", ["Mul", "Add"])
@pytest.mark.parametrize(
    "shape", [(2, 8, 5, 7), (8, 1, 1), (1, 8, 1, 7), (7,), (), (3, 2, 8, 5, 7)]
)
def test_operands_are_spread(kind, shape):
    other = RNG.standard_normal(shape)
    near(forward(f'type: "{kind}"', X, other)[0], ran(kind, X, other))


def test_pad():
    layer = 'type: "Pad" pad_param { paddings: [0, 1, 2, 0, 0, 0, 3, 1] constant_values: -2 }'
    wanted = np.pad(X, ((0, 1), (2, 0), (0, 0), (3, 1)), constant_values=-2)
    assert forward(layer, X)[0].tolist() == wanted.tolist()


def resized(kind: str, text: str, size: tuple[int, int], mode: str, **more: Any) -> None:
    """Both layouts of a resizing layer against ONNX's Resize."""
    param = {
        "ResizeBilinear": "resize_bilinear",
        "ResizeNearestNeighbor": "resize_nearest_neighbor",
    }
    fields = f"output_height: {size[0]} output_width: {size[1]} {text}"
    layer = f'type: "{kind}" {param[kind]}_param {{ {fields} %s }}'
    scales = [1, 1, size[0] / X.shape[2], size[1] / X.shape[3]]
    wanted = ran("Resize", X, np.zeros(0), scales, mode=mode, **more)
    near(forward(layer % 'data_format: "NCHW"', X)[0], wanted)
    found = forward(layer % "", np.moveaxis(X, 1, -1))[0]
    near(np.moveaxis(found, -1, 1), wanted)


SIZES = [(10, 14), (3, 2), (7, 11), (5, 7), (15, 2)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("", "asymmetric"),
        ("align_corners: true", "align_corners"),
        ("half_pixel_centers: true", "half_pixel"),
    ],
)
def test_bilinear(size, text, way):
    resized("ResizeBilinear", text, size, "linear", coordinate_transformation_mode=way)


def test_one_output_of_pytorchs_half_pixel_is_the_first_cell():
    layer = (
        'type: "ResizeBilinear" resize_bilinear_param { output_height: 1 output_width: 1 '
        'pytorch_half_pixel: true data_format: "NCHW" }'
    )
    near(forward(layer, X)[0], X[:, :, :1, :1])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("text", "way", "rounding"),
    [
        ("", "asymmetric", "floor"),
        ("align_corners: true", "align_corners", "round_prefer_ceil"),
        ("half_pixel_onnx: true", "half_pixel", "floor"),
        ("half_pixel_centers: true", "tf_half_pixel_for_nn", "floor"),
    ],
)
def test_nearest(size, text, way, rounding):
    more = {"coordinate_transformation_mode": way, "nearest_mode": rounding}
    resized("ResizeNearestNeighbor", text, size, "nearest", **more)


@pytest.mark.parametrize("order", ["DCR", "CRD"])
def test_depth_to_space(order):
    layer = f'type: "DepthToSpace" depth_to_space_param {{ block_size: 2 data_format: "{order}" }}'
    near(forward(layer, X)[0], ran("DepthToSpace", X, blocksize=2, mode=order))


def test_depth_to_space_with_channels_last_is_as_dcr():
    layer = 'type: "DepthToSpace" depth_to_space_param { block_size: 2 }'
    found = np.moveaxis(forward(layer, np.moveaxis(X, 1, -1))[0], -1, 1)
    near(found, ran("DepthToSpace", X, blocksize=2, mode="DCR"))


def test_pixelshuffler_is_as_crd():
    layer = 'type: "Reshape" reshape_param { pixelshuffler: 2 }'
    near(forward(layer, X)[0], ran("DepthToSpace", X, blocksize=2, mode="CRD"))
    with pytest.raises(ShapeError, match="a multiple of 3 x 3 channels"):
        forward('type: "Reshape" reshape_param { pixelshuffler: 3 }', X)


def dealt_out(x: np.ndarray, blocks: tuple[int, int], pads: tuple[int, ...]) -> np.ndarray:
    """TensorFlow's definition of SpaceToBatchND along two axes, cell by cell."""
    padded = np.pad(x, ((0, 0), pads[:2], pads[2:], (0, 0)))
    items, height, width, depth = padded.shape
    (b, c), out = blocks, None
    out = np.zeros((items * b * c, height // b, width // c, depth))
    for n in range(items):
        for h in range(height):
            for w in range(width):
                item = ((h % b) * c + w % c) * items + n
                out[item, h // b, w // c] = padded[n, h, w]
    return out


def test_blocks_become_items_and_back():
    x = RNG.standard_normal((2, 5, 4, 3))
    wanted = dealt_out(x, (2, 3), (1, 0, 2, 0))
    margins = "[1, 0, 2, 0] }"
    layer = 'type: "SpaceToBatchND" space_to_batch_nd_param { block_shape: [2, 3] paddings: '
    assert forward(layer + margins, x)[0].tolist() == wanted.tolist()
    layer = 'type: "BatchToSpaceND" batch_to_space_nd_param { block_shape: [2, 3] crops: '
    assert forward(layer + margins, wanted)[0].tolist() == x.tolist()


@pytest.mark.parametrize(
    ("layer", "shapes", "kind", "message"),
    [
        ('type: "Mul"', [(2, 3), (2, 4)], ShapeError, r"shapes \(2, 3\) and \(2, 4\) do not go"),
        (
            'type: "Mul" mul_param { mul_shape: 3 }',
            [(3,), (3,)],
            PrototxtError,
            "mul_shape is given with two bottoms",
        ),
        ('type: "Pad" pad_param { paddings: 1 }', [(3, 2)], PrototxtError, "1 paddings for 2 axes"),
        (
            'type: "ResizeBilinear" resize_bilinear_param { align_corners: true '
            "half_pixel_centers: true }",
            [(1, 2, 2, 1)],
            PrototxtError,
            "align_corners and half_pixel_centers are both true",
        ),
        (
            'type: "ResizeBilinear" resize_bilinear_param { data_format: "NCHWD" }',
            [(1, 2, 2, 1)],
            PrototxtError,
            "data_format 'NCHWD' is not served",
        ),
        (
            'type: "ResizeNearestNeighbor" resize_nearest_neighbor_param { scale_width: 0.2 }',
            [(1, 2, 2, 1)],
            ShapeError,
            "2 x 2 would become 2 x 0",
        ),
        (
            'type: "DepthToSpace" depth_to_space_param { block_size: 2 data_format: "NCHW" }',
            [(1, 6, 2, 1)],
            ShapeError,
            "a multiple of 2 x 2",
        ),
        ('type: "DepthToSpace"', [(1, 8, 2, 1)], PrototxtError, "block_size is not set"),
        (
            'type: "SpaceToBatchND" space_to_batch_nd_param { block_shape: 2 }',
            [(1, 3, 2)],
            ShapeError,
            "axis 1 is 3 long with its paddings: it must be a multiple of its block, 2",
        ),
        (
            'type: "SpaceToBatchND" space_to_batch_nd_param { block_shape: 2 paddings: 1 }',
            [(1, 3, 2)],
            PrototxtError,
            "1 paddings for 1 blocks",
        ),
        (
            'type: "BatchToSpaceND" batch_to_space_nd_param { block_shape: 2 }',
            [(3, 3, 2)],
            ShapeError,
            "3 items: they must be a multiple of 2",
        ),
        (
            'type: "BatchToSpaceND" batch_to_space_nd_param { block_shape: 2 crops: [3, 3] }',
            [(2, 3, 2)],
            ShapeError,
            "axis 1 is 6 long, 3 and 3 are cut off",
        ),
    ],
)
def test_refused(layer, shapes, kind, message):
    with pytest.raises(kind, match=message):
        forward(layer, *(np.zeros(shape) for shape in shapes))
