"""Every wrong definition of the golden data is refused, with its place; what only looks
wrong still runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from protonet.errors import DataError, ProtonetError
from protonet.net.net import Net
from protonet.solvers import get_solver
from tests.harness import golden

ENTRIES: list[dict[str, Any]] = golden.index("errors.json")

#: What the reference does in silence and should not.
REFUSED_HERE: dict[str, type[ProtonetError]] = {
    "softmax_label_range": DataError,
    "softmax_label_fraction": DataError,  # takes the whole part there
}
#: What the reference documents but cannot do, and works here.
ACCEPTED_HERE = {
    "pool_stochastic",  # has no code for the CPU there
    "two_top_softmax_loss",  # its checks of loss_weight contradict each other there
}
REJECTED = [
    e
    for e in ENTRIES
    if (e["rejected"] or e["name"] in REFUSED_HERE) and e["name"] not in ACCEPTED_HERE
]
ACCEPTED = [e for e in ENTRIES if e not in REJECTED]

#: Faults of something that is absent: there is no line to name.
NO_LINE = {"empty_net", "solver_no_net"}
#: Faults in a text that are found before there are layers.
NO_LAYER = {"empty_net", "old_and_new_layers"}


def test_all_entries_are_there() -> None:
    assert len(REJECTED) + len(ACCEPTED) == len(ENTRIES) == 156


def named(entries: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(entry, id=entry["name"]) for entry in entries]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(entry: dict[str, Any]) -> None:
    """All stages of an entry, from its text in a file of the current directory."""
    for name, text in entry.get("files", {}).items():
        Path(name).write_text(text)
    if entry["kind"] == "solver":
        Path("solver.prototxt").write_text(entry["text"])
        get_solver("solver.prototxt").step(entry.get("steps", 1))
        return
    Path("net.prototxt").write_text(entry["text"])
    net = Net("net.prototxt", allow_python=True)
    for name in net.inputs:
        net.blobs[name].data[...] = entry.get("values", {}).get(name, 0)
    for _ in range(entry.get("passes", 1) if "forward" in entry["stages"] else 0):
        net.forward()
    if "backward" in entry["stages"]:
        net.backward()


@pytest.mark.parametrize("entry", named(REJECTED))
def test_is_refused_with_its_place(entry: dict[str, Any]) -> None:
    with pytest.raises(REFUSED_HERE.get(entry["name"], ProtonetError)) as caught:
        run(entry)
    message, error = str(caught.value), caught.value
    assert "\n" not in message
    assert ("unknown type" in message) == (entry["name"] == "unknown_type")
    assert message.startswith(f"{entry['kind']}.prototxt"), message
    lines = entry["text"].splitlines()
    if entry["name"] not in NO_LINE:
        found = re.match(r"\w+\.prototxt:(\d+):", message)
        assert found and 1 <= int(found[1]) <= max(len(lines), 1), message
    if entry["kind"] == "net" and entry.get("at") != "parse" and entry["name"] not in NO_LAYER:
        assert error.layer is not None and f"layer '{error.layer}'" in message
        assert f'name: "{error.layer}"' in lines[error.line - 1], message


@pytest.mark.parametrize("entry", named(ACCEPTED))
def test_runs(entry: dict[str, Any]) -> None:
    run(entry)
