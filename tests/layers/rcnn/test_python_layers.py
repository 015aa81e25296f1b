"""The Python layers of Faster R-CNN that are built in: which run, their settings, their faults."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.errors import DataError, NetError, ProtonetError, PrototxtError
from protonet.layers.rcnn._settings import DEFAULTS, read_settings

PROPOSAL = """
layer { name: "in" type: "Input" top: "score" top: "delta" top: "info" input_param {
  shape { dim: 1 dim: 6 dim: 3 dim: 4 } shape { dim: 1 dim: 12 dim: 3 dim: 4 }
  shape { dim: 1 dim: 3 } } }
layer { name: "proposal" type: "Python" bottom: "score" bottom: "delta" bottom: "info"
  top: "rois" top: "scores"
  python_param { module: "%s" layer: "ProposalLayer" param_str: "%s" } }
"""
ONE_SCALE = "'feat_stride': 16\\n'scales': [1]"
TARGETS = """
layer { name: "in" type: "Input" top: "rois" top: "gt" input_param {
  shape { dim: 4 dim: 5 } shape { dim: 1 dim: 5 } } }
layer { name: "targets" type: "Python" bottom: "rois" bottom: "gt"
  top: "r" top: "labels" top: "t" top: "inside" top: "outside"
  python_param { module: "rpn.proposal_target_layer" layer: "ProposalTargetLayer"
    param_str: "%s" } }
"""
ANCHORS = """
layer { name: "in" type: "Input" top: "score" top: "gt" top: "info" top: "data" input_param {
  shape { dim: 1 dim: 18 dim: 6 dim: 7 } shape { dim: 1 dim: 5 } shape { dim: 1 dim: 3 }
  shape { dim: 1 dim: 3 dim: 96 dim: 112 } } }
layer { name: "targets" type: "Python" bottom: "score" bottom: "gt" bottom: "info" bottom: "data"
  top: "labels" top: "t" top: "inside" top: "outside"
  python_param { module: "rpn.anchor_target_layer" layer: "AnchorTargetLayer"
    param_str: "'feat_stride': 16\\n'scales': [1, 2, 4]" } }
