"""What the layer base offers: arity words, seeded random streams, scratch memory, blobs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from protonet.core import fillers
from protonet.core.blob import Blob
from protonet.core.context import TEST, TRAIN, Context
from protonet.core.layer import Layer, at_least, between, exactly
from protonet.errors import NetError
from protonet.proto import caffe_pb2 as pb


class Plain(Layer):
    type = "Plain"


def plain(seed: int | None = 3, **settings) -> Plain:
    return Plain(pb.LayerParameter(name="p"), Context(seed=seed, **settings))


@pytest.mark.parametrize(
    ("arity", "words"),
    [(exactly(2), "2"), (at_least(1), "1 or more"), (between(1, 3), "1 to 3")],
)
def test_arity_in_words(arity, words: str) -> None:
    assert str(arity) == words


def test_phase_and_dtype_come_from_the_context() -> None:
    assert plain(phase=TRAIN).training and not plain(phase=TEST).training
    assert plain(dtype=np.float64).dtype == np.float64


def test_random_streams_depend_on_seed_and_place_in_the_net() -> None:
    draws = [plain(seed).rng.random(4).tolist() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    context = Context(seed=1)
    first, second = (Plain(pb.LayerParameter(name="p"), context) for _ in range(2))
    assert first.rng.random(4).tolist() == draws[0] != second.rng.random(4).tolist()


def test_without_a_seed_each_run_differs() -> None:
    assert plain(None).rng.random() != plain(None).rng.random()
    assert plain(-1).rng.random() != plain(-1).rng.random()


def test_scratch_is_reused_and_grows() -> None:
    layer = plain()
    first = layer.scratch("columns", (4, 6))
    assert first.dtype == np.float32 and first.flags.c_contiguous
    assert np.shares_memory(layer.scratch("columns", (2, 3)), first)
    assert not np.shares_memory(layer.scratch("other", (4, 6)), first)
    assert layer.scratch("columns", (8, 6)).shape == (8, 6)
    assert layer.scratch_bytes == 4 * (48 + 24)


def test_scratch_of_another_dtype() -> None:
    layer = plain()
    assert layer.scratch("mask", (3,), np.uint8).dtype == np.uint8
    assert layer.scratch("mask", (3,)).dtype == np.float32


def test_blobs_start_at_zero_and_take_gradients() -> None:
    layer = plain(dtype=np.float64)
    blob = layer.add_blob((2, 3))
    assert layer.blobs == [blob] and layer.param_propagate_down == [True]
    assert blob.dtype == np.float64 and not blob.data.any()


def test_what_a_layer_does_not_implement() -> None:
    layer = plain()
    with pytest.raises(NotImplementedError):
        layer.forward([], [])
    with pytest.raises(NetError, match="no gradient"):
        layer.backward([Blob()], [True], [Blob()])
    layer.backward([Blob()], [], [])
    assert layer.accepts_gradient(0) and layer.macs([], []) == 0
    assert repr(layer) == "<Plain 'p'>"


def test_a_layer_shows_its_blobs() -> None:
    layer = plain()
    layer.add_blob((4, 3))
    layer.add_blob((4,))
    assert repr(layer) == "<Plain 'p': 4x3, 4>"


def filled(monkeypatch: pytest.MonkeyPatch, **settings) -> tuple[Plain, list[int]]:
    """A layer of two blobs with fillers that draw, and the counts drawn so far."""
    drawn: list[int] = []
    draw = fillers.draw
    monkeypatch.setattr(fillers, "draw", lambda f, out: (drawn.append(out.size), draw(f, out)))
    layer = plain(**settings)
    for shape in ((2, 3), (4,)):
        layer.add_blob(shape, pb.FillerParameter(type="uniform", min=-1, max=1))
    return layer, drawn


def stream(count: int) -> np.ndarray:
    """What the layer of seed 3 draws: NumPy's numbers, by the rule that the seed is handed on."""
    seed = np.random.SeedSequence(3).spawn(1)[0]
    return np.random.Generator(np.random.SFC64(seed)).uniform(-1, 1, count)


def test_fillers_are_drawn_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, drawn = filled(monkeypatch)
    assert drawn == []
    second = layer.blobs[1].data
    assert drawn == [6, 4]
    expected = stream(10).astype(np.float32)
    assert layer.blobs[0].data.reshape(-1).tolist() == expected[:6].tolist()
    assert second.tolist() == expected[6:].tolist()
    assert drawn == [6, 4]


def test_fillers_come_first_in_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, drawn = filled(monkeypatch)
    expected = stream(11)
    assert layer.rng.uniform(-1, 1) == expected[10] and drawn == [6, 4]
    late = layer.add_blob((2,), pb.FillerParameter(type="uniform"))
    assert drawn == [6, 4, 2] and late.data.all()


def test_fillers_of_what_has_values_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, drawn = filled(monkeypatch)
    for blob in layer.blobs:
        blob.take(np.ones(blob.shape))
    layer.rng.random()
    assert drawn == [] and all((blob.data == 1).all() for blob in layer.blobs)


def test_two_threads_see_first_values_whole() -> None:
    for _ in range(20):
        layer, other = plain(), Blob((50, 50))
        blob = layer.add_blob((50, 50), pb.FillerParameter(type="uniform", min=1, max=2))
        other.share_data(blob)
        with ThreadPoolExecutor(2) as pool:
            whole = list(pool.map(lambda b: bool((b.data >= 1).all()), (blob, other)))
        assert whole == [True, True] and np.shares_memory(blob.data, other.data)
