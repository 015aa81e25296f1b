"""What computes a net in place of its own executor: onnxruntime, or NumPy for many threads.

`compile` makes a net ready for many threads; `engage` has an engine make the passes of a net.
"""

from . import numpy_engine as _numpy  # noqa: F401  (fills the table)
from . import onnx_engine as _onnx  # noqa: F401  (fills the table)
from .base import ENGINES, Engine, Options, register
from .compiled import Compiled, compile
from .execute import engage

__all__ = ["ENGINES", "Compiled", "Engine", "Options", "compile", "engage", "register"]
