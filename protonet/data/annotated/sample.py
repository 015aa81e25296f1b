"""BatchSampler: parts of an image that are cut out at random, by SSD's rules.

Each sampler tries up to max_trials times, and keeps up to max_sample of its tries:

    scale uniform in [min_scale, max_scale]
    aspect uniform in [min_aspect_ratio, max_aspect_ratio], limited to [scale^2, 1 / scale^2]
    w = scale sqrt(aspect),  h = scale / sqrt(aspect), the corner anywhere

A try is kept if an object meets its constraint: Jaccard overlap with it, else the covered part
of the try, else that of the object, within min and max; always without one.  (In SSD's code an
object that has met the first kind that is given keeps a try whatever the others say.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import PrototxtError
from ...kernels.boxes import covered, overlaps
from ...proto import caffe_pb2 as pb
from .distort import through_jpeg
from .scene import SIDES, Scene, emitted, seen_from

#: Kinds of constraint in the order of SSD's tests: (tries (T, 4), objects (G, 4)) -> (T, G).
_KINDS: dict[str, Callable[[NDArray, NDArray], NDArray]] = {
    "jaccard_overlap": overlaps,
    "sample_coverage": covered,
    "object_coverage": lambda tries, objects: covered(objects, tries).T,
}


class Samplers:
    """All samplers of an annotated_data_param; those that do not use the original image, of
    which SSD has none, give nothing."""

    def __init__(self, settings: pb.AnnotatedDataParameter, constraint: Any = None) -> None:
        """constraint: the EmitConstraint, if one is given."""
        self._samplers = [one for one in settings.batch_sampler if one.use_original_image]
        self._constraint = constraint
        for i, one in enumerate(settings.batch_sampler):
            _check(one.sampler, f"annotated_data_param.batch_sampler[{i}].sampler")

    def __bool__(self) -> bool:
        return bool(self._samplers)

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """One of the kept tries, picked evenly, cut out; the whole scene if none was kept."""
        objects = scene.boxes[:, SIDES]
        kept = np.concatenate([samples(one, objects, rng) for one in self._samplers])
        if not len(kept):
            return scene
        return through_jpeg(cut_out(scene, kept[rng.integers(len(kept))], self._constraint))


def samples(sampler: pb.BatchSampler, objects: NDArray, rng: np.random.Generator) -> NDArray:
    """The tries that are kept, (n, 4); objects: (G, 4)."""
    trials = int(sampler.max_trials)
    limit = min(trials, sampler.max_sample if sampler.HasField("max_sample") else trials)
    tries = _tries(sampler.sampler, trials, rng)
    return tries[meets(sampler.sample_constraint, tries, objects)][:limit]


def _tries(sampler: pb.Sampler, count: int, rng: np.random.Generator) -> NDArray:
    chances = rng.random((4, count))
    scale = sampler.min_scale + chances[0] * (sampler.max_scale - sampler.min_scale)
    low, high = sampler.min_aspect_ratio, sampler.max_aspect_ratio
    aspect = np.clip(low + chances[1] * (high - low), scale**2, 1 / scale**2)
    size = np.stack([scale * np.sqrt(aspect), scale / np.sqrt(aspect)])
    corner = chances[2:] * np.maximum(1 - size, 0)
    return np.concatenate([corner, corner + size]).T.astype(np.float32)


def meets(constraint: Any, tries: NDArray, objects: NDArray) -> NDArray:
    """Which of the tries (T, 4) some object meets: (T) booleans."""
    for kind, measure in _KINDS.items():
        low, high = f"min_{kind}", f"max_{kind}"
        if not (constraint.HasField(low) or constraint.HasField(high)):
            continue
        values = measure(tries, objects)
        fits = np.ones(values.shape, bool)
        if constraint.HasField(low):
            fits &= values >= np.float32(getattr(constraint, low))
        if constraint.HasField(high):
            fits &= values <= np.float32(getattr(constraint, high))
        return np.asarray(fits.any(axis=1))
    return np.ones(len(tries), bool)


def cut_out(scene: Scene, frame: NDArray, constraint: Any = None) -> Scene:
    """The part of a scene in `frame` (4), in whole pixels; boxes as the frame says."""
    frame = np.clip(frame, 0, 1)
    _, h, w = scene.pixels.shape
    x1, y1, x2, y2 = (frame * np.array([w, h, w, h], np.float32)).tolist()
    top, left = int(y1), int(x1)
    height, width = max(1, int(y2 - y1)), max(1, int(x2 - x1))
    pixels = scene.pixels[:, top : top + height, left : left + width]
    boxes = scene.boxes if constraint is None else emitted(scene.boxes, frame, constraint)
    return Scene(pixels, seen_from(boxes, frame), scene.encoded)


def _check(sampler: pb.Sampler, path: str) -> None:
    pairs: Sequence[tuple[str, str, float | None]] = (
        ("min_scale", "max_scale", 1.0),
        ("min_aspect_ratio", "max_aspect_ratio", None),
    )
    for low, high, most in pairs:
        least, greatest = getattr(sampler, low), getattr(sampler, high)
        if not 0 < least <= greatest or (most is not None and greatest > most):
            raise PrototxtError(
                f"{low} is {least:g} and {high} {greatest:g}",
                f"give 0 < {low} <= {high}" + (f" <= {most:g}" if most is not None else ""),
                field=f"{path}.{low}",
            )
