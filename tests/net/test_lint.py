"""What a net is warned of; the cases of overwriting are in test_net.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet import budget
from protonet.core.context import TRAIN, Context
from protonet.core.registry import LAYERS, chosen_class
from protonet.errors import NetError
from protonet.layers._neuron import NeuronLayer
from protonet.net.net import Net
from protonet.proto.text import read_net

TEXT = """layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 1024 } } }
layer { name: "ip" type: "InnerProduct" bottom: "d" top: "ip"
  inner_product_param { num_output: 256 bias_term: false } }
"""
NEEDED = 4 * (1024 + 256 * 1024 + 256)


def test_a_net_larger_than_the_machine_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(budget, "machine_memory", lambda: NEEDED)
    Net(TEXT)
    assert not caplog.text
    Net(TEXT, phase=TRAIN)  # with gradients
    assert "2: layer 'ip' (InnerProduct): up to here the net takes 0.0 GiB" in caplog.text


def test_an_unknown_memory_is_no_limit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(budget, "machine_memory", lambda: 0)
    Net(TEXT)
    assert not caplog.text


def test_a_net_larger_than_somebody_allowed_is_refused_unless_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PROTONET_MAX_MEMORY", str(NEEDED))
    Net(TEXT)
    monkeypatch.setenv("PROTONET_MAX_MEMORY", str(NEEDED - 1))
    with pytest.raises(NetError, match=r"'ip'.*--max-memory allows 0.0"):
        Net(TEXT)
    Net(TEXT, partial=True, open_data=False)
    assert "--max-memory allows" in caplog.text


@pytest.mark.parametrize(
    ("layer", "warning"),
    [
        (
            'type: "InnerProduct"\ninner_product_param { num_output: 2 }\npooling_param { pad: 1 }',
            "5: layer 'x' (InnerProduct): the type does not read pooling_param",
        ),
        ('type: "AbsVal"\n\npower_param { scale: 2 }', "5: layer 'x' (AbsVal): the type does not"),
        ('type: "Scale" scale_param { bias_term: true }\ninclude { phase: TEST }', ""),
        ('type: "OwnNeuron" power_param { scale: 2 }', ""),
    ],
)
def test_a_parameter_message_that_is_never_read(
    layer: str, warning: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class OwnNeuron(NeuronLayer):
        type = "OwnNeuron"

    monkeypatch.setattr(LAYERS, "_items", {**LAYERS, "OwnNeuron": OwnNeuron})
    Net(
        'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 3 } } }\n'
        f'layer {{ name: "x" bottom: "d" top: "y"\n{layer} }}'
    )
    assert caplog.text.count("does not read") == bool(warning)
    assert warning in caplog.text


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("folder", ["models", "tests/net/nets"])
def test_published_nets_give_no_such_warning(folder: str) -> None:
    """Their layers carry no messages but those that their types declare."""
    found = 0
    for path in sorted((ROOT / folder).rglob("*.prototxt")):
        if "solver" in path.name:
            continue
        for layer in read_net(path).message.layer:
            found += 1
            messages = {f.name for f, _ in layer.ListFields() if f.name.endswith("_param")}
            assert messages <= set(chosen_class(layer, Context()).messages), f"{path}: {layer.name}"
    assert found > 50


def test_a_layer_whose_shape_is_not_known_reads_what_its_type_reads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = """layer { name: "d" type: "HDF5Data" top: "x"
hdf5_data_param { source: "none" batch_size: 2 } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c"
convolution_param { num_output: 2 kernel_size: 3 }
pooling_param { stride: 2 } }"""
    net = Net(text, open_data=False, partial=True)
    assert net.unknown == {"x", "c"}
    told = [line for line in caplog.text.splitlines() if "does not read" in line]
    assert len(told) == 1 and "<text>:5" in told[0] and "pooling_param" in told[0]
