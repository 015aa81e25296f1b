"""Reader: finds outputs of a net that it understands, and says what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from numpy.typing import NDArray

from ...core.registry import Registry
from ...errors import NetError
from ...net.net import Net
from ...net.step import Step
from ..names import Names
from ..placement import Placement

#: By the kind of answer.
READERS: Registry[type[Reader]] = Registry("reader")


@dataclass(frozen=True)
class Settings:
    """top: how many classes are told.  score: the least of a box.  nms: how much two boxes of a
    class may overlap, where the net has not chosen among them."""

    top: int = 5
    score: float = 0.5
    nms: float = 0.3
    names: Names = field(default_factory=Names)
    #: Sizes of YOLO's boxes, for nets that end in its grids: (width, height) in pixels, A for
    #: each grid.
    anchors: tuple[tuple[float, float], ...] = ()


@dataclass
class Answer:
    """What one output says of one picture; `kind` is that of the subclass."""

    output: str
    kind: ClassVar[str] = ""

    def rows(self) -> list[dict[str, Any]]:
        """What it says as plain values, a dict for each thing."""
        raise NotImplementedError


class Reader:
    """Base: reads the outputs `names` of a net for a batch of pictures.

    A subclass is made known in READERS with `claim`.  The lower its `rank`, the earlier it is
    asked what outputs are its own.
    """

    kind: ClassVar[str]
    rank: ClassVar[int] = 9
    #: Whether the net takes a picture at a time.
    alone: bool = False
    #: Whether answers of several crops of a picture can be averaged.
    averages: ClassVar[bool] = False

    def __init__(self, names: Sequence[str], settings: Settings) -> None:
        self.names = list(names)
        self.settings = settings

    @classmethod
    def claim(cls, net: Net, free: Sequence[str], settings: Settings) -> list[Reader]:
        """Readers of those of the outputs `free` that this class understands."""
        raise NotImplementedError

    def read(self, values: dict[str, NDArray], places: Sequence[Placement]) -> Sequence[Answer]:
        """An answer for each picture of the batch; values: of the blobs `names`."""
        raise NotImplementedError


def register(cls: type[Reader]) -> type[Reader]:
    return READERS.add(cls.kind, cls)


def readers_of(net: Net, settings: Settings) -> list[Reader]:
    """Readers of all outputs that are understood; NetError if none is."""
    free, found = list(net.outputs), list[Reader]()
    for cls in sorted(READERS.values(), key=lambda cls: cls.rank):
        for reader in cls.claim(net, free, settings):
            found.append(reader)
            free = [name for name in free if name not in reader.names]
    if not found:
        shapes = ", ".join(f"'{name}' {net.blobs[name].shape}" for name in net.outputs)
        raise NetError(
            f"no output is of a kind that is known: {shapes or 'there are none'}",
            "classes are (N, K), maps (N, K, H, W), detections rows of 7; "
            "other blobs: net.predict, or 'protonet extract-features'",
            file=net.definition.file,
        )
    return found


def maker(net: Net, name: str) -> Step | None:
    """The last layer that writes a blob, not in place of its own bottom if another did."""
    made = [step for step in net.steps if name in step.top_names]
    return made[-1] if made else None
