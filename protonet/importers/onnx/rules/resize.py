"""Resize and Upsample.

Whatever the way of interpolating, what becomes of one axis is a product with a constant
matrix, which onnxruntime tells: it resizes the rows of a unit matrix.  So it is a Deconvolution
where each value is repeated, and else an InnerProduct and a 1x1 Convolution over an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from ....export.onnx.packages import onnx_package
from ....export.onnx.runtime import quiet_options, run, session
from ..registry import rule
from ..site import Site
from ..words import reshape


@rule("Resize", "Upsample")
def resize(site: Site) -> str:
    if site.attr("coordinate_transformation_mode") == "tf_crop_and_resize":
        raise site.refuse("it cuts out a part (tf_crop_and_resize)")
    x, shape, out = site.blob(), site.shape(), site.out()
    matrices = {
        axis: matrix
        for axis in range(len(shape))
        if shape[axis] != out[axis] or len(shape) - axis <= 2
        if not _is_unit(matrix := _matrix(site, axis))
    }
    if not matrices:
        return x
    if min(matrices) < 2:
        raise site.refuse("it resizes the batch or the channels")
    factors = [out[axis] // shape[axis] for axis in range(2, len(shape))]
    if all(_repeats(matrices.get(axis), factors[axis - 2]) for axis in range(2, len(shape))):
        return _repeated(site, x, factors)
    if site.only and _corners(site) and len(shape) == 4 and site.may("Interp"):
        site.say(f"by Interp, a layer of {site.only}'s fork")
        told = {"height": out[2], "width": out[3]}
        return site.layer("Interp", x, out, interp_param=told)
    site.say(f"{shape[2:]} -> {out[2:]} by products with matrices, for this size alone")
    for axis in sorted(matrices, reverse=True):
        x = _product(site, x, axis, matrices[axis])
    return x


def _corners(site: Site) -> bool:
    mode = site.attr("coordinate_transformation_mode", "half_pixel")
    return site.attr("mode") == "linear" and mode == "align_corners"


def _matrix(site: Site, axis: int) -> NDArray:
    """(in, out): what the operator makes of a unit matrix, of which it resizes the columns."""
    helper, size, out = onnx_package().helper, site.shape()[axis], site.out()[axis]
    scales, sizes = _given(site, axis)
    left_out = ("axes", "keep_aspect_ratio_policy", "scales", "extrapolation_value")
    attributes = {k: v for k, v in site.node.attributes.items() if k not in left_out}
    inputs, constants = ["x"], []
    if site.node.op == "Upsample" and site.graph.opset < 9:
        attributes["scales"] = scales
    elif site.graph.opset < 11:
        inputs, constants = ["x", "scales"], [_tensor("scales", scales, np.float32)]
    elif sizes:
        inputs, constants = ["x", "", "", "sizes"], [_tensor("sizes", sizes, np.int64)]
    else:
        inputs, constants = ["x", "", "scales"], [_tensor("scales", scales, np.float32)]
    node = helper.make_node(site.node.op, inputs, ["y"], **attributes)
    graph = helper.make_graph(
        [node],
        "resize",
        [helper.make_tensor_value_info("x", 1, [1, 1, size, size])],
        [helper.make_tensor_value_info("y", 1, None)],
        constants,
    )
    opset = helper.make_opsetid("", site.graph.opset)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    unit = np.eye(size, dtype=np.float32)[None, None]
    (made,) = run(session(model.SerializeToString(), quiet_options()), ["y"], {"x": unit})
    if made.shape[3] != out:
        raise site.refuse(f"axis {axis} does not come out as {out}")
    return np.asarray(made[0, 0])


def _given(site: Site, axis: int) -> tuple[list[float], list[int]]:
    """Scales, or sizes, for (1, 1, rows, this axis)."""
    size, out = site.shape()[axis], site.out()[axis]
    at = 2 if site.graph.opset >= 11 and site.node.op == "Resize" else 1
    scales = site.attr("scales")
    if scales is None and site.has(at):
        scales = site.needed(at, "scales").tolist()
    if not scales:
        return [], [1, 1, size, out]
    axes = [a % len(site.shape()) for a in site.attr("axes", range(len(site.shape())))]
    factor = float(scales[axes.index(axis)]) if axis in axes else 1.0
    return [1.0, 1.0, 1.0, factor], []


def _tensor(name: str, values: Sequence[float], kind: type) -> object:
    return onnx_package().numpy_helper.from_array(np.asarray(values, kind), name)


def _is_unit(matrix: NDArray) -> bool:
    return matrix.shape[0] == matrix.shape[1] and np.array_equal(matrix, np.eye(len(matrix)))


def _repeats(matrix: NDArray | None, factor: int) -> bool:
    """Is it each value `factor` times?"""
    if matrix is None:
        return factor == 1
    return np.array_equal(matrix, np.repeat(np.eye(len(matrix)), max(1, factor), axis=1))


def _repeated(site: Site, x: str, factors: Sequence[int]) -> str:
    site.say("each value is repeated, by a Deconvolution with ones")
    images, channels, *spatial = site.size(x)
    told = {
        "num_output": channels,
        "bias_term": False,
        "group": channels,
        "kernel_size": sorted(set(factors)) if len(set(factors)) == 1 else list(factors),
        "stride": sorted(set(factors)) if len(set(factors)) == 1 else list(factors),
    }
    shape = (images, channels, *(n * f for n, f in zip(spatial, factors)))
    weights = np.ones((channels, 1, *factors))
    return site.layer("Deconvolution", x, shape, [weights], convolution_param=told)


def _product(site: Site, x: str, axis: int, matrix: NDArray) -> str:
    """x with a product along one axis: the last one by InnerProduct, another as the channels of
    a 1x1 Convolution."""
    shape = site.size(x)
    out, size = matrix.shape[1], shape[axis]
    new = (*shape[:axis], out, *shape[axis + 1 :])
    if axis == len(shape) - 1:
        told: dict = {"num_output": out, "axis": axis, "bias_term": False}
        return site.layer("InnerProduct", x, new, [matrix.T], inner_product_param=told)
    lead, tail = prod(shape[:axis]), prod(shape[axis + 1 :])
    told = {"num_output": out, "kernel_size": [1], "bias_term": False}
    flat = reshape(site, x, (lead, size, tail, 1))
    weights = matrix.T[:, :, None, None]
    y = site.layer("Convolution", flat, (lead, out, tail, 1), [weights], convolution_param=told)
    return reshape(site, y, new)
