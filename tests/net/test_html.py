"""The table that a notebook shows for a net."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from protonet import Net


def test_one_row_a_layer():
    net = Net("""
name: "a <b> & c"
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 4 } }
layer { name: "sum" type: "Reduction" bottom: "y" top: "s" }
""")
    root = ElementTree.fromstring(f"<div>{net._repr_html_()}</div>")
    assert re.match(r"Net 'a <b> & c', TEST: 3 layers, 16 parameters", root.find("p").text)
    rows = [[cell.text or "" for cell in row] for row in root.iter("tr")]
    assert rows == [
        ["layer", "type", "bottom", "top", "shape", "parameters"],
        ["in", "Input", "", "x", "2\u00d73", ""],
        ["ip", "InnerProduct", "x", "y", "2\u00d74", "4\u00d73, 4"],
        ["sum", "Reduction", "y", "s", "scalar", ""],
    ]


TWO_OF_ONE_NAME = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "same" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 4 } }
layer { name: "same" type: "ReLU" bottom: "y" top: "z" }
"""


def test_two_layers_of_one_name_keep_their_own_blobs():
    root = ElementTree.fromstring(f"<div>{Net(TWO_OF_ONE_NAME)._repr_html_()}</div>")
    rows = [[cell.text or "" for cell in row] for row in root.iter("tr")]
    assert [row[:4] for row in rows[2:]] == [
        ["same", "InnerProduct", "x", "y"],
        ["same", "ReLU", "y", "z"],
    ]
