"""Processes that share the passes of an optimised net."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError
from protonet.net.optimise import together
from protonet.net.optimise.together import PASSES, Together

ROOT = Path(__file__).resolve().parents[3]
NET = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 40 dim: 40 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 32 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "norm" type: "LRN" bottom: "conv" top: "norm" }
layer { name: "pool" type: "Pooling" bottom: "norm" top: "pool"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layer { name: "deep" type: "Convolution" bottom: "pool" top: "deep"
  convolution_param { num_output: 32 group: 32 kernel_size: 3 pad: 1
    weight_filler { type: "msra" } } }
layer { name: "wide" type: "Convolution" bottom: "deep" top: "wide"
  convolution_param { num_output: 64 kernel_size: 1 weight_filler { type: "msra" } } }
layer { name: "other" type: "Convolution" bottom: "pool" top: "other"
  convolution_param { num_output: 64 kernel_size: 3 pad: 1 weight_filler { type: "msra" } } }
layer { name: "sum" type: "Eltwise" bottom: "wide" bottom: "other" top: "sum" }
layer { name: "both" type: "Concat" bottom: "sum" bottom: "pool" top: "both" }
layer { name: "tanh" type: "TanH" bottom: "both" top: "tanh" }
layer { name: "ip" type: "InnerProduct" bottom: "tanh" top: "ip"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


def team_of(net: Net) -> list[int]:
    """The other processes of a net."""
    together: Together | None = net._executor._together  # type: ignore[attr-defined]
    assert together is not None
    return [] if together._team is None else list(together._team._others)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nets here are too small to be shared for speed."""
    monkeypatch.setattr(together, "WORK", 0)


@pytest.fixture
def nets() -> Iterator[tuple[Net, Net]]:
    """One in two processes, and one with the same weights in this alone."""
    net = Net(NET, seed=1, optimize=True, keep=["norm"], processes=2)
    yield net, net.clone()
    net._executor.refresh()


def batch(net: Net, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=net.blobs["data"].shape).astype(np.float32)


def same(net: Net, alone: Net, passes: int = PASSES + 3) -> None:
    """Both give the same bits, on other images each time."""
    for seed in range(passes):
        x = batch(net, seed)
        got, wanted = net.forward(data=x), alone.forward(data=x)
        for name in wanted:
            np.testing.assert_array_equal(got[name], wanted[name], err_msg=name)
        norm, same_norm = (each.blobs["norm"].data for each in (net, alone))
        np.testing.assert_array_equal(norm, same_norm, err_msg="norm")
        assert net.loss == alone.loss != 0


def test_the_bits_are_those_of_one_process(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone, PASSES)
    assert not team_of(net)
    same(net, alone)
    assert len(team_of(net)) == 1


def test_it_follows_another_batch(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone)
    before = team_of(net)
    for each in nets:
        each.reshape()
    same(net, alone)
    assert team_of(net) == before  # nothing has changed
    for size in (5, 1):
        for each in nets:
            for name in ("data", "label"):
                each.blobs[name].reshape(size, *each.blobs[name].shape[1:])
            each.reshape()
        same(net, alone)
        assert team_of(net) and team_of(net) != before


def test_it_reads_weights_anew(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone)
    net.params["conv"][0].data[...] *= 1.5  # shared with the other net
    for each in nets:
        each.reoptimize()
    same(net, alone)


def test_layers_that_others_cannot_share_run_in_the_first(nets: tuple[Net, Net]) -> None:
    net, _ = nets
    pid, ran = os.getpid(), []
    tanh = next(step.layer for step in net.executed if step.layer.type == "TanH")
    forward = tanh.forward
    tanh.forward = lambda bottom, top: (ran.append(os.getpid()), forward(bottom, top))
    for _ in range(PASSES + 3):
        net.forward()
    assert team_of(net) and ran == [pid] * (PASSES + 3)


def test_hooks_are_called_as_ever(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone)
    called: list[tuple[int, float]] = []
    at = net.layer_names.index("norm")
    for hooks in (net.before_forward, net.after_forward):
        hooks.append(lambda i: called.append((i, float(net.blobs["norm"].data.sum()))))
    same(net, alone, 2)
    assert team_of(net)
    assert [i for i, _ in called] == [i // 2 for i in range(2 * len(net.layers))] * 2
    # A layer is whole before the next begins.
    sums = [value for i, value in called[len(called) // 2 :] if i >= at][1:]
    assert len({*sums}) == 1 and sums[0] != called[0][1]


def test_a_net_that_is_gone_leaves_nobody(nets: tuple[Net, Net]) -> None:
    net = Net(NET, seed=1, optimize=True, processes=3)
    for _ in range(PASSES + 2):
        net.forward()
    others = team_of(net)
    assert len(others) == 2
    del net
    for pid in others:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("name", ["lenet", "cifar10_quick", "fcn_digits", "ssd_digits"])
def test_nets_of_models(name: str) -> None:
    net = Net(ROOT / "models" / f"{name}.prototxt", seed=1, optimize=True, processes=2)
    blob, alone = net.inputs[0], net.clone()
    for seed in range(PASSES + 2):
        x = np.random.default_rng(seed).normal(size=net.blobs[blob].shape)
        got, wanted = (each.forward(**{blob: x}) for each in (net, alone))
        for key in wanted:
            np.testing.assert_array_equal(got[key], wanted[key])
    assert team_of(net)


def test_after_the_death_of_a_process_the_next_pass_is_right(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone)
    os.kill(team_of(net)[0], signal.SIGKILL)
    with pytest.raises(NetError, match="run the pass again"):
        net.forward()
    same(net, alone)
    assert team_of(net)


def test_a_small_net_is_not_shared(nets: tuple[Net, Net], monkeypatch: pytest.MonkeyPatch) -> None:
    net, alone = nets
    monkeypatch.setattr(together, "WORK", 1 << 40)
    same(net, alone)
    assert not team_of(net)


def test_memory_given_back_stays_shared(nets: tuple[Net, Net]) -> None:
    for size in (5, 2):
        for each in nets:
            for name in ("data", "label"):
                each.blobs[name].reshape(size, *each.blobs[name].shape[1:])
            each.reshape()
            each.release_memory()
        same(*nets)
        assert team_of(nets[0])


def test_what_is_not_shared_is_done_by_the_first(nets: tuple[Net, Net]) -> None:
    net, alone = nets
    same(net, alone)
    memory = net.blobs["norm"].data_memory
    memory.flat = memory.flat.copy()  # as whoever gives a blob an array of his own does
    same(net, alone)
    assert team_of(net)


def test_without_more_processes_it_goes_on_alone(
    nets: tuple[Net, Net], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fails)
    same(*nets)
    assert not team_of(nets[0])
