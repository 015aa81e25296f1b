"""Coverage: how many records a number of passes of a net read, and how often each."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..net.net import Net


class Coverage(NamedTuple):
    """Of one data layer.  batch: records a pass of the net.  read: in all.  records: in the
    source, None where that is not known."""

    layer: str
    batch: int
    read: int
    records: int | None

    @classmethod
    def of(cls, net: Net, iterations: int) -> list[Coverage]:
        """Of each data layer of a net that reads a source."""
        found = []
        for step in net.steps:
            if not step.bottom and step.layer.records is not None and step.top:
                batch = step.top[0].shape[0]
                found.append(cls(step.layer.name, batch, batch * iterations, step.layer.records))
        return found

    @property
    def passes(self) -> float | None:
        return None if not self.records else self.read / self.records

    def as_dict(self) -> dict[str, Any]:
        return {"read": self.read, "records": self.records, "passes": self.passes}

    def __str__(self) -> str:
        told = f"{self.read} records read by '{self.layer}'"
        if not self.records:
            return told
        whole, rest = divmod(self.read, self.records)
        if not rest:
            return f"{told}: each of its {self.records} {_times(whole)}"
        if whole:
            told += f": its {self.records} {_times(whole)}, {rest} of them once more"
        else:
            told += f": the first of its {self.records}"
        exact, over = divmod(self.records, self.batch)
        if over:
            return f"{told} (no number of batches of {self.batch} fits)"
        return f"{told} (--iterations {exact}: each once)"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
