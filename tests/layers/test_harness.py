"""The harness catches what it is there to catch: layers that are wrong on purpose."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from protonet.core.layer import Layer
from tests.harness import check_layer
from tests.harness.check_layer import CHECKS, Check
from tests.harness.row import Row

ROW = Row("gain", 'type: "Scale"', ((3, 5), (3, 5)))


class Gain(Layer):
    """y = w x^2 z: one weight w a column, bottoms x and z.  Nothing wrong with this one."""

    type = "Gain"
    backward_reads = frozenset({"bottom"})
    in_place = False

    def setup(self, bottom, top):
        self.add_blob(bottom[0].shape[1:])

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        x, z = bottom[0].data, bottom[1].data
        y = np.multiply(x, x, out=top[0].data)
        y *= z
        y *= self.blobs[0].data

    def backward(self, top, propagate_down, bottom):
        x, z, dy = bottom[0].data, bottom[1].data, top[0].diff
        w = self.blobs[0]
        t = self.scratch("t", x.shape)
        np.multiply(x, x, out=t)
        t *= dy
        if propagate_down[1]:
            np.multiply(t, w.data, out=bottom[1].diff)
        if self.param_propagate_down[0]:
            t *= z
            w.diff[...] += t.sum(axis=0)
        if propagate_down[0]:
            dx = np.multiply(x, z, out=bottom[0].diff)
            dx *= dy
            dx *= w.data
            dx *= 2


class Square(Layer):
    """y = x^2 in place: it keeps x."""

    type = "Square"
    backward_reads: frozenset[str] = frozenset()
    in_place = True

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        np.copyto(self.scratch("x", bottom[0].shape), bottom[0].data)
        np.multiply(bottom[0].data, bottom[0].data, out=top[0].data)

    def backward(self, top, propagate_down, bottom):
        if propagate_down[0]:
            dx = np.multiply(top[0].diff, 2, out=bottom[0].diff)
            dx *= self.scratch("x", dx.shape)


# -- each with one fault, and the check that must see it ---------------------------------


class NoIdentity(Gain):
    identity = True


class ForgetsToAccumulate(Gain):
    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[...] = 0
        super().backward(top, propagate_down, bottom)


class AddsToBottomDiff(Gain):
    def backward(self, top, propagate_down, bottom):
        before = bottom[0].diff.copy()
        super().backward(top, propagate_down, bottom)
        if propagate_down[0]:
            bottom[0].diff[...] += before


class WritesUnpropagatedBottom(Gain):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, [True, True], bottom)


class WritesUnwantedParameter(Gain):
    def backward(self, top, propagate_down, bottom):
        self.param_propagate_down[0], kept = True, self.param_propagate_down[0]
        super().backward(top, propagate_down, bottom)
        self.param_propagate_down[0] = kept


class ReadsWhatItDidNotDeclare(Gain):
    backward_reads = frozenset({"top"})


class WrongGradient(Gain):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, propagate_down, bottom)
        if propagate_down[1]:
            bottom[1].diff[-1, -1] *= 1.001


class WrongParameterGradient(Gain):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, propagate_down, bottom)
        if self.param_propagate_down[0]:
            self.blobs[0].diff[0] += 1e-4


class KeepsScratchInBottomDiff(Gain):
    def forward(self, bottom, top):
        bottom[0].diff[...] = bottom[0].data
        super().forward(bottom, top)


class ChangesItsBottom(Gain):
    def forward(self, bottom, top):
        super().forward(bottom, top)
        bottom[0].data[...] *= 2


class ChangesTopDiffForward(Gain):
    def forward(self, bottom, top):
        super().forward(bottom, top)
        top[0].diff[...] = 0


class ChangesTopDiffBackward(Gain):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, propagate_down, bottom)
        top[0].diff[...] *= 2


class LeavesAHole(Gain):
    def forward(self, bottom, top):
        kept = top[0].data[0, 0].copy()
        super().forward(bottom, top)
        top[0].data[0, 0] = kept


class RemembersTheFirstSize(Gain):
    def reshape(self, bottom, top):
        self.rows = max(getattr(self, "rows", 0), bottom[0].shape[0])
        super().reshape(bottom, top)

    def forward(self, bottom, top):
        super().forward(bottom, top)
        top[0].data[...] /= self.rows


class GrowsWithEachReshape(Gain):
    def reshape(self, bottom, top):
        self.calls = getattr(self, "calls", 0) + 1
        top[0].reshape(*bottom[0].shape, *[1] * self.calls)

    def forward(self, bottom, top):
        top[0].data.fill(1)


class FailsInTest(Gain):
    def forward(self, bottom, top):
        super().forward(bottom, top)
        if not self.training:
            top[0].data.fill(np.nan)


class LosesPrecision(Gain):
    def forward(self, bottom, top):
        super().forward(bottom, top)
        if self.dtype == np.float32:
            top[0].data[...] = top[0].data.astype(np.float16)


class AllocatesEachTime(Gain):
    def forward(self, bottom, top):
        x = bottom[0].data
        top[0].data[...] = x * x * bottom[1].data * self.blobs[0].data


class BrokenInPlace(Square):
    def forward(self, bottom, top):
        np.multiply(bottom[0].data, bottom[0].data, out=top[0].data)
        np.copyto(self.scratch("x", bottom[0].shape), bottom[0].data)


class ForgetsItsPlace(Gain):
    """Counts its passes, and starts anew where it should go on."""

    passes = 0

    def forward(self, bottom, top):
        super().forward(bottom, top)
        self.passes += 1
        top[0].data[...] += self.passes

    def state(self):
        return {"passes": self.passes}

    def set_state(self, state):
        self.passes = 0


class LeavesAThread(Gain):
    def forward(self, bottom, top):
        super().forward(bottom, top)
        self.stop = threading.Event()
        threading.Thread(target=self.stop.wait, args=(5,), daemon=True).start()


MUTANTS: list[tuple[type[Layer], Check]] = [
    (ForgetsToAccumulate, check_layer.parameter_diffs_accumulate),
    (AddsToBottomDiff, check_layer.bottom_diffs_are_overwritten),
    (WritesUnpropagatedBottom, check_layer.unpropagated_bottoms_are_untouched),
    (WritesUnwantedParameter, check_layer.unwanted_parameters_are_untouched),
    (ReadsWhatItDidNotDeclare, check_layer.backward_reads_only_what_is_declared),
    (WrongGradient, check_layer.gradient_is_that_of_finite_differences),
    (WrongParameterGradient, check_layer.gradient_is_that_of_finite_differences),
    (KeepsScratchInBottomDiff, check_layer.forward_leaves_bottoms_alone),
    (ChangesItsBottom, check_layer.forward_leaves_bottoms_alone),
    (ChangesTopDiffForward, check_layer.forward_leaves_top_diffs_alone),
    (ChangesTopDiffBackward, check_layer.backward_leaves_tops_and_bottom_data_alone),
    (LeavesAHole, check_layer.forward_writes_every_top_value),
    (RemembersTheFirstSize, check_layer.another_size_and_back_changes_nothing),
    (GrowsWithEachReshape, check_layer.top_shapes_are_stable_and_values_finite),
    (FailsInTest, check_layer.test_phase_runs_without_gradients),
    (LosesPrecision, check_layer.float32_is_close_to_float64),
    (AllocatesEachTime, check_layer.steady_iteration_allocates_nothing_large),
    (ForgetsItsPlace, check_layer.a_state_taken_between_passes_is_plain_and_goes_on_exactly),
    (LeavesAThread, check_layer.closing_ends_every_thread_and_may_be_repeated),
    (NoIdentity, check_layer.an_identity_hands_on_what_it_gets),
    (BrokenInPlace, check_layer.in_place_equals_out_of_place),
]


def row_of(layer: type[Layer]) -> Row:
    return Row("square", 'type: "ReLU"', ((3, 5),)) if issubclass(layer, Square) else ROW


@pytest.mark.parametrize("check", CHECKS, ids=lambda fn: fn.__name__)
@pytest.mark.parametrize("layer", [Gain, Square])
def test_a_right_layer_passes(layer: type[Layer], check: Check) -> None:
    if check is not check_layer.in_place_equals_out_of_place or layer.in_place:
        check(row_of(layer), layer)


@pytest.mark.parametrize(
    ("layer", "check"), MUTANTS, ids=[f"{layer.__name__}-{fn.__name__}" for layer, fn in MUTANTS]
)
def test_a_wrong_layer_is_caught(layer: type[Layer], check: Check) -> None:
    with pytest.raises(AssertionError):
        check(row_of(layer), layer)


def test_every_check_has_a_layer_that_fails_it() -> None:
    assert {check.__name__ for _, check in MUTANTS} == {check.__name__ for check in CHECKS}
