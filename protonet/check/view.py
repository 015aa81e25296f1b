"""View: a net in one of its states, built as far as it can be, for rules to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ..core.context import TRAIN, Context
from ..core.layer import Layer
from ..errors import NetError, ProtonetError
from ..kernels.blas import blas_single
from ..layers._unopened import Unknown, Unshaped
from ..net.build import build
from ..net.graph import Graph
from ..net.passes import filter_by_state, insert_splits
from ..net.step import Step
from ..proto.source_map import Definition

Shape = tuple[int, ...]
#: A bottom or top of a step: index of the step, number of the blob.
End = tuple[int, int]


@dataclass(eq=False)
class View:
    """A net in one state.  graph: without values, and of layers that cannot be built without
    shapes.  unmade: an error for each bottom that no layer makes."""

    graph: Graph
    unmade: list[NetError] = field(default_factory=list)

    @cached_property
    def steps(self) -> list[Step]:
        """Those of the definition's own layers, without the splits that were inserted."""
        return [step for step in self.graph.steps if not step.inserted]

    @property
    def training(self) -> bool:
        return self.graph.definition.message.state.phase == TRAIN

    @cached_property
    def learns(self) -> bool:
        """Is it in TRAIN, with a loss?"""
        return self.training and any(map(has_loss, self.steps))

    @cached_property
    def _links(self) -> tuple[dict[End, tuple[Step, int]], Mapping[End, list[Step]]]:
        made: dict[str, tuple[Step, int]] = {}
        makers: dict[End, tuple[Step, int]] = {}
        readers: Mapping[End, list[Step]] = defaultdict(list)
        for step in self.graph.steps:
            if step.inserted:
                source = made[step.bottom_names[0]]
                made.update(dict.fromkeys(step.top_names, source))
                continue
            for i, name in enumerate(step.bottom_names):
                if name in made:
                    maker, j = makers[step.index, i] = made[name]
                    readers[maker.index, j].append(step)
            made.update((name, (step, j)) for j, name in enumerate(step.top_names))
        return makers, readers

    def maker(self, step: Step, bottom: int = 0) -> Step | None:
        """The layer that made a bottom last; None if nobody did."""
        found = self._links[0].get((step.index, bottom))
        return found[0] if found else None

    def readers(self, step: Step, top: int = 0) -> list[Step]:
        """The layers that read a top as this layer leaves it, in their order."""
        return self._links[1].get((step.index, top), [])

    def blob_name(self, step: Step, bottom: int) -> str:
        """The name of a bottom as the file has it, not that of a split's top."""
        found = self._links[0].get((step.index, bottom))
        return found[0].top_names[found[1]] if found else step.bottom_names[bottom]

    def shape(self, step: Step, bottom: int = 0) -> Shape | None:
        """Of a bottom; None where it is not known."""
        if bottom >= len(step.bottom) or step.bottom_names[bottom] in self.graph.unknown:
            return None
        return step.bottom[bottom].shape

    def top_shape(self, step: Step, top: int = 0) -> Shape | None:
        known = step.top_names[top] not in self.graph.unknown
        return step.top[top].shape if known else None

    def trail(self, step: Step) -> Iterator[tuple[Step, Shape]]:
        """The layers that lead to the step's first bottom, from above, with the shapes of what
        they make of it; at most eight of them."""
        chain: list[tuple[Step, Shape]] = []
        maker = self.maker(step)
        while maker is not None and len(chain) < 8:
            shape = self.top_shape(maker)
            if shape is None:
                break
            chain.append((maker, shape))
            maker = self.maker(maker) if maker.bottom else None
        return reversed(chain)


def look(
    source: Definition,
    fork: str = "",
    shapes: Mapping[str, Shape] | None = None,
) -> View:
    """The view of a net in the state that its message has."""
    unmade: list[NetError] = []
    message = source.message
    context = Context(
        phase=message.state.phase,
        root=source.root,
        open_data=False,
        partial=True,
        fill=False,
        fork=fork,
        shapes=shapes or {},
    )
    with blas_single():
        graph = build(insert_splits(filter_by_state(source), source, unmade), context)
    return View(graph, unmade)


def kind(step: Step) -> type[Layer]:
    """The class of its type, also where a layer could not be set up."""
    layer = step.layer
    return layer.stands_for if isinstance(layer, Unshaped) else type(layer)


def is_unknown(step: Step) -> bool:
    """Is it of a type that nobody has, or not built as it is written?"""
    return issubclass(kind(step), Unknown)


def has_loss(step: Step) -> bool:
    """Has it a top with a weight in the loss?"""
    given = step.layer.param.loss_weight
    return any(given) if given else kind(step).default_loss_weight != 0


def counted(errors: Iterable[ProtonetError]) -> Iterator[ProtonetError]:
    """The first of many that say the same of one view, with their number."""
    found = list(errors)
    more = len(found) - 1
    for error in found[:1]:
        error.what += f" (and so in {more} more layer{'s' * (more > 1)})" if more else ""
        yield error
