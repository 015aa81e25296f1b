"""A net as an ONNX file: names, sizes that vary, the proof, and what is said of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from google.protobuf import text_format

import protonet
from protonet.errors import NetError, ProtonetError
from protonet.export.onnx import packages
from protonet.export.onnx.op import Op
from protonet.export.onnx.registry import CONVERTERS, FIELDS
from protonet.net.net import Net
from protonet.proto import caffe_pb2 as pb

NET = """
name: "small"
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 9 dim: 8 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "drop" type: "Dropout" bottom: "pool" top: "pool" }
"""
TAIL = """
layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


def small(text: str = NET + TAIL) -> Net:
    return Net(text, seed=1)


def session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def metadata(path: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}


def test_the_file_computes_what_the_net_does(tmp_path: Path) -> None:
    net, x = small(), np.random.default_rng(0).normal(size=(5, 3, 9, 8)).astype(np.float32)
    protonet.export.onnx(net, tmp_path / "net.onnx")
    (got,) = session(tmp_path / "net.onnx").run(["prob"], {"data": x})
    np.testing.assert_allclose(got, net.predict(x), rtol=1e-5)


def test_layers_and_blobs_keep_their_names() -> None:
    graph = protonet.export.onnx_model(small()).graph
    assert graph.name == "small"
    assert [node.name for node in graph.node] == [
        "conv",
        "relu",
        "pool",
        "drop",
        "ip/flatten",
        "ip",
        "prob",
    ]
    assert [node.op_type for node in graph.node][:4] == ["Conv", "Relu", "MaxPool", "Dropout"]
    made = [node.output[0] for node in graph.node]
    assert made[:4] == ["conv@conv", "conv", "pool@pool", "pool"]
    assert [value.name for value in graph.input] == ["data"]
    assert [value.name for value in graph.output] == ["prob"]
    assert {"conv/0", "conv/1", "ip/0", "ip/1"} <= {each.name for each in graph.initializer}


def dims(value: onnx.ValueInfoProto) -> list[int | str]:
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def test_the_batch_is_dynamic_where_it_can_be() -> None:
    graph = protonet.export.onnx_model(small()).graph
    assert dims(graph.input[0]) == ["batch", 3, 9, 8]
    assert dims(graph.output[0]) == ["batch", 5]


def test_a_batch_that_the_net_writes_down_is_fixed() -> None:
    net = small(
        NET + 'layer { name: "r" type: "Reshape" bottom: "pool" top: "r"'
        " reshape_param { shape { dim: 2 dim: 48 } } }"
    )
    graph = protonet.export.onnx_model(net).graph
    assert dims(graph.input[0]) == [2, 3, 9, 8]
    with pytest.raises(ProtonetError, match=r"layer 'r' .*: shape \(3, 4, 4, 3\) has 144"):
        protonet.export.onnx_model(net, batch="dynamic")


def test_a_batch_that_is_asked_for() -> None:
    graph = protonet.export.onnx_model(small(), batch=7).graph
    assert (dims(graph.input[0]), dims(graph.output[0])) == ([7, 3, 9, 8], [7, 5])


def test_heights_and_widths_that_vary_are_proved_at_odd_ones(tmp_path: Path) -> None:
    shapes = {"data": ("n", 3, "h", "w")}
    net = small(NET)
    proof = protonet.export.onnx(net, tmp_path / "net.onnx", shapes=shapes)
    assert proof is not None
    assert len(set(proof.runs)) >= 3
    x = np.random.default_rng(0).normal(size=(1, 3, 21, 17)).astype(np.float32)
    (got,) = session(tmp_path / "net.onnx").run(["pool"], {"data": x})
    np.testing.assert_allclose(got, net.predict(x), rtol=1e-5, atol=1e-6)


def test_what_needs_a_size_that_varies_is_refused() -> None:
    with pytest.raises(ProtonetError, match=r"layer 'ip' .*the weights are for 48"):
        protonet.export.onnx_model(small(), shapes={"data": ("n", 3, "h", "w")})


def test_all_layers_without_words_are_told_at_once(tmp_path: Path) -> None:
    text = (
        NET
        + """
layer { name: "out" type: "HDF5Output" bottom: "pool" bottom: "conv"
  hdf5_output_param { file_name: "x.h5" } }
layer { name: "noise" type: "DummyData" top: "noise"
  dummy_data_param { shape { dim: 3 } data_filler { type: "gaussian" } } }
"""
    )
    (tmp_path / "net.prototxt").write_text(text)
    with pytest.raises(NetError) as caught:
        protonet.export.onnx(Net(tmp_path / "net.prototxt"), tmp_path / "net.onnx")
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "net.prototxt:13: layer 'out' (HDF5Output): ONNX has no operators" in lines[0]
    assert "net.prototxt:15: layer 'noise' (DummyData): it draws random numbers" in lines[1]
    assert not (tmp_path / "net.onnx").exists()


