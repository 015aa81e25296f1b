"""Parts of images, drawn by the rules."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.data.annotated.sample import Samplers, cut_out, meets, samples
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb

from .make import found, painted

SAMPLER = {"min_scale": 0.3, "max_scale": 1, "min_aspect_ratio": 0.5, "max_aspect_ratio": 2}
OBJECTS = np.array([[0.1, 0.1, 0.4, 0.5], [0.6, 0.5, 0.9, 0.95]], np.float32)


def intersection(a: np.ndarray, b: np.ndarray) -> float:
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return w * h if w > 0 and h > 0 else 0.0


def area(a: np.ndarray) -> float:
    return (a[2] - a[0]) * (a[3] - a[1])


MEASURES = {
    "jaccard_overlap": lambda s, o: intersection(s, o) / (area(s) + area(o) - intersection(s, o)),
    "sample_coverage": lambda s, o: intersection(s, o) / area(s),
    "object_coverage": lambda s, o: intersection(s, o) / area(o),
}


def make(constraint: dict | None = None, **fields: object) -> pb.BatchSampler:
    return pb.BatchSampler(
        sampler=pb.Sampler(**SAMPLER),
        sample_constraint=pb.SampleConstraint(**(constraint or {})),
        **fields,
    )


def test_tries_keep_scale_and_aspect() -> None:
    boxes = samples(make(max_trials=500), OBJECTS, np.random.default_rng(1)).astype(np.float64)
    assert boxes.shape == (500, 4) and boxes.min() >= 0 and boxes.max() <= 1 + 1e-6
    size = boxes[:, 2:] - boxes[:, :2]
    scale, aspect = np.sqrt(size[:, 0] * size[:, 1]), size[:, 0] / size[:, 1]
    assert 0.3 - 1e-5 <= scale.min() < 0.35 and 0.95 < scale.max() <= 1 + 1e-5
    assert 0.5 - 1e-4 <= aspect.min() < 0.6 and 1.8 < aspect.max() <= 2 + 1e-4


@pytest.mark.parametrize("kind", MEASURES)
@pytest.mark.parametrize("bounds", [{"min": 0.3}, {"max": 0.2}, {"min": 0.1, "max": 0.5}])
def test_constraints_against_loops(kind: str, bounds: dict[str, float]) -> None:
    tries = samples(make(max_trials=200), OBJECTS, np.random.default_rng(2))
    constraint = pb.SampleConstraint(**{f"{end}_{kind}": v for end, v in bounds.items()})
    want = [
        any(bounds.get("min", 0) <= MEASURES[kind](t, o) <= bounds.get("max", 1) for o in OBJECTS)
        for t in tries.astype(np.float64)
    ]
    assert sum(want) > 0
    assert meets(constraint, tries, OBJECTS).tolist() == want


def test_the_first_kind_decides() -> None:
    tries = samples(make(max_trials=200), OBJECTS, np.random.default_rng(2))
    both = pb.SampleConstraint(min_jaccard_overlap=0.3, min_object_coverage=2)
    alone = pb.SampleConstraint(min_jaccard_overlap=0.3)
    assert meets(both, tries, OBJECTS).tolist() == meets(alone, tries, OBJECTS).tolist()


def test_no_object_meets_nothing_but_no_constraint() -> None:
    nothing = OBJECTS[:0]
    rng = np.random.default_rng(1)
    assert len(samples(make({"min_jaccard_overlap": 0.0}), nothing, rng)) == 0
    assert len(samples(make(), nothing, rng)) == 100  # max_trials as it is by default


def test_hits_are_limited() -> None:
    assert len(samples(make(max_sample=1, max_trials=50), OBJECTS, np.random.default_rng(1))) == 1


def test_the_box_follows_into_the_part() -> None:
    scene = painted(100, 200, (0.25, 0.5, 0.75, 0.9))
    made = cut_out(scene, np.array([0.375, 0.25, 1.0, 0.75], np.float32))
    assert made.pixels.shape == (3, 50, 125)
    np.testing.assert_allclose(made.boxes[0, 2:6], found(made.pixels), atol=1e-6)
    gone = cut_out(scene, np.array([0.7, 0, 1, 1], np.float32), pb.EmitConstraint())
    assert len(gone.boxes) == 0


def test_one_of_all_samplers_is_picked() -> None:
    settings = pb.AnnotatedDataParameter()
    settings.batch_sampler.add(max_sample=1, max_trials=1)  # scale 1: the whole image
    settings.batch_sampler.add(max_sample=1).sampler.min_scale = 0.1
    settings.batch_sampler[1].sampler.max_scale = 0.1
    settings.batch_sampler.add(use_original_image=False)
    step, rng = Samplers(settings), np.random.default_rng(1)
    sizes = [step(painted(20, 20, (0, 0, 1, 1)), rng).pixels.shape[1] for _ in range(100)]
    assert set(sizes) <= {20, 1, 2} and 30 < sizes.count(20) < 70


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"min_scale": 0}, "min_scale is 0"),
        ({"max_scale": 1.5}, "max_scale 1.5: give 0 < min_scale <= max_scale <= 1"),
        ({"min_aspect_ratio": 2}, "min_aspect_ratio is 2 and max_aspect_ratio 1"),
    ],
)
def test_bad_samplers(fields: dict[str, float], words: str) -> None:
    settings = pb.AnnotatedDataParameter()
    settings.batch_sampler.add(sampler=pb.Sampler(**fields))
    with pytest.raises(PrototxtError, match=words):
        Samplers(settings)
