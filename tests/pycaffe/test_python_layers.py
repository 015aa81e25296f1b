"""Layers written by users, run by the pycaffe face."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import NetError

MODULE = """
import numpy as np
import protonet.pycaffe as caffe

class Times(caffe.Layer):
    "param_str times the bottom."
    def setup(self, bottom, top):
        self.factor = float(self.param_str)
    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].data.shape)
    def forward(self, bottom, top):
        top[0].data[...] = self.factor * bottom[0].data
    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = self.factor * top[0].diff

class Offset(caffe.Layer):
    "A parameter of its own, added to the bottom."
    def setup(self, bottom, top):
        self.blobs.add_blob(3)
        self.blobs[0].data[...] = 0.5
    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)
    def forward(self, bottom, top):
        top[0].data[...] = bottom[0].data + self.blobs[0].data
    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[...] += top[0].diff.sum(axis=0)
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff

class Source(caffe.Layer):
    "Hands out one more item at each pass; no bottoms, and no backward."
    count = 0
    def set_items(self, items):
        self.items = items
    def setup(self, bottom, top):
        self.set_items([1.0, 2.0, 3.0])
    def reshape(self, bottom, top):
        top[0].reshape(1, 3)
    def forward(self, bottom, top):
        self.count += 1
        top[0].reshape(self.count, 3)
        top[0].data[...] = self.items

class Distance(caffe.Layer):
    "A loss: half the sum of squares, as a scalar."
    def setup(self, bottom, top):
        if len(bottom) != 1:
            raise ValueError("one bottom, please")
    def reshape(self, bottom, top):
        top[0].reshape()
    def forward(self, bottom, top):
        top[0].data[()] = np.square(bottom[0].data).sum() / 2
    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff * bottom[0].data

class Phase(caffe.Layer):
    def reshape(self, bottom, top):
        top[0].reshape(1)
    def forward(self, bottom, top):
        top[0].data[...] = self.phase

class Broken(caffe.Layer):
    def reshape(self, bottom, top):
        if self.param_str_ == "reshape":
            raise KeyError("in reshape")
        top[0].reshape(1)
    def forward(self, bottom, top):
        raise ZeroDivisionError("in forward")
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """MODULE as a file in the current folder, which is not on Python's path."""
    name = f"user_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(MODULE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    return name


def net_of(module: str, *layers: str, phase: int = caffe.TRAIN, shape: str = "") -> caffe.Net:
    """layers: "Class bottoms -> tops | param_str"."""
    text = "force_backward: true\n"
    if shape:
        dims = " ".join(f"dim: {n}" for n in shape.split())
        text += f'layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ {dims} }} }} }}'
    for layer in layers:
        wires, _, param = layer.partition("|")
        left, _, tops = wires.partition("->")
        kind, *bottoms = left.split()
        text += f'\nlayer {{ name: "{kind.lower()}_{tops.strip()}" type: "Python" '
        text += "".join(f'bottom: "{name}" ' for name in bottoms)
        text += "".join(f'top: "{name}" ' for name in tops.split())
        text += "loss_weight: 1 " if kind == "Distance" else ""
        text += f'python_param {{ module: "{module}" layer: "{kind}" '
        text += f'param_str: "{param.strip()}" }} }}'
    return caffe.Net(text, phase)


def test_forward_and_backward_through_a_chain(module):
    net = net_of(module, "Times x -> a | 10", "Times a -> b | 0.5", shape="2 3 4")
    x = np.arange(24.0).reshape(2, 3, 4)
    assert (net.forward(x=x)["b"] == 5 * x).all()
    assert (net.backward(b=x)["x"] == 5 * x).all()


def test_shapes_travel_through_it(module):
    net = net_of(module, "Times x -> a | 1", "Times a -> b | 1", shape="2 3 4")
    net.blobs["x"].reshape(4, 1, 2, 5)
    net.forward()
    assert {blob.shape for blob in net.blobs.values()} == {(4, 1, 2, 5)}


