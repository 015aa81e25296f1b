"""From Caffe to ONNX and back: the same layers, and the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from protonet.errors import NetError
from protonet.export import onnx_model
from protonet.export.onnx.samples import samples
from protonet.importers import onnx as import_onnx
from protonet.importers.onnx.writer import _drop_defaults
from protonet.net.deploy import deploy
from protonet.net.net import Net
from protonet.net.step import Step
from protonet.proto import caffe_pb2 as pb
from protonet.proto import printer

ROOT = Path(__file__).resolve().parents[2]
MODELS = [
    file
    for file in sorted((ROOT / "models").glob("*.prototxt"))
    if not file.stem.endswith(("_solver", "_train_test"))
]
KNOWN = ("caffenet", "fcn8s", "googlenet", "mobilenet", "resnet", "squeezenet", "vgg")


def structure(net: Net) -> list[tuple[str, ...]]:
    """Types, parameters and shapes of the layers, without names and fillers."""
    found = []
    for step in net.steps:
        if step.layer.type not in ("Input", "Split", "Silence"):
            shapes = [str(blob.shape) for blob in [*step.layer.blobs, *step.top]]
            found.append((step.layer.type, *settings(step), *shapes))
    return found


def settings(step: Step) -> list[str]:
    """The lines of a layer's parameter message that are no defaults."""
    param = pb.LayerParameter()
    param.CopyFrom(step.layer.param)
    for field, value in param.ListFields():
        if field.name.endswith("_param") and field.name != "reshape_param":  # its shape tells
            for name in ("weight_filler", "bias_filler", "filler", "engine"):
                if name in field.message_type.fields_by_name:
                    value.ClearField(name)
            _drop_defaults(param, field.name)
        else:
            param.ClearField(field.name)
    return [line for line in printer.format(param).splitlines() if not DEFAULT.fullmatch(line)]


#: What means the same as nothing, but is a list or a word.
DEFAULT = re.compile(r"\s*(pad: 0|stride: 1|pool: MAX|operation: SUM|offset: 0|\}|\w+_param \{)")


def compare(net: Net, only: str | None = None) -> None:
    model = onnx_model(net, batch=net.blobs[net.inputs[0]].shape[0])
    back = import_onnx(model, only=only).net()
    assert structure(back) == structure(net)
    given = samples(net, np.random.default_rng(3))
    for each in (net, back):
        each.forward(None, None, **given)
    for name in net.outputs:
        got, want = back.blobs[name].data, net.blobs[name].data
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5 * np.abs(want).max())


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_model_of_ours(file: Path) -> None:
    compare(Net(file, seed=1), "ssd" if file.stem == "ssd_digits" else None)


@pytest.mark.parametrize("name", KNOWN)
def test_known_net(name: str) -> None:
    """CaffeNet, GoogLeNet and so on, with few channels, as they are deployed."""
    file = ROOT / "tests/net/nets" / f"{name}.prototxt"
    compare(Net(deploy(file, batch=2).text, seed=1))


def test_without_its_fork_ssd_is_refused_by_its_nodes() -> None:
    """Layers that the model tells of come back only where their types may be used."""
    model = onnx_model(Net(ROOT / "models/ssd_digits.prototxt", seed=1))
    with pytest.raises(NetError, match=r"\(NonMaxSuppression\): Caffe has no layers"):
        import_onnx(model, only="caffe-1.0")
    assert "DetectionOutput (ssd" in import_onnx(model).prototxt


def test_a_layer_whose_nodes_were_changed_is_no_more() -> None:
    net = Net(ROOT / "models/ssd_digits.prototxt", seed=1)
    model = onnx_model(net, batch=1)
    cut = ["mbox_loc", "mbox_conf_flatten"]
    kinds = [layer.type for layer in import_onnx(model, cut=cut).message.layer]
    assert "DetectionOutput" not in kinds
    assert "Softmax" in kinds
