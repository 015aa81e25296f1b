"""protonet extract-features: the values of blobs, for as many batches as asked for."""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..parallel.launch import launched
from .common import (
    add_consent,
    add_engine,
    add_mpi_arguments,
    add_net_arguments,
    engage,
    positive,
    refuse_unfilled,
    stages,
)
from .together import first_alone_logs, is_idle, shared, shared_by, world_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

HELP = "run a trained net and save what some of its blobs hold"

_EPILOG = """\
The net runs in the phase TEST and reads its data itself, through a Data or ImageData layer.

lmdb, leveldb   a store for each blob, with a Datum of floats for each item; the keys are
                0000000000, 0000000001, ... in the order in which the net reads
hdf5, npz       arrays (items, ...) named as their blobs, in one file for all or in one for each

The order of arguments is that of Caffe's tool.

examples:
  protonet extract-features net.caffemodel train_val.prototxt fc7 fc7_lmdb 10
  protonet extract-features net.caffemodel train_val.prototxt fc7,label features.npz 10 npz"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from ..data.tools.features import kinds

    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("weights", help="trained weights, .caffemodel or .caffemodel.h5")
    parser.add_argument("model", help="net prototxt")
    parser.add_argument("blobs", help="names of blobs, comma separated")
    parser.add_argument("out", help="stores or files to write, comma separated")
    parser.add_argument("batches", type=positive, help="how many batches to run")
    parser.add_argument(
        "backend", nargs="?", choices=kinds(), default="lmdb", help="what to write (default: lmdb)"
    )
    parser.add_argument("device", nargs="*", help="CPU; GPU and DEVICE_ID are ignored")
    parser.add_argument("--strict", action="store_true", help="weights must fit layer by layer")
    parser.add_argument("--force", action="store_true", help="replace what is there")
    add_engine(parser)
    add_consent(parser)
    add_net_arguments(parser)
    add_mpi_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from ..data.tools.features import open_features
    from ..log import log
    from ..parallel.shares import in_order
    from .dataset import meter

    blobs = args.blobs.split(",")
    paths = [Path(name) for name in args.out.split(",")]
    _refuse_contradictions(args, blobs, paths)
    if (args.gpu and args.engine == "numpy") or any(word.upper() != "CPU" for word in args.device):
        log.warning("GPU and DEVICE_ID are ignored: protonet runs on the CPU")
    with first_alone_logs():
        net = _load(args, blobs)
    if is_idle(net, args):
        return 0

    def run_batch(some: Sequence[int]) -> Iterator[list[NDArray]]:
        for _ in some:
            net.run_forward()
            yield [net.blobs[name].data.copy() for name in blobs]

    found = in_order(shared_by(net, args), range(args.batches), run_batch)
    if launched().rank > 0:
        deque(found, maxlen=0)
        return 0
    with (
        open_features(paths, blobs, args.backend, force=args.force) as features,
        meter(args.model, args.batches, " batches") as progress,
    ):
        for values in found:
            for feature, value in zip(features, values):
                feature.put(value)
            progress(1)
    for i, feature in enumerate(features):
        shape = " x ".join(map(str, feature.shape or ())) or "one value"
        path = paths[min(i, len(paths) - 1)]
        print(f"{path}: {feature.count} items of '{feature.name}', {shape}")
    return 0


def _refuse_contradictions(args: argparse.Namespace, blobs: list[str], paths: list[Path]) -> None:
    from .main import UsageError

    one_file = args.backend in ("hdf5", "npz") and len(paths) == 1
    if len(blobs) != len(paths) and not one_file:
        raise UsageError(f"{len(blobs)} blobs but {len(paths)} outputs: give one for each")
    for names in (blobs, paths):
        if len({*map(str, names)}) < len(names):
            raise UsageError("a blob or an output is named twice")


def _load(args: argparse.Namespace, blobs: list[str]) -> Any:
    """The net with its weights; NetError if a blob is not there."""
    from ..core.context import TEST
    from ..errors import NetError, did_you_mean
    from ..net.net import Net

    net = Net(
        args.model,
        phase=TEST,
        level=args.level or 0,
        stages=stages(args),
        allow_python=args.allow_python,
        fork=args.fork,
        rcnn_config=args.rcnn_config,
        **shared(world_of(args)),
    )
    refuse_unfilled(net)
    for name in blobs:
        if name not in net.blobs:
            hint = did_you_mean(name, net.blobs) or f"there are {', '.join(net.blobs)}"
            raise NetError(f"the net has no blob '{name}'", hint, file=args.model)
    engage(net, args, blobs)
    net.copy_from(args.weights, strict=args.strict)
    return net
