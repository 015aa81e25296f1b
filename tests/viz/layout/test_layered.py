"""Rows, order and places of a layered layout, on graphs small enough to know them."""

from __future__ import annotations

import pytest

from protonet.viz.layout.layered import Size, arrange
from protonet.viz.layout.order import crossings, order_rows
from protonet.viz.layout.ranks import make_rows, rank

SIZE = Size(10, 10, 20)


def test_a_node_stands_below_all_it_comes_from():
    assert rank(4, [(0, 1), (1, 2), (0, 2), (2, 3)]) == [0, 1, 2, 3]


def test_a_source_stands_right_above_its_reader():
    """1 is read by 4 only, at the end of 0 - 2 - 3 - 4."""
    assert rank(5, [(0, 2), (2, 3), (3, 4), (1, 4)]) == [0, 2, 1, 2, 3]


def test_long_edges_bend_in_every_row_between():
    rows = make_rows(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert rows.path[0, 3] == [0, 4, 5, 3]
    assert [sorted(row) for row in rows.rows] == [[0], [1, 4], [2, 5], [3]]
    assert rows.is_bend(4) and not rows.is_bend(3)


def test_edges_of_one_source_go_together():
    """0 is read by 1, 2 and 3, each of which reads the one before."""
    rows = make_rows(4, [(0, 1), (1, 2), (2, 3), (0, 2), (0, 3)])
    assert rows.path[0, 2] == [0, 4, 2] and rows.path[0, 3] == [0, 4, 5, 3]
    assert rows.down[4] == [2, 5]


def test_crossings_are_counted_and_taken_out():
    """All of four to all of four cross (4 over 2) squared times."""
    rows = make_rows(8, [(a, b) for a in range(4) for b in range(4, 8)])
    assert crossings(rows) == 36
    rows = make_rows(6, [(0, 5), (1, 4), (2, 3)])
    assert crossings(rows) == 3
    order_rows(rows)
    assert crossings(rows) == 0


def test_an_edge_past_a_box_goes_around_it():
    layout = arrange([SIZE] * 3, [(0, 1), (1, 2), (0, 2)])
    box = layout.boxes[1]
    past = [x for x, y in layout.lines[0, 2] if box.y <= y <= box.bottom]
    assert past and all(x < box.x or x > box.right for x in past)
    assert layout.lines[0, 1][0][1] == layout.boxes[0].bottom
    assert layout.lines[0, 2][-1][1] == layout.boxes[2].y


def test_a_diamond_is_even():
    boxes = arrange([SIZE] * 4, [(0, 1), (0, 2), (1, 3), (2, 3)]).boxes
    assert boxes[1].y == boxes[2].y > boxes[0].bottom
    assert abs(boxes[1].middle - boxes[2].middle) == 36  # two halves and what is between boxes
    assert min(boxes[1].middle, boxes[2].middle) <= boxes[0].middle == boxes[3].middle


def test_uneven_boxes_keep_their_distance():
    sizes = [SIZE, Size(2, 100, 10), Size(50, 5, 30)]
    _, a, b = arrange(sizes, [(0, 1), (0, 2)]).boxes
    left, right = sorted((a, b), key=lambda box: box.x)
    assert right.x - left.right == pytest.approx(16)
    assert (a.width, a.middle - a.x, b.middle - b.x) == (102, 2, 50)


def test_nothing_at_all_and_nodes_without_edges():
    empty = arrange([], [])
    assert (empty.boxes, empty.width, empty.height) == ([], 0, 0)
    a, b = arrange([SIZE] * 2, []).boxes
    assert a.y == b.y and abs(a.x - b.x) >= 20


def test_an_edge_that_is_told_twice_is_one():
    assert len(arrange([SIZE] * 2, [(0, 1), (0, 1)]).lines) == 1
