"""The records of the largest loss, and the pictures they were."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet import Net, Preprocess
from protonet.evaluation import TopLosses, find_target
from protonet.evaluation.losses import picture_of

NET = """
layer { name: "in" type: "Input" top: "data" top: "s" top: "label" input_param {
  shape { dim: 3 dim: 1 dim: 2 dim: 2 } shape { dim: 3 dim: 2 } shape { dim: 3 } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "s" bottom: "label" top: "loss" }
"""


def test_the_largest_over_all_batches() -> None:
    net = Net(NET)
    target = find_target(net)
    kept = TopLosses(net, target, 2)
    data = np.arange(12, dtype=np.float32).reshape(3, 1, 2, 2)
    scores = np.array([[0, 0], [0, 3], [2, 0]])
    for labels in ([0, 0, 0], [0, 1, 0]):
        loss = net.forward(data=data, s=scores, label=labels)["loss"]
        kept.add(target.batch(net))
    first, second = kept.worst
    # -log of 1 / (1 + e^3), in the first batch alone; -log(1/2) in both, the first of them.
    assert first.loss == pytest.approx(np.log1p(np.exp(3)))
    assert (first.number, first.label, first.best) == (1, 0, 1)
    assert first.score == pytest.approx(1 / (1 + np.exp(-3)))
    assert second.loss == pytest.approx(np.log(2)) and second.number == 0
    # 4 .. 7 lies between 0 and 255, and is shown as it is.
    assert first.pixels is not None and first.pixels.tolist() == [[4, 5], [6, 7]]
    mean = (np.log(2) + np.log1p(np.exp(-3)) + np.log1p(np.exp(-2))) / 3
    assert float(loss) == pytest.approx(mean)


def test_a_map_has_the_mean_of_its_places() -> None:
    text = NET.replace("shape { dim: 3 dim: 2 }", "shape { dim: 3 dim: 2 dim: 2 }")
    net = Net(text.replace("shape { dim: 3 }", "shape { dim: 3 dim: 1 dim: 2 }"))
    target = find_target(net)
    kept = TopLosses(net, target, 1)
    scores = np.zeros((3, 2, 2))
    scores[2, 1] = 4, -4
    net.forward(data=np.zeros((3, 1, 2, 2)), s=scores, label=np.zeros((3, 1, 2)))
    kept.add(target.batch(net))
    (worst,) = kept.worst
    both = (np.log1p(np.exp(4)) + np.log1p(np.exp(-4))) / 2
    assert worst.loss == pytest.approx(both) and worst.number == 2 and worst.label is None


def test_pictures_are_those_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (3, 4, 5, 3), np.uint8)
    for i, picture in enumerate(pictures):
        cv2.imwrite(f"{i}.png", picture)
    Path("list.txt").write_text("0.png 0\n1.png 1\n2.png 0\n")
    net = Net(
        'layer { name: "d" type: "ImageData" top: "data" top: "label" image_data_param { '
        'source: "list.txt" batch_size: 2 } transform_param { scale: 0.5 mean_value: 100 '
        "mean_value: 90 mean_value: 80 } }"
        'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { '
        "num_output: 2 } }"
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'
    )
    target = find_target(net)
    kept = TopLosses(net, target, 4)
    for _ in range(2):
        net.run_forward()
        kept.add(target.batch(net))
    assert [one.name for one in kept.worst] == ["0.png", "1.png", "2.png", "0.png"]
    for one, at in zip(kept.worst, [0, 1, 2, 0]):
        np.testing.assert_array_equal(one.pixels, pictures[at])


def test_a_mean_image_larger_than_the_crop() -> None:
    mean = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    shown = picture_of(np.full((1, 2, 2), 10.0), Preprocess(mean=mean))
    assert shown.tolist() == [[15, 16], [19, 20]]


def test_what_is_no_byte_is_spread() -> None:
    shown = picture_of(np.array([[[-2.0, 0.0], [2.0, 3.0]]]), Preprocess())
    assert shown.tolist() == [[0, 102], [204, 255]]
