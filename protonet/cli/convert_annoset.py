"""protonet convert-annoset: image files with annotations into a store of AnnotatedDatum."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .common import add_flag, add_image_options, stores

HELP = "put image files with boxes (VOC, COCO, text) into an LMDB for AnnotatedData"

_EPILOG = """\
LIST has a line for each image: its file, a space, the file of its annotation.  ROOT is put in
front of both as it is, so end it with a slash.  By --label-type these files are
  xml   VOC's: <annotation> with <object>s of <name>, <bndbox> and <difficult>
  json  for each image {"image": {"height", "width"}, "annotation": [{"category_id", "bbox":
        [x, y, width, height], "iscrowd"}, ...]}, as SSD's scripts cut COCO's files
  txt   a line for each object: label xmin ymin xmax ymax, in pixels
A LIST that ends in .json is a file of COCO itself, with images, annotations and categories.
With --anno-type classification a line of LIST is an image and a whole number, its label.

The label map says which label a name has: item { name: "dog" label: 12 }.  For COCO the name may
also be the number of the category; without a label map that number is the label.

As with SSD's tool: keys are 00000000_name and so on, a box is in fractions of the image, VOC's
pixels count as they are, and an object of COCO's that is a crowd is a difficult one.  Other than
there: an unknown name or a damaged file ends the work with one line (or is left out by
--skip-bad), and a box without any area is left out.

examples:
  protonet convert-annoset VOCdevkit/ trainval.txt voc_lmdb --label-map-file labelmap_voc.prototxt
  protonet convert-annoset photos/ instances.json coco_lmdb --label-type json --encoded"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("root", help="what to put in front of each name: a folder with a slash")
    parser.add_argument("list", type=Path, help="images and annotations, or a JSON file of COCO")
    parser.add_argument("db", type=Path, help="what to make")
    _choice(parser, "anno-type", ("classification", "detection"), "detection", "what labels are")
    _choice(parser, "label-type", ("xml", "json", "txt"), "xml", "kind of the annotations")
    parser.add_argument(
        "--label-map-file",
        "--label_map_file",
        type=Path,
        metavar="FILE",
        help="names and labels of the classes",
    )
    add_flag(parser, "check-label", "refuse a label map in which a name or label stands twice")
    _choice(parser, "backend", tuple(stores()), "lmdb", "kind of store")
    sizes = {
        "min-dim": "scale images up whose shorter side is less",
        "max-dim": "scale images so that the longer side is no more",
        "resize-width": "resize to this; give both",
        "resize-height": "resize to this; give both",
    }
    for name, text in sizes.items():
        names = (f"--{name}", f"--{name.replace('-', '_')}")
        parser.add_argument(*names, type=int, default=0, metavar="N", help=text)
    add_image_options(parser)


def _choice(
    parser: argparse.ArgumentParser, name: str, choices: tuple[str, ...], default: str, text: str
) -> None:
    words = dict.fromkeys([f"--{name}", f"--{name.replace('-', '_')}"])
    parser.add_argument(
        *words,
        choices=choices,
        default=default,
        help=f"{text} (default: {default})",
    )


def run(args: argparse.Namespace) -> int:
    _refuse_contradictions(args)
    import numpy as np

    from ..data.annotated.label_map import LabelMap, read_label_map
    from ..data.sources import create_store
    from ..data.tools import annoset, imageset, lists
    from ..data.tools.annotations import CocoFile
    from .dataset import meter

    labels = LabelMap()
    if args.label_map_file:
        labels = read_label_map(args.label_map_file, check_labels=args.check_label)
    detection = args.anno_type == "detection"
    coco = CocoFile(args.list, labels) if _is_coco(args) else None
    entries: list[Any]
    if not detection:
        entries = lists.read_list(args.list)
    else:
        entries = annoset.coco_entries(coco) if coco else annoset.read_annotated_list(args.list)
    if args.shuffle:
        order = np.random.default_rng(args.seed).permutation(len(entries))
        entries = [entries[i] for i in order]
    conversion: imageset.Conversion
    if detection:
        conversion = annoset.AnnosetConversion(
            str(args.list),
            args.root,
            _options(args),
            kind=args.label_type,
            labels=labels,
            coco=coco,
            skip_bad=args.skip_bad,
        )
    else:
        options = _options(args)
        conversion = imageset.Conversion(str(args.list), args.root, options, skip_bad=args.skip_bad)
    with create_store(args.db, args.backend.upper(), force=args.force) as store:
        sink = annoset.AnnotatedSink(store) if detection else annoset.PlainSink(store)
        with meter(args.db.name, len(entries), " images") as progress:
            done = conversion.run(entries, sink, progress)
    left_out = f", {done.skipped} left out" if done.skipped else ""
    boxes = f" with {sink.boxes} boxes" if isinstance(sink, annoset.AnnotatedSink) else ""
    print(f"{args.db}: {done.written} images{boxes}{left_out}")
    return 0


def _is_coco(args: argparse.Namespace) -> bool:
    return args.anno_type == "detection" and args.list.suffix.lower() == ".json"


def _options(args: argparse.Namespace) -> Any:
    from ..data.tools.imageset import Options

    return Options(
        gray=args.gray,
        size=(args.resize_height, args.resize_width) if args.resize_height else None,
        encode=args.encoded or bool(args.encode_type),
        encode_type=args.encode_type,
        check_size=args.check_size,
        min_dim=args.min_dim,
        max_dim=args.max_dim,
    )


def _refuse_contradictions(args: argparse.Namespace) -> None:
    from .main import UsageError

    if (args.resize_height > 0) != (args.resize_width > 0):
        raise UsageError("give both --resize-height and --resize-width, or neither")
    if min(args.resize_height, args.resize_width, args.min_dim, args.max_dim) < 0:
        raise UsageError("images cannot be resized to less than nothing")
    if args.resize_height and (args.min_dim or args.max_dim):
        raise UsageError("--min-dim and --max-dim keep proportions: leave out --resize-height")
    needed = args.anno_type == "detection" and args.label_type == "xml" and not _is_coco(args)
    if needed and not args.label_map_file:
        raise UsageError("XML files have names: say their labels with --label-map-file")