def test_a_model_that_differs_gets_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaky(op: Op) -> str:
        return op.node("LeakyRelu", op.bottom[0], alpha=0.01)

    monkeypatch.setitem(CONVERTERS._items, "ReLU", leaky)
    (tmp_path / "net.onnx").write_text("the old file")
    with pytest.raises(NetError, match=r"differs from the net .* in 'relu' \(ReLU\)"):
        protonet.export.onnx(small(), tmp_path / "net.onnx")
    assert (tmp_path / "net.onnx").read_text() == "the old file"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_model_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text(NET + TAIL)
    net = Net(tmp_path / "net.prototxt", seed=1)
    protonet.export.onnx(net, tmp_path / "net.onnx")
    found = metadata(tmp_path / "net.onnx")
    assert found["phase"] == "TEST"
    assert found["prototxt"] == "net.prototxt"
    assert found["prototxt_sha256"] == hashlib.sha256((NET + TAIL).encode()).hexdigest()
    weights = b"".join(blob.data.tobytes() for blob in net.learnable_params)
    assert found["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert found["verified"].startswith("yes: 6 blobs in 3 runs (data 2x3x9x8; ")


def test_the_model_tells_the_preprocessing_that_a_file_beside_it_tells(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text(NET + TAIL)
    (tmp_path / "net.preprocess.prototxt").write_text("scale: 0.5  mean_value: [1, 2, 3]")
    protonet.export.onnx(Net(tmp_path / "net.prototxt"), tmp_path / "net.onnx", verify=False)
    told = text_format.Parse(
        metadata(tmp_path / "net.onnx")["preprocessing"], pb.TransformationParameter()
    )
    assert (told.scale, list(told.mean_value)) == (0.5, [1, 2, 3])


def test_a_net_that_nothing_is_told_of_has_no_preprocessing(tmp_path: Path) -> None:
    protonet.export.onnx(small(), tmp_path / "net.onnx", verify=False)
    assert "preprocessing" not in metadata(tmp_path / "net.onnx")


def test_half_precision_tells_how_far_it_is_off(tmp_path: Path) -> None:
    net = small()
    proof = protonet.export.onnx(net, tmp_path / "net.onnx", fp16=True)
    assert proof is not None and proof.half is not None
    assert proof.worst.relative < 1e-5 < 1e-4 < proof.half.worst.relative < 1e-2
    model = onnx.load(str(tmp_path / "net.onnx"))
    weights = {each.name: each.data_type for each in model.graph.initializer}
    assert weights["conv/0"] == onnx.TensorProto.FLOAT16
    assert model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    assert "largest difference" in metadata(tmp_path / "net.onnx")["fp16"]


def test_what_follows_words_of_an_input_is_compared_in_half_precision(tmp_path: Path) -> None:
    """Embed jumps from row to row, but not where it is given the same words."""
    text = """
layer { name: "words" type: "Input" top: "words" input_param { shape { dim: 3 dim: 4 } } }
layer { name: "embed" type: "Embed" bottom: "words" top: "embed"
  embed_param { input_dim: 7 num_output: 5 weight_filler { type: "xavier" } } }
layer { name: "best" type: "ArgMax" bottom: "embed" top: "best" argmax_param { axis: 2 } }
layer { name: "more" type: "Power" bottom: "best" top: "more" power_param { shift: 1 } }
"""
    proof = protonet.export.onnx(small(text), tmp_path / "net.onnx", fp16=True)
    assert proof is not None and proof.half is not None
    assert proof.differences.keys() == {"embed", "best", "more"}
    assert proof.half.differences.keys() == {"embed"}


def test_values_that_half_precision_does_not_hold(tmp_path: Path) -> None:
    net = small()
    net.params["conv"][0].data[...] *= 1e6
    with pytest.raises(NetError, match="'conv@conv' is beyond what float16 holds"):
        protonet.export.onnx(net, tmp_path / "net.onnx", fp16=True)
    assert list(tmp_path.iterdir()) == []


def test_eight_bits_tell_what_they_cost(tmp_path: Path) -> None:
    net, rng = small(), np.random.default_rng(0)
    x = rng.normal(size=(20, 3, 9, 8)).astype(np.float32)
    labels = net.predict(x).argmax(axis=1)
    proof = protonet.export.onnx(net, tmp_path / "net.onnx", int8={"data": x, "label": labels})
    assert proof is not None and proof.int8 is not None and proof.int8.accuracy is not None
    assert proof.int8.items == 20
    assert proof.int8.accuracy[0] == 1
    assert proof.int8.accuracy[1] == proof.int8.agreement > 0.7
    model = onnx.load(str(tmp_path / "net.onnx"))
    assert "QuantizeLinear" in {node.op_type for node in model.graph.node}
    assert {each.domain for each in model.opset_import} == {""}
    assert metadata(tmp_path / "net.onnx")["int8"].startswith("20 items: the same answer for")
    (got,) = session(tmp_path / "net.onnx").run(["prob"], {"data": x})
    np.testing.assert_allclose(got, net.predict(x), atol=0.1)


def test_half_precision_and_eight_bits_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="both asked for: choose one of --fp16 and --int8"):
        protonet.export.onnx(small(), tmp_path / "net.onnx", fp16=True, int8={})


def test_weights_of_their_own_are_not_changed(tmp_path: Path) -> None:
    with pytest.raises(NetError, match="weights in a file of their own cannot be changed"):
        protonet.export.onnx(small(), tmp_path / "net.onnx", fp16=True, external=1000)


def test_simplified_models_have_fewer_nodes_and_standard_ones(tmp_path: Path) -> None:
    text = (
        NET
        + """
layer { name: "again" type: "Convolution" bottom: "pool" top: "again"
  convolution_param { num_output: 4 kernel_size: 1 weight_filler { type: "xavier" } } }
layer { name: "bn" type: "BatchNorm" bottom: "again" top: "bn" }
layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
"""
    )
    net = small(text)
    net.params["bn"][1].data[...] = 2
    net.params["bn"][2].data[...] = 1
    protonet.export.onnx(net, tmp_path / "plain.onnx")
    protonet.export.onnx(net, tmp_path / "net.onnx", simplify=True)
    kinds = [
        [node.op_type for node in onnx.load(str(tmp_path / name)).graph.node]
        for name in ("plain.onnx", "net.onnx")
    ]
    assert kinds[0] == [
        "Conv",
        "Relu",
        "MaxPool",
        "Dropout",
        "Conv",
        "BatchNormalization",
        "Mul",
        "Add",
    ]
    assert kinds[1] == ["Conv", "Relu", "MaxPool", "Conv"]
    assert "yes" in metadata(tmp_path / "net.onnx")["verified"]
    x = np.random.default_rng(0).normal(size=(2, 3, 9, 8)).astype(np.float32)
    (got,) = session(tmp_path / "net.onnx").run(["scale"], {"data": x})
    np.testing.assert_allclose(got, net.predict(x), rtol=1e-4, atol=1e-5)


def test_inputs_of_ones_own_are_what_the_proof_runs_on(tmp_path: Path) -> None:
    """Boxes that random numbers would not be."""
    text = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 } } }
