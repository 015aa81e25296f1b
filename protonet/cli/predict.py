"""protonet predict: what a net says of pictures."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..log import quiet
from ..parallel.launch import launched
from .common import (
    add_consent,
    add_engine,
    add_mpi_arguments,
    add_net_arguments,
    add_threads,
    engage,
    positive,
    stages,
)
from .together import first_alone_logs, world_of

if TYPE_CHECKING:
    from ..net.net import Net
    from ..prediction.answers import Settings
    from ..prediction.names import Names
    from ..prediction.predictor import Predictor
    from ..prediction.preprocess import Preprocess

HELP = "say what a trained net sees in pictures: classes, boxes or masks"

_EPILOG = """\
IMAGE is a picture; a folder (all pictures below it; folders in it name their classes); a pattern
in quotes; a .txt with a picture a line, its class behind it or not; - for such a list on standard
input; a video.

What is done to a picture is Caffe's: (crop(resize(picture)) - mean) * scale, channels blue, green,
red. What no option says is taken from the first of these that is there, and a line tells what came
from where:
  --transform FILE
  NAME.preprocess.prototxt beside the weights or the net: what stands between the braces of a
    transform_param (scale, mean_value, mean_file, crop_size, resize_param, and bgr2rgb: true for
    red, green, blue)
  the net it was trained with beside it: NAME_train_test, NAME_train_val, train_val for deploy
  a transform_param in the comments of the net
Where nothing tells a size, pictures are resized to the mean image's, or else to what the net takes.

examples:
  protonet predict deploy.prototxt x.caffemodel cat.jpg --mean 104,117,123 --labels synset_words.txt
  protonet predict lenet lenet_iter_1000.caffemodel digits/ --plot digits.png
  protonet predict ssd.prototxt ssd.caffemodel 'street/*.jpg' --score 0.4 --json > found.jsonl
  protonet predict fcn.prototxt fcn.caffemodel street.mp4 --resize keep --masks masks/
  find . -name '*.png' | protonet predict deploy.prototxt x.caffemodel - --csv > classes.csv

