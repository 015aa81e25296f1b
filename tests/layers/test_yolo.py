"""YOLO's layers: bad labels, maps and settings, and what the forks do oddly."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import DataError, PrototxtError, ShapeError

BIASES = " ".join(f"biases: {b}" for b in (0.75, 0.875, 2.5, 2.625, 4.25, 7, 10.25, 4.5, 12, 11))


def net(layer: str, *shapes: tuple[int, ...], **options: object) -> Net:
    inputs = "\n".join(
        f'layer {{ name: "b{i}" type: "Input" top: "b{i}" input_param {{ shape {{ '
        f"{' '.join(f'dim: {d}' for d in shape)} }} }} }}"
        for i, shape in enumerate(shapes)
    )
    bottoms = " ".join(f'bottom: "b{i}"' for i in range(len(shapes)))
    text = f'force_backward: true\n{inputs}\nlayer {{ name: "l" {bottoms} top: "t" {layer} }}'
    return Net(text, **{"dtype": "float64", **options})


def region(rows: int = 300, text: str = "side: 3 num_class: 2", **options: object) -> Net:
    layer = f'type: "RegionLoss" region_loss_param {{ {text} {BIASES} }}'
    return net(layer, (1, 35, 3, 3), (1, 5 * rows), **options)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ((2, 0.5, 0.5, 0.2, 0.2), "label 0 of item 0: the class is 2: .* from 0 to 1"),
        ((0.5, 0.5, 0.5, 0.2, 0.2), "the class is 0.5"),
        ((0, 1, 0.5, 0.2, 0.2), "x is 1: the centre must lie in the image"),
        ((0, 0.5, -0.1, 0.2, 0.2), "y is -0.1"),
        ((0, 0.5, 0.5, 0, 0.2), "w is 0: sizes must be above 0"),
        ((0, 0.5, 0.5, 0.2, np.nan), "h is nan"),
    ],
)
def test_a_label_that_cannot_be_is_refused(row: tuple[float, ...], what: str) -> None:
    made = region()
    made.blobs["b1"].data[0, :5] = row
    with pytest.raises(DataError, match=what):
        made.run_forward()


def test_what_stands_behind_the_end_of_the_labels_does_not_count() -> None:
    made = region()
    made.blobs["b0"].data[...] = 0.25
    made.blobs["b1"].data[0, :5] = (1, 0.5, 0.5, 0.2, 0.3)
    loss = made.run_forward()
    made.blobs["b1"].data[0, 10:] = 7
    assert made.run_forward() == loss


def test_region_loss_of_one_truth_by_hand() -> None:
    made = region(text="side: 3 num_class: 2 thresh: 1 rescore: 0")
    made.blobs["b1"].data[0, :5] = (1, 0.5, 0.5, 0.25, 0.875 / 3)  # the first anchor's size
    loss = made.run_forward()
    # All else is 0: o = s = p = 1/2; x, y aim at the middle, so they and w, h are right.
    others = 44 * (0.5 * 0.5**3) ** 2
    assert loss == pytest.approx(others + (0.5 * 0.25) ** 2 + 2 * 0.5**2)


def test_the_number_of_rows_tells_the_fork_and_the_option_overrides_it() -> None:
    with pytest.raises(ShapeError, match=r"7 rows of labels an image: 300 are .*--fork NAME"):
        region(rows=7)
    for fork, drawn in (("yolo-eric612", False), ("yolo-gklz1982", True)):
        made = region(rows=7, fork=fork)
        made.blobs["b0"].data[0, 2] = 1  # widths that only gklz1982's draws to the anchor
        made.run_forward()
        made.backward()
        assert (made.blobs["b0"].diff[0, 2] != 0).all() == drawn


def test_boxes_are_drawn_to_their_anchors_in_the_first_passes_only() -> None:
    layer = f'type: "RegionLoss" region_loss_param {{ side: 1 num_class: 1 {BIASES} }}'
    made = net(layer, (6400, 30, 1, 1), (6400, 150))
    made.blobs["b0"].data[:, 2] = 1
    seen = []
    for _ in range(3):
        made.run_forward()
        made.backward()
        seen.append(bool(made.blobs["b0"].diff[:, 2].any()))
    assert seen == [True, True, False]  # 12800 / 6400 passes


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("side: 3 num_class: 2 softmax_tree: 'a'", "softmax_tree is not served"),
        ("side: 3 num_class: 2 biases: 3", "biases are 11 numbers"),
        ("side: 3 num_class: 2 num: 7", "7 boxes need 14"),
    ],
)
def test_bad_settings_point_to_their_line(text: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=rf":\d+: .*{what}"):
        region(text=text)


def test_a_map_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"need \(N, 40, H, W\)"):
        region(text="side: 3 num_class: 3")
    with pytest.raises(ShapeError, match="side is 4, the map 3 x 3"):
        region(rows=30, text="side: 4 num_class: 2")


# -- Intel's region loss -------------------------------------------------------------------


def intel(rows: list[list[float]], text: str = "", items: int = 2, side: int = 3) -> Net:
    layer = f'type: "RegionLoss" region_loss_param {{ side: {side} num_class: 2 {text} {BIASES} }}'
    made = net(layer, (items, 35, side, side), (1, 1, len(rows), 8))
    made.blobs["b0"].data[...] = np.random.default_rng(9).normal(0, 1.5, (items, 35, side, side))
    made.blobs["b1"].data[0, 0] = rows
    return made


def intels_differences(x: np.ndarray, rows: list[list[float]], scales: dict) -> np.ndarray:
    """The fork's loops, cell by cell and truth by truth."""

    def logistic(a: float) -> float:
        return 1 / (1 + np.exp(-a))

    def iou(a: np.ndarray, b: np.ndarray) -> float:
        sides = [
            min(a[k] + a[k + 2] / 2, b[k] + b[k + 2] / 2)
            - max(a[k] - a[k + 2] / 2, b[k] - b[k + 2] / 2)
            for k in (0, 1)
        ]
        inter = sides[0] * sides[1] if min(sides) >= 0 else 0
        return inter / (a[2] * a[3] + b[2] * b[3] - inter)

    items, _, side, _ = x.shape
    anchors = np.array([float(b) for b in BIASES.split()[1::2]]).reshape(5, 2)
    cells, diff = x.reshape(items, 5, 7, side, side), np.zeros((items, 5, 7, side, side))
    for item in range(items):
        known = []
        for row in rows:
            if row[0] == item:
                x1, y1, x2, y2 = row[3:7]
                box = np.array([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1])
                known.append((int(row[1]) - 1, box))
        for n, j, i in np.ndindex(5, side, side):
            v = cells[item, n, :, j, i]
            place = np.array([i + logistic(v[0]), j + logistic(v[1])]) / side
            predicted = np.append(place, np.exp(v[2:4]) * anchors[n] / side)
            o = logistic(v[4])
            best = max((iou(predicted, box) for _, box in known), default=0)
            diff[item, n, 4, j, i] = 0 if best > 0.2 else scales["noobject"] * o * o * (1 - o)
        for label, box in known:
            i, j = (box[:2] * side).astype(int)
            fits = [
                iou(np.array([0, 0, *anchors[n] / side]), np.array([0, 0, *box[2:]]))
                for n in range(5)
            ]
            n = int(np.argmax(fits))
            v = cells[item, n, :, j, i]
            e = np.exp(v[5:] - v[5:].max())
            o, d = logistic(v[4]), np.zeros(7)
            for k, cell in ((0, i), (1, j)):
                s = logistic(v[k])
                d[k] = -scales["coord"] * (box[k] * side - cell - s) * s * (1 - s)
                short = np.log(box[2 + k] * side / anchors[n, k]) - v[2 + k]
                d[2 + k] = -scales["coord"] * max(-1.0, min(1.0, short))
            d[4] = -scales["object"] * 2 * (1 - o) ** 3 * o * (1 - o)
            d[5:] = -scales["class"] * ((np.arange(2) == label) - e / e.sum())
            diff[item, n, :, j, i] = d
    return diff.reshape(x.shape)


