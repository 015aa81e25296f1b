"""protonet convert-imageset: image files and a list of labels into a store."""

from __future__ import annotations

import argparse
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ..parallel.launch import launched
from .common import add_image_options, add_mpi_arguments, positive, stores
from .together import world_of

#: Images that a process reads at a time, of several that share them out.
_BLOCK = 32

HELP = "put image files with labels into an LMDB, a LevelDB or HDF5 files"

_EPILOG = """\
LIST has a line for each image: its name, a space, its label (a whole number).  Names may
contain spaces.  ROOT is put in front of each name as it is, so end it with a slash.  A LIST
that ends in .csv has the names of its columns in the first line, the image in the first column.

Labels that are no whole numbers, or several for one image (--label-count, or the columns of a
CSV), do not fit into the records of a Data layer.  Two ways lead to Caffe's own layers:
  --labels-db DB2   a second store with the same keys; read it with a second Data layer of the
                    same batch_size, whose only top then has the shape (N, K, 1, 1)
  --backend hdf5    a folder of HDF5 files; DB/list.txt is the source of an HDF5Data layer with
                    the tops data (values 0 to 255) and label (N, K)

As with Caffe's tool: keys are 00000000_name and so on, colours are in the order blue, green,
red.  Other than there: an image that cannot be read ends the work (Caffe left it out and went
on: that is --skip-bad), a label that is no number does so too (Caffe took 0), and --encoded
compresses an image anew if its file has not the number of channels that was asked for.

examples:
  protonet convert-imageset photos/ train.txt train_lmdb --resize-width 256 --resize-height 256
  protonet convert-imageset photos/ train.txt train_lmdb --shuffle --encoded --encode-type jpg
  protonet convert-imageset faces/ points.csv faces_hdf5 --backend hdf5"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("root", help="what to put in front of each name: a folder with a slash")
    parser.add_argument("list", type=Path, help="text or CSV file with names and labels")
    parser.add_argument("db", type=Path, help="what to make")
    parser.add_argument(
        "--backend",
        choices=[*stores(), "hdf5"],
        default="lmdb",
        help="kind of what is made (default: lmdb)",
    )
    for side in ("width", "height"):
        parser.add_argument(
            f"--resize-{side}",
            f"--resize_{side}",
            type=int,
            default=0,
            metavar="N",
            help="resize to this; give both",
        )
    parser.add_argument(
        "--label-count", type=positive, default=1, metavar="K", help="labels in each line of LIST"
    )
    parser.add_argument(
        "--columns", default="", metavar="A,B", help="columns of a CSV with labels (default: all)"
    )
    parser.add_argument(
        "--labels-db", type=Path, metavar="DB2", help="put the labels, of any kind, there"
    )
    add_image_options(parser)
    add_mpi_arguments(parser)


def run(args: argparse.Namespace) -> int:
    _refuse_contradictions(args)
    import numpy as np

    from ..data.tools import imageset
    from ..parallel.shares import in_order
    from .dataset import meter

    entries = _read_entries(args)
    if args.shuffle:
        order = np.random.default_rng(args.seed).permutation(len(entries))
        entries = [entries[i] for i in order]
    options = imageset.Options(
        gray=args.gray,
        size=(args.resize_height, args.resize_width) if args.resize_height else None,
        encode=args.encoded or bool(args.encode_type),
        encode_type=args.encode_type,
        check_size=args.check_size or args.backend == "hdf5",
    )
    conversion = imageset.Conversion(str(args.list), args.root, options, skip_bad=args.skip_bad)
    pictures = in_order(world_of(args), entries, conversion.load, _BLOCK)
    if launched().rank > 0:
        deque(pictures, maxlen=0)
        return 0
    with ExitStack() as stack:
        sink = _open_sink(args, stack)
        with meter(args.db.name, len(entries), " images") as progress:
            done = conversion.run(entries, sink, progress, pictures)
    shape = " x ".join(map(str, done.shape))
    left_out = f", {done.skipped} left out" if done.skipped else ""
    print(f"{args.db}: {done.written} images of {shape}{left_out}")
    return 0


def _refuse_contradictions(args: argparse.Namespace) -> None:
    from .main import UsageError

    if (args.resize_height > 0) != (args.resize_width > 0):
        raise UsageError("give both --resize-height and --resize-width, or neither")
    if min(args.resize_height, args.resize_width) < 0:
        raise UsageError("images cannot be resized to less than nothing")
    if args.backend == "hdf5" and (args.encoded or args.encode_type):
        raise UsageError("HDF5 files hold pixels: leave out --encoded and --encode-type")
    if args.backend == "hdf5" and args.labels_db:
        raise UsageError("HDF5 files hold the labels: leave out --labels-db")
    if args.columns and not _is_csv(args):
        raise UsageError("--columns is for a LIST that ends in .csv")
    if args.labels_db and args.labels_db == args.db:
        raise UsageError("the labels need a store of their own")


def _is_csv(args: argparse.Namespace) -> bool:
    return args.list.suffix.lower() == ".csv"


def _read_entries(args: argparse.Namespace) -> list[Any]:
    from ..data.tools import lists

    whole = args.backend != "hdf5" and not args.labels_db
    if _is_csv(args):
        columns = [name.strip() for name in args.columns.split(",") if name.strip()]
        return lists.read_csv(args.list, columns, whole)
    return lists.read_list(args.list, args.label_count, whole)


def _open_sink(args: argparse.Namespace, stack: ExitStack) -> Any:
    """Where the images go; what it makes gets its name when the stack ends."""
    from ..data.sources import create_store
    from ..data.tools import hdf5_sink, imageset

    if args.backend == "hdf5":
        return stack.enter_context(hdf5_sink.new_hdf5_folder(args.db, force=args.force))
    kind = args.backend.upper()
    paths = [args.db, args.labels_db] if args.labels_db else [args.db]
    stores = [stack.enter_context(create_store(p, kind, force=args.force)) for p in paths]
    return imageset.StoreSink(*stores)
