"""What a net is warned of; the cases of overwriting are in test_net.py."""

from __future__ import annotations

import pytest

from protonet.core.context import TRAIN
from protonet.net import lint
from protonet.net.net import Net

TEXT = """layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 1024 } } }
layer { name: "ip" type: "InnerProduct" bottom: "d" top: "ip"
  inner_product_param { num_output: 256 bias_term: false } }
"""
NEEDED = 4 * (1024 + 256 * 1024 + 256)


def test_a_net_larger_than_the_machine_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lint, "physical_memory", lambda: NEEDED)
    Net(TEXT)
    assert not caplog.text
    Net(TEXT, phase=TRAIN)  # with gradients
    assert "2: layer 'ip' (InnerProduct): up to here the net takes 0.0 GiB" in caplog.text


def test_an_unknown_memory_is_no_limit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lint, "physical_memory", lambda: 0)
    Net(TEXT)
    assert not caplog.text


def test_the_memory_of_the_machine() -> None:
    assert lint.physical_memory() == 0 or lint.physical_memory() > 1 << 26
