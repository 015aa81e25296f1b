"""Net: wiring, running, hooks, weights, and what it says when something is off."""

from __future__ import annotations

import numpy as np
import pytest

import protonet.log
from protonet.core.context import TEST, TRAIN
from protonet.errors import NetError, ProtonetError, ShapeError, WeightsError
from protonet.net.net import Net
from protonet.proto.stored import LayerWeights

SMALL = """name: "Small"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "target" type: "Input" top: "target" input_param { shape { dim: 2 dim: 4 } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "squash" type: "TanH" bottom: "ip" top: "ip" }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
"""


def feed(net, seed=0):
    rng = np.random.default_rng(seed)
    for name in net.inputs:
        net.blobs[name].data[...] = rng.normal(size=net.blobs[name].shape)


def test_structure_is_there_by_name():
    net = Net(SMALL, phase=TRAIN)
    assert net.layer_names == ["data", "target", "ip", "squash", "loss"]
    assert list(net.blobs) == ["data", "target", "ip", "loss"]
    assert (net.inputs, net.outputs) == (["data", "target"], ["loss"])
    assert [blob.shape for blob in net.params["ip"]] == [(4, 3), (4,)]
    assert net.blob_loss_weights["loss"] == 1
    assert net.layer_needs_backward == [False, False, True, True, True]


def test_gradients_agree_with_differences():
    net = Net(SMALL, phase=TRAIN, dtype=np.float64, seed=1)
    feed(net)
    net.clear_param_diffs()
    net.forward_backward()
    weights = net.params["ip"][0]
    step, index = 1e-5, (2, 1)
    losses = []
    for sign in (1, -1):
        weights.data[index] += sign * step
        losses.append(net.run_forward())
        weights.data[index] -= sign * step
    assert weights.diff[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-6)


def test_forward_returns_live_outputs_and_takes_inputs():
    net = Net(SMALL, seed=1)
    out = net.forward(data=np.ones((2, 3)), target=np.zeros((2, 4)))
    assert out["loss"] is net.blobs["loss"].data
    assert float(out["loss"]) == pytest.approx(net.loss)
    with pytest.raises(ShapeError, match=r"given \(3, 3\), the blob is \(2, 3\)"):
        net.forward(data=np.ones((3, 3)))
    with pytest.raises(NetError, match="did you mean 'data'"):
        net.forward(dat=np.ones((2, 3)))


def test_start_and_end_run_a_part():
    net = Net(SMALL, seed=1)
    feed(net)
    before = net.forward(end="ip")["ip"].copy()
    after = net.forward(start="squash", end="squash")["ip"]
    np.testing.assert_allclose(after, np.tanh(before), rtol=1e-5)
    with pytest.raises(NetError, match="no layer named 'sqash': did you mean 'squash'"):
        net.forward(end="sqash")


def test_a_new_batch_size_travels_through_the_net():
    net = Net(SMALL, seed=1)
    for name in net.inputs:
        net.blobs[name].reshape(5, *net.blobs[name].shape[1:])
    net.forward()
    assert net.blobs["ip"].shape == (5, 4)
    net.blobs["data"].reshape(7, 3)
    net.blobs["target"].reshape(7, 4)
    net.reshape()
    assert net.blobs["ip"].shape == (7, 4)


def test_hooks_hear_every_layer():
    net, heard = Net(SMALL, phase=TRAIN, seed=1), []
    for name in ("before_forward", "after_forward", "before_backward", "after_backward"):
        getattr(net, name).append(lambda i, name=name: heard.append((name, i)))
    net.forward_backward()
    forward = [(f"{when}_forward", i) for i in range(5) for when in ("before", "after")]
    backward = [(f"{when}_backward", i) for i in reversed(range(5)) for when in ("before", "after")]
    assert heard == forward + backward


def test_the_same_seed_gives_the_same_net_and_another_another():
    a, b, c = (Net(SMALL, seed=s).params["ip"][0].data for s in (3, 3, 4))
    assert np.array_equal(a, b) and not np.array_equal(a, c)


@pytest.mark.parametrize("dtype", [np.int32, np.float16])
def test_kinds_of_numbers_that_would_give_nonsense_are_refused(dtype):
    with pytest.raises(NetError, match="use float32 or float64"):
        Net(SMALL, dtype=dtype)


