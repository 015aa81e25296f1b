"""Whole nets as ONNX models: the reference's and the forks' numbers, and proofs of known nets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import protonet
from protonet.errors import NetError
from protonet.export.onnx.compare import without_ties
from protonet.export.onnx.model import exported
from protonet.net.net import Net
from tests.export.golden_onnx import SLACK, run, session_of
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

ROOT = Path(__file__).resolve().parents[2]
NETS: dict[str, dict[str, Any]] = {
    f"{folder}/{name}": props
    for folder in ("nets", "forks/nets")
    for name, props in golden.index(f"{folder}/index.json").items()
}
#: Has a MultiBoxLoss.
TRAINS = "forks/nets/mini_ssd_train"


def build(name: str) -> Net:
    props, folder = NETS[name], CONFORMANCE / name
    return Net(
        folder / "net.prototxt",
        weights=folder / "weights.caffemodel",
        phase=PHASE[props["phase"]],
        level=props["level"],
        stages=props["stages"],
        fork=props.get("fork", ""),
    )


@pytest.mark.parametrize("name", [name for name in NETS if name != TRAINS])
def test_golden_net(name: str) -> None:
    """All blobs, against the reference's; what an in-place layer overwrote is not compared."""
    props, case = NETS[name], golden.arrays(CONFORMANCE / name)
    made = exported(build(name))
    got = run(session_of(made), under(case, "in")) | under(case, "in")
    allowed = {**props["tolerance"], "value": SLACK * props["tolerance"]["value"]}
    found = Comparison(allowed)
    for blob, want in under(case, "blob").items():
        tensor = made.tensors.get(blob)
        if tensor is not None:
            values = got[tensor]
            if blob == "detection_out":  # scores of exactly 1 among more than are kept
                values, want, tied = without_ties(values, want)
                assert tied < len(want) or not tied
            found.value(blob, values, want)
    found.check()
    assert len(under(case, "blob").keys() & made.tensors.keys()) > 5


def test_a_net_that_trains_is_refused() -> None:
    with pytest.raises(NetError, match=r"layer 'mbox_loss' \(MultiBoxLoss\): ONNX has no op"):
        exported(build(TRAINS))


KNOWN = sorted((ROOT / "tests/net/nets").glob("*.prototxt"))
STATES: dict[str, dict[str, Any]] = {"autoencoder": {"stages": ["test-on-test"]}}


@pytest.mark.parametrize("file", KNOWN, ids=lambda file: file.stem)
def test_known_net(file: Path, tmp_path: Path) -> None:
    """CaffeNet, GoogLeNet, VGG, ResNet and so on, with few channels and weights of fillers."""
    net = Net(file, seed=1, open_data=False, **STATES.get(file.stem, {}))
    proof = protonet.export.onnx(net, tmp_path / "net.onnx")
    assert proof is not None
    assert len(proof.runs) >= 2
    assert proof.worst.relative < 1e-5


MODELS = [
    file
    for file in sorted((ROOT / "models").glob("*.prototxt"))
    if not file.stem.endswith(("_solver", "_train_test"))
]


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_model_of_ours(file: Path, tmp_path: Path) -> None:
    proof = protonet.export.onnx(Net(file, seed=1), tmp_path / "net.onnx")
    assert proof is not None
    assert proof.worst.relative < 1e-4
    assert proof.runs[-1].startswith("data 3x")


def test_another_size_of_picture_for_ssd() -> None:
    """Priors are constants of one size: what varies is refused, with the layer."""
    net = Net(ROOT / "models" / "ssd_digits.prototxt", seed=1)
    with pytest.raises(NetError, match=r"\(PriorBox\): where its boxes lie depends on the size"):
        protonet.export.onnx_model(net, shapes={"data": ("n", 1, "h", "w")})