"""


def proposals(
    param_str: str = ONE_SCALE, module: str = "rpn.proposal_layer", text: str = PROPOSAL, **options
) -> Net:
    net = Net(text % (module, param_str), seed=1, **options)
    rng = np.random.default_rng(0)
    net.blobs["score"].data[...] = rng.permutation(72).reshape(1, 6, 3, 4) / 72
    net.blobs["info"].data[...] = 48, 64, 1
    net.forward()
    return net


def rows(net: Net) -> int:
    return net.blobs["rois"].shape[0]


def test_any_package_may_hold_the_module() -> None:
    for module in ("rpn.proposal_layer", "lib.rpn.proposal_layer", "a.b.rpn.proposal_layer"):
        assert proposals(module=module).layers[-1].user.stride == 16
    with pytest.raises(NetError, match="wants to run Python code"):
        proposals(module="carpn.proposal_layer")
    with pytest.raises(NetError, match="wants to run Python code"):
        proposals(module="proposal_layer")


def test_a_users_own_module_goes_first_with_consent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mine" / "rpn").mkdir(parents=True)
    (tmp_path / "mine" / "rpn" / "proposal_layer.py").write_text(
        "from protonet.layers.python import PythonLayer\n"
        "class ProposalLayer(PythonLayer):\n"
        "    def reshape(self, bottom, top): top[0].reshape(7, 5); top[1].reshape(7)\n"
        "    def forward(self, bottom, top): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    caplog.set_level(logging.INFO)
    module = "mine.rpn.proposal_layer"
    assert rows(proposals(module=module)) != 7
    assert rows(proposals(module=module, allow_python=True)) == 7
    assert "runs module 'mine.rpn.proposal_layer', as allowed" in caplog.text


@pytest.mark.parametrize("code", [None, "print 'Python 2'", "import not_there_at_all", "1 / 0"])
def test_a_module_that_cannot_be_imported_is_replaced(
    code: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    name = f"broken{'x' if code is None else len(code)}"
    if code is not None:
        (tmp_path / name / "rpn").mkdir(parents=True)
        (tmp_path / name / "rpn" / "proposal_layer.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    caplog.set_level(logging.INFO)
    net = proposals(module=f"{name}.rpn.proposal_layer", allow_python=True)
    assert rows(net) > 0
    assert "cannot be used" in caplog.text and "the built-in ProposalLayer runs" in caplog.text


@pytest.mark.parametrize(
    ("param_str", "config"),
    [
        (ONE_SCALE + "\\n'RPN_POST_NMS_TOP_N': 3", None),
        (ONE_SCALE + "\\n'TEST.RPN_POST_NMS_TOP_N': 3", None),
        (ONE_SCALE + "\\nTEST:\\n  RPN_POST_NMS_TOP_N: 3", {"TEST.RPN_POST_NMS_TOP_N": 9}),
        (ONE_SCALE, {"TEST.RPN_POST_NMS_TOP_N": 3, "TRAIN.RPN_POST_NMS_TOP_N": 5}),
        (ONE_SCALE, {"TEST": {"RPN_POST_NMS_TOP_N": 3}, "EXP_DIR": "x"}),
    ],
)
def test_where_settings_come_from(param_str: str, config: dict | None) -> None:
    assert rows(proposals(param_str, rcnn_config=config)) == 3


def test_settings_of_the_phase() -> None:
    config = {"TRAIN.RPN_POST_NMS_TOP_N": 5}
    assert rows(proposals(rcnn_config=config, phase=0)) == 5
    assert rows(proposals(rcnn_config=config)) > 5


def test_ratios_and_no_limit() -> None:
    net = proposals(
        "{'feat_stride': 16, 'scales': [0.5, 1, 2], 'ratios': [1], 'RPN_POST_NMS_TOP_N': 0, "
        "'RPN_PRE_NMS_TOP_N': 0, 'RPN_NMS_THRESH': 2, 'RPN_MIN_SIZE': 0}"
    )
    assert rows(net) == 36
    assert net.blobs["scores"].shape == (36, 1)


def test_small_boxes_are_removed_up_to_the_last() -> None:
    """No box is left: the top has no rows, and whoever looks at it is told."""
    text = PROPOSAL + 'layer { name: "s" type: "Silence" bottom: "rois" bottom: "scores" }'
    with pytest.raises(ProtonetError, match=r"bottom 'rois' is empty: its shape is \(0, 5\)"):
        proposals(ONE_SCALE + "\\n'RPN_MIN_SIZE': 900", text=text)


@pytest.mark.parametrize(
    ("param_str", "message"),
    [
        ("'scales': [8]", r":7: layer 'proposal' \(Python\): param_str: feat_stride is missing"),
        ("'feat_stride': x", "param_str: feat_stride is 'x': write"),
        ("16", "param_str is '16': write it as"),
        (ONE_SCALE + "\\n'RPN_NMS_THRESH': no", "RPN_NMS_THRESH is False: it must be a number"),
        ("'feat_stride': 16\\n'scales': [-1]", r"scales is \[-1\]: write a list of numbers above"),
        ("'feat_stride': [16", r"param_str: '\[16': a '\[' is not closed"),
    ],
)
def test_bad_param_str(param_str: str, message: str) -> None:
    with pytest.raises(PrototxtError, match=message):
        proposals(param_str)


def test_what_param_str_holds_in_vain_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    proposals(ONE_SCALE + "\\n'scale': 3")
    assert "layer 'proposal': scale of param_str is not read" in caplog.text


def test_a_number_of_blobs_that_does_not_fit() -> None:
    with pytest.raises(NetError, match="2 bottoms: ProposalLayer takes 3"):
        proposals(text=PROPOSAL.replace('bottom: "info"', ""))


def test_the_config_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "cfg.yml"
    path.write_text(
        "EXP_DIR: x\nTEST:\n  RPN_NMS_TRESH: 0.5\n  RPN_POST_NMS_TOP_N: 4\n  NMS: 0.3\n"
    )
    caplog.set_level(logging.WARNING)
    assert rows(proposals(rcnn_config=path)) == 4
    assert caplog.text.count("no layer here reads") == 1
    assert "TEST.RPN_NMS_TRESH: did you mean 'TEST.RPN_NMS_THRESH'?" in caplog.text
    path.write_text("TEST:\n  RPN_MIN_SIZE: [16]\n")
    with pytest.raises(PrototxtError, match=r"cfg.yml: TEST.RPN_MIN_SIZE is \[16\]: it must be a"):
        proposals(rcnn_config=path)
    path.write_text("TEST:\n RPN: [1\n")
    with pytest.raises(PrototxtError, match=r"cfg.yml:2: '\[1': a '\['"):
        proposals(rcnn_config=path)
    path.write_text("- 1\n")
    with pytest.raises(PrototxtError, match=r"cfg.yml: settings are written as NAME: value"):
        read_settings(path)
    with pytest.raises(DataError, match=r"none.yml: the settings cannot be read: No such file"):
        proposals(rcnn_config=tmp_path / "none.yml")


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_setting_of_the_wrong_kind(name: str) -> None:
    assert read_settings({name: DEFAULTS[name]}) == {name: DEFAULTS[name]}
    with pytest.raises(PrototxtError, match=f"rcnn_config: {name} is 'x': it must be "):
        read_settings({name: "x"})


# -- targets ----------------------------------------------------------------------------------


def targets(rois: list, gt: list, param_str: str = "'num_classes': 3", **options) -> Net:
    net = Net(TARGETS % param_str, phase=0, seed=1, **options)
    net.blobs["rois"].reshape(len(rois), 5)
    net.blobs["gt"].reshape(len(gt), 5)
    net.blobs["rois"].data[...], net.blobs["gt"].data[...] = rois, gt
    net.forward()
    return net


GT = [[0, 0, 9, 9, 2]]
NEAR = [[0, 0, 0, 9, 9]] * 3 + [[0, 0, 0, 9, 39]] * 5


def test_objects_first_with_the_columns_of_their_label() -> None:
    net = targets([[0, 0, 0, 9, 39], [0, 1, 0, 10, 9]], GT)
    rois, labels, inside = (net.blobs[name].data for name in ("r", "labels", "inside"))
    assert rois.tolist() == [[0, 1, 0, 10, 9], [0, 0, 0, 9, 9], [0, 0, 0, 9, 39]]
    assert labels.tolist() == [2, 2, 0]
    assert inside.tolist() == [[0] * 8 + [1] * 4] * 2 + [[0] * 12]
    assert net.blobs["t"].data[0, 8:].tolist() == pytest.approx([-0.1, 0, 0, 0])


def test_more_than_fit_are_drawn() -> None:
    net = targets(NEAR, GT, rcnn_config={"TRAIN.BATCH_SIZE": 4, "TRAIN.FG_FRACTION": 0.5})
    assert net.blobs["labels"].data.tolist() == [2, 2, 0, 0]
    net = targets(NEAR[:3], GT, rcnn_config={"TRAIN.BATCH_SIZE": 4, "TRAIN.FG_FRACTION": 0.5})
    assert net.blobs["labels"].data.tolist() == [2, 2]


def test_rfcn_agnostic_and_with_four_axes() -> None:
    config = {"TRAIN.AGNOSTIC": True, "TRAIN.BBOX_INSIDE_WEIGHTS": [1, 2, 0, 1]}
    net = targets(NEAR[:1], GT, rcnn_config=config, fork="r-fcn")
    shapes = {name: net.blobs[name].shape for name in ("r", "labels", "t", "inside")}
    assert shapes == {
        "r": (2, 5, 1, 1),
        "labels": (2, 1, 1, 1),
        "t": (2, 12, 1, 1),
        "inside": (2, 12, 1, 1),
    }
    assert net.blobs["inside"].data[0].reshape(-1).tolist() == [0] * 4 + [1, 2, 0, 1] + [0] * 4
    assert net.blobs["outside"].data[0].reshape(-1).tolist() == [0] * 4 + [1, 1, 0, 1] + [0] * 4


def test_boxes_that_all_classes_share_take_any_label() -> None:
    """R-FCN: num_classes is then 2, that of the boxes; and it takes every region."""
    config = {"TRAIN.AGNOSTIC": True, "TRAIN.BATCH_SIZE": -1}
    net = targets(NEAR * 30, [[0, 0, 9, 9, 17]], "'num_classes': 2", rcnn_config=config)
    labels = net.blobs["labels"].data.tolist()
    assert labels == [17] * 91 + [0] * 150
    assert net.blobs["t"].shape == (241, 8)
    with pytest.raises(PrototxtError, match="num_classes is 1: it must be 2 or more"):
        targets(NEAR, GT, "'num_classes': 1", rcnn_config=config)


@pytest.mark.parametrize(
    ("gt", "message"),
    [
        ([[0, 0, 9, 9, 3]], "true box 0 has label 3: labels are whole numbers from 1 to 2"),
        ([[0, 0, 9, 9, 1.5]], "true box 0 has label 1.5"),
        ([[9, 0, 0, 9, 1]], r"true box 0 is \(9, 0, 0, 9, 1\): it must be finite, x1 <= x2"),
        ([[0, 0, np.nan, 9, 1]], "true box 0 is"),
    ],
)
def test_bad_true_boxes(gt: list, message: str) -> None:
    with pytest.raises(DataError, match=message):
        targets(NEAR, gt)


def test_regions_of_several_images_are_refused() -> None:
    with pytest.raises(DataError, match=r"region 0 is .*: there is no image 1"):
        targets([[1, 0, 0, 9, 9]], GT)


def anchor_targets(gt: list, info: tuple = (96, 112, 1), **options) -> Net:
    net = Net(ANCHORS, phase=0, seed=1, **options)
    net.blobs["gt"].reshape(len(gt), 5)
    net.blobs["gt"].data[...], net.blobs["info"].data[...] = gt, info
    net.forward()
    return net


def test_labels_are_drawn_down_to_the_batch() -> None:
    config = {"TRAIN.RPN_BATCHSIZE": 8, "TRAIN.RPN_POSITIVE_OVERLAP": 0.1}
    net = anchor_targets([[20, 20, 70, 70, 1]], rcnn_config=config)
    labels = net.blobs["labels"].data
    assert (np.count_nonzero(labels == 1), np.count_nonzero(labels == 0)) == (4, 4)
    outside = net.blobs["outside"].data
    assert np.unique(outside).tolist() == [0, 0.125]
    assert np.count_nonzero(outside) == 8 * 4
    assert np.count_nonzero(net.blobs["inside"].data) == 4 * 4


def test_rfcn_normalizes_what_a_proposal_network_learns() -> None:
    truth = [[20, 20, 70, 70, 1]]
    plain = anchor_targets(truth).blobs["t"].data.copy()
    config = {
        "TRAIN.RPN_NORMALIZE_TARGETS": True,
        "TRAIN.RPN_NORMALIZE_MEANS": [0.5, 0, 0, 1],
        "TRAIN.RPN_NORMALIZE_STDS": [0.1, 1, 2, 1],
    }
    got = anchor_targets(truth, rcnn_config=config).blobs["t"].data
    inside = (plain != 0).reshape(9, 4, 6, 7).any(axis=1, keepdims=True)
    mean, std = (np.reshape(v, (4, 1, 1)) for v in ([0.5, 0, 0, 1], [0.1, 1, 2, 1]))
    want = np.where(inside, (plain.reshape(9, 4, 6, 7) - mean) / std, 0)
    np.testing.assert_allclose(got, want.reshape(got.shape), rtol=1e-5, atol=1e-5)
    # and undoes it where it proposes, while it learns
    rules = "{'RPN_PRE_NMS_TOP_N': 5, 'feat_stride': 16, 'scales': [1], 'RPN_MIN_SIZE': 0}"
    shifted = proposals(rules, phase=0, rcnn_config=config).blobs["rois"].data
    assert not np.array_equal(shifted, proposals(rules, phase=0).blobs["rois"].data)
    still = proposals(rules, phase=1, rcnn_config=config).blobs["rois"].data
    np.testing.assert_array_equal(still, proposals(rules).blobs["rois"].data)


def test_an_image_without_any_anchor() -> None:
    with pytest.raises(DataError, match="no anchor lies within the image of 5 x 5: give smaller"):
        anchor_targets([[0, 0, 4, 4, 1]], (5, 5, 1))


def test_no_gradient_is_passed_on() -> None:
    net = proposals()
    layer, step = net.layers[-1], net.steps[-1]
    for blob in step.bottom:
        blob.diff.fill(np.nan)
    layer.backward(step.top, [True, True, False], step.bottom)
    assert not step.bottom[0].diff.any() and not step.bottom[1].diff.any()
    assert np.isnan(step.bottom[2].diff).all()


# -- data -------------------------------------------------------------------------------------

DATA = """
layer { name: "d" type: "Python" %s
  python_param { module: "roi_data_layer.layer" layer: "RoIDataLayer"
    param_str: "'num_classes': 21" } }
"""


def test_the_data_layer_can_be_looked_at_and_says_what_it_needs() -> None:
    net = Net(DATA % 'top: "data" top: "im_info" top: "gt_boxes"', phase=0)
    assert [blob.shape for blob in net.blobs.values()] == [(1, 3, 600, 1000), (1, 3), (1, 5)]
    with pytest.raises(DataError, match=r"dataset object of .*: let Input layers make 'data' and"):
        net.forward()
    six = "".join(f'top: "{name}"' for name in "abcdef")
    net = Net(DATA % six, phase=0, shapes={"a": (2, 3, 60, 80)})
    shapes = [blob.shape for blob in net.blobs.values()]
    assert shapes == [(2, 3, 60, 80), (1, 5), (1,), (1, 84), (1, 84), (1, 84)]