def test_values_stay_valid_after_the_net_is_gone():
    net = Net(SMALL, seed=1)
    data = net.params["ip"][0].data
    copy = data.copy()
    del net
    assert np.array_equal(data, copy)


def test_the_arena_holds_the_parameters_and_their_sharers_follow():
    net, other = Net(SMALL, phase=TRAIN, seed=1), Net(SMALL, phase=TEST, seed=2)
    other.share_with(net)
    net.arena.data[:] = 7
    assert (net.params["ip"][0].data == 7).all() and (other.params["ip"][1].data == 7).all()
    net.params["ip"][1].diff[...] = 2
    assert net.arena.diff.sum() == 8
    net.clear_param_diffs()
    assert not net.arena.diff.any()


def test_saved_weights_come_back(tmp_path):
    net, other = Net(SMALL, seed=1), Net(SMALL, seed=2)
    path = tmp_path / "small.caffemodel"
    net.save(path)
    report = other.copy_from(path)
    assert (report.copied, report.unused, report.missing) == (["ip"], [], [])
    assert np.array_equal(net.params["ip"][0].data, other.params["ip"][0].data)


def test_weights_that_do_not_fit_change_nothing(tmp_path):
    wider = SMALL.replace("num_output: 4", "num_output: 4 bias_term: false")
    net, path = Net(SMALL, seed=1), tmp_path / "other.caffemodel"
    before = net.params["ip"][0].data.copy()
    Net(wider, seed=2).save(path)
    with pytest.raises(WeightsError, match=r"layer 'ip' .*blobs is 1 in .*, 2 in the net"):
        net.copy_from(path)
    assert np.array_equal(before, net.params["ip"][0].data)


def test_misshapen_weights_name_both_shapes(tmp_path):
    path = tmp_path / "old.caffemodel"
    Net(SMALL.replace("dim: 2 dim: 3", "dim: 2 dim: 5"), seed=2).save(path)
    with pytest.raises(WeightsError, match=r"are \(4, 5\), the net needs \(4, 3\)"):
        Net(SMALL, weights=path)


def test_weights_of_another_net_are_an_error_and_strict_a_stricter_one(tmp_path):
    path, two = tmp_path / "w.caffemodel", SMALL.replace('"loss"', '"ip2"', 0)
    Net(SMALL.replace('name: "ip"', 'name: "fc"'), seed=2).save(path)
    with pytest.raises(WeightsError, match=r"no layer of the net is in .*, where there are fc"):
        Net(SMALL, weights=path)
    more = two + (
        'layer { name: "ip2" type: "InnerProduct" bottom: "target" top: "ip2" '
        "inner_product_param { num_output: 2 } }"
    )
    Net(SMALL, seed=2).save(path)
    net = Net(more, seed=1)
    assert net.copy_from(path).missing == ["ip2"]
    with pytest.raises(WeightsError, match="strictly"):
        net.copy_from(path, strict=True)


