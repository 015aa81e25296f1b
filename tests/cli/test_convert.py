"""protonet convert, of weights and arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.cli.main import main
from protonet.proto import caffe_pb2 as pb
from protonet.proto.weights import read_weights

NET = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
layer { name: "scale" type: "Scale" bottom: "y" top: "y" }
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Net:
    monkeypatch.chdir(tmp_path)
    Path("net.prototxt").write_text(NET)
    return Net(NET, seed=1)


def test_every_form_to_every_other(net: Net) -> None:
    forms = (".caffemodel", ".h5", ".npz", ".safetensors")
    for one in forms:
        net.save(f"a{one}")
        for other in forms:
            assert main(["convert", f"a{one}", f"b{other}"]) == 0
            again = Net(NET, f"b{other}")
            for a, b in zip(net.learnable_params, again.learnable_params):
                assert (a.data == b.data).all() and a.shape == b.shape


def test_with_the_net_a_caffemodel_holds_its_definition(net: Net) -> None:
    net.save("a.npz")
    assert main(["convert", "a.npz", "b.caffemodel"]) == 0
    assert main(["convert", "a.npz", "c.caffemodel", "--net", "net.prototxt"]) == 0
    assert [layer.type for layer in read_weights("b.caffemodel")] == ["", ""]
    assert [layer.type for layer in read_weights("c.caffemodel")] == [
        "Input",
        "InnerProduct",
        "Scale",
    ]


def test_of_pytorch(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    w, s = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(2, np.float32)
    np.savez("a.npz", **{"fc.weight": w, "fc.bias": s, "norm.weight": s, "other.weight": w[:1]})
    Path("names.txt").write_text("norm scale\n")
    command = ["convert", "a.npz", "b.caffemodel", "--net", "net.prototxt", "--map", "names.txt"]
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "fc   ip     # no other fits",
        "norm scale",
        "# other: no layer takes it",
    ]
    assert (read_weights("b.caffemodel")[1].blobs[0] == w).all()


def test_arrays(net: Net) -> None:
    blob = pb.BlobProto(data=range(6), shape=pb.BlobShape(dim=[1, 2, 3]))
    Path("mean.binaryproto").write_bytes(blob.SerializeToString())
    assert main(["convert", "mean.binaryproto", "mean.npy"]) == 0
    assert np.load("mean.npy").tolist() == [[[0, 1, 2], [3, 4, 5]]]
    assert main(["convert", "mean.npy", "again.binaryproto"]) == 0
    assert Path("again.binaryproto").read_bytes() == Path("mean.binaryproto").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["a.npz"], 2, "nothing is known to make of a.npz"),
        (["a.npz", "b.pt"], 2, "nothing is known to make of a.npz b.pt"),
        (["mean.npy", "b.npz"], 2, "nothing is known to make of mean.npy b.npz"),
        (["a.npz", "b.caffemodel"], 3, "names of another framework's"),
        (["a.npz", "b.caffemodel", "--map", "x"], 2, "--map names layers of a net"),
        (["a.npz", "b.h5", "--net", "net.prototxt"], 3, "has no module for blobs (2, 3), (2,)"),
        (["c.npz", "b.h5", "--net", "net.prototxt", "--map", "x"], 2, "names of layers already"),
        (["d.npz", "b.h5", "--net", "net.prototxt"], 3, "(2, 2), the net needs (2, 3)"),
    ],
)
def test_refusals(
    net: Net, words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez("a.npz", **{"fc.weight": np.ones((3, 3))})
    np.savez("d.npz", **{"ip/0": np.ones((2, 2)), "ip/1": np.ones(2)})
    net.save("c.npz")
    before = {*Path().iterdir()}
    assert main(["convert", *words]) == code
    assert message in capsys.readouterr().err
    assert {*Path().iterdir()} == before


def test_what_the_net_does_not_have_is_told(net: Net, capsys: pytest.CaptureFixture[str]) -> None:
    net.save("a.npz")
    Path("net.prototxt").write_text("".join(NET.splitlines(True)[:-1]))
    assert main(["convert", "a.npz", "b.npz", "--net", "net.prototxt"]) == 0
    assert "warning: a.npz: not in the net, left out: scale" in capsys.readouterr().err
