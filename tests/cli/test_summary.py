"""protonet summary: the whole table against numbers worked out by hand, shapes from the command
line, the phase that has the data, weight files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.core import registry
from protonet.proto import caffe_pb2

NET = """name: "tiny"
layer { name: "data" type: "HDF5Data" top: "x" top: "t" %s
  hdf5_data_param { source: "none.txt" batch_size: 4 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 3 } }
layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(NET % "")
    return path


def cells(out: str) -> dict[str, list[str]]:
    """The rows of the table: name -> its other words."""
    lines = out.partition("\n\n")[0].splitlines()
    _, second, *_ = (i for i, line in enumerate(lines) if set(line) == {"-"})
    rows = [line.split() for line in lines[second + 1 :] if set(line) != {"-"}]
    return {name: words for name, *words in rows}


def test_shapes_make_the_table_whole(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(file), "--json", "--shape", "x=4,5", "--shape=t=4,3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["shapes"] for row in found["layers"]] == [[[4, 5], [4, 3]], [[4, 3]], [[]]]
    assert found["parameters"] == 5 * 3 + 3


def test_without_them_the_layers_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(file), "--shape", "x=4,5", "--full"]) == 0
    out, err = capsys.readouterr()
    rows = cells(out)
    assert rows["data"][3:] == ["4x5", "?", *"?????"]
    assert rows["ip"][3:5] == ["4x3", "18"] and rows["loss"][5:] == [*"?????"]
    assert out.splitlines()[-1].startswith("the totals are without 2 layers")
    assert "--shape t=4,..." in err


@pytest.mark.parametrize("text", ["x", "x=a", "=3", "x=3,0", "x=3,,4", "x=-1", "x=3x4"])
def test_what_is_no_shape(text: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["summary", str(file), "--shape", text])
    assert ended.value.code == 2
    assert "as in data=64,3,32,32" in capsys.readouterr().err


def test_the_phase_that_has_the_data_is_taken(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shapes = ["--shape", "x=4,5", "--shape", "t=4,3"]
    file.write_text(NET % "include { phase: TRAIN }")
    assert main(["summary", str(file), *shapes]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("tiny (TRAIN)") and "in phase TRAIN only" in err
    assert main(["summary", "--phase", "TEST", str(file), *shapes]) == 3
    assert "use --phase TRAIN (summary, time), or Net(..., phase=protonet.TRAIN)" in (
        capsys.readouterr().err
    )
    file.write_text(NET % "include { phase: TEST }")
    assert main(["summary", str(file), *shapes]) == 0
    assert capsys.readouterr().out.startswith("tiny (TEST)")


@pytest.mark.parametrize("name", ["w.caffemodel", "w.caffemodel.h5", "w.npz", "w.safetensors"])
def test_what_weights_hold(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = Net(
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 5 } } }'
        'layer { name: "r" type: "ReLU" bottom: "x" top: "r" }'
        'layer { name: "ip" type: "InnerProduct" bottom: "r" top: "y" '
        "inner_product_param { num_output: 3 } }"
    )
    path = str(tmp_path / name)
    net.save(path)
    assert main(["summary", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["shapes"]) for row in found["layers"]] == [("ip", [[3, 5], [3]])]
    assert (found["parameters"], found["memory"]) == (18, 72)
    assert main(["summary", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == path and lines[-1] == "total: 1 layers, 18 parameters, 72 B"
    assert "3x5" in lines[4] and lines[5].split() == [*"300003", "0"]


def test_weights_that_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "none.caffemodel"]) == 3
    assert "no such file" in capsys.readouterr().err


#: The net of models/lenet.prototxt, batch 64: name, type, bottom, shape, parameters, multiply-adds
#: and values of the top.  Parameters: inputs x outputs + biases.  Multiply-adds: what one output
#: takes, for each output.
LENET = [
    ("data", "Input", "", "64x1x28x28", 0, 0, 64 * 784),
    ("conv1", "Convolution", "data", "64x20x24x24", 20 * 25 + 20, 64 * 11520 * 25, 64 * 11520),
    ("pool1", "Pooling", "conv1", "64x20x12x12", 0, 0, 64 * 2880),
    ("conv2", "Convolution", "pool1", "64x50x8x8", 25050, 64 * 3200 * 20 * 25, 64 * 3200),
    ("pool2", "Pooling", "conv2", "64x50x4x4", 0, 0, 64 * 800),
    ("ip1", "InnerProduct", "pool2", "64x500", 800 * 500 + 500, 64 * 500 * 800, 64 * 500),
    ("relu1", "ReLU", "ip1", "64x500", 0, 0, 0),
    ("ip2", "InnerProduct", "ip1", "64x10", 5010, 64 * 10 * 500, 640),
    ("prob", "Softmax", "ip2", "64x10", 0, 0, 640),
]

