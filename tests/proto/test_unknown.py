"""Fields that no schema knows, as plain values."""

from __future__ import annotations

from typing import Any

import pytest

from protonet.errors import PrototxtError
from protonet.proto.unknown import read_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-0x10", -16),
        ("1.5e-3f", 0.0015),
        ("-inf", float("-inf")),
        ("true", True),
        ("TANH", "TANH"),
        (r'"a\x41" "b"', "aAb"),
        ("[1, -2,\n3]", [1, -2, 3]),
        ("[]", []),
        ("{ }", {}),
        (
            "{ a: 1 b { c: 'x'; d: < e: MAX > }, } # so",
            {"a": 1, "b": {"c": "x", "d": {"e": "MAX"}}},
        ),
        (
            "{ a: 1 a: 2 b: [3] c: [4] c: 5 d { } d { x: 1 } }",
            {"a": [1, 2], "b": [3], "c": [4, 5], "d": [{}, {"x": 1}]},
        ),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = read_value(text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "text", ["", "-'a'", "-true", "{ a: }", "{ 1: 2 }", "[1 2]", "1 2", "1.2.3", "{", "[" * 200]
)
def test_no_values(text: str) -> None:
    with pytest.raises(PrototxtError):
        read_value(text)
