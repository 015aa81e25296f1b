"""Cascade R-CNN's layers: on numbers found by pencil and by loops over the rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError

from ..one_pass import bench, forward

FIELD = "field_w: 10 field_h: 10 stride: 10"
GROUP = (
    f'type: "BoxGroupOutput" box_group_output_param {{ min_size: 1 box_group_param {{ {FIELD} }}'
)
LOSS = f'type: "DetectionGroupLoss" detection_group_loss_param {{ {FIELD} cls_num: 2 min_num_neg: 0'
TARGET = 'type: "ProposalTarget" proposal_target_param { cls_num: 3'
OUTPUT = 'type: "FrcnnOutput" bbox_reg_param { cls_aware: false } frcnn_output_param {'


def maps(*values: Any) -> np.ndarray:
    """One item, each channel a row of places."""
    return np.asarray(values, float)[None, :, None, :]


# -- BoxGroupOutput -------------------------------------------------------------------------


def test_fields_become_regions() -> None:
    ground, zero = maps([0.9, 0.2, 0.4], [0.1, 0.8, 0.6]), np.zeros((1, 4, 1, 3))
    zero[0, 0, 0, 1] = 0.5  # five pixels to the right
    rois, scored = forward(GROUP + " fg_thr: 0.3 }", ground, zero, tops=2)
    assert rois.shape == (2, 5, 1, 1)
    assert rois.reshape(-1, 5).tolist() == [[0, 15, 0, 24, 9], [0, 20, 0, 29, 9]]
    np.testing.assert_allclose(scored[:, 5, 0, 0], [0.8, 0.6])


def test_regions_are_cut_suppressed_and_counted() -> None:
    ground, deltas = maps([0.1, 0.2, 0.3]), np.zeros((1, 4, 1, 3))
    deltas[0, 2] = math.log(2)  # 20 wide, and 5 pixels over each edge
    (rois,) = forward(GROUP + " iou_thr: 0.9 }", ground, deltas)
    assert rois[:, 1:, 0, 0].tolist() == [[0, 0, 14, 9], [5, 0, 24, 9], [15, 0, 30, 9]]
    (rois,) = forward(GROUP + " iou_thr: 0.2 }", ground, deltas)
    assert len(rois) == 2  # the first and the second share half of each
    for limit in ("max_nms_num: 1", "max_post_nms_num: 1"):
        assert len(forward(f"{GROUP} iou_thr: 0.9 {limit} }}", ground, deltas)[0]) == 1


def test_no_region_at_all() -> None:
    ground, zero = maps([0.9]), np.zeros((1, 4, 1, 1))
    rois, scored = forward(GROUP + " fg_thr: 0.5 }", ground, zero, tops=2)
    assert rois.reshape(-1).tolist() == [0, 1, 1, 10, 10]
    assert scored.shape == (1, 6, 1, 1) and not scored.any()


def test_regions_of_two_images_and_two_strides() -> None:
    second = "box_group_param { field_w: 30 field_h: 30 stride: 30 }"
    ground = np.array([0.5, 0.4]).reshape(2, 1, 1, 1)
    zero = np.zeros((2, 4, 1, 1))
    (rois,) = forward(f"{GROUP} {second} }}", ground, zero, ground - 0.3, zero)
    assert rois[:, :, 0, 0].tolist() == [
        [0, 0, 0, 29, 29],
        [0, 0, 0, 9, 9],
        [1, 0, 0, 29, 29],
        [1, 0, 0, 9, 9],
    ]


def test_groups_that_do_not_fit() -> None:
    ground, zero = maps([0.5]), np.zeros((1, 4, 1, 1))
    with pytest.raises(PrototxtError, match="there are 1 box_group_param and 4 bottoms"):
        forward(GROUP + " }", ground, zero, ground, zero)
    with pytest.raises(PrototxtError, match="nms_type 'IOMU' is not served"):
        forward(GROUP + ' nms_type: "IOMU" }', ground, zero)
    with pytest.raises(ShapeError, match=r"bottom 1 has shape \(1, 3, 1, 1\), with 1 fields"):
        forward(GROUP + " }", ground, zero[:, :3])
    with pytest.raises(PrototxtError, match="there are 2 field_w and 1 field_h"):
        forward(GROUP.replace("field_w", "field_w: 5 field_w") + " }", ground, zero)
    with pytest.raises(DataError, match="bottom 0 has NaN"):
        forward(GROUP + " }", maps([math.nan]), zero)


# -- DetectionGroupLoss ----------------------------------------------------------------------

SCORES, DELTAS = maps([1, 0, 2, -1], [0, 0, 1, 2]), maps([0.5, 0, 0, 0], *[[0] * 4] * 3)
#: An object at place 0, 5 pixels wide where its field is 10, background, doubtful, background.
TRUTH = maps(
    [1, 0, 0, 0], [5, 0, 0, 0], [5, 0, 0, 0], [5, 9, 9, 9], [10, 9, 9, 9], [1, 0, 0.7, 0.1]
)


def test_the_loss_by_pencil() -> None:
    (top,) = forward(LOSS + " lambda: 3 }", SCORES, DELTAS, TRUTH)
    log = [math.log(math.exp(a) + math.exp(b)) for a, b in zip(*SCORES[0, :, 0])]
    classes = (log[0] - 0, log[1] - 0, log[3] - -1)  # the one doubtful place is left out
    boxes = (0.5 * 0.5**2 + 0.5 * math.log(0.5) ** 2) / 4
    np.testing.assert_allclose(top[0, 0, 0], [sum(classes) / 3 + 3 * boxes, 3 * boxes])
    (far,) = forward(LOSS + " }", SCORES, DELTAS * 6, TRUTH)
    np.testing.assert_allclose(far[0, 0, 0, 1], (3 - 0.5 + 0.5 * math.log(0.5) ** 2) / 4)
    (square,) = forward(LOSS + ' bbox_loss_type: "Euclidean_L2" }', SCORES, DELTAS * 6, TRUTH)
    np.testing.assert_allclose(square[0, 0, 0, 1], (4.5 + 0.5 * math.log(0.5) ** 2) / 4)


@pytest.mark.parametrize("more", ["", "pos_neg_weighted: true", "lambda: 2", "batch_size: 9"])
def test_the_gradient_is_the_difference_of_the_first_number(more: str) -> None:
    found = bench(f"{LOSS} {more} }}", SCORES, DELTAS, TRUTH).forward()
    found.top[0].diff[...] = [[[[2, 7]]]]
    found.backward([True, True, False])
    for bottom in found.bottom[:2]:
        numeric, step = np.zeros(bottom.shape), 1e-6
        for at in np.ndindex(bottom.shape):
            sides = []
            for sign in (1, -1):
                bottom.data[at] += sign * step
                sides.append(float(found.forward().top[0].data.flat[0]))
                bottom.data[at] -= sign * step
            numeric[at] = 2 * (sides[0] - sides[1]) / (2 * step)
        np.testing.assert_allclose(bottom.diff, numeric, atol=1e-7)


def test_which_background_is_kept() -> None:
    scores = maps([0, 3, 1, 2, 0], [0, 0, 0, 0, 0])
    truth = np.zeros((1, 6, 1, 5))
    truth[0, 0, 0, 0] = 1
    truth[0, 3:5] = 10

    def kept(more: str, multiple: int = 2) -> list[int]:
        found = bench(
            f"{LOSS} bg_multiple: {multiple} {more} }}", scores, np.zeros((1, 4, 1, 5)), truth
        )
        found.forward().top[0].diff.fill(1)
        found.backward([True, True, False])
        return np.flatnonzero(found.bottom[0].diff[0, 0, 0]).tolist()

    assert kept('neg_mining_type: "bootstrap"') == [0, 2, 4]  # the least sure
    assert kept('neg_mining_type: "bootstrap" neg_ranking_type: "conf_prob"') == [0, 2, 4]
    mixed = kept('neg_mining_type: "mixture"')
    assert len(mixed) == 3 and {0, 4} < {*mixed}
    assert len(kept("")) == 3 and len(kept("", 9)) == 5
    assert len(kept("batch_size: 3")) == 3 and len(kept("bg_threshold: 0")) == 1


def test_predictions_are_cut_in_a_copy() -> None:
    found = bench(LOSS + " field_xyr: 1 field_whr: 2 }", SCORES, DELTAS * 9, TRUTH).forward()
    assert found.bottom[1].data[0, 0, 0, 0] == 4.5
    np.testing.assert_allclose(found.top[0].data.flat[1], (1 - 0.5 + 0.5 * math.log(0.5) ** 2) / 4)
    found.top[0].diff.fill(1)
    found.backward([True, True, False])
    assert found.bottom[1].diff[0, 0, 0, 0] == pytest.approx(1 / 4)


def test_labels_of_the_loss() -> None:
    with pytest.raises(DataError, match=r"item, y, x \(0, 0, 1\) has label 2: .* below 2"):
        forward(LOSS + " }", SCORES, DELTAS, TRUTH + maps([0, 2, 0, 0], *[[0] * 4] * 5))
    with pytest.raises(PrototxtError, match="neg_mining_type 'best' is none of random"):
        forward(LOSS + ' neg_mining_type: "best" }', SCORES, DELTAS, TRUTH)


# -- accuracies --------------------------------------------------------------------------------


def test_accuracy_of_fields() -> None:
    layer = LOSS.replace("Loss", "Accuracy").replace("_loss_", "_accuracy_")
    layer = layer.replace("min_num_neg: 0", "field_whr: 8 field_xyr: 1 }")
    truth = TRUTH.copy()
    truth[0, 3, 0, 0] = 10
    rates, iou = forward(layer, SCORES, DELTAS, truth, tops=2)
    np.testing.assert_allclose(rates.reshape(-1), [1 / 3, 0])  # argmax: 0, 0, -, 1
    np.testing.assert_allclose(iou.item(), 50 / 150)  # moved by half of its width
    truth[0, 0] = 0
    assert forward(layer, SCORES, DELTAS, truth, tops=2)[1].item() == -1


def test_accuracy_of_boxes() -> None:
    deltas = np.zeros((3, 12))
    deltas[0, 8] = 0.5  # class 2, five pixels to the right
    rois = [[0, 0, 0, 9, 9]] * 3
    match = [[2, 5, 0, 14, 9, 1 / 3], [0] * 6, [1, 0, 0, 9, 9, 1]]  # the last is a copy
    after, before = forward('type: "BboxAccuracy"', deltas, rois, match, tops=2)
    assert after.item() == pytest.approx(1) and before.item() == pytest.approx(1 / 3)
    assert forward('type: "BboxAccuracy"', deltas, rois, np.zeros((3, 6)))[0].item() == -1


# -- ScaleRoute ---------------------------------------------------------------------------------


def test_regions_go_by_scale() -> None:
    rois = [[0, 0, 0, 9, 9], [0, 0, 0, 19, 19], [1, 0, 0, 39, 9]]  # 10, 20, 20
    route = 'type: "ScaleRoute" scale_route_param {'
    picked, values = forward(f"{route} low_scale: 20 }}", rois, [[1], [2], [3]], tops=2)
    assert values.tolist() == [[2], [3]] and picked.shape == (2, 5)
    assert forward(f"{route} high_scale: 20 }}", rois)[0].tolist() == rois[:1]
    # None: the one nearest to sqrt(low * high), to the one that is given.
    assert forward(f"{route} low_scale: 30 high_scale: 40 }}", rois)[0].tolist() == rois[1:2]
    assert forward(f"{route} high_scale: 5 }}", rois)[0].tolist() == rois[:1]
    assert forward(f"{route} low_scale: 5 }}", np.zeros((0, 5)))[0].shape == (0, 5)
    with pytest.raises(PrototxtError, match="high_scale 3 is below low_scale 4"):
        forward(f"{route} low_scale: 4 high_scale: 3 }}", rois)


# -- ProposalTarget -----------------------------------------------------------------------------


def test_regions_to_learn_from() -> None:
    rois = [[0, 0, 0, 9, 9], [0, 50, 50, 59, 59], [1, 0, 0, 9, 9], [0, 0, 0, 9, 14]]
    truth = [[0, 0, 0, 9, 9, 2, 0], [1, 0, 0, 9, 9, 1, 1], [-1] * 7]  # image 1's is ignored
    more = "batch_size: 4 fg_fraction: 0.5 bg_thr_lw: 0.05 append_gtbox: false }"
    tops = forward(f"{TARGET} {more}", rois, truth, tops=7)
    flat = [top.reshape(len(top), -1) for top in tops]
    assert flat[0].tolist() == [rois[0], rois[3], rois[1]]  # the last was picked up
    assert flat[1].ravel().tolist() == [2, 2, 0]
    np.testing.assert_allclose(flat[2][1, 8:], [0, -2.5 / 15, 0, math.log(10 / 15)])
    assert not flat[2][:, :8].any() and flat[3].tolist() == flat[4].tolist()
    assert flat[3].sum(axis=1).tolist() == [4, 4, 0]
    np.testing.assert_allclose(flat[5][:2], [[2, 0, 0, 9, 9, 1], [2, 0, 0, 9, 9, 2 / 3]])
    assert not flat[5][2].any() and flat[6].ravel().tolist() == [0.75, 0.75, 1.5]


def test_true_boxes_join_and_all_are_taken() -> None:
    truth = [[0, 0, 0, 9, 9, 2, 0]]
    shared = " } bbox_reg_param { cls_aware: false bbox_mean: 1 bbox_mean: 0 bbox_mean: 0 "
    shared += "bbox_mean: 0 bbox_std: 2 bbox_std: 1 bbox_std: 1 bbox_std: 1 }"
    tops = forward(f"{TARGET} batch_size: -1{shared}", [[0, 0, 0, 9, 29]], truth, tops=6)
    assert tops[0].reshape(-1, 5).tolist() == [[0, 0, 0, 9, 9], [0, 0, 0, 9, 29]]
    assert tops[2].shape == (2, 8, 1, 1)
    np.testing.assert_allclose(tops[2][0, 4:, 0, 0], [-0.5, 0, 0, 0])


def test_nothing_left_to_learn_from() -> None:
    truth = [[0, 0, 0, 9, 9, 1, 1]]
    more = "img_width: 100 img_height: 80 append_gtbox: false pickup_discard: false }"
    tops = forward(f"{TARGET} num_img_per_batch: 1 {more}", [[0, 0, 0, 9, 9]], truth, tops=6)
    (box,) = tops[0].reshape(-1, 5)
    assert tops[1].tolist() == [[[[0]]]] and (box[3:] - box[1:3] >= 31).all()
    assert (box[3:] < [100, 80]).all()
    with pytest.raises(DataError, match="give img_width and img_height"):
        forward(TARGET + " append_gtbox: false }", np.zeros((0, 5)), truth, tops=6)


def test_true_boxes_of_no_image_or_class() -> None:
    for row in ([4, 0, 0, 9, 9, 1, 0], [0, 0, 0, 9, 9, 0, 0], [0, math.nan, 0, 9, 9, 1, 0]):
        with pytest.raises(DataError, match="is of no image or class"):
            forward(TARGET + " }", [[0, 0, 0, 9, 9]], [row], tops=6)
    with pytest.raises(DataError, match="true box 0 has label 3"):
        forward(TARGET + " }", [[0, 0, 0, 9, 9]], [[0, 0, 0, 9, 9, 3, 0]], tops=6)


# -- FrcnnOutput and DetectionEvaluate ------------------------------------------------------------

PROBABILITIES = [[0.1, 0.6, 0.3], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7]]
REGIONS = [[0, 0, 0, 9, 9], [0, 0, 1, 9, 9], [0, 20, 20, 29, 49]]


def test_detections() -> None:
    deltas = np.zeros((3, 8))
    deltas[2, 4:] = 0.5, 0, 0, math.log(2)  # 5 to the right, 60 high: y from 5 to 64
    (top,) = forward(f"{OUTPUT} conf_thr: 0.2 }}", PROBABILITIES, deltas, REGIONS, [[40, 50]])
    np.testing.assert_allclose(
        top[:, :, 0, 0],
        [
            [0, -1, -1, -1, -1, -1, -1],
            [0, 0, 1, 9, 9, 1, 0.8],  # the first region went by suppression
            [0, 25, 5, 34, 40, 2, 0.7],
            [0, 0, 0, 9, 9, 2, 0.3],
        ],
    )
    args = (PROBABILITIES, deltas, REGIONS, [[40, 50]])
    (top,) = forward(f"{OUTPUT} conf_thr: 0.2 max_det_num: 2 }}", *args)
    assert top[1:, 5, 0, 0].tolist() == [1, 2]
    (top,) = forward(f"{OUTPUT} conf_thr: 0.9 }}", *args)
    assert len(top) == 1
    with pytest.raises(DataError, match=r"region 0 is \(1, 0, 0, 9, 9\): it must be of image 0"):
        forward(f"{OUTPUT} }}", [[1, 0, 0]], np.zeros((1, 8)), [[1, 0, 0, 9, 9]], [[40, 50]])
    with pytest.raises(PrototxtError, match="files of results are not written here"):
        forward(f'{OUTPUT} save_output_param {{ output_directory: "x" }} }}', *args)


def test_detections_are_evaluated(tmp_path: Any) -> None:
    found = [[0, -1, -1, -1, -1, -1, -1], [0, 0, 0, 9, 9, 1, 0.8], [0, 0, 0, 9, 8, 1, 0.9]]
    truth = [[0, 0, 0, 9, 9, 1, 0, 0], [0, 0, 0, 9, 9, 2, 0, 1]]
    layer = 'type: "DetectionEvaluate" detection_evaluate_param { num_classes: 3 '
    want = [[-1, 1, 1, -1, -1], [-1, 2, 1, -1, -1], [0, 1, 0.9, 1, 0], [0, 1, 0.8, 0, 1]]
    (top,) = forward(layer + "}", found, truth, [[20, 20]])
    np.testing.assert_allclose(top[:, :, 0, 0], want)
    (top,) = forward(layer + "evaluate_difficult_gt: false }", found, truth, [[20, 20]])
    assert top[1, 2, 0, 0] == 0
    # Half as high in the image itself: 4.5 pixels against 4, both with one pixel more.
    (tmp_path / "sizes").write_text("a 10 20\n")
    near = f'overlap_threshold: 0.915 name_size_file: "{tmp_path / "sizes"}" }}'
    (top,) = forward(layer + near, found[:1] + found[2:], truth, [[20, 20]])
    assert top[2, 3:, 0, 0].tolist() == [0, 1]  # 5 / 5.5