exit codes: 4 if a picture could not be read (0 with --skip-bad), else as of all commands"""

#: What --resize keep stands for.
KEEP = (0, 0)
#: Pictures of a plot that gets no number.
_PLOTTED = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="net prototxt (deploy), or the name of a model of ours")
    parser.add_argument("weights", help="trained weights, .caffemodel or .caffemodel.h5")
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="see below")
    pictures = parser.add_argument_group("what is done to pictures")
    add_preprocessing(pictures)
    pictures.add_argument(
        "--oversample", action="store_true", help="mean of ten crops: corners, centre, mirrored"
    )
    _add_answers(parser.add_argument_group("what is told"))
    parser.add_argument("--batch-size", type=positive, metavar="N", help="pictures run at once")
    parser.add_argument(
        "--no-optimize",
        action="store_true",
        help="run layer by layer, instead of fewer steps with the same results up to rounding",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="pictures that cannot be read are no failure"
    )
    parser.add_argument("--quiet", action="store_true", help="do not tell what is done to pictures")
    add_engine(parser)
    add_consent(parser)
    add_net_arguments(parser)
    add_threads(parser)
    add_mpi_arguments(parser)


def add_preprocessing(group: Any) -> None:
    """Options of what is done to pictures, which `preprocess_of` reads."""
    group.add_argument(
        "--transform", metavar="FILE", help="take them from this net, or text of a transform_param"
    )
    group.add_argument(
        "--mean", metavar="FILE|B,G,R", help="a .binaryproto, a .npy, a value or one a channel"
    )
    group.add_argument("--scale", type=float, metavar="X", help="factor after the mean")
    order = group.add_mutually_exclusive_group()
    order.add_argument("--bgr", action="store_true", help="channels blue, green, red (the default)")
    order.add_argument("--rgb", action="store_true", help="channels red, green, blue")
    size = group.add_mutually_exclusive_group()
    size.add_argument(
        "--resize",
        type=_size,
        metavar="H,W",
        help="to this size; 'keep': leave pictures as they are",
    )
    size.add_argument(
        "--short-side",
        type=_side,
        metavar="S[,MAX]",
        help="so that the shorter side is S, and the longer one MAX at most",
    )
    group.add_argument("--crop", type=pair, metavar="H,W", help="cut this out of the middle")


def _add_answers(group: Any) -> None:
    group.add_argument(
        "--labels", metavar="FILE", help="names of classes, one a line, or a label map"
    )
    group.add_argument("--top", type=positive, default=5, metavar="K", help="classes (default: 5)")
    group.add_argument(
        "--score", type=float, default=0.5, metavar="X", help="least score of a box (default: 0.5)"
    )
    group.add_argument(
        "--nms",
        type=float,
        default=0.3,
        metavar="X",
        help="overlap of boxes of a class, where the net has not chosen among them (default: 0.3)",
    )
    group.add_argument(
        "--anchors",
        type=_anchors,
        default=(),
        metavar="W,H,W,H,...",
        help="of a YOLO v3 that ends in its grids, in pixels, those of the finest grid first",
    )
    form = group.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a line of JSON for each picture")
    form.add_argument("--csv", action="store_true", help="CSV: a line for each thing found")
    group.add_argument("--plot", metavar="FILE", help="draw pictures with what is found: .png")
    group.add_argument(
        "--plot-count",
        type=positive,
        default=_PLOTTED,
        metavar="N",
        help=f"how many of them (default: {_PLOTTED})",
    )
    group.add_argument("--masks", metavar="FOLDER", help="write masks as coloured .png files")


def run(args: argparse.Namespace) -> int:
    from ..viz.matplotlib_figure import form_of
    from .answers import FORMS, write_masks
    from .main import BAD_DATA, UsageError, say

    if args.plot:
        form_of(args.plot)
    with first_alone_logs():
        predictor = _predictor(args)
    if args.masks and not any(reader.kind == "masks" for reader in predictor.readers):
        kinds = ", ".join(reader.kind for reader in predictor.readers)
        raise UsageError(f"--masks, and the net tells no masks but {kinds}: leave it out")
    output = FORMS["json" if args.json else "csv" if args.csv else "text"]()
    kept: list[Any] = []
    bad = total = 0
    for told, pixels in _metered(_answers(predictor, args), args):
        total += 1
        if told.error is not None:
            bad += 1
            say(f"{'warning' if args.skip_bad else 'error'}: {told.error}")
        output.show(told)
        if args.masks and pixels is not None:
            write_masks(told, Path(args.masks))
        if args.plot and pixels is not None and len(kept) < args.plot_count:
            from ..viz.answers import tile

            kept.append(tile(told, pixels))
    output.end()
    if args.plot and kept:
        from ..viz.answers import draw

        draw(kept, args.plot)
    if bad:
        say(f"{bad} of {total} pictures could not be read")
    return BAD_DATA if bad and not args.skip_bad else 0


def _answers(predictor: Predictor, args: argparse.Namespace) -> Iterator[Any]:
    """Predictions with their pixels, in the order of the pictures; several processes share these
    out, in pieces of a batch."""
    from ..parallel.shares import in_order
    from ..prediction.pictures import pictures

    world = world_of(args)
    names: Any = sys.stdin
    if world is not None and "-" in args.images:  # which the launcher gives the first one alone
        names = io.StringIO(world.allgather(sys.stdin.read() if world.rank == 0 else "")[0])
    return in_order(world, pictures(args.images, names), predictor.stream, predictor.batch_size)


def _metered(stream: Iterator[Any], args: argparse.Namespace) -> Iterator[Any]:
    """With a progress bar where the answers do not go by on the terminal themselves."""
    from .dataset import meter

    if sys.stdout.isatty():
        yield from stream
        return
    with meter(Path(args.model).name, None, " pictures") as progress:
        for each in stream:
            yield each
            progress(1)


# -- the net and what is done before it ----------------------------------------------------


def _predictor(args: argparse.Namespace) -> Predictor:
    from dataclasses import replace

    from ..prediction.answers import Settings
    from ..prediction.guess import described
    from ..prediction.predictor import Predictor
    from .main import say
    from .models import DEPLOY, model_file

    model = Path(model_file(args.model, DEPLOY))
    preprocess, origins = preprocess_of(args, model)
    preprocess = replace(preprocess, oversample=args.oversample)
    names, where = _names(args, model)
    settings = Settings(args.top, args.score, args.nms, names, args.anchors)
    predictor = Predictor(_net(model, settings, args), preprocess, settings, args.batch_size)
    if not args.quiet and launched().rank == 0:
        say(f"{described(predictor.preprocess, origins)}{where}")
    predictor.net.copy_from(args.weights)
    return predictor


def _net(model: Path, settings: Settings, args: argparse.Namespace) -> Net:
    """Built once to see what is to be read of it, and again to run with fewer steps."""
    from ..core.context import TEST
    from ..kernels.threads import num_threads
    from ..net.net import Net
    from ..prediction.answers import readers_of

    options: dict[str, Any] = {
        "phase": TEST,
        "level": args.level or 0,
        "stages": stages(args),
        "allow_python": args.allow_python,
        "fork": args.fork,
        "rcnn_config": args.rcnn_config,
    }
    if args.no_optimize and args.engine == "numpy":
        return Net(str(model), **options)
    with quiet:  # warnings come with the second
        readers = readers_of(Net(str(model), **options), settings)
    kept = sorted({name for reader in readers for name in reader.names})
    if args.engine == "numpy":
        processes = 1 if launched().size > 1 else num_threads()
        return Net(str(model), optimize=True, keep=kept, processes=processes, **options)
    net = Net(str(model), **options)
    engage(net, args, kept)
    return net


def preprocess_of(args: argparse.Namespace, model: Path) -> tuple[Preprocess, dict[str, str]]:
    """What options and files say, and which of them said what, by fields of transform_param."""
    from dataclasses import replace

    from ..prediction.guess import find_transform
    from ..prediction.preprocess import Preprocess
    from ..prediction.transform import read_transform

    transform = (
        read_transform(Path(args.transform))
        if args.transform
        else find_transform(model, Path(args.weights))
    )
    if args.mean is not None:
        mean = mean_fields(args.mean)
        transform.set_from("--mean", ("mean_value", "mean_file"), **mean)
    if args.scale is not None:
        transform.set_from("--scale", scale=args.scale)
    if args.rgb or args.bgr:
        transform.set_from("--rgb" if args.rgb else "--bgr", ("cvt_bgr2rgb",), bgr2rgb=args.rgb)
    if args.crop is not None:
        transform.set_from("--crop", ("crop_size",), crop_h=args.crop[0], crop_w=args.crop[1])
    if args.resize or args.short_side:
        transform.set_from("--resize" if args.resize else "--short-side", ("resize_param",))
        transform.origins["resize_param"] = "--resize" if args.resize else "--short-side"
    if len(transform.param.resize_param) > 1:  # not followed
        transform.origins.pop("resize_param", None)
    done = Preprocess.from_transform_param(transform.param, transform.root)
    if args.resize == KEEP:  # a crop of the training would not keep it
        done = replace(done, resize=None, keep_size=True, crop=args.crop)
    elif args.resize:
        done = replace(done, resize=args.resize)
    elif args.crop and (done.mean is None or done.mean.ndim < 3):
        done = replace(done, keep_size=done.resize is None)  # cut out of the picture as it is
    if args.short_side:
        side, longest = args.short_side
        done = replace(done, resize=(side, side), resize_mode="FIT_SMALL_SIZE", longest=longest)
    return done, transform.origins


def mean_fields(text: str) -> dict[str, Any]:
    """Fields of transform_param for --mean."""
    try:
        return {"mean_value": [float(word) for word in text.split(",")]}
    except ValueError:
        return {"mean_file": str(Path(text).absolute())}


def _names(args: argparse.Namespace, model: Path) -> tuple[Names, str]:
    """The names of classes, and where they are from, to be told."""
    from ..prediction.names import Names, find_names

    path = Path(args.labels) if args.labels else find_names(Path(args.weights), model)
    where = "" if args.labels or path is None else f"; names of classes from {path}"
    return Names.of(path), where


# -- types of arguments --------------------------------------------------------------------


def pair(text: str) -> tuple[int, int]:
    """'H,W', or 'S' for a square."""
    words = text.lower().replace("x", ",").split(",")
    if len(words) not in (1, 2) or not all(word.isdecimal() and int(word) for word in words):
        raise argparse.ArgumentTypeError(f"'{text}' is no size: give H,W in pixels")
    return int(words[0]), int(words[-1])


def _size(text: str) -> tuple[int, int]:
    return KEEP if text == "keep" else pair(text)


def _side(text: str) -> tuple[int, int]:
    """'S' or 'S,MAX' -> (S, MAX or 0)."""
    side, longest = pair(text)
    return side, longest if "," in text else 0


def _anchors(text: str) -> tuple[tuple[float, float], ...]:
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or len(numbers) % 2 or min(numbers) <= 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no list of W,H,W,H,... above 0")
    return tuple(zip(numbers[::2], numbers[1::2]))
