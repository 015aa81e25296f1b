"""DetectionOutput, DetectionEvaluate and MultiBoxLoss: quirks, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, NetError, PrototxtError, ShapeError
from tests.harness.bench import Bench
from tests.harness.row import Row

from .one_pass import bench
from .table_ssd import CONF, LOC, PRIOR, TRUTH, C, N, P, priors, probabilities, truth

VALUES = {1: probabilities, 2: priors, 3: truth}


def detection(fields: str = "", bottoms=(LOC, CONF, PRIOR), classes=C) -> Bench:
    text = f'type: "DetectionOutput" detection_output_param {{ num_classes: {classes} {fields} }}'
    return Bench(Row("det", text, bottoms, fork="ssd", values=VALUES))


def loss(fields: str = "", bottoms=(LOC, CONF, PRIOR, TRUTH), more: str = "") -> Bench:
    text = f'type: "MultiBoxLoss" multibox_loss_param {{ num_classes: {C} {fields} }} {more}'
    return Bench(Row("loss", text, bottoms, values=VALUES))


def evaluate(found, known, fields: str = "") -> Bench:
    text = 'type: "DetectionEvaluate" detection_evaluate_param '
    return bench(f"{text} {{ num_classes: 3 {fields} }}", [[found]], [[known]])


@pytest.mark.parametrize("make", [detection, loss])
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({0: (N, P * 4 + 4)}, f"bottom 0, the locations, has {P * 4 + 4} numbers an item"),
        ({1: (N, P * C - 1)}, f"bottom 1, the scores, has {P * C - 1} numbers an item"),
        ({1: (N + 1, P * C)}, "both need the same first axis"),
        ({2: (1, 1, P * 8)}, "they must be"),
        ({2: (1, 2, 6)}, "they must be"),
        ({2: (1, 2, 0)}, "they must be"),
    ],
)
def test_predictions_that_do_not_fit_the_priors(make, change, fault):
    shapes = [LOC, CONF, PRIOR] + ([TRUTH] if make is loss else [])
    for i, shape in change.items():
        shapes[i] = shape
    with pytest.raises(ShapeError, match=fault):
        make(bottoms=tuple(shapes))


@pytest.mark.parametrize("make", [detection, loss])
def test_a_score_that_is_no_number(make):
    found = make()
    found.bottom[1].data[1, 2 * C + 3] = np.nan
    with pytest.raises(DataError, match="the score of class 3 for prior 2 of item 1 is NaN"):
        found.forward()


@pytest.mark.parametrize("make", [detection, loss])
@pytest.mark.parametrize("code", ["CENTER_SIZE", "CORNER_SIZE"])
def test_a_prior_without_extent(make, code):
    found = make(f"code_type: {code}")
    found.bottom[2].data[0, 0, 8:12] = [0.25, 0.25, 0.25, 0.5]
    with pytest.raises(DataError, match=r"prior 2 \(0.25, 0.25, 0.25, 0.5\) has no width"):
        found.forward()
    found = make("code_type: CORNER")
    found.bottom[2].data[0, 0, 8:12] = 0.25
    found.forward()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("nms_param { nms_threshold: -0.5 }", "nms_threshold is -0.5"),
        ("nms_param { eta: 0 }", "eta is 0"),
        ("nms_param { eta: 1.5 }", "eta is 1.5"),
        ("tflite_detection: true", "tflite_detection is a field of another fork"),
    ],
)
def test_detection_output_refuses(fields, fault):
    with pytest.raises(PrototxtError, match=fault):
        detection(fields)


def test_detections_change_their_number():
    found = detection("confidence_threshold: 1")
    assert found.top[0].shape == (1, 1, 1, 7)
    found.forward()
    assert found.top[0].data[0, 0].tolist() == [[i, *[-1] * 6] for i in range(N)]
    found.bottom[1].data[1, C + 2] = 2
    found.forward()
    assert found.top[0].shape == (1, 1, 1, 7)
    assert found.top[0].data[0, 0, 0, :3].tolist() == [1, 2, 2]


def test_without_background_every_class_is_found():
    found = detection("background_label_id: -1 nms_param { nms_threshold: 1 }").forward()
    assert found.top[0].shape == (1, 1, N * P * C, 7)
    found = detection("background_label_id: 0 nms_param { nms_threshold: 1 }").forward()
    assert found.top[0].shape == (1, 1, N * P * (C - 1), 7)


def test_result_files_are_not_written_and_that_is_said(caplog):
    detection('save_output_param { output_directory: "x" } visualize: true')
    assert [line.split(": ")[1] for line in caplog.messages] == [
        "save_output_param is passed over, rows are all it gives",
        "visualize is passed over, rows are all it gives",
    ]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("share_location: false", "mining needs share_location"),
        ("do_neg_mining: false", "do_neg_mining is false, mining_type is MAX_NEGATIVE"),
        ("mining_type: NONE do_neg_mining: true", "do_neg_mining is true, mining_type is NONE"),
        (f"background_label_id: {C}", f"background_label_id {C} is no class"),
        ("map_object_to_agnostic: true", "map_object_to_agnostic needs two classes"),
        ("ignore_difficult_gt: true", "ignore_difficult_gt is a field of another fork"),
    ],
)
def test_multi_box_loss_refuses(fields, fault):
    with pytest.raises(PrototxtError, match=fault):
        loss(fields)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        (0, N, "belongs to an image that is not in the batch"),
        (0, 0.5, "belongs to an image that is not in the batch"),
        (1, C, "has a label that is no class"),
        (1, -1, "has a label that is no class"),
        (1, 0, "has the label of the background"),
        (4, np.nan, "is not finite"),
    ],
)
def test_ground_truth_that_cannot_be(column, value, fault):
    found = loss()
    found.bottom[3].data[0, 0, 2, column] = value
    with pytest.raises(DataError, match=fault):
        found.forward()


def test_ground_truth_of_another_shape():
    with pytest.raises(ShapeError, match=r"\(1, 1, rows, 8\) is needed"):
        loss(bottoms=(LOC, CONF, PRIOR, (1, 1, 3, 7)))


def test_no_gradient_for_what_is_given():
    found = loss().forward().seed_tops()
    with pytest.raises(NetError, match="bottom 3 has no gradient"):
        found.backward([True, True, False, True])


def test_parts_that_learn_nothing_do_not_count():
    both = loss().forward().top[0].data.item()
    flags = "propagate_down: [{}, {}, false, false]"
    loc = loss(more=flags.format("true", "false")).forward().top[0].data.item()
    conf = loss(more=flags.format("false", "true")).forward().top[0].data.item()
    assert 0 < loc < both
    np.testing.assert_allclose(loc + conf, both)


def test_matches_do_not_outlive_a_pass():
    found = loss()
    first = found.forward().top[0].data.item()
    assert found.forward().top[0].data.item() == first
    found.bottom[3].data[..., 0] = -1
    assert found.forward().top[0].data.item() == 0
    found.seed_tops().backward([True, True, False, False])
    assert not found.bottom[0].diff.any()
    assert not found.bottom[1].diff.any()


GT = [0, 1, 0, 0.1, 0.1, 0.5, 0.5, 0]
HIT = [0, 1, 0.75, 0.1, 0.1, 0.5, 0.5]


def test_the_ground_truth_ends_at_image_minus_one():
    found = evaluate([HIT], [[-1] * 8, GT]).forward()
    assert found.top[0].data[0, 0].tolist() == [
        [-1, 1, 0, -1, -1],
        [-1, 2, 0, -1, -1],
        [0, 1, 0.75, 0, 1],
    ]


def test_rows_of_image_minus_one_leave_zeros_and_those_of_class_minus_one_nothing():
    rows = [[0, *[-1] * 6], [-1, *HIT[1:]], HIT]
    found = evaluate(rows, [GT]).forward()
    assert found.top[0].data[0, 0, 2:].tolist() == [[0, 1, 0.75, 1, 0], [0] * 5]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ([0, 3, *HIT[2:]], "has a class that is none"),
        ([0, 0, *HIT[2:]], "has a class that is none"),
        ([0, 1, np.nan, *HIT[3:]], "or no score"),
    ],
)
def test_detections_that_cannot_be(row, fault):
    with pytest.raises(DataError, match=fault):
        evaluate([row], [GT]).forward()


def test_images_take_the_sizes_in_turn(tmp_path):
    """Two pixels wide the boxes overlap by 2 x 3 of 3 x 3 pixels, ten wide by less."""
    list_ = tmp_path / "sizes.txt"
    list_.write_text("a 4 4\n\nb 400 400\n")
    row, known = [0, 1, 0.75, 0, 0, 0.25, 0.5], [0, 1, 0, 0, 0, 0.5, 0.5, 0]
    found = evaluate([row], [known], f'name_size_file: "{list_}" overlap_threshold: 0.6')
    right = [found.forward().top[0].data[0, 0, 2, 3] for _ in range(4)]
    assert right == [1, 0, 1, 0]
    found.forward()
    state = found.layer.state()
    other = evaluate([row], [known], f'name_size_file: "{list_}" overlap_threshold: 0.6')
    other.layer.set_state(state)
    assert other.forward().top[0].data[0, 0, 2, 3] == 0


@pytest.mark.parametrize(
    ("text", "fault"), [("a 4\n", "no name with a height and a width"), ("", "is empty")]
)
def test_size_files_that_are_none(tmp_path, text, fault):
    (tmp_path / "sizes.txt").write_text(text)
    with pytest.raises(DataError, match=fault):
        evaluate([HIT], [GT], f'name_size_file: "{tmp_path / "sizes.txt"}"')


def test_only_plain_resizing_is_undone():
    evaluate([HIT], [GT], "resize_param { resize_mode: WARP }")
    with pytest.raises(PrototxtError, match="resized by WARP"):
        evaluate([HIT], [GT], "resize_param { resize_mode: FIT_SMALL_SIZE }")
