"""Compiled nets: the plain executor's numbers, from many threads, or a refusal."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet import Net
from protonet.engines import ENGINES
from protonet.engines.numpy_engine import NumpyEngine
from protonet.errors import NetError, ProtonetError, ShapeError
from protonet.export.onnx.registry import CONVERTERS

from .conftest import NET, values

EVERY = pytest.mark.parametrize("engine", ["numpy", "onnxruntime"])


def test_the_engines_there_are() -> None:
    assert sorted(ENGINES) == ["numpy", "onnxruntime"]


@EVERY
def test_the_plain_executors_numbers(net: Net, engine: str) -> None:
    compiled = protonet.compile(net, engine=engine)
    assert (compiled.inputs, compiled.outputs, compiled.engine) == (["x"], ["prob"], engine)
    for shape in ((2, 3, 9, 8), (5, 3, 9, 8), (1, 3, 12, 7)):  # as it is, more, other images
        x, want = values(net, 3, *shape)
        found = compiled(x=x)
        assert found.keys() == {"prob"}
        np.testing.assert_allclose(found["prob"], want, rtol=1e-4, atol=1e-6)
    assert repr(compiled) == f"<compiled net 'small', {engine}: x -> prob>"


@EVERY
def test_predicting(net: Net, engine: str) -> None:
    compiled = protonet.compile(net, engine=engine, keep=["c2"])
    x, want = values(net, 4, 7, 3, 9, 8)
    np.testing.assert_allclose(compiled.predict(x), want, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(compiled.predict(list(x), batch_size=3), want, rtol=1e-4, atol=1e-6)
    assert compiled.predict(x[0]).shape == (1, *want.shape[1:])
    kept = compiled.predict({"x": x}, output="c2")
    np.testing.assert_allclose(kept, net.predict(x, output="c2"), rtol=1e-4, atol=1e-6)
    with pytest.raises(NetError, match=r"'c1' is not kept: compile the net with keep=\['c1'\]"):
        compiled.predict(x, output="c1")


@EVERY
def test_eight_threads_at_once(net: Net, engine: str) -> None:
    compiled = protonet.compile(net, engine=engine)
    pairs = [values(net, seed, 1 + seed % 3, 3, 9, 8) for seed in range(8)]

    def work(number: int) -> float:
        x, want = pairs[number % 8]
        worst = 0.0
        for _ in range(25):
            worst = max(worst, float(np.abs(compiled(x=x)["prob"] - want).max()))
            worst = max(worst, float(np.abs(compiled.predict(x) - want).max()))
        return worst

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(16))) < 1e-5


@EVERY
def test_weights_are_those_of_the_time_of_compiling(net: Net, engine: str) -> None:
    compiled = protonet.compile(net, engine=engine)
    x, want = values(net, 5)
    for blob in net.learnable_params:
        blob.data[...] = 0
    np.testing.assert_allclose(compiled(x=x)["prob"], want, rtol=1e-4, atol=1e-6)
    if engine == "onnxruntime":  # which makes a model of its own for other images
        with pytest.raises(NetError, match=r"the weights have changed since .*: compile it again"):
            compiled(x=np.zeros((1, 3, 12, 12)))


def test_results_are_ones_own(net: Net) -> None:
    compiled = protonet.compile(net, engine="numpy")
    first = compiled(x=values(net, 1)[0])["prob"]
    before = first.copy()
    compiled(x=values(net, 2)[0])
    assert (first == before).all()


def test_from_files(net: Net, tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text(NET)
    net.save(tmp_path / "w.npz")
    compiled = protonet.compile(tmp_path / "net.prototxt", tmp_path / "w.npz")
    x, want = values(net, 6)
    assert compiled.engine == "onnxruntime"  # the first that can
    np.testing.assert_allclose(compiled(x=x)["prob"], want, rtol=1e-4, atol=1e-6)


LSTM = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 4 dim: 2 dim: 3 } } }
layer { name: "on" type: "Input" top: "cont" input_param { shape { dim: 4 dim: 2 } } }
layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "y" recurrent_param {
  num_output: 2 weight_filler { type: "xavier" } } }
"""


