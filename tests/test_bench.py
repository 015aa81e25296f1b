"""scripts/bench.py: its nets are those of the papers, any file becomes a job, its arithmetic."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from protonet.net.net import Net

ROOT = Path(__file__).resolve().parents[1]
Part = Callable[[str], ModuleType]


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Part:
    """A module of scripts/bench."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delitem(sys.modules, "bench", raising=False)
    return lambda name: import_module(f"bench.{name}")


#: Weights that are learned, as the models' authors and torchvision count them.
COUNTS = {
    "squeezenet": 1_235_496,
    "mobilenet_v1": 4_231_976,
    "mobilenet_v2": 3_504_872,
    "googlenet": 6_998_552,
    "resnet50": 25_557_032,
    "caffenet": 60_965_224,
    "vgg16": 138_357_544,
    # VGG-16's convolutions and its first two dense layers, three scores, three filters.
    "fcn8s": 14_714_688 + 102_764_544 + 16_781_312 + 86_037 + 10_773 + 5_397 + 21 * (16 + 16 + 256),
}


@pytest.mark.parametrize("name", COUNTS)
def test_written_nets_have_the_weights_of_their_papers(part: Part, name: str) -> None:
    net = Net(part("nets").written(name), partial=True)
    learned = [layer for layer in net.layers if layer.type != "BatchNorm"]
    assert sum(blob.count for layer in learned for blob in layer.blobs) == COUNTS[name]


TRAIN_VAL = """
layer { name: "d" type: "Data" top: "image" top: "label" include { phase: TRAIN }
  transform_param { crop_size: 6 } data_param { source: "nowhere" batch_size: 50 } }
layer { name: "d" type: "Data" top: "image" top: "label" include { phase: TEST }
  transform_param { crop_size: 6 } data_param { source: "nowhere" batch_size: 10 } }
layer { name: "c" type: "Convolution" bottom: "image" top: "c"
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "n" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "i" type: "InnerProduct" bottom: "c" top: "i" inner_product_param { num_output: 5
  weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "i" bottom: "label" top: "loss" }
layer { name: "a" type: "Accuracy" bottom: "i" bottom: "label" top: "a" include { phase: TEST } }
"""


def test_a_label_for_each_place_that_scores_are_of(part: Part) -> None:
    job, nets = part("job"), part("nets")
    fcn = Net(nets.written("fcn32s"), partial=True)
    assert fcn.blobs["prob"].shape == (1, 21, 320, 320)
    assert job.places(fcn) == [320, 320]
    assert job.places(Net(nets.written("squeezenet"), partial=True)) == []
    assert job.places(Net(nets.written("onet"), partial=True)) == []


def test_a_train_val_file_becomes_a_deploy_net_and_a_training_net(
    part: Part, tmp_path: Path
) -> None:
    (tmp_path / "my.prototxt").write_text(TRAIN_VAL, encoding="utf-8")
    job = part("job").prepare(str(tmp_path / "my.prototxt"), None, tmp_path / ".")
    assert job["shape"] == [3, 6, 6]
    deploy = Net(job["deploy"], job["weights"])
    assert [layer.type for layer in deploy.layers][1:] == [
        "Convolution",
        "BatchNorm",
        "InnerProduct",
        "Softmax",
    ]
    assert deploy.blobs["image"].shape == (1, 3, 6, 6)
    assert deploy.params["n"][2].data[0] == 1  # has seen statistics
    types = [layer["type"] for layer in job["train_layers"]]
    assert types == [
        "Input",
        "Input",
        "Convolution",
        "BatchNorm",
        "InnerProduct",
        "SoftmaxWithLoss",
    ]


def test_a_deploy_file_trains_by_its_last_softmax(part: Part, tmp_path: Path) -> None:
    job = part("job").prepare("onet", None, tmp_path)
    last = job["train_layers"][-1]
    assert (last["type"], last["bottom"][1]) == ("SoftmaxWithLoss", "label")
    assert job["layers"][-1]["type"] == "Softmax"


def test_a_file_without_the_size_of_an_image_is_asked_for_it(part: Part, tmp_path: Path) -> None:
    path = tmp_path / "my.prototxt"
    path.write_text(TRAIN_VAL.replace("crop_size: 6", ""), encoding="utf-8")
    with pytest.raises(SystemExit, match="add --shape C H W"):
        part("job").prepare(str(path), None, tmp_path)
    assert part("job").prepare(str(path), (1, 8, 8), tmp_path)["shape"] == [1, 8, 8]


