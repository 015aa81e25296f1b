"""DummyData: blobs from fillers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..core import fillers
from ..core.layer import Blobs, Layer, at_least, exactly
from ..core.registry import register

T = TypeVar("T")

_OLD = ("num", "channels", "height", "width")


@register
class DummyData(Layer):
    """Blobs of constant or random values, to try a net without data.

    no bottom -> top[i] of the shape given.

    dummy_data_param: shape, one for all tops or one for each (or the old num, channels,
    height, width, likewise); data_filler, none (zeros), one for all or one for each.
    A constant is written once, when the net is built; random values are drawn at each pass.
    """

    type = "DummyData"
    messages = ("dummy_data_param",)
    bottoms = exactly(0)
    tops = at_least(1)
    has_backward = False
    shared_out = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        given = self.param.dummy_data_param.data_filler
        if len(given) not in (0, 1, len(top)):
            raise self.fault(
                f"{len(given)} fillers for {len(top)} tops",
                "give none, one for all or one for each",
                "data_filler",
            )
        self._fillers = [_nth(given, i) for i in range(len(top))] if given else []
        for blob, shape in zip(top, self._shapes(len(top))):
            blob.reshape(*shape)
        for blob, filler in zip(top, self._fillers):
            self.check_filler(filler, blob.shape)
        self._fill(top, constant=True)

    def _shapes(self, tops: int) -> list[tuple[int, ...]]:
        param = self.param.dummy_data_param
        old = [name for name in _OLD if len(getattr(param, name))]
        if old and param.shape:
            raise self.fault(f"both shape and {old[0]} are given", "keep shape", old[0])
        for name in _OLD if old else ("shape",):
            if len(getattr(param, name)) not in (1, tops):
                raise self.fault(
                    f"{len(getattr(param, name))} of {name} for {tops} tops",
                    "give one for all or one for each",
                    name,
                )
        if old:
            return [tuple(_nth(getattr(param, n), i) for n in _OLD) for i in range(tops)]
        return [tuple(_nth(param.shape, i).dim) for i in range(tops)]

    def _fill(self, top: Blobs, constant: bool) -> None:
        for blob, filler in zip(top, self._fillers):
            if (filler.type == "constant") == constant:
                fillers.fill(filler, blob.data, self.rng)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """The shapes stand since setup."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._fill(top, constant=False)


def _nth(values: Sequence[T], i: int) -> T:
    return values[i if len(values) > 1 else 0]
