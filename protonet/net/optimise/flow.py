"""Who writes and who reads a memory, in the order of the steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ...core.blob import Blob
from ..step import Step


def memory(blob: Blob) -> int:
    """Stands for the memory of a blob's values: the same for all blobs that share it."""
    return id(blob.data_memory)


class Flow:
    """Reads and writes of the steps that run; a position is that in the list of steps.

    A value lives from the step that writes it to the next one that writes the same memory.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.reads: dict[int, list[int]] = defaultdict(list)
        self.writes: dict[int, list[int]] = defaultdict(list)
        for at, step in enumerate(steps):
            if not step.idle:
                for key in {memory(blob) for blob in step.bottom}:
                    self.reads[key].append(at)
                for key in {memory(blob) for blob in step.top}:
                    self.writes[key].append(at)

    def writer(self, blob: Blob, before: int) -> int | None:
        """The last step before a position that writes the blob's memory."""
        return max((at for at in self.writes[memory(blob)] if at < before), default=None)

    def only_reader(self, blob: Blob, after: int) -> int | None:
        """The one step that reads what the step at `after` wrote; None for none or several."""
        key = memory(blob)
        end = min((at for at in self.writes[key] if at > after), default=len(self.steps))
        readers = [at for at in self.reads[key] if after < at <= end]
        return readers[0] if len(readers) == 1 else None
