"""protonet summary: layers, types, shapes, parameters, operations and memory, or weights."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .look import add_look_arguments, look

if TYPE_CHECKING:
    from ..viz.summary import Summary

HELP = "print a net's layers, shapes, parameters, multiply-adds and memory, or what weights hold"

_EPILOG = """\
Multiply-adds are those of layers with weights: convolution, inner product, recurrent.
Activations count each memory once: what works in place takes none.
Neither the data nor the Python modules of a net are needed.  Where a shape comes from what is
not there, --shape gives it; without it the layers behind are listed with a question mark.
Of a weight file (.caffemodel, .h5, .npz, .safetensors) it prints the shapes and what each blob
holds, as 'protonet weights stats' does.

examples:
  protonet summary lenet
  protonet summary train_val.prototxt --shape data=1,3,227,227 --shape label=1
  protonet summary deploy.prototxt --group folded       one line for inception_3a, res2a, ...
  protonet summary train_val.prototxt --phase BOTH
  protonet summary deploy.prototxt --fields             receptive field and stride of each blob
  protonet summary net.caffemodel
  protonet summary deploy.prototxt --csv > net.csv"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="net prototxt, a weight file, or the name of a model of ours")
    parser.add_argument(
        "--group",
        choices=["subtotals", "folded", "none"],
        default="subtotals",
        help="blocks of layers with one prefix: with a line of subtotals each (the default), that "
        "line alone, or not at all",
    )
    parser.add_argument(
        "--fields",
        action="store_true",
        help="tell the receptive field of each blob (pixels of the input that a value depends on) "
        "and its stride (pixels from one value to the next)",
    )
    parser.add_argument(
        "--full", action="store_true", help="all columns, digits and names, however wide"
    )
    form = parser.add_mutually_exclusive_group()
    for name, what in (("json", "JSON"), ("csv", "CSV"), ("markdown", "a Markdown table")):
        form.add_argument(
            f"--{name}", dest="form", action="store_const", const=name, help=f"print {what}"
        )
    add_look_arguments(parser, both="BOTH: side by side")


def run(args: argparse.Namespace) -> int:
    from ..proto.weight_formats import SUFFIXES

    if args.model.lower().endswith(SUFFIXES):
        return _summarize_weights(args)
    from ..errors import together
    from ..viz import phases, summary, summary_text
    from ..viz.tables import to_csv

    nets = look(args, args.phase)
    found = [summary.summarize(net) for net in nets]
    if args.form == "json":
        data = {each.phase: summary.to_json(each) for each in found}
        print(json.dumps(data if len(found) > 1 else data.popitem()[1], indent=2))
    elif args.form == "csv":
        print(to_csv([record for each in found for record in summary.to_records(each)]))
    elif args.form == "markdown":
        print("\n\n".join(_markdown(found, args.group, args.fields)))
    elif len(found) > 1:
        print(phases.to_text(found, _width(args)))
    else:
        print(summary_text.to_text(found[0], _width(args), args.group, args.fields))
    if faults := list({str(fault): fault for net in nets for fault in net.faults}.values()):
        raise together(faults)
    return 0


def _width(args: argparse.Namespace) -> int | None:
    """Columns to fill: those of the terminal, 80 in a pipe."""
    if args.full:
        return None
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 80


def _markdown(found: Sequence[Summary], groups: str, fields: bool) -> list[str]:
    from ..viz import phases, summary_text

    if len(found) > 1:
        return [phases.to_table(found[0], found[1]).markdown()]
    summary = found[0]
    tables = [summary_text.to_table(summary, groups, fields), summary_text.total_table(summary)]
    return [*(table.markdown() for table in tables), *summary_text.sentences(summary)]


def _summarize_weights(args: argparse.Namespace) -> int:
    from ..proto.weight_formats import read_any
    from ..viz import weights_summary
    from ..viz.tables import to_csv

    rows = weights_summary.summarize_weights(read_any(args.model))
    if args.form == "json":
        print(json.dumps(weights_summary.to_json(rows), indent=2))
    elif args.form == "csv":
        print(to_csv(weights_summary.to_records(rows)))
    elif args.form == "markdown":
        print(weights_summary.to_table(rows).markdown())
    else:
        print(weights_summary.to_text(args.model, rows, _width(args)))
    return 0
