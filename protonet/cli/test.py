"""protonet test: what `caffe test` does, score a model."""

from __future__ import annotations

import argparse
import json
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
    refuse_unfilled,
    stages,
)
from .models import TRAIN_TEST, model_file
from .output import log_shown

if TYPE_CHECKING:
    from ..errors import NonFiniteError
    from ..net.net import Net

#: As in kernels/average_precision.py, which takes NumPy to load.
VERSIONS = ("Integral", "MaxIntegral", "11point")
HELP = "run a trained net over test batches and print the mean of its outputs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_either(parser, "model", "net prototxt, or the name of a model of ours")
    add_either(parser, "weights", "trained weights, .caffemodel or .caffemodel.h5")
    parser.add_argument(
        "--iterations", type=positive, default=50, metavar="N", help="batches (default: 50)"
    )
    parser.add_argument(
        "--ap-version",
        choices=VERSIONS,
        default=VERSIONS[0],
        help="how average precision is taken, in nets with DetectionEvaluate (default: Integral)",
    )
    parser.add_argument(
        "--no-optimize",
        action="store_true",
        help="run layer by layer, instead of fewer steps with the same results up to rounding",
    )
    parser.add_argument("--strict", action="store_true", help="weights must fit layer by layer")
    parser.add_argument("--json", action="store_true", help="print the means as JSON too")
    add_consent(parser)
    add_net_arguments(parser)
    add_log_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..solvers.metrics import finite

    model, weights = either(args, "model", "weights")
    model = model_file(model, TRAIN_TEST)
    with log_shown(args.quiet, args.log):
        announce_device(args)
        result, error = _test(model, weights, args)
    if args.json:
        print(json.dumps(finite(result), indent=2))
    if error is not None:
        raise error
    return 0


def _test(
    model: str, weights: str, args: argparse.Namespace
) -> tuple[dict[str, Any], NonFiniteError | None]:
    """The means, and what to raise when they have been shown: not all numbers are finite."""
    import numpy as np

    from ..core.context import TEST
    from ..net.net import Net
    from ..solvers.guard import NonFinite, find_non_finite, non_finite_error
    from ..solvers.outputs import by_name, score
    from ..solvers.totals import Totals

    net = Net(
        model,
        phase=TEST,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
        optimize=not args.no_optimize,
    )
    refuse_unfilled(net)
    log.info("%s: %s", weights, net.copy_from(weights, strict=args.strict))
    error = _weights_fault(net, weights)
    log.info("Running for %d iterations.", args.iterations)
    loss, totals = 0.0, Totals(net)
    for batch in range(args.iterations):
        loss += net.run_forward()
        totals.add()
        last = totals.last
        for name, values in last.items():
            for value in values:
                log.info("Batch %d, %s = %s", batch, name, number(value))
        if error is None and not np.isfinite(np.concatenate([*last.values(), [loss]])).all():
            found = find_non_finite(net) or NonFinite("the loss")
            advice = "take other weights"
            if not args.no_optimize:
                advice += "; --no-optimize looks at every layer, to tell where it began"
            error = non_finite_error(net, found, f"in batch {batch}", advice)
    loss /= args.iterations
    log.info("Loss: %s", number(loss))
    outputs, means = totals.results(args.ap_version, per_class=True)
    for output, value in zip(outputs, means):
        log.info("%s", score(output, value))
        if args.quiet and not args.json:
            print(score(output, value))
    result = {
        "model": model,
        "weights": weights,
        "iterations": args.iterations,
        "loss": loss,
        "outputs": by_name(outputs, means),
    }
    return result, error


def _weights_fault(net: Net, weights: str) -> NonFiniteError | None:
    """Weights that are not finite need not show in the outputs: an accuracy of 0 is a number."""
    from ..solvers.guard import find_non_finite, non_finite_error

    found = find_non_finite(net, tops=False)
    return found and non_finite_error(net, found, f"in {weights}", "take other weights")
