"""protonet time: what `caffe time` does, how long each layer takes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..log import log, number
from .common import (
    add_consent,
    add_either,
    add_log_arguments,
    add_net_arguments,
    announce_device,
    either,
    positive,
    stages,
)
from .models import TRAIN_TEST, model_file
from .output import log_shown

if TYPE_CHECKING:
    from ..core.blob import Blob
    from ..net.net import Net

HELP = "time the forward and backward pass of each layer"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_either(parser, "model", "net prototxt, or the name of a model of ours")
    parser.add_argument(
        "--phase", choices=["TRAIN", "TEST"], default="TRAIN", help="default: TRAIN"
    )
    parser.add_argument(
        "--iterations", type=positive, default=50, metavar="N", help="passes (default: 50)"
    )
    parser.add_argument("--json", action="store_true", help="print the averages as JSON too")
    parser.add_argument(
        "--why", action="store_true", help="say which way each convolution is computed, and why"
    )
    add_consent(parser)
    add_net_arguments(parser)
    add_log_arguments(parser)


def run(args: argparse.Namespace) -> int:
    model = model_file(either(args, "model")[0], TRAIN_TEST)
    with log_shown(args.quiet, args.log):
        announce_device(args)
        result = _time(model, args)
    if args.json:
        print(json.dumps(result, indent=2))
    return 0


class _Stopwatch:
    """Adds up what passes between the two hooks of each layer, in ms."""

    def __init__(self, layers: int) -> None:
        self.ms = [0.0] * layers
        self._start = 0.0

    def start(self, index: int) -> None:
        self._start = perf_counter()

    def stop(self, index: int) -> None:
        self.ms[index] += (perf_counter() - self._start) * 1e3


def _memory(net: Net) -> dict[str, int]:
    """Bytes in use after a pass, shared memory counted once."""

    def size(blobs: Iterable[Blob]) -> int:
        arrays = [a for b in blobs for a in ((b.data, b.diff) if b.has_diff else (b.data,))]
        return sum({a.__array_interface__["data"][0]: a.nbytes for a in arrays}.values())

    return {
        "blobs": size(net.blobs.values()),
        "parameters": size(net.learnable_params),
        "scratch": sum(layer.scratch_bytes for layer in net.layers),
    }


def _force_weight_gradients(net: Net) -> None:
    """Have backward reach the parameters of a net without a loss, as Caffe's `time` does: it
    calls each layer's backward, which then has no gradient to pass on, but those of its
    weights to compute."""
    idle = {
        i
        for i, layer in enumerate(net.layers)
        if layer.blobs and layer.has_backward and not net.layer_needs_backward[i]
    }
    for i in idle:
        net.layers[i].needs_backward = True

    def backward(i: int) -> None:
        if i in idle:
            net.layers[i].backward(net.tops[i], net.bottom_needs_backward[i], net.bottoms[i])

    net.before_backward.append(backward)


def _ways(net: Net) -> dict[int, str]:
    """By layer, the way of the convolutions that have something to compute."""
    from ..layers._conv import ConvBase

    return {
        i: layer.way(net.bottoms[i], net.tops[i])
        for i, layer in enumerate(net.layers)
        if isinstance(layer, ConvBase) and net.tops[i][0].count
    }


def _time(model: str, args: argparse.Namespace) -> dict[str, Any]:
    """Log what Caffe logs; returns the averages in milliseconds and the memory in bytes."""
    from ..core.context import TEST, TRAIN
    from ..net.net import Net

    net = Net(
        model,
        phase=TRAIN if args.phase == "TRAIN" else TEST,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
    )
    _force_weight_gradients(net)
    # The first pass allocates; it is not counted.
    log.info("Performing Forward")
    log.info("Initial loss: %s", number(net.run_forward()))
    log.info("Performing Backward")
    net.run_backward()
    forward, backward = _Stopwatch(len(net.layers)), _Stopwatch(len(net.layers))
    net.before_forward.append(forward.start)
    net.after_forward.append(forward.stop)
    net.before_backward.insert(0, backward.start)
    net.after_backward.append(backward.stop)

    log.info("*** Benchmark begins ***")
    log.info("Testing for %d iterations.", args.iterations)
    begin, forward_ms, backward_ms = perf_counter(), 0.0, 0.0
    for iteration in range(args.iterations):
        start = perf_counter()
        net.run_forward()
        middle = perf_counter()
        net.run_backward()
        end = perf_counter()
        forward_ms += (middle - start) * 1e3
        backward_ms += (end - middle) * 1e3
        took = number((end - start) * 1e3)
        log.info("Iteration: %d forward-backward time: %s ms.", iteration + 1, took)
    total_ms = (perf_counter() - begin) * 1e3

    log.info("Average time per layer: ")
    for name, *times in zip(net.layer_names, forward.ms, backward.ms):
        for word, ms in zip(("forward", "backward"), times):
            log.info("%10s\t%s: %s ms.", name, word, number(ms / args.iterations))
    ways = _ways(net) if args.why else {}
    for i, way in ways.items():
        log.info("%10s\tway: %s", net.layer_names[i], way)
    log.info("Average Forward pass: %s ms.", number(forward_ms / args.iterations))
    log.info("Average Backward pass: %s ms.", number(backward_ms / args.iterations))
    log.info("Average Forward-Backward: %s ms.", number(total_ms / args.iterations))
    log.info("Total Time: %s ms.", number(total_ms))
    memory = _memory(net)
    for what, size in memory.items():
        log.info("Memory of %s: %s MB.", what, number(size / 1e6))
    log.info("*** Benchmark ends ***")
    layers = [
        {
            "name": layer.name,
            "type": layer.param.type,
            "forward": f / args.iterations,
            "backward": b / args.iterations,
            **({"way": ways[i]} if i in ways else {}),
        }
        for i, (layer, f, b) in enumerate(zip(net.layers, forward.ms, backward.ms))
    ]
    return {
        "iterations": args.iterations,
        "forward": forward_ms / args.iterations,
        "backward": backward_ms / args.iterations,
        "layers": layers,
        "memory": memory,
    }
