"""A whole detector: what it takes beside its convolutions."""

from __future__ import annotations

import statistics
import time
from typing import Any

from protonet.pycaffe.net_spec import NetSpec
from protonet.pycaffe.net_spec import layers as L

from .nets import conv, normalised

CLASSES = 21
#: Sizes of the prior boxes of each map: the smallest, the largest, and aspect ratios.
SIZES = [(60, 0, [2]), (105, 150, [2, 3]), (150, 195, [2, 3])]
SIZES += [(195, 240, [2, 3]), (240, 285, [2, 3]), (285, 300, [2, 3])]


def mobilenet_ssd(data: Any) -> Any:
    """MobileNet-SSD 300 (chuanqi305): MobileNet v1, eight smaller layers, six maps with heads."""
    maps, before, x = [], 32, normalised(data, 32, 3, 2)
    channels = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
    for m, s in [*channels, (1024, 2), (1024, 1)]:
        if m > 512 and not maps:
            maps.append(x)
        x = normalised(x, before, 3, s, group=before)
        x, before = normalised(x, m, 1), m
    maps.append(x)
    for few, many in [(256, 512), (128, 256), (128, 256), (64, 128)]:
        x = normalised(normalised(x, few, 1), many, 3, 2)
        maps.append(x)
    heads = [_head(x, data, *sizes) for x, sizes in zip(maps, SIZES)]
    loc, scores, priors = (
        L.Concat(*parts, axis=axis) for parts, axis in zip(zip(*heads), (1, 1, 2))
    )
    scores = L.Reshape(scores, shape={"dim": [0, -1, CLASSES]})
    scores = L.Flatten(L.Softmax(scores, axis=2), axis=1)
    settings = {"num_classes": CLASSES, "code_type": "CENTER_SIZE", "keep_top_k": 100}
    settings |= {"confidence_threshold": 0.25, "nms_param": {"nms_threshold": 0.45, "top_k": 100}}
    return L.DetectionOutput(loc, scores, priors, detection_output_param=settings)


def _head(x: Any, data: Any, small: int, large: int, ratios: list[int]) -> tuple[Any, Any, Any]:
    """Locations, scores and prior boxes of a map."""
    boxes = 1 + bool(large) + 2 * len(ratios)
    flat = [
        L.Flatten(L.Permute(conv(x, boxes * each, 1), order=[0, 2, 3, 1]), axis=1)
        for each in (4, CLASSES)
    ]
    sizes = {"min_size": [small], **({"max_size": [large]} if large else {})}
    variance = [0.1, 0.1, 0.2, 0.2]
    prior = L.PriorBox(x, data, **sizes, aspect_ratio=ratios, flip=True, variance=variance)
    return flat[0], flat[1], prior


def beside_convolutions(threads: int, passes: int) -> tuple[float, float, float]:
    """Of the optimized net on one image: milliseconds of a pass and of its convolutions in it, in
    the best pass, and the median of their ratio."""
    import numpy as np

    from protonet.kernels.threads import set_num_threads
    from protonet.net.net import Net

    set_num_threads(threads)
    spec = NetSpec()
    spec.data = L.Input(shape={"dim": [1, 3, 300, 300]})
    spec.found = mobilenet_ssd(spec.data)
    net = Net(spec.to_proto(), phase=1, optimize=True)
    net.blobs["data"].data[...] = np.random.default_rng(0).normal(size=(1, 3, 300, 300))
    for layer in net.layers:
        if layer.type == "BatchNorm":  # as after a training
            for blob, value in zip(layer.blobs, (0, 1, 1)):
                blob.data[...] = value
    net.forward()  # what is folded and fused is made now
    products = {s.index for s in net.executed if "Convolution" in type(s.layer).__name__}
    start, spent = [0.0], [0.0]
    net.before_forward.append(lambda i: start.__setitem__(0, time.perf_counter()))
    net.after_forward.append(
        lambda i: spent.__setitem__(
            0,
            spent[0] + (time.perf_counter() - start[0]) * (i in products),
        )
    )
    times = []
    for _ in range(passes):
        spent[0], begin = 0.0, time.perf_counter()
        net.forward()
        times.append((1000 * (time.perf_counter() - begin), 1000 * spent[0]))
    return *min(times), statistics.median(whole / part for whole, part in times)
