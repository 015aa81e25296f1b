"""Values of a solver and its net that are set anew for one training."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.solvers import get_solver
from protonet.solvers.settings import read_with_settings

NET = """
# A net.
layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: [2, 4] } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 3 } }
layer { name: "t" type: "DummyData" top: "t" dummy_data_param { shape { dim: [2, 5] } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "t" top: "loss" }
"""
SOLVER = """base_lr: 0.5  # high
lr_policy: "fixed"
max_iter: 1
test_iter: 1
test_interval: 10
snapshot_prefix: "w"
"""
WIDER = "net.layer[ip].inner_product_param.num_output=5"


@pytest.mark.parametrize("way", ["net", "train_net and test_net", "net_param"])
def test_the_net_and_its_test_nets_change(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "net.prototxt").write_text(NET)
    text = (
        SOLVER
        + {
            "net": "net: 'net.prototxt'",
            "train_net and test_net": "train_net: 'net.prototxt' test_net: 'net.prototxt'",
            "net_param": f"net_param {{ {NET} }}",
        }[way]
    )
    (tmp_path / "solver.prototxt").write_text(text)
    monkeypatch.chdir(tmp_path)
    with caplog.at_level("INFO"):
        definition = read_with_settings("solver.prototxt", [WIDER, "base_lr=0.25", "type = Adam"])
    solver = get_solver(definition)
    assert solver.net.blobs["ip"].shape == solver.test_nets[0].blobs["ip"].shape == (2, 5)
    assert (solver.param.base_lr, solver.type) == (0.25, "Adam")
    assert "Set base_lr to 0.25" in caplog.messages
    assert "Set net.layer[ip].inner_product_param.num_output to 5" in caplog.messages
    solver.solve()
    saved = pb.NetParameter.FromString(Path("w_iter_1.caffemodel").read_bytes())
    (ip,) = [layer for layer in saved.layer if layer.name == "ip"]
    assert ip.inner_product_param.num_output == 5 and [*ip.blobs[0].shape.dim] == [5, 4]
    assert (tmp_path / "net.prototxt").read_text() == NET
    assert (tmp_path / "solver.prototxt").read_text() == text


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("base_lr", ["--set base_lr: no value is given"]),
        ("bas_lr=1", ["solver.prototxt", "--set bas_lr=1", "did you mean 'base_lr'"]),
        ("base_lr=fast", ["solver.prototxt", "--set base_lr=fast", "wants a number"]),
        ("net.layer[in].name=x", ["net.prototxt", "--set net.layer[in]", "no layer is named 'in'"]),
        (
            "net.layer[ip].inner_product_param.num_output=-1",
            ["net.prototxt:5", "--set net.layer[ip]", "wants a whole number"],
        ),
    ],
)
def test_errors_name_the_option_and_the_path(
    setting: str, words: list[str], tmp_path: Path
) -> None:
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER + "net: 'net.prototxt'")
    with pytest.raises(PrototxtError) as caught:
        read_with_settings(tmp_path / "solver.prototxt", [setting])
    for word in words:
        assert word in str(caught.value)


def test_a_solver_without_a_net_is_refused_as_ever() -> None:
    with pytest.raises(RuntimeError, match="no net to train"):
        get_solver(read_with_settings("lr_policy: 'fixed'\nbase_lr: 1\n", ["base_lr=2"]))
