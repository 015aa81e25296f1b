"""Blocks of a diagram as one box each."""

from __future__ import annotations

import pytest

from protonet.errors import NetError
from protonet.net.net import Net
from protonet.viz.collapse import collapse
from protonet.viz.diagram import Diagram, make_diagram

from .nets import inception, residual, u_net


def diagram(text: str, fold: bool = True) -> Diagram:
    return make_diagram(Net(text), fold)


def names(made: Diagram) -> list[str]:
    return [card.parts[0].name for card in made.cards]


@pytest.mark.parametrize("fold", [True, False])
def test_all_blocks(fold):
    made = collapse(diagram(inception(3), fold))
    assert names(made) == ["data", "inception_0", "inception_1", "inception_2"]
    assert [(w.source, w.targets, w.text) for w in made.wires] == [
        (0, [1], "1x8x32x32"),
        (1, [2], "1x32x32x32"),
        (2, [3], "1x32x32x32"),
        (3, [], "1x32x32x32"),
    ]
    (part,) = made.cards[1].parts
    # Six convolutions, each with its ReLU, a pooling and what joins them.
    assert part.words == ["14 layers", "6 Convolution, 6 ReLU, Pooling", "Concat"]


def test_those_that_are_named():
    whole = diagram(inception(2))
    made = collapse(whole, ["inception_1"])
    assert len(made.cards) == len(whole.cards) - 7  # of eight boxes, one is left
    assert names(made)[-1] == "inception_1"
    # Its readers and what it reads are as before.
    (blob,) = [w for w in made.wires if w.name == "inception_0/output"]
    assert blob.targets == [len(made.cards) - 1]


def test_a_block_of_several_blobs_tells_their_names():
    """Half of a U-net: its skips leave the block beside its end."""
    text = u_net(3)
    for i in range(3):
        text = text.replace(f'"down{i}', f'"down/{i}').replace(f'"pool{i}', f'"down/pool{i}')
    made = collapse(diagram(text), ["down"])
    block = names(made).index("down")
    leaving = {w.name: w.text for w in made.wires if w.source == block}
    assert {*leaving} == {"down/0", "down/1", "down/2", "down/pool2"}
    assert all(text == f"{name}: {text.split(': ')[1]}" for name, text in leaving.items())


@pytest.mark.parametrize("text", [inception(4), residual(5), u_net(4)])
def test_wires_go_on_to_later_boxes(text):
    """And each box of the whole diagram is somewhere, with what it reads."""
    whole = diagram(text)
    made = collapse(whole)
    for wire in made.wires:
        assert all(target > wire.source for target in wire.targets)
        assert len({*wire.targets}) == len(wire.targets)
    assert len(made.hosts) == len(whole.hosts) and [*made.hosts] == sorted(made.hosts)
    reach = {(made.hosts[a], made.hosts[b]) for a, b in _pairs(whole)}
    drawn = {(w.source, target) for w in made.wires for target in w.targets}
    assert drawn == {(a, b) for a, b in reach if a != b}


def _pairs(whole: Diagram):
    first = {}
    for layer, card in enumerate(whole.hosts):
        first.setdefault(card, layer)
    for wire in whole.wires:
        for target in wire.targets:
            yield first[wire.source], first[target]


def test_a_name_that_no_block_has():
    with pytest.raises(NetError, match=r"no block 'inception_9': .*inception_0"):
        collapse(diagram(inception(2)), ["inception_9"])
    with pytest.raises(NetError, match="the net has none"):
        collapse(diagram(inception(0)), ["a"])
