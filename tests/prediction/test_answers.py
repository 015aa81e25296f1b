"""What outputs mean: classes, rows of detections, YOLO's grids, R-CNN's heads, masks."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net, Preprocess, predict
from protonet.errors import NetError, ShapeError
from protonet.prediction.answers import Boxes, Classes, Mask, Settings, readers_of
from protonet.prediction.answers.masks import palette
from protonet.prediction.names import Names
from protonet.prediction.placement import Placement
from protonet.prediction.predictor import Prediction

#: Two priors, the left and the right half; the four pixels of a picture are their scores.
SSD = """
layer { name: "in" type: "Input" top: "data" input_param { shape { dim: [1, 1, 1, 4] } } }
layer { name: "conf" type: "Flatten" bottom: "data" top: "conf" }
layer { name: "zero" type: "Power" bottom: "conf" top: "zero" power_param { scale: 0 } }
layer { name: "loc" type: "Tile" bottom: "zero" top: "loc" tile_param { tiles: 2 } }
layer { name: "priors" type: "Parameter" top: "priors"
  parameter_param { shape { dim: [1, 2, 8] } } }
layer { name: "found" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "priors"
  top: "found" detection_output_param { num_classes: 2 keep_top_k: 9 code_type: CENTER_SIZE
    nms_param { nms_threshold: 0.4 } } }
"""


def ssd() -> Net:
    net = Net(SSD)
    net.params["priors"][0].data[0] = [[0, 0, 0.5, 1, 0.5, 0, 1, 1], [0.1] * 8]
    return net


def blocks(*values: int) -> np.ndarray:
    """A grey picture (20, 40) of four fields, which a net of 1 x 4 sees as four pixels."""
    return np.repeat(np.repeat([values], 10, axis=1), 20, axis=0).astype(np.uint8)


def test_rows_of_a_batch_come_back_to_their_pictures() -> None:
    pictures = [blocks(0, 204, 0, 0), blocks(0, 51, 0, 255), blocks(0, 0, 0, 0)]
    scaled = Preprocess(scale=1 / 255)
    told = predict(ssd(), images=pictures, preprocess=scaled, labels=["thing"], score=0.1)
    found = [[(b.name, b.score, b.x1, b.y1, b.x2, b.y2) for b in p.answers[0].boxes] for p in told]
    left, right = (0, 0, 20, 20), (20, 0, 40, 20)
    expected = [
        [("thing", 0.8, *left)],
        [("thing", 1.0, *right), ("thing", 0.2, *left)],
        [],
    ]
    assert [[row[0] for row in rows] for rows in found] == [[r[0] for r in e] for e in expected]
    for rows, wanted in zip(found, expected):
        for row, want in zip(rows, wanted):
            np.testing.assert_allclose(row[1:], want[1:], atol=1e-5)
    few = predict(ssd(), images=pictures, preprocess=scaled, score=0.9)
    assert [len(p.answers[0].boxes) for p in few] == [0, 1, 0]
    assert few[1].answers[0].boxes[0].name == "1"


GRIDS = """
layer { name: "in" type: "Input" top: "data" input_param { shape { dim: [1, 3, 64, 96] } } }
layer { name: "fine" type: "Input" top: "a" input_param { shape { dim: [1, 12, 4, 6] } } }
layer { name: "coarse" type: "Input" top: "b" input_param { shape { dim: [1, 12, 2, 3] } } }
layer { name: "x" type: "Power" bottom: "a" top: "x" }
layer { name: "y" type: "Power" bottom: "b" top: "y" }
layer { name: "s" type: "Silence" bottom: "data" }
"""
LAYER = """
layer { name: "found" type: "Yolov3DetectionOutput" bottom: "x" bottom: "y" top: "found"
  yolov3_detection_output_param { num_classes: 1 num_box: 2 confidence_threshold: 0.3
    nms_threshold: 0.45 biases: [10, 14, 23, 27, 37, 58, 81, 82] mask: [0, 1, 2, 3]
    anchors_scale: [16, 32] } }
