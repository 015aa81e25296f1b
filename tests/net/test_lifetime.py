"""What goes on around a net: the collector, the memory that is given back."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from types import FrameType

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError
from protonet.kernels import scratch
from protonet.net import lifetime
from protonet.net.lifetime import collector_paused

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 9 dim: 9 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "y" convolution_param {
  num_output: 4 kernel_size: 3 stride: 2 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
layer { name: "drop" type: "Dropout" bottom: "y" top: "z" }
layer { name: "sum" type: "Eltwise" bottom: "y" bottom: "z" top: "s" }
layer { name: "loss" type: "Reduction" bottom: "s" top: "loss" loss_weight: 0.5 }
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[scratch.Memory]:
    """Scratch of this test's own, and no net but its own."""
    monkeypatch.setattr(lifetime, "_nets", weakref.WeakSet())
    before, fresh = scratch.memory(), scratch.Memory()
    scratch.adopt(fresh)
    yield fresh
    scratch.adopt(before)


def test_the_collector_goes_on_as_it_was() -> None:
    assert gc.isenabled()
    with collector_paused, collector_paused:
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(NetError):
        Net(NET.replace("ReLU", "ReLUU"))
    assert gc.isenabled()
    gc.disable()
    try:
        Net(NET)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_of_two_threads_the_last_one_lets_the_collector_go_on() -> None:
    inside, leave = threading.Event(), threading.Event()

    def build() -> None:
        with collector_paused:
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=build)
    with collector_paused:
        other.start()
        assert inside.wait(10)
    assert not gc.isenabled()
    leave.set()
    other.join()
    assert gc.isenabled()


def test_scratch_goes_with_the_last_net(own: scratch.Memory) -> None:
    net, other = Net(NET, seed=1), Net(NET, seed=1)
    scratch.buffer("test", (5,), np.float32)
    del net
    assert own.flat
    del other  # at once: a net is in no circle that only the collector finds
    assert not own.flat


def held(net: Net) -> int:
    """Bytes of all memory that blobs and layers hold."""
    memories = {id(m): m for b in net.blobs.values() for m in (b.data_memory, b.diff_memory)}
    return sum(m.flat.nbytes for m in memories.values()) + sum(
        layer.scratch_bytes for layer in net.layers
    )


def test_memory_of_larger_batches_is_given_back(own: scratch.Memory) -> None:
    net, fresh = Net(NET, phase=0, seed=1), Net(NET, phase=0, seed=1)
    image = np.random.default_rng(0).normal(size=(1, 3, 9, 9)).astype(np.float32)
    net.blobs["x"].reshape(50, 3, 9, 9)
    net.forward_backward()
    scratch.buffer("test", (5,), np.float32)
    large, view = held(net), weakref.ref(net.blobs["s"].data_memory.flat)
    net.blobs["x"].reshape(1, 3, 9, 9)
    net.reshape()
    net.blobs["x"].data[...] = image
    net.release_memory()
    assert held(net) < large / 20 and not own.flat and view() is None
    assert np.array_equal(net.blobs["x"].data, image)
    for each in (net, fresh):
        for layer in each.layers:
            layer._rng = None  # Dropout draws the same in both
        each.clear_param_diffs()
        each.forward(x=image)
        each.backward()
    assert net.loss == fresh.loss
    for blob, wanted in zip(net.learnable_params, fresh.learnable_params):
        assert np.array_equal(blob.diff, wanted.diff)
    assert held(net) == held(fresh)


def test_parameters_in_an_arena_stay_there(own: scratch.Memory) -> None:
    net = Net(NET, seed=1)
    arena = net.arena
    net.release_memory()
    for blob in net.learnable_params:
        assert np.shares_memory(blob.data, arena.data)


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called, Python's and C's."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def chain(layers: int) -> str:
    text = 'layer { name: "in" type: "Input" top: "t0" input_param { shape { dim: 2 dim: 3 } } }\n'
    for i in range(layers):
        text += f'layer {{ name: "ip{i}" type: "InnerProduct" bottom: "t{i}" top: "t{i + 1}"\n'
        text += 'inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }\n'
    return text


def test_building_takes_steps_in_proportion_to_the_layers() -> None:
    Net(chain(2))
    small, middle, large = (calls_of(lambda n=n: Net(chain(n))) for n in (50, 150, 450))
    assert large - middle == pytest.approx(3 * (middle - small), rel=0.02)
    assert (large - middle) / 300 < 900  # for a layer, text and all
