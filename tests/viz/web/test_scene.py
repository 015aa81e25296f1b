"""Where things stand in the page's picture: nothing on anything, and where Python puts it."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.core.context import TEST, TRAIN
from protonet.net.net import Net
from protonet.net.passes import has_its_bottoms
from protonet.net.types import read_definition
from protonet.viz.diagram import make_diagram
from protonet.viz.layout.layered import Size, arrange
from protonet.viz.web.document import net_data

from ..nets import GENERATED, layer
from ..test_sheet import NETS

_MEASURE = (Path(__file__).parent / "measure.js").read_text("utf-8")


def net_of(name: str) -> Net:
    definition = read_definition(GENERATED.get(name, name), partial=True)
    phase = TEST if has_its_bottoms(definition, TEST, 0, []) else TRAIN
    return Net(definition, phase=phase, open_data=False, partial=True)


def test_nothing_lies_on_anything(shown):
    """In the pictures of 30 nets and more, by turns: groups open; nothing folded; groups closed;
    every other group closed."""
    page = shown(layer("x", "Input", ""))
    assert len(NETS) >= 30
    for i, name in enumerate(NETS):
        net = net_data(net_of(name))
        groups = range(len(net["groups"]))
        fold, closed = [(True, []), (False, []), (True, [*groups]), (True, [*groups[::2]])][i % 4]
        found = page.evaluate(_MEASURE, [net, fold, closed])
        assert found["boxes"] and found["faults"] == [], (name, fold, closed)


_ARRANGE = """async ([sizes, edges, narrow]) => {
  const { arrange } = await import("page/layout/layered.js");
  return arrange(sizes, edges, narrow);
}"""


def test_the_layout_is_that_of_draw(shown):
    """Number for number, with boxes of all sizes."""
    page = shown(layer("x", "Input", ""))
    for name in NETS:
        diagram = make_diagram(net_of(name))
        edges = [(w.source, target) for w in diagram.wires for target in w.targets]
        edges = list(dict.fromkeys(edges))
        sizes = [
            Size(20 + 7 * (i % 5), 20 + 3 * (i % 7), 30 + i % 3)
            for i, _ in enumerate(diagram.cards)
        ]
        narrow = [i % 4 == 0 for i, _ in enumerate(sizes)]
        expected = arrange(sizes, edges, narrow)
        found = page.evaluate(_ARRANGE, [[vars(size) for size in sizes], edges, narrow])
        for box, there in zip(expected.boxes, found["boxes"]):
            assert vars(box) == pytest.approx(there), name
        for edge, line in zip(edges, found["lines"]):
            assert [n for p in expected.lines[edge] for n in p] == pytest.approx(
                [n for p in line for n in p]
            )
        assert (found["width"], found["height"]) == pytest.approx((expected.width, expected.height))