layer { name: "w" type: "Input" top: "w" input_param { shape { dim: 3 } } }
layer { name: "scaled" type: "Scale" bottom: "x" bottom: "w" top: "scaled" scale_param { axis: 0 } }
layer { name: "log" type: "Log" bottom: "scaled" top: "log" }
layer { name: "words" type: "Embed" bottom: "log" top: "words"
  embed_param { num_output: 2 input_dim: 4 } }
"""
    net = small(text)
    with pytest.raises(NetError, match=r"random inputs do not suit: .*layer 'words'.*--inputs"):
        protonet.export.onnx(net, tmp_path / "net.onnx", batch=3)
    ones = {"x": np.ones((3, 2), np.float32), "w": np.ones(3, np.float32)}
    proof = protonet.export.onnx(net, tmp_path / "net.onnx", batch=3, inputs=ones)
    assert proof is not None
    assert proof.worst.relative == 0


def test_a_model_that_makes_much_of_rounding_is_told_from_a_wrong_one(tmp_path: Path) -> None:
    product = """layer { name: "%s" type: "InnerProduct" bottom: "pool" top: "%s"
      inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }"""
    text = NET + product % ("a", "a") + product % ("b", "b")
    net = small(
        text + 'layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum"'
        " eltwise_param { coeff: [1, -1] } }"
    )
    weights, others = (net.params[name][0].data for name in "ab")
    others += 1e4 * weights
    weights *= 1e4
    with pytest.raises(NetError, match="but no layer by itself: the net makes much of rounding"):
        protonet.export.onnx(net, tmp_path / "net.onnx")


def test_a_model_that_was_not_proved_says_so(tmp_path: Path) -> None:
    assert protonet.export.onnx(small(), tmp_path / "net.onnx", verify=False) is None
    assert metadata(tmp_path / "net.onnx")["verified"] == "no"


def test_large_weights_lie_beside(tmp_path: Path) -> None:
    net, x = small(), np.ones((2, 3, 9, 8), np.float32)
    protonet.export.onnx(net, tmp_path / "net.onnx", external=1000)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.onnx", "net.onnx.data"]
    assert (tmp_path / "net.onnx.data").stat().st_size >= net.params["ip"][0].data.nbytes
    (got,) = session(tmp_path / "net.onnx").run(["prob"], {"data": x})
    np.testing.assert_allclose(got, net.predict(x), rtol=1e-5)


def test_data_layers_become_inputs() -> None:
    text = (
        (NET + TAIL)
        .replace('type: "Input"', 'type: "MemoryData"')
        .replace(
            "input_param { shape { dim: 2 dim: 3 dim: 9 dim: 8 } }",
            'top: "label" memory_data_param { batch_size: 2 channels: 3 height: 9 width: 8 }',
        )
    )
    text += 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" }'
    graph = protonet.export.onnx_model(small(text)).graph
    assert [value.name for value in graph.input] == ["data", "label"]
    assert {value.name for value in graph.output} == {"prob", "loss"}


def test_shared_parameters_are_one_initializer() -> None:
    layer = """layer { name: "%s" type: "InnerProduct" bottom: "%s" top: "%s" param { name: "w" }
      inner_product_param { num_output: 6 bias_term: false } }"""
    text = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 } } }'
    net = small(text + layer % ("a", "x", "a") + layer % ("b", "a", "b"))
    assert [each.name for each in protonet.export.onnx_model(net).graph.initializer] == ["a/0"]


@pytest.mark.parametrize("opset", [12, 99])
def test_opsets_that_nobody_writes(opset: int) -> None:
    with pytest.raises(NetError, match=f"opset is {opset}: give 13 to"):
        protonet.export.onnx_model(small(), opset=opset)


@pytest.mark.parametrize("opset", [13, 18, 21])
def test_other_opsets(opset: int, tmp_path: Path) -> None:
    protonet.export.onnx(small(), tmp_path / "net.onnx", opset=opset)
    (imported,) = onnx.load(str(tmp_path / "net.onnx")).opset_import
    assert (imported.domain, imported.version) == ("", opset)


def test_saving_under_a_name_of_onnx_exports(tmp_path: Path) -> None:
    small().save(tmp_path / "net.onnx")
    assert session(tmp_path / "net.onnx").get_inputs()[0].name == "data"


def test_a_missing_package_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(packages.importlib, "import_module", absent)
    with pytest.raises(ProtonetError, match=r"'onnx': pip install 'protonet-caffe\[onnx\]'"):
        protonet.export.onnx_model(small())


def test_a_field_that_no_converter_follows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer may learn a field of a fork that its converter knows nothing of yet."""
    monkeypatch.setitem(FIELDS, "ReLU", frozenset())
    text = NET.replace('top: "conv" }', 'top: "conv"\n  relu_param { relu6: true } }')
    with pytest.raises(NetError, match=r"<text>:8: layer 'relu' \(ReLU\): relu6 is not followed"):
        protonet.export.onnx_model(small(text))


