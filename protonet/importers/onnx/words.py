"""What rules say often: a reshape, a power, pieces, a change of axes, in Caffe's layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .graph import Shape
from .site import Site

#: Pieces up to which axes change their places by Slice and Concat, where a fork's Permute
#: could be had, and where not.
FEW, MANY = 16, 1024


def reshape(site: Site, x: str, shape: Shape, what: str = "reshape") -> str:
    """x in another shape; the batch stays open where it is the first axis of both."""
    old = site.size(x)
    if old == shape:
        return x
    if not shape:
        return site.layer("Reshape", x, shape, what=what, reshape_param={"shape": {}})
    if old and len(shape) == 2 and old[0] == shape[0] and len(old) > 2:
        return site.layer("Flatten", x, shape, what=what)
    same = bool(old) and old[0] == shape[0] and prod(shape) > 0
    dims = [0 if same else -1, *shape[1:]] if prod(shape) > 0 else list(shape)
    return site.layer("Reshape", x, shape, what=what, reshape_param={"shape": {"dim": dims}})


def power(site: Site, x: str, scale: float = 1, shift: float = 0, exponent: float = 1) -> str:
    """(shift + scale x)^exponent"""
    if (scale, shift, exponent) == (1, 0, 1):
        return x
    told = {"scale": float(scale), "shift": float(shift), "power": float(exponent)}
    return site.layer("Power", x, site.size(x), power_param=told)


def eltwise(site: Site, operation: str, bottoms: Sequence[str], coeff: Sequence[float] = ()) -> str:
    """SUM, PROD or MAX of blobs of one shape."""
    told = {"operation": operation, "coeff": list(coeff)}
    return site.layer("Eltwise", bottoms, site.size(bottoms[0]), eltwise_param=told)


def product(site: Site, x: str, y: str) -> str:
    return eltwise(site, "PROD", [x, y])


def concat(site: Site, parts: Sequence[str], axis: int) -> str:
    shapes = [list(site.size(part)) for part in parts]
    shape = shapes[0]
    shape[axis] = sum(each[axis] for each in shapes)
    if len(parts) == 1:
        return parts[0]
    return site.layer("Concat", parts, tuple(shape), concat_param={"axis": axis})


def cut(site: Site, x: str, axis: int, sizes: Sequence[int]) -> list[str]:
    """Slices of these sizes, that together are all of an axis."""
    shape = site.size(x)
    if len(sizes) == 1:
        return [x]
    shapes = [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]
    points = list(accumulate(sizes))[:-1] if len(set(sizes)) > 1 else []
    return site.layers("Slice", x, shapes, slice_param={"axis": axis, "slice_point": points})


def part(site: Site, x: str, axis: int, start: int, stop: int) -> str:
    """x[start:stop] of an axis; the rest goes into Silence."""
    length = site.size(x)[axis]
    sizes = [size for size in (start, stop - start, length - stop) if size]
    made = cut(site, x, axis, sizes)
    wanted = made[1 if start else 0]
    silence(site, [blob for blob in made if blob != wanted])
    return wanted


def silence(site: Site, blobs: Sequence[str]) -> None:
    """Take up blobs that nobody reads, which would be outputs of the net."""
    if blobs:
        site.layers("Silence", blobs, [])


def tile(site: Site, x: str, shape: Shape) -> str:
    """x, of as many axes, repeated along those of length 1."""
    for axis, (old, new) in enumerate(zip(site.size(x), shape)):
        if old != new:
            told, now = {"axis": axis, "tiles": new}, site.size(x)
            x = site.layer("Tile", x, (*now[:axis], new, *now[axis + 1 :]), tile_param=told)
    return x


def permute(site: Site, x: str, order: Sequence[int]) -> str:
    """x with its axes in another order.

    Axes of length 1 move by a Reshape alone.  Where two blocks of axes change their places
    and one has few values, these are cut apart and joined the other way round.
    """
    old = site.size(x)
    new = tuple(old[axis] for axis in order)
    moved = [axis for axis in order if old[axis] != 1]
    if moved == sorted(moved):
        return reshape(site, x, new)
    blocks = _blocks(moved)
    sizes = [prod(old[axis] for axis in block) for block in sorted(blocks)]
    swap = _swap(blocks)
    wanted = site.only is not None and site.may("Permute")
    if not wanted and swap is not None and min(sizes[swap], sizes[swap + 1]) <= FEW:
        return reshape(site, _swapped(site, x, sizes, swap), new)
    if site.may("Permute"):
        site.say("by Permute, a layer of SSD's fork")
        return site.layer("Permute", x, new, permute_param={"order": list(order)})
    if swap is not None and min(sizes[swap], sizes[swap + 1]) <= MANY:
        return reshape(site, _swapped(site, x, sizes, swap), new)
    raise site.refuse(
        f"Caffe 1.0 cannot put axes {old} in the order {list(order)}",
        "allow a fork that has Permute (--only ssd), or export the model without it",
    )


def _blocks(moved: Sequence[int]) -> list[tuple[int, ...]]:
    """Runs of axes that stay neighbours, in their new order."""
    places = {axis: place for place, axis in enumerate(sorted(moved))}
    blocks: list[list[int]] = []
    for axis in moved:
        if blocks and places[axis] == places[blocks[-1][-1]] + 1:
            blocks[-1].append(axis)
        else:
            blocks.append([axis])
    return [tuple(block) for block in blocks]


def _swap(blocks: Sequence[tuple[int, ...]]) -> int | None:
    """The place of the first of two neighbours, if nothing but they change places."""
    straight = sorted(blocks)
    wrong = [i for i, (a, b) in enumerate(zip(blocks, straight)) if a != b]
    return wrong[0] if len(wrong) == 2 and wrong[1] == wrong[0] + 1 else None


def _swapped(site: Site, x: str, sizes: Sequence[int], at: int) -> str:
    """Of blocks of axes these two in the other order: (L, A, B, T) -> (L, B, A, T)."""
    site.say("two axes change places by Slice, Reshape and Concat")
    a, b = sizes[at], sizes[at + 1]
    lead, tail = prod(sizes[:at]), prod(sizes[at + 2 :])
    batch = site.size(x)[0] if at else 1
    x = reshape(site, x, (batch, lead // batch, a, b, tail))
    axis, few = (2, a) if a <= b else (3, b)
    parts = cut(site, x, axis, [1] * few)
    thin = (batch, lead // batch, b, 1, tail) if a <= b else (batch, lead // batch, 1, a, tail)
    return concat(site, [reshape(site, part, thin) for part in parts], 5 - axis)


# -- broadcasting -----------------------------------------------------------------------------


def core(shape: Shape, whole: Shape) -> tuple[int, int]:
    """The axes [first, last) of `whole` that a shape, put under its last axes, has values for."""
    full = (1,) * (len(whole) - len(shape)) + tuple(shape)
    used = [axis for axis, size in enumerate(full) if size != 1]
    return (used[0], used[-1] + 1) if used else (len(whole), len(whole))


def spread(values: NDArray, whole: Shape) -> tuple[NDArray, int]:
    """Constant values for the axes that they cover, without gaps, and the first of these axes."""
    first, last = core(values.shape, whole)
    full = values.reshape((1,) * (len(whole) - values.ndim) + values.shape)
    inner = full.reshape(full.shape[first:last])
    return np.broadcast_to(inner, whole[first:last]).astype(np.float32), first


def affine(
    site: Site, x: str, factor: NDArray | None = None, offset: NDArray | None = None, axis: int = 1
) -> str:
    """factor x + offset with constant arrays that cover axes of x from `axis` on."""
    values = factor if factor is not None else offset
    assert values is not None
    told = {"axis": axis, "num_axes": values.ndim}
    if factor is None and site.common:
        factor = np.ones_like(values)
    if factor is None:
        return site.layer("Bias", x, site.size(x), [values], bias_param=told)
    told["bias_term"] = offset is not None
    weights = [factor] if offset is None else [factor, offset]
    return site.layer("Scale", x, site.size(x), weights, scale_param=told)


def spread_blob(site: Site, kind: str, x: str, y: str) -> str:
    """x times ("Scale") or plus ("Bias") a blob y that has 1 for some axes, or lacks some."""
    whole, shape = site.size(x), site.size(y)
    first, last = core(shape, whole)
    if first == last or (len(shape) == len(whole) and shape[0] == whole[0]):
        first, last = 0, max(1, last if first < last else 1)  # an item's own, however many items
    full = (1,) * (len(whole) - len(shape)) + tuple(shape)
    inner = reshape(site, y, full[first:last])
    inner = tile(site, inner, whole[first:last])
    if kind == "Bias" and site.common:
        tail = (*(1,) * first, *site.size(inner), *(1,) * (len(whole) - last))
        return eltwise(site, "SUM", [x, tile(site, reshape(site, inner, tail), whole)])
    settings: dict[str, Any] = {f"{kind.lower()}_param": {"axis": first}}
    return site.layer(kind, [x, inner], whole, **settings)


def picks(site: Site, x: str, filters: NDArray, pad: Sequence[int], stride: Sequence[int]) -> str:
    """Each channel of x (N, C, ...) by itself through one constant filter (kernel sizes ...):
    pads with zeros, takes every second value, and so on."""
    shape = site.size(x)
    channels, kernel = shape[1], filters.shape
    weights = np.broadcast_to(filters, (channels, 1, *kernel))
    spatial = [
        (n + 2 * p - k) // s + 1 for n, p, k, s in zip(shape[2:], pad, kernel, stride, strict=True)
    ]
    told = {
        "num_output": channels,
        "bias_term": False,
        "group": channels,
        **window(kernel, pad, stride),
    }
    return site.layer("Convolution", x, (*shape[:2], *spatial), [weights], convolution_param=told)


def window(
    kernel: Sequence[int], pad: Sequence[int], stride: Sequence[int], dilation: Sequence[int] = ()
) -> dict[str, list[int]]:
    """Fields of ConvolutionParameter: a number once where it is that of all axes."""
    told = {"kernel_size": kernel, "pad": pad, "stride": stride, "dilation": dilation}
    usual = {"pad": 0, "stride": 1, "dilation": 1}
    shown = {}
    for name, sizes in told.items():
        numbers = sorted({int(size) for size in sizes})
        if numbers and numbers != [usual.get(name)]:
            shown[name] = numbers if len(numbers) == 1 else [int(size) for size in sizes]
    return shown


def channel_sum(site: Site, x: str, value: float) -> str:
    """The sum over the channels of x (N, C, ...), times a value: (N, 1, ...)."""
    shape = site.size(x)
    weights = np.full((1, shape[1], *[1] * (len(shape) - 2)), value)
    told = {"num_output": 1, "kernel_size": [1], "bias_term": False}
    out = (shape[0], 1, *shape[2:])
    return site.layer("Convolution", x, out, [weights], convolution_param=told)