def test_the_bound_counts_products_and_bytes(part: Part, tmp_path: Path) -> None:
    (tmp_path / "my.prototxt").write_text(TRAIN_VAL, encoding="utf-8")
    job = part("job").prepare(str(tmp_path / "my.prototxt"), None, tmp_path / ".")
    job |= {"images": [2], "batch": 4}
    bound = part("bound")
    no_memory = bound.bounds(job, bound.Machine(sgemm=1e3, memory=1e30))
    products = 2 * 16 * 27 + 5 * 32  # c: two channels of 4 x 4 see 27 cells; i
    assert no_memory["infer 2"] == pytest.approx(2 * products)
    assert no_memory["train"] == pytest.approx(3 * 4 * products)
    no_products = bound.bounds(job, bound.Machine(sgemm=1e30, memory=1e3))
    blobs = (108 + 32) + (32 + 32) + (32 + 5) + (5 + 5)
    weights = (54 + 2) + (2 + 2 + 1) + (160 + 5)
    assert no_products["infer 2"] == pytest.approx(4 * (2 * blobs + weights))


def test_other_answers_are_told(part: Part) -> None:
    answers = {"protonet": [0.25, 0.75], "torch": [0.25, 0.7500001], "opencv": [0.3, 0.7]}
    assert part("report").differences(answers) == ["opencv: other values: 0.05 off in 0.75"]
    assert part("report").differences({"protonet": [1.0], "torch": [1, 2]}) == [
        "torch: 2 values for 1"
    ]


def test_what_compiling_adds_to_a_session_is_told(part: Part) -> None:
    row = {who: {"median": ms, "best": ms / 2} for who, ms in (("compiled", 6), ("session", 5))}
    times = {"infer 1": row, "train": {"session": row["session"]}}
    assert part("report").overhead(times) == ["compiled over session, infer 1: 1.20 / 1.20"]


def test_the_table_says_machine_date_and_ratios(part: Part, tmp_path: Path) -> None:
    report = part("report")
    row = {
        "net": "n",
        "task": "images: 1",
        "bound": 0.5,
        "versions": {"protonet": "protonet 1", "optimized": "o 1", "torch": "PyTorch 2"},
        "ms": {
            "protonet": {"median": 3, "best": 1},
            "optimized": {"median": 2, "best": 1},
            "torch": {"median": 4, "best": 2},
        },
    }
    report.save(tmp_path / "r.json", report.machine(2, 1e9, 3e9), [row])
    head = json.loads((tmp_path / "r.json").read_text())["machine"]
    table = report.readme_table(tmp_path / "r.json").splitlines()
    assert head["date"] in table[0] and "2 GFLOP/s, 3 GB/s" in table[0]
    assert table[2] == "|  | protonet 1 | o 1 | PyTorch 2 | bound |"
    assert table[4] == "| n, images: 1 | 3 | 2 | 4 (0.75 / 0.50) | 0.5 |"


SMALL_NET = """
layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 2 dim: 10 dim: 10 } } }
layer { name: "c" type: "Convolution" bottom: "d" top: "c" convolution_param { num_output: 3
  kernel_size: 3 pad: 1 stride: 1 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "c2" type: "Convolution" bottom: "p" top: "c2" convolution_param { num_output: 4
  kernel_size: 3 stride: 2 weight_filler { type: "xavier" } } }
layer { name: "i" type: "InnerProduct" bottom: "c2" top: "i" inner_product_param { num_output: 5
  weight_filler { type: "xavier" } } }
layer { name: "s" type: "Softmax" bottom: "i" top: "s" }
"""


def test_the_textbook_net_answers_and_learns_as_ours(part: Part, tmp_path: Path) -> None:
    (tmp_path / "my.prototxt").write_text(SMALL_NET, encoding="utf-8")
    job = part("job").prepare(str(tmp_path / "my.prototxt"), None, tmp_path / ".")
    job |= {"images": [3], "batch": 4, "threads": 1, "data": False}
    contenders = part("contenders")
    theirs, ours = contenders.teaching(job), contenders.protonet(job)
    assert theirs.tasks.keys() == ours.tasks.keys() == {"train", "infer 3"}
    assert theirs.answer == pytest.approx(ours.answer, abs=1e-5)
    images, labels = contenders.inputs(job, 4)
    with np.load(job["arrays"]) as arrays:
        net = part("teaching").Net(job["layers"], dict(arrays))
    solver, step = contenders._solver(f"net_param {{ {job['train']} }}")
    solver.net.copy_from(job["weights"])
    for name, values in (("d", images), ("label", labels)):
        solver.net.blobs[name].reshape(*values.shape)
        solver.net.blobs[name].data[...] = values
    for _ in range(3):
        step()
        net.step(images, labels, contenders.RATE, contenders.MOMENTUM, contenders.DECAY)
    learnt = [param for layer in net.layers for param in layer.params]
    blobs = [blob.data for blobs in solver.net.params.values() for blob in blobs]
    for param, blob in zip(learnt, blobs, strict=True):
        np.testing.assert_allclose(param, blob, rtol=1e-4, atol=1e-6)


