"""Every rule finds its bad example, at the marked lines, and nothing in the good one."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from protonet.check import RULES, Rule, Severity
from protonet.check.run import check_text

MARK = "# <-"


def marked(text: str, code: str) -> list[tuple[str, int]]:
    """(code, line) of each mark; after the arrow stands the code, if it is another rule's."""
    return [
        (line.partition(MARK)[2].strip() or code, number)
        for number, line in enumerate(text.split("\n"), 1)
        if MARK in line
    ]


@pytest.mark.parametrize("code", RULES)
def test_the_bad_example_is_found_at_its_lines(code: str, tmp_path: Path) -> None:
    text = RULES[code].bad
    found = check_text(text, str(tmp_path / "example.prototxt"))
    assert sorted((f.code, f.place.line) for f in found) == sorted(marked(text, code))
    assert any(f.code == code and f.severity == RULES[code].severity for f in found)
    assert all(f.what and len(str(f).split("\n")) == 1 for f in found)


@pytest.mark.parametrize("code", RULES)
def test_the_good_example_is_clean(code: str, tmp_path: Path) -> None:
    found = check_text(RULES[code].good, str(tmp_path / "example.prototxt"))
    assert [str(f) for f in found] == []


@pytest.mark.parametrize(("code", "cls"), RULES.items())
def test_a_rule_is_a_file_with_its_name(code: str, cls: type[Rule]) -> None:
    assert cls.__module__.rpartition(".")[2] == code.replace("-", "_")
    assert (inspect.getdoc(cls) or "").endswith(".")
    assert isinstance(cls.severity, Severity)


def test_every_file_is_a_rule() -> None:
    folder = Path(inspect.getfile(RULES["syntax"])).parent
    files = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")}
    assert files == set(RULES)


@pytest.mark.parametrize("shape", ["", "dim: 1", "dim: 0 dim: 1", "dim: 1 " * 5])
def test_blobs_of_any_number_of_axes_are_no_exception(shape: str, tmp_path: Path) -> None:
    """A rule that looks at an axis looks whether it is there."""
    changed = 0
    for text in (text for cls in RULES.values() for text in (cls.bad, cls.good)):
        text, count = re.subn(r"shape \{[^}]*\}", f"shape {{ {shape} }}", text)
        changed += count
        check_text(text, str(tmp_path / "example.prototxt"))
    assert changed > 50
