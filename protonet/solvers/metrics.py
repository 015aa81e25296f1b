"""MetricsFile: what is logged, as JSON lines for programs to read."""

from __future__ import annotations

import json
import math
import os
import time
from typing import Any

from .callbacks import Callback
from .lasting_file import LastingFile


class MetricsFile(Callback[object]):
    """Writes what is logged as JSON lines: one object a record, numbers as numbers.

    The last one, of kind "end", says that no more will come, whether or not the training came to
    its end.  Appends to a file that is there.  Not-a-number and infinity are written as null, since
    JSON has no word for them.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self._file = LastingFile(path, "a")
        self._start = time.perf_counter()

    def on_report(self, solver: object, record: dict[str, Any]) -> None:
        record = {"seconds": round(time.perf_counter() - self._start, 3), **record}
        self._file.write(json.dumps(finite(record)) + "\n")

    def close(self) -> None:
        self.on_report(None, {"kind": "end"})
        self._file.close()


def finite(value: Any) -> Any:
    """Plain values with None for each number that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return value
