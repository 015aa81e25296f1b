"""An ONNX file as a prototxt and weights: names, comments, refusals, the proof, the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

import protonet
from protonet.cli.main import main
from protonet.errors import NetError, ProtonetError
from protonet.importers import convert_onnx
from protonet.importers import onnx as import_onnx
from protonet.importers.onnx.registry import RULES
from protonet.importers.onnx.site import Site
from tests.importers.models import graph, one, types, values

NODES = [
    helper.make_node("Conv", ["x", "w", "b"], ["/a/a.0/Conv_output_0"], name="/a/a.0/Conv"),
    helper.make_node("Relu", ["/a/a.0/Conv_output_0"], ["/a/Relu_output_0"], name="/a/Relu"),
    helper.make_node(
        "MaxPool", ["/a/Relu_output_0"], ["p"], name="/pool/MaxPool", kernel_shape=[2, 2]
    ),
    helper.make_node("Flatten", ["p"], ["f"], name="/Flatten"),
    helper.make_node("Gemm", ["f", "v"], ["scores"], name="/fc/Gemm"),
]
WEIGHTS = {"w": values(1, 4, 3, 3, 3), "b": values(2, 4), "v": values(3, 48, 5)}


def small(batch: int | str = "n") -> onnx.ModelProto:
    return graph({"x": (batch, 3, 7, 6)}, NODES, WEIGHTS, outputs=("scores",))


def saved(model: onnx.ModelProto, folder: Path) -> Path:
    onnx.save(model, str(folder / "net.onnx"))
    return folder / "net.onnx"


def test_layers_have_the_short_names_of_nodes() -> None:
    made = import_onnx(small())
    assert [(p.name, p.type) for p in made.message.layer] == [
        ("x", "Input"),
        ("a.0", "Convolution"),
        ("a", "ReLU"),
        ("pool", "Pooling"),
        ("fc", "InnerProduct"),
    ]
    assert made.blobs["/a/a.0/Conv_output_0"] == "a.0"
    assert made.blobs["scores"] == "scores"
    net = made.net()
    assert (net.inputs, net.outputs) == (["x"], ["scores"])


def test_rewrites_are_comments_above_their_layers() -> None:
    text = import_onnx(small()).prototxt
    assert text.startswith("# Made by protonet")
    at = text.index("# Flatten /Flatten: InnerProduct flattens its bottom itself\nlayer {")
    assert text[at:].splitlines()[2] == '  name: "fc"'


def test_the_files_are_proved_at_two_batches(tmp_path: Path) -> None:
    path = saved(small(), tmp_path)
    proof = convert_onnx(path, tmp_path / "n.prototxt", tmp_path / "n.caffemodel")
    assert proof is not None
    assert proof.runs == ["x 1x3x7x6", "x 1x3x7x6", "x 3x3x7x6"]
    assert set(proof.differences) == {
        "/a/a.0/Conv_output_0",
        "/a/Relu_output_0",
        "p",
        "f",
        "scores",
    }
    assert proof.worst.relative < 1e-5
    net = protonet.Net(tmp_path / "n.prototxt", weights=tmp_path / "n.caffemodel")
    want = import_onnx(path).net()
    x = values(5, 1, 3, 7, 6)
    np.testing.assert_array_equal(net.predict(x), want.predict(x))


def test_weights_in_another_form(tmp_path: Path) -> None:
    proof = convert_onnx(small(), tmp_path / "n.prototxt", tmp_path / "n.npz")
    assert proof is not None
    assert protonet.Net(tmp_path / "n.prototxt", weights=tmp_path / "n.npz").outputs == ["scores"]
    with pytest.raises(ProtonetError, match=r"not written as '\.pt'"):
        convert_onnx(small(), tmp_path / "n.prototxt", tmp_path / "n.pt")


def test_a_net_that_differs_gets_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(site: Site) -> str:
        told = {"negative_slope": 0.1}
        return site.layer("ReLU", site.blob(), site.out(), relu_param=told)

    monkeypatch.setitem(RULES._items, "Relu", leaky)
    (tmp_path / "n.prototxt").write_text("the old file")
    with pytest.raises(NetError, match=r"more than 0\.0001, at first in 'a' \(ReLU\)"):
        convert_onnx(small(), tmp_path / "n.prototxt", tmp_path / "n.caffemodel")
    assert [file.name for file in tmp_path.iterdir()] == ["n.prototxt"]
    assert (tmp_path / "n.prototxt").read_text() == "the old file"


def test_everything_without_words_is_told_at_once(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Sin", ["x"], ["a"], name="bend"),
        helper.make_node("Relu", ["a"], ["b"], name="fine"),
        helper.make_node("Gemm", ["b", "b"], ["c"], name="both"),
        helper.make_node("NonZero", ["b"], ["d"], name="where"),
        helper.make_node("Pow", ["x", "x"], ["e"], name="power"),
    ]
    model = graph({"x": (3, 3)}, nodes, outputs=("c", "e"))
    model.graph.output.append(helper.make_tensor_value_info("d", onnx.TensorProto.INT64, None))
    with pytest.raises(NetError) as caught:
        import_onnx(saved(model, tmp_path))
    lines = str(caught.value).splitlines()
    assert [line.split("net.onnx: ")[1].partition(":")[0] for line in lines] == [
        "layer 'bend' (Sin)",
        "layer 'where' (NonZero)",
        "layer 'power' (Pow)",
    ]


def test_where_to_cut_is_told() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["boxes"]),
        helper.make_node("Sigmoid", ["z"], ["scores"]),
        helper.make_node("NonMaxSuppression", ["boxes", "scores"], ["chosen"], name="nms"),
        helper.make_node("Cast", ["chosen"], ["far"], to=1),
        helper.make_node("Neg", ["boxes"], ["y"]),
    ]
    model = graph({"x": (1, 9, 4), "z": (1, 2, 9)}, nodes, outputs=("y", "far"))
    with pytest.raises(NetError) as caught:
        import_onnx(model)
    error = str(caught.value)
    assert error == (
        "layer 'nms' (NonMaxSuppression): Caffe has no layers for the operator NonMaxSuppression: "
        "what comes before can be had: --cut boxes --cut scores --cut y"
    )
    made = import_onnx(model, cut=["boxes", "scores", "y"])
    assert types(made) == ["ReLU", "Sigmoid", "Power"]


def test_cut() -> None:
    made = import_onnx(small(), cut=["/a/Relu_output_0"])
    assert types(made) == ["Convolution", "ReLU"]
    assert made.net().outputs == ["/a/Relu_output_0"]
    with pytest.raises(NetError, match="no node makes a tensor 'scoras' to cut at: did you mean"):
        import_onnx(small(), cut=["scoras"])


def test_sizes_that_vary() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    model = graph({"x": ("n", 3, "h", "w")}, nodes)
    with pytest.raises(NetError, match=r"sizes of the input 'x' vary: 1, 3, h, w: fix them"):
        import_onnx(model)
    made = import_onnx(model, shapes={"x": (2, 3, 5, 4)})
    assert made.net().blobs["x"].shape == (2, 3, 5, 4)
    with pytest.raises(NetError, match="no input 'z': it has x"):
        import_onnx(model, shapes={"z": (1,)})
    with pytest.raises(NetError, match="has 4 axes, 2 sizes"):
        import_onnx(model, shapes={"x": (1, 2)})


def test_an_output_that_is_only_another_name() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["t"]), helper.make_node("Identity", ["t"], ["y"])]
    nodes += [helper.make_node("Neg", ["t"], ["z"])]
    made = import_onnx(graph({"x": (1, 2)}, nodes, outputs=("y", "z")))
    assert sorted(made.net().outputs) == ["y", "z"]


def test_unknown_forks_and_files(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="no fork of Caffe is called 'sssd'"):
        import_onnx(small(), only="sssd")
    with pytest.raises(NetError, match=r"none\.onnx: no such file"):
        import_onnx(tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_text("name: 'net'")
    with pytest.raises(NetError, match=r"bad\.onnx: this is no ONNX model"):
        import_onnx(tmp_path / "bad.onnx")


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(small(), tmp_path)
    files = [str(tmp_path / name) for name in ("net.onnx", "n.prototxt", "n.caffemodel")]
    assert main(["convert", *files, "--only", "caffe-1.0", "--shape", "x=2,3,7,6"]) == 0
    out = capsys.readouterr().out
    assert "difference" in out
    assert "blobs in 2 runs (x 2x3x7x6; x 2x3x7x6)" in out
    assert main(["convert", *files, "--no-verify", "--cut", "p"]) == 0
    assert "not verified" in capsys.readouterr().out
    assert main(["convert", *files, "--shape", "x=n,3,7,6"]) != 0
    assert "sizes that are numbers" in capsys.readouterr().err
    assert main(["convert", *files, "--opset", "13"]) != 0
    assert "--opset is for another way" in capsys.readouterr().err
    assert path.exists()


def test_a_wrong_node_leaves_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(one("Sin", (2, 3)), tmp_path)
    files = [str(tmp_path / name) for name in ("net.onnx", "n.prototxt", "n.caffemodel")]
    assert main(["convert", *files]) == 3
    assert "layer 'it' (Sin): Caffe has no layers for" in capsys.readouterr().err
    assert not (tmp_path / "n.prototxt").exists()


def test_a_tensor_of_more_axes_than_arrays_have_is_told(tmp_path: Path) -> None:
    tensor = onnx.TensorProto(dims=[1] * 70, data_type=1, float_data=[1.0], name="w")
    given, made = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 1]) for name in "xy"
    )
    node = onnx.helper.make_node("Add", ["x", "w"], ["y"])
    graph = onnx.helper.make_graph([node], "g", [given], [made], [tensor])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "deep.onnx")
    with pytest.raises(NetError, match=r"deep.onnx: the tensor 'w' cannot be read"):
        import_onnx(tmp_path / "deep.onnx")