def test_the_textbook_net_refuses_what_it_does_not_have(part: Part) -> None:
    layer = {"name": "p", "type": "Pooling", "pooling_param": {"kernel_size": 3, "stride": 2}}
    with pytest.raises(NotImplementedError, match="overlap"):
        part("teaching").Net([layer], {})
    with pytest.raises(NotImplementedError, match="no LRN"):
        part("teaching").Net([{"name": "n", "type": "LRN"}], {})


def test_a_projection_follows_its_model(part: Part) -> None:
    """Of a step of 3 s and 100 MB over 4 nodes: a ring moves 150 MB, 24 buckets hide 2 s."""
    many = part("many")
    size = 100 << 20
    slow = many.Link("slow", 50 << 20, 0.0)
    travel = 2 * 3 / 4 * size / slow.bandwidth
    assert travel == 3
    assert many.step_of_many(3.0, size, 4, slow) == pytest.approx(3 + (3 - 2))
    fast = many.Link("fast", 1e12, 1e-3)
    least = many.step_of_many(3.0, size, 4, fast) - 3  # of the last bucket alone
    assert least == pytest.approx((1.5 * size / 1e12) / 25 + 6e-3)


def test_growth_is_held_against_a_line_through_the_largest(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growth = part("growth")
    assert growth.Curve("", "", [1, 10, 40], [0.5, 1.0, 2.0]).proportional == [0.05, 0.5, 2.0]
    for name, sizes in (("BATCHES", (1, 2)), ("SIDES", (32, 64)), ("LAYERS", (2, 5))):
        monkeypatch.setattr(growth, name, sizes)
    curves = growth.measure(2, 0.01)
    assert [curve.sizes for curve in curves] == [[1, 2], [1024, 4096], [2, 5], [2, 5]]
    assert all(seconds > 0 for curve in curves for seconds in curve.seconds)
    growth.draw(curves, tmp_path / "growth.svg")
    drawn = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert drawn.count("in proportion") == drawn.count("measured") == 4
    assert len(growth.show(curves).splitlines()) == 4 * 3


def test_an_lstm_is_trained_as_a_job_of_its_own(part: Part, tmp_path: Path) -> None:
    recurrent, contenders = part("recurrent"), part("contenders")
    job = recurrent.prepare(tmp_path) | {"batch": 3, "threads": 1, "images": []}
    solver: Any = None

    def solver_of(text: str) -> Any:
        nonlocal solver
        solver, step = contenders._solver(text)
        return solver, step

    train, losses = recurrent.protonet(job, solver_of).tasks["train"], []
    for _ in range(4):
        train()
        losses.append(solver.net.loss)
    assert solver.net.blobs["h"].shape == (20, 3, 512)
    assert losses == sorted(losses, reverse=True) and losses[0] > losses[-1] > 0
    macs = 20 * 2 * 4 * 512 * 512
    machine = part("bound").Machine(sgemm=macs * 1000.0, memory=1e30)
    assert part("bound").bounds(job, machine)["train"] == pytest.approx(3 * 3)


def test_memory_of_a_task_and_what_stays_of_it(part: Part, tmp_path: Path) -> None:
    memory = part("memory")
    job = part("job").prepare("lenet", None, tmp_path)
    order = job | {"images": [64], "batch": 64, "threads": 1, "seconds": 0, "data": False}
    found = memory.measure(order, {"protonet": sys.executable})
    assert set(found) == {"infer 64", "train"}
    # Tops of 64 images: conv1, pool1, conv2, pool2, ip1 and ip2; training has gradients too.
    tops = 4 * 64 * (20 * 576 + 20 * 144 + 50 * 64 + 50 * 16 + 500 + 10) / 1e6
    assert tops < found["infer 64"]["protonet"]["peak"] < 60
    assert found["train"]["protonet"]["peak"] > 2 * tops
    for row in found.values():
        assert row["protonet"]["after"] < row["protonet"]["peak"]
    assert memory.show("lenet", found).count("1.00") == 2
