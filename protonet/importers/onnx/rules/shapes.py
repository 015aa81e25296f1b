"""Operators that only give a tensor another shape, or its axes another order."""

from __future__ import annotations

from math import prod

import numpy as np

from ..registry import rule
from ..site import Site
from ..words import permute, reshape, tile


@rule("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def shaped(site: Site) -> str:
    """By shapes alone; what only flattens items for InnerProduct, which does that itself, goes."""
    x, new = site.blob(), site.out()
    if _is_flattened_anyway(site):
        site.say("InnerProduct flattens its bottom itself")
        return x
    return reshape(site, x, new)


def _is_flattened_anyway(site: Site) -> bool:
    """(N, ...) -> (N, D), and only products with constant matrices read it."""
    old, new, tensor = site.shape(), site.out(), site.outputs[0]
    readers = site.graph.readers.get(tensor, [])
    if not (readers and len(old) > 1 and new == (old[0], prod(old[1:]))):
        return False
    return tensor not in site.graph.outputs and all(
        node.op in ("Gemm", "MatMul")
        and node.inputs[0] == tensor
        and node.inputs[1] in site.graph.constants
        and not node.attributes.get("transA", 0)
        for node in readers
    )


@rule("Transpose")
def transpose(site: Site) -> str:
    order = site.attr("perm", list(range(len(site.shape())))[::-1])
    return permute(site, site.blob(), order)


@rule("Expand", "Tile")
def repeated(site: Site) -> str:
    """Repeated along some axes."""
    x, new = site.blob(), site.out()
    old = site.size(x)
    x = reshape(site, x, (1,) * (len(new) - len(old)) + old)
    if site.node.op == "Expand":
        return tile(site, x, new)
    for axis, (one, all_) in enumerate(zip(site.size(x), new)):
        if one != all_:
            now = site.size(x)
            shape = (*now[:axis], all_, *now[axis + 1 :])
            told = {"axis": axis, "tiles": all_ // one}
            x = site.layer("Tile", x, shape, tile_param=told)
    return x


@rule("DepthToSpace")
def depth_to_space(site: Site) -> str:
    """(N, b b C, H, W) -> (N, C, b H, b W): a Deconvolution that puts each channel in its place."""
    images, channels, height, width = site.shape()
    block = int(site.attr("blocksize"))
    depth = channels // block**2
    place = np.arange(channels)
    if site.attr("mode", "DCR") == "DCR":
        cell, channel = place // depth, place % depth
    else:
        cell, channel = place % block**2, place // block**2
    weights = np.zeros((channels, depth, block, block), np.float32)
    weights[place, channel, cell // block, cell % block] = 1
    site.say("a Deconvolution puts each channel in its place")
    told = {"num_output": depth, "kernel_size": [block], "stride": [block], "bias_term": False}
    shape = (images, depth, height * block, width * block)
    return site.layer("Deconvolution", site.blob(), shape, [weights], convolution_param=told)


@rule("SpaceToDepth")
def space_to_depth(site: Site) -> str:
    """(N, C, b H, b W) -> (N, b b C, H, W): a Convolution that takes each cell of a block."""
    images, channels, height, width = site.shape()
    block = int(site.attr("blocksize"))
    outputs = channels * block**2
    place = np.arange(outputs)
    cell, channel = place // channels, place % channels
    if site.attr("mode", "DCR") == "CRD":
        cell, channel = place % block**2, place // block**2
    weights = np.zeros((outputs, channels, block, block), np.float32)
    weights[place, channel, cell // block, cell % block] = 1
    site.say("a Convolution takes each cell of a block")
    told = {"num_output": outputs, "kernel_size": [block], "stride": [block], "bias_term": False}
    shape = (images, outputs, height // block, width // block)
    return site.layer("Convolution", site.blob(), shape, [weights], convolution_param=told)
