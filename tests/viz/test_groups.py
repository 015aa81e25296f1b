"""Blocks by the names that published nets give their layers."""

from __future__ import annotations

import pytest

from protonet.viz.groups import find_groups

RESNET = "res2a_branch1 bn2a_branch1 scale2a_branch1 res2a_branch2a res2a res2a_relu"


@pytest.mark.parametrize(
    ("names", "blocks"),
    [
        (
            "data conv1/7x7_s2 inception_3a/1x1 inception_3a/relu_1x1 inception_3a/output fc",
            {"inception_3a": 3},
        ),
        (f"{RESNET} {RESNET.replace('2a', '2b')}", {"res2a": 6, "res2b": 6}),
        ("conv2_1/dw conv2_1/dw/bn relu2_1/dw conv2_1/sep conv2_1/sep/bn", {"conv2_1": 5}),
        ("conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1 relu2_1", {"conv1": 5}),
        ("fire2/squeeze1x1 fire2/relu fire2/concat pool3", {"fire2": 3}),
        ("conv4_3_norm conv4_3_norm_mbox_loc conv4_3_norm_mbox_conf", {"conv4_3_norm": 3}),
        ("fc6 relu6 drop6 fc7 relu7 drop7", {}),
        ("conv1 relu1 pool1 ip1", {}),
        ("a/x b/x a/y b/y a/z", {}),
        ("", {}),
    ],
)
def test_blocks(names: str, blocks: dict[str, int]) -> None:
    layers = names.split()
    groups = find_groups(layers)
    assert {g.name: g.stop - g.start for g in groups if g.name} == blocks
    # Every layer is in one group, in order.
    assert [i for g in groups for i in range(g.start, g.stop)] == [*range(len(layers))]
