"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import NetError
from ..log import log

if TYPE_CHECKING:
    from ..net.net import Net

#: Layers whose tops a program fills.
_FILLED_BY_PROGRAMS = ("Input", "MemoryData")


def add_net_arguments(parser: argparse.ArgumentParser) -> None:
    """--level, --stage and --gpu, as every command of Caffe has them, --fork and --plugin."""
    parser.add_argument("--level", type=int, help="net level, for include and exclude rules")
    parser.add_argument("--stage", default="", metavar="A,B", help="net stages, comma separated")
    parser.add_argument(
        "--fork", default="", metavar="NAME", help="whose layer a type of several forks means"
    )
    parser.add_argument(
        "--rcnn-config",
        metavar="FILE",
        help="settings of Faster R-CNN's Python layers, a YAML file of py-faster-rcnn's",
    )
    add_plugins(parser)
    parser.add_argument("--gpu", metavar="IDS", help="accepted and ignored: protonet uses the CPU")


def add_engine(parser: argparse.ArgumentParser) -> None:
    """--engine and --no-cache, for commands that run nets forward."""
    parser.add_argument(
        "--engine",
        choices=["numpy", "onnxruntime", "auto"],
        default="numpy",
        help="what computes: numpy (the default), onnxruntime (the net as a proved ONNX model; "
        "with --gpu N on a GPU), auto: onnxruntime if it is installed and can compute the net",
    )
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="make the ONNX model anew, and do not keep it in the cache",
    )


def engage(net: Net, args: argparse.Namespace, keep: Sequence[str] = ()) -> None:
    """Have the engine of --engine run the net, if that is not numpy.  keep: blobs that are read
    besides the outputs."""
    if args.engine == "numpy":
        return
    from ..engines import Options, engage

    device = f"cuda:{gpu}" if (gpu := _gpu(args)) is not None else "cpu"
    options = Options(device=device, cache=not args.no_cache, keep=tuple(keep))
    engage(net, args.engine, options)


def _gpu(args: argparse.Namespace) -> int | None:
    """The first number of --gpu, if an engine can use it."""
    if not args.gpu or getattr(args, "engine", "numpy") == "numpy":
        return None
    first = args.gpu.split(",")[0].strip()
    if first != "all" and not first.isdecimal():
        from .main import UsageError

        raise UsageError(f"--gpu {args.gpu}: give the number of a GPU")
    return 0 if first == "all" else int(first)


def add_plugins(parser: argparse.ArgumentParser) -> None:
    """--plugin; the command line loads what is named before it runs the command."""
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="FILE",
        help="load layers from this Python file or module; may be repeated",
    )


def add_shapes(parser: argparse.ArgumentParser) -> None:
    """--shape, for commands that look at a net without what it reads."""
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        type=named_shape,
        metavar="NAME=N,C,H,W",
        help="the shape of a blob that an Input, data or Python layer makes; may be repeated",
    )


def named_shape(text: str) -> tuple[str, tuple[int, ...]]:
    """argparse type: 'data=64,3,32,32' -> ('data', (64, 3, 32, 32)); 'x=' is a scalar."""
    name, equals, sizes = text.rpartition("=")
    words = [word.strip() for word in sizes.split(",")] if sizes.strip() else []
    if not name or not equals or not all(w.isdecimal() and int(w) for w in words):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no name with whole numbers above 0, as in data=64,3,32,32"
        )
    return name, tuple(map(int, words))


def stores() -> list[str]:
    """Choices of --backend: the kinds of stores."""
    from ..data.sources import STORES

    return [kind.lower() for kind in STORES]


def add_consent(parser: argparse.ArgumentParser) -> None:
    """For commands that run a net; those that only look at it never run a model's code."""
    parser.add_argument(
        "--allow-python", action="store_true", help="let Python layers import their modules"
    )


def add_skip_bad(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help="ignore labels that are no class, counted in a warning, where ignore_label is known",
    )


def add_log_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="show warnings only")
    parser.add_argument("--log", metavar="FILE", help="write the log to a file too")


def add_glog(parser: argparse.ArgumentParser) -> None:
    """For commands that show people something else than the log."""
    parser.add_argument(
        "--glog",
        action="store_true",
        help="show Caffe's log on a terminal too, as it is when stderr is no terminal",
    )


def is_for_people(args: argparse.Namespace) -> bool:
    """Whether somebody looks on who did not ask for Caffe's log."""
    return bool(sys.stderr.isatty() and not args.glog and not args.quiet)


def add_threads(parser: argparse.ArgumentParser) -> None:
    """--threads; the command line sets it before it runs the command."""
    parser.add_argument(
        "--threads",
        type=positive,
        metavar="N",
        help="threads that compute, or processes for an optimised net on Linux "
        "(default: PROTONET_NUM_THREADS, or one for each core)",
    )


