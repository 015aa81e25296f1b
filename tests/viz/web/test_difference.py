"""What differs between two nets, as data and in the page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from protonet.net.net import Net
from protonet.net.types import read_definition
from protonet.viz.web.difference import difference
from protonet.viz.web.document import net_data

from ..nets import INPUT, conv, layer

OLD = INPUT + conv("a", "data", outputs=4) + layer("gone", "TanH", "a") + conv("b", "gone")
NEW = INPUT + conv("a", "data", outputs=6) + conv("b", "a") + layer("fresh", "Sigmoid", "b")


def data(text: str) -> dict:
    return net_data(Net(read_definition(text), open_data=False))


def changes(left: str, right: str) -> dict[str, dict[str, tuple]]:
    a, b = data(left), data(right)
    found = difference(a, b)["changes"]
    return {
        a["layers"][each["left"]]["name"]: {k: (x, y) for k, x, y in each["fields"]}
        for each in found
    }


def test_fields_that_differ():
    found = changes(OLD, NEW)
    assert found["a"] == {
        "convolution_param.num_output": ("4", "6"),
        "shapes": ("1x4x32x32", "1x6x32x32"),
        "parameters": (str(4 * 8 * 9 + 4), str(6 * 8 * 9 + 6)),
    }
    assert found["b"]["bottoms"] == ("gone", "a")
    pairs = difference(data(OLD), data(NEW))["pairs"]
    assert pairs == [(0, 0), (1, 1), (2, 2), (4, 3), (5, 4)]


def test_what_follows_is_told_apart():
    found = difference(data(OLD), data(NEW))["changes"]
    assert {each["left"]: each["derived"] for each in found} == {1: False, 2: True, 4: False}


def test_another_name_only():
    found = changes(OLD, OLD.replace('"gone"', '"renamed"'))
    assert found["gone"]["name"] == ("gone", "renamed")


def test_fields_that_repeat():
    one = "param { lr_mult: 1 } param { lr_mult: 2 }"
    text = INPUT + layer(
        "ip", "InnerProduct", "data", more=f"inner_product_param {{ num_output: 2 }} {one}"
    )
    found = changes(text, text.replace("lr_mult: 2", "lr_mult: 0"))
    assert found == {"ip": {"param[1].lr_mult": ("2", "0")}}


def test_equal_nets_have_none():
    assert changes(OLD, OLD) == {}


def test_side_by_side(shown, tmp_path: Path):
    other = tmp_path / "new.prototxt"
    other.write_text(NEW)
    page = shown(OLD, "--diff", str(other))
    left, right = page.locator(".picture").all()
    assert left.locator(".diff-removed").all_text_contents() == ["gone TanH \u2212"]
    assert right.locator(".diff-added").all_text_contents() == ["fresh Sigmoid +"]
    assert left.locator(".diff-changed").count() == right.locator(".diff-changed").count() == 2
    panel = page.get_by_role("tabpanel")
    assert "convolution_param.num_output" in panel.inner_text()
    panel.get_by_role("button", name="b", exact=True).click()
    expect(left.locator(".selected")).to_contain_text("b Convolution")
    expect(right.locator(".selected")).to_contain_text("b Convolution")
    right.locator("[role=button]").first.click()
    expect(left.locator(".selected")).to_contain_text("data Input")