def test_parameters_of_its_own(module, tmp_path):
    net = net_of(module, "Offset x -> y", shape="4 3")
    assert net.forward(x=np.zeros((4, 3)))["y"].sum() == 6
    for _ in range(2):
        net.backward(y=np.ones((4, 3)))
    assert net.params["offset_y"][0].diff.tolist() == [8, 8, 8]
    net.layers[1].blobs[0].data[...] = 7
    net.save(str(tmp_path / "w.caffemodel"))
    other = net_of(module, "Offset x -> y", shape="4 3")
    other.copy_from(str(tmp_path / "w.caffemodel"))
    assert other.params["offset_y"][0].data.tolist() == [7, 7, 7]
    other.share_with(net)
    net.layers[1].blobs[0].data[...] = 1
    assert other.layers[1].blobs[0].data.tolist() == [1, 1, 1]


def test_a_source_that_grows_and_is_the_users_own_object(module):
    net = net_of(module, "Source -> data")
    source = net.layers[0]
    assert type(source).__name__ == "Source" and isinstance(source, caffe.Layer)
    assert (source.type, source.count) == ("Python", 0)
    source.set_items([0, 0, 9])  # as detection frameworks do it
    assert net.forward()["data"].tolist() == [[0, 0, 9]]
    assert net.forward()["data"].shape == (2, 3)
    assert net.layer_dict["source_data"] is source


def test_as_a_loss(module):
    net = net_of(module, "Distance x -> loss", shape="2 3")
    x = np.arange(6.0).reshape(2, 3)
    assert net.forward(x=x)["loss"] == np.square(x).sum() / 2
    assert net._forward(0, 1) == np.square(x).sum() / 2
    assert (net.backward()["x"] == x).all()


@pytest.mark.parametrize("phase", [caffe.TRAIN, caffe.TEST])
def test_it_knows_the_phase(module, phase):
    assert net_of(module, "Phase -> p", phase=phase).forward()["p"] == phase


def notes(error: BaseException) -> str:
    """What Python 3.11 and later show below the message."""
    return " ".join(getattr(error, "__notes__", ["layer raised here"]))


def test_the_users_exception_comes_out_as_it_is(module):
    with pytest.raises(ValueError) as caught:
        net_of(module, "Distance -> loss")
    assert caught.value.args == ("one bottom, please",)
    assert "raised here" in notes(caught.value)
    with pytest.raises(KeyError) as key:
        net_of(module, "Broken -> b | reshape")
    assert key.value.args == ("in reshape",)
    net = net_of(module, "Broken -> b")
    with pytest.raises(ZeroDivisionError) as zero:
        net.forward()
    if hasattr(zero.value, "add_note"):
        assert notes(zero.value) == "<text>:3: layer 'broken_b' (Python): raised here"
    net.layers[0].param_str_ = "reshape"
    with pytest.raises(KeyError) as again:
        net.reshape()
    assert "raised here" in notes(again.value)


def test_modules_and_classes_that_are_missing(module):
    with pytest.raises(NetError, match=r"no module 'nowhere_at_all'.*or be the current one"):
        net_of("nowhere_at_all", "X -> y")
    with pytest.raises(NetError, match="has no class 'Time': did you mean 'Times'"):
        net_of(module, "Time x -> y", shape="1")


def test_training_with_it(module, tmp_path):
    (tmp_path / "net.prototxt").write_text(f'''
layer {{ name: "d" type: "Python" top: "d"
  python_param {{ module: "{module}" layer: "Source" }} }}
layer {{ name: "o" type: "Python" bottom: "d" top: "o"
  python_param {{ module: "{module}" layer: "Offset" }} }}
layer {{ name: "l" type: "Python" bottom: "o" top: "l" loss_weight: 1
  python_param {{ module: "{module}" layer: "Distance" }} }}''')
    (tmp_path / "solver.prototxt").write_text(
        'net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" max_iter: 2'
    )
    solver = caffe.SGDSolver("solver.prototxt")
    solver.step(1)
    # one item: the gradient is the output, 0.5 + (1, 2, 3)
    np.testing.assert_allclose(solver.net.params["o"][0].data, [0.35, 0.25, 0.15], rtol=1e-6)
