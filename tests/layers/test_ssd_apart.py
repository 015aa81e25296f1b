"""DetectionOutput of Synopsys' fork: what it finds is what SSD's finds in the same predictions."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import PrototxtError, ShapeError

from .one_pass import forward

N, CLASSES = 2, 3
#: Ratios, height and width of the maps.
MAPS = [(2, 3, 2), (3, 1, 2)]
FIELDS = f"num_classes: {CLASSES} code_type: CENTER_SIZE keep_top_k: 7 nms_param {{ top_k: 9 }}"
RNG = np.random.default_rng(8)


def predictions():
    """For each map: scores (N, r, H, W, C), locations (N, r, H, W, 4), priors (H, W, r, 4)."""
    found = []
    for r, h, w in MAPS:
        scores = RNG.dirichlet(np.ones(CLASSES), (N, r, h, w))
        low = RNG.uniform(0, 0.6, (h, w, r, 2))
        priors = np.concatenate([low, low + RNG.uniform(0.2, 0.4, low.shape)], axis=-1)
        found.append((scores, RNG.normal(size=(N, r, h, w, 4)), priors))
    return found


def prior_blob(priors) -> np.ndarray:
    rows = np.concatenate([p.reshape(-1, 4) for p in priors])
    return np.stack([rows, np.full_like(rows, 0.1)]).reshape(1, 2, -1)


def usual(found) -> np.ndarray:
    """SSD's own form, in the order of the priors: H, W, r."""
    conf = [np.moveaxis(scores, 1, 3).reshape(N, -1) for scores, _, _ in found]
    loc = [np.moveaxis(codes, 1, 3).reshape(N, -1) for _, codes, _ in found]
    layer = f'type: "DetectionOutput" detection_output_param {{ {FIELDS} }}'
    blobs = [np.concatenate(parts, axis=1) for parts in (loc, conf)]
    return forward(layer, *blobs, prior_blob([p for *_, p in found]))[0]


def apart(*bottoms, text: str = "") -> np.ndarray:
    layer = f'type: "DetectionOutput" detection_output_param {{ {FIELDS} nbottom: 2 {text} }}'
    return forward(layer, *bottoms)[0]


def test_maps_as_the_convolutions_make_them():
    found = predictions()
    conf = [np.moveaxis(s, -1, 1).reshape(N, CLASSES, s.shape[1], -1) for s, _, _ in found]
    loc = [np.moveaxis(c, -1, 2).reshape(N, -1, *c.shape[2:4]) for _, c, _ in found]
    rows = apart(*conf, *loc, prior_blob([p for *_, p in found]), text="no_permute: true")
    want = usual(found)
    assert rows.shape == want.shape and rows.shape[2] > N
    np.testing.assert_allclose(rows, want)


def test_flat_maps():
    found = predictions()
    conf = [np.moveaxis(s, 1, 3).reshape(N, -1, 1, 1) for s, _, _ in found]
    loc = [np.moveaxis(c, 1, 3).reshape(N, -1) for _, c, _ in found]
    rows = apart(*conf, *loc, prior_blob([p for *_, p in found]))
    np.testing.assert_allclose(rows, usual(found))


@pytest.mark.parametrize(
    ("change", "text", "kind", "words"),
    [
        ({}, "share_location: false", PrototxtError, "share_location is false"),
        ({}, "ratio_permute: true", PrototxtError, "ratio_permute is a field of another fork"),
        ({0: (N, 7)}, "", ShapeError, r"map 0 has scores of shape \(2, 7\)"),
        ({4: (1, 2, 8)}, "", ShapeError, r"the maps have 2 \+ 3 boxes, there are 2 priors"),
        ({4: (1, 3, 8)}, "", ShapeError, r"the priors have shape \(1, 3, 8\)"),
        ({0: (N, 6, 1, 1)}, "no_permute: true", ShapeError, "map 0 has scores"),
    ],
)
def test_what_does_not_fit(change, text, kind, words):
    shapes = {0: (N, 6), 1: (N, 9), 2: (N, 8), 3: (N, 12), 4: (1, 2, 20)} | change
    with pytest.raises(kind, match=words):
        apart(*(np.zeros(shapes[i]) for i in range(5)), text=text)


def test_a_number_of_bottoms_that_no_fork_has():
    with pytest.raises(PrototxtError, match="6 bottoms for 2 maps: it takes 3 or 4, or 5"):
        apart(*(np.zeros((N, 8)) for _ in range(6)))
