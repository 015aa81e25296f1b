"""Paths to fields: `layer[conv1].convolution_param.num_output`, `layer[0].bottom[1]`.

In brackets stands an index, from the end if it is negative, or the name of a message that has
a `name`; a name in quotes is never an index: `layer["2"]`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import PrototxtError

_STEP = re.compile(
    r"""
    (?P<name> [A-Za-z_]\w* )
    (?: \[ (?: " (?P<quoted> .*? ) " | (?P<index> -?[0-9]+ ) | (?P<bare> [^"].*? ) ) \]
        (?= \. | \Z ) )?
    (?P<end> \. | \Z )""",
    re.VERBOSE,
)


class Step(NamedTuple):
    """A field, and which of its values: by index, by name, or None for the only one."""

    name: str
    key: int | str | None

    def __str__(self) -> str:
        return self.name if self.key is None else f"{self.name}[{self.key}]"


def steps(path: str) -> list[Step]:
    """The steps of a path.  PrototxtError if it is none.

    >>> steps('layer[conv1/7x7].param[-1].name')
    [Step(name='layer', key='conv1/7x7'), Step(name='param', key=-1), Step(name='name', key=None)]
    """
    found, at = [], 0
    while match := _STEP.match(path, at):
        key: int | str | None = match["quoted"] if match["quoted"] is not None else match["bare"]
        found.append(Step(match["name"], key if match["index"] is None else int(match["index"])))
        at = match.end()
        if not match["end"]:
            return found
    raise PrototxtError(
        f"'{path}' is no path to a field",
        "write it like layer[conv1].convolution_param.num_output or layer[0].bottom[1]",
    )
