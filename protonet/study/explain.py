"""A layer type explained: its page, and tiny nets of it worked out in numbers."""

from __future__ import annotations

from collections.abc import Iterator

from .. import layers  # noqa: F401  (registers them)
from ..errors import ProtonetError
from .examples import examples_of
from .pages import classes_of, head, page_of
from .shown import shown, wrapped
from .spelled import sums_of
from .spelled.sums import Sum
from .worked import Example, Worked, work


def explain(type_name: str) -> str:
    """The page of a layer type with its formulas, and examples that can be followed by hand:
    what goes in, what comes out, what goes back, and single numbers spelled out.

    The examples are computed on the spot, in float64.  NetError for a type that nobody knows.

        print(protonet.explain("Convolution"))
    """
    classes = classes_of(type_name)
    parts = [head(type_name)] if classes[0].variant else []
    for cls in classes:
        parts += [page_of(cls), *map(example_text, examples_of(cls))]
    return "\n\n".join(parts)


def example_text(example: Example) -> str:
    """An example worked out; why it cannot be, where an extra package is missing."""
    lines = [*wrapped(f"Example: {example.title}" if example.title else "Example", 0), ""]
    if example.parameters:
        lines += [*wrapped(example.parameters), ""]
    try:
        worked = work(example)
    except ProtonetError as error:
        return "\n".join([*lines, *wrapped(f"It cannot be shown here: {error}.")])
    return "\n".join([*lines, *_numbers(worked)]).rstrip()


def _numbers(worked: Worked) -> Iterator[str]:
    sums = sums_of(worked)
    yield from shown(worked.arrays)
    yield from _spelled(each for each in sums if "diff" not in each.array)
    if worked.told:
        yield from wrapped(worked.told)
    if worked.diffs:
        yield "Backward:"
        yield ""
        yield from shown(worked.given | worked.diffs)
        yield from _spelled(each for each in sums if "diff" in each.array)
    elif worked.layer.has_backward and worked.given:
        yield "Backward: nothing takes a gradient."
    if worked.layer.no_derivative and worked.diffs:
        yield from wrapped(f"This is no derivative, on purpose: {worked.layer.no_derivative}.", 0)


def _spelled(sums: Iterator[Sum]) -> Iterator[str]:
    found = [line for each in sums for line in wrapped(str(each))]
    yield from [*found, ""] if found else []
