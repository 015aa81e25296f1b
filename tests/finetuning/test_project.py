"""The net as it is written: what is changed, and that all else stays."""

from __future__ import annotations

import difflib
from pathlib import Path

import numpy as np
import pytest

from protonet import TEST, TRAIN, Net, finetune, get_solver
from protonet.errors import NetError, ProtonetError
from protonet.finetuning import Settings
from protonet.finetuning.rewrite import ALL, Rates
from protonet.proto.weights import read_weights
from tests.finetuning.pictures import folders

TRAINS = """\
# The net.
name: "tiny"
layer {  # pictures
  name: "in"
  type: "Data"
  top: "data"
  top: "label"
  include { phase: TRAIN }
  transform_param { scale: 0.5 crop_size: 6 mirror: true }
  data_param { source: "nowhere" batch_size: 4 }
}
layer {
  name: "in"
  type: "Data"
  top: "data"
  top: "label"
  include { phase: TEST }
  transform_param { scale: 0.5 crop_size: 6 }
  data_param { source: "nowhere" batch_size: 4 }
}
# It bends.
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  param { lr_mult: 1 } param { lr_mult: 2 }  # bias
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
layer { name: "head" type: "InnerProduct" bottom: "conv" top: "scores"
  inner_product_param { num_output: 9 } }
layer { name: "top1" type: "Accuracy" bottom: "scores" bottom: "label" top: "top1"
  include { phase: TEST } }
layer { name: "top5" type: "Accuracy" bottom: "scores" bottom: "label" top: "top5"
  include { phase: TEST } accuracy_param { top_k: 5 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss" }
"""
USED = """\
input: "data"  # grey
input_dim: 1 input_dim: 3 input_dim: 6 input_dim: 6
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "head" type: "InnerProduct" bottom: "conv" top: "scores"
  inner_product_param { num_output: 9 } }
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train_val.prototxt").write_text(TRAINS)
    Path("deploy.prototxt").write_text(USED)
    shapes = {"data": (1, 3, 6, 6), "label": (1,)}
    net = Net("train_val.prototxt", phase=TRAIN, open_data=False, shapes=shapes, seed=1)
    net.save("w.caffemodel")
    folders("data", 5)


def made(net: str = "train_val.prototxt", **settings: object) -> str:
    finetune(net, "w.caffemodel", "data", "out", settings=Settings(**settings))
    return Path("out/train_val.prototxt").read_text()


def test_all_that_is_not_changed_stays() -> None:
    new = made().splitlines()
    gone = [line[2:] for line in difflib.ndiff(TRAINS.splitlines(), new) if line[:2] == "- "]
    # The data layers, with the comment in their line; head and top5.
    kept = [line for line in TRAINS.splitlines() if line not in gone]
    assert [line for line in new if line in kept][:2] == ["# The net.", 'name: "tiny"']
    for text in (
        "# It bends.",
        "  param { lr_mult: 1 } param { lr_mult: 2 }  # bias",
        'layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }',
        TRAINS.splitlines()[-1],
    ):
        assert text in new
    assert new[0].startswith("# Fine-tuning: made of train_val.prototxt by protonet finetune, ")


def test_both_phases_run_and_weights_are_taken_over() -> None:
    made()
    for phase in (TRAIN, TEST):
        net = Net("out/train_val.prototxt", "w.caffemodel", phase)
        net.run_forward()
        assert net.blobs["scores"].shape == (8 if phase == TRAIN else 2, 2)
        assert set(net.params) == {"conv", "bn", "head_data"}
        # 0 and 200 and a little more, halved: as the old net read them.
        values = {float(x) for x in net.blobs["data"].data.flat}
        assert values <= {0, 0.5, 1, 1.5, 2, 100, 100.5, 101, 101.5, 102}
    assert "top1" in net.outputs and "top5" not in net.blobs
    weights = {layer.name: layer.blobs for layer in read_weights("w.caffemodel")}
    solver = get_solver("out/solver.prototxt")
    np.testing.assert_array_equal(solver.net.params["conv"][0].data, weights["conv"][0])
    assert solver.net.params["head_data"][0].data.std() > 0, "random, not zeros"


def test_a_net_for_use_becomes_one_that_trains() -> None:
    text = made("deploy.prototxt")
    assert "input:" not in text and 'type: "Softmax"' not in text
    net = Net("out/train_val.prototxt", phase=TEST)
    assert {*net.outputs} == {"accuracy", "loss"}
    assert [layer.type for layer in net.layers if layer.type != "Split"] == [
        *("ImageData", "Convolution", "InnerProduct", "SoftmaxWithLoss", "Accuracy"),
    ]


def test_the_net_for_use_gives_what_the_trained_one_does() -> None:
    made()
    trained = Net("out/train_val.prototxt", phase=TEST, seed=3)
    trained.run_forward()
    trained.save("new.caffemodel")
    used = Net("out/deploy.prototxt", "new.caffemodel")
    data = trained.blobs["data"].data
    scores = trained.blobs["scores"].data.astype(float)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    wanted = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(used.predict(data), wanted, rtol=1e-4, atol=1e-6)
    assert Path("out/labels.txt").read_text() == "dark\nlight\n"


def rates(text: str) -> dict[str, list[tuple[float, float]]]:
    net = Net("out/train_val.prototxt", phase=TRAIN)
    return {
        layer.name: [(spec.lr_mult, spec.decay_mult) for spec in layer.param.param]
        for layer in net.layers
        if layer.name in net.params and layer.type != "BatchNorm"
    }


@pytest.mark.parametrize(
    ("given", "conv", "head"),
    [
        (Rates(), [(1, 1), (2, 1)], [(10, 1), (10, 1)]),
        (Rates(new=1), [(1, 1), (2, 1)], []),
        (Rates(new=3, old=0.25), [(0.25, 1), (0.5, 1)], [(3, 1), (3, 1)]),
        (Rates(freeze="conv"), [(0, 0), (0, 0)], [(10, 1), (10, 1)]),
        (Rates(freeze=ALL, new=2), [(0, 0), (0, 0)], [(2, 1), (2, 1)]),
    ],
)
def test_rates(given: Rates, conv: list, head: list) -> None:
    text = made(rates=given)
    assert rates(text) == {"conv": conv, "head_data": head}
    assert ("use_global_stats: true" in text) == (given.freeze == ALL)


def test_what_is_frozen_does_not_move() -> None:
    made(rates=Rates(freeze=ALL), iterations=4)
    solver = get_solver("out/solver.prototxt")
    before = {name: [b.data.copy() for b in blobs] for name, blobs in solver.net.params.items()}
    solver.step(4)
    for name, blobs in solver.net.params.items():
        same = all(np.array_equal(b.data, old) for b, old in zip(blobs, before[name]))
        assert same == (name != "head_data")


def test_a_name_that_is_taken() -> None:
    """The new layer must find no weights, not even those of an earlier fine-tuning."""
    made()
    Net("out/train_val.prototxt", phase=TEST, seed=3).save("new.caffemodel")
    finetune("out/train_val.prototxt", "new.caffemodel", "data", "again")
    net = Net("again/train_val.prototxt", phase=TEST)
    assert "head_data_data" in net.params
    finetune("train_val.prototxt", "new.caffemodel", "data", "third")
    assert "head_data_" in Net("third/train_val.prototxt", phase=TEST).params


def test_how_pictures_were_prepared_is_taken_from_the_net_beside() -> None:
    """train_val.prototxt lies beside deploy.prototxt, as predict finds it."""
    assert made("deploy.prototxt").count("scale: 0.5") == 2


def test_files_of_the_same_name_in_the_current_folder_are_not_taken() -> None:
    """Here lies a train_val.prototxt, and somebody's lists."""
    for name in ("train.txt", "test.txt"):
        Path(name).write_text("of somebody else")
    made()
    solver = get_solver("out/solver.prototxt")
    assert "head_data" in solver.net.params
    solver.step(1)
    assert solver.prefix == (Path("out") / "data").absolute().as_posix()


def test_paths_hold_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    get_solver(tmp_path / "out" / "solver.prototxt").step(1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rates": Rates(freeze="covn")}, "no layer 'covn' with weights .* did you mean 'conv'"),
        ({"heads": ["hade"]}, "no layer with num_output is named 'hade'"),
    ],
)
def test_names_that_are_not_there(settings: dict, words: str) -> None:
    with pytest.raises(NetError, match=words):
        made(**settings)
    assert not Path("out").exists()


def test_nothing_half_written() -> None:
    text = TRAINS.replace("num_output: 4", "num_output: 5")
    Path("train_val.prototxt").write_text(text)
    with pytest.raises(ProtonetError) as caught:
        made()
    assert str(caught.value).startswith("train_val.prototxt: layer 'conv' (Convolution): weights")
    assert not [*Path().glob("*out*")]
    Path("out").mkdir()
    with pytest.raises(ProtonetError, match="'out' exists already: give another --out"):
        made()
    assert not [*Path("out").iterdir()]
