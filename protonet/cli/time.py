"""protonet time: what `caffe time` does, how long each layer takes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..log import log, number
from .common import (
    add_consent,
    add_either,
    add_engine,
    add_log_arguments,
    add_net_arguments,
    add_threads,
    announce_device,
    either,
    engage,
    positive,
    stages,
)
from .models import TRAIN_TEST, model_file
from .output import log_shown

if TYPE_CHECKING:
    from ..core.blob import Blob
    from ..net.net import Net

HELP = "time the forward and backward pass of each layer"

_EPILOG = """\
examples:
  protonet time lenet --iterations 10
  protonet time deploy.prototxt --phase TEST --why     how each convolution is computed, and why
  protonet time deploy.prototxt --optimize --threads 1
  protonet time deploy.prototxt --engine onnxruntime --json --quiet > times.json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_either(parser, "model", "net prototxt, or the name of a model of ours")
    parser.add_argument(
        "--phase",
        choices=["TRAIN", "TEST"],
        help="default: TRAIN, with --optimize or another engine TEST",
    )
    parser.add_argument(
        "--optimize",
        action="store_true",
        help="fold and fuse layers, as `test` does, and time the forward pass alone",
    )
    parser.add_argument(
        "--iterations", type=positive, default=50, metavar="N", help="passes (default: 50)"
    )
    parser.add_argument("--json", action="store_true", help="print the averages as JSON too")
    parser.add_argument(
        "--why", action="store_true", help="say which way each convolution is computed, and why"
    )
    add_engine(parser)
    add_consent(parser)
    add_net_arguments(parser)
    add_threads(parser)
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
        arrays = [b.data for b in blobs if b.has_data] + [b.diff for b in blobs if b.has_diff]
        return sum({a.__array_interface__["data"][0]: a.nbytes for a in arrays}.values())

    return {
        "blobs": size(net.blobs.values()) + net.extra_bytes,
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


def _ways(net: Net, optimized: bool) -> dict[int, str]:
    """By layer, the way of the convolutions that have something to compute."""
    from ..layers._conv import ConvBase

    return {
        i: layer.way(net.bottoms[i], net.tops[i], optimized)
        for i, layer in enumerate(net.layers)
        if isinstance(layer, ConvBase) and net.tops[i][0].count
    }


def _passes(net: Net, forward_only: bool) -> dict[str, Callable[[], object]]:
    """What is timed, "forward" and mostly "backward"; the first pass, which allocates, is not."""
    passes: dict[str, Callable[[], object]] = {"forward": net.run_forward}
    if not forward_only:
        _force_weight_gradients(net)
        passes["backward"] = net.run_backward
    log.info("Performing Forward")
    log.info("Initial loss: %s", number(net.run_forward()))
    if not forward_only:
        log.info("Performing Backward")
        net.run_backward()
    return passes


def _time(model: str, args: argparse.Namespace) -> dict[str, Any]:
    """Log what Caffe logs; returns the averages in milliseconds and the memory in bytes."""
    net = _net(model, args)
    passes = _passes(net, args.optimize or args.engine != "numpy")
    watches = _watched(net, passes)
    log.info("*** Benchmark begins ***")
    averages, whole_ms = _run_passes(passes, args.iterations)
    layers = _by_layer(net, watches, args)
    for way, ms in averages.items():
        log.info("Average %s pass: %s ms.", way.capitalize(), number(ms))
    if "backward" in passes:
        log.info("Average Forward-Backward: %s ms.", number(whole_ms / args.iterations))
    log.info("Total Time: %s ms.", number(whole_ms))
    memory = _memory(net)
    for what, size in memory.items():
        log.info("Memory of %s: %s MB.", what, number(size / 1e6))
    log.info("*** Benchmark ends ***")
    return {"iterations": args.iterations, **averages, "layers": layers, "memory": memory}


def _net(model: str, args: argparse.Namespace) -> Net:
    from ..core.context import TEST, TRAIN
    from ..kernels.threads import num_threads
    from ..net.net import Net

    other = args.engine != "numpy"
    default = "TEST" if args.optimize or other else "TRAIN"
    net = Net(
        model,
        phase=TEST if (args.phase or default) == "TEST" else TRAIN,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
        optimize=args.optimize and not other,
        processes=num_threads(),
    )
    engage(net, args)
    return net


def _watched(net: Net, passes: Iterable[str]) -> dict[str, _Stopwatch]:
    """A stopwatch for each way, forward and backward, that looks at each layer."""
    watches = {way: _Stopwatch(len(net.layers)) for way in passes}
    net.before_forward.append(watches["forward"].start)
    net.after_forward.append(watches["forward"].stop)
    if "backward" in watches:
        net.before_backward.insert(0, watches["backward"].start)
        net.after_backward.append(watches["backward"].stop)
    return watches


def _run_passes(
    passes: Mapping[str, Callable[[], object]], iterations: int
) -> tuple[dict[str, float], float]:
    """Run and log them; the average of each, and how long all took, in ms."""
    log.info("Testing for %d iterations.", iterations)
    begin, sums = perf_counter(), dict.fromkeys(passes, 0.0)
    for iteration in range(iterations):
        start = last = perf_counter()
        for way, run_pass in passes.items():
            run_pass()
            now = perf_counter()
            sums[way] += (now - last) * 1e3
            last = now
        took = number((last - start) * 1e3)
        log.info("Iteration: %d %s time: %s ms.", iteration + 1, "-".join(passes), took)
    whole_ms = (perf_counter() - begin) * 1e3
    return {way: ms / iterations for way, ms in sums.items()}, whole_ms


def _by_layer(
    net: Net, watches: Mapping[str, _Stopwatch], args: argparse.Namespace
) -> list[dict[str, Any]]:
    """Log the averages of the layers that ran, in ms; returns them.  None ran where another
    engine did: what goes on inside is its own affair."""
    other = args.engine != "numpy"
    ran = [] if other else [step.index for step in net.executed]
    ways = _ways(net, args.optimize) if args.why and not other else {}
    averages = {
        i: {way: watch.ms[i] / args.iterations for way, watch in watches.items()} for i in ran
    }
    if ran:
        log.info("Average time per layer: ")
    for i, each in averages.items():
        for way, ms in each.items():
            log.info("%10s\t%s: %s ms.", net.layer_names[i], way, number(ms))
    for i, why in ways.items():
        log.info("%10s\tway: %s", net.layer_names[i], why)
    return [
        {
            "name": net.layer_names[i],
            "type": net.layers[i].param.type,
            **each,
            **({"way": ways[i]} if i in ways else {}),
        }
        for i, each in averages.items()
    ]
