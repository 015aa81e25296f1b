"""protonet finetune: the files of a training that teaches a net one's own classes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .common import add_consent, add_plugins, add_shapes, positive
from .models import DEPLOY, model_file
from .predict import mean_fields, pair

if TYPE_CHECKING:
    from ..finetuning import Made
    from ..prediction.transform import Transform

HELP = "make of a trained net, its weights and one's own pictures a training: net, solver, lists"

_EPILOG = """\
NET is a net for use (deploy.prototxt) or one that trains (train_val.prototxt); WEIGHTS are its.
DATA is one of
  a folder with a folder of pictures for each class, or with such folders below train and test;
  a list, a picture and its class (a number from 0 on, or a word) a line;
  an LMDB or a LevelDB, as protonet convert-imageset makes them.

Written is a folder: train_val.prototxt with data layers in and the loss in, its last layer with
another name, as many outputs as there are classes and a larger rate; solver.prototxt, which starts
from WEIGHTS; deploy.prototxt and labels.txt for protonet predict; lists (or stores) of what is
learnt from and what is tested with.  Comments say what was changed and why, and those of NET stay.
The layer is found from the scores back; --head names another one.  Which examples are tested
with is told by the hash of their names: the same on every machine, whatever is added later.

How pictures are prepared is taken from NET or from what lies beside it, as protonet predict does,
unless --mean, --scale or --transform say it.

examples:
  protonet finetune deploy.prototxt caffenet.caffemodel photos/ -o flowers
  protonet finetune train_val.prototxt x.caffemodel photos/ --freeze conv5 --epochs 10
  protonet finetune lenet lenet_iter_1000.caffemodel letters.txt -o letters --rate 0.01
  protonet finetune net.prototxt x.caffemodel train_lmdb --test test_lmdb --labels names.txt

and then, as the last lines say:
  protonet train flowers/solver.prototxt
  protonet predict flowers/deploy.prototxt flowers/photos_iter_N.caffemodel IMAGE"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("net", metavar="NET", help="net prototxt, or a model of ours")
    parser.add_argument("weights", metavar="WEIGHTS", help="trained weights of it")
    parser.add_argument("data", metavar="DATA", type=Path, help="what is to be learnt: see below")
    parser.add_argument(
        "-o", "--out", metavar="FOLDER", help="what to make (default: finetune_DATA)"
    )
    _add_examples(parser.add_argument_group("examples"))
    _add_layers(parser.add_argument_group("layers"))
    _add_course(parser.add_argument_group("training"))
    add_shapes(parser)
    add_consent(parser)
    parser.add_argument(
        "--fork", default="", metavar="NAME", help="whose layer a type of several forks means"
    )
    add_plugins(parser)


def _add_examples(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--test", metavar="DATA", type=Path, help="what to test with")
    group.add_argument(
        "--split",
        type=_fraction,
        default=0.2,
        metavar="X",
        help="else this part of each class is (default: 0.2)",
    )
    group.add_argument("--seed", type=int, default=1, help="of split and training (default: 1)")
    group.add_argument("--labels", metavar="FILE", help="names of classes that are numbers")
    group.add_argument(
        "--resize", type=pair, metavar="H,W", help="pictures to this size, larger than the net's"
    )
    group.add_argument("--mirror", action="store_true", help="mirror pictures at random, to learn")
    group.add_argument(
        "--mean", metavar="FILE|B,G,R", help="a .binaryproto, a value or one a channel"
    )
    group.add_argument("--scale", type=float, metavar="X", help="factor after the mean")
    group.add_argument("--transform", metavar="FILE", help="take both from this net")


def _add_layers(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="LAYER",
        help="the layer that makes the scores; may be repeated",
    )
    group.add_argument(
        "--freeze", default="", metavar="LAYER", help="layers up to this learn nothing; or: all"
    )
    group.add_argument(
        "--new-rate",
        type=_factor,
        default=10.0,
        metavar="X",
        help="the new layers learn so many times as fast (default: 10)",
    )
    group.add_argument(
        "--old-rate", type=_factor, default=1.0, metavar="X", help="and the others (default: 1)"
    )


def _add_course(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--rate", type=_factor, default=0.001, metavar="X", help="base_lr (default: 0.001)"
    )
    group.add_argument(
        "--epochs",
        type=positive,
        default=20,
        metavar="N",
        help="how often each example is seen (default: 20)",
    )
    group.add_argument("--iterations", type=positive, metavar="N", help="instead of --epochs")
    group.add_argument(
        "--batch", type=positive, metavar="N", help="examples of an iteration (default: 32)"
    )


def run(args: argparse.Namespace) -> int:
    from ..finetuning import Settings, finetune
    from ..finetuning.rewrite import Rates
    from ..prediction.names import Names

    net = model_file(args.net, DEPLOY)
    out = Path(args.out or f"finetune_{args.data.resolve().stem}")
    by_label = Names.of(args.labels).by_label
    settings = Settings(
        heads=args.head,
        rates=Rates(args.new_rate, args.old_rate, args.freeze),
        rate=args.rate,
        epochs=args.epochs,
        iterations=args.iterations,
        batch=args.batch,
        fraction=args.split,
        seed=args.seed,
        names=[by_label.get(i, str(i)) for i in range(max(by_label, default=-1) + 1)],
        resize=args.resize,
        mirror=args.mirror,
        shapes=dict(args.shape),
        transform=_transform(args, Path(net)),
    )
    options = {"fork": args.fork, "allow_python": args.allow_python}
    made = finetune(net, args.weights, args.data, out, args.test, settings, **options)
    print("\n".join(_lines(made)))
    return 0


def _transform(args: argparse.Namespace, net: Path) -> Transform | None:
    """What options say of pictures, over what files do; None where no option says anything."""
    from ..prediction.guess import find_transform
    from ..prediction.transform import find_in, read_transform

    if args.transform is None and args.mean is None and args.scale is None:
        return None
    if args.transform is not None:
        found = read_transform(Path(args.transform))
    else:
        found = find_in(net) or find_transform(net, Path(args.weights))
    if args.mean is not None:
        found.set_from("--mean", ("mean_value", "mean_file"), **mean_fields(args.mean))
    if args.scale is not None:
        found.set_from("--scale", scale=args.scale)
    return found


def _lines(made: Made) -> list[str]:
    """What was made, and what to type next."""
    from ..finetuning.project import DEPLOY as IN_USE
    from ..finetuning.project import NET, SOLVER

    examples, folder = made.examples, made.folder
    counts = f"{len(examples.train)} examples to learn from, {len(examples.test)} to test with"
    trained = f"{made.prefix}_iter_{made.iterations}.caffemodel"
    return [
        f"{examples.classes} classes: {_some(examples.names)}",
        f"{counts}; {examples.split}",
        *(f"{folder / NET}: {change}" for change in made.changes),
        f"{len(made.copied)} layers start from the weights: {_some(made.copied)}",
        f"{folder}: {NET}, {SOLVER}, {IN_USE}, labels.txt and the data",
        f"Next: protonet train {folder / SOLVER}",
        f"Then: protonet predict {folder / IN_USE} {trained} IMAGE",
    ]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


def _fraction(text: str) -> float:
    value = _number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no part of a whole: give 0.2, say")
    return value


def _factor(text: str) -> float:
    value = _number(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is below 0")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no number") from None
