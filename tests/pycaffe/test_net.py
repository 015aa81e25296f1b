"""Net as pycaffe has it: structure, passes, batches, weights, live memory."""

from __future__ import annotations

import gc
import logging
import re
import threading
from collections import OrderedDict

import h5py
import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import NetError, ShapeError
from tests.pycaffe.nets import NOISE, SUMS, TRAINABLE, trainable

MEMORY = """
layer { name: "m" type: "MemoryData" top: "data" top: "label"
  memory_data_param { batch_size: 2 channels: 1 height: 3 width: 2 } }
"""


# -- structure -----------------------------------------------------------------------------


def test_names_and_orders():
    net = trainable()
    split = ["y_ip_0_split_0", "y_ip_0_split_1"]
    assert list(net._layer_names) == ["in", "ip", "y_ip_0_split", "twice", "loss"]
    assert list(net.blobs) == ["x", "t", "y", *split, "z", "loss"] == list(net._blob_names)
    assert (net.inputs, net.outputs) == (["x", "t"], ["loss", "z"])  # outputs by name
    assert net.top_names == OrderedDict(
        [
            ("in", ["x", "t"]),
            ("ip", ["y"]),
            ("y_ip_0_split", split),
            ("twice", ["z"]),
            ("loss", ["loss"]),
        ]
    )
    assert net.bottom_names["loss"] == [split[1], "t"]
    assert list(net.params) == ["ip"]
    assert [blob.shape for blob in net.params["ip"]] == [(2, 4), (2,)]
    assert net.blob_loss_weights["loss"] == 1 and net.blob_loss_weights["z"] == 0
    assert all(isinstance(d, OrderedDict) for d in (net.blobs, net.params, net.layer_dict))


def test_what_is_assigned_to_a_dict_would_not_be_seen():
    net = trainable()
    values = np.ones((3, 4))
    with pytest.raises(TypeError, match=r"write net\.blobs\['x'\]\.data\[\.\.\.\] = values"):
        net.blobs["x"] = values
    with pytest.raises(TypeError, match=r"net\.params\['ip'\]\[0\]\.data\[\.\.\.\] = values"):
        net.params["ip"] = [values]
    with pytest.raises(TypeError, match=r"write \[1\]\.data\[\.\.\.\] = values"):
        net.params["ip"][1] = values
    for fixed in (net.layer_dict, net.top_names, net.bottom_names, net.blob_loss_weights):
        with pytest.raises(TypeError, match="cannot be assigned"):
            fixed[next(iter(fixed))] = values
    assert net.blobs["x"] is net.native.blobs["x"]


def test_names_that_are_nearly_right():
    net = trainable()
    for names, slip, name in (
        (net.blobs, "los", "loss"),
        (net.params, "ip1", "ip"),
        (net.layer_dict, "twic", "twice"),
        (net.top_names, "twic", "twice"),
    ):
        with pytest.raises(KeyError, match=f"did you mean '{name}'"):
            names[slip]
    with pytest.raises(NetError, match="no layer named 'twic': did you mean 'twice'"):
        net.backward(start="twice", end="twic")


def test_indices_agree_with_the_names():
    net = trainable()
    names = net._blob_names
    assert [names[i] for i in net._inputs] == net.inputs
    assert [names[i] for i in net._outputs] == net.outputs
    for i, layer in enumerate(net._layer_names):
        assert [names[j] for j in net._top_ids(i)] == net.top_names[layer]
        assert [names[j] for j in net._bottom_ids(i)] == net.bottom_names[layer]
    assert list(net._blobs) == list(net.blobs.values())
    assert list(net._blob_loss_weights) == [0, 0, 0, 0, 0, 0, 1]


def test_layers_know_type_and_blobs():
    net = trainable()
    assert [layer.type for layer in net.layers] == [
        "Input",
        "InnerProduct",
        "Split",
        "Power",
        "EuclideanLoss",
    ]
    assert net.layer_dict["ip"] is net.layers[1]
    assert net.layers[1].blobs[0].data is net.params["ip"][0].data
    assert (len(net.layers), len(net.params["ip"]), len(net.layers[0].blobs)) == (5, 2, 0)


