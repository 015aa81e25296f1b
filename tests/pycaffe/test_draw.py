"""Pictures of nets: labels, the graph, DOT, SVG, images, pydot."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import types
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import protonet
from protonet.errors import ProtonetError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse, read_net
from protonet.pycaffe import draw
from protonet.viz.layout import columns as layout

MODELS = sorted((Path(protonet.__file__).parent.parent / "models").glob("*.prototxt"))
NETS = [path for path in MODELS if "solver" not in path.name]

NET = parse(
    """
name: "a <net>"
layer { name: "data" type: "Data" top: "data" top: "label" data_param { batch_size: 7 }
  include { phase: TRAIN } }
layer { name: "input" type: "Input" top: "data" include { phase: TEST } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  param { lr_mult: 1 } param { lr_mult: 2 }
  convolution_param { num_output: 5 kernel_size: 3 stride: 2 } }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { pool: AVE kernel_size: 4 pad: 1 } }
layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
  inner_product_param { num_output: 10 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss"
  exclude { phase: TEST } }
""",
    pb.NetParameter,
)[0]
LAYERS = {layer.name: layer for layer in NET.layer}


@pytest.fixture(autouse=True)
def no_graphviz(monkeypatch):
    """As if there were no `dot`."""
    monkeypatch.setattr(shutil, "which", lambda name: None)


def test_layers_of_one_name_are_one_node_only_where_they_make_the_same():
    text = """
    layer { name: "in" type: "Data" top: "x" include { phase: TRAIN } }
    layer { name: "in" type: "Data" top: "x" include { phase: TEST } }
    layer { name: "same" type: "ReLU" bottom: "x" top: "y" }
    layer { name: "same" type: "ReLU" bottom: "y" top: "z" }
    """
    graph = draw.make_graph(parse(text, pb.NetParameter)[0], "LR", label_edges=False)
    assert [name for name in graph.nodes if not name.endswith("_blob")] == [
        "in_Data",
        "same_ReLU",
        "same_ReLU_3",
    ]
    assert graph.edges[-4:] == [
        ("x_blob", "same_ReLU", ""),
        ("same_ReLU", "y_blob", ""),
        ("y_blob", "same_ReLU_3", ""),
        ("same_ReLU_3", "z_blob", ""),
    ]


# -- labels --------------------------------------------------------------------------------


def test_labels_of_layers():
    label = draw.get_layer_label
    assert label(LAYERS["conv"], "TB") == '"conv (Convolution) kernel size: 3 stride: 2 pad: 0"'
    assert label(LAYERS["pool"], "LR") == (
        r'"pool\n(Pooling AVE)\nkernel size: 4\nstride: 1\npad: 1"'
    )
    assert label(LAYERS["relu"], "BT") == '"relu (ReLU)"'
    assert label(LAYERS["conv"], "LR", display_lrm=True).endswith(r'\nlr mult: 1.0, 2.0"')
    assert label(LAYERS["ip"], "TB", True) == '"ip (InnerProduct) lr mult: 1.0, 1.0"'


@pytest.mark.parametrize(
    ("kind", "fields", "label"),
    [
        ("Convolution", "kernel_h: 3 kernel_w: 3", "kernel size: 3 stride: 1 pad: 0"),
        (
            "Convolution",
            "kernel_h: 1 kernel_w: 7 pad_h: 0 pad_w: 3 stride_h: 2 stride_w: 1",
            "kernel size: 1x7 stride: 2x1 pad: 0x3",
        ),
        ("Deconvolution", "kernel_size: 3 kernel_size: 5", "kernel size: 3x5 stride: 1 pad: 0"),
        (
            "Convolution",
            "kernel_size: 3 dilation: 4",
            "kernel size: 3 stride: 1 pad: 0 dilation: 4",
        ),
        ("Convolution", "kernel_size: 3 dilation: 1", "kernel size: 3 stride: 1 pad: 0"),
        (
            "Convolution",
            "kernel_size: 3 dilation: 1 dilation: 2",
            "kernel size: 3 stride: 1 pad: 0 dilation: 1x2",
        ),
        ("Pooling", "kernel_h: 2 kernel_w: 4 stride: 2", "kernel size: 2x4 stride: 2 pad: 0"),
        (
            "Pooling",
            "kernel_size: 3 stride_h: 2 stride_w: 2 pad_h: 1 pad_w: 0",
            "kernel size: 3 stride: 2 pad: 1x0",
        ),
        ("Pooling", "global_pooling: true", "kernel size: global stride: 1 pad: 0"),
    ],
)
def test_windows_of_any_form(kind, fields, label):
    message = "pooling_param" if kind == "Pooling" else "convolution_param"
    text = f'layer {{ name: "x" type: "{kind}" {message} {{ {fields} }} }}'
    layer = parse(text, pb.NetParameter)[0].layer[0]
    assert draw.get_layer_label(layer, "TB").strip('"').endswith(f") {label}")


def test_labels_of_edges_and_colours():
    labels = {name: draw.get_edge_label(layer) for name, layer in LAYERS.items()}
    assert labels == {
        "data": "Batch 7",
        "input": '""',
        "conv": "5",
        "relu": '""',
        "pool": '""',
        "ip": "10",
        "loss": '""',
    }
    colour = draw.choose_color_by_layertype
    assert colour("Convolution") == colour("Deconvolution") == "#FF5050"
    assert (colour("Pooling"), colour("InnerProduct"), colour("LRN")) == (
        "#FF9900",
        "#CC33FF",
        "#6495ED",
    )
    pooling = draw.get_pooling_types_dict()
    assert [pooling[number] for number in (0, 1, 2)] == ["MAX", "AVE", "STOCHASTIC"]


def test_learning_rates():
    layer = pb.LayerParameter(type="InnerProduct", param=[pb.ParamSpec(lr_mult=3)])
    assert draw.get_layer_lr_mult(layer) == (3, 1)
    layer.param.add()
    layer.param.add()
    with pytest.raises(ValueError, match="3 param entries"):
        draw.get_layer_lr_mult(layer)
    with pytest.raises(ValueError, match="ReLU layers"):
        draw.get_layer_lr_mult(LAYERS["relu"])


# -- the graph -----------------------------------------------------------------------------


def test_layers_of_a_phase():
    def layers(phase):
        nodes = draw.make_graph(NET, "LR", phase=phase).nodes.values()
        return [node.label.split(r"\n")[0] for node in nodes if node.style["shape"] == "record"]

    assert layers(None) == ["data", "input", "conv", "relu", "pool", "ip", "loss"]
    assert layers(pb.TRAIN) == ["data", "conv", "relu", "pool", "ip", "loss"]
    assert layers(pb.TEST) == ["input", "conv", "relu", "pool", "ip"]
    both = parse('layer { name: "x" include {} exclude {} }', pb.NetParameter)[0]
    with pytest.raises(ValueError, match="'x' has include and exclude rules"):
        draw.make_graph(both, "LR", phase=pb.TEST)


def test_nodes_and_edges():
    graph = draw.make_graph(NET, "LR")
    assert ("conv_blob", "relu_ReLU", "") in graph.edges
    assert ("relu_ReLU", "conv_blob", "") in graph.edges
    assert ("conv_Convolution", "conv_blob", "5") in graph.edges
    assert graph.nodes["relu_ReLU"].style["fillcolor"] == "#90EE90"
    assert graph.nodes["conv_blob"].style["shape"] == "octagon"
    assert not any(edge[2] for edge in draw.make_graph(NET, "LR", label_edges=False).edges)


def test_colours_and_forms_of_layers():
    """By their type; green with no corners cut is one that works in place on one blob."""
    net = parse(
        """layer { name: "two" type: "Eltwise" bottom: "a" bottom: "b" top: "a" top: "b" }
        layer { name: "none" type: "Silence" }
        layer { name: "other" type: "ReLU" bottom: "a" top: "c" }
        layer { name: "in" type: "Pooling" bottom: "c" top: "c" }
        layer { name: "conv" type: "Convolution" bottom: "a" top: "d" }
        layer { name: "pool" type: "Pooling" bottom: "a" top: "e" }
        layer { name: "ip" type: "InnerProduct" bottom: "a" top: "f" }""",
        pb.NetParameter,
    )[0]
    nodes = draw.make_graph(net, "LR").nodes.values()
    found = {n.name: n.style["fillcolor"] for n in nodes if n.style["shape"] == "record"}
    assert found == {
        "two_Eltwise": "#6495ED",
        "none_Silence": "#6495ED",
        "other_ReLU": "#6495ED",
        "in_Pooling": "#90EE90",
        "conv_Convolution": "#FF5050",
        "pool_Pooling": "#FF9900",
        "ip_InnerProduct": "#CC33FF",
    }
    assert {n.style["fillcolor"] for n in nodes if n.style["shape"] == "octagon"} == {"#E0E0E0"}


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
@pytest.mark.parametrize("path", NETS, ids=lambda path: path.stem)
def test_boxes_do_not_overlap_and_follow_each_other(path, rankdir):
    graph = draw.make_graph(read_net(path).message, rankdir)
    boxes = list(layout.place(graph).values())
    for i, a in enumerate(boxes):
        assert a.x >= 0 and a.y >= 0
        for b in boxes[:i]:
            beside = a.x + a.width <= b.x or b.x + b.width <= a.x
            assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y
    places = layout.place(graph)
    axis, sign = int(rankdir in ("TB", "BT")), -1 if rankdir in ("RL", "BT") else 1
    back = {(target, source) for source, target, _ in graph.edges}
    for source, target, _ in graph.edges:
        if (source, target) not in back:  # in place there is an edge to and fro
            assert sign * (places[target].centre[axis] - places[source].centre[axis]) > 0


def test_an_empty_net():
    assert layout.place(draw.make_graph(pb.NetParameter(), "LR")) == {}
    for ext in ("svg", "dot", "png"):
        assert draw.draw_net(pb.NetParameter(), "LR", ext)


# -- files ---------------------------------------------------------------------------------


def test_dot_text():
    text = draw.draw_net(NET, "TB", "dot").decode()
    assert text.startswith('digraph "a <net>" {\n  rankdir=TB;\n') and text.endswith("}\n")
    assert '"conv_Convolution" -> "conv_blob" [label="5"];' in text
    assert draw.draw_net(NET, "TB", "raw") == draw.draw_net(NET, "TB", "gv") == text.encode()


def test_svg(tmp_path):
    draw.draw_net_to_file(NET, tmp_path / "net.svg", phase=pb.TRAIN)
    root = ElementTree.fromstring((tmp_path / "net.svg").read_text())
    words = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert words[0] == "a <net>" and {"conv", "(Pooling AVE)", "Batch 7", "stride: 2"} <= {*words}
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    graph = draw.make_graph(NET, "LR", phase=pb.TRAIN)
    assert tags.count("rect") == len(graph.nodes)
    assert tags.count("path") == len(graph.edges) + 1  # and the arrow's tip


@pytest.mark.parametrize(("ext", "head"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_other_formats_by_matplotlib(tmp_path, ext, head):
    draw.draw_net_to_file(NET, str(tmp_path / f"net.{ext}"), "BT", display_lrm=True)
    assert (tmp_path / f"net.{ext}").read_bytes().startswith(head)


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(
        ProtonetError, match=r"drawing png without Graphviz.*protonet-caffe\[plot\]"
    ):
        draw.draw_net(NET, "LR")


def test_graphviz_is_used_if_it_is_there(monkeypatch):
    def run(command, input, capture_output):
        ok = command == ["/bin/dot", "-Tpng"] and input.startswith(b"digraph")
        return subprocess.CompletedProcess(command, 0 if ok else 1, b"image", b"no such format\n")

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(subprocess, "run", run)
    assert draw.draw_net(NET, "LR") == b"image"
    with pytest.raises(ProtonetError, match="dot cannot draw it: no such format"):
        draw.draw_net(NET, "LR", "xyz")


def test_pydot(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydotplus", None)
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ProtonetError, match="get_pydot_graph needs the package 'pydot'"):
        draw.get_pydot_graph(NET, "LR")
    made = types.ModuleType("pydot")

    class Dot(list):
        def __init__(self, name, **options):
            self.head = name, options

        add_node = add_edge = list.append

    made.Dot = Dot
    made.Node = lambda label, **style: ("node", label, style["fillcolor"])
    made.Edge = lambda source, target, label: ("edge", source[1], target[1], label)
    monkeypatch.setitem(sys.modules, "pydot", made)
    graph = draw.get_pydot_graph(NET, "LR")
    assert graph.head == ("a <net>", {"graph_type": "digraph", "rankdir": "LR"})
    assert ("node", '"conv"', "#E0E0E0") in graph
    assert any(
        re.match(r'"ip\\n', item[1]) and item[3] == '"10"' for item in graph if item[0] == "edge"
    )


def test_a_file_is_drawn_whatever_it_names(tmp_path):
    path = tmp_path / "net.prototxt"
    path.write_text(
        'layer { name: "a" type: "HyperColumn" bottom: "x" top: "y" colour: 3 } lights: 2'
        ' layer { name: "b" type: "Pooling" bottom: "y" top: "z" pooling_param { pool: MEDIAN } }'
    )
    draw.draw_net_to_file(path, tmp_path / "net.svg", "TB")
    drawn = (tmp_path / "net.svg").read_text()
    assert "HyperColumn" in drawn and "Pooling" in drawn
