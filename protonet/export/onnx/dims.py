"""Which sizes of a net's blobs vary, and with what: found by shaping the net several times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...core.layer import Layer
from ...errors import NetError, ProtonetError
from ...layers.yolo._detector import Detector
from ...net.net import Net
from ...net.step import Step

#: A size: a number, or the name of one that varies.
Dim = int | str
Dims = tuple[Dim, ...]

#: The name of a batch that varies.
BATCH = "batch"

#: What is tried in place of a size n that varies, until the net takes one: first n + 1, n + 2,
#: then sizes that go through strides without a rest.
STEPS = (1, 2, 8, 16, 32, 64)
_TRIALS = 2
#: What stands for a length that depends on values.
_COUNT = 3


@dataclass(frozen=True)
class Sized:
    """A net's shapes.  tops[i][k]: of top k of step i; inputs: by name; sizes: of each name
    that varies, the size the net has at present."""

    tops: list[list[Dims]]
    inputs: Mapping[str, Dims]
    sizes: Mapping[str, int]


def data_dependent(layer: Layer) -> Mapping[int, int]:
    """Top -> the axis whose length depends on values, as after Filter: not known before a pass."""
    if layer.type == "Filter":
        return {i: 0 for i in range(len(layer.param.top))}
    return _BY_VALUES.get(layer.type, {})


#: DetectionOutput's (1, 1, K, 7), Proposal's (K, 5) and scores (K, 1).
_BY_VALUES: Mapping[str, Mapping[int, int]] = {
    "DetectionOutput": {0: 2},
    "YoloDetectionOutput": {0: 2},
    "Yolov3DetectionOutput": {0: 2},
    "Proposal": {0: 0, 1: 0},
    "Python": {0: 0, 1: 0},
}


def sources(net: Net) -> Iterator[Step]:
    """The steps whose tops come from outside: Input and data layers."""
    for step in net.steps:
        if not step.bottom and step.layer.type not in ("Parameter", "DummyData"):
            yield step


def input_shapes(net: Net) -> dict[str, tuple[int, ...]]:
    """Names and present shapes of what comes from outside."""
    return {
        name: blob.shape for step in sources(net) for name, blob in zip(step.top_names, step.top)
    }


def with_batch(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Dims]:
    """The shapes with the first axis of all that are as long as the first one's as "batch"."""
    first = next((shape[0] for shape in shapes.values() if shape), 0)
    return {
        key: (BATCH, *shape[1:]) if shape and shape[0] == first else shape
        for key, shape in shapes.items()
    }


def sized(net: Net, inputs: Mapping[str, Dims]) -> Sized:
    """The net's shapes where these sizes of its inputs vary.

    net: nobody else's; its blobs are shaped anew, and then as they were.
    NetError if it takes no other size in place of one of them.
    """
    base = input_shapes(net)
    symbols: dict[str, int] = {}
    for name, dims in inputs.items():
        for dim, size in zip(dims, base[name]):
            if isinstance(dim, str) and symbols.setdefault(dim, size) != size:
                raise NetError(
                    f"'{dim}' stands for {symbols[dim]} and for {size}",
                    "give each a name of its own",
                )
    for step in net.steps:
        for top, _ in data_dependent(step.layer).items():
            if top < len(step.top):
                symbols[_count_of(step, top)] = _COUNT
    try:
        series: list[_Trial] = [(symbols, shaped(net, inputs, symbols))]
        for name in symbols:
            series += _varied(net, inputs, symbols, name)
    finally:
        for name, shape in base.items():
            net.blobs[name].reshape(*shape)
    named = {tuple(values[name] for values, _ in series): name for name in symbols}
    tops = [
        [
            tuple(
                _dim(tuple(shapes[i][k][axis] for _, shapes in series), named)
                for axis in range(len(shape))
            )
            for k, shape in enumerate(of_step)
        ]
        for i, of_step in enumerate(series[0][1])
    ]
    shaped(net, base, symbols)
    return Sized(tops, dict(inputs), symbols)


def _dim(sizes: tuple[int, ...], named: dict[tuple[int, ...], str]) -> Dim:
    """A size by what it was in all trials: those that go together have one name."""
    if len(set(sizes)) == 1:
        return sizes[0]
    return named.setdefault(sizes, f"size_{len(named)}")


_Shapes = list[list[tuple[int, ...]]]
_Trial = tuple[Mapping[str, int], _Shapes]


def _varied(
    net: Net, inputs: Mapping[str, Dims], symbols: Mapping[str, int], name: str
) -> list[_Trial]:
    """Some other sizes in place of one, each with the shapes it makes."""
    found: list[_Trial] = []
    fault: ProtonetError | None = None
    for more in STEPS:
        values = {**symbols, name: symbols[name] + more}
        try:
            found.append((values, shaped(net, inputs, values)))
        except ProtonetError as error:
            fault = fault or error
        if len(found) == _TRIALS:
            return found
    if not found and fault is not None:
        raise fault
    return found


def shaped(net: Net, inputs: Mapping[str, Dims], values: Mapping[str, int]) -> _Shapes:
    """Shape all tops for these values of the names; the shapes of each step's tops.

    What depends on values, and not on shapes alone, is as long as its name says, 3 if it is none
    of `values`: no layer runs here.
    """
    found: _Shapes = []
    for step in net.steps:
        try:
            _shape_step(step, inputs, values)
        except ProtonetError as error:
            step.locate(error)
            raise
        found.append([blob.shape for blob in step.top])
    return found


def _shape_step(step: Step, inputs: Mapping[str, Dims], values: Mapping[str, int]) -> None:
    given = [inputs.get(name) for name in step.top_names] if not step.bottom else []
    if any(dims is not None for dims in given):
        for blob, dims in zip(step.top, given):
            blob.reshape(*(values[d] if isinstance(d, str) else d for d in dims or ()))
        return
    if isinstance(step.layer, Detector):  # it would look for boxes to know how many there are
        step.layer.check(step.bottom)
    elif step.layer.type != "Filter":  # it would look at marks that nobody has set
        step.layer.reshape(step.bottom, step.top)
    for top, axis in data_dependent(step.layer).items():
        if top < len(step.top):
            made = step.bottom if step.layer.type == "Filter" else step.top
            shape = list(made[top].shape)
            shape[axis] = values.get(_count_of(step, top), _COUNT)
            step.top[top].reshape(*shape)


def _count_of(step: Step, top: int) -> str:
    """The name of a length that depends on values; tops of one layer are as long as each other."""
    return f"{step.layer.name}_count"