def test_tops_that_a_loss_makes_itself():
    definition = TRAINABLE.replace(' top: "loss"', "")
    net = caffe.Net(definition, caffe.TRAIN)
    assert net.top_names["loss"] == ["(automatic)"] and net._top_ids(4) == [6]


def test_blob_shapes_and_old_names():
    blob = caffe.Net(MEMORY, caffe.TEST).blobs["data"]
    assert list(blob.shape) == [2, 1, 3, 2] and blob.shape[2] == 3 and len(blob.shape) == 4
    assert (blob.num, blob.channels, blob.height, blob.width, blob.count) == (2, 1, 3, 2, 12)
    blob.reshape(5)
    assert (blob.num, blob.channels, blob.width) == (5, 1, 1)
    with pytest.raises(AttributeError):
        blob.data = np.zeros(5)


def test_levels_and_stages():
    def layer(name: str, rule: str) -> str:
        return f'layer {{ name: "{name}" type: "Input" top: "{name}" {rule} }}'

    text = "\n".join(
        [
            layer("always", ""),
            layer("high", "include { min_level: 1 }"),
            layer("low", "include { max_level: 0 }"),
            layer("a", 'include { stage: "a" }'),
            layer("either", 'include { stage: "a" } include { stage: "b" }'),
            layer("both", 'include { stage: "a" stage: "b" }'),
            layer("train", "include { phase: TRAIN }"),
        ]
    )

    def names(*args, **kwargs) -> str:
        return " ".join(caffe.Net(text, *args, **kwargs)._layer_names)

    assert names(caffe.TEST) == "always low"
    assert names(caffe.TRAIN, 1) == "always high train"
    assert names(caffe.TEST, level=1, stages=["a"]) == "always high a either"
    assert names(caffe.TEST, stages=["b", "a"]) == "always low a either both"


# -- passes --------------------------------------------------------------------------------


def test_forward_computes_and_returns_live_arrays():
    net = trainable()
    out = net.forward(blobs=["y"])
    w, b = (blob.data for blob in net.params["ip"])
    y = net.blobs["x"].data @ w.T + b
    assert set(out) == {"loss", "y", "z"}
    np.testing.assert_allclose(out["z"], 2 * y, rtol=1e-5)
    loss = np.square(y - net.blobs["t"].data).sum() / 6
    np.testing.assert_allclose(out["loss"], loss, rtol=1e-5)
    w[...], b[...] = 0, 7
    net.forward()
    assert (out["y"] == 7).all() and (out["z"] == 14).all()


def test_forward_from_a_layer_to_a_layer():
    net = trainable()
    net.forward()
    net.blobs["y_ip_0_split_0"].data[...] = 3
    assert set(net.forward(start="twice", end="twice")) == {"z"}
    assert (net.blobs["z"].data == 6).all()
    assert set(net.forward(end="ip", blobs=["x"])) == {"y", "x"}
    with pytest.raises(NetError, match=r"no layer named 'twise'.*did you mean 'twice'"):
        net.forward(start="twise")
    with pytest.raises(NetError, match="no blob named 'q'"):
        net.forward(blobs=["q"])


def test_backward_from_a_layer_to_a_layer():
    net = trainable()
    net.forward()
    given = np.random.default_rng(3).normal(size=(3, 2)).astype(np.float32)
    net.blobs["y"].diff[...] = given
    out = net.backward(start="ip", end="ip", diffs=["y"])
    assert set(out) == {"x", "y"}
    x = net.blobs["x"].data
    np.testing.assert_allclose(net.params["ip"][0].diff, given.T @ x, rtol=1e-5)
    np.testing.assert_allclose(net.params["ip"][1].diff, given.sum(axis=0), rtol=1e-5)


