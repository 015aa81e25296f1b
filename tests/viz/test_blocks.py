"""Blocks: by names, and by structure where names do not tell."""

from __future__ import annotations

from protonet.viz.blocks import find_blocks

#: a residual unit without telling names: stem -> x1 -> x2 -> x3, and sum of stem and x3
NAMES = ["in", "stem", "alpha", "beta", "gamma", "plus", "out", "last", "more", "end"]
LINKS = [
    (0, [1]),
    (1, [2, 5]),
    (2, [3]),
    (3, [4]),
    (4, [5]),
    (5, [6]),
    (6, [7]),
    (7, [8]),
    (8, [9]),
]
ALONE = [*range(10)]


def blocks(names, hosts, links):
    return [(group.name, group.start, group.stop) for group in find_blocks(names, hosts, links)]


def test_branches_that_meet_again_are_a_block():
    assert blocks(NAMES, ALONE, LINKS) == [("alpha … plus", 2, 6)]


def test_a_label_that_passes_all_is_no_branch():
    labelled = [(0, [1]), (0, [9]), *LINKS[1:]]
    assert blocks(NAMES, ALONE, labelled) == [("alpha … plus", 2, 6)]


def test_names_come_first():
    names = ["in", "stem", "res1_a", "res1_b", "res1_c", "plus", *NAMES[6:]]
    assert blocks(names, ALONE, LINKS) == [("res1", 2, 5)]


def test_what_is_folded_into_the_last_box_belongs_to_it():
    hosts = [0, 1, 2, 3, 4, 5, 5, 7, 8, 9]  # `out` works in place on `plus`
    links = [*LINKS[:5], (5, [6]), (6, [7]), (7, [8]), (8, [9])]
    assert blocks(NAMES, hosts, links) == [("alpha … out", 2, 7)]


def test_a_whole_net_is_no_block():
    skip = [(0, [1]), (1, [2, 9]), *LINKS[2:]]
    assert blocks(NAMES, ALONE, skip) == []


def test_a_chain_has_none():
    chain = [(i, [i + 1]) for i in range(9)]
    assert blocks(NAMES, ALONE, chain) == []