def test_a_value_that_no_converter_follows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIELDS, "Pooling", frozenset())
    text = NET.replace("kernel_size: 2 stride: 2", "kernel_size: 2 stride: 2 pool: AVE_EXC_PAD")
    with pytest.raises(NetError, match=r"layer 'pool' .*AVE_EXC_PAD is not followed"):
        protonet.export.onnx_model(small(text))
    protonet.export.onnx_model(small(NET.replace("stride: 2", "stride: 2 pool: AVE")))


def test_recurrent_state_goes_in_and_out(tmp_path: Path) -> None:
    text = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 2 dim: 4 } } }
layer { name: "cont" type: "Input" top: "cont" input_param { shape { dim: 3 dim: 2 } } }
layer { name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "h"
  recurrent_param { num_output: 5 weight_filler { type: "uniform" min: -0.5 max: 0.5 } } }
"""
    net, rng = small(text), np.random.default_rng(0)
    protonet.export.onnx(net, tmp_path / "net.onnx")
    model = session(tmp_path / "net.onnx")
    outputs = [value.name for value in model.get_outputs()]
    assert outputs == ["h", "lstm/h_T", "lstm/c_T"]
    states: dict[str, np.ndarray] = {}
    for _ in range(3):
        x = rng.normal(size=(3, 2, 4)).astype(np.float32)
        given = {"x": x, "cont": np.ones((3, 2), np.float32)}
        h, *last = model.run(outputs, {**given, **states})
        states = dict(zip(["lstm/h_0", "lstm/c_0"], last))
        np.testing.assert_allclose(h, net.forward(**given)["h"], rtol=1e-5, atol=1e-6)


def test_what_changes_an_input_in_place_does_not_take_its_name() -> None:
    text = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "relu" type: "ReLU" bottom: "data" top: "data" }
layer { name: "tanh" type: "TanH" bottom: "data" top: "y" }
"""
    graph = protonet.export.onnx_model(small(text)).graph
    assert [value.name for value in graph.input] == ["data"]
    assert [(node.input[0], node.output[0]) for node in graph.node] == [
        ("data", "data@relu"),
        ("data@relu", "y"),
    ]


