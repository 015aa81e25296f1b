"""protonet dataset: fetch or convert a data set, and write it as Caffe LMDBs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HELP = "write a known data set as LMDBs: digits, digits-scenes, mnist, fashion-mnist, cifar10"

_EPILOG = """\
Without --out the LMDBs go into the cache (PROTONET_CACHE, or the system's folder for caches),
where a Data layer finds them by name: source: "mnist_train_lmdb".
Nothing is downloaded when --from names a folder with the files.

examples:
  protonet dataset digits --out .         part of protonet: no network is needed
  protonet dataset mnist
  protonet dataset cifar10 --from cifar-10-batches-bin/ --out data/"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from ..data.datasets import DATASETS

    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    titles = "; ".join(f"{name}: {dataset.title}" for name, dataset in DATASETS.items())
    parser.add_argument("name", choices=DATASETS, help=titles)
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="where to write (default: the cache)"
    )
    parser.add_argument(
        "--from",
        metavar="DIR",
        type=Path,
        dest="source",
        help="convert files of this folder (IDX or CIFAR binary, plain or gzipped)",
    )
    parser.add_argument(
        "--split",
        metavar="N",
        type=int,
        help="the first N images to train, the others to test, from all that are found",
    )
    parser.add_argument(
        "--mirror",
        metavar="URL",
        action="append",
        default=[],
        help="folder on the web to try first",
    )
    parser.add_argument("--force", action="store_true", help="replace what is there")


def run(args: argparse.Namespace) -> int:
    from ..data import datasets
    from ..data.lookup import cache_dir

    dataset = datasets.DATASETS[args.name]
    out = args.out or cache_dir()
    targets = datasets.targets(args.name, out)
    datasets.check_free(targets, args.force)
    if dataset.write is not None:
        return _write_stores(args, dataset, out, targets[-1])
    folder = args.source or cache_dir() / "downloads" / args.name
    if args.source is None and dataset.files:
        from ..data.datasets.download import download

        download(dataset.files, (*args.mirror, *dataset.mirrors), folder, meter)
    halves = datasets.load_halves(dataset, folder, args.split)
    for path, (images, labels) in zip(targets, halves):
        with meter(path.name, len(images), " images") as progress:
            datasets.write_store(path, images, labels, force=args.force, progress=progress)
        print(f"{path}: {len(images)} images")
    if dataset.mean_file:
        print(datasets.write_mean(targets[-1], halves[0][0]))
    return 0


def _write_stores(args: argparse.Namespace, dataset: Any, out: Path, label_map: Path) -> int:
    """The stores of a data set that is made on the spot."""
    from ..data import datasets
    from .main import UsageError

    if args.source or args.split is not None:
        raise UsageError(f"{args.name} is made, not read: leave out --from and --split")
    for name, (split, part) in datasets.stores_of(args.name).items():
        with meter(name, None, " images") as progress:
            count = dataset.write(out / name, split, part, force=args.force, progress=progress)
        print(f"{out / name}: {count} images")
    print(datasets.write_label_map(label_map, dataset.classes))
    return 0


@contextmanager
def meter(
    title: str, total: int | None, unit: str, *, leave: bool = True
) -> Iterator[Callable[[int], object]]:
    """A progress bar on stderr, where that is a terminal.  leave: whether it stays at the end."""
    from tqdm import tqdm

    from .output import steady

    with tqdm(
        desc=title,
        total=total,
        unit=unit,
        unit_scale=True,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=leave,
    ) as bar:
        yield steady(bar).update