def test_diffs_of_parameters_add_up_until_cleared():
    net = trainable()
    net.forward()
    net.backward()
    once = net.params["ip"][0].diff.copy()
    net.backward()
    np.testing.assert_allclose(net.params["ip"][0].diff, 2 * once, rtol=1e-5)
    net.clear_param_diffs()
    assert once.any() and not net.params["ip"][0].diff.any()


def test_inputs_as_keywords():
    net = trainable()
    x, t = np.ones((3, 4)), np.zeros((3, 2))
    net.forward(x=x, t=t)
    assert (net.blobs["x"].data == 1).all()
    with pytest.raises(NetError, match=r"arrays x are not the net's inputs.*each of x, t"):
        net.forward(x=x)
    with pytest.raises(ShapeError, match=r"'x' is given \(2, 4\), the blob is \(3, 4\)"):
        net.forward(x=x[:2], t=t)
    with pytest.raises(NetError, match="not the net's outputs"):
        net.backward(loss=np.ones(()))


def test_diffs_of_outputs_as_keywords():
    net = caffe.Net(SUMS, caffe.TEST)
    net.forward(data=np.ones((4, 2, 3)))
    out = net.backward(twice=np.arange(4.0))
    assert (out["data"] == 2 * np.arange(4.0).reshape(4, 1, 1)).all()


def test_an_array_of_another_size_is_told_with_its_name():
    net = trainable()
    with pytest.raises(ShapeError, match=r"'x' is given \(3, 5\), the blob is \(3, 4\): .*'x'\]"):
        net.forward(x=np.ones((3, 5)), t=np.zeros((3, 2)))


# -- gradients of inputs -----------------------------------------------------------------


