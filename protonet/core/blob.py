"""Blob: an N-dimensional array and its gradient, as live NumPy views of growable memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .. import budget
from ..errors import NetError, ShapeError

MAX_AXES = 32
MAX_COUNT = 2**31 - 1

#: Held by the thread that makes first values: nets of several threads may share them.
first_values = threading.RLock()


@cache
def _nothing(dtype: np.dtype) -> NDArray:
    return np.empty(0, dtype)


class Memory:
    """Flat memory that one or more blobs look at; it grows, and shrinks on request only.

    `flat` is allocated when it is first needed, zeroed.  Blobs that share a Memory follow
    when `flat` is replaced, so that an `Arena` may move parameters after they were shared.
    placed: whether it was.  zeros: what allocates.  first: called when the values are first
    needed, to set `flat` to others than zeros; None once they are there.
    """

    __slots__ = ("dtype", "first", "flat", "placed", "zeros")

    @property
    def lost(self) -> bool:
        """Are there no values to be had?"""
        return False

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.flat: NDArray = _nothing(self.dtype)
        self.placed = False
        self.zeros: Callable[[int, np.dtype], NDArray] = np.zeros
        self.first: Callable[[], object] | None = None

    def view(self, shape: tuple[int, ...], count: int) -> NDArray:
        if self.first is not None:
            self._begin()
        if self.flat.size < count:
            what = f"a blob of shape {shape}, {count * self.dtype.itemsize / 2**30:.3g} GiB,"
            hint = "make the batch, the input or the layer smaller"
            budget.refuse("memory", count * self.dtype.itemsize, what, NetError, hint)
            self.flat = self.zeros(count, self.dtype)
        return self.flat[:count].reshape(shape)

    def shrink(self, count: int) -> None:
        """Give back what lies behind the first `count` values, which move."""
        if not self.placed and self.flat.size > count:
            values = self.zeros(count, self.dtype)
            values[:] = self.flat[:count]
            self.flat = values

    def _begin(self) -> None:
        with first_values:
            if self.first is not None:
                self.first()
                self.first = None


class Blob:
    """Values (`data`) and gradients (`diff`) of one shape, C-contiguous.

    Both are live views: writing into them is writing into the net, and they stay valid
    after the net is gone.  The gradient is allocated when it is first touched.

    shape: 0 to 32 axes, 0 or more values on each, at most 2^31-1 values in all (as in
    Caffe); anything else raises ShapeError.
    """

    __slots__ = (
        "_data",
        "_data_base",
        "_data_view",
        "_diff",
        "_diff_base",
        "_diff_view",
        "count",
        "shape",
    )
    _data_base: NDArray | None
    _diff_base: NDArray | None

    def __init__(self, shape: Sequence[int] = (), dtype: DTypeLike = np.float32) -> None:
        self._data, self._diff = Memory(dtype), Memory(dtype)
        self.reshape(*shape)

    def reshape(self, *shape: int) -> None:
        """Give the blob a new shape.  Values are kept as long as they fit the old memory."""
        shape = tuple(int(n) for n in shape)
        if len(shape) > MAX_AXES:
            raise ShapeError(f"a blob has at most {MAX_AXES} axes, not {len(shape)}")
        count = 1
        for n in shape:
            if n < 0:
                raise ShapeError(f"shape {shape} has a negative dimension", "give 0 or more")
            count *= n
        if count > MAX_COUNT:
            raise ShapeError(
                f"shape {shape} has {count} values, more than 2^31-1",
                "make an axis smaller: the batch, the image or num_output",
            )
        self.shape, self.count = shape, count
        self._data_base = self._diff_base = None

    @property
    def data(self) -> NDArray:
        if self._data_base is None or self._data_base is not self._data.flat:
            self._data_view = self._data.view(self.shape, self.count)
            self._data_base = self._data.flat
        return self._data_view

    @property
    def diff(self) -> NDArray:
        if self._diff_base is None or self._diff_base is not self._diff.flat:
            self._diff_view = self._diff.view(self.shape, self.count)
            self._diff_base = self._diff.flat
        return self._diff_view

    def take(self, values: NDArray, keep: bool = False) -> None:
        """Have these values, of the blob's count, instead of its first ones.

        keep: nobody else has the array, and it may become the blob's memory.  It does where
        nobody has seen another yet and it can be one: of the dtype, contiguous, aligned, not
        read-only.  Else the values are copied.
        """
        memory = self._data
        unseen, memory.first = memory.flat.size == 0, None
        if keep and unseen and values.dtype == memory.dtype and values.flags.carray:
            memory.flat = values.reshape(-1)
        else:
            self.data[...] = values.reshape(self.shape)

    def share_data(self, other: Blob) -> None:
        """Look at the values of `other` from now on.

        Values in an arena cannot leave it: then `other` and all who share with it come in.
        NetError if they lie in another one, that of a second solver.
        """
        if not self._data.placed or self._data.flat is other._data.flat:
            self._data, self._data_base = other._data, None
            return
        if other._data.placed:
            raise NetError(
                "two nets that are trained, each by its own solver, cannot share parameters",
                "train one of them, and give the other net to no solver",
            )
        self.data[...] = other.data.reshape(self.shape)
        other._data.flat, other._data.placed = self._data.flat, True

    def share_diff(self, other: Blob) -> None:
        """Look at the gradients of `other` from now on."""
        self._diff, self._diff_base = other._diff, None

    def shares_data_with(self, other: Blob) -> bool:
        return self._data is other._data

    @property
    def data_memory(self) -> Memory:
        """The memory of the values: the same object for all blobs that share them."""
        return self._data

    def move_data(self, memory: Memory) -> None:
        """Have the values in another memory from now on, whatever it holds."""
        self._data, self._data_base = memory, None

    @property
    def diff_memory(self) -> Memory:
        """The memory of the gradients."""
        return self._diff

    def forget_views(self) -> None:
        """Hold no array but the memory itself, so that it goes when that is replaced."""
        self._data_base = self._diff_base = None
        self._data_view = self._diff_view = _nothing(self.dtype)

    def place(self, data: NDArray, diff: NDArray) -> None:
        """Move values and gradients into the given flat arrays, for all who share them.

        NetError if the values were placed before: whoever works on the old arrays would then
        work on nothing.
        """
        if self._data.placed:
            raise NetError(
                "two nets that share parameters cannot both be trained",
                "train one of them: the others have what it learns",
            )
        self._data.placed = True
        data[:], diff[:] = self.data.reshape(-1), self.diff.reshape(-1)
        self._data.flat, self._diff.flat = data, diff

    @property
    def dtype(self) -> np.dtype:
        return self._data.dtype

    @property
    def has_data(self) -> bool:
        """Whether the values can be had: after the pass of an optimised net some cannot."""
        return not self._data.lost

    @property
    def has_diff(self) -> bool:
        """Whether the gradient was ever touched (and so takes memory)."""
        return self._diff.flat.size > 0

    def axis(self, index: int) -> int:
        """`index` counted from the front: negative ones count from the end."""
        axes = len(self.shape)
        if not -axes <= index < axes:
            raise ShapeError(
                f"axis {index} is out of range for shape {self.shape}",
                f"give {-len(self.shape)} to {len(self.shape) - 1}" if self.shape else "",
            )
        return index % axes

    def count_from(self, start: int, end: int | None = None) -> int:
        """Product of the axes start .. end-1."""
        product = 1
        for n in self.shape[start:end]:
            product *= n
        return product

    # The names of the days when every blob had four axes.

    def _legacy(self, index: int) -> int:
        if len(self.shape) > 4:
            raise ShapeError(f"num, channels, height, width need 4 axes at most, not {self.shape}")
        return self.shape[index] if index < len(self.shape) else 1

    @property
    def num(self) -> int:
        return self._legacy(0)

    @property
    def channels(self) -> int:
        return self._legacy(1)

    @property
    def height(self) -> int:
        return self._legacy(2)

    @property
    def width(self) -> int:
        return self._legacy(3)

    def __repr__(self) -> str:
        size = " x ".join(map(str, self.shape)) or "scalar"
        return f"<Blob {size}, {self.dtype}>"
