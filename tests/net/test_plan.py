"""The backward plan, on hand-made chains."""

from __future__ import annotations

from protonet.net.plan import Node, prune


def test_what_leads_to_no_loss_is_dropped():
    used = Node(["x"], ["a"], True, [True], [False])
    loss = Node(["a"], ["loss"], True, [True], [True])
    dead = Node(["x"], ["b"], True, [True], [False])
    prune([used, loss, dead])
    assert (used.needs, loss.needs, dead.needs) == (True, True, False)
    assert dead.into == [False]


def test_a_layer_whose_readers_all_refuse_does_not_run():
    below = Node(["x"], ["a"], True, [True], [False])
    reader = Node(["a"], ["loss"], True, [False], [True])
    prune([below, reader])
    assert not below.needs and below.into == [False]
    assert reader.needs


def test_a_refusing_reader_of_one_top_of_two_does_not_stop_it():
    below = Node(["x"], ["a", "b"], True, [True], [False, False])
    refuses = Node(["a"], ["l1"], True, [False], [True])
    takes = Node(["b"], ["l2"], True, [True], [True])
    prune([below, refuses, takes])
    assert below.needs and below.into == [True]


def test_a_layer_without_tops_runs_no_backward():
    silence = Node(["x"], [], True, [True], [])
    prune([silence])
    assert not silence.needs
