"""LSTM.

Caffe's has no direction and no state that begins anew at each pass, but marks: 0 where a
sequence begins.  So the marks are a constant, and a sequence is turned round by slices of one
step that are joined the other way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..graph import Shape
from ..registry import rule
from ..site import Site
from ..words import concat, cut, part, reshape, silence

#: ONNX's gates i, o, f, c in Caffe's order i, f, o, g.
_ORDER = (0, 2, 1, 3)
#: Inputs of the operator, and the longest sequence that is turned round.
_BIAS, _LENGTHS, _H, _C, _PEEPHOLES = 3, 4, 5, 6, 7
_LONGEST = 512


@rule("LSTM")
def lstm(site: Site) -> list[str]:
    """Y (T, directions, N, H), Y_h and Y_c (directions, N, H)."""
    _check(site)
    weights, again = site.needed(1, "W"), site.needed(2, "R")
    directions = weights.shape[0]
    bias = site.needed(_BIAS, "B") if site.has(_BIAS) else np.zeros((directions, 8, again.shape[2]))
    made = []
    for number in range(directions):
        both = bias[number].reshape(2, -1).sum(0)
        blobs = [_gates(weights[number]), _gates(both), _gates(again[number])]
        turned = (directions == 2 and number == 1) or site.attr("direction") == "reverse"
        made.append(_one(site, blobs, number, turned))
    joined = [concat(site, list(each), 1 if i == 0 else 0) for i, each in enumerate(zip(*made))]
    silence(site, [blob for output, blob in enumerate(joined) if output and _unread(site, output)])
    return joined


def _check(site: Site) -> None:
    if site.has(_PEEPHOLES) or site.attr("input_forget", 0) or site.attr("clip"):
        raise site.refuse("Caffe's LSTM has no peepholes, no coupled gates and no clipping")
    kinds = [str(kind).lower() for kind in site.attr("activations", [])]
    if any(kind not in ("sigmoid", "tanh") for kind in kinds) or kinds[:3] not in (
        [],
        ["sigmoid", "tanh", "tanh"],
    ):
        raise site.refuse(f"its activations are {', '.join(kinds)}, not sigmoid, tanh, tanh")
    if site.attr("layout", 0):
        raise site.refuse("the batch is its first axis", "export it with the steps as the first")
    steps = site.shape()[0]
    if site.has(_LENGTHS) and (site.needed(_LENGTHS, "the lengths") != steps).any():
        raise site.refuse("its sequences are of several lengths")


def _gates(rows: NDArray) -> NDArray:
    """Rows (4 H, ...) in Caffe's order of gates."""
    parts = np.split(rows, 4)
    return np.concatenate([parts[gate] for gate in _ORDER])


def _unread(site: Site, output: int) -> bool:
    if output >= len(site.outputs):
        return True
    name = site.outputs[output]
    return name not in site.graph.readers and name not in site.graph.outputs


def _one(site: Site, blobs: list[NDArray], number: int, turned: bool) -> tuple[str, ...]:
    """One direction: Y (T, 1, N, H), Y_h and, where states are given or read, Y_c (1, N, H)."""
    steps, items = site.shape()[:2]
    size = blobs[2].shape[1]
    x = _turned(site, site.blob()) if turned else site.blob()
    states = [_state(site, index, number, (1, items, size)) for index in (_H, _C)]
    exposed = any(states) or not _unread(site, 2)
    marks = np.ones((steps, items))
    marks[0] = 1.0 if exposed else 0.0
    bottoms = [x, site.constant(marks)]
    shapes: list[Shape] = [(steps, items, size)]
    if exposed:
        bottoms += [state or site.constant(np.zeros((1, items, size))) for state in states]
        shapes += [(1, items, size)] * 2
    told = {"num_output": size, "expose_hidden": exposed}
    y, *last = site.layers("LSTM", bottoms, shapes, blobs, recurrent_param=told)
    if not exposed and not _unread(site, 1):
        last = [part(site, y, 0, steps - 1, steps)]
    y = _turned(site, y) if turned else y
    return (reshape(site, y, (steps, 1, items, size)), *last)


def _state(site: Site, index: int, number: int, shape: Shape) -> str | None:
    """A blob of the state that a direction begins with; None: zeros."""
    if not site.has(index):
        return None
    values = site.const(index)
    if values is not None:
        return site.constant(values[number : number + 1]) if values.any() else None
    directions = site.shape(index)[0]
    if directions == 1:
        return site.blob(index)
    both = cut(site, site.blob(index), 0, [1] * directions)
    silence(site, [blob for i, blob in enumerate(both) if i != number])
    return both[number]


def _turned(site: Site, x: str) -> str:
    """The steps, the first axis, in the other order."""
    steps = site.size(x)[0]
    if steps > _LONGEST:
        raise site.refuse(f"{steps} steps, to be turned round one by one")
    site.say("turned round by slices of one step")
    return concat(site, cut(site, x, 0, [1] * steps)[::-1], 0)
