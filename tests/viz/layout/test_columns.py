"""Where boxes and arrows go, in SVG and in Matplotlib's pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import matplotlib.colors
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from protonet.viz.layout.columns import Graph, Node, place, to_dot, to_image, to_svg

LAYER = {"shape": "record", "fillcolor": "#FF5050", "style": "filled"}
BLOB = {"shape": "octagon", "fillcolor": "#E0E0E0", "style": "filled"}


def graph(rankdir: str = "LR") -> Graph:
    """a -> layer -> (b, wide): the sizes are (6.6 a letter + 14) x (15 a line + 10)."""
    made = Graph("net", rankdir)
    made.add(Node("a", "a" * 10, BLOB))  # 80 x 25
    made.add(Node("layer", r"conv\n(Convolution)", LAYER))  # 100 x 40
    made.add(Node("b", "b" * 5, BLOB))  # 47 x 25
    made.add(Node("wide", "w" * 15, BLOB))  # 113 x 25
    made.join("a", "layer", "")
    made.join("layer", "b", "20")
    made.join("layer", "wide", "")
    return made


def test_sizes():
    sizes = [node.size for node in graph().nodes.values()]
    assert sizes == [(80, 25), (100, 40), (47, 25), (113, 25)]


def test_columns_from_left_to_right():
    """46 between columns, 18 between the boxes of one; each in the middle of its column, and at
    the height of what it comes from if there is room."""
    boxes = place(graph())
    assert boxes["a"] == (0, 0, 80, 25)
    assert boxes["layer"] == (126, 0, 100, 40)  # 12.5 - 20 would be above the edge
    assert boxes["b"] == (272 + (113 - 47) / 2, 20 - 12.5, 47, 25)
    assert boxes["wide"] == (272, 20 - 12.5 + 25 + 18, 113, 25)


@pytest.mark.parametrize("rankdir", ["LR", "RL", "TB", "BT"])
def test_the_other_directions_are_turned(rankdir):
    there, boxes = place(graph(rankdir)), place(graph())
    end = 272 + 113
    if rankdir in ("TB", "BT"):  # rows instead: the heights are one behind the other
        assert there["a"][2:] == (80, 25) and there["layer"][2:] == (100, 40)
        order = [there[name].y for name in ("a", "layer", "b")]
        assert order == sorted(order, reverse=rankdir == "BT")
        assert there["b"].y == there["wide"].y
        assert min(box.y for box in there.values()) == 0
        assert max(box.y + box.height for box in there.values()) == 25 + 46 + 40 + 46 + 25
        return
    for name, box in boxes.items():
        x = end - box.x - box.width if rankdir == "RL" else box.x
        assert there[name] == (x, *box[1:])


def elements(text: str, tag: str) -> list[ElementTree.Element]:
    return [x for x in ElementTree.fromstring(text).iter() if x.tag.endswith("}" + tag)]


def test_svg_shows_all_of_it():
    text = to_svg(graph())
    root = ElementTree.fromstring(text)
    # Ten pixels of margin on each side.
    width, height = 272 + 113 + 20, 50.5 + 25 + 20
    assert root.get("viewBox") == f"-10 -10 {width} {height:.0f}"
    assert (root.get("width"), root.get("height")) == (str(width), f"{height:.0f}")
    rects = [
        tuple(float(r.get(key)) for key in ("x", "y", "width", "height"))
        for r in elements(text, "rect")
    ]
    assert rects == [tuple(float(f"{x:.0f}") for x in box) for box in place(graph()).values()]
    looks = [(r.get("fill"), r.get("rx")) for r in elements(text, "rect")]
    assert looks == [("#E0E0E0", "10"), ("#FF5050", "0"), ("#E0E0E0", "10"), ("#E0E0E0", "10")]


def test_svg_lines_of_text_stand_in_their_boxes():
    words = [(x.get("x"), x.get("y"), x.text) for x in elements(to_svg(graph()), "text")]
    assert words == [
        ("266", "17", "20"),  # of the edge: from (226, 20) to (305, 20), three pixels above it
        ("40", "16", "a" * 10),
        ("176", "16", "conv"),
        ("176", "31", "(Convolution)"),
        ("328", "24", "b" * 5),
        ("328", "66", "w" * 15),
    ]


@pytest.mark.parametrize(
    ("rankdir", "ends"),
    [
        ("LR", (80, 12.5, 126, 20)),
        ("RL", (305, 12.5, 259, 20)),
        ("TB", (40, 25, 50, 71)),
        ("BT", (40, 157, 50, 111)),
    ],
)
def test_svg_arrows_go_from_side_to_side(rankdir, ends):
    _, first, *_ = elements(to_svg(graph(rankdir)), "path")  # the tip comes first
    found = [float(x) for x in re.findall(r"[\d.]+", first.get("d"))]
    assert found == pytest.approx(ends, abs=0.5)
    assert first.get("marker-end") == "url(#tip)" and first.get("stroke") == "#444"


def test_svg_of_names_that_are_markup():
    made = Graph("<a & b>")
    made.add(Node("x", "1 < 2 & 3", BLOB))
    text = to_svg(made)
    assert elements(text, "title")[0].text == "<a & b>"
    assert elements(text, "text")[0].text == "1 < 2 & 3"


def test_dot():
    made = graph("TB")
    made.add(Node("a", "another", LAYER))  # it is there already
    made.add(Node('quo"te', 'quo"te', BLOB))
    assert to_dot(made).splitlines()[:4] == [
        'digraph "net" {',
        "  rankdir=TB;",
        '  "a" [label="aaaaaaaaaa", shape="octagon", fillcolor="#E0E0E0", style="filled"];',
        r'  "layer" [label="conv\n(Convolution)", shape="record", fillcolor="#FF5050", '
        'style="filled"];',
    ]
    assert r'  "quo\"te" [label="quo\"te", shape="octagon", ' in to_dot(made)
    assert to_dot(made).splitlines()[-4:] == [
        '  "a" -> "layer" [label=""];',
        '  "layer" -> "b" [label="20"];',
        '  "layer" -> "wide" [label=""];',
        "}",
    ]


def test_an_image_has_the_same_boxes_and_arrows(monkeypatch):
    kept = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **more: kept.append((figure, more)))
    to_image(graph(), "png")
    ((figure, more),) = kept
    assert more["format"] == "png"
    # A hundred pixels an inch, ten of margin on each side, y downwards.
    assert figure.get_size_inches().tolist() == [4.05, 0.955] and figure.dpi == 100
    (axes,) = figure.axes
    assert (axes.get_xlim(), axes.get_ylim()) == ((-10, 395), (85.5, -10))
    assert not axes.axison and axes.get_position().bounds == (0, 0, 1, 1)
    arrows = [text for text in axes.texts if isinstance(text, Annotation)]
    assert [(arrow.xyann, arrow.xy) for arrow in arrows] == [
        ((80, 12.5), (126, 20)),
        ((226, 20), (305, 20)),
        ((226, 20), (272, 63)),
    ]
    for arrow in arrows:
        assert arrow.arrowprops["arrowstyle"] == "->" and arrow.get_text() == ""
    words = [text for text in axes.texts if not isinstance(text, Annotation)]
    assert [(text.get_text(), text.get_position()) for text in words] == [
        ("20", (265.5, 20)),
        ("a" * 10, (40, 12.5)),
        ("conv\n(Convolution)", (176, 20)),
        ("b" * 5, (328.5, 20)),
        ("w" * 15, (328.5, 63)),
    ]
    assert {(text.get_ha(), text.get_va()) for text in words[1:]} == {("center", "center")}
    boxes = [text.get_bbox_patch() for text in words[1:]]
    assert [matplotlib.colors.to_hex(box.get_facecolor()).upper() for box in boxes] == [
        "#E0E0E0",
        "#FF5050",
        "#E0E0E0",
        "#E0E0E0",
    ]
    kinds = [type(box.get_boxstyle()).__name__ for box in boxes]
    assert kinds == ["Round", "Square", "Round", "Round"]


def test_a_very_long_net_stays_within_what_an_image_can_be(monkeypatch):
    sizes = []
    monkeypatch.setattr(
        Figure, "savefig", lambda f, *a, **m: sizes.append(f.get_size_inches() * f.dpi)
    )
    made = Graph("long")
    for i in range(1000):
        made.add(Node(str(i), "x" * 10, BLOB))
        if i:
            made.join(str(i - 1), str(i), "")
    to_image(made, "png")
    assert max(sizes[0]) == pytest.approx(60000)
