"""Budgets: amounts, where they come from, and what is refused by them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import protonet
from protonet import budget
from protonet.cli.main import main
from protonet.core.blob import Blob
from protonet.errors import DataError, NetError, ProtonetError, PrototxtError
from protonet.net.types import read_definition
from protonet.proto.text import content_of, read_net


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = budget.set_budget()
    yield
    budget.set_budget(*before)


@pytest.mark.parametrize(
    ("text", "count"),
    [("7", 7), ("1.5k", 1500), ("2 MiB", 2 << 20), ("3GB", 3 * 10**9), ("1Ti", 1 << 40)],
)
def test_amounts(text: str, count: int) -> None:
    assert budget.amount(text) == count


@pytest.mark.parametrize("text", ["", "-1", "0", "1e9", "5 apples", "1i", "0.1", "9" * 30])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        budget.amount(text)


def test_program_before_environment_before_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert budget.limit("pixels") == 10**8 and not budget.is_set("pixels")
    monkeypatch.setenv("PROTONET_MAX_PIXELS", "2k")
    assert budget.limit("pixels") == 2000 and budget.is_set("pixels")
    protonet.set_budget(pixels=30)
    assert budget.limit("pixels") == 30
    budget.refuse("pixels", 30, "a stamp")
    with pytest.raises(DataError, match=r"a stamp is more than the budget of 30 pixels: .*--max-p"):
        budget.refuse("pixels", 31, "a stamp", DataError)
    monkeypatch.setenv("PROTONET_MAX_LAYERS", "many")
    with pytest.raises(ProtonetError, match="PROTONET_MAX_LAYERS: 'many' is no amount"):
        budget.limit("layers")
    with pytest.raises(ProtonetError, match="above 0"):
        protonet.set_budget(memory=0)


def test_the_memory_of_the_machine_or_of_its_container(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    measure = budget.machine_memory.__wrapped__
    whole = measure()
    assert whole == 0 or whole > 1 << 26
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "some").write_text(f"{1 << 25}\n")
    for limits, size in ((["max", "none"], whole), (["some", "max"], 1 << 25)):
        monkeypatch.setattr(budget, "_LIMITS", [tmp_path / name for name in limits])
        assert measure() in (size, 1 << 25 if size == 0 else size)


def test_a_blob_over_the_budget_is_refused_when_it_is_needed_not_when_it_is_shaped() -> None:
    budget.set_budget(memory=1 << 20)
    blob = Blob((512, 512))  # just as large
    assert not blob.data.any()
    blob = Blob((512, 513))
    with pytest.raises(NetError, match=r"blob of shape \(512, 513\).*budget of 0.000977 GiB"):
        _ = blob.data
    assert np.prod(blob.shape) == 512 * 513


@pytest.mark.parametrize("word", ["layer", "layers"])
def test_layers_are_counted_while_the_text_is_read(word: str) -> None:
    budget.set_budget(layers=5)
    kind = {"layer": '"Silence"', "layers": "SILENCE"}[word]
    one = f'{word} {{ name: "a" type: {kind} }}\n'
    read_net(one * 5)
    with pytest.raises(PrototxtError, match=r"6:.*more than the budget of 5 layers.*--max-layers"):
        read_net(one * 6)


def test_layers_of_a_message_are_counted_too() -> None:
    message = read_net('layer { name: "a" type: "Silence" }' * 6).message
    budget.set_budget(layers=5)
    with pytest.raises(PrototxtError, match="5 layers"):
        read_definition(message)


def test_options_hold_for_one_command(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.prototxt").write_text(
        'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1024 } } }\n'
        'layer { name: "r" type: "ReLU" bottom: "x" top: "r" }\n'
    )
    assert main(["summary", "net.prototxt", "--max-layers", "1"]) == 3
    assert "net.prototxt:2" in capsys.readouterr().err
    assert main(["summary", "net.prototxt", "--max-layers", "2"]) == 0
    assert not budget.is_set("layers")
    assert main(["db", "check", "nothing", "--max-memory", "1GiB"]) == 4
    with pytest.raises(SystemExit):
        main(["summary", "net.prototxt", "--max-memory", "lots"])
    assert "'lots' is no amount" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["x" * 10**6, "#\n" * 10**5, 'input: "" ' * 10**5])
def test_a_text_is_refused_before_it_is_read(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its characters, its lines, its fields; 3 MB are enough for a tenth of it."""
    monkeypatch.setenv("PROTONET_MAX_MEMORY", "3MB")
    path = tmp_path / "net.prototxt"
    path.write_text(text)
    with pytest.raises(PrototxtError, match=r"net.prototxt: what it may take to read it is more"):
        content_of(path)
    path.write_text(text[: len(text) // 10])
    assert content_of(path) == (text[: len(text) // 10], str(path))
