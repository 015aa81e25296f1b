"""protonet layers: every type has a page."""

from __future__ import annotations

import pytest

from protonet.cli import layers
from protonet.cli.main import main
from protonet.errors import NetError


def test_every_type_has_a_summary_line():
    table = layers.summaries()
    assert "Convolution" in dict(table)
    assert [name for name, line in table if not line.endswith(".")] == [], "one line, a sentence"


def test_a_page_tells_arity_and_docs():
    page = layers.page("Convolution")
    assert page.startswith("Convolution  (bottoms: 1 or more, tops: as many as bottoms")
    assert "num_output" in page


def test_the_list_is_a_table(capsys):
    """The lines of all types begin below each other, two spaces after the longest name."""
    assert main(["layers"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = layers.summaries()
    names = [name for name, _ in table]
    start = max(map(len, names)) + 2
    assert [line[:start].rstrip() for line in lines] == names
    assert [line[start:] for line in lines] == [line for _, line in table]
    assert {line[start - 1] for line in lines} == {" "}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("ReLU", "bottoms: 1, tops: 1, in place: yes, gradient: yes"),
        ("Accuracy", "bottoms: 2, tops: 1 to 2, in place: no, gradient: no"),
        ("Split", "bottoms: 1, tops: 1 or more, in place: no, gradient: yes"),
    ],
)
def test_a_page_on_the_command_line(capsys, name, facts):
    assert main(["layers", name]) == 0
    head, empty, first, *_ = capsys.readouterr().out.splitlines()
    assert (head, empty) == (f"{name}  ({facts})", "")
    assert first == dict(layers.summaries())[name]


def test_a_page_tells_what_numbers_may_be():
    page = layers.page("Dropout").split("\n\n")[-1].splitlines()
    assert page[0] == "What the numbers may be:" and "dropout_ratio: " in page[1]
    (line,) = (x for x in layers.page("HDF5Data").splitlines() if x.startswith("  batch_size: "))
    assert line.endswith("1 or more, must be given")
    assert "What the numbers may be" not in layers.page("ReLU")


def test_an_unknown_type_suggests_the_nearest():
    with pytest.raises(NetError, match="did you mean 'ReLU'"):
        layers.page("Relu")


def test_an_unknown_type_names_the_fork_that_has_it():
    with pytest.raises(NetError, match=r"'MaskRCNNProposal': it is a layer of a fork of Caffe \("):
        layers.page("MaskRCNNProposal")
