"""protonet deploy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet.cli.main import main
from protonet.net.net import Net

NET = """\
# A net.
layer {
  name: "data"
  type: "Data"
  top: "data"
  top: "label"
  transform_param { crop_size: 8 force_gray: true }
  data_param { source: "not_there" batch_size: 3 }
}
# caf\udce9
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 4 } }
layer { name: "drop" type: "Dropout" bottom: "ip" top: "dropped" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "dropped" bottom: "label" top: "loss" }
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train_val.prototxt"
    path.write_bytes(NET.encode(errors="surrogateescape"))
    return path


def test_writes_a_net_for_use(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = net.read_bytes()
    words = ["deploy", "train_val.prototxt", "--batch", "2", "--no-dropout", "-o", "new.prototxt"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "new.prototxt: 'data' (Data) became an Input: 'data' 2 x 1 x 8 x 8\n" in said
    assert "new.prototxt: left out: 'drop' (Dropout)\n" in said
    new = Path("new.prototxt").read_bytes()
    assert b"\n# caf\xe9\nlayer {" in new and net.read_bytes() == before
    used = Net("new.prototxt")
    assert [layer.type for layer in used.layers] == ["Input", "InnerProduct", "Softmax"]
    used.blobs["data"].data[...] = np.arange(128).reshape(2, 1, 8, 8)
    np.testing.assert_allclose(used.forward()["prob"].sum(axis=1), 1, rtol=1e-6)


def test_to_the_standard_output(net: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["deploy", "train_val.prototxt", "--shape", "data=3,2,5,5"]) == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"# For use: made of train_val.prototxt by protonet deploy.\n")
    assert b"# caf\xe9\n" in out and b"dim: 2\n      dim: 5\n" in out


def test_refusals(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "train_val.prototxt", "-o", "./train_val.prototxt"]) == 2
    assert "is the net that trains" in capsys.readouterr().err
    net.write_text(NET.replace("\udce9", "").replace("crop_size: 8", ""))
    assert main(["deploy", "train_val.prototxt", "-o", "new"]) == 4
    assert "--shape data=3,1,H,W" in capsys.readouterr().err
    net.write_text(NET.replace("\udce9", "").replace('type: "InnerProduct"', 'type: "Inner"'))
    assert main(["deploy", "train_val.prototxt", "-o", "new"]) == 3
    assert "train_val.prototxt:11" in capsys.readouterr().err
    assert not Path("new").exists()