TABLE = """\
LeNet (TEST)
-------------------------------------------------------------------------
layer  type          shape        parameters  mult-adds      %     memory
                                              per image         per image
-------------------------------------------------------------------------
data   Input         64x1x28x28            0          0           3.1 KiB
conv1  Convolution   64x20x24x24         520    288,000   12.6   45.0 KiB
pool1  Pooling       64x20x12x12           0          0          11.2 KiB
conv2  Convolution   64x50x8x8        25,050  1,600,000   69.8   12.5 KiB
pool2  Pooling       64x50x4x4             0          0           3.1 KiB
ip1    InnerProduct  64x500          400,500    400,000   17.4    2.0 KiB
relu1  ReLU          64x500                0          0               0 B
ip2    InnerProduct  64x10             5,010      5,000    0.2       40 B
prob   Softmax       64x10                 0          0              40 B
-------------------------------------------------------------------------
total  9 layers                      431,080  2,293,000  100.0   77.0 KiB

parameters: 431,080 (1.6 MiB), 431,080 trainable, 0 frozen
                           per image  batch of 64
multiply-adds              2,293,000  146,752,000
activations, all kept       77.0 KiB      4.8 MiB
activations, most at once   56.2 KiB      3.5 MiB
training: 12.7 MiB for a batch, with gradients, without the solver's history
"""


def summary(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["summary", *words]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


def test_the_table_of_lenet(capsys: pytest.CaptureFixture[str]) -> None:
    """In 80 columns, since this is no terminal.  Most at once: conv1 and pool1, 14,400 values."""
    assert summary(capsys, "lenet") == TABLE


def test_all_columns_of_lenet(capsys: pytest.CaptureFixture[str]) -> None:
    lines = summary(capsys, "lenet", "--full").splitlines()
    assert lines[2].split()[:5] == ["layer", "type", "bottoms", "tops", "shape"]
    conv = lines[6].split()
    assert conv[:5] == ["conv1", "Convolution", "data", "conv1", "64x20x24x24"]
    assert conv[5:] == ["520", "0.1", "288,000", "12.6", "45.0", "KiB"]


#: Receptive fields and strides: 5 and 2 more pixels, then 4 * 2 and 2 more.
FIELDS = [(1, 1), (5, 1), (6, 2), (14, 2), (16, 4), ("all", 1), *[(None, None)] * 3]


def test_receptive_fields_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = summary(capsys, "lenet", "--fields").splitlines()
    assert max(map(len, lines)) <= 80
    cells = [[line[31:40].strip(), line[40:48].strip()] for line in lines[5:14]]
    assert cells == [[str(n or "") for n in pair] for pair in FIELDS]


@pytest.mark.parametrize("phase", ["TEST", "TRAIN"])
def test_lenet_as_json(capsys: pytest.CaptureFixture[str], phase: str) -> None:
    """Trained it holds a gradient for each value but those of the data."""
    found = json.loads(summary(capsys, "lenet", "--json", "--phase", phase))
    rows = [
        {
            "name": name,
            "type": kind,
            "bottoms": bottom.split(),
            "tops": ["ip1" if name == "relu1" else name],
            "shapes": [[*map(int, shape.split("x"))]],
            "parameters": parameters,
            "frozen": 0,
            "macs": macs,
            "activations": 4 * values,
            "training": 4 * (values + parameters) * (1 if name == "data" else 2),
            "known": True,
            "field": field and [field] * 2,
            "stride": stride and [stride] * 2,
        }
        for (name, kind, bottom, shape, parameters, macs, values), (field, stride) in zip(
            LENET, FIELDS
        )
    ]
    values = sum(row[-1] for row in LENET)
    assert found == {
        "name": "LeNet",
        "phase": phase,
        "batch": 64,
        "layers": rows,
        "parameters": 431080,
        "frozen": 0,
        "macs": 146752000,
        "activations": 4 * values,
        "training": 4 * (2 * values - 64 * 784 + 2 * 431080),
        "peak_activations": 64 * (11520 + 2880) * 4,
        "per_item": {"macs": 2293000, "activations": 4 * values // 64},
    }


def test_lenet_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(summary(capsys, "lenet", "--csv"))))
    assert [row["layer"] for row in rows] == [row[0] for row in LENET]
    conv = rows[1]
    assert (conv["phase"], conv["batch"], conv["shapes"]) == ("TEST", "64", "64x20x24x24")
    assert (conv["macs"], conv["macs_per_item"]) == (str(64 * 288000), "288000")
    assert (conv["trainable"], conv["frozen"]) == ("520", "0")
    assert int(conv["activation_bytes"]) == 64 * int(conv["activation_bytes_per_item"]) == 2949120