@EVERY
def test_recurrent_layers_begin_each_call_with_zeros(engine: str) -> None:
    net = Net(LSTM, seed=1)
    x, cont = np.random.default_rng(0).random((4, 2, 3)), np.ones((4, 2))
    want = net.forward(x=x, cont=cont)["y"].copy()
    compiled = protonet.compile(net, engine=engine)
    for _ in range(2):
        np.testing.assert_allclose(compiled(x=x, cont=cont)["y"], want, rtol=1e-4, atol=1e-6)


# -- refusals ------------------------------------------------------------------------------


@EVERY
def test_inputs_that_do_not_fit(net: Net, engine: str) -> None:
    compiled = protonet.compile(net, engine=engine)
    with pytest.raises(NetError, match="'y' is no input of the net: the inputs are x"):
        compiled(y=1)
    with pytest.raises(NetError, match="no values are given for x: the inputs are x"):
        compiled()
    with pytest.raises(ShapeError, match=r"layer 'c1' \(Convolution\)"):
        compiled(x=np.zeros((1, 4, 9, 8)))
    with pytest.raises(ShapeError):
        compiled.predict(np.zeros((1, 4, 9, 8)))
    x, want = values(net, 8)  # and then it goes on
    np.testing.assert_allclose(compiled(x=x)["prob"], want, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "onnxruntme"}, "there is no engine 'onnxruntme': did you mean 'onnxruntime'?"),
        ({"engine": "fast"}, "there is no engine 'fast': there are numpy, onnxruntime, and auto"),
        ({"device": "gpu"}, "there is no device 'gpu': give cpu, cuda or cuda:N"),
        ({"device": "cuda:x"}, "there is no device 'cuda:x'"),
        ({"threads": 0}, "threads is 0: give a number from 1 on"),
        ({"keep": ["c3"]}, "no blob named 'c3'"),
        ({"device": "cuda", "engine": "numpy"}, "NumPy computes on the CPU"),
    ],
)
def test_options_that_cannot_be(net: Net, options: dict[str, object], message: str) -> None:
    with pytest.raises(NetError) as caught:
        protonet.compile(net, **options)  # type: ignore[arg-type]
    assert message in str(caught.value)


@pytest.mark.parametrize("engine", ["onnxruntime", "auto"])
def test_a_gpu_that_is_not_there(net: Net, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ProtonetError, match=r"has no CUDA: .*pip install onnxruntime-gpu"):
        protonet.compile(net, engine=engine, device="cuda:1")


def test_nets_that_read_their_data() -> None:
    text = NET.replace('"Input"', '"MemoryData"').replace(
        "input_param { shape { dim: 2 dim: 3 dim: 9 dim: 8 } }",
        'top: "l" memory_data_param { batch_size: 2 channels: 3 height: 9 width: 8 }',
    )
    with pytest.raises(NetError, match=r"layer 'in' .*the net reads its data itself: make one for"):
        protonet.compile(Net(text))


def test_without_the_package(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ProtonetError, match=r"pip install 'protonet-caffe\[fast\]'"):
        protonet.compile(net, engine="onnxruntime")
    assert protonet.compile(net).engine == "numpy"


def test_a_layer_that_onnx_has_no_words_for(
    net: Net, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(CONVERTERS._items, "Concat")
    with pytest.raises(NetError, match=r"layer 'cat' \(Concat\): ONNX has no operators for"):
        protonet.compile(net, engine="onnxruntime")
    caplog.set_level("INFO")
    assert protonet.compile(net).engine == "numpy"
    assert "The engine is numpy: " in caplog.text and "layer 'cat'" in caplog.text


def test_wrong_numbers_are_refused(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    right = NumpyEngine.run
    monkeypatch.setattr(
        NumpyEngine, "run", lambda *given: {k: x + 1e-3 for k, x in right(*given).items()}
    )
    with pytest.raises(NetError, match="the engine numpy gives other values: 'prob' differs by"):
        protonet.compile(net, engine="numpy")
    assert protonet.compile(net, engine="numpy", verify=False)
