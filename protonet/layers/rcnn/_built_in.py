"""What the built-in Python layers of Faster R-CNN share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from ...core.layer import Layer
from ...errors import DataError, PrototxtError, ShapeError
from ...kernels import anchors
from ...log import log
from .._stand_in import StandIn
from ._settings import DEFAULTS, checked, flat

#: Types that only R-FCN's nets have.
_RFCN = {"PSROIPooling", "BoxAnnotatorOHEM", "SoftmaxWithLossOHEM", "SmoothL1LossOHEM"}


class BuiltIn(StandIn):
    """Base: reads `param_str`, finds settings, and passes no gradient on.

    Its settings are those of `param_str` ('RPN_MIN_SIZE': 8, or 'TRAIN.RPN_MIN_SIZE': 8), then
    those given to the net, then py-faster-rcnn's defaults.
    """

    #: What `param_str` may hold beside settings.
    own: ClassVar[tuple[str, ...]] = ()

    def __init__(self, param: Any, layer: Layer) -> None:
        super().__init__(param, layer)
        self.context, self.phase = layer.context, layer.phase
        self.given = self._checked(dict(flat(self.given)))

    def _checked(self, found: dict[str, Any]) -> dict[str, Any]:
        name = "param_str"
        for key, value in found.items():
            setting = key if key in DEFAULTS else f"{self._state}.{key}"
            if setting in DEFAULTS:
                try:
                    found[key] = checked(setting, value)
                except PrototxtError as error:
                    raise self.layer.fault(f"{name}: {error.what}", error.hint, name) from None
            elif key not in self.own:
                log.warning("layer '%s': %s of %s is not read", self.layer.name, key, name)
        return found

    @property
    def _state(self) -> str:
        return "TRAIN" if self.phase == 0 else "TEST"

    def setting(self, name: str, state: str = "") -> Any:
        """A setting of a phase ("": the layer's own)."""
        full = f"{state or self._state}.{name}"
        for key in (full, name):
            if key in self.given:
                return self.given[key]
        return self.context.rcnn_config.get(full, DEFAULTS[full])

    def number(self, key: str, default: float | None = None) -> float:
        """A number of `param_str`; a fault if it is missing and there is no default."""
        value = self.given.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            what = f"{key} is missing" if value is None else f"{key} is {value!r}"
            raise self.layer.fault(
                f"param_str: {what}", f"write \"'{key}': 16\", 0 or more", "param_str"
            )
        return value

    def numbers(self, key: str, default: Sequence[float]) -> list[float]:
        value = self.given.get(key, default)
        fits = isinstance(value, (list, tuple)) and len(value) > 0
        if not fits or not all(isinstance(x, (int, float)) and x > 0 for x in value):
            raise self.layer.fault(
                f"param_str: {key} is {value!r}", "write a list of numbers above 0", "param_str"
            )
        return [*value]

    def base_anchors(self) -> NDArray:
        """The anchors of one place, (A, 4): ratios 0.5, 1, 2 times scales 8, 16, 32."""
        return anchors.base_anchors(
            self.number("base_size", 16),
            self.numbers("ratios", [0.5, 1, 2]),
            self.numbers("scales", [8, 16, 32]),
            np.rint,
        ).astype(self.dtype)

    @property
    def rfcn(self) -> bool:
        """Does the net mean R-FCN's layers, whose tops have four axes?"""
        net = self.context.net
        types = {layer.type for layer in net.layer} if net is not None else set()
        return self.context.fork == "r-fcn" or bool(types & _RFCN)


def true_boxes(blob: Blob) -> NDArray:
    """Boxes of objects (G, 5), x1, y1, x2, y2, label.  DataError if one has no size."""
    if blob.count == 0 or len(blob.shape) < 2 or blob.shape[1] != 5:
        raise ShapeError(
            f"bottom 1 has shape {blob.shape}, true boxes are rows of 5",
            "each is x1, y1, x2, y2 and the label; an image without any cannot be learnt from",
        )
    rows = blob.data.reshape(-1, 5).astype(np.float64)
    good = np.isfinite(rows).all(axis=1)
    good &= (rows[:, 2] >= rows[:, 0]) & (rows[:, 3] >= rows[:, 1])
    if not good.all():
        at = int(np.argmin(good))
        text = ", ".join(f"{value:g}" for value in rows[at])
        raise DataError(f"true box {at} is ({text})", "it must be finite, x1 <= x2 and y1 <= y2")
    return rows