INTEL_ROWS = [
    [0, 1, 0, 0.1, 0.2, 0.5, 0.4, 0],
    [1, 2, 0, 0.4, 0.1, 0.95, 0.9, 0],
    [-1] * 8,
    [0, 2, 1, 0.1, 0.22, 0.5, 0.42, 1],  # the same box of the same cell: it goes before
    [1, 1, 0, 0.01, 0.01, 0.03, 0.02, 0],  # much smaller than any anchor
]


def test_intels_region_loss() -> None:
    scales = {"object": 5.0, "noobject": 2.0, "class": 3.0, "coord": 0.5}
    made = intel(INTEL_ROWS, " ".join(f"{name}_scale: {value}" for name, value in scales.items()))
    loss = made.run_forward()
    made.backward()
    want = intels_differences(made.blobs["b0"].data, INTEL_ROWS, scales)
    np.testing.assert_allclose(made.blobs["b0"].diff, want / 2, atol=1e-12)  # of two items
    assert loss == pytest.approx((want**2).sum())


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ([2, 1, 0, 0, 0, 1, 1, 0], "label 0: the item is 2: items are .* from 0 to 1, or -1"),
        ([0, 0, 0, 0, 0, 1, 1, 0], "label 0: the class is 0: .* from 1 to 2"),
        ([0, 1, 0, 0.5, 0, 0.5, 1, 0], "label 0: w is 0"),
    ],
)
def test_annotations_that_cannot_be(row: list[float], what: str) -> None:
    with pytest.raises(DataError, match=what):
        intel([row]).run_forward()


def test_intels_region_loss_needs_annotations() -> None:
    with pytest.raises(ShapeError, match=r"intel's labels are \(1, 1, R, 8\)"):
        region(rows=30, fork="intel")


# -- detections ----------------------------------------------------------------------------

