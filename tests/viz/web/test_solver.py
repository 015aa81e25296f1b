"""A solver in the page: its settings, its nets, and the learning rate drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from protonet.proto.text import read_solver
from protonet.viz.web.schedule import solver_data

from .test_page import MODELS


def curve(text: str) -> dict[int, float]:
    data = solver_data(read_solver(text))
    return dict(zip(data["iterations"], data["rates"]))


def test_steps_are_where_they_are():
    rates = curve("base_lr: 1 lr_policy: 'step' gamma: 0.1 stepsize: 77 max_iter: 1000")
    assert rates[0] == rates[76] == 1
    assert rates[77] == pytest.approx(0.1) and rates[1000] == pytest.approx(0.1 ** (1000 // 77))


def test_several_steps():
    text = "base_lr: 1 lr_policy: 'multistep' gamma: 0.5 stepvalue: 3 stepvalue: 4 max_iter: 100000"
    rates = curve(text)
    assert [rates[i] for i in (2, 3, 4, 5)] == [1, 0.5, 0.25, 0.25] and len(rates) < 600


def test_a_policy_that_nobody_knows():
    data = solver_data(read_solver("base_lr: 1 lr_policy: 'wild'"))
    assert data["rates"] == [] and "unknown lr_policy 'wild'" in data["unknown"]
    assert data["fields"] == [["base_lr", "1"], ["lr_policy", '"wild"']]


def test_in_the_page(shown):
    page = shown(MODELS / "lenet_solver.prototxt")
    expect(page.get_by_role("figure", name="Learning rate from 0.01")).to_be_visible()
    assert "lr_policy" in page.get_by_role("tabpanel").inner_text()
    assert page.get_by_label("State").locator("option").all_text_contents() == ["TRAIN", "TEST"]
    assert page.locator(".part").count() > 8
