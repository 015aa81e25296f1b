"""With weights, a picture and a log: what the page is told, and what it shows."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from protonet.cli.main import main
from protonet.net.net import Net

from ..nets import layer
from .test_page import serious_of
from .test_pixels import decoded

SIDE = 32
INPUT = (
    'layer { name: "data" type: "Input" top: "data" '
    f"input_param {{ shape {{ dim: 1 dim: 3 dim: {SIDE} dim: {SIDE} }} }} }}\n"
)
#: Class 1 if the picture is bright.  conv makes the mean of the channels, less 100, and relu that.
CLASSES = (
    INPUT
    + layer(
        "conv", "Convolution", "data", more="convolution_param { num_output: 1 kernel_size: 1 }"
    )
    + layer("relu", "ReLU", "conv", "conv")
    + layer("ip", "InnerProduct", "conv", more="inner_product_param { num_output: 2 }")
    + layer("prob", "Softmax", "ip")
)
#: One box in the middle, of class 1, whatever the picture is.
BOXES = (
    INPUT
    + layer("pool", "Pooling", "data", more="pooling_param { pool: AVE global_pooling: true }")
    + layer("loc", "Convolution", "pool", more="convolution_param { num_output: 4 kernel_size: 1 }")
    + layer(
        "conf", "Convolution", "pool", more="convolution_param { num_output: 2 kernel_size: 1 }"
    )
    + layer("loc_flat", "Flatten", "loc")
    + layer("prob", "Softmax", "conf")
    + layer("conf_flat", "Flatten", "prob")
    + layer("prior", "PriorBox", "pool data", more="prior_box_param { min_size: 16 }")
    + layer(
        "found",
        "DetectionOutput",
        "loc_flat conf_flat prior",
        more="detection_output_param { num_classes: 2 nms_param { nms_threshold: 0.5 } "
        "keep_top_k: 5 confidence_threshold: 0.1 }",
    )
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Net, weights and a picture: bright in its left half, dark in the right one."""
    net = Net(CLASSES)
    net.params["conv"][0].data[...] = 1 / 3
    net.params["conv"][1].data[...] = -100
    net.params["ip"][0].data[...] = np.array([[0], [1e-4]])
    net.params["ip"][1].data[...] = 0
    return _saved(tmp_path, CLASSES, net)


@pytest.fixture
def detector(tmp_path: Path) -> tuple[Path, Path, Path]:
    net = Net(BOXES)
    for blobs in net.params.values():
        for blob in blobs:
            blob.data[...] = 0
    net.params["conf"][1].data[...] = [0, 2]
    return _saved(tmp_path, BOXES, net)


