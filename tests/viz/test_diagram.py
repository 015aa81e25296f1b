"""What a picture shows of a net: boxes, what is folded into them, and blobs."""

from __future__ import annotations

from protonet.net.net import Net
from protonet.net.types import read_definition
from protonet.viz import kinds
from protonet.viz.diagram import Diagram, make_diagram

from .nets import INPUT, conv, layer


def diagram(text: str, fold: bool = True, **options) -> Diagram:
    definition = read_definition(text, partial=True)
    return make_diagram(Net(definition, open_data=False, partial=True, **options), fold)


def cards(made: Diagram) -> list[str]:
    return [" ".join(part.name for part in card.parts) for card in made.cards]


def wires(made: Diagram) -> list[tuple[str, str, list[str]]]:
    """(text, what makes it, what reads it)"""
    names = [card.parts[0].name for card in made.cards]
    return [(w.text, names[w.source], [names[t] for t in w.targets]) for w in made.wires]


RESIDUAL = INPUT + conv("a", "data") + conv("b", "a") + layer("sum", "Eltwise", "a b")


def test_what_works_in_place_is_in_the_box_before():
    made = diagram(RESIDUAL)
    assert cards(made) == ["data", "a a_relu", "b b_relu", "sum"]
    assert wires(made) == [
        ("1x8x32x32", "data", ["a"]),
        ("1x8x32x32", "a", ["b", "sum"]),  # without the split between them
        ("1x8x32x32", "b", ["sum"]),
        ("1x8x32x32", "sum", []),
    ]
    assert made.title == "net (TEST)"


def test_unfolded_it_has_a_box_of_its_own():
    made = diagram(RESIDUAL, fold=False)
    assert cards(made) == ["data", "a", "a_relu", "b", "b_relu", "sum"]
    assert ("a: 1x8x32x32", "a_relu", ["b", "sum"]) in wires(made)


def test_several_tops_have_names():
    made = diagram(
        INPUT
        + layer("s", "Slice", "data", "x y", "slice_param { slice_point: 3 }")
        + layer("join", "Concat", "y x")
    )
    assert wires(made)[1:3] == [("x: 1x3x32x32", "s", ["join"]), ("y: 1x5x32x32", "s", ["join"])]


def test_a_blob_that_is_read_twice_by_one_layer_is_one_line():
    made = diagram(INPUT + layer("square", "Eltwise", "data data"))
    assert wires(made)[0] == ("1x8x32x32", "data", ["square"])


def test_unknown_layers_and_shapes():
    made = diagram(INPUT + layer("new", "HyperColumn", "data") + layer("a", "Eltwise", "new data"))
    assert [card.parts[0].kind for card in made.cards] == [
        kinds.DATA,
        kinds.UNKNOWN,
        kinds.COMBINATION,
    ]
    assert wires(made)[1:] == [("?", "new", ["a"]), ("?", "a", [])]
    # Splits are left out where shapes are not known, too.
    made = diagram(
        layer("new", "HyperColumn", "", "new")
        + layer("a", "TanH", "new")
        + layer("b", "TanH", "new")
    )
    assert wires(made)[0] == ("?", "new", ["a", "b"])


def test_two_layers_of_one_name():
    made = diagram(INPUT + layer("same", "TanH", "data", "x") + layer("same", "TanH", "data", "y"))
    assert cards(made) == ["data", "same", "same"]
    assert made.wires[0].targets == [1, 2]


def test_long_words_take_two_lines():
    made = diagram(INPUT + conv("a", "data") + conv("b", "a", outputs=1024, kernel=31))
    assert made.cards[1].parts[0].words == ["Convolution: 8 outputs, 3x3, pad 1"]
    assert made.cards[2].parts[0].words == ["Convolution", "1024 outputs, 31x31, pad 15"]
