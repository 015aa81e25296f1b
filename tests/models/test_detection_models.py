"""The models that find and segment digits: they build, agree, learn and can be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.data.datasets import scenes
from protonet.net.net import Net
from protonet.solvers import get_solver

MODELS = Path(__file__).resolve().parents[2] / "models"
TRAIN, TEST = 0, 1
#: Outputs in training and in testing, and what is read from the deploy net.
NETS = {
    "ssd_digits": (["mbox_loss"], ["detection_eval"], "detection_out"),
    "fcn_digits": (["loss"], ["accuracy", "loss"], "prob"),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenes")


@pytest.fixture(autouse=True)
def use_cache(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own; a few scenes are made in the cache on first use."""
    monkeypatch.setenv("PROTONET_CACHE", str(cache))
    monkeypatch.setattr(scenes, "COUNTS", {"train": 64, "test": 60})
    monkeypatch.chdir(tmp_path)


def train_test_of(stem: str) -> Path:
    return MODELS / f"{stem}_train_test.prototxt"


@pytest.mark.parametrize("stem", NETS)
@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_both_phases_run(stem: str, phase: int) -> None:
    net = Net(train_test_of(stem), phase=phase, seed=1)
    assert net.outputs == NETS[stem][phase]
    outputs = net.forward()
    assert all(np.isfinite(values).all() for values in outputs.values())


@pytest.mark.parametrize("stem", NETS)
def test_deploy_takes_the_weights_and_says_the_same(stem: str, tmp_path: Path) -> None:
    trained = Net(train_test_of(stem), phase=TEST, seed=1)
    trained.save(str(tmp_path / "w.caffemodel"))
    deploy = Net(MODELS / f"{stem}.prototxt", weights=str(tmp_path / "w.caffemodel"), seed=2)
    shapes = [{k: [b.shape for b in v] for k, v in net.params.items()} for net in (trained, deploy)]
    assert shapes[0] == shapes[1] and deploy.inputs == ["data"]
    trained.forward()
    deploy.blobs["data"].reshape(*trained.blobs["data"].shape)
    deploy.reshape()
    deploy.blobs["data"].data[...] = trained.blobs["data"].data
    got = deploy.forward()[NETS[stem][2]]
    if stem == "ssd_digits":
        np.testing.assert_array_equal(got, trained.blobs["detection_out"].data)
    else:
        powers = np.exp(trained.blobs["score"].data.astype(np.float64))
        want = powers / powers.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)


def test_priors_cover_the_digits() -> None:
    """Every digit has a prior box that overlaps it by half, or nearly so."""
    net = Net(train_test_of("ssd_digits"), phase=TRAIN, seed=1)
    net.forward()
    priors = net.blobs["mbox_prior"].data[0, 0].reshape(-1, 4)
    assert len(priors) == 972
    truth = net.blobs["label"].data[0, 0, :, 3:7]
    low = np.maximum(truth[:, None, :2], priors[:, :2])
    size = np.maximum(np.minimum(truth[:, None, 2:], priors[:, 2:]) - low, 0)
    shared = size.prod(axis=2)
    areas = [np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (truth, priors)]
    best = (shared / (areas[0][:, None] + areas[1] - shared)).max(axis=1)
    assert best.min() > 0.3 and np.mean(best > 0.5) > 0.8


@pytest.mark.parametrize("stem", NETS)
def test_the_loss_falls(stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # its snapshots' place, where no other test trains
    solver = get_solver(MODELS / f"{stem}_solver.prototxt")
    losses = []
    for _ in range(24):
        solver.step(1)
        losses.append(float(np.sum(solver.net.blobs[NETS[stem][0][0]].data)))
    assert np.mean(losses[-6:]) < 0.75 * np.mean(losses[:3])
