"""An engine in the place of a net's executor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.engines import Options, compile, engage
from protonet.errors import NetError
from protonet.export.onnx.registry import CONVERTERS

from .test_compiled import LSTM

DATA = """
layer { name: "data" type: "HDF5Data" top: "x" top: "y"
  hdf5_data_param { source: "list.txt" batch_size: 4 } }
layer { name: "half" type: "Power" bottom: "x" top: "x" power_param { scale: 0.5 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
  num_output: 5 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "ip" top: "r" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "r" bottom: "y" top: "loss" loss_weight: 2 }
layer { name: "a" type: "Accuracy" bottom: "r" bottom: "y" top: "a" }
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data, and a net that reads them, in the current folder."""
    import h5py

    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    with h5py.File("d.h5", "w") as file:
        file["x"] = rng.normal(size=(12, 3)).astype(np.float32)
        file["y"] = rng.integers(0, 5, (12, 1)).astype(np.float32)
    Path("list.txt").write_text("d.h5\n")
    Path("net.prototxt").write_text(DATA)
    Net("net.prototxt", seed=1).save("w.caffemodel")
    return tmp_path / "net.prototxt"


def test_the_same_passes(files: Path) -> None:
    plain, engaged = Net(files, "w.caffemodel"), Net(files)
    engage(engaged, "onnxruntime", Options(keep=("ip",)))
    engaged.copy_from("w.caffemodel")
    for _ in range(3):  # each with other data
        assert engaged.run_forward() == pytest.approx(plain.run_forward(), rel=1e-5)
        for name in ("x", "y", "ip", "loss", "a"):
            found, want = engaged.blobs[name].data, plain.blobs[name].data
            np.testing.assert_allclose(found, want, rtol=1e-4, atol=1e-6, err_msg=name)
    assert plain.loss == pytest.approx(2 * float(plain.blobs["loss"].data), rel=1e-6)


def test_values_inside_are_an_error(files: Path) -> None:
    net = Net(files, "w.caffemodel")
    engage(net, "onnxruntime", Options())
    net.run_forward()
    assert not net.blobs["ip"].has_data
    with pytest.raises(NetError, match=r"'ip' stay inside the engine: ask for .*keep=\['ip'\]"):
        _ = net.blobs["ip"].data
    with pytest.raises(NetError, match="no backward pass"):
        net.backward()
    with pytest.raises(NetError, match="runs a net as a whole"):
        net.forward(end="ip")


LOSSES = """
layer { name: "in" type: "Input" top: "x" top: "y" input_param {
  shape { dim: 4 dim: 3 } shape { dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param {
  num_output: 5 weight_filler { type: "xavier" } } }
layer { name: "one" type: "SoftmaxWithLoss" bottom: "ip" bottom: "y" }
layer { name: "two" type: "EuclideanLoss" bottom: "ip" bottom: "ip" loss_weight: 3 }
layer { name: "three" type: "SoftmaxWithLoss" bottom: "ip" bottom: "y" loss_weight: 3 }
"""


def test_losses_without_a_blob_of_their_own() -> None:
    net = Net(LOSSES, seed=1)
    engaged = net.clone()
    engage(engaged, "onnxruntime", Options())
    given = {"x": np.random.default_rng(0).random((4, 3)), "y": np.arange(4)}
    for each in (net, engaged):
        for name, values in given.items():
            each.blobs[name].data[...] = values
    assert engaged.run_forward() == pytest.approx(net.run_forward(), rel=1e-5)
    for engine in ("numpy", "onnxruntime"):
        found = compile(net, engine=engine)(**given)
        assert net.loss == pytest.approx(
            sum(weight * found[name] for name, weight in (("one", 1), ("two", 3), ("three", 3))),
            rel=1e-5,
        )


def test_new_weights_count(files: Path) -> None:
    net = Net(files, seed=3)
    engage(net, "onnxruntime", Options())
    net.run_forward()
    net.copy_from("w.caffemodel")
    plain = Net(files, "w.caffemodel")
    plain.run_forward()
    plain.run_forward()
    assert net.run_forward() == pytest.approx(plain.loss, rel=1e-5)


def test_refusals(files: Path) -> None:
    for net, engine, message in (
        (Net(files), "numpy", "the engine numpy is the net's own: build the net with optimize"),
        (Net(files, phase=TRAIN), "auto", "an engine runs nets in the phase TEST"),
        (Net(LSTM), "auto", r"layer 'lstm' \(LSTM\): it carries a state from pass to pass"),
    ):
        with pytest.raises(NetError, match=message):
            engage(net, engine, Options())


def test_auto_goes_on_without_an_engine(
    files: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(CONVERTERS._items, "Power")
    caplog.set_level("INFO")
    plain, net = Net(files, "w.caffemodel"), Net(files, "w.caffemodel")
    engage(net, "auto", Options())
    for _ in range(2):
        assert net.run_forward() == plain.run_forward()
        assert (net.blobs["ip"].data == plain.blobs["ip"].data).all()
    assert caplog.text.count("The engine is numpy: ") == 1 and "'half' (Power)" in caplog.text
    strict = Net(files, "w.caffemodel")
    engage(strict, "onnxruntime", Options())
    with pytest.raises(NetError, match=r"net\.prototxt:4: layer 'half' \(Power\)"):
        strict.run_forward()