def test_old_four_axes_fit_fewer_aligned_to_the_right():
    from protonet.net.weights import fits

    assert fits((4, 3), (1, 1, 4, 3)) and fits((4,), (1, 1, 1, 4)) and fits((4, 3), (4, 3))
    assert not fits((4, 3), (4, 3, 1, 1)) and not fits((12,), (1, 1, 4, 3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SMALL.replace('"TanH"', '"Tanh"'),
            "6: layer 'squash' (Tanh): unknown type 'Tanh': did you mean 'TanH'?",
        ),
        (SMALL.replace("num_output: 4", ""), "5: layer 'ip' (InnerProduct): num_output"),
        (
            SMALL.replace('bottom: "ip" top: "ip" }', 'bottom: "ip" top: "data" }'),
            "6: layer 'squash' (TanH): top 'data' exists already: layer 'data' makes it already",
        ),
        (
            SMALL.replace('bottom: "ip" bottom: "target"', 'bottom: "ip"'),
            "7: layer 'loss' (EuclideanLoss): 1 bottom blob, the type takes 2: add a bottom",
        ),
        (
            SMALL.replace('"TanH"', '"Flatten"'),
            "6: layer 'squash' (Flatten): the type cannot work in place on 'ip'",
        ),
        ('name: "none"', "no layers in this state"),
    ],
)
def test_a_fault_is_one_line_with_its_place(text, message, tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(text)
    with pytest.raises(ProtonetError) as caught:
        Net(path).forward()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_blob_is_refused_when_it_runs():
    net = Net(SMALL.replace("dim: 2", "dim: 0"))
    with pytest.raises(ShapeError, match=r"layer 'data' .*top 'data' is empty"):
        net.forward()


def test_two_layers_of_one_name_are_warned_of_if_there_are_weights(caplog):
    Net(SMALL.replace('name: "squash"', 'name: "loss"'))
    assert caplog.text == ""
    Net(SMALL.replace('name: "squash"', 'name: "ip"'))
    assert "6: layer 'ip' (TanH): an earlier layer (InnerProduct) has this name" in caplog.text


def test_overwriting_what_backward_reads_is_warned_of(caplog):
    text = SMALL.replace(
        'layer { name: "loss"',
        'layer { name: "again" type: "ReLU" bottom: "ip" top: "ip" }\nlayer { name: "loss"',
    )
    assert protonet.log.log.name == "protonet"
    Net(text, phase=TRAIN)
    assert "'again' (ReLU): works in place on what the backward pass of 'squash'" in caplog.text


def test_dropout_in_place_may_follow_a_rectifier(caplog):
    """As in every AlexNet: where Dropout hides the sign it stops the gradient too."""
    behind = 'layer { name: "%s" type: "%s" bottom: "ip" top: "ip" }\n'
    text = SMALL.replace("TanH", "ReLU").replace(
        'layer { name: "loss"', behind % ("drop", "Dropout") + 'layer { name: "loss"'
    )
    Net(text, phase=TRAIN)
    assert caplog.text == ""
    Net(
        text.replace('layer { name: "loss"', behind % ("late", "Sigmoid") + 'layer { name: "loss"'),
        phase=TRAIN,
    )
    assert "'late' (Sigmoid): works in place on what the backward pass of 'squash'" in caplog.text


def test_the_repr_tells_the_size():
    assert repr(Net(SMALL)) == (
        "<Net 'Small', TEST: 5 layers, 16 parameters, data, target -> loss>"
    )


def test_hdf5_weights_hold_shared_parameters_once(tmp_path):
    import h5py

    text = SMALL.replace("inner_product_param", 'param { name: "w" } inner_product_param') + (
        'layer { name: "twin" type: "InnerProduct" bottom: "data" top: "twin" '
        'param { name: "w" } inner_product_param { num_output: 4 } }'
    )
    net, other = Net(text, seed=1), Net(text, seed=2)
    path = tmp_path / "net.caffemodel.h5"
    net.save(path)
    with h5py.File(path) as file:
        assert list(file["data/ip"]) == ["0", "1"] and list(file["data/twin"]) == ["1"]
    other.copy_from(path)
    assert np.array_equal(net.params["twin"][0].data, other.params["twin"][0].data)


def test_overwriting_is_seen_through_a_flatten(caplog):
    text = SMALL.replace(
        'layer { name: "loss" type: "EuclideanLoss" bottom: "ip"',
        'layer { name: "flat" type: "Flatten" bottom: "ip" top: "flat" }\n'
        'layer { name: "again" type: "ReLU" bottom: "flat" top: "flat" }\n'
        'layer { name: "loss" type: "EuclideanLoss" bottom: "flat"',
    )
    Net(text, phase=TRAIN)
    assert "'again' (ReLU): works in place on what the backward pass of 'squash'" in caplog.text


def test_layers_that_never_run_backward_know_it():
    net = Net(SMALL.replace('top: "loss"', 'top: "loss" loss_weight: 0'), phase=TRAIN)
    assert not any(layer.needs_backward for layer in net.layers)
    assert Net(SMALL, phase=TRAIN).layer_dict["ip"].needs_backward


def test_names_are_looked_up_helpfully_and_not_assigned():
    net = Net(SMALL)
    with pytest.raises(KeyError, match=r"no blob named 'dta': did you mean 'data'\?"):
        net.blobs["dta"]
    with pytest.raises(KeyError, match=r"no layer with parameters named 'ip9'"):
        net.params["ip9"]
    with pytest.raises(KeyError, match=r"no layer named 'ip9'"):
        net.layer_dict["ip9"]
    with pytest.raises(TypeError, match=r"write net\.blobs\['data'\]\.data\[\.\.\.\] = values"):
        net.blobs["data"] = np.zeros(net.blobs["data"].shape)


@pytest.mark.parametrize("name", ["x.pt", "x.caffemodel.tmp", "x.prototxt"])
def test_weights_are_not_written_under_a_name_of_something_else(name, tmp_path):
    with pytest.raises(
        WeightsError, match=r"weights are not written as '\.\w+': the name's ending"
    ):
        Net(SMALL).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x.caffemodel", "x", "x.caffemodel.h5", "x_lr0.01"])
def test_names_that_weights_may_have(name, tmp_path):
    net = Net(SMALL, seed=1)
    net.save(tmp_path / name)
    again = Net(SMALL, weights=tmp_path / name)
    assert (again.params["ip"][0].data == net.params["ip"][0].data).all()


def test_a_level_counts_without_a_phase_too():
    text = SMALL + (
        'layer { name: "deep" type: "Power" bottom: "ip" top: "deep" include { min_level: 1 } }'
    )
    assert "deep" not in Net(text, phase=None).layer_names
    assert "deep" in Net(text, phase=None, level=1).layer_names
    written = "state { level: 1 }\n" + text
    assert "deep" in Net(written, phase=None).layer_names


def test_weights_that_are_not_finite_are_named_once(caplog):
    net = Net(SMALL, seed=1)
    bad = LayerWeights("ip", "InnerProduct", [np.ones((4, 3)), np.array([0, np.inf, 0, np.nan])])
    report = net.copy_from([bad])
    assert report.not_finite == [("ip", 1)]
    assert "not finite: ip" in str(report)
    told = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert len(told) == 1
    assert "layer 'ip' (blob 1) are NaN or infinite" in told[0]
    huge = LayerWeights("ip", "InnerProduct", [np.full((4, 3), 3e38), np.zeros(4)])
    assert net.copy_from([huge]).not_finite == []  # though their sum is infinite


def test_a_second_file_does_not_take_back_what_the_first_has_filled(caplog):
    text = SMALL + (
        'layer { name: "ip2" type: "InnerProduct" bottom: "ip" top: "ip2" '
        "inner_product_param { num_output: 2 } }"
    )
    net = Net(text)
    net.copy_from([LayerWeights("ip", "InnerProduct", [np.ones((4, 3)), np.zeros(4)])])
    assert "no weights for ip2" in caplog.text
    caplog.clear()
    net.copy_from([LayerWeights("ip2", "InnerProduct", [np.ones((2, 4)), np.zeros(2)])])
    assert "no weights" not in caplog.text


def test_weights_that_do_not_fit_are_named_with_the_line_of_their_layer(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(SMALL)
    net = Net(path)
    with pytest.raises(WeightsError) as caught:
        net.copy_from([LayerWeights("ip", "InnerProduct", [np.ones((4, 2)), np.zeros(4)])])
    error = caught.value
    assert (error.file, error.line) == (str(path), 4)  # data is in 2, target in 3
    assert (error.layer, error.layer_type) == ("ip", "InnerProduct")


def test_as_many_weights_of_another_shape_can_be_carried_over():
    conv = (
        'layer { name: "in" type: "Input" top: "x" '
        "input_param { shape { dim: 1 dim: 2 dim: 3 dim: 3 } } }\n"
        'layer { name: "fc" type: "Convolution" bottom: "x" top: "y" '
        "convolution_param { num_output: 5 kernel_size: 3 } }"
    )
    weights = np.arange(90.0, dtype=np.float32).reshape(5, 18)
    with pytest.raises(WeightsError, match="they are as many") as caught:
        Net(conv).copy_from([LayerWeights("fc", "InnerProduct", [weights, np.zeros(5)])])
    assert "new.params['fc_new'][0].data.flat = old.params['fc'][0].data.flat" in str(caught.value)
    other = LayerWeights("fc", "InnerProduct", [weights[:, :9], np.zeros(5)])
    with pytest.raises(WeightsError, match="rename the layer to learn it from scratch"):
        Net(conv).copy_from([other])