def test_lenet_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = summary(capsys, "lenet", "--markdown").splitlines()
    assert lines[0].startswith("| layer | type | bottoms | tops | shape | parameters | % |")
    assert lines[1].split(" | ")[4:6] == [":--", "--:"]
    assert "| conv1 | Convolution | data | conv1 | 64x20x24x24 | 520 | 0.1 | 288,000 |" in lines[3]
    assert "| multiply-adds | 2,293,000 | 146,752,000 |" in lines


def test_a_terminal_is_filled(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")
    assert "bottoms" in summary(capsys, "lenet")
    monkeypatch.setenv("COLUMNS", "64")
    out = summary(capsys, "lenet")
    assert max(map(len, out.partition("\n\n")[0].splitlines())) <= 64
    assert "1.60 M" in out and "2.29 M" in out


def test_phases_side_by_side(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(STATES)
    out = summary(capsys, str(path), "--phase", "BOTH")
    rows = cells(out)
    assert rows["in"] == ["Input", "2x3", "=", "0", "0", "="]
    assert rows["train"] == ["TanH", "2x3", "-", "0", "0", "-"]
    assert rows["test"] == ["ReLU", "-", "2x3", "0", "-", "0"]
    assert "TRAIN: parameters: 0 " in out and "TEST: parameters: 0 " in out
    found = json.loads(summary(capsys, str(path), "--phase", "BOTH", "--json"))
    names = {phase: [row["name"] for row in each["layers"]] for phase, each in found.items()}
    assert names == {"TRAIN": ["in", "train", "sum"], "TEST": ["in", "test", "sum"]}


STATES = """layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "train" type: "TanH" bottom: "x" top: "y" include { phase: TRAIN } }
layer { name: "test" type: "ReLU" bottom: "x" top: "y" include { phase: TEST } }
layer { name: "deep" type: "Power" bottom: "y" top: "z" include { min_level: 2 } }
layer { name: "left" type: "Power" bottom: "y" top: "l" include { stage: "a" stage: "b" } }
layer { name: "sum" type: "Reduction" bottom: "y" top: "s" }
"""


@pytest.mark.parametrize(
    ("words", "layers"),
    [
        ("", "in test sum"),
        ("--phase TRAIN", "in train sum"),
        ("--level 2", "in test deep sum"),
        ("--level 1", "in test sum"),
        ("--stage a,b", "in test left sum"),
        ("--stage a", "in test sum"),
    ],
)
def test_layers_of_a_state(tmp_path, capsys, words: str, layers: str) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(STATES)
    rows = cells(summary(capsys, str(path), *words.split(), "--full"))
    assert [*rows][:-1] == layers.split()
    assert rows["total"][:2] == [str(len(rows) - 1), "layers"]
    # Four bytes for a batch of two.
    assert rows["sum"] == ["Reduction", "y", "s", "scalar", "0", "0", "2", "B"]


def test_the_phase_stands_above_and_a_gpu_is_not_used(tmp_path, capsys) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(STATES)
    assert summary(capsys, str(path), "--phase", "TRAIN").splitlines()[0] == "net (TRAIN)"
    assert main(["summary", str(path), "--gpu", "0"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("net (TEST)\n")
    assert shown.err == "protonet: warning: --gpu 0 is ignored: protonet runs on the CPU\n"


def test_a_net_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "lennet"]) == 3
    assert "no file 'lennet', and no model: did you mean 'lenet'?" in capsys.readouterr().err


UNKNOWN = """layer { name: "d" type: "Input" top: "d" input_param { shape { dim: [2, 4, 6, 6] } } }
layer { name: "g" type: "HyperColumn" bottom: "d" top: "g" top: "h" hyper_column_param { n: 3 } }
layer { name: "c" type: "Convolution" bottom: "g" top: "c" colour: 3
  convolution_param { num_output: 5 kernel_size: 3 shade: 2 } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" colour: 4 }
layer { name: "g2" type: "HyperColumn" bottom: "h" top: "h" }
layer { name: "p" type: "Pooling" bottom: "d" top: "p"
  pooling_param { kernel_size: 2 torch_pooling: true pool: MEDIAN } }
"""


def test_unknown_types_and_fields_never_stop_a_look(tmp_path, capsys):
    file = tmp_path / "net.prototxt"
    file.write_text(UNKNOWN)
    assert main(["summary", str(file), "--full"]) == 0
    out, err = capsys.readouterr()
    rows = cells(out)
    assert rows["g"] == ["HyperColumn", "d", "g", "h", *"???????"]
    assert rows["c"][3] == "?" and rows["p"][3] == "2x4x5x5"
    assert "without 4 layers where shapes are not known: from 'g', 'h' on (--shape" in out
    warned = err.splitlines()
    assert f"{file}:2: layer 'g' (HyperColumn): unknown type 'HyperColumn'" in err
    assert "and 1 more" in next(line for line in warned if "unknown type" in line)
    assert f"{file}:3:60: layer 'c' (Convolution): LayerParameter has no field 'colour'" in err
    assert "ConvolutionParameter has no field 'shade'" in err and "hyper_column" not in err
    assert "pool has no value 'MEDIAN'" in err and "torch_pooling is a field of" in err
    assert len(warned) == 5

    assert main(["summary", str(file), "--shape", "g=2,7,6,6", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["layers"]}
    assert rows["c"]["shapes"] == [[2, 5, 4, 4]] and rows["c"]["parameters"] == 5 * 7 * 9 + 5
    assert rows["g"]["shapes"] == [[2, 7, 6, 6], None] and not rows["g"]["known"]


def test_to_run_all_of_it_is_refused_at_once(tmp_path, capsys):
    file = tmp_path / "net.prototxt"
    file.write_text(UNKNOWN)
    assert main(["time", str(file)]) == 3
    said = [line for line in capsys.readouterr().err.splitlines() if str(file) in line]
    lines = [int(line.split(str(file) + ":")[1].split(":")[0]) for line in said]
    assert lines == [2, 3, 4, 5, 6, 8, 8]


def test_a_fault_is_told_below_what_can_be_shown(tmp_path, capsys):
    """What is wrong with a net of known layers stays an error, for whoever asks by exit code."""
    file = tmp_path / "net.prototxt"
    file.write_text(
        UNKNOWN.splitlines()[0]
        + """
layer { name: "c" type: "Convolution" bottom: "d" top: "c" convolution_param { num_output: 5 } }
layer { name: "s" type: "Softmax" bottom: "d" bottom: "c" top: "s" }
layer { name: "p" type: "Power" bottom: "d" top: "p" param { } }"""
    )
    assert main(["summary", str(file)]) == 3
    out, err = capsys.readouterr()
    assert [*cells(out)] == ["d", "c", "s", "p", "total"]
    first, second, third = err.splitlines()
    assert first.startswith(f"protonet: error: {file}:2: layer 'c' (Convolution): kernel_size")
    assert second.startswith(f"{file}:3: layer 's' (Softmax): 2 bottom blobs")
    assert third.startswith(f"{file}:4: layer 'p' (Power): 1 param entries")


def test_a_variant_that_nothing_tells_is_shown(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(registry.VARIANT_RULES._items, "BN", lambda param, context: "")
    file = tmp_path / "net.prototxt"
    file.write_text(UNKNOWN.splitlines()[0] + 'layer { name: "b" type: "BN" bottom: "d" top: "b" }')
    assert main(["summary", str(file)]) == 0
    out, err = capsys.readouterr()
    assert "BN" in out and "say which: --fork NAME" in err
    assert main(["summary", str(file), "--fork", "segnet"]) == 0
    assert capsys.readouterr().err == ""


def test_types_of_the_old_enum_that_nobody_knows(tmp_path, capsys):
    file = tmp_path / "net.prototxt"
    file.write_text("""input: "d" input_dim: [1, 2, 5, 5]
layers { name: "m" type: MEAN_OF_FIELDS bottom: "d" top: "m" mean_of_fields_param { n: 1 } }
layers { name: "i" type: RELU bottom: "m" top: "i" }""")
    assert main(["summary", str(file), "--shape", "m=1,3", "--full"]) == 0
    out, err = capsys.readouterr()
    assert cells(out)["m"][0] == "MeanOfFields" and cells(out)["i"][3] == "1x3"
    assert f"{file}:2" in err and "type has no value 'MEAN_OF_FIELDS'" in err


def test_weights_of_unknown_layers_are_listed(tmp_path, capsys):
    stored = caffe_pb2.NetParameter(name="n")
    layer = stored.layer.add(name="g", type="HyperColumn")
    layer.blobs.add(data=[1.0] * 6).shape.dim.extend([2, 3])
    path = tmp_path / "w.caffemodel"
    path.write_bytes(stored.SerializeToString())
    assert main(["summary", str(path)]) == 0
    assert "2x3" in capsys.readouterr().out


def test_an_unknown_type_is_told_and_not_its_parameter(tmp_path, capsys):
    file = tmp_path / "net.prototxt"
    file.write_text("""layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 2 } } }
layer { name: "g" type: "HyperColumn" bottom: "d" top: "g"
  hyper_column_param { points: 3 } }""")
    assert main(["summary", str(file)]) == 0
    said = capsys.readouterr().err
    assert f"{file}:2: layer 'g' (HyperColumn): unknown type 'HyperColumn'" in said
    assert "hyper_column_param" not in said
