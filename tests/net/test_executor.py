"""The executor, without a definition: steps made by hand, with gaps between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from protonet.core.blob import Blob
from protonet.core.context import Context
from protonet.core.layer import Layer
from protonet.errors import ShapeError
from protonet.net.executor import Executor
from protonet.net.step import Step
from protonet.proto import caffe_pb2 as pb
from protonet.proto.source_map import Place


class Twice(Layer):
    """y = 2 x."""

    type = "Twice"

    def reshape(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        if (bottom[0].data == 0).all():
            raise ZeroDivisionError("nothing but zeros")
        np.multiply(bottom[0].data, 2, out=top[0].data)

    def backward(
        self, top: Sequence[Blob], propagate_down: Sequence[bool], bottom: Sequence[Blob]
    ) -> None:
        np.multiply(top[0].diff, 2, out=bottom[0].diff)


def chain(*indices: int) -> list[Step]:
    """x -> 2 x -> 4 x ..., at these positions of a net."""
    blobs = [Blob((3,)) for _ in range(len(indices) + 1)]
    steps = []
    for bottom, top, index in zip(blobs, blobs[1:], indices):
        param = pb.LayerParameter(name=f"twice{index}", type="Twice")
        place = Place("net.prototxt", 10 * index)
        step = Step(Twice(param, Context()), place, index, [bottom], [top], ["x"], ["y"])
        step.loss_weights, step.needs_backward, step.propagate_down = [0.0], True, [True]
        steps.append(step)
    blobs[0].data[...] = [1, 2, 3]
    return steps


def test_what_lies_between_the_steps_is_passed_over_with_its_hooks() -> None:
    steps, heard = chain(1, 4), []
    executor = Executor(steps, layers=6)
    executor.forward(before=[heard.append], after=[lambda i: heard.append(-i)])
    assert heard == [0, 0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5]
    assert list(steps[1].top[0].data) == [4, 8, 12]
    heard.clear()
    steps[1].top[0].diff[...] = 1
    executor.backward(before=[heard.append], after=[lambda i: heard.append(-i)])
    assert heard == [5, -5, 4, -4, 3, -3, 2, -2, 1, -1, 0, 0]
    assert list(steps[0].bottom[0].diff) == [4, 4, 4]


def test_parts_begin_and_end_at_positions_in_the_net() -> None:
    steps, heard = chain(1, 4), []
    executor = Executor(steps, layers=6)
    executor.forward(0, 3, [heard.append])
    assert heard == [0, 1, 2, 3]
    assert list(steps[1].bottom[0].data) == [2, 4, 6]
    assert not steps[1].top[0].data.any()
    heard.clear()
    steps[1].bottom[0].data[...] = 5
    executor.forward(2, before=[heard.append])
    assert heard == [2, 3, 4, 5]
    assert list(steps[1].top[0].data) == [10, 10, 10]
    steps[1].top[0].diff[...] = 1
    executor.backward(5, 2)
    assert list(steps[1].bottom[0].diff) == [2, 2, 2]
    assert not steps[0].bottom[0].diff.any()


def test_idle_steps_are_shaped_and_count_in_the_loss() -> None:
    first, second = chain(0, 1)
    second.idle, second.loss_weights, second.losses = True, [0.5], second.top
    first.bottom[0].reshape(4)
    first.bottom[0].data[...] = 1
    second.top[0].reshape(4)
    second.top[0].data[...] = [1, 2, 3, 10]
    assert Executor([first, second]).forward() == 8.0
    assert second.top[0].shape == (4,)


def test_new_shapes_reach_all_steps() -> None:
    steps = chain(0, 3)
    steps[0].bottom[0].reshape(2, 5)
    Executor(steps, 4).reshape()
    assert [step.top[0].shape for step in steps] == [(2, 5), (2, 5)]


def test_errors_of_ours_name_the_layer_and_others_get_a_note() -> None:
    steps = chain(1, 4)
    steps[0].bottom[0].reshape(0)
    with pytest.raises(ShapeError) as ours:
        Executor(steps, 5).forward()
    assert str(ours.value).startswith(
        "net.prototxt:10: layer 'twice1' (Twice): bottom 'x' is empty: its shape is (0,)"
    )
    steps[1].bottom[0].reshape(2)
    steps[1].bottom[0].data[...] = 0
    with pytest.raises(ZeroDivisionError) as other:
        Executor(steps, 5).forward(4)
    if hasattr(other.value, "add_note"):
        assert other.value.__notes__ == ["net.prototxt:40: layer 'twice4' (Twice): raised here"]
