"""EvalDetection against its rules, box by box in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError

from .one_pass import forward

SIDE, CLASSES, ANCHORS = 3, 4, [(0.8, 1.1), (1.5, 0.7)]
RNG = np.random.default_rng(21)


def layer(text: str = "nms: 0.4 threshold: 0.3") -> str:
    biases = " ".join(f"biases: {w} biases: {h}" for w, h in ANCHORS)
    sizes = f"side: {SIDE} num_class: {CLASSES} num_object: {len(ANCHORS)}"
    return f'type: "EvalDetection" eval_detection_param {{ {sizes} {biases} {text} }}'


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def iou(a, b, clip: bool) -> float:
    sides = []
    for x, y, w, h in (a, b):
        box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        sides.append([min(max(v, 0), 1) for v in box] if clip else box)
    (x1, y1, x2, y2), (u1, v1, u2, v2) = sides
    width, height = min(x2, u2) - max(x1, u1), min(y2, v2) - max(y1, v1)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - both)


def wanted(x, truths, clip, nms, threshold, kind) -> list[float]:
    """A row of the top; x (A, 5 + K, S, S), truths: (class, box)."""
    boxes = []
    for j in range(SIDE):
        for i in range(SIDE):
            for n, (bw, bh) in enumerate(ANCHORS):
                v = x[n, :, j, i]
                p = np.exp(v[5:]) / np.exp(v[5:]).sum()
                o, label = logistic(v[4]), int(p.argmax())
                score = {"OBJ": o, "PROB": p[label], "MULTIPLY": o * p[label]}[kind]
                place = ((i + logistic(v[0])) / SIDE, (j + logistic(v[1])) / SIDE)
                size = (math.exp(v[2]) * bw / SIDE, math.exp(v[3]) * bh / SIDE)
                boxes.append((score, label, (*place, *size)))
    boxes.sort(key=lambda box: -box[0])
    kept: list = []
    for box in boxes:
        if all(iou(other[2], box[2], clip) < nms for other in kept):
            kept.append(box)
    row = [float(sum(label == k for label, _ in truths)) for k in range(CLASSES)]
    for k in range(CLASSES):
        mine = [box for label, box in truths if label == k]
        used = set()
        for score, label, box in kept:
            if label != k or score < 0.005:
                continue
            fits = [iou(box, other, clip) for other in mine]
            right = wrong = 0
            if not mine:
                wrong = 1
            elif max(fits) >= threshold:
                best = fits.index(max(fits))
                right, wrong = (0, 1) if best in used else (1, 0)
                used.add(best)
            row += [k, score, right, wrong]
    full = CLASSES + 4 * SIDE * SIDE * len(ANCHORS)
    return row + [0.0] * (full - len(row))


TRUTHS = [
    [(0, (0.3, 0.3, 0.5, 0.4)), (0, (0.5, 0.6, 0.4, 0.4)), (2, (0.7, 0.7, 0.5, 0.6))],
    [(1, (0.2, 0.8, 0.5, 0.5)), (3, (0.5, 0.5, 0.8, 0.5))],
]


def both_forms() -> dict[str, np.ndarray]:
    rows, flat = [], np.zeros((2, 30, 5))
    for i, truths in enumerate(TRUTHS):
        for r, (label, (x, y, w, h)) in enumerate(truths):
            flat[i, r] = label, x, y, w, h
            rows.append([i, label + 1, 0, x - w / 2, y - h / 2, x + w / 2, y + h / 2, 0])
    rows.append([-1] * 8)
    return {"intel": np.array([[rows]]), "gklz1982": flat.reshape(2, 150)}


@pytest.mark.parametrize("form", ["intel", "gklz1982"])
@pytest.mark.parametrize("kind", ["OBJ", "PROB", "MULTIPLY"])
def test_boxes_are_judged(form, kind):
    right = 0.0
    for _ in range(8):
        x = RNG.normal(0, 1, (2, len(ANCHORS), 5 + CLASSES, SIDE, SIDE))
        x[:, :, 2:4] *= 0.3
        bottom = x.reshape(2, -1, SIDE, SIDE)
        found = forward(
            layer(f"nms: 0.4 threshold: 0.3 score_type: {kind}"), bottom, both_forms()[form]
        )[0]
        for i, truths in enumerate(TRUTHS):
            want = wanted(x[i], truths, form == "gklz1982", 0.4, 0.3, kind)
            np.testing.assert_allclose(found[i], want, atol=1e-12)
            right += sum(want[CLASSES + 2 :: 4])
    assert right > 3


def test_without_suppression_nothing_is_found():
    x = RNG.normal(size=(2, 18, SIDE, SIDE))
    found = forward(layer(""), x, both_forms()["intel"])[0]
    assert found[0, :CLASSES].tolist() == [2, 0, 1, 0] and not found[:, CLASSES:].any()


@pytest.mark.parametrize(
    ("text", "shapes", "kind", "words"),
    [
        ("", [(2, 17, 3, 3), (2, 150)], ShapeError, r"need \(N, 18, H, W\)"),
        ("", [(2, 18, 4, 4), (2, 150)], ShapeError, "side is 3, the map 4 x 4"),
        ("", [(2, 18, 3, 3), (2, 145)], ShapeError, r"the truth is \(1, 1, R, 8\), or \(2, 150\)"),
        ("num_object: 3 ", [(2, 27, 3, 3), (2, 150)], PrototxtError, "3 boxes need 6"),
    ],
)
def test_what_does_not_fit(text, shapes, kind, words):
    with pytest.raises(kind, match=words):
        forward(
            layer("").replace("num_object: 2 ", text or "num_object: 2 "),
            *(np.zeros(shape) for shape in shapes),
        )


def test_a_class_that_is_none():
    rows = np.array([[[[0, CLASSES + 1, 0, 0.1, 0.1, 0.2, 0.2, 0]]]])
    with pytest.raises(DataError, match="label"):
        forward(layer(), np.zeros((1, 18, SIDE, SIDE)), rows)
