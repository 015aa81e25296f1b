"""Whole nets: structure, and all values and gradients, against the reference's."""

from __future__ import annotations

from typing import Any

import pytest

from protonet.net.net import Net
from tests.harness import golden
from tests.harness.golden import CONFORMANCE, PHASE, Comparison, under

NETS: dict[str, dict[str, Any]] = golden.index("nets/index.json")
EXACT = {"value": 1e-6, "floor": 0.001}
WEIGHTS = [
    pytest.param(name, file.name, id=f"{name}-{file.name}")
    for name in NETS
    for file in sorted((CONFORMANCE / "nets" / name).glob("weights.*"))
]
STATES = [
    pytest.param(name, i, id=f"{name}-{'-'.join([s['phase'], str(s['level']), *s['stages']])}")
    for name in NETS
    for i, s in enumerate(golden.index(f"nets/{name}/report.json"))
]


def build(name: str, state: dict[str, Any], weights: str | None = None) -> Net:
    folder = CONFORMANCE / "nets" / name
    return Net(
        folder / "net.prototxt",
        weights=folder / weights if weights else None,
        phase=PHASE[state["phase"]],
        level=state["level"],
        stages=state["stages"],
    )


@pytest.mark.parametrize(("name", "number"), STATES)
def test_structure(name: str, number: int) -> None:
    want = golden.index(f"nets/{name}/report.json")[number]
    net, found = build(name, want), Comparison(EXACT)
    layers = describe_layers(net)
    if net.definition.message.force_backward:
        # The report tells what would need backward; forced, all of them run.
        assert all(layer.pop("needs_backward") for layer in layers)
        for layer in want["layers"]:
            del layer["needs_backward"]
    found.equal("layers", layers, want["layers"])
    found.equal("blobs", [[n, list(b.shape)] for n, b in net.blobs.items()], want["blobs"])
    found.equal("inputs", net.inputs, want["inputs"])
    found.equal("outputs", net.outputs, want["outputs"])
    weights = {n: weight for n, weight in net.blob_loss_weights.items() if weight}
    found.equal("loss weights", weights.keys(), want["loss_weights"].keys())
    for blob, weight in weights.items():
        found.value(f"loss weight of {blob}", weight, want["loss_weights"].get(blob, 0))
    found.check()


def describe_layers(net: Net) -> list[dict[str, Any]]:
    return [
        {
            "name": layer.name,
            "type": layer.type,
            "bottoms": net.bottom_names[layer.name],
            "tops": net.top_names[layer.name],
            "params": [list(blob.shape) for blob in layer.blobs],
            "needs_backward": needs,
        }
        for layer, needs in zip(net.layers, net.layer_needs_backward)
    ]


@pytest.mark.parametrize(("name", "weights"), WEIGHTS)
def test_values(name: str, weights: str) -> None:
    props = NETS[name]
    case = golden.arrays(CONFORMANCE / "nets" / name)
    compare_values(build(name, props, weights), case, props)


def compare_values(net: Net, case: dict[str, Any], props: dict[str, Any]) -> None:
    """One pass with the case's inputs, and a second one back, give its numbers."""
    found = Comparison(props["tolerance"])
    compare_params(net, case, "param", found)
    for blob, values in under(case, "in").items():
        net.blobs[blob].data[...] = values
    found.value("total_loss", net.run_forward(), case["total_loss"])
    for blob, want in under(case, "blob").items():
        found.value(f"blob/{blob}", net.blobs[blob].data, want)
    if props["backward"]:
        backward(net, case, props["skip"], found)
    compare_params(net, case, "param_after", found)
    found.check()


def backward(net: Net, case: dict[str, Any], skip: list[str], found: Comparison) -> None:
    net.clear_param_diffs()
    for blob, values in under(case, "outdiff").items():
        net.blobs[blob].diff[...] = values
    net.backward()
    for blob, want in under(case, "blobdiff").items():
        if blob not in skip:
            found.value(f"blobdiff/{blob}", net.blobs[blob].diff, want)
    compare_params(net, case, "paramdiff", found)


def compare_params(net: Net, case: dict[str, Any], group: str, found: Comparison) -> None:
    for name, want in under(case, group).items():
        layer, i = golden.param_key(name)
        blob = net.params[layer][i]
        found.value(f"{group}/{name}", blob.diff if group == "paramdiff" else blob.data, want)
