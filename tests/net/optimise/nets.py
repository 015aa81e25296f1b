"""Nets for the passes, and what holds them to the plain one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from protonet import Net

#: `data` and what a `rest` makes of it.
INPUT = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 4 dim: 9 dim: 7 } } }
"""


def conv(name: str, bottom: str, outputs: int = 6, more: str = "") -> str:
    return f"""layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
  convolution_param {{ num_output: {outputs} kernel_size: 3 pad: 1 {more}
    weight_filler {{ type: "gaussian" std: 0.3 }} bias_filler {{ type: "gaussian" std: 1 }} }} }}
"""


def layer(kind: str, name: str, bottoms: Sequence[str], top: str, more: str = "") -> str:
    given = " ".join(f'bottom: "{bottom}"' for bottom in bottoms)
    return f'layer {{ name: "{name}" type: "{kind}" {given} top: "{top}" {more} }}\n'


def in_place(kind: str, blob: str, more: str = "") -> str:
    return layer(kind, f"{blob}/{kind}", [blob], blob, more)


def norm(blob: str) -> str:
    return in_place("BatchNorm", blob) + in_place("Scale", blob, "scale_param { bias_term: true }")


def both(text: str, keep: Sequence[str] = (), **options: Any) -> tuple[Net, Net]:
    """Optimised and plain, with the same random parameters."""
    plain = Net(text, seed=1, **options)
    net = Net(text, seed=1, optimize=True, keep=keep, **options)
    rng = np.random.default_rng(2)
    for step, twin in zip(plain.steps, net.steps):
        for blob, copy in zip(step.layer.blobs, twin.layer.blobs):
            if step.layer.type in ("BatchNorm", "Scale", "Bias", "PReLU"):
                blob.data[...] = rng.uniform(0.5, 1.5, blob.shape)
            copy.data[...] = blob.data
    return net, plain


def run(net: Net, shape: Sequence[int]) -> None:
    values = np.random.default_rng(5).normal(size=shape)
    net.blobs["data"].reshape(*shape)
    net.forward(data=values)


def same(net: Net, plain: Net, shape: Sequence[int] = (2, 4, 9, 7), within: float = 1e-5) -> None:
    """All values that are to be had are those of the plain net; outputs are to be had."""
    for each in (net, plain):
        run(each, shape)
    assert all(net.blobs[name].has_data for name in plain.outputs)
    for name, blob in plain.blobs.items():
        assert net.blobs[name].shape == blob.shape, name
        if net.blobs[name].has_data:
            scale = np.abs(blob.data).max()
            np.testing.assert_allclose(
                net.blobs[name].data, blob.data, rtol=within, atol=within * scale, err_msg=name
            )


def ran(net: Net) -> list[str]:
    """Names of the layers that the net runs."""
    return [step.layer.name for step in net._executor.steps if not step.idle]
