"""protonet test: what `caffe test` does, score a model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..log import log, number, tell
from ..parallel.launch import launched
from .common import (
    add_consent,
    add_either,
    add_engine,
    add_glog,
    add_log_arguments,
    add_mpi_arguments,
    add_net_arguments,
    add_skip_bad,
    add_threads,
    announce_device,
    either,
    engage,
    is_for_people,
    positive,
    refuse_unfilled,
    stages,
)
from .models import TRAIN_TEST, model_file
from .output import log_shown
from .scores import Scores, add_score_arguments
from .together import first_alone_logs, is_idle, shared, shared_by, world_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..errors import NonFiniteError
    from ..evaluation import Coverage
    from ..net.net import Net

HELP = "run a trained net over test batches and print the mean of its outputs"


_EPILOG = """\
MODEL is a net that reads its data, with the layers that tell how good it is: the train_test or
train_val prototxt, run in phase TEST.  The mean of each of its outputs is told, and how many
records the iterations covered.  What is asked for besides is counted from the scores and labels
that its Accuracy, or else its loss, compares; labels to be ignored are.

examples:
  protonet test lenet lenet_iter_1000.caffemodel --iterations 5
  protonet test lenet lenet_iter_1000.caffemodel --iterations 5 --confusion --per-class
  protonet test train_val.prototxt x.caffemodel --top-k 1,5 --json --quiet > result.json
  protonet test train_val.prototxt x.caffemodel --top-losses 24 --plot worst.png
  protonet test fcn_digits fcn_digits_iter_600.caffemodel --mean-iou
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_either(parser, "model", "net prototxt, or the name of a model of ours")
    add_either(parser, "weights", "trained weights, .caffemodel or .caffemodel.h5")
    parser.add_argument(
        "--iterations", type=positive, default=50, metavar="N", help="batches (default: 50)"
    )
    parser.add_argument(
        "--no-optimize",
        action="store_true",
        help="run layer by layer, instead of fewer steps with the same results up to rounding",
    )
    parser.add_argument("--strict", action="store_true", help="weights must fit layer by layer")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    add_score_arguments(parser)
    add_engine(parser)
    add_consent(parser)
    add_skip_bad(parser)
    add_net_arguments(parser)
    add_threads(parser)
    add_log_arguments(parser)
    add_glog(parser)
    add_mpi_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..prediction.names import Names
    from ..solvers.metrics import finite

    model, weights = either(args, "model", "weights")
    model = model_file(model, TRAIN_TEST)
    names = Names.of(args.labels)
    with log_shown(args.quiet, args.log, plain=is_for_people(args), rank=launched().rank):
        announce_device(args)
        with first_alone_logs():
            net, scores = _net(model, args)
        if is_idle(net, args):
            return 0
        result, error = _test(net, scores, weights, args)
    if launched().rank > 0:
        return 0
    if args.json:
        print(json.dumps(finite({"model": model, **result, **scores.result()}), indent=2))
    else:
        print("".join(f"{line}\n" for line in scores.lines(names)), end="")
    scores.draw(names)
    if error is not None:
        raise error
    return 0


def _net(model: str, args: argparse.Namespace) -> tuple[Net, Scores]:
    """The net, optimised if it may be, and what is counted of it: then it is built once more, to
    keep the values that are counted."""
    from ..core.context import TEST
    from ..kernels.threads import num_threads
    from ..net.net import Net

    options: dict[str, Any] = {
        "phase": TEST,
        "level": args.level or 0,
        "stages": stages(args),
        "allow_python": args.allow_python,
        "fork": args.fork,
        "rcnn_config": args.rcnn_config,
        "ignore_bad_labels": args.skip_bad,
        **shared(world_of(args)),
    }
    options["optimize"] = not args.no_optimize and args.engine == "numpy"
    options["processes"] = 1 if launched().size > 1 else num_threads()
    net = Net(model, **options)
    refuse_unfilled(net)
    scores = Scores(net, args)
    if options["optimize"] and scores.needs:
        net = Net(model, keep=scores.needs, **options)
        scores = Scores(net, args)
    engage(net, args, scores.needs)
    return net, scores


def _test(
    net: Net, scores: Scores, weights: str, args: argparse.Namespace
) -> tuple[dict[str, Any], NonFiniteError | None]:
    """The means, and what to raise when they have been shown: not all numbers are finite."""
    import numpy as np

    from ..evaluation import Coverage
    from ..parallel.shares import in_order
    from ..solvers.outputs import by_name, score
    from ..solvers.totals import Totals
    from .dataset import meter

    tell("%s: %s", weights, net.copy_from(weights, strict=args.strict))
    error = _weights_fault(net, weights)
    log.info("Running for %d iterations.", args.iterations)
    loss, totals = 0.0, Totals(net)
    world, batches = shared_by(net, args), range(args.iterations)

    def run_batch(some: Sequence[int]) -> Iterator[Any]:
        for batch in some:
            own, seen = net.run_forward(), totals.seen()
            fault = _batch_fault(net, [*totals.means(seen).values(), np.array([own])], batch, args)
            scores.add(net, batch)
            yield own, seen, fault

    with meter("test", args.iterations, " batches", leave=False) as progress:
        for batch, (own, seen, fault) in enumerate(in_order(world, batches, run_batch)):
            loss += own
            totals.add(seen)
            error = error or fault
            for name, values in totals.means(seen).items():
                for value in values:
                    log.info("Batch %d, %s = %s", batch, name, number(value))
            progress(1)
    if world is not None:
        scores.combine(world.gather)
    if launched().rank > 0:
        return {}, None
    loss /= args.iterations
    tell("Loss: %s", number(loss))
    outputs, means = totals.results(args.ap_version, per_class=True)
    coverage = Coverage.of(net, args.iterations)
    _say([score(output, value) for output, value in zip(outputs, means)], coverage, args)
    result = {
        "weights": weights,
        "iterations": args.iterations,
        "loss": loss,
        "outputs": by_name(outputs, means),
        "records": {each.layer: each.as_dict() for each in coverage},
    }
    return result, error


def _say(means: list[str], coverage: list[Coverage], args: argparse.Namespace) -> None:
    """The means, and below them what they are of."""
    for line in [*means, *map(str, coverage)]:
        tell("%s", line)
        if args.quiet and not args.json:
            print(line)


def _batch_fault(
    net: Net, values: list[NDArray], batch: int, args: argparse.Namespace
) -> NonFiniteError | None:
    """The error if one of the values is not finite: the layer at fault, as far as it shows."""
    import numpy as np

    from ..solvers.guard import NonFinite, find_non_finite, non_finite_error

    if all(np.isfinite(array).all() for array in values):
        return None
    advice = "take other weights"
    if args.engine != "numpy":
        advice += "; without --engine"
    elif not args.no_optimize:
        advice += "; --no-optimize looks at every layer, to tell where it began"
    found = find_non_finite(net) or NonFinite("the loss")
    return non_finite_error(net, found, f"in batch {batch}", advice)


def _weights_fault(net: Net, weights: str) -> NonFiniteError | None:
    """Weights that are not finite need not show in the outputs: an accuracy of 0 is a number."""
    from ..solvers.guard import find_non_finite, non_finite_error

    found = find_non_finite(net, tops=False)
    return found and non_finite_error(net, found, f"in {weights}", "take other weights")
