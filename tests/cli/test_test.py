"""protonet test: per-batch lines, means, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.cli.main import main
from tests.cli.test_train import messages

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture
def model(tiny):
    # A net whose outputs are known: x is 2 everywhere, y counts nothing.
    (tiny / "known.prototxt").write_text(
        'layer { name: "in" type: "DummyData" top: "x" dummy_data_param { shape { dim: 1 dim: 2 } '
        'data_filler { value: 2 } } }\nlayer { name: "ip" type: "InnerProduct" bottom: "x" '
        'top: "p" inner_product_param { num_output: 2 weight_filler { type: "constant" '
        'value: 0.5 } } }\nlayer { name: "sum" type: "Reduction" bottom: "p" top: "total" '
        "loss_weight: 3 }\n"
        'layer { name: "more" type: "Power" bottom: "x" top: "double" power_param { scale: 2 } }\n'
    )
    Net("known.prototxt").save("known.caffemodel")
    return tiny


def test_lines_are_caffes(model, capsys):
    args = ["-model", "known.prototxt", "-weights=known.caffemodel", "-iterations", "2"]
    assert main(["test", *args]) == 0
    lines = messages(capsys.readouterr().err)
    start = lines.index("Running for 2 iterations.")
    batch = [f"Batch {i}, {x}" for i in (0, 1) for x in ("double = 4", "double = 4", "total = 4")]
    assert lines[start + 1 :] == [
        *batch,
        "Loss: 12",
        "double = 4",
        "double = 4",
        "total = 4 (* 3 = 12 loss)",
    ]


def test_fifty_batches_unless_others_are_asked_for(model, capsys):
    for words, count in ([], 50), (["--iterations", "1"], 1):
        assert main(["test", "known.prototxt", "known.caffemodel", *words]) == 0
        lines = messages(capsys.readouterr().err)
        assert f"Running for {count} iterations." in lines
        assert sum(line.endswith(", total = 4") for line in lines) == count


def test_json(model, capsys):
    args = ["known.prototxt", "known.caffemodel", "--iterations=3", "--json", "--quiet"]
    assert main(["test", *args]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    result = json.loads(captured.out)
    assert (result["loss"], result["iterations"]) == (12.0, 3)
    assert result["outputs"] == {"double": [4.0, 4.0], "total": 4.0}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["known.prototxt"], 2, "WEIGHTS is missing"),
        (["-weights", "known.caffemodel"], 2, "MODEL is missing"),
        (["known.prototxt", "nothing.caffemodel"], 3, "nothing.caffemodel"),
        (["known.prototxt", "empty.caffemodel"], 3, "empty"),
        (["net.prototxt", "known.caffemodel"], 3, "(2, 2)"),
    ],
)
def test_what_is_refused(model, capsys, args, code, words):
    (model / "empty.caffemodel").write_bytes(b"")
    assert main(["test", *args]) == code
    assert words in capsys.readouterr().err


def test_quiet_leaves_the_result(model, capsys):
    args = ["known.prototxt", "known.caffemodel", "--iterations=3", "--quiet"]
    assert main(["test", *args]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.splitlines() == ["double = 4", "double = 4", "total = 4 (* 3 = 12 loss)"]


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_weights_that_are_not_finite(model, capsys, value):
    net = Net("known.prototxt")
    net.params["ip"][0].data[1, 0] = float(value)
    net.save("bad.caffemodel")
    args = ["known.prototxt", "bad.caffemodel", "--iterations=2", "--json", "--quiet"]
    assert main(["test", *args]) == 5
    captured = capsys.readouterr()
    result = json.loads(captured.out, parse_constant=pytest.fail)
    assert result["outputs"] == {"double": [4.0, 4.0], "total": None}
    assert captured.err.splitlines()[-1].startswith(
        "protonet: error: known.prototxt:2: layer 'ip' (InnerProduct): parameter 0 is not finite "
        "in bad.caffemodel: take other weights"
    )


def test_weights_whose_fault_does_not_show(model, capsys):
    """The largest of nan and 1 is where it was before; the outputs are whole numbers."""
    text = (model / "known.prototxt").read_text()
    text = text[: text.index('layer { name: "sum"')]
    (model / "top.prototxt").write_text(
        text + 'layer { name: "best" type: "ArgMax" bottom: "p" top: "best" }'
    )
    net = Net("top.prototxt")
    net.params["ip"][1].data[0] = np.nan
    net.save("bad.caffemodel")
    assert main(["test", "top.prototxt", "bad.caffemodel", "--quiet", "--iterations=1"]) == 5
    captured = capsys.readouterr()
    assert captured.out.startswith("best = ") and "nan" not in captured.out
    assert "layer 'ip' (InnerProduct): parameter 1 is not finite in bad" in captured.err


def test_an_overflow_on_the_way(model, capsys):
    text = (model / "known.prototxt").read_text().replace("scale: 2", "scale: 2e38")
    (model / "large.prototxt").write_text(text)
    assert main(["test", "large.prototxt", "known.caffemodel", "--quiet"]) == 5
    captured = capsys.readouterr()
    assert captured.out.splitlines()[0] == "double = inf"
    assert "layer 'more' (Power): top 'double' is not finite in batch 0" in captured.err
    assert "--no-optimize looks at every layer" in captured.err


def test_optimised_or_not_the_numbers_are_the_same(model, capsys):
    text = (model / "known.prototxt").read_text()
    text = text.replace('bottom: "p" top: "total"', 'bottom: "q" top: "total"')
    text += (
        'layer { name: "relu" type: "ReLU" bottom: "p" top: "r" }'
        'layer { name: "late" type: "Power" bottom: "r" top: "q" power_param { power: 400 } }'
    )
    whole = text.split("layer {")
    order = [*whole[:3], *whole[5:], whole[3], whole[4]]
    (model / "deep.prototxt").write_text("layer {".join(order))
    assert main(["test", "deep.prototxt", "known.caffemodel", "--quiet", "--no-optimize"]) == 5
    shown = capsys.readouterr().err
    # 2 to the power of 400 is more than a float holds; the net that keeps all says where it began.
    assert "layer 'late' (Power): top 'q' is not finite" in shown and "--no-opt" not in shown
    assert main(["test", "deep.prototxt", "known.caffemodel", "--quiet"]) == 5
    assert "layer 'sum' (Reduction): top 'total' is not finite" in capsys.readouterr().err
    small = (model / "deep.prototxt").read_text().replace("400", "3")
    (model / "small.prototxt").write_text(small)
    results = []
    for words in ([], ["--no-optimize"]):
        assert main(["test", "small.prototxt", "known.caffemodel", "--json", *words]) == 0
        results.append(json.loads(capsys.readouterr().out))
    assert results[0] == results[1] and results[0]["outputs"]["total"] == 2 * 2**3


@pytest.mark.parametrize("kind", ["Input", "MemoryData", "input"])
def test_a_net_that_nobody_fills(model, capsys, kind):
    layer = {
        "Input": 'layer { name: "d" type: "Input" top: "x" top: "t" '
        "input_param { shape { dim: 1 dim: 2 } } }",
        "MemoryData": 'layer { name: "d" type: "MemoryData" top: "x" top: "t" '
        "memory_data_param { batch_size: 1 channels: 2 height: 1 width: 1 } }",
        "input": 'input: "x" input_dim: [1, 2, 1, 1] input: "t" input_dim: [1, 2, 1, 1]',
    }[kind]
    ip = 'layer { name: "ip" type: "InnerProduct" bottom: "x" top: "p" inner_product_param { '
    (model / "deploy.prototxt").write_text(f"# one\n{layer}\n{ip}num_output: 2 }} }}")
    for command in (
        ["test", "deploy.prototxt", "known.caffemodel", "--quiet"],
        ["extract-features", "known.caffemodel", "deploy.prototxt", "p", "out", "1"],
    ):
        assert main(command) == 2
        captured = capsys.readouterr()
        (line,) = captured.err.splitlines()
        assert line.startswith("protonet: error: deploy.prototxt:2: layer ")
        assert "nothing fills 'x' and 't' here: give a net that reads its data" in line
        assert captured.out == ""
    if kind != "MemoryData":  # timing needs no values
        assert main(["time", "deploy.prototxt", "--iterations", "1", "--quiet"]) == 0


def test_mean_average_precision(tiny, capsys):
    """Of two detections the better one is right, of one truth."""
    rows = "".join(
        f'layer {{ name: "{name}" type: "DummyData" top: "{name}" dummy_data_param {{ shape {{ '
        f"dim: 1 dim: 1 dim: 1 dim: 1 }} data_filler {{ value: {value} }} }} }}\n"
        for name, value in {"zero": 0, "one": 1, "half": 0.5, "best": 0.75}.items()
    )
    for name, parts in {
        "hit": ["zero", "one", "best", "zero", "zero", "one", "one"],
        "miss": ["zero", "one", "half", "half", "half", "one", "one"],
        "gt": ["zero", "one", "zero", "zero", "zero", "one", "one", "zero"],
    }.items():
        bottoms = " ".join(f'bottom: "{part}"' for part in parts)
        rows += (
            f'layer {{ name: "{name}" type: "Concat" {bottoms} top: "{name}" '
            "concat_param { axis: 3 } }\n"
        )
    rows += (
        'layer { name: "det" type: "Concat" bottom: "miss" bottom: "hit" top: "det" '
        "concat_param { axis: 2 } }\n"
        'layer { name: "eval" type: "DetectionEvaluate" bottom: "det" bottom: "gt" top: "mAP" '
        "detection_evaluate_param { num_classes: 2 } }\n"
    )
    (tiny / "eval.prototxt").write_text(rows)
    Net("eval.prototxt").save("eval.caffemodel")
    args = ["eval.prototxt", "eval.caffemodel", "--iterations=2", "--ap-version", "11point"]
    assert main(["test", *args]) == 0
    lines = messages(capsys.readouterr().err)
    # Both batches: right, right, wrong, wrong, of two truths.
    assert lines[-3:] == ["Loss: 0", "class1: 1", "mAP = 1"]
    assert not any(line.startswith("Batch") for line in lines)
    # It is told whether it is asked for or not.
    assert main(["test", *args, "--quiet", "--mean-ap"]) == 0
    assert capsys.readouterr().out.splitlines() == ["mAP = 1"]


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """A net that answers at random, but always the same."""
    monkeypatch.chdir(tmp_path)
    net = Net(MODELS / "lenet_train_test.prototxt", seed=4)
    net.save("random.caffemodel")
    return ["lenet", "random.caffemodel", "--quiet"]


ALL = [
    *("--confusion", "--per-class", "--top-k", "1,5", "--mean-ap", "--mean-iou"),
    *("--top-losses", "3"),
]


def test_counts_agree_with_the_accuracy_layer(digits, capsys):
    assert main(["test", *digits, "--iterations=5", "--json", *ALL]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["records"] == {"data": {"read": 300, "records": 300, "passes": 1.0}}
    counts = np.array(result["confusion"])
    assert counts.sum() == 300 and result["accuracy"] == pytest.approx(np.trace(counts) / 300)
    assert result["outputs"]["accuracy"] == pytest.approx(result["accuracy"])
    assert result["top_k"]["1"] == pytest.approx(result["accuracy"])
    assert [row["places"] for row in result["per_class"]] == counts.sum(axis=1).tolist()
    mean = np.mean([value for value in result["ap"] if value is not None])
    assert result["mean_ap"] == pytest.approx(mean)
    losses = [one["loss"] for one in result["top_losses"]]
    assert losses == sorted(losses, reverse=True) and losses[-1] > result["loss"]
    # Layer by layer the counts are the same.
    assert main(["test", *digits, "--iterations=5", "--json", *ALL, "--no-optimize"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["confusion"] == result["confusion"]
    assert [x["number"] for x in again["top_losses"]] == [x["number"] for x in result["top_losses"]]


def test_tables_and_pictures(digits, capsys, tmp_path):
    names = [f"digit {i}" for i in range(10)]
    (tmp_path / "names.txt").write_text("\n".join(names))
    words = ["--iterations=2", *ALL, "--labels", "names.txt", "--plot", "worst.png"]
    assert main(["test", *digits, *words]) == 0
    out = capsys.readouterr().out
    assert "120 records read by 'data': the first of its 300 (--iterations 5: each once)" in out
    lines = out.splitlines()
    head = lines.index("rows: classes, columns: what they were taken for")
    assert lines[head + 1].split() == [str(i) for i in range(10)]
    assert [line[:7] for line in lines[head + 2 : head + 12]] == names
    assert max(map(len, lines)) <= 80
    at = lines.index("the records of the largest loss:")
    assert all("record " in line and ": is digit " in line for line in lines[at + 1 :])
    assert len(lines) == at + 4
    assert (tmp_path / "worst.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--plot", "x.png"], 2, "--plot draws the pictures of --top-losses N"),
        (["--top-k", "0"], 2, "'0' is no whole number above 0"),
        (["--top-k", "11"], 3, "top 11 of 10 classes: give 1 to 10"),
        (["--scores", "ip2"], 2, "--scores says of what to count"),
        (["--scores", "ip3", "--confusion"], 3, "compared with labels are ip2"),
        (["--labels", "no.txt"], 4, "cannot read the names of classes 'no.txt'"),
        (["--top-losses", "2", "--plot", "x.xyz"], 3, "unknown kind of picture: 'xyz'"),
    ],
)
def test_counts_that_make_no_sense(digits, capsys, words, code, said):
    try:
        got = main(["test", *digits, "--iterations=1", *words])
    except SystemExit as error:
        got = error.code
    (line,) = capsys.readouterr().err.splitlines()
    assert got == code and said in line


def test_a_net_without_classes_has_nothing_to_count(model, capsys):
    assert main(["test", "known.prototxt", "known.caffemodel", "--confusion", "--quiet"]) == 3
    assert "no layer compares scores of classes with labels" in capsys.readouterr().err


def test_records_that_are_no_pictures_are_not_drawn(tiny, capsys):
    (tiny / "vectors.prototxt").write_text(
        'layer { name: "d" type: "DummyData" top: "s" top: "l" dummy_data_param { shape { dim: 4 '
        'dim: 3 } shape { dim: 4 } data_filler { type: "gaussian" } data_filler { value: 1 } } }\n'
        'layer { name: "ip" type: "InnerProduct" bottom: "s" top: "ip" inner_product_param { '
        "num_output: 3 } }\n"
        'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "l" top: "loss" }'
    )
    Net("vectors.prototxt", seed=1).save("v.caffemodel")
    words = ["test", "vectors.prototxt", "v.caffemodel", "--quiet", "--top-losses", "2"]
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(": is 1, taken for 0 (0.3333)")
    assert main([*words, "--plot", "x.png"]) == 2
    assert "no data layer of the net gives pictures" in capsys.readouterr().err
