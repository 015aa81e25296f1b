"""What a notebook shows, in one that runs."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from nbclient import NotebookClient

from protonet import Net
from protonet.viz.notebook import html

NET = """
name: "tiny"
layer { name: "in" type: "DummyData" top: "x" top: "y"
  dummy_data_param { shape { dim: 8 dim: 5 } shape { dim: 8 dim: 1 }
    data_filler { type: "gaussian" } data_filler { type: "uniform" } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "p"
  inner_product_param { num_output: 1 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "p" bottom: "y" top: "loss" }
"""
SOLVER = """net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 20 display: 5
test_iter: 1 test_interval: 10 snapshot_prefix: "tiny" random_seed: 1 """

CELLS = [
    "import protonet\nnet = protonet.Net('net.prototxt')\nnet",
    "protonet.get_solver('solver.prototxt').solve()",
    "import protonet.pycaffe as caffe\ncaffe.Net('net.prototxt', caffe.TEST)",
    "caffe.SGDSolver('solver.prototxt').solve()",
    "protonet.plots.filters(net, 'ip')",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Of the cells, each a list of what was shown."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "net.prototxt").write_text(NET)
    (folder / "solver.prototxt").write_text(SOLVER)
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell.outputs for cell in notebook.cells]


def parsed(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(
        f"<div>{page}</div>".replace(" open>", ">").replace('none">', 'none"/>')
    )


@pytest.mark.parametrize("cell", [0, 2])
def test_a_net_shows_its_picture_and_its_table(outputs, cell):
    (shown,) = outputs[cell]  # and no box of the log
    assert shown.output_type == "execute_result"
    assert shown.data["text/html"] == html(Net(NET, seed=1))
    assert "tiny" in shown.data["text/plain"]


@pytest.mark.parametrize("cell", [1, 3])
def test_training_shows_one_bar(outputs, cell):
    (bar,) = [
        each for each in outputs[cell] if "<progress" in each.get("data", {}).get("text/html", "")
    ]
    words = bar.data["text/plain"].split(" \u00b7 ")
    assert words[0] == "20 of 20 iterations" and words[-1].endswith(" taken")
    numbers = dict(word.rsplit(" ", 1) for word in words[1:4])
    assert [*numbers] == ["loss", "lr", "test loss"]
    assert float(numbers["lr"]) == 0.01 and float(numbers["loss"]) > 0
    assert '<progress max="20" value="20">' in bar.data["text/html"]
    others = "".join(each.get("text", "") for each in outputs[cell])
    assert "Iteration" not in others and "Solving" not in others


def test_what_is_in_a_net_shows_itself(outputs):
    (shown,) = outputs[4]
    assert base64.b64decode(shown.data["image/png"]).startswith(b"\x89PNG")


def test_the_page_of_a_net():
    page = parsed(html(Net(NET)))
    (image,) = page.iter("img")
    drawing = base64.b64decode(image.get("src").removeprefix("data:image/svg+xml;base64,")).decode()
    words = re.findall(r"<text [^>]*>([^<]*)</text>", drawing)
    assert {"in", "ip", "loss"} <= {*words}
    layers, totals = page.iter("table")
    rows = [[cell.text or "" for cell in row] for row in layers.iter("tr")]
    assert [row[0] for row in rows[1:]] == ["in", "ip", "loss", "total"]
    assert rows[2][1:6] == ["InnerProduct", "x", "p", "8x1", "6"]  # five weights and a bias
    assert "multiply-adds" in "".join(totals.itertext())


def test_names_are_no_markup():
    page = html(Net(NET.replace('"tiny"', '"<b>&"').replace('name: "ip"', 'name: "<i>"')))
    assert "<b>" not in page and "<i>" not in page


def test_a_net_of_very_many_layers_has_its_table_only():
    layer = 'layer { name: "r%d" type: "ReLU" bottom: "p" top: "r%d" }'
    page = html(Net(NET + "".join(layer % (i, i) for i in range(400))))
    assert "<img" not in page and "r399" in page
