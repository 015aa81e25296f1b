"""What protonet test counts on request: options, and the words and values of the answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..log import number
from .common import positive

if TYPE_CHECKING:
    from ..evaluation import Confusion, TopLosses
    from ..evaluation.losses import Worst
    from ..net.net import Net
    from ..prediction.names import Names

#: As in kernels/average_precision.py, which takes NumPy to load.
VERSIONS = ("Integral", "MaxIntegral", "11point")
#: The largest confusion matrix that is printed whole.
_WIDEST = 20
_MISTAKES = 10


def add_score_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is counted besides")
    group.add_argument("--confusion", action="store_true", help="which class was taken for which")
    group.add_argument(
        "--per-class", action="store_true", help="accuracy, precision and IoU of each class"
    )
    group.add_argument(
        "--top-k", type=_numbers, metavar="K,K", help="how often the class is among the K best"
    )
    group.add_argument(
        "--top-losses", type=positive, metavar="N", help="the N records it is furthest off with"
    )
    group.add_argument("--plot", metavar="FILE", help="draw the pictures of --top-losses: .png")
    group.add_argument(
        "--mean-ap",
        "--map",
        action="store_true",
        help="mean average precision over the classes (of boxes it is told in any case)",
    )
    group.add_argument(
        "--mean-iou", action="store_true", help="mean intersection over union, of label maps too"
    )
    group.add_argument(
        "--ap-version",
        choices=VERSIONS,
        default=VERSIONS[0],
        help="how average precision is taken, of DetectionEvaluate too (default: Integral)",
    )
    group.add_argument(
        "--scores", metavar="BLOB", help="whose scores, in a net with several (default: the last)"
    )
    group.add_argument("--labels", metavar="FILE", help="names of classes, one a line")


def _numbers(text: str) -> tuple[int, ...]:
    words = text.split(",")
    if not all(word.isdecimal() and int(word) for word in words):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number above 0, nor several: 1,5")
    return tuple(sorted({int(word) for word in words}))


class Scores:
    """What was asked for, counted batch by batch.  Nothing is, if nothing was."""

    def __init__(self, net: Net, args: argparse.Namespace) -> None:
        from .. import evaluation
        from ..solvers.totals import detections_of
        from ..viz.matplotlib_figure import form_of
        from .main import UsageError

        if args.plot and not args.top_losses:
            raise UsageError("--plot draws the pictures of --top-losses N: give that too")
        if args.plot:
            form_of(args.plot)
        self._args = args
        self.confusion: Confusion | None = None
        self.losses: TopLosses | None = None
        self._top = evaluation.TopK(args.top_k) if args.top_k else None
        # Of boxes it is among the means already.
        ranked = args.mean_ap and not detections_of(net)
        self._map = evaluation.MeanAveragePrecision(args.ap_version) if ranked else None
        counts = args.confusion or args.per_class or args.mean_iou
        self._wanted = bool(counts or args.top_losses or self._top or self._map)
        if not self._wanted:
            if args.scores:
                raise UsageError("--scores says of what to count: say what, as --confusion does")
            return
        self.target = evaluation.find_target(net, args.scores)
        if self.target.several and (counts or self._top):
            raise UsageError(
                f"items of '{self.target.name}' can be of several classes: of the counts "
                "--mean-ap and --top-losses make sense for them"
            )
        if counts:
            self.confusion = evaluation.Confusion()
        if args.top_losses:
            self.losses = evaluation.TopLosses(net, self.target, args.top_losses)
            if args.plot and not self.losses.needs:
                raise UsageError("--plot: no data layer of the net gives pictures to be drawn")

    @property
    def needs(self) -> list[str]:
        """Blobs whose values an optimised net has to keep."""
        if not self._wanted:
            return []
        more = self.losses.needs if self.losses else []
        return [self.target.scores, self.target.labels, *more]

    def add(self, net: Net, number: int) -> None:
        """Take the pass that was just made, of that batch."""
        if not self._wanted:
            return
        batch = self.target.batch(net)
        for each in (self.confusion, self._top, self._map):
            if each is not None:
                each.add(batch)
        if self.losses is not None:
            self.losses.add(batch, number)

    def combine(self, gather: Callable[[Any], list[Any]]) -> None:
        """Take what several processes have found, which `gather` gives the first one."""
        for each in (self.confusion, self._top, self._map):
            if each is not None and (parts := gather(each)):
                each.combine(parts)
        if self.losses is not None and (worst := gather(self.losses.worst)):
            self.losses.combine(worst)

    # -- what came of it ---------------------------------------------------------------------

    def result(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        found: dict[str, Any] = {}
        args = self._args
        if self.confusion is not None:
            found["accuracy"] = self.confusion.accuracy
            if args.confusion:
                found["confusion"] = self.confusion.counts.tolist()
            if args.per_class:
                found["per_class"] = self.confusion.per_class()
            if args.mean_iou:
                found["mean_iou"] = self.confusion.mean_iou
        if self._top is not None:
            found["top_k"] = {str(k): value for k, value in self._top.accuracies.items()}
        if self._map is not None:
            found |= {"mean_ap": self._map.mean, "ap": self._map.by_class()}
        if self.losses is not None:
            columns = ("number", "name", "loss", "label", "best", "score")
            worst = [one._asdict() for one in self.losses.worst]
            found["top_losses"] = [{name: one[name] for name in columns} for one in worst]
        return {"scores": self.target.name, **found} if self._wanted else {}

    def lines(self, names: Names) -> list[str]:
        """The same to be read."""
        args, lines = self._args, []
        if self._top is not None:
            lines += [f"top {k}: {number(value)}" for k, value in self._top.accuracies.items()]
        if self._map is not None:
            lines.append(f"mean average precision: {number(self._map.mean)}")
        if self.confusion is not None:
            if args.mean_iou:
                lines.append(f"mean IoU: {number(self.confusion.mean_iou)}")
            if args.per_class:
                lines += _per_class(self.confusion, names)
            if args.confusion:
                lines += _matrix(self.confusion, names)
        if self.losses is not None:
            lines += _worst(self.losses, names)
        return lines

    def draw(self, names: Names) -> None:
        """The pictures of --top-losses, if --plot names a file."""
        from ..prediction.answers import Classes
        from ..prediction.answers.classes import Score
        from ..prediction.predictor import Prediction
        from ..viz.answers import draw, tile

        if self.losses is None or not self._args.plot:
            return
        tiles = []
        for one in self.losses.worst:
            if one.pixels is None:
                continue
            told = Prediction(f"{_title(one)}: loss {one.loss:.3g}", size=one.pixels.shape[:2])
            if one.label is not None and one.best is not None and one.score is not None:
                best = [Score(one.best, names[one.best], one.score)]
                told.answers.append(Classes(self.target.name, best, one.pixels))
                told.truth, told.truth_name = one.label, names[one.label]
            tiles.append(tile(told, one.pixels))
        if tiles:
            draw(tiles, self._args.plot)


def _per_class(confusion: Confusion, names: Names) -> list[str]:
    rows = confusion.per_class()
    width = max([5, *(len(names[row["label"]]) for row in rows)])
    lines = [f"{'class':<{width}}   places  accuracy  precision     IoU"]
    for row in rows:
        values = [
            _shown(row[key], size) for key, size in (("accuracy", 9), ("precision", 10), ("iou", 7))
        ]
        lines.append(f"{names[row['label']]:<{width}}  {row['places']:>7} {' '.join(values)}")
    return lines


def _shown(value: float | None, width: int) -> str:
    return f"{'-' if value is None else format(value, '.4f'):>{width}}"


def _matrix(confusion: Confusion, names: Names) -> list[str]:
    """Rows are the classes, columns what they were taken for; or of many classes the commonest
    mistakes."""
    counts = confusion.counts
    if len(counts) > _WIDEST:
        lines = [f"the commonest mistakes of {len(counts)} classes:"]
        return lines + [
            f"{times:>8}  {names[i]} taken for {names[j]}"
            for i, j, times in confusion.worst(_MISTAKES)
        ]
    cell = max(4, len(str(counts.max())) + 1)
    width = max([5, *(len(names[i]) for i in range(len(counts)))])
    lines = ["rows: classes, columns: what they were taken for"]
    lines.append(" " * width + "".join(f"{i:>{cell}}" for i in range(len(counts))))
    for i, row in enumerate(counts):
        cells = "".join(f"{x or '.':>{cell}}" for x in row.tolist())
        lines.append(f"{names[i]:<{width}}{cells}")
    return lines


def _worst(losses: TopLosses, names: Names) -> list[str]:
    lines = ["the records of the largest loss:"]
    for one in losses.worst:
        line = f"{one.loss:>10.4f}  {_title(one)}"
        if one.label is not None and one.best is not None:
            right = "" if one.best == one.label else f", taken for {names[one.best]}"
            line += f": is {names[one.label]}{right} ({one.score:.4f})"
        lines.append(line)
    return lines


def _title(one: Worst) -> str:
    return one.name or f"record {one.number}"
