"""Settings as text: YAML as far as it is read, JSON, Python's dicts; and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protonet.errors import PrototxtError
from protonet.proto import yaml

FILE = """\
# of py-faster-rcnn
EXP_DIR: faster_rcnn_end2end
TRAIN:
  HAS_RPN: True   # a comment
  SCALES: [600,
    700]
  PAIRS:
  - 1
  - name: 'it''s'
    note: "a # b"
  - - 2
    - 3
TEST:
    RPN_NMS_THRESH: 7e-1
    EMPTY:
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'feat_stride': 16", {"feat_stride": 16}),
        (
            "'feat_stride': 16 \n'scales': !!python/tuple [8, 16, 32]",
            {"feat_stride": 16, "scales": (8, 16, 32)},
        ),
        ("{'feat_stride': 16, 'scales': (8, .5)}", {"feat_stride": 16, "scales": (8, 0.5)}),
        ("{a: 1, b: [x y, {c: no}], }", {"a": 1, "b": ["x y", {"c": False}]}),
        ("t: !!python/tuple\n- 8\n- 16", {"t": (8, 16)}),
        ("- 1\n- -2.5e+1\n- ~\n- +3", [1, -25.0, None, 3]),
        ("a: 64,7,32", {"a": "64,7,32"}),
        ("a:1", "a:1"),
        ("---\n16", 16),
        ('"x\\n\\"y\\""', 'x\n"y"'),
        ("", None),
        ("# nothing", None),
        (
            FILE,
            {
                "EXP_DIR": "faster_rcnn_end2end",
                "TRAIN": {
                    "HAS_RPN": True,
                    "SCALES": [600, 700],
                    "PAIRS": [1, {"name": "it's", "note": "a # b"}, [2, 3]],
                },
                "TEST": {"RPN_NMS_THRESH": 0.7, "EMPTY": None},
            },
        ),
    ],
)
def test_what_is_read(text: str, value: Any) -> None:
    got = yaml.read(text)
    assert got == value and type(got) is type(value)


def test_json_is_read() -> None:
    value = {"a": [1, 2.5, -3e10, True, None, "x: [y]"], "b": {"c": {}, "d": []}, "e f": ""}
    assert yaml.read(json.dumps(value)) == value
    assert yaml.read(json.dumps(value, indent=2)) == value


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("x: [1, 2", 1, r"a '\[' is not closed by '\]'"),
        ("x: [1, 2)", 1, r"a '\[' is not closed"),
        ("x: [1] 2", 1, "something follows"),
        ("a: 1\n   b: 2", 2, "indented less or more"),
        ("a: 1\nb", 2, "write it as key: value"),
        ("a:\n\tb: 1", 2, "not with tabs"),
        ("a: !!python/object/apply:os.system ['x']", 1, "'!' of YAML is not read"),
        ("a: &anchor 1", 1, "'&' of YAML is not read"),
        ("a: |\n  text", 1, r"'\|' of YAML is not read"),
        ("{'a' 1}", 1, "a map holds key: value"),
        ("{[1]: 2}", 1, "a map holds key: value"),
        ("[" * 200, 1, "more than 50 levels deep"),
        ("\n".join(" " * i + "a:" for i in range(200)), 52, "more than 50 levels deep"),
    ],
)
def test_what_is_refused(text: str, line: int, fault: str) -> None:
    with pytest.raises(PrototxtError, match=fault) as caught:
        yaml.read(text)
    assert caught.value.line == line


def test_nothing_is_run() -> None:
    text = "__import__('os').system('x')"
    assert yaml.read(text) == text


def test_a_long_number_takes_no_time() -> None:
    assert yaml.read("9" * 100_000) == float("inf")
