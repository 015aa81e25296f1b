"""The tests' own reader refuses what Netscope refuses."""

from __future__ import annotations

import pytest

from .reader import read, shapes, shown

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'


@pytest.mark.parametrize(
    "text",
    [
        "layer # odd\n{ }",
        "name # odd\n: 1",
        "name: # odd\n 1",
        "a: [1, # odd\n 2]",
        "a: [true]",
        "a: [{ b: 1 }]",
        "layer < a: 1 >",
        "a: 1; b: 2",
        "a: 1, b: 2",
        "a: 1\fb: 2",
        "\ufeffa: 1",
        'a: "b" "c"',
        r'a: "\x41"',
        r'a: "\101"',
        r'a: "\v"',
        'a: "tab\tin it"',
        'a: "\U0001d11e"',
        "a: .5",
        "a: 5.",
        "a: 0.5f b: 1",
        "a: - 0.5",
        "a: 0x4 b: 1",
        "a: 04 b: 1",
    ],
)
def test_refused(text):
    with pytest.raises(ValueError):
        read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# c\n\n# d\na: 1 # e\n", {"a": 1}),
        ("a { # c\n b: 1 # d\n # e\n}", {"a": {"b": 1}}),
        ("a: { b: -0.5 }  b: 1e-3", {"a": {"b": -0.5}, "b": 0.001}),
        (
            r"""a: 'x"y' b: "\"é" A: MAX c: inf""",
            {"a": ['x"y', "MAX"], "b": '"é', "c": "inf"},
        ),
        ("a: [1, 2 3] a: 4", {"a": [1, 2, 3, 4]}),
    ],
)
def test_read(text, message):
    assert read(text) == message


@pytest.mark.parametrize(
    "text",
    [
        'layer { name: "a" include { phase: 0 } }',
        'layer { name: "a" include { stage: "x" } }',
        'layer { name: "a" include { phase: TRAIN } include { phase: TEST } }',
        'layer { name: "a" exclude { phase: TEST } }',
        'layer { name: "a" } layer { name: "a" }',
        'layer { name: "a<b" }',
        'layer { name: "a" top: "constructor" }',
    ],
)
def test_graphs_that_are_wrong(text):
    with pytest.raises(ValueError):
        shown(read(text))


def test_shapes():
    assert shapes(read(INPUT)) == {"x": [2, 3]}
    for text in (INPUT.replace("dim: 3", ""), INPUT + 'layer { name: "y" type: "Tile" top: "y" }'):
        with pytest.raises(ValueError):
            shapes(read(text))