def test_layers_of_one_name_have_nodes_of_two(tmp_path: Path) -> None:
    text = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "ReLU" bottom: "data" top: "x" }
layer { name: "a" type: "TanH" bottom: "x" top: "y" }
"""
    assert [node.name for node in protonet.export.onnx_model(small(text)).graph.node] == [
        "a",
        "a_2",
    ]


@pytest.mark.parametrize("pool", ["MAX", "AVE", "AVE_EXC_PAD", "STOCHASTIC"])
def test_windows_outside_of_everything(pool: str, tmp_path: Path) -> None:
    """A stride longer than the window, rounded up: ONNX knows no margin as wide as a window."""
    text = NET[: NET.index('layer { name: "conv"')] + (
        'layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"'
        f" pooling_param {{ pool: {pool} kernel_size: 1 stride: 3 }} }}"
    )
    net = small(text)
    assert net.blobs["pool"].shape == (2, 3, 4, 4)  # the fourth column begins at 9 of 8
    x = np.random.default_rng(0).uniform(1, 2, (2, 3, 9, 8)).astype(np.float32)
    proof = protonet.export.onnx(net, tmp_path / "net.onnx", inputs={"data": x})
    assert proof is not None
    assert proof.worst.relative < 1e-6


SIZES = [(7, 9), (8, 8), (11, 6), (5, 12)]


@pytest.mark.parametrize("window", ["kernel_size: 3 stride: 2", "kernel_size: 2 stride: 2 pad: 1"])
@pytest.mark.parametrize("pool", ["MAX", "AVE_EXC_PAD"])
@pytest.mark.parametrize("rounding", ["CEIL", "FLOOR"])
def test_pools_of_planes_of_any_size(pool: str, window: str, rounding: str, tmp_path: Path) -> None:
    text = NET[: NET.index('layer { name: "conv"')] + (
        'layer { name: "pool" type: "Pooling" bottom: "data" top: "pool" pooling_param '
        f"{{ pool: {pool} {window} round_mode: {rounding} }} }}"
    )
    net = small(text)
    protonet.export.onnx(net, tmp_path / "net.onnx", shapes={"data": ("n", 3, "h", "w")})
    model, rng = session(tmp_path / "net.onnx"), np.random.default_rng(0)
    for height, width in SIZES:
        x = rng.normal(size=(1, 3, height, width)).astype(np.float32)
        (got,) = model.run(["pool"], {"data": x})
        np.testing.assert_allclose(got, net.predict(x), rtol=1e-5, atol=1e-6)


def test_opencv_reads_it(tmp_path: Path) -> None:
    """Another engine than the one of the proof."""
    net, x = small(), np.random.default_rng(0).normal(size=(1, 3, 9, 8)).astype(np.float32)
    protonet.export.onnx(net, tmp_path / "net.onnx", batch=1)
    model = cv2.dnn.readNetFromONNX(str(tmp_path / "net.onnx"))
    model.setInput(x)
    np.testing.assert_allclose(model.forward(), net.predict(x), rtol=1e-4)


def test_a_net_to_be_looked_at_has_no_weights_to_export() -> None:
    with pytest.raises(NetError, match="built to be looked at: build it without partial=True"):
        protonet.export.onnx_model(Net(NET, partial=True))


def test_double_precision_and_optimised_nets(tmp_path: Path) -> None:
    for number, options in enumerate(({"dtype": np.float64}, {"optimize": True})):
        net = Net(NET + TAIL, seed=1, **options)
        proof = protonet.export.onnx(net, tmp_path / f"{number}.onnx")
        assert proof is not None
        assert proof.worst.relative < 1e-5
