"""Small stand-ins for the nets that everyone runs: `nets/*.prototxt`, the same structure with few
channels.  Shapes are worked out by hand; gradients are those of the whole net."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN
from protonet.net.net import Net

NETS = Path(__file__).parent / "nets"
STEP = 1e-6  # of the differences: small enough that no rectifier changes sides
#: Of the steepest slope; the gradient of the contrastive loss takes a distance for 1e-4 longer.
TOLERANCE = {"siamese": 5e-4}
#: Whose inputs may have any number of items.
RESIZED = {"caffenet", "googlenet", "vgg", "squeezenet", "resnet", "mobilenet"}
TEST_STAGES = {"autoencoder": ["test-on-test"]}

#: Blob -> shape in TRAIN; what differs in TEST stands in ONLY_TEST.
SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "caffenet": {
        "conv1": (2, 8, 16, 16),  # (35 - 5) / 2 + 1
        "pool1": (2, 8, 8, 8),  # ceil(13 / 2) + 1
        "conv2": (2, 12, 8, 8),
        "norm2": (2, 12, 4, 4),  # ceil(5 / 2) + 1
        "conv5": (2, 8, 4, 4),
        "pool5": (2, 8, 2, 2),
        "fc6": (2, 16),
        "fc8": (2, 10),
        "loss": (),
    },
    "googlenet": {
        "conv1/7x7_s2": (2, 8, 17, 17),  # (33 + 6 - 7) / 2 + 1
        "pool1/3x3_s2": (2, 8, 8, 8),
        "inception/pool": (2, 10, 8, 8),
        "inception/output": (2, 15, 8, 8),  # 4 + 6 + 3 + 2 channels
        "side/pool": (2, 15, 2, 2),  # (8 - 5) / 3 + 1
        "pool5": (2, 15, 1, 1),
        "classifier": (2, 5),
        "loss": (),
    },
    "vgg": {
        "label": (2, 1, 1, 1),
        "conv1_2": (2, 6, 16, 20),
        "pool1": (2, 6, 8, 10),
        "pool2": (2, 8, 4, 5),
        "fc6": (2, 16),
        "loss": (),
    },
    "squeezenet": {
        "conv1": (2, 6, 14, 14),
        "pool1": (2, 6, 7, 7),  # ceil(11 / 2) + 1
        "fire2/squeeze1x1": (2, 3, 7, 7),
        "fire2/concat": (2, 8, 7, 7),
        "pool3": (2, 8, 3, 3),
        "conv10": (2, 5, 3, 3),
        "pool10": (2, 5, 1, 1),
        "loss": (),
    },
    "resnet": {
        "conv1": (2, 8, 16, 16),
        "pool1": (2, 8, 8, 8),
        "res2a": (2, 16, 8, 8),
        "res3a_branch1": (2, 24, 4, 4),  # floor((8 - 1) / 2) + 1
        "res3a_branch2b": (2, 6, 4, 4),
        "res3b": (2, 24, 4, 4),
        "pool5": (2, 24, 1, 1),
        "fc": (2, 5),
        "loss": (),
    },
    "mobilenet": {
        "conv1": (2, 8, 16, 16),
        "conv2/dw": (2, 8, 16, 16),
        "conv2/sep": (2, 12, 16, 16),
        "conv3/dw": (2, 12, 8, 8),
        "conv3/sep": (2, 16, 8, 8),
        "pool6": (2, 16, 1, 1),
        "fc7": (2, 6, 1, 1),
        "loss": (),
    },
    "fcn8s": {
        "conv1": (1, 4, 70, 62),  # 32 + 40 - 2, 24 + 40 - 2
        "pool1": (1, 4, 35, 31),
        "pool2": (1, 6, 18, 16),
        "pool3": (1, 8, 9, 8),
        "score_fr": (1, 5, 7, 6),
        "upscore2": (1, 5, 16, 14),  # (7 - 1) 2 + 4, (6 - 1) 2 + 4
        "score_pool2c": (1, 5, 16, 14),
        "upscore_pool2": (1, 5, 34, 30),
        "score_pool1c": (1, 5, 34, 30),
        "upscore8": (1, 5, 70, 62),
        "score": (1, 5, 32, 24),
        "loss": (),
    },
    "rcnn": {
        "data": (3, 3, 27, 27),
        "conv1": (3, 6, 12, 12),
        "pool1": (3, 6, 6, 6),  # ceil(9 / 2) + 1
        "pool5": (3, 8, 3, 3),
        "fc-rcnn": (3, 9),
    },
    "lrcn": {
        "conv1": (8, 4, 12, 12),
        "fc6": (8, 10),
        "reshape-data": (4, 2, 10),
        "lstm1": (4, 2, 6),
        "fc8": (4, 2, 5),
        "loss": (),
    },
    "siamese": {
        "data_p": (4, 1, 16, 16),
        "conv1_p": (4, 4, 12, 12),
        "pool1": (4, 4, 6, 6),
        "feat": (4, 2),
        "feat_p": (4, 2),
        "loss": (),
    },
    "autoencoder": {
        "flatdata": (3, 36),
        "encode2": (3, 4),
        "decode1neuron": (3, 36),
        "cross_entropy_loss": (),
        "l2_error": (),
    },
}
ONLY_TEST: dict[str, dict[str, tuple[int, ...]]] = {
    "googlenet": {"top-1": (), "top-3": (), "side/accuracy": ()},
    "lrcn": {"accuracy": ()},
    "autoencoder": {"flatdata": (2, 36), "encode2": (2, 4), "decode1neuron": (2, 36)},
}
#: Weights and biases, counted by hand: in x out x window + out for each layer.
PARAMETERS = {
    "caffenet": 608 + 1212 + 1308 + 660 + 440 + 528 + 272 + 170,
    "googlenet": 1184 + 54 + 550 + 44 + 33 + 168 + 22 + 153 + 22 + 305 + 80,
    "vgg": 168 + 330 + 440 + 584 + 2576 + 119,
    "squeezenet": 168 + (21 + 16 + 112) + (27 + 16 + 112) + 45,
    # Each convolution with its factors and offsets, then what batches have left behind.
    "resnet": (
        1176
        + 16
        + (128 + 32)
        + (32 + 8)
        + (144 + 8)
        + (64 + 32)
        + (384 + 48)
        + (96 + 12)
        + (324 + 12)
        + (144 + 48)
        + (144 + 12)
        + (324 + 12)
        + (144 + 48)
        + 125
        + 2 * (8 + 16 + 4 + 4 + 16 + 24 + 6 + 6 + 24 + 6 + 6 + 24)
        + 12
    ),
    "mobilenet": 216 + 72 + 96 + 108 + 192 + 102 + 2 * 56 + (2 * 56 + 5),
    "fcn8s": 112 + 222 + 440 + 730 + 55 + 35 + 25 + 3 * 80,
    "rcnn": 456 + 224 + 876 + 117,
    "lrcn": 112 + 1450 + (240 + 24 + 144) + 35,
    "siamese": 104 + 1160 + 18,
    "autoencoder": 444 + 52 + 60 + 468,
}


def build(name: str, phase: int, **options) -> Net:
    stages = TEST_STAGES.get(name, []) if phase == TEST else []
    net = Net(NETS / f"{name}.prototxt", phase=phase, seed=1, stages=stages, **options)
    rng = np.random.default_rng(0)
    for blob_name in net.inputs:
        values = net.blobs[blob_name].data
        if blob_name == "label":
            values[...] = rng.integers(0, 5, values.shape)
        elif blob_name == "sim":
            values[...] = [0, 1, 0, 1]
        elif blob_name == "cont":
            values[...] = [[0, 0], [1, 1], [1, 0], [1, 1]]  # the second clip ends halfway
        else:
            values[...] = rng.uniform(0.05, 0.95, values.shape)
    if name == "fcn8s":
        net.blobs["label"].data[0, 0, :3, :7] = 255
    return net


def loss_of(net: Net) -> float:
    """The loss of one pass; Dropout draws the same each time.  Scores without a loss are summed."""
    for layer in net.layers:
        layer._rng = None
    loss = net.run_forward()
    if not any(net.blob_loss_weights.values()):
        for name in net.outputs:
            blob = net.blobs[name]
            blob.diff[...] = np.linspace(-1, 1, blob.count).reshape(blob.shape)
            loss += float((blob.diff * blob.data).sum())
    return loss


@pytest.mark.parametrize("phase", [TRAIN, TEST], ids=["train", "test"])
@pytest.mark.parametrize("name", SHAPES)
def test_runs_forward_and_backward(name: str, phase: int, caplog: pytest.LogCaptureFixture) -> None:
    net = build(name, phase)
    assert caplog.text == ""
    loss = loss_of(net)
    wanted = SHAPES[name] | (ONLY_TEST.get(name, {}) if phase == TEST else {})
    assert {blob: net.blobs[blob].shape for blob in wanted} == wanted
    net.run_backward()
    assert np.isfinite(loss)
    for blob_name, blob in net.blobs.items():
        assert np.isfinite(blob.data).all(), blob_name
    for (layer, index), blob in zip(net.learnable_param_names, net.learnable_params):
        assert np.isfinite(blob.diff).all(), (layer, index)
    if phase == TRAIN:
        assert sum(blob.count for blob in net.learnable_params) == PARAMETERS[name]
        assert not any("accuracy" in blob or "top-" in blob for blob in net.blobs)


@pytest.mark.parametrize("name", SHAPES)
def test_an_optimised_net_runs_less_and_gives_the_same_numbers(name: str) -> None:
    """At every size: a second one needs more memory, the last less."""
    plain, net = build(name, TEST), build(name, TEST, optimize=True)
    rng = np.random.default_rng(6)
    for layer, twin in zip(plain.layers, net.layers):
        for blob, copy in zip(layer.blobs, twin.blobs):
            if layer.type in ("BatchNorm", "Scale"):
                blob.data[...] = rng.uniform(0.5, 1.5, blob.shape)
            copy.data[...] = blob.data
    before = [blob.data.copy() for blob in net.learnable_params]
    for items in (None, 3, 1) if name in RESIZED else (None, None):
        for blob_name in plain.inputs if items else ():
            shape = (items, *plain.blobs[blob_name].shape[1:])
            values = rng.integers(0, 5, shape) if blob_name == "label" else rng.random(shape)
            for each in (plain, net):
                each.blobs[blob_name].reshape(*shape)
                each.blobs[blob_name].data[...] = values
        assert net.run_forward() == pytest.approx(plain.run_forward(), rel=1e-5)
        for blob_name in plain.outputs:
            want = plain.blobs[blob_name].data
            np.testing.assert_allclose(
                net.blobs[blob_name].data, want, rtol=1e-5, atol=1e-5 * np.abs(want).max()
            )
    for blob, values in zip(net.learnable_params, before):
        np.testing.assert_array_equal(blob.data, values)
    ran = [step.layer.type for step in net._executor.steps if not step.idle]
    assert len(ran) < len(plain.steps)
    gone = {"Split", "Dropout", "Flatten", "Reshape", "Silence", "Concat", "BatchNorm", "Scale"}
    assert not gone & {*ran}


@pytest.mark.parametrize("name", SHAPES)
def test_gradient_of_the_whole_net(name: str) -> None:
    """Two values of each parameter: the one with the steepest slope, and another."""
    net = build(name, TRAIN, dtype=np.float64)
    loss_of(net)
    net.clear_param_diffs()
    net.run_backward()
    rng, tried = np.random.default_rng(2), 0
    for (layer, index), rate in zip(net.learnable_param_names, net.params_lr):
        blob = net.params[layer][index]
        if rate == 0:
            continue
        values, slopes = blob.data.reshape(-1), blob.diff.reshape(-1)
        scale = max(np.abs(slopes).max(), 1e-3)
        for at in (int(np.abs(slopes).argmax()), int(rng.integers(values.size))):
            before, losses = values[at], []
            for side in (1, -1):
                values[at] = before + side * STEP
                losses.append(loss_of(net))
            values[at] = before
            slope = (losses[0] - losses[1]) / (2 * STEP)
            tolerance = TOLERANCE.get(name, 2e-6) * scale
            assert abs(slope - slopes[at]) < tolerance, (layer, index, at, slope, slopes[at])
            tried += 1
    assert tried >= 6


@pytest.mark.parametrize("ending", ["caffemodel", "caffemodel.h5"])
@pytest.mark.parametrize("name", SHAPES)
def test_weights_there_and_back(name: str, ending: str, tmp_path: Path) -> None:
    source = build(name, TRAIN)
    for _ in range(2):  # batch normalisation gathers its means
        source.run_forward()
    path = tmp_path / f"weights.{ending}"
    source.save(path)
    net = build(name, TEST)
    rng = np.random.default_rng(3)
    for blob in net.learnable_params:
        blob.data[...] = rng.uniform(size=blob.shape)
    report = net.copy_from(path, strict=True)
    assert set(report.copied) >= {layer for layer, _ in net.learnable_param_names}
    for layer, blobs in net.params.items():
        for blob, saved in zip(blobs, source.params[layer]):
            np.testing.assert_array_equal(blob.data, saved.data)


def test_vgg_in_old_syntax_keeps_its_rates() -> None:
    net = build("vgg", TRAIN)
    assert net.params_lr == [1, 2] * 6
    assert net.params_weight_decay == [1, 0] * 6
    assert [layer.type for layer in net.layers[1:4]] == ["Convolution", "ReLU", "Convolution"]


def test_googlenet_counts_its_side_loss_by_a_third_in_training() -> None:
    net = build("googlenet", TRAIN)
    loss = loss_of(net)
    parts = net.blobs["side/loss"].data, net.blobs["loss"].data
    assert loss == pytest.approx(0.3 * float(parts[0]) + float(parts[1]))
    assert "side/loss" not in build("googlenet", TEST).blobs


def test_fcn_does_not_learn_its_enlargement_and_ignores_some_pixels() -> None:
    net = build("fcn8s", TRAIN)
    loss_of(net)
    net.run_backward()
    for name in ("upscore2", "upscore_pool2", "upscore8"):
        assert not net.params[name][0].diff.any()
    score = net.blobs["score"].diff
    assert not score[0, :, :3, :7].any()
    assert score[0, :, 3:].any(axis=0).all()


def test_fcn_enlarges_a_plane_to_itself() -> None:
    net = build("fcn8s", TEST)
    net.blobs["score_fr"].data[...] = 1
    net.forward(start="upscore2", end="upscore2")
    np.testing.assert_allclose(net.blobs["upscore2"].data[0, :, 2:-2, 2:-2], 1, rtol=1e-6)


def test_siamese_twins_share_their_parameters() -> None:
    net = build("siamese", TRAIN)
    assert [name for name, _ in net.learnable_param_names] == [
        name for name in ("conv1", "ip1", "feat") for _ in range(2)
    ]
    for name in ("conv1", "ip1", "feat"):
        for mine, twin in zip(net.params[name], net.params[f"{name}_p"]):
            assert mine.shares_data_with(twin)


def test_the_clips_of_lrcn_start_anew() -> None:
    """Where `cont` is 0 nothing of the past is left: later steps do not see earlier frames."""
    net = build("lrcn", TEST)
    net.run_forward()
    before = net.blobs["lstm1"].data.copy()
    frames = net.blobs["data"].data.reshape(4, 2, 3, 14, 14)
    frames[0] += 0.5
    net.run_forward()
    changed = (net.blobs["lstm1"].data != before).any(axis=2)
    assert changed.tolist() == [[True, True], [True, True], [True, False], [True, False]]


def test_the_autoencoder_reports_a_distance_that_does_not_train() -> None:
    net = build("autoencoder", TRAIN)
    assert loss_of(net) == pytest.approx(float(net.blobs["cross_entropy_loss"].data))
    assert float(net.blobs["l2_error"].data) > 0
    data, code = net.blobs["flatdata"].data, net.blobs["decode1neuron"].data
    net.run_backward()
    expected = (code - data) / 3  # of a sigmoid with cross entropy, mean over three items
    np.testing.assert_allclose(net.blobs["decode1"].diff, expected, rtol=1e-4, atol=1e-7)
