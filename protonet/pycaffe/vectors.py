"""The lists of Caffe's Python interface, under their names there.  They are lists."""

from __future__ import annotations

from typing import Any, NoReturn

from ..core.blob import Blob


class BlobVec(list):
    """Blobs: the parameters of a layer, or the blobs of a net."""

    def add_blob(self, *shape: int) -> None:
        """Append a blob of zeros."""
        self.append(Blob(shape))

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        """TypeError: the layer would never see it."""
        raise TypeError(f"a blob cannot be replaced: write [{index}].data[...] = values")


class RawBlobVec(list):
    """Bottoms or tops, as a layer gets them."""


class LayerVec(list):
    """The layers of a net."""


class NetVec(list):
    """The test nets of a solver."""


class IntVec(list):
    """Whole numbers: a shape, indices of blobs."""


class StringVec(list):
    """Names."""


class DtypeVec(list):
    """Floating-point numbers: weights of losses."""


class BoolVec(list):
    """Yes or no, for each bottom."""