"""
ANCHORS = ((10.0, 14.0), (23.0, 27.0), (37.0, 58.0), (81.0, 82.0))


def test_grids_are_read_as_yolos_layer_reads_them() -> None:
    rng = np.random.default_rng(3)
    values = {n: rng.normal(0, 1.5, (1, 12, *hw)) for n, hw in (("a", (4, 6)), ("b", (2, 3)))}
    with_layer, bare = Net(GRIDS + LAYER), Net(GRIDS)
    for net in (with_layer, bare):
        net.forward(**values)
    place = Placement((0.5, 0.5), (0, 0), (128, 192), (64, 96))
    settings = Settings(score=0.3, nms=0.45, anchors=ANCHORS)
    (reader,) = readers_of(bare, settings)
    (answer,) = reader.read({n: bare.blobs[n].data for n in reader.names}, [place])
    rows = with_layer.blobs["found"].data.reshape(-1, 7)
    assert len(rows) == len(answer.boxes) > 3
    expected = np.clip(rows[:, 3:] * [192, 128, 192, 128], 0, [192, 128, 192, 128])
    ours = [(b.x1, b.y1, b.x2, b.y2) for b in answer.boxes]
    np.testing.assert_allclose(ours, expected, atol=1e-3)
    np.testing.assert_allclose([b.score for b in answer.boxes], rows[:, 2], rtol=1e-5)

    # The layer's own rows through the reader of rows: the same boxes, named from 1 on.
    (theirs,) = readers_of(with_layer, Settings(score=0.3, names=Names.of(["car"])))
    (same,) = theirs.read({"found": with_layer.blobs["found"].data}, [place])
    np.testing.assert_allclose([(b.x1, b.y1, b.x2, b.y2) for b in same.boxes], ours, atol=1e-3)
    assert {(b.label, b.name) for b in same.boxes} == {(1, "car")} and theirs.alone


def test_anchors_that_do_not_fit() -> None:
    with pytest.raises(NetError, match=r"3 anchors do not fit the maps 'x' \(1, 12, 4, 6\)"):
        readers_of(Net(GRIDS), Settings(anchors=ANCHORS[:3]))


RCNN = """
layer { name: "in" type: "Input" top: "data" top: "im_info"
  input_param { shape { dim: [1, 3, 64, 64] } shape { dim: [1, 3] } } }
layer { name: "f" type: "Convolution" bottom: "data" top: "f" convolution_param {
  num_output: 4 kernel_size: 16 stride: 16 weight_filler { type: "gaussian" std: 0.001 } } }
layer { name: "rpn_s" type: "Convolution" bottom: "f" top: "rpn_s" convolution_param {
  num_output: 2 kernel_size: 1 weight_filler { type: "gaussian" std: 0.1 } } }
layer { name: "rpn_d" type: "Convolution" bottom: "f" top: "rpn_d" convolution_param {
  num_output: 4 kernel_size: 1 weight_filler { type: "gaussian" std: 0.1 } } }
layer { name: "p" type: "Proposal" bottom: "rpn_s" bottom: "rpn_d" bottom: "im_info" top: "rois"
  proposal_param { ratio: 1 scale: 1 min_size: 2 post_nms_topn: 9 } }
layer { name: "roi" type: "ROIPooling" bottom: "f" bottom: "rois" top: "roi"
  roi_pooling_param { pooled_h: 2 pooled_w: 2 spatial_scale: 0.0625 } }
layer { name: "c" type: "InnerProduct" bottom: "roi" top: "c" inner_product_param {
  num_output: 3 weight_filler { type: "gaussian" std: 0.5 } } }
layer { name: "cls_prob" type: "Softmax" bottom: "c" top: "cls_prob" }
layer { name: "bbox_pred" type: "InnerProduct" bottom: "roi" top: "bbox_pred"
  inner_product_param { num_output: 12 weight_filler { type: "gaussian" std: 0.02 } } }