def add_mpi_arguments(parser: argparse.ArgumentParser, training: bool = False) -> None:
    """What matters only under mpirun or srun."""
    group = parser.add_argument_group("several processes: see protonet help mpi")
    group.add_argument(
        "--mpi-timeout",
        type=positive,
        default=600,
        metavar="S",
        help="seconds to wait for another process before it is given up (default: 600)",
    )
    if not training:
        return
    group.add_argument(
        "--mpi-bucket",
        type=float,
        metavar="MB",
        help="megabytes of gradients that travel together (default: 4, within one machine 0: all, "
        "after backward)",
    )
    group.add_argument(
        "--mpi-half", action="store_true", help="send gradients in half precision, with its error"
    )
    group.add_argument(
        "--mpi-check",
        type=positive,
        default=500,
        metavar="N",
        help="every N iterations see whether all have the same parameters (default: 500)",
    )
    group.add_argument(
        "--mpi-average-statistics",
        action="store_true",
        help="at tests and snapshots take the mean of all processes' BatchNorm statistics",
    )


def add_either(parser: argparse.ArgumentParser, name: str, help: str) -> None:
    """An argument given by its place, or by its name as Caffe has it."""
    parser.add_argument(name, nargs="?", metavar=name.upper(), help=help)
    parser.add_argument(f"--{name}", dest=f"named_{name}", metavar="FILE", help=argparse.SUPPRESS)


def either(args: argparse.Namespace, *names: str) -> list[str]:
    """The values of arguments made with `add_either`, in order; UsageError if one is
    missing or given twice."""
    from .main import UsageError

    placed = [value for name in names if (value := getattr(args, name)) is not None]
    values = []
    for name in names:
        named = getattr(args, f"named_{name}")
        if named is None and not placed:
            raise UsageError(f"the argument {name.upper()} is missing")
        values.append(named if named is not None else placed.pop(0))
    if placed:
        raise UsageError(f"one argument too many: '{placed[-1]}'")
    return values


class UnfilledInput(NetError):
    """The wrong kind of net for a command that has no data of its own."""

    #: Of the command line.
    exit_code = 2


def refuse_unfilled(net: Net) -> None:
    """UnfilledInput if a layer waits for a program to fill it: it would run on zeros."""
    for step in net.steps:
        if step.layer.type in _FILLED_BY_PROGRAMS:
            tops = " and ".join(f"'{name}'" for name in step.top_names)
            raise UnfilledInput(
                f"nothing fills {tops} here",
                "give a net that reads its data (a train_test or train_val prototxt), or run this "
                "one from Python with protonet.Net and predict",
                file=step.place.file,
                line=step.place.line_of(None),
                layer=step.layer.name,
                layer_type=step.layer.type,
            )


def stages(args: argparse.Namespace) -> list[str]:
    return [stage.strip() for stage in args.stage.split(",") if stage.strip()]


def announce_device(args: argparse.Namespace) -> None:
    """Caffe's line on the device; one warning if a GPU was asked for that is not used."""
    if (gpu := _gpu(args)) is not None:
        log.info("Use GPU with device ID %d", gpu)
        return
    if args.gpu:
        engine = ": --engine onnxruntime can use a GPU" if hasattr(args, "engine") else ""
        log.warning("--gpu %s is ignored: protonet runs on the CPU%s", args.gpu, engine)
    log.info("Use CPU.")


def positive(text: str) -> int:
    """argparse type: a whole number from 1 on."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number above 0")
    return int(text)


def add_image_options(parser: argparse.ArgumentParser) -> None:
    """For commands that put image files into a store."""
    add_flag(parser, "gray", "one channel instead of three")
    add_flag(parser, "shuffle", "put the images into random order")
    parser.add_argument("--seed", type=int, default=0, help="of that order (default: 0)")
    add_flag(parser, "check-size", "refuse images that differ in size from the first")
    add_flag(parser, "encoded", "store compressed images, unchanged files wherever possible")
    parser.add_argument(
        "--encode-type",
        "--encode_type",
        default="",
        metavar="EXT",
        help="how to compress: png, jpg... (default: as the file is); implies --encoded",
    )
    parser.add_argument("--skip-bad", action="store_true", help="leave out what cannot be read")
    parser.add_argument("--force", action="store_true", help="replace what is there")


def add_flag(parser: argparse.ArgumentParser, name: str, help: str) -> None:
    """A switch, also in the spellings of gflags: --a_b, --a_b=true, --a_b=false, --noa_b."""
    dest = name.replace("-", "_")
    names = {f"--{name}": True, f"--{dest}": True, f"--no{dest}": False}
    # argparse looks for the whole word before it looks for a "=" in it.
    names |= {
        f"{word}={value}": value == "true" for word in [*names][:2] for value in ("true", "false")
    }
    for word, value in names.items():
        parser.add_argument(
            word,
            dest=dest,
            action="store_const",
            const=value,
            default=False,
            help=help if word == f"--{name}" else argparse.SUPPRESS,
        )


def keep_source(source: str, out: str | None, what: str) -> None:
    """UsageError where the file to write is the one that is read, which `what` names."""
    from .main import UsageError

    if out and os.path.exists(out) and os.path.samefile(source, out):
        raise UsageError(f"{out} is {what}: give --out another name")
