"""Deal: what each worker goes on from, if a snapshot was written by more of them, or fewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..log import tell

#: What is one stream for all workers, in the state of a layer that reads data.
_SHARED = ("source", "order")


def deal(
    states: Sequence[dict[str, Any]], rank: int, size: int, fresh: dict[str, Any]
) -> dict[str, Any]:
    """The state of the worker `rank` of `size`: its own, if as many wrote the snapshot.

    Else the records are dealt anew from where the last of them was read; random streams of
    workers that were there go on, others begin.  states: of all that were there, each with
    "train_net", "test_nets" and "global".  fresh: of this worker, as it is now.
    """
    before = len(states)
    if before == size:
        return states[rank]
    tell(
        "The snapshot is of %s, this training has %s: records are dealt anew from where it stood",
        _processes(before),
        _processes(size),
    )
    own = states[rank] if rank < before else fresh
    tested = states[0].get("tested", [0] * len(fresh["test_nets"]))
    last = [states[(count - 1) % before]["test_nets"][i] for i, count in enumerate(tested)]
    return {
        "train_net": _nets(own["train_net"], states[-1]["train_net"]),
        "test_nets": _nets(own["test_nets"], last),
        "global": own["global"],
    }


def _processes(count: int) -> str:
    return f"{count} process" + "es" * (count != 1)


def _nets(own: Sequence[dict[str, Any]], last: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {layer: _layer(state, there.get(layer, state)) for layer, state in net.items()}
        for net, there in zip(own, last)
    ]


def _layer(own: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    """The random streams of one worker at the place in the data of another one."""
    if "own" not in own or "own" not in last:
        return own
    mine, there = own["own"], last["own"]
    if "offset" in there:  # the whole of it is the stream
        return {**own, "own": _at_start(there)}
    shared = {key: _at_start(there[key]) for key in _SHARED if key in there}
    return {**own, "own": {**mine, **shared}}


def _at_start(state: Any) -> Any:
    """The same place, where the first worker's turn begins."""
    if not isinstance(state, dict):
        return state
    return {key: 0 if key == "offset" else _at_start(value) for key, value in state.items()}
