"""Labels that the loss ignores and Accuracy counts."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import NetError
from ...net.step import Step
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ._examples import DATA, SCORES

_PARAMS = {"SoftmaxWithLoss": "loss_param", "Accuracy": "accuracy_param"}


@register
class IgnoreLabel(Rule):
    """A loss leaves out a label (ignore_label) that an Accuracy layer of the same labels
    counts, or the other way round, or another one: what is measured is not what is learnt."""

    code = "ignore-label"
    severity = Severity.WARNING
    bad = (
        DATA
        + SCORES
        + """\
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss"
  loss_param { ignore_label: 4 } }
layer { name: "acc" type: "Accuracy" bottom: "scores" bottom: "label" top: "acc"  # <-
  include { phase: TEST } }
"""
    )
    good = (
        DATA
        + SCORES
        + """\
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "loss"
  loss_param { ignore_label: 4 } }
layer { name: "acc" type: "Accuracy" bottom: "scores" bottom: "label" top: "acc"
  accuracy_param { ignore_label: 4 } include { phase: TEST } }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for view in subject.views:
            ignored: dict[tuple[Step, str], tuple[Step, int | None]] = {}
            for step in view.steps:
                maker = view.maker(step, 1)
                if maker is None or step.layer.param.type not in _PARAMS:
                    continue
                labels = maker, view.blob_name(step, 1)
                mine = _ignored(step)
                first, other = ignored.setdefault(labels, (step, mine))
                if mine != other and first.layer.param.type != step.layer.param.type:
                    error = NetError(
                        f"it ignores {_word(mine)}, and '{first.layer.name}' "
                        f"({first.layer.param.type}) {_word(other)} of the same labels",
                        "make ignore_label equal",
                        field=f"{_PARAMS[step.layer.param.type]}.ignore_label",
                    )
                    yield step.locate(error)


def _ignored(step: Step) -> int | None:
    param = getattr(step.layer.param, _PARAMS[step.layer.param.type])
    return param.ignore_label if param.HasField("ignore_label") else None


def _word(label: int | None) -> str:
    return "no label" if label is None else f"label {label}"
