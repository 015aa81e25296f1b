"""The checks that every layer must pass: the contract of `protonet/core/layer.py`, proved.

A check is a function of a Row; it fails with an AssertionError.  `CHECKS` lists them, and
`checks_for(row)` those that make sense for a row.  `make` builds the layer, so that the
harness's own tests can hand in layers that are wrong on purpose.
"""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from protonet.core.blob import Blob
from protonet.core.context import Context
from protonet.core.layer import Layer
from protonet.core.registry import chosen_class, create_layer
from protonet.solvers.plain import pack, unpack
from protonet.study.differences import Move, Outputs, compare

from .bench import SEED, Bench, Make, layer_parameter
from .row import Row

Check = Callable[[Row, Make], None]
CHECKS: list[Check] = []
_NEEDS: dict[Check, Callable[[Row], bool]] = {}

MARK = 0.8125  # a value no layer writes by chance, exact in both dtypes
BIG = 1 << 18  # values of the largest bottom when memory is watched


def check(needs: Callable[[Row], bool] = lambda row: True) -> Callable[[Check], Check]:
    """Add to `CHECKS`, for the rows for which `needs` holds."""

    def add(fn: Check) -> Check:
        CHECKS.append(fn)
        _NEEDS[fn] = needs
        return fn

    return add


def checks_for(row: Row) -> Iterator[Check]:
    return (fn for fn in CHECKS if _NEEDS[fn](row))


def class_of(row: Row) -> type[Layer]:
    return chosen_class(layer_parameter(row), Context(fork=row.fork))


def has_backward(row: Row) -> bool:
    return class_of(row).has_backward


def has_gradient(row: Row) -> bool:
    return has_backward(row) and not Bench(row).layer.no_derivative


def has_bottoms(row: Row) -> bool:
    return bool(row.bottoms)


def back_and_bottoms(row: Row) -> bool:
    return has_backward(row) and has_bottoms(row)


def same(got: dict[str, NDArray], want: dict[str, NDArray]) -> None:
    """Equal names, shapes and every bit of every value."""
    assert got.keys() == want.keys()
    for name in want:
        np.testing.assert_array_equal(got[name], want[name], err_msg=name)


def close(got: dict[str, NDArray], want: dict[str, NDArray], tolerance: float) -> None:
    """Equal up to `tolerance` of the largest value of each array."""
    assert got.keys() == want.keys()
    for name in want:
        assert got[name].shape == want[name].shape, name
        assert np.isfinite(got[name]).all(), f"{name} is not finite"
        scale = max(np.abs(want[name]).max(initial=0), 1e-3)
        np.testing.assert_allclose(
            got[name], want[name], rtol=0, atol=tolerance * scale, err_msg=name
        )


def shared(blob: Blob, others: list[Blob], what: str) -> bool:
    """Whether `data` or `diff` of the blob is also another's memory."""
    mine = getattr(blob, what)
    return any(np.shares_memory(mine, getattr(other, what)) for other in others)


# -- forward -----------------------------------------------------------------------------


@check()
def top_shapes_are_stable_and_values_finite(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make)
    bench.forward()
    shapes = [blob.shape for blob in bench.top]
    bench.layer.reshape(bench.bottom, bench.top)
    assert [blob.shape for blob in bench.top] == shapes
    bench.forward()
    assert [blob.shape for blob in bench.top] == shapes
    for name, values in bench.outputs().items():
        assert np.isfinite(values).all(), f"{name} is not finite"


@check(has_bottoms)
def forward_writes_every_top_value(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make)
    if bench.layer.reshape_always:
        bench.layer.reshape(bench.bottom, bench.top)
    for blob in bench.top:
        if not shared(blob, bench.bottom, "data"):
            blob.data.fill(np.nan)
    for name, values in bench.forward().outputs().items():
        assert not np.isnan(values).any(), f"{name} is not written everywhere"


@check(has_bottoms)
def forward_leaves_bottoms_alone(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make)
    before = [blob.data.copy() for blob in bench.bottom]
    bench.forward()
    for i, blob in enumerate(bench.bottom):
        np.testing.assert_array_equal(blob.data, before[i], err_msg=f"bottom[{i}].data")
        assert not blob.has_diff, f"forward touched bottom[{i}].diff"


@check()
def forward_leaves_top_diffs_alone(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make)
    bench.forward().seed_tops()  # a net keeps loss weights there
    before = [blob.diff.copy() for blob in bench.top]
    bench.forward()
    for i, blob in enumerate(bench.top):
        np.testing.assert_array_equal(blob.diff, before[i], err_msg=f"top[{i}].diff")