DEPLOY = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "prob" type: "Softmax" bottom: "y" top: "prob" }
"""


def warnings(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_gradients_that_no_layer_computes_are_told_once(caplog):
    net = caffe.Net(DEPLOY, caffe.TEST)
    net.forward()
    for _ in range(3):
        assert not net.backward(prob=np.array([[1.0, 0.0]]))["x"].any()
    (message,) = warnings(caplog)
    assert "gradient of 'x'" in message and "force_backward: true" in message
    assert caplog.records[-1].filename == "test_net.py"


def test_gradients_that_are_computed_are_not(caplog):
    net = caffe.Net("force_backward: true " + DEPLOY, caffe.TEST)
    net.forward(x=np.ones((1, 4)))
    assert net.backward(prob=np.array([[1.0, 0.0]]))["x"].any()
    training = trainable()  # its labels and data need no gradient
    training.forward()
    training.backward()
    training.backward(diffs=["y"])
    caffe.Net("force_backward: true " + TRAINABLE, caffe.TRAIN).backward(diffs=["t"])
    assert [m for m in warnings(caplog) if "'y'" in m or "force" not in m] == []


def test_a_gradient_asked_for_while_training(caplog):
    net = trainable()
    net.forward()
    net.backward(diffs=["x"])
    assert "gradient of 'x'" in warnings(caplog)[0]


# -- batches -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 4, 6, 8, 11])
def test_forward_all_takes_any_number(count):
    net = caffe.Net(SUMS, caffe.TEST)
    data = np.random.default_rng(count).normal(size=(count, 2, 3))
    out = net.forward_all(data=data, blobs=["sum"])
    assert set(out) == {"twice", "sum"}
    np.testing.assert_allclose(out["twice"], 2 * data.sum(axis=(1, 2)), rtol=1e-4, atol=1e-6)
    kept = out["sum"].copy()
    net.forward(data=np.zeros((4, 2, 3)))
    assert (out["sum"] == kept).all(), "forward_all returns copies"


def test_forward_backward_all():
    net = caffe.Net(SUMS, caffe.TEST)
    data, diff = np.ones((6, 2, 3)), np.arange(6.0)
    blobs, diffs = net.forward_backward_all(diffs=["sum"], data=data, twice=diff)
    assert (blobs["twice"] == 12).all() and blobs["twice"].shape == (6,)
    assert (diffs["sum"] == 2 * diff).all()
    assert diffs["data"].shape == (6, 2, 3) and (diffs["data"][5] == 10).all()


def test_arrays_that_the_net_would_not_use():
    net = caffe.Net(SUMS, caffe.TEST)
    data = np.ones((6, 2, 3))
    with pytest.raises(NetError, match=r"'twic' is no input or output .* mean 'twice'"):
        net.forward_backward_all(data=data, twic=np.ones(6))
    with pytest.raises(ShapeError, match="6 of 'data', 7 of 'twice'"):
        net.forward_backward_all(data=data, twice=np.ones(7))
    with pytest.raises(ShapeError, match="5 of 'x', 9 of 't'"):
        trainable().forward_all(x=np.zeros((5, 4)), t=np.zeros((9, 2)))


def test_a_short_batch_is_filled_with_zeros():
    batches = list(caffe.Net(SUMS, caffe.TEST)._batch({"data": np.ones((5, 2, 3))}))
    assert [b["data"].shape for b in batches] == [(4, 2, 3)] * 2
    assert batches[1]["data"].sum() == 6


def test_a_loss_without_batch_axis_is_given_for_each_batch():
    net = trainable()
    out = net.forward_all(x=np.zeros((5, 4)), t=np.zeros((5, 2)))
    assert out["loss"].shape == (2,) and out["z"].shape == (5, 2)
    with pytest.raises(NetError, match="no arrays are given"):
        net.forward_all()


# -- memory data ---------------------------------------------------------------------------


def test_set_input_arrays_keeps_the_arrays():
    net = caffe.Net(MEMORY, caffe.TEST)
    data = np.arange(24, dtype=np.float32).reshape(4, 1, 3, 2)
    net.set_input_arrays(data, np.arange(4, dtype=np.float32))
    data[0] = -1  # seen: nothing was copied
    net.forward()
    assert (net.blobs["data"].data[0] == -1).all()
    net.forward()
    assert net.blobs["label"].data.ravel().tolist() == [2, 3]


@pytest.mark.parametrize(
    ("data", "labels", "message"),
    [
        (np.zeros((2, 1, 3, 2)), np.zeros(2), "data array must be float32"),
        (np.zeros((2, 3, 2), "f4"), np.zeros(2, "f4"), "data array must be 4-d"),
        (np.zeros((2, 1, 2, 3), "f4").swapaxes(2, 3), np.zeros(2, "f4"), "must be C contiguous"),
        (np.zeros((2, 2, 3, 2), "f4"), np.zeros(2, "f4"), "wrong number of channels"),
        (np.zeros((2, 1, 4, 2), "f4"), np.zeros(2, "f4"), "data array has wrong height"),
        (np.zeros((2, 1, 3, 3), "f4"), np.zeros(2, "f4"), "data array has wrong width"),
        (np.zeros((2, 1, 3, 2), "f4"), np.zeros((2, 2, 1, 1), "f4"), "labels array has wrong"),
        (np.zeros((2, 1, 3, 2), "f4"), np.zeros(4, "f4"), "same first dimension"),
        (np.zeros((3, 1, 3, 2), "f4"), np.zeros(3, "f4"), "multiple of batch size"),
    ],
)
def test_arrays_that_do_not_fit(data, labels, message):
    with pytest.raises(RuntimeError, match=message):
        caffe.Net(MEMORY, caffe.TEST).set_input_arrays(data, labels)


def test_lists_are_no_arrays():
    with pytest.raises(TypeError, match="labels must be an array, not a list"):
        caffe.Net(MEMORY, caffe.TEST).set_input_arrays(np.zeros((2, 1, 3, 2), "f4"), [0, 1])


def test_set_input_arrays_needs_memory_data():
    with pytest.raises(RuntimeError, match=r"only be called if the first layer is MemoryData"):
        trainable().set_input_arrays(np.zeros(1), np.zeros(1))


# -- hooks ---------------------------------------------------------------------------------


def test_hooks_are_called_with_the_layers_index():
    net = trainable()
    seen: list[str] = []
    for when in ("before_forward", "after_forward", "before_backward", "after_backward"):
        getattr(net, when)(lambda i, when=when: seen.append(f"{when} {i}"))
    net.forward(start="twice", end="twice")
    net.backward(start="ip", end="in")
    assert seen == [
        "before_forward 3",
        "after_forward 3",
        "before_backward 1",
        "after_backward 1",
        "before_backward 0",
        "after_backward 0",
    ]


# -- weights -------------------------------------------------------------------------------


def same_params(a: caffe.Net, b: caffe.Net) -> bool:
    return all(
        (x.data == y.data).all()
        for name in a.params
        for x, y in zip(a.params[name], b.params[name])
    )


def test_weights_go_out_and_come_back(tmp_path):
    net, other = trainable(1), trainable(2)
    assert not same_params(net, other)
    net.save(str(tmp_path / "w.caffemodel"))
    assert same_params(net, caffe.Net(TRAINABLE, caffe.TEST, weights=tmp_path / "w.caffemodel"))
    assert other.copy_from(str(tmp_path / "w.caffemodel")).copied == ["ip"]
    assert same_params(net, other)


def test_hdf5_whatever_the_name(tmp_path):
    net, other = trainable(1), trainable(2)
    net.save_hdf5(str(tmp_path / "weights"))
    with h5py.File(tmp_path / "weights") as file:
        assert (file["data/ip/0"][:] == net.params["ip"][0].data).all()
    other.load_hdf5(str(tmp_path / "weights"))
    assert same_params(net, other)


def test_shared_weights_are_one_memory():
    net, other = trainable(1), trainable(2)
    other.share_with(net)
    net.params["ip"][0].data[...] = 5
    assert (other.params["ip"][0].data == 5).all()


def test_the_old_constructor_warns(tmp_path, caplog):
    net = trainable()
    (tmp_path / "net.prototxt").write_text(TRAINABLE)
    net.save(tmp_path / "w.caffemodel")
    with caplog.at_level(logging.WARNING, "protonet"):
        old = caffe.Net(str(tmp_path / "net.prototxt"), str(tmp_path / "w.caffemodel"), caffe.TRAIN)
    assert "deprecated: write Net(" in caplog.text and "test_net.py" in caplog.text
    assert same_params(net, old) and old.native.phase == caffe.TRAIN
    with pytest.raises(TypeError, match="the phase is missing"):
        caffe.Net(str(tmp_path / "net.prototxt"), str(tmp_path / "w.caffemodel"))


def test_files_that_are_missing(tmp_path):
    (tmp_path / "net.prototxt").write_text(TRAINABLE)
    with pytest.raises(RuntimeError, match=r"Could not open file .*mean 'net.prototxt'"):
        caffe.Net(str(tmp_path / "nett.prototxt"), caffe.TEST)
    with pytest.raises(RuntimeError, match=r"Could not open file .*w\.caffemodel"):
        caffe.Net(str(tmp_path / "net.prototxt"), caffe.TEST, weights=tmp_path / "w.caffemodel")
    with pytest.raises(RuntimeError, match="Could not open file"):
        trainable().copy_from(str(tmp_path / "no" / "w.caffemodel"))


# -- memory --------------------------------------------------------------------------------


def test_arrays_outlive_the_net():
    net = trainable()
    net.forward()
    net.backward()
    blobs = [*net.blobs.values(), *net.params["ip"]]
    arrays = [(blob.data, blob.diff) for blob in blobs]
    expected = [(data.copy(), diff.copy()) for data, diff in arrays]
    del net
    gc.collect()
    trash = [np.full(1000, np.nan, np.float32) for _ in range(100)]
    for (data, diff), (wanted, wanted_diff), blob in zip(arrays, expected, blobs):
        assert (data == wanted).all() and (diff == wanted_diff).all()
        assert blob.data is data
    assert len(trash) == 100


def test_reshape_spreads_and_keeps_what_fits():
    net = caffe.Net(SUMS, caffe.TEST)
    view = net.blobs["data"].data
    net.blobs["data"].reshape(2, 2, 3)
    net.reshape()
    assert net.blobs["twice"].shape == (2,)
    view[:] = 1  # the same memory, shorter
    assert net.forward()["twice"].tolist() == [12, 12]
    net.blobs["data"].reshape(9, 2, 3)
    assert net.forward()["twice"].shape == (9,)


def test_a_view_of_a_filter_output_follows_the_net():
    net = caffe.Net(NOISE, caffe.TRAIN)
    view = net.blobs["conv"].data[0, 0]
    net.forward(start="conv")
    before = view.mean()
    net.params["conv"][1].data[0] += 1
    net.forward(start="conv")
    np.testing.assert_allclose(view.mean(), before + 1, rtol=1e-5)


def test_representations():
    net = trainable()
    assert repr(net) == "<Net 'small', TRAIN: 5 layers, 10 parameters, x, t -> loss, z>"
    assert "<td>InnerProduct</td>" in net._repr_html_()
    assert repr(net.blobs["x"]) == "<Blob 3 x 4, float32>" and net.name == "small"


def test_one_thread_at_a_time_and_a_clone_for_each_other():
    """A call is one whole, from filling the inputs on; a clone works on the same weights."""
    net = trainable()
    inputs = {"x": np.ones((3, 4)), "t": np.zeros((3, 2))}
    wanted = {name: values.copy() for name, values in net.forward(**inputs).items()}
    found = []

    def other():
        try:
            net.forward(x=np.full((3, 4), 9), t=np.zeros((3, 2)))
        except NetError as error:
            found.append(str(error))

    def hook(index):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(60)

    net.after_forward(hook)
    assert {name: values.tolist() for name, values in net.forward(**inputs).items()} == {
        name: values.tolist() for name, values in wanted.items()
    }
    assert len(found) == len(net.layers)
    assert "net.clone()" in found[0]
    twin = net.clone()
    assert isinstance(twin, caffe.Net)
    np.testing.assert_array_equal(twin.forward(**inputs)["z"], wanted["z"])
    net.params["ip"][1].data[...] += 1
    assert (twin.forward(**inputs)["z"] != wanted["z"]).all()


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("set_phase_test", "caffe.Net(file, caffe.TEST)"),
        ("set_mode_gpu", "caffe.set_mode_gpu()"),
        ("set_raw_scale", "caffe.io.Transformer"),
    ],
)
def test_methods_of_2014_are_told(name: str, advice: str) -> None:
    net = caffe.Net('layer { name: "d" type: "Input" top: "d" }', caffe.TEST)
    assert not hasattr(net, name)
    with pytest.raises(AttributeError, match=re.escape(advice)):
        getattr(net, name)()


def test_a_part_ends_at_the_first_layer_of_a_name_and_returns_its_blobs():
    text = """
    force_backward: true
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 } } }
    layer { name: "same" type: "Power" bottom: "x" top: "y" power_param { scale: 2 } }
    layer { name: "same" type: "Power" bottom: "y" top: "z" power_param { scale: 5 } }
    """
    net = caffe.Net(text, caffe.TEST)
    net.blobs["x"].data[...] = [1, 3]
    assert {name: list(x) for name, x in net.forward(end="same").items()} == {"y": [2, 6]}
    net.blobs["z"].diff[...] = 1
    assert {name: list(x) for name, x in net.backward(end="same").items()} == {"x": [10, 10]}


def test_unnamed_tops_of_losses_are_told_apart_by_their_layer():
    text = """
    layer { name: "in" type: "Input" top: "x" top: "t" input_param { shape { dim: 2 dim: 1 } } }
    layer { name: "a" type: "EuclideanLoss" bottom: "x" bottom: "t" loss_weight: 1 }
    layer { name: "b" type: "EuclideanLoss" bottom: "x" bottom: "t" loss_weight: 3 }
    """
    net = caffe.Net(text, caffe.TEST)
    net.blobs["x"].data[...] = 2
    net.forward()
    net.blobs["x"].data[...] = 4
    (value,) = net.forward(end="a").values()
    assert value == 16 / 2  # and not 4 / 2, the value that b still has
