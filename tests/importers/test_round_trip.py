"""From Caffe to ONNX and back: the same layers, and the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

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
    if not file.stem.endswith(("_solver", "_train_test")) and file.stem != "ssd_digits"
]
KNOWN = ("caffenet", "fcn8s", "googlenet", "mobilenet", "resnet", "squeezenet", "vgg")


def structure(net: Net) -> list[tuple[str, ...]]:
    """Types and parameters of the layers, without names and fillers."""
    found = []
    for step in net.steps:
        if step.layer.type not in ("Input", "Split", "Silence"):
            shapes = [str(blob.shape) for blob in step.layer.blobs]
            found.append((step.layer.type, *settings(step), *shapes))
    return found


def settings(step: Step) -> list[str]:
    """The lines of a layer's parameter message that are no defaults."""
    param = pb.LayerParameter()
    param.CopyFrom(step.layer.param)
    for field, value in param.ListFields():
        if field.name.endswith("_param") and field.message_type:
            for name in ("weight_filler", "bias_filler", "filler", "engine"):
                if name in field.message_type.fields_by_name:
                    value.ClearField(name)
            _drop_defaults(param, field.name)
        else:
            param.ClearField(field.name)
    return [line for line in printer.format(param).splitlines() if not DEFAULT.fullmatch(line)]


#: What means the same as nothing, but is a list or a word.
DEFAULT = re.compile(r"\s*(pad: 0|stride: 1|pool: MAX|operation: SUM|offset: 0|\}|\w+_param \{)")


def compare(net: Net) -> None:
    back = import_onnx(onnx_model(net, batch=net.blobs[net.inputs[0]].shape[0])).net()
    assert structure(back) == structure(net)
    given = samples(net, np.random.default_rng(3))
    for each in (net, back):
        each.forward(None, None, **given)
    for name in net.outputs:
        got, want = back.blobs[name].data, net.blobs[name].data
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5 * np.abs(want).max())


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_model_of_ours(file: Path) -> None:
    compare(Net(file, seed=1))


@pytest.mark.parametrize("name", KNOWN)
def test_known_net(name: str) -> None:
    """CaffeNet, GoogLeNet and so on, with few channels, as they are deployed."""
    file = ROOT / "tests/net/nets" / f"{name}.prototxt"
    compare(Net(deploy(file, batch=2).text, seed=1))
