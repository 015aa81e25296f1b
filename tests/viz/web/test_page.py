"""The page in a browser: by mouse, by keys, for a screen reader, and with hostile names."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import protonet
from protonet.viz.web.page import assets

from ..nets import INPUT, conv, inception, layer, residual

MODELS = Path(protonet.__file__).parents[1] / "models"
TESTS = Path(__file__).parents[2]
LENET = MODELS / "lenet.prototxt"
AXE = (Path(__file__).parent / "axe/axe.min.js").read_text("utf-8")

#: In-place layers, a type that nobody has, and a finding.
ODD = (
    INPUT
    + conv("a", "data")
    + layer("what", "NobodyHasThis", "a")
    + layer("sum", "Eltwise", "a what")
)


def names(page) -> list[str]:
    """Of the boxes in the picture, in the order of the layers."""
    return [text.strip() for text in page.locator(".part .name").all_text_contents()]


def test_a_net_of_ours(shown):
    page = shown(LENET)
    expected = ["data", "conv1", "pool1", "conv2", "pool2", "ip1", "relu1", "ip2", "prob"]
    assert names(page) == expected
    assert "64x20x24x24" in page.locator("svg .blob").all_text_contents()
    assert page.title() == "lenet.prototxt \u2013 protonet"
    text = page.get_by_role("tabpanel").inner_text()
    # 20 5 5 24 24 + 50 20 5 5 8 8 + 800 500 + 500 10, and 64 times that
    assert "2.29 M" in text and "146.75 M" in text and "431,080" in text


def test_a_click_tells_of_a_layer_and_the_address_keeps_it(shown):
    page = shown(LENET)
    page.get_by_role("button", name="conv2 Convolution", exact=False).click()
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("heading", level=2)).to_have_text("conv2")
    text = panel.inner_text()
    assert "num_output: 50" in text and "64x50x8x8" in text and "50x20x5x5" in text
    assert "Receptive field: 14 input pixels, stride 2" in text
    assert page.url.endswith("#conv2")
    panel.get_by_text("What Convolution does").click()
    assert "bottom" in panel.locator("pre.doc").inner_text()
    page.goto(page.url.replace("#conv2", "#ip2"))
    expect(panel.get_by_role("heading", level=2)).to_have_text("ip2")


def test_hovering_tells_too(shown):
    page = shown(LENET)
    page.get_by_role("button", name="pool1 Pooling", exact=False).hover()
    assert "64x20x12x12" in page.locator(".hover").inner_text()


def test_by_keys_alone(shown):
    page = shown(LENET)
    page.keyboard.press("/")
    page.keyboard.type("pool")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("pool2")
    page.locator("svg [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("ip1")
    page.get_by_role("tab", name="Layer").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Table")).to_be_focused()
    expect(page.get_by_role("table")).to_be_visible()


def test_in_place_layers_unfold(shown):
    page = shown(LENET)
    boxes = page.locator("svg .box")
    assert boxes.count() == 8
    page.get_by_label("Fold in-place layers").uncheck()
    assert boxes.count() == 9 and len(names(page)) == 9


def test_groups_close_and_open(shown):
    page = shown(inception(2))
    assert len(names(page)) == 1 + 2 * 14
    page.get_by_role("button", name="Close groups").click()
    assert names(page) == ["data"]
    closed = page.locator("svg .group.closed .name").all_text_contents()
    assert [text.strip() for text in closed] == ["inception_0", "inception_1"]
    page.locator("svg .group.closed").last.click()
    assert len(names(page)) == 1 + 14
    expect(page.get_by_role("heading", level=2)).to_have_text("inception_1")
    page.get_by_role("combobox", name="Find").fill("inception_0/3x3")
    page.keyboard.press("Enter")  # opens what hides it
    assert len(names(page)) == 1 + 2 * 14


def test_phases_switch(shown):
    page = shown(MODELS / "lenet_train_test.prototxt")
    choice = page.get_by_label("State")
    assert choice.locator("option").all_text_contents() == ["TRAIN", "TEST"]
    assert choice.input_value() == "1" and "accuracy" in names(page)
    choice.select_option("TRAIN")
    assert "accuracy" not in names(page)
    page.get_by_role("button", name="loss Softmax", exact=False).click()
    assert page.url.endswith("#loss&state=TRAIN")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert choice.input_value() == "0"


def test_the_table_sorts(shown):
    page = shown(LENET)
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("button", name="parameters", exact=True).click()
    assert page.locator("table.net tbody th").first.inner_text() == "ip1"
    head = page.get_by_role("columnheader", name="parameters")
    assert head.get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="layer", exact=True).click()
    assert page.locator("table.net tbody th").first.inner_text() == "conv1"


def test_the_table_has_lines_for_groups_and_is_kept(shown):
    page = shown(inception(2))
    page.get_by_role("tab", name="Table").click()
    foot = page.locator("table.net tfoot").inner_text()
    page.get_by_label("A line for each group").check()
    lines = page.locator("table.net tbody th").all_text_contents()
    assert lines == ["data", "inception_0", "inception_1"]
    # conv 1x1, two reductions and the projection of 8 to 8; 3x3 and 5x5; biases
    one = 4 * (64 + 8) + (576 + 8) + (1600 + 8)
    two = one + 4 * 8 * 24  # of 32 channels instead of 8
    assert f"{one:,}" in page.locator("table.net tbody").inner_text()
    assert f"{one + two:,}" in foot and "29 layers" in foot
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    rows = list(csv.reader(Path(saved.value.path()).read_text("utf-8").splitlines()))
    assert saved.value.suggested_filename == "net.prototxt.csv"
    assert [row[1] for row in rows] == ["layer", *lines] and rows[2][4] == str(one)


def test_what_nobody_knows_is_shown_and_said(shown):
    page = shown(ODD)
    assert names(page) == ["data", "a", "a_relu", "what", "sum"]
    assert page.locator("svg .blob").all_text_contents().count("?") == 2
    assert page.locator(".kind-unknown.part").count() == 1
    page.get_by_role("tab", name="Findings").click()
    found = page.get_by_role("tabpanel").inner_text()
    assert "unknown type 'NobodyHasThis'" in found
    page.get_by_role("tabpanel").get_by_role("button", name="what").first.click()
    assert page.url.endswith("#what")


def test_a_text_that_cannot_be_read(shown):
    page = shown("layer { name: 'x' ", code=3)
    page.get_by_role("tab", name="Findings").click()
    assert "error" in page.get_by_role("tabpanel").inner_text()


def test_bytes_that_are_no_text(served, tmp_path):
    path = tmp_path / "latin.prototxt"
    path.write_bytes((INPUT + layer("caf_", "TanH", "data")).encode().replace(b"caf_", b"caf\xe9"))
    page = served(path)
    page.locator(".part").nth(1).click()
    expect(page.get_by_role("heading", level=2)).to_have_text("caf\ufffd")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_role("heading", level=2)).to_have_text("caf\ufffd")


def test_a_file_that_another_program_writes_is_drawn_anew(served, tmp_path):
    page = served(INPUT + layer("one", "TanH", "data"))
    page.locator(".part").nth(1).click()
    (tmp_path / "net.prototxt").write_text(
        INPUT + conv("new", "data") + layer("one", "TanH", "new")
    )
    expect(page.locator(".part")).to_have_count(4)
    expect(page.locator(".part.selected")).to_contain_text("one TanH")


def test_no_script_makes_html_of_text():
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(")
    for name, content in assets().items():
        if name.endswith(".js") and not name.startswith("vendor/"):
            assert not [word for word in words if word in content.decode()], name


HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_names_are_text(shown):
    page = shown(
        f'name: "{HOSTILE}"\n'
        + INPUT
        + layer(HOSTILE, "TanH", "data", "<b>$1${title}</b>")
        + layer("unknown", "<i>type</i>", "<b>$1${title}</b>", "javascript:alert(1)")
    )
    assert page.evaluate("document.querySelectorAll('img, i, b b, svg script').length") == 0
    assert names(page)[1] == HOSTILE
    page.locator(".part").nth(1).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(HOSTILE)
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("tab", name="Findings").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    assert "&lt;/script&gt;&lt;img" in Path(saved.value.path()).read_text("utf-8")
    assert page.evaluate("document.querySelectorAll('img, i').length") == 0


def test_it_asks_nobody_for_anything(shown, said):
    page = shown(LENET)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert {url.partition(":")[0] for url in asked} == {"file"}
    refused = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')")
    assert refused == "refused" and "Content Security Policy" in said.pop(0)
    said.clear()


def serious_of(page: Page) -> list[tuple[str, str, str]]:
    """What axe-core finds that keeps people out: rule, element, what to do."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then((found) => found.violations)")
    return [
        (rule["id"], rule["nodes"][0]["html"], rule["nodes"][0]["failureSummary"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("what", "scheme"),
    [("net", "light"), ("net", "dark"), ("two nets", "light"), ("solver", "dark")],
)
def test_nothing_in_the_way_of_a_screen_reader(shown, page, scheme, what):
    page.emulate_media(color_scheme=scheme)
    if what == "net":
        shown(inception(1) + layer("odd", "NobodyHasThis", "inception_0/output"))
    elif what == "two nets":
        shown(MODELS / "conv_net.prototxt", "--diff", str(LENET))
    else:
        shown(MODELS / "lenet_solver.prototxt")
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_selector("[role=tabpanel]:not([hidden]) > *")
        serious = serious_of(page)
        assert serious == [], json.dumps(serious, indent=1)


def test_a_thousand_layers_in_three_seconds(shown, page):
    """Of processor time, so that it holds on a busy machine too."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    shown(residual(200))
    page.evaluate("globalThis.page.app.closeAll(false)")
    assert page.locator(".part").count() == 1003
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    (seconds,) = (m["value"] for m in metrics if m["name"] == "TaskDuration")
    assert 0.05 < seconds < 3


def test_pictures_to_keep(shown):
    page = shown(LENET)
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    content = Path(saved.value.path()).read_bytes()
    size = [int.from_bytes(content[at : at + 4], "big") for at in (16, 20)]
    shown_size = page.evaluate(
        "[globalThis.page.graph.scene.width, globalThis.page.graph.scene.height]"
    )
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert size == [pytest.approx(2 * n, abs=1) for n in shown_size]


def test_a_text_that_cannot_be_read_begins_with_its_findings(served):
    page = served('layer { name: "x" type: }')
    assert page.get_by_role("tab", selected=True).inner_text() == "Findings"
    assert "type wants a string" in page.locator("#panel-findings").inner_text()
    page.get_by_role("tab", name="Text").click()
    assert page.get_by_role("tab", selected=True).inner_text() == "Text"
