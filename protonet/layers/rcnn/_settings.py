"""Settings of Faster R-CNN's Python layers: what py-faster-rcnn kept in its global `cfg`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import DataError, PrototxtError, did_you_mean
from ...log import log
from ...proto import yaml

DEFAULTS: dict[str, Any] = {
    "TEST.RPN_PRE_NMS_TOP_N": 6000,
    "TEST.RPN_POST_NMS_TOP_N": 300,
    "TEST.RPN_NMS_THRESH": 0.7,
    "TEST.RPN_MIN_SIZE": 16,
    "TRAIN.RPN_PRE_NMS_TOP_N": 12000,
    "TRAIN.RPN_POST_NMS_TOP_N": 2000,
    "TRAIN.RPN_NMS_THRESH": 0.7,
    "TRAIN.RPN_MIN_SIZE": 16,
    "TRAIN.RPN_POSITIVE_OVERLAP": 0.7,
    "TRAIN.RPN_NEGATIVE_OVERLAP": 0.3,
    "TRAIN.RPN_CLOBBER_POSITIVES": False,
    "TRAIN.RPN_FG_FRACTION": 0.5,
    "TRAIN.RPN_BATCHSIZE": 256,
    "TRAIN.RPN_BBOX_INSIDE_WEIGHTS": (1.0, 1.0, 1.0, 1.0),
    "TRAIN.RPN_POSITIVE_WEIGHT": -1.0,
    "TRAIN.RPN_NORMALIZE_TARGETS": False,
    "TRAIN.RPN_NORMALIZE_MEANS": (0.0, 0.0, 0.0, 0.0),
    "TRAIN.RPN_NORMALIZE_STDS": (0.1, 0.1, 0.2, 0.2),
    "TRAIN.BATCH_SIZE": 128,
    "TRAIN.FG_FRACTION": 0.25,
    "TRAIN.FG_THRESH": 0.5,
    "TRAIN.BG_THRESH_HI": 0.5,
    "TRAIN.BG_THRESH_LO": 0.1,
    "TRAIN.BBOX_INSIDE_WEIGHTS": (1.0, 1.0, 1.0, 1.0),
    "TRAIN.BBOX_NORMALIZE_TARGETS_PRECOMPUTED": False,
    "TRAIN.BBOX_NORMALIZE_MEANS": (0.0, 0.0, 0.0, 0.0),
    "TRAIN.BBOX_NORMALIZE_STDS": (0.1, 0.1, 0.2, 0.2),
    "TRAIN.AGNOSTIC": False,
    "TRAIN.HAS_RPN": False,
    "TRAIN.IMS_PER_BATCH": 2,
    "TRAIN.SCALES": (600,),
    "TRAIN.MAX_SIZE": 1000,
}


def read_settings(source: Mapping[str, Any] | str | os.PathLike | None) -> dict[str, Any]:
    """Settings from a YAML file of py-faster-rcnn's or a dict, by names such as
    "TRAIN.RPN_MIN_SIZE"; a dict may be nested as the files are.

    Names that no layer here reads are kept.  One that is nearly the name of a setting is warned
    of.  DataError or PrototxtError, with file and line, for a file that cannot be read, and
    PrototxtError for a value of another kind than the default's.
    """
    if source is None:
        return {}
    file = None if isinstance(source, Mapping) else os.fspath(source)
    try:
        given = source if isinstance(source, Mapping) else yaml.read(_text(str(file)))
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise PrototxtError("settings are written as NAME: value")
        return {name: checked(name, value) for name, value in flat(given)}
    except PrototxtError as error:
        raise error.at(file=file or "rcnn_config") from None


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise DataError(
            f"the settings cannot be read: {reason}", "--rcnn-config takes a YAML file", file=file
        ) from error


def flat(given: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values of maps within maps: {"TRAIN": {"X": 1}} -> ("TRAIN.X", 1)."""
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def checked(name: str, value: Any) -> Any:
    """The value of a setting: PrototxtError if it is of another kind than its default."""
    if name not in DEFAULTS:
        near = did_you_mean(name, DEFAULTS)
        if near:
            log.warning("rcnn_config: no layer here reads %s: %s", name, near)
        return value
    fits, wanted = _kind(name, DEFAULTS[name], value)
    if not fits:
        raise PrototxtError(f"{name} is {value!r}", f"it must be {wanted}")
    return tuple(value) if isinstance(value, list) else value


def _kind(name: str, default: Any, value: Any) -> tuple[bool, str]:
    """Whether a value is what a setting needs, and what that is, in words."""
    if isinstance(default, tuple):
        several = isinstance(value, (list, tuple)) and len(value) > 0
        fits = several and all(map(_is_number, value))
        if name == "TRAIN.SCALES":
            return fits, "a list of numbers"
        return fits and len(value) == len(default), f"a list of {len(default)} numbers"
    if isinstance(default, bool):
        return isinstance(value, bool), "true or false"
    if isinstance(default, int) and name.rpartition(".")[2] != "RPN_MIN_SIZE":
        least = -1 if name == "TRAIN.BATCH_SIZE" else 0
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and value >= least, f"a whole number, {least} or more"
    return _is_number(value), "a number"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