"""


def test_regions_move_as_in_faster_rcnn() -> None:
    """Every box that is told is one of the formula's: a region's centre moved by dx w, w times
    exp(dw), w = x2 - x1 + 1, cut to the picture; and of a class no two overlap by more than nms."""
    net, image = Net(RCNN, seed=4), np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    half = Preprocess(resize=(32, 32), resize_mode="FIT_SMALL_SIZE")
    (told,) = predict(net, images=image, preprocess=half, score=0.2, labels=["_", "cat", "dog"])
    np.testing.assert_allclose(net.blobs["im_info"].data, [[32, 40, 0.8]])
    boxes = told.answers[0].boxes
    assert boxes and {b.name for b in boxes} <= {"cat", "dog"}
    rois = net.blobs["rois"].data[:, 1:].astype(float) / 0.8
    prob, moves = net.blobs["cls_prob"].data, net.blobs["bbox_pred"].data.reshape(-1, 3, 4)
    w, h = (rois[:, 2] - rois[:, 0] + 1)[:, None], (rois[:, 3] - rois[:, 1] + 1)[:, None]
    x = rois[:, :1] + w / 2 + moves[..., 0] * w
    y = rois[:, 1:2] + h / 2 + moves[..., 1] * h
    wide, high = np.exp(moves[..., 2]) * w, np.exp(moves[..., 3]) * h
    all_boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=-1)
    all_boxes = np.clip(all_boxes, 0, [49, 39, 49, 39])
    for box in boxes:
        same = all_boxes[np.isclose(prob[:, box.label], box.score), box.label]
        assert abs(same - [box.x1, box.y1, box.x2, box.y2]).max(axis=1).min() < 1e-3
    assert max(b.score for b in boxes) == pytest.approx(prob[:, 1:].max())


#: The first class is there where a pixel is below 127, the second above.
FCN = """
layer { name: "in" type: "Input" top: "data" input_param { shape { dim: [1, 1, 4, 4] } } }
layer { name: "a" type: "Power" bottom: "data" top: "a" power_param { scale: -1 shift: 127 } }
layer { name: "b" type: "Power" bottom: "data" top: "b" power_param { shift: -127 } }
layer { name: "both" type: "Concat" bottom: "a" bottom: "b" top: "score" }
"""


@pytest.mark.parametrize("last", ["", "ArgMax", "Sigmoid"])
def test_masks(last: str) -> None:
    """Of the net's own size, and of pictures of other sizes, which a net of convolutions takes."""
    text = FCN
    if last == "ArgMax":
        text += (
            'layer { name: "m" type: "ArgMax" bottom: "score" top: "m" argmax_param { axis: 1 } }'
        )
    elif last:
        text = FCN[: FCN.index('layer { name: "both')]
        text += 'layer { name: "n" type: "Silence" bottom: "a" }\n'
        text += 'layer { name: "m" type: "Sigmoid" bottom: "b" top: "m" }'
    rng = np.random.default_rng(1)
    small = rng.choice([0, 255], (4, 4)).astype(np.uint8)
    large = np.repeat(np.repeat(small, 6, 0), 4, 1)
    own, other = predict(Net(text), images=[small, large], labels=["no", "yes"])
    assert (own.answers[0].labels == small // 255).all()
    assert (other.answers[0].labels == large // 255).all() and other.size == (24, 16)
    free = rng.choice([0, 255], (7, 5)).astype(np.uint8)
    (kept,) = predict(Net(text), images=free, preprocess=Preprocess(keep_size=True))
    answer = kept.answers[0]
    assert isinstance(answer, Mask) and (answer.labels == free // 255).all()
    assert {s.label: s.share for s in answer.shares}[1] == pytest.approx((free == 255).mean())


def test_colours_of_masks_are_pascals() -> None:
    """As its development kit lists them."""
    first = [(0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128)]
    assert list(map(tuple, palette()[:6].tolist())) == first
    assert palette()[20].tolist() == [0, 64, 128] and palette()[255].tolist() == [224, 224, 192]


CLASSES = """
layer { name: "in" type: "Input" top: "data" input_param { shape { dim: [2, 3, 4, 4] } } }
layer { name: "pool" type: "Pooling" bottom: "data" top: "mean" pooling_param {
  pool: AVE global_pooling: true } }
layer { name: "minus" type: "Power" bottom: "mean" top: "minus" power_param { scale: -1 } }
layer { name: "f" type: "Flatten" bottom: "mean" top: "f" }
"""


def answer(told: Prediction, output: str) -> Classes:
    (found,) = [a for a in told.answers if a.output == output]
    assert isinstance(found, Classes)
    return found


def test_the_best_classes_of_every_output() -> None:
    image = np.zeros((4, 4, 3), np.uint8) + np.array([10, 30, 20], np.uint8)
    many = [image, image // 2, image]
    told = predict(Net(CLASSES), images=many, labels={1: "green"}, top=2, batch_size=2)
    assert {a.output for a in told[0].answers} == {"minus", "f"}
    best = [[(s.label, s.name, s.score) for s in answer(p, "f").best] for p in told]
    assert best[0] == best[2] == [(1, "green", 30), (2, "2", 20)]
    assert best[1] == [(1, "green", 15), (2, "2", 10)]
    assert answer(told[0], "minus").best[0].label == 0
    np.testing.assert_array_equal(answer(told[1], "f").scores, [5, 15, 10])


def test_crops_are_averaged() -> None:
    """The mean of five windows and their mirror images, which a global mean cannot tell apart."""
    image = np.random.default_rng(2).integers(0, 256, (6, 7, 3), np.uint8)
    ten = Preprocess(resize=(6, 7), crop=(4, 4), oversample=True)
    (told,) = predict(Net(CLASSES), images=image, preprocess=ten)
    places = [(0, 0), (0, 3), (2, 0), (2, 3), (1, 1)]
    expected = np.mean([image[y : y + 4, x : x + 4].mean(axis=(0, 1)) for y, x in places], axis=0)
    np.testing.assert_allclose(answer(told, "f").scores, expected, rtol=1e-5)
    with pytest.raises(NetError, match="averaged for classes only"):
        predict(ssd(), images=image, preprocess=Preprocess(crop=(1, 4), oversample=True))


def test_a_net_of_other_sizes_than_it_can_take() -> None:
    text = CLASSES + 'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" '
    net = Net(text + "inner_product_param { num_output: 2 } }")
    with pytest.raises(ShapeError, match=r"'ip'.*cannot take items \(3, 5, 9\).*own \(3, 4, 4\)"):
        predict(net, images=np.zeros((5, 9, 3), np.uint8), preprocess=Preprocess(keep_size=True))


NO_INPUT = 'layer { name: "p" type: "Parameter" top: "p" parameter_param { shape { dim: 2 } } }'
FLAT = 'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: [1, 5] } } }'
SCALAR = CLASSES[: CLASSES.index('layer { name: "pool"')] + (
    'layer { name: "r" type: "Reduction" bottom: "data" top: "r" }'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (NO_INPUT, "no input for pictures: give the deploy net"),
        (FLAT, "the inputs x are not a picture"),
        (SCALAR, r"no output is of a kind that is known: 'r' \(\)"),
    ],
)
def test_nets_that_answer_nothing(text: str, message: str) -> None:
    with pytest.raises(NetError, match=message):
        predict(Net(text), images=np.zeros((4, 4, 3), np.uint8))


def test_names() -> None:
    names = Names.of(["n01440764 tench", "n01443537 goldfish"])
    assert (names[1], names[7]) == ("n01443537 goldfish", "7")
    assert [names.label_of(w) for w in ("n01443537", "n01440764 tench", "1", "holiday")] == [
        *(1, 0, 1),
        None,
    ]
    assert names.for_classes(3)[2] == names[1] and names.for_classes(2) is names


def test_an_answer_that_is_no_number() -> None:
    text = CLASSES + 'layer { name: "l" type: "Log" bottom: "minus" top: "log" }'
    with pytest.raises(Exception, match="output 'log' is not finite for array 0"):
        predict(Net(text), images=np.full((4, 4, 3), 9, np.uint8))
    assert Boxes("x", []).rows() == []
