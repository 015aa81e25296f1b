"""Files of pictures: SVG, PNG, PDF, DOT and Mermaid."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
import zlib

import pytest

from protonet.errors import ProtonetError
from protonet.net.net import Net
from protonet.viz.diagram import Diagram, make_diagram
from protonet.viz.diagram_text import to_dot, to_mermaid
from protonet.viz.formats import FORMATS, write
from protonet.viz.image import to_image
from protonet.viz.sheet import Curve, lay_out
from protonet.viz.svg import path_of, to_svg

from .nets import INPUT, conv, layer


def diagram(text: str = INPUT + conv("a", "data")) -> Diagram:
    return make_diagram(Net('name: "tiny"\n' + text, partial=True))


def elements(text: str, tag: str) -> list[ElementTree.Element]:
    return [x for x in ElementTree.fromstring(text).iter() if x.tag.endswith("}" + tag)]


def test_svg_shows_all_of_it():
    sheet = lay_out(diagram())
    text = to_svg(sheet)
    assert [x.text for x in elements(text, "text")] == [
        "tiny (TEST)",
        *("data", "Input", "a", "Convolution: 8 outputs, 3x3, pad 1", "a_relu", "ReLU"),
        *("1x8x32x32", "1x8x32x32"),
    ]
    fills = [x.get("fill") for x in elements(text, "path")]
    assert [fill for fill in fills if fill not in ("none", "#6b7785")] == [
        "#dfe4ea",
        "#ffd0c7",
        "#d3efd0",
    ]
    root = ElementTree.fromstring(text)
    assert root.get("viewBox") == f"0 0 {sheet.width:.0f} {sheet.height:.0f}"
    arrows = [x for x in elements(text, "path") if x.get("marker-end") == "url(#tip)"]
    assert len(arrows) == 1


def test_svg_of_names_that_are_markup_or_no_letters():
    name = r"<b>\"x\" & y\001"
    text = to_svg(lay_out(diagram(INPUT + layer(name, "TanH", "data", "t"))))
    assert '<b>"x" & y\ufffd' in [x.text for x in elements(text, "text")]


def test_lines_are_straight_or_curves_that_leave_and_arrive_upright():
    path = path_of(Curve([(0, 0), (0, 10), (30, 20), (30, 25)], arrow=True))
    assert path == [
        ("M", [(0, 0)]),
        ("L", [(0, 10)]),
        ("C", [(0, 15), (30, 15), (30, 20)]),
        ("L", [(30, 25)]),
    ]


def test_png_has_two_pixels_for_one_of_the_sheet():
    sheet = lay_out(diagram())
    data = to_image(sheet, "png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    assert size == pytest.approx((2 * sheet.width, 2 * sheet.height), abs=1)


def test_pdf_holds_the_words():
    data = to_image(lay_out(diagram()), "pdf")
    assert data.startswith(b"%PDF")
    page = zlib.decompress(data.split(b"stream\n")[1])
    letters = b"".join(re.findall(rb"\(((?:\\.|[^()\\])*)\)", page))
    assert b"tiny" in letters and b"1x8x32x32" in letters


def test_a_dollar_sign_is_no_formula():
    assert to_image(lay_out(diagram(INPUT + layer("$a_b$", "TanH", "data", "t"))), "png")


def test_dot():
    quoted = layer(r"say \"a\"", "TanH", "data", "t")
    assert to_dot(diagram(INPUT + conv("a", "data") + quoted)).splitlines()[4:] == [
        r'  c0 [label="data\nInput", fillcolor="#dfe4ea", color="#6b7785"];',
        r'  c1 [label="a\nConvolution: 8 outputs, 3x3, pad 1\na_relu\nReLU", fillcolor="#ffd0c7", '
        'color="#c0523c"];',
        r'  c2 [label="say \"a\"\nTanH", fillcolor="#d3efd0", color="#4d8c47"];',
        '  c0 -> c1 [label="1x8x32x32"];',
        '  c0 -> c2 [label="1x8x32x32"];',
        '  w1 [label="1x8x32x32", shape=plaintext, style=solid];',
        "  c1 -> w1 [arrowhead=none];",
        '  w2 [label="t: 1x8x32x32", shape=plaintext, style=solid];',
        "  c2 -> w2 [arrowhead=none];",
        "}",
    ]


def test_mermaid():
    text = INPUT + layer("<1> #2", "TanH", "data", "t")
    assert to_mermaid(diagram(text)).splitlines() == [
        "---",
        'title: "tiny (TEST)"',
        "---",
        "flowchart TD",
        '  c0("data<br>Input"):::k0',
        '  c1("#lt;1#gt; #35;2<br>TanH"):::k1',
        '  c0 -->|"1x8x32x32"| c1',
        '  c1 --- w1["t: 1x8x32x32"]',
        "  classDef k0 fill:#dfe4ea,stroke:#6b7785,color:#1d2329",
        "  classDef k1 fill:#d3efd0,stroke:#4d8c47,color:#1d2329",
    ]


@pytest.mark.parametrize("ending", FORMATS)
def test_files(ending: str, tmp_path) -> None:
    path = tmp_path / f"net{ending.upper()}"
    write(diagram(), path)
    starts = (b"<svg", b"\x89PNG", b"%PDF", b"digraph", b"---\ntitle")
    assert path.read_bytes().startswith(starts)


def test_without_matplotlib(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ProtonetError, match=r"drawing PNG .*matplotlib.*\[plot\]"):
        to_image(lay_out(diagram()), "png")
