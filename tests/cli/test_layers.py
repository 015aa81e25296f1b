"""protonet layers: every type has a page."""

from __future__ import annotations

import pytest

from protonet.cli import layers
from protonet.errors import NetError


def test_every_type_has_a_summary_line():
    table = layers.summaries()
    assert "Convolution" in dict(table)
    assert [name for name, line in table if not line.endswith(".")] == [], "one line, a sentence"


def test_a_page_tells_arity_and_docs():
    page = layers.page("Convolution")
    assert page.startswith("Convolution  (bottoms: 1 or more, tops: as many as bottoms")
    assert "num_output" in page


def test_an_unknown_type_suggests_the_nearest():
    with pytest.raises(NetError, match="did you mean 'ReLU'"):
        layers.page("Relu")


def test_an_unknown_type_names_the_fork_that_has_it():
    with pytest.raises(NetError, match=r"'MaskRCNNProposal': it is a layer of a fork of Caffe \("):
        layers.page("MaskRCNNProposal")
