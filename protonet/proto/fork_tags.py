"""What forks added to Caffe's messages, and the numbers they gave to their fields.

Forks gave one number to different fields, so proto/forks.proto has numbers of its own for
them, from FIRST on, which no fork's file has.  The table of the forks' numbers,
`fork_tags.json`, is made from that file by scripts/gen_schema.py.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

#: The first of our own numbers for fields and enum values of forks.
FIRST = 30_000_001

#: Message -> field -> the forks' number (0: not known) -> the forks that use it.
Table = dict[str, dict[str, dict[int, list[str]]]]


@cache
def tables() -> tuple[Table, Table]:
    """For the messages of Caffe 1.0: all fields that forks added.  For the messages of forks:
    those that some fork knows under another number than ours."""
    content = json.loads(Path(__file__).with_name("fork_tags.json").read_text())
    caffe, forks = (
        {
            message: {field: _numbers(text) for field, text in fields.items()}
            for message, fields in content[part].items()
        }
        for part in ("caffe", "forks")
    )
    return caffe, forks


def _numbers(text: str) -> dict[int, list[str]]:
    """{202: ["ssd", "openvino"], 224: ["happynear"]} of "202: ssd openvino; 224: happynear"."""
    pairs = (part.split(": ") for part in text.split("; "))
    return {0 if number == "?" else int(number): forks.split() for number, forks in pairs}


def forks_that_added(message: str, field: str) -> list[str]:
    """The forks that have a field of a message of Caffe 1.0; none if Caffe has it itself."""
    numbers = tables()[0].get(message, {}).get(field, {})
    return sorted({fork for forks in numbers.values() for fork in forks})
