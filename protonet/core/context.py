"""Context: what a layer is told at construction, instead of asking a global."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from ..errors import DataError
from ..files import permitted

TRAIN, TEST = 0, 1

#: Keys of the workers' own seeds, beyond those of a seed's children.
_RANKS = 1 << 31


class Share(NamedTuple):
    """Of a stream of records, `block` by turns to each of `size` workers: those of `rank`."""

    rank: int = 0
    size: int = 1
    block: int = 1


def permit(path: Path, folder: Path | None, field: str | None = None) -> Path:
    """`path`; DataError, with the field that names it, if it may not be followed."""
    if why := permitted(path, folder):
        raise DataError(why, "put it there, or allow another folder (--root)", field=field)
    return path


@dataclass
class Context:
    """Where and how a layer runs.

    phase: TRAIN or TEST.  dtype: of all blobs.  seed: of all random streams; None or a
    negative number draws one from the system.  rank, size: which of how many workers this
    is.  deal_tests: whether in TEST, too, each of them reads a share of the data.
    root: folder of the model file, beside which data sources are looked for.
    allow_python: whether a Python layer may import the module it names.
    open_data: whether a data layer needs its source; False: a shape from the prototxt will do.
    fork: whose meaning a type has that several forks give another one ("": see
    `protonet.layers.variants`).  rcnn_config: settings of Faster R-CNN's Python layers, by
    names such as "TRAIN.RPN_MIN_SIZE".  net: the NetParameter being built, and blob_count: how many
    blobs the weights at hand have for a layer (None: not known), which tell meanings apart.
    fill: whether parameters get initial values; False: they will share another net's.
    confine: the folder that no path may leave which a net or list names (None: any).
    ignore_bad_labels: whether labels that are no class count like those of ignore_label, where a
    layer knows that.  shapes: of tops, by name, for Input layers and for what is missing.
    partial: whether layers whose shapes are not known may stay as they are, in a net that is only
    looked at.
    """

    phase: int = TEST
    dtype: DTypeLike = np.float32
    seed: int | None = None
    rank: int = 0
    size: int = 1
    deal_tests: bool = False
    root: Path = field(default_factory=Path)
    allow_python: bool = False
    open_data: bool = True
    fork: str = ""
    rcnn_config: Mapping[str, Any] = field(default_factory=dict)
    net: Any = None
    blob_count: Callable[[str], int | None] = lambda name: None
    fill: bool = True
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    partial: bool = False
    confine: Path | None = None
    ignore_bad_labels: bool = False

    def __post_init__(self) -> None:
        seed = self.seed if self.seed is not None and self.seed >= 0 else None
        self._seeds = np.random.SeedSequence(seed)
        self._taken = 0

    def permit(self, path: Path, field: str | None = None) -> Path:
        """`path`, which a net or a list names; DataError if it leads out of `confine`."""
        return permit(path, self.confine, field)

    def next_seed(self) -> int:
        """The number of the next seed: each layer takes one, in the order of the net."""
        self._taken += 1
        return self._taken - 1

    def seed_of(self, number: int) -> np.random.SeedSequence:
        """The seed of that number: what `spawn` of NumPy's SeedSequence would give."""
        root = self._seeds
        return np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, number))

    def own_seed_of(self, number: int) -> np.random.SeedSequence:
        """The same for this worker alone; the first one's is `seed_of`, as if it were alone."""
        seed = self.seed_of(number)
        own = (_RANKS + self.rank,) if self.rank else ()
        return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *own))

    def share(self, batch_size: int) -> Share:
        """Which records of a stream this worker reads: in TRAIN every `size`-th, so that all
        together read in one pass what one would with a batch of them all; in TEST whole
        batches, so that each is one that a single worker would read, or all."""
        if self.phase == TRAIN:
            return Share(self.rank, self.size)
        return Share(self.rank, self.size, batch_size) if self.deal_tests else Share()
