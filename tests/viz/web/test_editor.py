"""The text beside the picture: drawn as one types, checked, saved; files that are dropped."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ..nets import INPUT, conv, inception, layer


def edit(page: Page, line: str) -> None:
    """Put the cursor at the end of the first line with this text."""
    page.locator(".cm-line", has_text=line).first.click()
    for _ in range(2):  # of the row, then of the line that is broken into rows
        page.keyboard.press("End")


def opened(page: Page) -> Page:
    page.get_by_role("tab", name="Text").click()
    page.wait_for_selector(".cm-content")
    return page


NET = INPUT + conv("a", "data") + layer("last", "TanH", "a")


def test_it_draws_what_is_typed_and_saves_it(served, tmp_path: Path) -> None:
    page = opened(served(NET))
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()
    edit(page, '"last"')
    page.keyboard.press("Enter")
    page.keyboard.type('layer { name: "more" type: "TanH" bottom: "last" top: "more"')
    expect(page.locator(".part")).to_have_count(5)
    assert (tmp_path / "net.prototxt").read_text() == NET
    page.keyboard.press("Control+s")
    expect(save).to_be_disabled()
    assert 'name: "more"' in (tmp_path / "net.prototxt").read_text()


def test_messages_stand_at_their_lines(served):
    page = opened(served(NET))
    edit(page, '"last"')
    page.keyboard.press("Enter")
    page.keyboard.type('layer { name: "odd" type: "TanHH" bottom: "a" top: "odd"')
    expect(page.locator(".part.kind-unknown")).to_have_count(1)
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)
    page.locator(".cm-lint-marker-error").hover()
    expect(page.locator(".cm-tooltip")).to_contain_text("unknown type 'TanHH'")


def test_the_last_picture_stays_while_a_text_cannot_be_read(served):
    page = opened(served(NET))
    edit(page, '"last"')
    page.keyboard.press("Backspace")
    expect(page.locator(".graph.stale")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="last picture")).to_be_visible()
    assert page.locator(".part").count() == 4
    page.keyboard.type("}")
    expect(page.locator(".graph.stale")).to_have_count(0)


def test_what_was_closed_stays_so_while_a_text_cannot_be_read(served):
    page = opened(served(inception(2)))
    page.locator("svg .group.open").first.click()
    page.get_by_role("button", name="inception_1/1x1 Convolution").click()
    edit(page, "inception_1/output")
    page.keyboard.press("Backspace")
    expect(page.locator(".graph.stale")).to_be_visible()
    page.keyboard.type("}")
    expect(page.locator(".graph.stale")).to_have_count(0)
    assert page.locator("svg .group.closed .name").all_text_contents() == ["inception_0     "]
    expect(page.locator(".part.selected")).to_contain_text("inception_1/output")


def test_a_bottom_that_nobody_makes_is_drawn_too(served):
    page = served(NET.replace('bottom: "data"', 'bottom: "dta"'))
    expect(page.locator(".part.kind-unknown")).to_have_count(1)
    assert page.get_by_role("button", name="dta nothing makes it").count() == 1


def test_line_and_box_go_together(served):
    page = opened(served(NET))
    page.get_by_role("button", name="a Convolution").click()
    expect(page.locator(".cm-activeLine")).to_contain_text('name: "a"')
    page.locator(".cm-line", has_text='name: "last"').click()
    expect(page.locator(".part.selected")).to_contain_text("last")


def test_a_file_is_dropped(served, tmp_path: Path):
    page = served(NET)
    page.evaluate(
        """(text) => {
          const files = new DataTransfer();
          files.items.add(new File([text], "dropped.prototxt"));
          const event = new DragEvent("drop", { dataTransfer: files, cancelable: true });
          dispatchEvent(event);
        }""",
        INPUT + layer("another", "TanH", "data"),
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.prototxt")
    assert page.locator(".part").count() == 2
    opened(page)
    edit(page, "another")
    page.keyboard.type(" # seen")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(500)
    assert (tmp_path / "net.prototxt").read_text() == NET


def test_without_a_server_it_is_only_shown(shown):
    page = opened(shown(NET))
    expect(page.get_by_text("To look at only")).to_be_visible()
    edit(page, "last")
    page.keyboard.type("x")
    assert page.locator(".cm-content").inner_text().strip() == NET.strip()


def test_a_shape_by_hand(served, said):
    data = 'hdf5_data_param { source: "no" batch_size: 2 }'
    page = served(layer("data", "HDF5Data", "", "x", data) + conv("a", "x"))
    assert "?" in page.locator("svg .blob").all_text_contents()
    panel = page.get_by_role("tabpanel")
    panel.get_by_label("Shape of x").fill("2x3x8x8")
    panel.get_by_role("button", name="Apply").click()
    expect(page.locator("svg .blob").last).to_have_text("2x8x8x8")
    page.get_by_role("button", name="data HDF5Data").click()
    panel.get_by_label("Shape of x").fill("many")
    panel.get_by_role("button", name="Apply").click()
    expect(panel.get_by_text("'many' is no shape")).to_be_visible()
    assert "status of 422" in said.pop()
    panel.get_by_role("button", name="As in the file").click()
    expect(page.locator("svg .blob").last).to_have_text("?")


def test_a_copy_is_kept(shown):
    page = opened(shown(NET))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save a copy").click()
    assert Path(saved.value.path()).read_text() == NET
    assert saved.value.suggested_filename == "net.prototxt"
