"""The packages of the extra `onnx`, imported where they are used."""

from __future__ import annotations

import importlib
from types import ModuleType

from ...errors import missing_extra


def onnx_package() -> ModuleType:
    """The package `onnx`; ProtonetError with the way to get it."""
    return _load("onnx", "writing ONNX files")


def onnxruntime_package() -> ModuleType:
    """The package `onnxruntime`; ProtonetError with the way to get it."""
    return _load("onnxruntime", "running ONNX files")


def _load(name: str, purpose: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise missing_extra(name, "onnx", purpose) from None