def _saved(folder: Path, text: str, net: Net) -> tuple[Path, Path, Path]:
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[:, : SIDE // 2] = 200
    cv2.imwrite(str(folder / "half.png"), picture)
    (folder / "net.prototxt").write_text(text)
    net.save(folder / "net.caffemodel")
    return folder / "net.prototxt", folder / "net.caffemodel", folder / "half.png"


def told(tmp_path: Path, *words: str | Path) -> dict:
    """The document in the file of --html."""
    out = tmp_path / "page.html"
    assert main(["view", *map(str, words), "--html", str(out)]) == 0
    text = out.read_text("utf-8").split('id="content">', 1)[1].split("</script>", 1)[0]
    return json.loads(text)["document"]


def test_weights_are_told(files, tmp_path):
    net, weights, _ = files
    document = told(tmp_path, net, weights)
    fit = document["weights"]
    assert fit.pop("layers") == ["conv", "ip"]
    assert fit == {"file": "net.caffemodel", "missing": [], "unused": [], "misshapen": []}
    kernel, bias = document["answers"]["weights?layer=conv"]
    assert kernel["shape"] == [1, 3, 1, 1] and kernel["mean"] == pytest.approx(1 / 3)
    assert bias["min"] == bias["max"] == -100
    assert sum(bias["histogram"]["counts"]) == 1 and len(bias["histogram"]["edges"]) == 61


def test_weights_that_do_not_fit(files, tmp_path):
    net, weights, _ = files
    text = net.read_text().replace("num_output: 2", "num_output: 5").replace('"conv"', '"c"')
    net.write_text(text)
    fit = told(tmp_path, net, weights)["weights"]
    assert fit["missing"] == ["c"] and fit["unused"] == ["conv"]
    assert fit["misshapen"] == [["ip", 0, [5, 1024], [2, 1024]], ["ip", 1, [5], [2]]]


def test_weights_alone_bring_the_net_that_they_were_saved_with(files, tmp_path):
    _, weights, _ = files
    document = told(tmp_path, weights)
    layers = document["nets"][0]["layers"]
    assert [layer["name"] for layer in layers] == ["data", "conv", "relu", "ip", "prob"]
    assert not document["saves"] and document["weights"]["missing"] == []
    assert document["answers"]["weights?layer=conv"][0]["shape"] == [1, 3, 1, 1]


def test_activations_are_those_before_what_works_in_place(files, tmp_path):
    found = told(tmp_path, *files[:2], "--input", files[2])["answers"]
    (conv,) = found["activations?layer=conv&position=1"]
    (relu,) = found["activations?layer=relu&position=2"]
    assert (conv["min"], conv["max"]) == (-100, pytest.approx(100, rel=1e-5))
    assert (relu["min"], relu["max"], relu["zeros"]) == (0, pytest.approx(100, rel=1e-5), 0.5)
    assert conv["maps"]["width"] == SIDE and conv["values"] is None
    (prob,) = found["activations?layer=prob&position=4"]
    score = 1 / (1 + np.exp(-1e-4 * 100 * SIDE * SIDE / 2))
    assert prob["values"] == pytest.approx([1 - score, score], rel=1e-3)


def test_classes_and_where_they_are_seen(files, tmp_path):
    found = told(tmp_path, *files[:2], "--input", files[2])["answers"]
    (answer,) = found["answers"]["answers"]
    assert answer["kind"] == "classes" and answer["found"][0]["label"] == 1
    for method in ("gradient", "occlusion"):
        address = found[f"saliency?method={method}&output=prob&label=1"]["map"]
        opacity = decoded(address)[..., 3]
        assert opacity[:, : SIDE // 2 - 4].min() > 80 and opacity[:, SIDE // 2 + 4 :].max() < 20


def test_boxes(detector, tmp_path):
    found = told(tmp_path, *detector[:2], "--input", detector[2])["answers"]
    (answer,) = found["answers"]["answers"]
    (box,) = answer["found"]
    assert answer["boxes"] and box["label"] == 1
    assert [box[side] for side in ("x1", "y1", "x2", "y2")] == pytest.approx([8, 8, 24, 24])


def test_input_without_weights(files, capsys):
    assert main(["view", str(files[0]), "--input", str(files[2]), "--no-browser"]) == 2
    assert "--input needs WEIGHTS" in capsys.readouterr().err


def test_in_the_page(files, served):
    page = served(files[0], str(files[1]), "--input", str(files[2]))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_alt_text("The picture half.png")).to_be_visible()
    panel.get_by_role("button", name="Gradient: where 1 is seen").click()
    expect(panel.get_by_alt_text("Map: Gradient, 1")).to_be_visible()
    assert serious_of(page) == []
    page.get_by_role("button", name="ip InnerProduct").click()
    page.get_by_role("tab", name="Weights").click()
    expect(panel.get_by_role("figure", name="Histogram of blob 0: from 0.00 to")).to_be_visible()
    page.get_by_role("button", name="conv Convolution").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("conv")
    assert "mean 0.3333" in panel.inner_text() and serious_of(page) == []
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save as .npy").first.click()
    kernel = np.load(saved.value.path())
    assert saved.value.suggested_filename == "conv_0.npy" and kernel.shape == (1, 3, 1, 1)
    assert kernel == pytest.approx(1 / 3)
    page.get_by_role("tab", name="Activations").click()
    expect(panel.get_by_alt_text("1 channels of 32x32", exact=False)).to_be_visible()
    assert serious_of(page) == []


def test_what_nobody_looks_at_is_not_computed(files, served):
    page = served(files[0], str(files[1]), "--input", str(files[2]))
    page.get_by_role("tab", name="Activations").click()
    page.get_by_role("button", name="conv Convolution").click()
    expect(page.get_by_alt_text("1 channels of 32x32", exact=False)).to_be_visible()
    page.get_by_role("tab", name="Layer").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="ip InnerProduct").click()
    page.get_by_role("button", name="prob Softmax").click()
    page.wait_for_timeout(300)
    assert [url for url in asked if "activations" in url] == []
    page.get_by_role("tab", name="Activations").click()
    expect(page.get_by_role("figure", name="Values of prob")).to_be_visible()
    assert len([url for url in asked if "activations" in url]) == 1


def test_boxes_in_the_page(detector, served):
    page = served(detector[0], str(detector[1]), "--input", str(detector[2]))
    expect(page.get_by_role("img", name="1 boxes")).to_be_visible()
    box = page.locator(".found rect")
    assert [float(box.get_attribute(n)) for n in ("x", "y", "width", "height")] == pytest.approx(
        [8, 8, 16, 16]
    )


LOG = "I0101 10:00:{0:02} 1 solver.cpp:228] Iteration {1}, loss = {2}\n"


def test_curves_grow_with_the_log(served, tmp_path):
    log = tmp_path / "train.log"
    log.write_text("".join(LOG.format(i, 20 * i, 2 - i / 10) for i in range(5)))
    page = served(INPUT, "--log", str(log))
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("figure", name="Curves of loss")).to_be_visible()
    expect(panel.get_by_text("It goes on")).to_be_visible()
    assert serious_of(page) == []
    with log.open("a") as more:
        more.write(
            LOG.format(9, 500, 0.5) + "I0101 10:01:00 1 solver.cpp:300] Optimization Done.\n"
        )
    expect(panel.get_by_text("It goes on")).to_have_count(0)
