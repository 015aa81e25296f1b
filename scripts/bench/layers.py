"""Where protonet's time goes, layer by layer."""

from __future__ import annotations

import statistics
import time
from typing import Any

from .contenders import inputs


def table(job: dict[str, Any], times: int = 20) -> str:
    """Forward and backward medians of each layer, from the net's hooks: of the training net, or
    of the deploy net for the first count of images."""
    from protonet.kernels.threads import set_num_threads
    from protonet.net.net import Net
    from protonet.proto.text import read_net

    set_num_threads(job["threads"])
    train = bool(job["train"] and job["batch"])
    count = job["batch"] if train else job["images"][0]
    net = Net(read_net(job["train"] if train else job["deploy"]), phase=0 if train else 1)
    images, labels = inputs(job, count)
    for name, values in zip(net.inputs, (images, labels)):
        net.blobs[name].reshape(*values.shape)
    net.reshape()
    for name, values in zip(net.inputs, (images, labels)):
        net.blobs[name].data[...] = values
    spent: dict[str, list[list[float]]] = {
        way: [[] for _ in net.layers] for way in ("forward", "backward")
    }
    start = [0.0] * len(net.layers)
    for way, before, after in (
        ("forward", net.before_forward, net.after_forward),
        ("backward", net.before_backward, net.after_backward),
    ):
        before.append(lambda i: start.__setitem__(i, time.perf_counter()))
        after.append(lambda i, way=way: spent[way][i].append(time.perf_counter() - start[i]))
    for _ in range(times):
        net.run_forward()
        if train:
            net.backward()
    lines = [f"{'layer':<24}{'type':<18}{'forward ms':>12}{'backward ms':>13}"]
    for i, layer in enumerate(net.layers):
        cells = [1000 * statistics.median(spent[w][i] or [0]) for w in ("forward", "backward")]
        lines.append(f"{layer.name:<24}{layer.type:<18}{cells[0]:>12.3f}{cells[1]:>13.3f}")
    return "\n".join(lines)
