"""What a solver's settings get wrong, found before any net is built.

Here stands what concerns the solver as a whole; a policy and a rule look after their own fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ProtonetError, PrototxtError, together
from ..kernels import average_precision
from ..log import log
from ..proto.fork_fields import refuse_unserved
from ..proto.source_map import SolverDefinition
from . import lr_policy
from ._fault import fault

#: The fields of forks that solvers read.
SERVES = lr_policy.SERVES | {
    f"SolverParameter.{name}" for name in ("eval_type", "ap_version", "show_per_class_result")
}


def check(definition: SolverDefinition) -> None:
    """SolverError for values that make no sense; a warning for what Caffe takes without a word
    although hardly anybody can mean it."""
    if errors := [*faults(definition)]:
        raise together(errors)
    for warning in doubts(definition):
        log.warning("%s", warning)


def faults(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """The errors, each with its line."""
    try:
        refuse_unserved(definition.message, SERVES)
    except PrototxtError as error:
        for each in error.all:
            yield each.at(file=definition.file, line=definition.lines.line_of(each.field))
    yield from _bad_ranges(definition)
    yield from _bad_words(definition)


def doubts(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """What to warn of."""
    yield from _no_learning(definition)
    yield from _silence(definition)


def _bad_ranges(definition: SolverDefinition) -> Iterator[ProtonetError]:
    for field in ("average_loss", "iter_size"):
        value = getattr(definition.message, field)
        if value < 1:
            yield fault(definition, f"{field} is {value}", "it must be 1 or more", field)
    for field in ("test_interval", "display", "snapshot"):
        value = getattr(definition.message, field)
        if value < 0:
            yield fault(definition, f"{field} is {value}", "0 switches it off", field)
    for field, values in (
        ("max_iter", [definition.message.max_iter]),
        ("test_iter", definition.message.test_iter),
    ):
        for value in values:
            if value < 0:
                yield fault(definition, f"{field} is {value}", "it must be 0 or more", field)


def _bad_words(definition: SolverDefinition) -> Iterator[ProtonetError]:
    for field, known in (
        ("eval_type", ("classification", "detection")),
        ("ap_version", average_precision.VERSIONS),
    ):
        word = getattr(definition.message, field)
        if word not in known:
            yield fault(definition, f"{field} is '{word}'", f"known: {', '.join(known)}", field)


def _no_learning(definition: SolverDefinition) -> Iterator[ProtonetError]:
    if not definition.message.HasField("base_lr") and not definition.message.stagelr:
        yield fault(definition, "base_lr is missing: nothing will be learnt", "add base_lr")
    if definition.message.clip_gradients == 0:
        what = "clip_gradients is 0: every gradient is scaled down to nothing"
        yield fault(definition, what, "leave it out to switch clipping off", "clip_gradients")


def _silence(definition: SolverDefinition) -> Iterator[ProtonetError]:
    """What was asked for and will not be seen."""
    param = definition.message
    if param.test_interval > 0 and not param.test_iter:
        what = "test_interval without test_iter: nothing will be tested"
        yield fault(definition, what, "add test_iter: over how many batches?", "test_interval")
    for index, batches in enumerate(param.test_iter):
        if batches == 0:
            what = f"test_iter is 0: test net #{index} will not be tested"
            yield fault(definition, what, "give the number of batches", f"test_iter[{index}]")
    if param.debug_info and not param.display:
        what = "debug_info without display: nothing of the training will be shown"
        yield fault(definition, what, "add display: every how many iterations?", "debug_info")