@check(has_bottoms)
def another_size_and_back_changes_nothing(row: Row, make: Make = create_layer) -> None:
    want = Bench(row, make).run()
    bench = Bench(row, make)
    other = row.other or tuple((shape[0] + 1, *shape[1:]) for shape in row.bottoms)
    bench.reshape(other)
    bench.run()
    for name, values in (bench.outputs() | bench.gradients()).items():
        assert np.isfinite(values).all(), f"{name} is not finite at another size"
    bench.reshape(row.bottoms)
    bench.run()
    same(bench.outputs() | bench.gradients(), want.outputs() | want.gradients())


@check()
def test_phase_runs_without_gradients(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make, phase="TEST")
    bench.forward()
    for name, values in bench.outputs().items():
        assert np.isfinite(values).all(), f"{name} is not finite"
    for i, blob in enumerate(bench.bottom):
        assert not blob.has_diff, f"a TEST pass allocates bottom[{i}].diff"


@check(has_bottoms)
def an_identity_hands_on_what_it_gets(row: Row, make: Make = create_layer) -> None:
    for phase in ("TRAIN", "TEST"):
        bench = Bench(row, make, phase=phase)
        if bench.layer.identity:
            for name, values in bench.forward().outputs().items():
                want = bench.bottom[0].data.reshape(values.shape)
                np.testing.assert_array_equal(values, want, err_msg=f"{name} in {phase}")


@check(lambda row: not row.random)
def float32_is_close_to_float64(row: Row, make: Make = create_layer) -> None:
    single, double = Bench(row, make, dtype=np.float32).run(), Bench(row, make).run()
    got = single.outputs() | single.gradients()
    assert all(values.dtype == np.float32 for values in got.values())
    close(got, double.outputs() | double.gradients(), 1e-4)


# -- backward ----------------------------------------------------------------------------


@check(has_gradient)
def gradient_is_that_of_finite_differences(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make).run()
    weights = [bench.top[i].diff for i in bench.objective_tops]
    for name, analytic in bench.gradients().items():
        for found in compare(_moved(bench, name), weights, analytic, SEED, least=1.0):
            assert found.error <= row.tolerance, f"{name} {found}"


def _moved(bench: Bench, name: str) -> Outputs:
    """What forward makes of the row's values after those of one array were moved."""
    kind, index = name[: name.index("[")], int(name[name.index("[") + 1 : name.index("]")])

    def outputs(move: Move) -> list[NDArray]:
        # fresh: nothing is carried over from a pass
        fresh = Bench(bench.row, lambda param, context: type(bench.layer)(param, context))
        move((fresh.bottom if kind == "bottom" else fresh.layer.blobs)[index].data)
        fresh.forward()
        return [fresh.top[i].data for i in bench.objective_tops]

    return outputs


@check(has_backward)
def parameter_diffs_accumulate(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make).run()
    once = bench.param_gradients()
    bench.backward()
    close(bench.param_gradients(), {name: 2 * diff for name, diff in once.items()}, 1e-9)
    for i, blob in enumerate(bench.layer.blobs):
        blob.diff[...] = _start(i, blob)
    bench.backward()
    start = {f"blobs[{i}].diff": _start(i, blob) for i, blob in enumerate(bench.layer.blobs)}
    close(bench.param_gradients(), {name: start[name] + once[name] for name in once}, 1e-9)


def _start(index: int, blob: Blob) -> NDArray:
    return np.random.default_rng([SEED, 300 + index]).uniform(-1, 1, blob.shape)


@check(back_and_bottoms)
def bottom_diffs_are_overwritten(row: Row, make: Make = create_layer) -> None:
    want = Bench(row, make).run().gradients()
    bench = Bench(row, make).forward().clear_params()
    for blob, wanted in zip(bench.bottom, bench.gradient):
        if wanted:
            blob.diff.fill(np.nan)
    bench.seed_tops().backward()  # after the filling: a top may share its diff with a bottom
    same(bench.gradients(), want)


@check(has_backward)
def backward_leaves_tops_and_bottom_data_alone(row: Row, make: Make = create_layer) -> None:
    bench = Bench(row, make).forward().clear_params().seed_tops()
    arrays = {f"top[{i}].diff": blob.diff for i, blob in enumerate(bench.top)}
    arrays |= {f"top[{i}].data": blob.data for i, blob in enumerate(bench.top)}
    arrays |= {f"bottom[{i}].data": blob.data for i, blob in enumerate(bench.bottom)}
    before = {name: values.copy() for name, values in arrays.items()}
    bench.backward()
    same(arrays, before)


