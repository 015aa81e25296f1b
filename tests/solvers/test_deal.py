"""A snapshot of some processes, gone on from by another number of them."""

from __future__ import annotations

from typing import Any

from protonet.solvers.deal import deal


def state(rank: int, offset: int, tested: int = 0) -> dict[str, Any]:
    """Of a worker whose data layer stands at a place of its own, as its random stream does."""
    own = {
        "source": {"key": f"{rank}", "offset": offset, "order": {"position": rank, "offset": 0}},
        "transformer": {"rng": f"crops {rank}"},
    }
    rows = {"files": {"offset": 0}, "row": rank, "offset": offset}
    net = {"0 data": {"rng": rank, "own": own}, "1 rows": {"rng": rank, "own": rows}}
    net["2 drop"] = {"rng": rank}
    return {"train_net": [net], "test_nets": [net], "global": rank, "tested": [tested]}


def test_as_many_go_on_where_each_was():
    states = [state(rank, offset=rank) for rank in range(3)]
    assert [deal(states, rank, 3, {}) for rank in range(3)] == states


def test_others_go_on_behind_the_last_record_with_streams_of_their_own():
    states, fresh = [state(rank, offset=2) for rank in range(3)], state(9, offset=0)
    for rank, random in ((0, 0), (1, 1), (3, 9)):
        layer = deal(states, rank, 4, fresh)["train_net"][0]
        assert layer["0 data"]["own"]["source"] == {
            "key": "2",
            "offset": 0,
            "order": {"position": 2, "offset": 0},
        }
        assert layer["0 data"]["own"]["transformer"] == {"rng": f"crops {random}"}
        assert layer["1 rows"]["own"] == {"files": {"offset": 0}, "row": 2, "offset": 0}
        assert [layer[name]["rng"] for name in layer] == [random] * 3


def test_test_nets_go_on_behind_their_last_batch():
    states = [state(rank, offset=5, tested=2) for rank in range(3)]  # the second one's was last
    layer = deal(states, 0, 1, states[0])["test_nets"][0]["0 data"]
    assert layer["own"]["source"]["key"] == "1" and layer["rng"] == 0
