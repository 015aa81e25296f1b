"""debug_info: mean absolute values of blobs, layer by layer, in Caffe's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from ..log import log, number
from ..net.net import Net


@contextmanager
def debug_info(net: Net, wanted: bool = True) -> Iterator[None]:
    """While the block runs, log what each layer of the net computes."""
    if not wanted:
        yield
        return

    def forward(index: int) -> None:
        step = net.steps[index]
        layer = step.layer
        prefix = f"    [Forward] Layer {layer.name}"
        for name, blob in zip(step.top_names, step.top):
            log.info("%s, top blob %s data: %s", prefix, name, _mean(blob.data))
        for i, blob in enumerate(layer.blobs):
            spec = layer.param.param[i].name if i < len(layer.param.param) else ""
            log.info("%s, param blob %s data: %s", prefix, spec or i, _mean(blob.data))

    def backward(index: int) -> None:
        if net.steps[index].needs_backward:
            gradients(index)
        if index == 0:
            _totals(net)

    def gradients(index: int) -> None:
        step = net.steps[index]
        layer = step.layer
        prefix = f"    [Backward] Layer {layer.name}"
        for name, blob, flag in zip(step.bottom_names, step.bottom, step.propagate_down):
            if flag:
                log.info("%s, bottom blob %s diff: %s", prefix, name, _mean(blob.diff))
        for i, (blob, flag) in enumerate(zip(layer.blobs, layer.param_propagate_down)):
            if flag:
                log.info("%s, param blob %d diff: %s", prefix, i, _mean(blob.diff))

    net.after_forward.append(forward)
    net.after_backward.append(backward)
    try:
        yield
    finally:
        net.after_forward.remove(forward)
        net.after_backward.remove(backward)


def _mean(array: NDArray) -> str:
    return number(np.abs(array).sum() / max(array.size, 1))


def _totals(net: Net) -> None:
    data, diff = net.arena.data, net.arena.diff
    log.info(
        "    [Backward] All net params (data, diff): L1 norm = (%s, %s); L2 norm = (%s, %s)",
        *(number(np.abs(x).sum()) for x in (data, diff)),
        *(number(np.sqrt(np.square(x).sum())) for x in (data, diff)),
    )
