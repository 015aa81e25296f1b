"""What the built-in Python layers share: they stand in for code that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..core.layer import Blobs, Layer
from ..errors import NetError, PrototxtError
from ..proto import yaml
from .python import PythonLayer


class StandIn(PythonLayer):
    """Base: reads `param_str`, counts bottoms and tops, and passes no gradient on."""

    #: How many bottoms and tops.
    arity: ClassVar[tuple[tuple[int, ...], tuple[int, ...]]] = (1,), (1,)

    def __init__(self, param: Any, layer: Layer) -> None:
        """layer: the Python layer that runs it."""
        super().__init__(param)
        self.layer, self.rng, self.dtype = layer, layer.rng, layer.dtype
        #: What `param_str` says.
        self.given = self._read(param.python_param)

    def _read(self, param: Any) -> dict[str, Any]:
        name = "param_str"
        try:
            found = yaml.read(param.param_str)
        except PrototxtError as error:
            raise self.layer.fault(f"{name}: {error.what}", error.hint, name) from None
        if found is not None and not isinstance(found, dict):
            raise self.layer.fault(
                f"{name} is {param.param_str!r}", "write it as \"'feat_stride': 16\"", name
            )
        return found or {}

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        for kind, blobs, allowed in zip(("bottoms", "tops"), (bottom, top), self.arity):
            if len(blobs) not in allowed:
                numbers = " or ".join(map(str, allowed))
                raise NetError(f"{len(blobs)} {kind}: {type(self).__name__} takes {numbers}")

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down):
            if wanted:
                blob.diff.fill(0)
