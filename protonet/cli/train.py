"""protonet train: what `caffe train` does."""

from __future__ import annotations

import argparse
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ..log import log, tell
from ..parallel.launch import launched
from .common import (
    add_consent,
    add_either,
    add_glog,
    add_log_arguments,
    add_mpi_arguments,
    add_net_arguments,
    add_skip_bad,
    add_threads,
    announce_device,
    either,
    is_for_people,
    positive,
    refuse_unfilled,
    stages,
)
from .models import SOLVER, model_file, names
from .output import log_shown
from .together import first_alone_logs, seed, shared, workers, world_of
from .train_options import (
    add_callback_arguments,
    add_trial_arguments,
    callbacks_added,
    run_trial,
)

if TYPE_CHECKING:
    from ..solvers.solver import Solver

HELP = "train a net as a solver prototxt says"
_EPILOG = """\
On a terminal a table grows: iteration, loss, outputs of the tests, learning rate, iterations a
second, time left.  Elsewhere, and with --glog, it is Caffe's log; --log FILE has that in any case.
CTRL-C stops after the iteration and writes a snapshot, from which the line at the end goes on.

--set changes what the files say for this training alone, and adds what they do not say.  In
brackets stands a layer's name, or an index where several layers share it.

Under mpirun or srun all processes train together: each on a batch of its own of the records, which
are dealt out; the gradients are averaged, tests shared out, and the first one logs and writes.

examples:
  protonet train lenet
  protonet train solver.prototxt --weights bvlc_alexnet.caffemodel --best --early-stopping 5
  protonet train solver.prototxt --snapshot lenet_iter_500.solverstate --keep 3
  protonet train lenet --find-lr
  protonet train lenet --overfit
  protonet train lenet --csv lenet.csv --tensorboard runs/lenet --threads 2
  protonet train lenet --set base_lr=0.001 --set lr_policy=fixed
  protonet train solver.prototxt --set "net.layer[conv1].convolution_param.num_output=32"
  protonet train solver.prototxt --set "net.layer[0].data_param.batch_size=16"
  mpirun -n 4 protonet train solver.prototxt

exit codes: 1 if --overfit did not learn its batch, 6 if another process of the run was lost,
else as of all commands"""

EFFECTS = ("stop", "snapshot", "none")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_either(parser, "solver", f"solver prototxt, or a model of ours: {', '.join(names())}")
    parser.add_argument(
        "--weights", action="append", metavar="A,B", help="start from these .caffemodel files"
    )
    parser.add_argument("--strict", action="store_true", help="the weights must fit layer by layer")
    parser.add_argument("--snapshot", metavar="FILE", help="go on from this .solverstate")
    parser.add_argument(
        "--iterations",
        type=positive,
        metavar="N",
        help="train to this iteration, in place of max_iter (which policy poly looks at)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="give a field of the solver another value, or with net. in front one of its net; "
        "may be repeated",
    )
    parser.add_argument(
        "--keep-going", action="store_true", help="do not stop when the loss is not finite"
    )
    parser.add_argument(
        "--sigint_effect",
        "--sigint-effect",
        choices=EFFECTS,
        default="stop",
        help="what CTRL-C does (default: stop, with a snapshot)",
    )
    parser.add_argument(
        "--sighup_effect",
        "--sighup-effect",
        choices=EFFECTS,
        default="snapshot",
        help="what SIGHUP does (default: snapshot)",
    )
    add_skip_bad(parser)
    add_callback_arguments(parser)
    add_trial_arguments(parser)
    add_consent(parser)
    add_net_arguments(parser)
    add_threads(parser)
    add_log_arguments(parser)
    add_glog(parser)
    add_mpi_arguments(parser, training=True)


def run(args: argparse.Namespace) -> int:
    from .main import UsageError

    (path,) = either(args, "solver")
    if args.snapshot and args.weights:
        raise UsageError("give --snapshot to go on or --weights to start from, not both")
    plain = is_for_people(args)
    with hangup_held() as release:
        return _logged(path, args, plain, release)


def _logged(path: str, args: argparse.Namespace, plain: bool, release: Callable[[], None]) -> int:
    # Who goes on with a training goes on with its log, too.
    rank = launched().rank
    with log_shown(args.quiet, args.log, plain=plain, append=bool(args.snapshot), rank=rank):
        announce_device(args)
        return _run(path, args, plain, release)


def _run(path: str, args: argparse.Namespace, plain: bool, release: Callable[[], None]) -> int:
    from ..solvers.signals import Action, Signals
    from .main import INTERRUPTED

    if args.find_lr or args.overfit:
        return run_trial(_solver(path, args), path, args)
    with Signals(Action(args.sigint_effect), Action(args.sighup_effect)) as signals:
        release()
        with first_alone_logs():
            solver = _solver(path, args)
        solver.action_source = signals.poll
        _train(solver, path, args, plain)
        return INTERRUPTED if signals.stopped else 0


@contextmanager
def hangup_held() -> Iterator[Callable[[], None]]:
    """Until the function that it gives is called, or the body ends, a SIGHUP waits: there is a
    handler for it only once the solvers' modules are loaded, and without one it kills."""
    if not hasattr(signal, "pthread_sigmask"):
        yield lambda: None
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield release
    finally:
        release()


def _train(solver: Solver, path: str, args: argparse.Namespace, plain: bool) -> None:
    from .outcome import Outcome
    from .progress import Progress
    from .table import Table

    with callbacks_added(solver, args) as best, ExitStack() as stack:
        outcome = Outcome(best)
        solver.add_callback(outcome)
        if args.snapshot:
            tell("Resuming from %s", args.snapshot)
            solver.restore(args.snapshot)
        if plain and solver.rank == 0:
            table = Table()
            solver.add_callback(table)
            table.begin(solver)
            stack.callback(table.finish, solver)
        log.info("Starting Optimization")
        with Progress(solver), warnings.catch_warnings():
            # A loss that is not finite is told once, by the guard, and not by each kernel.
            warnings.simplefilter("ignore", RuntimeWarning)
            solver.solve()
    settings = [word for setting in args.set for word in ("--set", setting)]
    for line in outcome.lines(solver, path, _options(args), settings):
        tell("%s", line)
        if args.quiet:
            print(line)


def _options(args: argparse.Namespace) -> list[str]:
    """Those that a command needs too which goes on with what was trained."""
    options = ["--allow-python"] if args.allow_python else []
    return options + [word for name in args.plugin for word in ("--plugin", name)]


def _solver(path: str, args: argparse.Namespace) -> Solver:
    from ..proto.text import read_solver
    from ..solvers import get_solver
    from ..solvers.settings import read_with_settings

    path = model_file(path, SOLVER)
    definition = read_with_settings(path, args.set) if args.set else read_solver(path)
    if args.level is not None:
        definition.message.train_state.level = args.level
    if args.stage:
        definition.message.train_state.stage.extend(stages(args))
    if args.iterations:
        definition.message.max_iter = args.iterations
    weights = [] if args.snapshot else args.weights
    world = world_of(args)
    if world is not None:
        seed(world, definition)
    solver = get_solver(
        definition,
        weights=weights,
        strict=args.strict,
        keep_going=args.keep_going,
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
        ignore_bad_labels=args.skip_bad,
        **shared(world),
    )
    for net in (solver.net, *solver.test_nets):
        refuse_unfilled(net)
    if world is not None:
        solver.join(workers(world, args))
    return solver
