"""One net and several threads: an error, or a clone for each."""

from __future__ import annotations

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from protonet.core.context import TRAIN
from protonet.errors import NetError
from protonet.net.net import Net
from protonet.proto.stored import LayerWeights

THREADS = 8
NET = """name: "Twin"
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 4 dim: 3 dim: 12 dim: 12 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 16 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "norm" type: "LRN" bottom: "conv" top: "norm" }
layer { name: "pool" type: "Pooling" bottom: "norm" top: "pool"
  pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


def images(seed: int, count: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 3, 12, 12)).astype(np.float32)


def entered_by_another(net: Net, call) -> BaseException | None:
    """What a second thread gets that calls into the net while it runs."""
    found: list[BaseException | None] = []

    def enter() -> None:
        try:
            call(net)
        except NetError as error:
            found.append(error)

    def hook(index: int) -> None:
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join(60)

    net.after_forward.append(hook)
    net.run_forward(0, 0)
    net.after_forward.clear()
    return found[0] if found else None


@pytest.mark.parametrize(
    "call",
    [
        lambda net: net.predict(images(0)),
        lambda net: net.forward(data=images(0, 4)),
        lambda net: net.backward(),
        lambda net: net.run_forward(),
        lambda net: net.run_backward(),
        lambda net: net.forward_backward(),
        lambda net: net.reshape(),
        lambda net: net.clear_param_diffs(),
        lambda net: net.copy_from([LayerWeights("ip", "", [np.ones((10, 400)), np.ones(10)])]),
    ],
)
def test_a_running_net_is_not_entered_by_another_thread(call) -> None:
    net = Net(NET, seed=1)
    error = entered_by_another(net, call)
    assert isinstance(error, NetError)
    assert "net.clone()" in str(error)
    call(net)  # free again


def test_hooks_may_call_the_net() -> None:
    net = Net(NET, seed=1)
    seen = []
    net.after_forward.append(lambda i: seen.append(net.reshape()) if i == 2 else None)
    net.forward()
    assert len(seen) == 1
    with pytest.raises(NetError, match="no blob named"):
        net.forward(dta=images(0, 4))
    net.forward()


def test_eight_threads_in_one_net_get_the_right_result_or_the_error() -> None:
    net = Net(NET, seed=1)
    wanted = [net.predict(images(seed)) for seed in range(THREADS)]
    gate = threading.Barrier(THREADS)

    def work(seed: int) -> tuple[int, int]:
        refused = wrong = 0
        gate.wait(60)
        for _ in range(20):
            try:
                wrong += not np.array_equal(net.predict(images(seed)), wanted[seed])
            except NetError as error:
                refused += "net.clone()" in str(error)
        return refused, wrong

    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(work, range(THREADS)))
    assert sum(wrong for _, wrong in counts) == 0
    assert sum(refused for refused, _ in counts) > 0


def test_eight_clones_work_in_parallel() -> None:
    net = Net(NET, seed=1)
    wanted = [net.predict(images(seed)) for seed in range(THREADS)]
    clones = [net.clone() for _ in range(THREADS)]
    gate = threading.Barrier(THREADS)

    def work(seed: int) -> bool:
        gate.wait(60)
        return all(
            np.array_equal(clones[seed].predict(images(seed)), wanted[seed]) for _ in range(20)
        )

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(work, range(THREADS)))


def test_eight_clones_compute_their_own_gradients() -> None:
    net = Net("force_backward: true\n" + NET, phase=TRAIN, seed=1, dtype=np.float64)

    def gradients(each: Net, seed: int) -> list[np.ndarray]:
        each.clear_param_diffs()
        each.forward(data=images(seed, 4))
        each.blobs["prob"].diff[...] = np.arange(10)
        each.run_backward()
        return [each.blobs["data"].diff.copy(), *(p.diff.copy() for p in each.learnable_params)]

    wanted = [gradients(net, seed) for seed in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        clones = [net.clone() for _ in range(THREADS)]
        for found, want in zip(pool.map(gradients, clones, range(THREADS)), wanted):
            for a, b in zip(found, want):
                np.testing.assert_array_equal(a, b)


def test_a_clone_shares_weights_and_nothing_else() -> None:
    net = Net(NET, phase=TRAIN, seed=1)
    net.blobs["data"].reshape(2, 3, 12, 12)
    net.reshape()
    twin = net.clone()
    assert (twin.name, twin.phase, twin.layer_names) == (net.name, net.phase, net.layer_names)
    assert twin.blobs["ip"].shape == (2, 10)
    net.params["ip"][0].data[...] = 7
    assert (twin.params["ip"][0].data == 7).all()
    assert not np.shares_memory(twin.params["ip"][0].diff, net.params["ip"][0].diff)
    assert not np.shares_memory(twin.blobs["ip"].data, net.blobs["ip"].data)
    net.arena.data[...] = 3  # as a solver does
    assert (twin.params["conv"][1].data == 3).all()
    with pytest.raises(NetError, match="cannot both be trained"):
        _ = twin.arena


def test_clones_of_a_seeded_net_draw_other_numbers_but_the_same_each_time() -> None:
    text = NET + (
        'layer { name: "noise" type: "DummyData" top: "noise" '
        'dummy_data_param { shape { dim: 5 } data_filler { type: "uniform" } } }'
    )

    def drawn(net: Net) -> list[float]:
        net.forward()
        return net.blobs["noise"].data.tolist()

    first, second = (
        [drawn(net) for net in (net, net.clone(), net.clone())]
        for net in (Net(text, seed=4), Net(text, seed=4))
    )
    assert first == second
    assert first[0] != first[1] != first[2]


def test_a_net_can_still_be_copied() -> None:
    net = Net(NET, seed=1)
    twin = copy.deepcopy(net)
    np.testing.assert_array_equal(twin.predict(images(1)), net.predict(images(1)))
