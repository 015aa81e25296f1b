"""What is drawn of trainings: panels of curves over one axis, whether as a picture or as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .logs import Point, Run
from .readings import Quantity

#: What may be along the bottom.
AXES = ("iterations", "seconds")

#: How values may be laid out upwards; auto: by powers of ten where they span many.
SCALES = ("auto", "linear", "log")

#: Numbers beyond it are drawn at it, lest their differences overflow.
_LARGE = 1e300
#: The ratio of the largest value to the smallest from which on a scale is logarithmic.
_SPAN = 50
#: Units for times, with what one must reach to be used.
_UNITS = (("hours", 3600, 5 * 3600), ("minutes", 60, 5 * 60), ("seconds", 1, 0))


class Curve(NamedTuple):
    """label: with the run's name, if there are several.  colour: its number in a palette."""

    label: str
    colour: int
    points: Sequence[Point]

    @property
    def told(self) -> str:
        """The label, and from where on it is no number any more."""
        bad = next((p for p in self.points if not math.isfinite(p.value)), None)
        return self.label + (f" ({bad.value:g} from iteration {bad.iteration})" if bad else "")


class Panel(NamedTuple):
    """Curves that share an axis.  log: whether it goes by powers of ten."""

    title: str
    curves: list[Curve]
    log: bool


class Across(NamedTuple):
    """The axis along the bottom.  kind: one of AXES; name: with the unit that suits; unit: how
    many of the kind make one of it; ends: the first and the last value, 0 and 1 if none is."""

    kind: str
    name: str
    unit: float
    ends: tuple[float, float]

    def of(self, curve: Curve) -> NDArray:
        """(n, 2): place and value of each point of a curve that has both."""
        places = [p.seconds if self.kind == "seconds" else p.iteration for p in curve.points]
        values = np.array([p.value for p in curve.points], float).clip(-_LARGE, _LARGE)
        finite = [math.isfinite(p.value) for p in curve.points]
        pairs = np.column_stack([np.array(places, float) / self.unit, values])
        return pairs[np.array(finite, bool) & np.isfinite(pairs[:, 0])]


def panels(runs: Sequence[Run], scale: str = "auto") -> list[Panel]:
    """Of one run: losses, other outputs of the tests, learning rates, as far as there are any.
    Of several: a panel for each quantity, with one colour for each run in all of them.

    Outputs of training are left out: the training loss sums them up.
    """
    found: dict[str, list[Curve]] = {}
    for number, run in enumerate(runs):
        for quantity in sorted(run.curves, key=lambda q: q.kind != "loss"):
            points = run.curves[quantity]
            if quantity.kind == "train":
                continue
            title = str(quantity) if len(runs) > 1 else _TITLES[_group(quantity)]
            curves = found.setdefault(title, [])
            if len(runs) > 1:
                curves.append(Curve(run.name, number, points))
            else:
                curves.append(Curve(str(quantity), len(curves), points))
    group = {str(q): _group(q) for run in runs for q in run.curves}
    group |= {title: key for key, title in _TITLES.items()}
    titles = sorted(found, key=lambda title: [*_TITLES].index(group[title]))
    return [
        Panel(title, found[title], _is_log(found[title], group[title], scale)) for title in titles
    ]


_TITLES = {"loss": "loss", "score": "test outputs", "lr": "learning rate"}


def _group(quantity: Quantity) -> str:
    if quantity.kind == "lr":
        return "lr"
    return "loss" if quantity.is_loss else "score"


def _is_log(curves: Sequence[Curve], group: str, scale: str) -> bool:
    values = [p.value for curve in curves for p in curve.points if math.isfinite(p.value)]
    if not values or min(values) <= 0 or scale == "linear":
        return False
    return scale == "log" or (group != "score" and max(values) > _SPAN * min(values))


def across(shown: Sequence[Panel], kind: str) -> Across:
    """The axis that all panels share."""
    plain = Across(kind, kind, 1, (0, 1))
    places = [*_places(shown, plain)]
    if not places:
        return plain
    low, high = min(places), max(places)
    name, unit, _ = next(
        each for each in (_UNITS if kind == "seconds" else [(kind, 1, 0)]) if high - low >= each[2]
    )
    return Across(kind, name, unit, (low / unit, high / unit))


def _places(shown: Sequence[Panel], axis: Across) -> Iterator[float]:
    for panel in shown:
        for curve in panel.curves:
            yield from axis.of(curve)[:, 0].tolist()


def result(runs: Sequence[Run]) -> str:
    """A title: whose training it is, and of one what its last test said."""
    names = ", ".join(run.name for run in runs)
    if len(runs) != 1:
        return names
    best = [(q, points) for q, points in runs[0].curves.items() if q.kind == "test" and points]
    best = [each for each in best if not each[0].is_loss][:1] or best[:1]
    words = [f"{q} {points[-1].value:.4g}" for q, points in best]
    last = max((p[-1].iteration for p in runs[0].curves.values() if p), default=0)
    return f"{names}: {', '.join([*words, f'{last:,} iterations'])}"


def smoothed(pairs: NDArray, width: int = 20) -> NDArray:
    """(n, 2) -> (n - width + 1, 2): running means, each at the middle of its window; none if
    there are not five windows."""
    if len(pairs) < 5 * width:
        return pairs[:0]
    window = np.ones(width) / width
    return np.column_stack([np.convolve(pairs[:, i], window, "valid") for i in (0, 1)])
