"""Of protonet convert: weights from one form to another, and single arrays."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..export.weights.state_dict import Loaded

TITLE = "weights to weights, an array to an array"
EXAMPLES = """\
  protonet convert net.caffemodel net.safetensors
  protonet convert net.npz net.caffemodel --net net.prototxt
  protonet convert vgg16.safetensors vgg16.caffemodel --net vgg16.prototxt --map names.txt
  protonet convert mean.binaryproto mean.npy

Weights are .caffemodel, .h5 (.hdf5), .npz or .safetensors.  With --net they must fit the net,
and what is written holds its definition.  Weights of PyTorch, saved with the package
safetensors, need it.  names.txt has a module and a layer in each line (classifier.6 fc8); what
it leaves out goes by name, or by shape where only one module fits, or several that differ in
the numbers of their names alone, in that order.  What goes where is printed, as lines for such
a file.
"""


def suits(files: Sequence[str]) -> bool:
    """Are these two files of weights, or two of arrays?"""
    from ..export.weights.arrays import ARRAYS
    from ..proto.weight_formats import SUFFIXES

    endings = [Path(file).suffix.lower() for file in files]
    return len(files) == 2 and any(
        all(ending in known for ending in endings) for known in (ARRAYS, SUFFIXES)
    )


def add_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--net", metavar="PROTOTXT", help="the net that the weights are for")
    group.add_argument(
        "--map", metavar="FILE", help="a text with a module of PyTorch and a layer in each line"
    )


def run(args: argparse.Namespace) -> int:
    from ..export.weights.arrays import ARRAYS, read_array, write_array
    from ..export.weights.edit import read_own
    from .main import UsageError

    source, target = args.files
    if Path(source).suffix.lower() in ARRAYS:
        write_array(target, read_array(source))
    elif args.net:
        _through_net(args)
    elif args.map:
        raise UsageError("--map names layers of a net: give --net as well")
    else:
        read_own(source).write(target)
    return 0


def _through_net(args: argparse.Namespace) -> None:
    """Weights that fit the net, or an error; saved with its definition."""
    from ..export.weights.state_dict import load_state_dict, read_names
    from ..log import log
    from ..net.net import Net
    from ..proto.weight_file import read_weight_file
    from .main import UsageError

    source, target = args.files
    net = Net(args.net, open_data=False)
    file = read_weight_file(source)
    if file.foreign:
        loaded = load_state_dict(net, source, read_names(args.map) if args.map else ())
        net.save(target)
        _tell(loaded)
        return
    if args.map:
        raise UsageError(f"{source} has names of layers already: see 'protonet weights rename'")
    report = net.copy_from(source)
    net.save(target)
    if report.unused:
        log.warning("%s: not in the net, left out: %s", source, ", ".join(report.unused))


def _tell(loaded: Loaded) -> None:
    width = max((len(match.module) for match in loaded.matches), default=0)
    wide = max((len(match.layer) for match in loaded.matches), default=0)
    reasons = {
        "map": "",
        "name": "by name",
        "batch norm": "as the BatchNorm before it",
        "shape": "no other fits",
        "numbers": "in the order of numbers",
    }
    for match in loaded.matches:
        reason = reasons[match.why]
        line = f"{match.module:<{width}} {match.layer:<{wide}}" + f"  # {reason}" * bool(reason)
        print(line.rstrip())
    for module in loaded.unused:
        print(f"# {module}: no layer takes it")
