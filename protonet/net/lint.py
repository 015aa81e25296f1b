"""What a net is warned of when it is built: legal, but hardly meant.

Each function finds one kind, as errors that nobody raises, with the place of the layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from google.protobuf.descriptor import FieldDescriptor

from .. import budget, layers
from ..errors import NetError
from ..layers._unopened import Unknown, Unshaped
from ..log import log
from .graph import Graph
from .step import Step

#: The package whose types all declare what they read.
_OURS = f"{layers.__name__}."


def warn(graph: Graph) -> None:
    """Log a line for each finding, with the place of the layer."""
    for find in (one_name_for_two, never_read, overwriting, too_large):
        for warning in find(graph):
            log.warning("%s", warning)


def one_name_for_two(graph: Graph) -> Iterator[Exception]:
    """Caffe allows it, but weights find their layer by its name."""
    named: dict[str, Step] = {}
    for step in graph.steps:
        first = named.setdefault(step.layer.name, step)
        if first is not step and (first.layer.blobs or step.layer.blobs):
            warning = NetError(
                f"an earlier layer ({first.layer.type}) has this name too: weights will be saved "
                "and loaded for the wrong one",
                "rename one of them",
                field="name",
            )
            yield step.locate(warning)


def never_read(graph: Graph) -> Iterator[Exception]:
    """A parameter message that the type does not look at: a slip, and its values do nothing.

    A user's own layer type that declares no messages may read any.
    """
    for step in graph.steps:
        layer = step.layer
        kind = layer.stands_for if isinstance(layer, Unshaped) else type(layer)
        if kind is Unknown:
            continue
        reads = kind.messages
        if not reads and not kind.__module__.startswith(_OURS):
            continue
        for field, _ in step.layer.param.ListFields():
            block = _block(field)
            if not block or block in reads:
                continue
            warning = NetError(
                f"the type does not read {block}: what is written there has no effect",
                f"it reads {' and '.join(reads)}" if reads else "take it away",
                field=block,
            )
            yield step.locate(warning)


@cache
def _block(field: FieldDescriptor) -> str:
    """The name of a field that is a block of parameters, "" of others."""
    return field.name if field.name.endswith("_param") else ""


def overwriting(graph: Graph) -> Iterator[Exception]:
    """In place overwrites a blob that its producer's backward may still have to read.

    Told by the memory, not the blob: a Flatten or Split in between hands the same values on.
    """
    reader: dict[int, Step] = {}  # id of a memory -> the last step whose backward reads it
    for step in graph.steps:
        if not step.needs_backward:
            continue
        for bottom, top in zip(step.bottom, step.top):
            victim = _spoilt(step, reader.get(id(bottom.data_memory)))
            if bottom is top and victim is not None and step.layer.training:
                warning = NetError(
                    f"works in place on what the backward pass of '{victim.layer.name}' "
                    f"({victim.layer.type}) reads: its gradient will be wrong",
                    "give the top a name of its own",
                    field="top",
                )
                yield step.locate(warning)
        for blob in step.bottom:
            if blob in step.top:  # what it needs of an overwritten bottom it has kept itself
                if _spoilt(step, reader.get(id(blob.data_memory))):
                    del reader[id(blob.data_memory)]
            elif "bottom" in step.layer.backward_reads:
                reader[id(blob.data_memory)] = step
        if "top" in step.layer.backward_reads:
            reader.update((id(blob.data_memory), step) for blob in step.top)


def _spoilt(step: Step, reader: Step | None) -> Step | None:
    """The reader, if a step that works in place takes away what its backward pass reads."""
    harmless = reader is None or (step.layer.keeps_signs and reader.layer.reads_signs)
    return None if harmless else reader


def too_large(graph: Graph) -> Iterator[Exception]:
    """More than the machine has: said before the system ends the process without a word.  More
    than somebody allowed is a NetError, unless the net is looked at only."""
    room = budget.limit("memory")
    total, seen = 0, set()
    for step in graph.steps:
        copies = 2 if step.layer.training else 1  # the gradients
        for blob in [*step.top, *step.layer.blobs]:
            if id(blob.data_memory) not in seen:
                seen.add(id(blob.data_memory))
                total += blob.count * blob.dtype.itemsize * copies
        ahead = step.layer.batches_ahead
        total += ahead * sum(blob.count * blob.dtype.itemsize for blob in step.top)
        if not 0 < room < total:
            continue
        whose = "--max-memory allows" if budget.is_set("memory") else "the machine has"
        error = NetError(
            f"up to here the net takes {total / 2**30:.1f} GiB, {whose} {room / 2**30:.1f}",
            "make the batch, the input or the layers smaller",
        )
        step.locate(error)
        if budget.is_set("memory") and not step.layer.context.partial:
            raise error
        yield error
        return
