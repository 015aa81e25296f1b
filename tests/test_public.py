"""The names that `protonet` offers."""

from __future__ import annotations

import pytest

import protonet


def test_public_names():
    names = set(protonet.__all__)
    assert names >= {
        "Net",
        "Blob",
        "Layer",
        "Context",
        "TRAIN",
        "TEST",
        "get_solver",
        "Solver",
        "register",
        "layer_types",
        "set_num_threads",
        "plots",
        "edit",
        "errors",
    }
    for name in names:
        assert getattr(protonet, name) is not None
    assert names <= set(dir(protonet))
    assert dir(protonet) == sorted(protonet.__all__)
    assert (protonet.TRAIN, protonet.TEST) == (0, 1)
    assert "Convolution" in protonet.layer_types()
    with pytest.raises(AttributeError, match="no attribute 'Nett'"):
        _ = protonet.Nett
