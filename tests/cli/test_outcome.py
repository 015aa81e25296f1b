"""The words at the end of a training."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.cli.outcome import Outcome
from protonet.solvers import get_solver
from tests.cli.conftest import NET, SOLVER


def lines(*options: str, steps: int | None = None, stop: bool = False) -> list[str]:
    """What is said after a training by solver.prototxt."""
    solver = get_solver("solver.prototxt")
    outcome = Outcome()
    solver.add_callback(outcome)
    if steps is None:
        solver.solve()
    else:
        solver.step(steps)
    solver.stopped |= stop
    return outcome.lines(solver, "solver.prototxt", list(options))


def rewrite(*pairs: tuple[str, str], more: str = "") -> None:
    text = SOLVER
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    Path("solver.prototxt").write_text(text + more)


def test_each_test_net_has_its_result(tiny):
    rewrite(("test_iter: 2", "test_iter: [2, 3]"))
    found = lines()
    assert [line.split(": ")[0] for line in found] == [
        "Result after 6 iterations of test net 0",
        "Result after 6 iterations of test net 1",
        "The model is tiny_iter_6.caffemodel",
        "Next",
    ]
    assert all(": loss = " in line for line in found[:2])


def test_outputs_of_many_values_are_left_out(tiny):
    Path("net.prototxt").write_text(
        NET
        + 'layer { name: "all" type: "Power" bottom: "p" top: "all" include { phase: TEST } }\n'
        + 'layer { name: "mean" type: "Reduction" bottom: "p" top: "mean" include { phase: TEST } }'
    )
    result, *_ = lines()
    assert result.startswith("Result after 6 iterations: loss = ") and ", mean = " in result
    assert "all" not in result


def test_a_net_without_single_values(tiny):
    """Then there is nothing to say of the test, but the loss of the training."""
    Path("net.prototxt").write_text(
        NET.replace('layer { name: "loss"', 'layer { name: "loss" include { phase: TRAIN }')
    )
    result, model, *_ = lines()
    assert result.startswith("Result after 6 iterations: training loss = ")
    assert model == "The model is tiny_iter_6.caffemodel"


def test_nothing_was_trained(tiny):
    rewrite(("max_iter: 6", "max_iter: 0"))
    assert not any("training loss" in line for line in lines(steps=0))
    assert lines(steps=0) == ["The model was not saved"]


def test_the_test_that_is_next_has_the_state_of_the_test_net(tiny):
    rewrite(more='test_state { level: 2 stage: "extra" stage: "b" }\n')
    *_, following = lines("--allow-python")
    assert following == (
        "Next: protonet test net.prototxt tiny_iter_6.caffemodel --iterations 2 --level 2 "
        "--stage extra,b --allow-python"
    )
    rewrite(more="test_state { }\n")
    *_, following = lines()
    assert following.endswith(" --iterations 2")


def test_a_net_inside_the_solver_has_no_file_to_test(tiny):
    rewrite(('net: "net.prototxt"\n', ""), more=f"net_param {{ {NET} }}\n")
    assert lines()[-1] == "The model is tiny_iter_6.caffemodel"


def test_a_stop_that_saved_nothing_has_no_way_on(tiny):
    assert lines(steps=2, stop=True)[-1] == "The model was not saved"


@pytest.mark.parametrize("name", ["a model", "it's"])
def test_names_are_quoted_for_the_shell(tiny, name):
    rewrite(('"tiny"', f'"{name}"'))
    *_, following = lines()
    quoted = {"a model": "'a model_iter_6.caffemodel'", "it's": "'it'\"'\"'s_iter_6.caffemodel'"}
    assert following == f"Next: protonet test net.prototxt {quoted[name]} --iterations 2"


def test_paths_are_told_from_the_current_folder(tiny, monkeypatch):
    """A prefix from the root is long to read; one that lies elsewhere stays what it is."""
    (tiny / "here").mkdir()
    (tiny / "there").mkdir()
    whole = (('"tiny"', f'"{tiny}/here/tiny"'), ('"net.prototxt"', f'"{tiny}/net.prototxt"'))
    rewrite(*whole)
    _, model, following = lines()
    assert model == "The model is here/tiny_iter_6.caffemodel"
    assert following == (
        "Next: protonet test net.prototxt here/tiny_iter_6.caffemodel --iterations 2"
    )
    monkeypatch.chdir(tiny / "there")
    rewrite(*whole)
    assert lines()[1] == f"The model is {tiny}/here/tiny_iter_6.caffemodel"