@check(has_backward)
def backward_reads_only_what_is_declared(row: Row, make: Make = create_layer) -> None:
    want = Bench(row, make).run().gradients()
    bench = Bench(row, make).forward().clear_params().seed_tops()
    reads = bench.layer.backward_reads
    assert reads <= {"bottom", "top"}
    groups = {"bottom": bench.bottom, "top": bench.top}
    kept = [blob for name in reads for blob in groups[name]] + bench.layer.blobs
    for name in groups.keys() - reads:
        for blob in groups[name]:
            if not shared(blob, kept, "data"):
                blob.data.fill(np.nan)
    bench.backward()
    same(bench.gradients(), want)


@check(back_and_bottoms)
def unpropagated_bottoms_are_untouched(row: Row, make: Make = create_layer) -> None:
    want = Bench(row, make).run().gradients()
    wanted = Bench(row, make).gradient
    choices = [[False] * len(wanted)]
    if sum(wanted) > 1:
        choices += [[w and i != out for i, w in enumerate(wanted)] for out in range(len(wanted))]
    for propagate in choices:
        _propagate_only(Bench(row, make).forward().clear_params(), propagate, want)


def _propagate_only(bench: Bench, propagate: list[bool], want: dict[str, NDArray]) -> None:
    for blob in bench.bottom:
        blob.diff.fill(MARK)
    bench.seed_tops().backward(propagate)
    for i, (blob, flag) in enumerate(zip(bench.bottom, propagate)):
        name = f"bottom[{i}].diff"
        if flag:
            np.testing.assert_array_equal(blob.diff, want[name], err_msg=name)
        elif not shared(blob, bench.top, "diff"):
            assert (blob.diff == MARK).all(), f"{name} was touched, propagate_down {propagate}"
    params = bench.param_gradients()
    close(params, {name: want[name] for name in params}, 1e-9)


@check(has_backward)
def unwanted_parameters_are_untouched(row: Row, make: Make = create_layer) -> None:
    want = Bench(row, make).run().gradients()
    for out in range(len(Bench(row, make).layer.blobs)):
        bench = Bench(row, make).forward()
        bench.layer.param_propagate_down[out] = False
        bench.clear_params()
        bench.layer.blobs[out].diff.fill(MARK)
        bench.seed_tops().backward()
        got = bench.gradients()
        if not shared(bench.layer.blobs[out], bench.top, "diff"):
            unwanted = bench.layer.blobs[out].diff
            assert (unwanted == MARK).all(), f"blobs[{out}].diff was touched"
        rest = {name: value for name, value in got.items() if name != f"blobs[{out}].diff"}
        close(rest, {name: want[name] for name in rest}, 1e-9)


@check(lambda row: class_of(row).in_place and row.in_place and bool(row.bottoms))
def in_place_equals_out_of_place(row: Row, make: Make = create_layer) -> None:
    apart, inside = Bench(row, make).run(), Bench(row, make, in_place=True).run()
    # A bottom that is also a top keeps the diff of the bottom: backward came last.
    close(inside.outputs(), apart.outputs(), 1e-12)
    close(inside.gradients(), apart.gradients(), 1e-12)


# -- state -------------------------------------------------------------------------------


@check()
def a_state_taken_between_passes_is_plain_and_goes_on_exactly(
    row: Row, make: Make = create_layer
) -> None:
    bench = Bench(row, make)
    bench.forward()
    state = bench.layer.state()
    if state is None:
        return
    kept = unpack(pack(state))
    second = bench.forward().outputs()
    other = Bench(row, make)
    other.forward()  # as a net does when it is built for resuming: shapes are known
    other.layer.set_state(kept)
    same(other.forward().outputs(), second)


@check()
def closing_ends_every_thread_and_may_be_repeated(row: Row, make: Make = create_layer) -> None:
    Bench(row, make).run()  # what kernels start once for all is running now
    before = threading.active_count()
    bench = Bench(row, make).run()
    bench.layer.close()
    bench.layer.close()
    assert threading.active_count() == before


# -- memory ------------------------------------------------------------------------------


@check(lambda row: has_bottoms(row) and row.steady and row.other is None)
def steady_iteration_allocates_nothing_large(row: Row, make: Make = create_layer) -> None:
    count = max(int(np.prod(shape)) for shape in row.bottoms)
    times = -(-BIG // count)
    shapes = [(shape[0] * times, *shape[1:]) for shape in row.bottoms]
    bench = Bench(row, make, dtype=np.float32, shapes=shapes)
    for _ in range(2):
        bench.run()
    largest = max(blob.data.nbytes for blob in [*bench.bottom, *bench.top])
    for name, action in (("forward", bench.forward), ("backward", bench.backward)):
        if name == "forward" or bench.layer.has_backward:
            # Of three, since a thread that gets its first task only now makes its scratch now.
            peak = min(_peak(action) for _ in range(3))
            assert peak < largest / 4, f"{name} allocates {peak} bytes, blobs have {largest}"


def _peak(action: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        action()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
