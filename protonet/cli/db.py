"""protonet db: what is in a store, and stores made of stores."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .common import positive, stores

HELP = "look into an LMDB or LevelDB, check, convert or split it"

_EPILOG = """\
examples:
  protonet db info train_lmdb
  protonet db show train_lmdb 7 --out seven.png
  protonet db split all_lmdb train_lmdb test_lmdb --part 0.1
  protonet db check train_lmdb --against test_lmdb
  protonet db convert old_leveldb new_lmdb

'protonet db ACTION --help' explains one of them."""

_PROBLEMS = 4
_BAR = 40
_MOST_LABELS = 60

_Add = Callable[[str, str], argparse.ArgumentParser]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from .main import Parser

    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter

    def make(prog: str, description: str = "", **_: Any) -> Parser:
        return Parser(prog, description)

    maker: Any = make  # argparse says it wants a class
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, parser_class=maker
    )

    def add(name: str, help: str) -> argparse.ArgumentParser:
        action: argparse.ArgumentParser = actions.add_parser(name, help=help, description=help)
        action.add_argument("store", type=Path, help="an LMDB or LevelDB")
        return action

    _add_looking(add)
    _add_making(add)


def _add_looking(add: _Add) -> None:
    """info, list, show, check: they leave stores as they are."""
    action = add("info", "print the kind of a store, how many records it has, and the first")
    action.add_argument("--json", action="store_true", help="machine-readable output")

    action = add("list", "print key, label and size of each record")
    action.add_argument("--limit", type=positive, metavar="N", help="the first N only")
    action.add_argument("--json", action="store_true", help="one JSON object a line")

    action = add("show", "show the image of a record on the terminal, or save it as PNG")
    action.add_argument(
        "record", nargs="?", default="0", help="its key, or its number (default: 0, the first)"
    )
    action.add_argument("--out", metavar="FILE", type=Path, help="write a PNG file")
    action.add_argument(
        "--rgb",
        action="store_true",
        help="channels are red, green, blue (default: as Caffe's tools, the other way round)",
    )
    action.add_argument("--columns", type=positive, metavar="N", help="width of the text")

    action = add("check", "read every record: sizes, labels, damage, duplicates")
    action.add_argument(
        "--against",
        metavar="OTHER",
        type=Path,
        help="a store that should not have the same images, such as the test store",
    )
    action.add_argument("--strict", action="store_true", help="notes count as problems")
    action.add_argument("--json", action="store_true", help="machine-readable output")
    action.epilog = f"Exit code {_PROBLEMS} if there are problems: what training would fail on."


def _add_making(add: _Add) -> None:
    """convert, split."""
    action = add("convert", "copy all records into a store of the other kind")
    action.add_argument("target", type=Path, help="the new store")
    _add_writing(action, "the other one")

    action = add("split", "divide the records at random into a train and a test store")
    action.add_argument("train", type=Path, help="the new store of what is left")
    action.add_argument("test", type=Path, help="the new store of what is taken out")
    action.add_argument(
        "--part",
        type=_part,
        default=0.2,
        metavar="P",
        help="of the test store: a fraction, or a number of records (default: 0.2)",
    )
    action.add_argument("--seed", type=int, default=0, help="of the choice (default: 0)")
    action.add_argument(
        "--no-stratify",
        dest="stratify",
        action="store_false",
        help="regardless of labels (default: every label in proportion)",
    )
    action.add_argument(
        "--shuffle", action="store_true", help="put the records into random order, by new keys"
    )
    action.add_argument("--skip-bad", action="store_true", help="leave out damaged records")
    _add_writing(action, "that of the old store")


def _add_writing(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--backend", choices=stores(), help=f"kind of what is made (default: {default})"
    )
    parser.add_argument("--force", action="store_true", help="replace what is there")


def _part(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not (0 < value < 1 or (value >= 1 and value.is_integer())):
        raise argparse.ArgumentTypeError(f"'{text}' is no fraction below 1 and no whole number")
    return value


def run(args: argparse.Namespace) -> int:
    actions = {
        "info": _info,
        "list": _list,
        "show": _show,
        "convert": _convert,
        "split": _split,
        "check": _check,
    }
    return actions[args.action](args)


def _info(args: argparse.Namespace) -> int:
    from ..data.tools.stores import describe_store

    found = describe_store(args.store)
    if args.json:
        print(json.dumps(found, indent=2))
        return 0
    print(f"{args.store}: {found['kind']}, {found['records']} records, {_size(found['bytes'])}")
    print(f"first record: {_row(found['first'])}")
    return 0


def _list(args: argparse.Namespace) -> int:
    from ..data.tools.records import all_items
    from ..data.tools.stores import describe_record

    for i, item in enumerate(all_items(args.store)):
        if args.limit is not None and i >= args.limit:
            break
        row = describe_record(item)
        print(json.dumps(row) if args.json else _row(row))
    return 0


def _row(record: dict[str, Any]) -> str:
    if "error" in record:
        return f"{record['key']}  damaged"
    label = f"{record['boxes']} boxes" if "boxes" in record else f"label {record['label']}"
    return f"{record['key']}  {label}  {_kind(record['shape'], record['type'])}"


def _kind(shape: Any, type_name: str) -> str:
    return f"{' x '.join(map(str, shape))} {type_name}" if shape else type_name


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.4g} {unit}"


def _show(args: argparse.Namespace) -> int:
    from ..data.tools import picture
    from ..data.tools.records import pixels_of
    from ..data.tools.stores import describe_record, find_record
    from ..files import atomic_write

    item = find_record(args.store, args.record)
    if item.datum is None:
        assert item.error is not None
        raise item.error
    pixels = pixels_of(item.datum)
    image = picture.to_rgb(pixels, args.rgb)
    row = describe_record(item)
    row["shape"] = pixels.shape
    if args.out is not None:
        atomic_write(args.out, picture.png(image))
        print(f"{args.out}: {_row(row)}")
        return 0
    print(_row(row))
    columns = args.columns or shutil.get_terminal_size().columns
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print((picture.text_blocks if colours else picture.text_shades)(image, columns))
    return 0


def _convert(args: argparse.Namespace) -> int:
    from ..data.tools.records import count_records
    from ..data.tools.stores import convert_store
    from .dataset import meter

    with meter(args.target.name, count_records(args.store), " records") as progress:
        kind, count = convert_store(
            args.store,
            args.target,
            (args.backend or "").upper(),
            force=args.force,
            progress=progress,
        )
    print(f"{args.target}: {kind}, {count} records")
    return 0


def _split(args: argparse.Namespace) -> int:
    from ..data.tools.records import count_records
    from ..data.tools.stores import split_store
    from .dataset import meter
    from .main import UsageError

    if len({path.resolve() for path in (args.store, args.train, args.test)}) < 3:
        raise UsageError("the three stores need three names")
    with meter(args.store.name, count_records(args.store), " records") as progress:
        train, test, left_out = split_store(
            args.store,
            args.train,
            args.test,
            args.part,
            seed=args.seed,
            stratify=args.stratify,
            shuffle=args.shuffle,
            kind=(args.backend or "").upper(),
            skip_bad=args.skip_bad,
            force=args.force,
            progress=progress,
        )
    print(f"{args.train}: {train} records")
    print(f"{args.test}: {test} records")
    if left_out:
        print(f"{left_out} damaged records left out")
    return 0


def _check(args: argparse.Namespace) -> int:
    from ..data.tools.check import check_store
    from ..data.tools.records import count_records
    from .dataset import meter

    with meter(args.store.name, count_records(args.store), " records") as progress:
        report = check_store(args.store, args.against, progress)
    bad = bool(report.problems() or (args.strict and report.notes()))
    if args.json:
        print(json.dumps({**report.as_json(), "ok": not bad}, indent=2))
    else:
        print("\n".join(_report_lines(report)))
    return _PROBLEMS if bad else 0


def _report_lines(report: Any) -> list[str]:
    lines = [f"{report.path}: {report.kind}, {report.records} records"]
    for (shape, type_name), count in report.sizes.most_common(_BAR):
        lines.append(f"size {_kind(shape, type_name)}: {count} records")
    lines += _histogram(report.labels)
    for found in report.corrupt.examples:
        lines.append(f"damaged: {found['error']}")
    for found in report.duplicates.examples:
        first, second = found["labels"]
        labels = f" (labels {first} and {second})" if first != second else ""
        lines.append(f"duplicate: {found['key']} is {found['of']} again{labels}")
    for found in report.shared.examples:
        lines.append(f"in both stores: {found['key']}")
    lines += [f"problem: {text}" for text in report.problems()]
    lines += [f"note: {text}" for text in report.notes()]
    return lines if report.problems() or report.notes() else [*lines, "nothing wrong was found"]


def _histogram(labels: Any) -> list[str]:
    """A bar for each label; if there are too many, only the range."""
    if not labels:
        return []
    counts = labels.values()
    lines = [
        f"labels: {len(labels)}, from {min(labels)} to {max(labels)}; "
        f"{min(counts)} to {max(counts)} records each"
    ]
    if len(labels) <= _MOST_LABELS:
        width = max(len(str(label)) for label in labels)
        for label in sorted(labels):
            bar = "#" * max(1, round(_BAR * labels[label] / max(counts)))
            lines.append(f"  {label:>{width}} {bar} {labels[label]}")
    return lines