PIXELS = "biases: 16 biases: 16 biases: 32 biases: 32"


SETTINGS = {
    "num_box": "num_box: 2",
    "mask": "mask: 0 mask: 1",
    "anchors_scale": "anchors_scale: 16",
    "gaussian_box": "",
}


def v3(**changed: str) -> Net:
    """changed: fields with another text than in `SETTINGS`."""
    layer = (
        'type: "Yolov3DetectionOutput" yolov3_detection_output_param { num_classes: 2 '
        f"confidence_threshold: 0.5 {PIXELS} {' '.join((SETTINGS | changed).values())} }}"
    )
    return net(layer, (2, 14, 2, 2), phase="TEST")


def test_one_box_by_hand() -> None:
    made = v3()
    x = made.blobs["b0"].data.reshape(2, 2, 7, 2, 2)
    x[...] = -20
    x[1, 1, :, 0, 1] = (0, 0, 0, np.log(0.5), 20, 20, 20)  # the middle of its cell, 32 x 16 pixels
    made.run_forward()
    # both classes, and one box removes the other whatever its class
    np.testing.assert_allclose(
        made.blobs["t"].data[0, 0], [[0, 1, 1, 0.25, 0.0, 1.25, 0.5]], atol=1e-7
    )


def test_nothing_found_is_told_for_each_image() -> None:
    made = v3()
    made.blobs["b0"].data[...] = -20
    made.run_forward()
    np.testing.assert_array_equal(made.blobs["t"].data[0, 0], [[0, *[-1] * 6], [1, *[-1] * 6]])


def test_a_score_that_is_no_number_is_refused() -> None:
    made = v3()
    made.blobs["b0"].data[0, 4, 0, 0] = np.nan
    with pytest.raises(DataError, match="bottom 0 holds a box or score that is no number"):
        made.run_forward()


@pytest.mark.parametrize(
    ("field", "text", "what"),
    [
        ("gaussian_box", "gaussian_box: true", "gaussian_box is not served"),
        ("mask", "mask: 0 mask: 2", "mask names anchor 2, biases are 2 anchors"),
        ("num_box", "num_box: 3", "mask is given 2 times, the bottoms need 3"),
        ("anchors_scale", "", "anchors_scale is given 0 times, the bottoms need 1"),
    ],
)
def test_bad_settings_of_detections(field: str, text: str, what: str) -> None:
    with pytest.raises(PrototxtError, match=rf":\d+: .*{what}"):
        v3(**{field: text})


def test_the_first_fork_of_yolo_takes_one_image() -> None:
    layer = (
        'type: "DetectionOutput" detection_output_param { side: 3 num_classes: 2 '
        f"confidence_threshold: 0.3 {BIASES} }}"
    )
    with pytest.raises(ShapeError, match="a batch of 2 images"):
        net(layer, (2, 35, 3, 3), phase="TEST")


# -- maps ------------------------------------------------------------------------------------


def reorganised(x: np.ndarray, s: int) -> np.ndarray:
    """Darknet's loop, index by index."""
    n, c, h, w = x.shape
    t, flat, out = c // s**2, x.reshape(-1), np.empty(x.size)
    for index in np.ndindex(n, c, h, w):
        k, j, i = index[1:]
        off = k // t
        source = (i * s + off % s) + w * s * ((j * s + off // s) + h * s * (k % t + t * index[0]))
        out[np.ravel_multi_index(index, x.shape)] = flat[source]
    return out.reshape(n, c * s**2, h // s, w // s)


def test_reorg_is_darknets_and_its_gradient_the_way_back() -> None:
    made = net('type: "Reorg" reorg_param { stride: 2 }', (2, 8, 4, 6))
    x = made.blobs["b0"].data
    x[...] = np.arange(x.size).reshape(x.shape)
    made.run_forward()
    np.testing.assert_array_equal(made.blobs["t"].data, reorganised(x, 2))
    made.blobs["t"].diff[...] = made.blobs["t"].data
    made.backward()
    np.testing.assert_array_equal(made.blobs["b0"].diff, x)


@pytest.mark.parametrize(
    ("shape", "what"),
    [((1, 6, 4, 4), "6 channels"), ((1, 4, 3, 4), "3 x 4 is not divisible by stride 2")],
)
def test_reorg_refuses_what_it_cannot_divide(shape: tuple[int, ...], what: str) -> None:
    with pytest.raises(ShapeError, match=what):
        net('type: "Reorg" reorg_param { stride: 2 }', shape)


def test_darknets_cells_become_squares():
    made = net('type: "UpsampleDarknet" upsample_darknet_param { stride: 2 }', (1, 2, 3))
    made.blobs["b0"].data[...] = x = np.arange(6.0).reshape(1, 2, 3)
    made.run_forward()
    assert made.blobs["t"].data.tolist() == np.kron(x, np.ones((1, 2, 2))).tolist()
    with pytest.raises(ShapeError, match="two axes"):
        net('type: "UpsampleDarknet"', (3,))
