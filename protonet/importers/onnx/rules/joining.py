"""Operators that join and cut tensors, or choose from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..registry import rule
from ..site import Site
from ..words import concat, cut, part, picks, reshape, silence


@rule("Concat")
def joined(site: Site) -> str:
    parts = [i for i in range(len(site.node.inputs)) if 0 not in site.shape(i)]
    return concat(site, [site.blob(i) for i in parts], site.axis())


@rule("Split")
def split(site: Site) -> list[str]:
    axis = site.axis()
    sizes = [site.out(i)[axis] for i in range(len(site.outputs))]
    if 0 in sizes:
        raise site.refuse("one of its outputs is empty")
    made = cut(site, site.blob(), axis, sizes)
    unread = [
        blob
        for blob, tensor in zip(made, site.outputs)
        if tensor not in site.graph.readers and tensor not in site.graph.outputs
    ]
    silence(site, unread)
    return made


@rule("Slice")
def slice_(site: Site) -> str:
    """Runs of an axis by Slice; every n-th value of spatial axes by a convolution that only
    picks."""
    x, rank = site.blob(), len(site.shape())
    starts = list(site.setting(1, "starts"))
    ends = list(site.setting(2, "ends"))
    axes = [int(a) % rank for a in site.setting(3, "axes") or range(len(starts))]
    steps = [int(s) for s in site.setting(4, "steps") or [1] * len(starts)]
    wide: dict[int, int] = {}
    runs: dict[int, tuple[int, int]] = {}
    for axis, start, end, step in zip(axes, starts, ends, steps):
        if step < 0:
            raise site.refuse("it turns an axis round")
        first, last, _ = slice(start, end).indices(site.size(x)[axis])
        if last <= first:
            raise site.refuse("nothing is left")
        if (first, last) != (0, site.size(x)[axis]):
            runs[axis] = (first, last)
        if step > 1:
            wide[axis] = step
    x = _cropped(site, x, runs)
    if not wide:
        return x
    if rank < 3 or min(wide) < 2:
        raise site.refuse("it takes every n-th value of an axis that is not spatial")
    site.say("a convolution with a filter of one cell takes every n-th value")
    return picks(
        site,
        x,
        np.ones([1] * (rank - 2)),
        [0] * (rank - 2),
        [wide.get(axis, 1) for axis in range(2, rank)],
    )


def _cropped(site: Site, x: str, runs: Mapping[int, tuple[int, int]]) -> str:
    """x[first:last] of each axis: by Crop if some blob has the size that is wanted, else by a
    Slice for each."""
    model = _of_size(site, x, runs) if len(runs) > 1 else None
    if model is not None:
        axis = min(runs)
        offset = [runs[a][0] if a in runs else 0 for a in range(axis, len(site.size(x)))]
        told = {"axis": axis, "offset": offset if len(set(offset)) > 1 else offset[:1]}
        shape = (*site.size(x)[:axis], *site.size(model)[axis:])
        return site.layer("Crop", [x, model], shape, crop_param=told)
    for axis, (first, last) in runs.items():
        x = part(site, x, axis, first, last)
    return x


def _of_size(site: Site, x: str, runs: Mapping[int, tuple[int, int]]) -> str | None:
    """A blob that is as large as x will be, from the first of these axes on."""
    shape, axis = site.size(x), min(runs)
    wanted = [runs[a][1] - runs[a][0] if a in runs else shape[a] for a in range(len(shape))]
    for blob, size in site.writer.shapes.items():
        if axis > 0 and len(size) == len(shape) and list(size[axis:]) == wanted[axis:]:
            return blob
    return None


@rule("Gather")
def gather(site: Site) -> str:
    """Constant places of an axis by Slice and Concat; rows of a constant table by Embed."""
    table, places = site.const(0), site.const(1)
    if places is None:
        if table is None or table.ndim != 2 or site.axis() != 0:
            raise site.refuse("its places are computed")
        told = {"num_output": table.shape[1], "input_dim": table.shape[0], "bias_term": False}
        return site.layer("Embed", site.blob(1), site.out(), [table], embed_param=told)
    axis, x = site.axis(), site.blob()
    length = site.size(x)[axis]
    wanted = [int(place) % length for place in places.reshape(-1)]
    if wanted == list(range(wanted[0], wanted[-1] + 1)):
        y = part(site, x, axis, wanted[0], wanted[-1] + 1) if len(wanted) < length else x
    else:
        site.say("slices of one value, joined anew")
        parts = cut(site, x, axis, [1] * length)
        silence(site, [blob for place, blob in enumerate(parts) if place not in wanted])
        y = concat(site, [parts[place] for place in wanted], axis)
    return reshape(site, y, site.out())
