"""Pooling windows larger than what they pool."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...layers._unopened import Unshaped
from ...net.step import Step
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import View
from ._examples import INPUT


@register
class PoolingBeyond(Rule):
    """The window of a Pooling layer is larger than its bottom with the padding on both sides:
    there is one window, and a part of it is never filled.  An earlier layer made the blob
    smaller than was thought; to pool over all there is write `global_pooling: true`."""

    code = "pooling-beyond"
    severity = Severity.WARNING
    bad = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { pool: AVE kernel_size: 9 stride: 2 } }  # <-
"""
    )
    good = (
        INPUT
        + """\
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { pool: AVE kernel_size: 8 stride: 2 } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            for step in () if _is_placeholder(view) else view.steps:
                param, shape = step.layer.param.pooling_param, view.shape(step)
                if step.layer.param.type != "Pooling" or not shape or len(shape) != 4:
                    continue
                if param.global_pooling or isinstance(step.layer, Unshaped):
                    continue
                window = (param.kernel_h or param.kernel_size, param.kernel_w or param.kernel_size)
                pad = (param.pad_h or param.pad, param.pad_w or param.pad)
                room = [size + 2 * p for size, p in zip(shape[2:], pad)]
                if any(k > size for k, size in zip(window, room)):
                    error = NetError(
                        f"the window {window[0]}x{window[1]} is larger than its bottom, "
                        f"{room[0]}x{room[1]} with padding",
                        "make it smaller, or write global_pooling: true",
                        field="pooling_param.kernel_size",
                    )
                    yield step.locate(error)


def _is_placeholder(view: View) -> bool:
    """An input of one pixel: whoever runs the net reshapes it to the size of an image."""
    shapes = [view.top_shape(step, j) for step in view.steps for j in _tops_of_input(step)]
    return any(shape is not None and shape[2:] == (1, 1) for shape in shapes)


def _tops_of_input(step: Step) -> range:
    return range(len(step.top) if step.layer.param.type == "Input" else 0)
