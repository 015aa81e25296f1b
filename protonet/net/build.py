"""From a prepared Definition to layers, blobs and parameters.

`build` walks the layers once, in order.  Each step is one small function on a `Graph`,
and any fault in it leaves with the layer's name, type, file and line.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.blob import Blob
from ..core.context import Context
from ..core.layer import Arity, Layer, same_as_bottoms
from ..core.registry import create_layer, layer_types
from ..errors import NetError, ProtonetError, UnknownShape, did_you_mean
from ..layers._unopened import Unknown, Unshaped, unknown_because
from ..log import log
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Definition, Place
from . import plan
from .graph import Graph
from .sharing import add_params
from .step import Step, locate, located
from .types import check_known

AUTOMATIC = "(automatic)"


def build(definition: Definition, context: Context) -> Graph:
    """All layers set up, all blobs shaped, the backward pass planned.

    NetError, ShapeError or another ProtonetError with the place of the first fault; types and
    fields that nobody serves are all told at once.  In a net that is looked at they are
    warnings, and so are faults that may come of them; others are noted in `faults`.  A layer at
    fault has no shapes there.
    """
    context.net = definition.message
    graph = Graph(definition, guessed=check_known(definition, context))
    wants_gradient: dict[str, bool] = {}
    owners: dict[str, int] = {}
    nodes = []
    available: set[str] = set()
    for original, place in zip(definition.message.layer, definition.places):
        param = pb.LayerParameter()
        param.CopyFrom(original)
        if not param.HasField("phase"):
            param.phase = context.phase
        with located(param, place):
            step = _add_step(graph, param, place, context)
            available.difference_update(step.bottom_names)
            available.update(name for name in step.top_names if name != AUTOMATIC)
            node = _first_plan(graph, original, step, wants_gradient)
            try:
                add_params(graph, step, owners)
            except ProtonetError as error:
                _refuse(graph, step, error)
        nodes.append(node)
    plan.prune(nodes)
    for step, node in zip(graph.steps, nodes):
        step.needs_backward, step.propagate_down = node.needs, node.into
    if definition.message.force_backward:
        _force_backward(graph)
    for step in graph.steps:
        step.layer.needs_backward = step.needs_backward
    graph.outputs = sorted(available)
    _check_shapes(graph, context.shapes)
    return graph


def _new_layer(graph: Graph, param: pb.LayerParameter, place: Place, context: Context) -> Layer:
    """A layer of the class that its type names; in a net to look at Unknown if it is none."""
    try:
        return create_layer(param, context)
    except ProtonetError as error:
        if not context.partial:
            raise
        layer = Unknown(param, context, error)
        if param.type in layer_types():
            _note(graph, layer, place, error)
        return layer


def _add_step(graph: Graph, param: pb.LayerParameter, place: Place, context: Context) -> Step:
    """Create the layer, wire it, set it up and shape its tops."""
    step = Step(_new_layer(graph, param, place, context), place, len(graph.steps))
    if param.propagate_down and len(param.propagate_down) != len(param.bottom):
        error = NetError(
            f"propagate_down is given {len(param.propagate_down)} times for "
            f"{len(param.bottom)} bottoms",
            "give it once for each bottom or not at all",
            field="propagate_down",
        )
        _refuse(graph, step, error)
    cls = type(step.layer)
    step.layer.unknown_fields = place.unknown
    for name in param.bottom:
        if name not in graph.by_name and context.partial:  # see `insert_splits`
            graph.by_name[name] = Blob((), step.layer.dtype)
            graph.unknown.add(name)
        step.bottom.append(graph.by_name[name])
        step.bottom_names.append(name)
    _check_arity(graph, step, cls.bottoms, len(param.bottom), "bottom")
    for index, name in enumerate(param.top):
        _add_top(graph, step, index, name)
    if cls.auto_top:
        for _ in range(cls.tops.low - len(param.top)):
            _add_blob(graph, step, AUTOMATIC)
    wanted = Arity(len(step.bottom), len(step.bottom)) if cls.tops is same_as_bottoms else cls.tops
    _check_arity(graph, step, wanted, len(step.top), "top")
    if param.type == "Input":
        graph.inputs += step.top_names
    _set_up(graph, step, context)
    step.loss_weights = _loss_weights(graph, step)
    step.losses = [blob for blob, weight in zip(step.top, step.loss_weights) if weight]
    step.note_shapes()
    graph.steps.append(step)
    return step


def _set_up(graph: Graph, step: Step, context: Context) -> None:
    """Set the layer up and shape its tops, as far as the net's shapes are known."""
    try:
        missing = [name for name in step.bottom_names if name in graph.unknown]
        if missing:
            raise UnknownShape(f"the shape of its bottom '{missing[0]}' is not known")
        step.layer.setup(step.bottom, step.top)
        step.layer.reshape(step.bottom, step.top)
    except ProtonetError as error:
        if not context.partial:
            raise
        if not missing and not isinstance(step.layer, Unknown):
            _note(graph, step.layer, step.place, error)
        fault = unknown_because(error)
        step.layer = Unshaped(step.layer, fault)
        known = {**fault.shapes, **context.shapes}
        for name, blob in zip(step.top_names, step.top):
            if name in known:
                blob.reshape(*known[name])
            elif blob not in step.bottom or name in graph.unknown:
                graph.unknown.add(name)


def _note(graph: Graph, layer: Layer, place: Place, error: ProtonetError) -> None:
    """A fault in a net that is looked at: a warning, if what is missing may be the reason."""
    locate(error, layer.param, place)
    if graph.guessed or isinstance(error, UnknownShape):
        log.warning("%s", error)
        graph.doubts.append(error)
    else:
        graph.faults.append(error)


def _refuse(graph: Graph, step: Step, error: ProtonetError) -> None:
    """Raise the error; in a net that is looked at note it."""
    if not step.layer.context.partial:
        raise error
    _note(graph, step.layer, step.place, error)


def _check_shapes(graph: Graph, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """The shapes that were given must be those that came of it."""
    for name, shape in shapes.items():
        if name not in graph.by_name:
            hint = did_you_mean(name, graph.by_name)
            raise NetError(f"a shape is given for '{name}', but there is no such blob", hint)
        made = graph.by_name[name].shape
        if name not in graph.unknown and made != tuple(shape):
            step = next(step for step in graph.steps if name in step.top_names)
            error = NetError(
                f"it gives '{name}' the shape {made}, not {tuple(shape)}",
                "a shape can be given for what an Input layer makes, and, to look at a net "
                "(open_data=False), for what comes from data or a Python layer",
            )
            raise step.locate(error)


def _check_arity(graph: Graph, step: Step, arity: Arity, count: int, what: str) -> None:
    if count < arity.low or (arity.high is not None and count > arity.high):
        error = NetError(
            f"{count} {what} blob{'s' * (count != 1)}, the type takes {arity}",
            f"add a {what}" if count < arity.low else f"take away a {what}",
            field=what,
        )
        _refuse(graph, step, error)
        step.layer = Unknown(step.layer.param, step.layer.context, error)


def _add_top(graph: Graph, step: Step, index: int, name: str) -> None:
    if index < len(step.bottom_names) and step.bottom_names[index] == name:
        if step.layer.in_place:
            step.top.append(step.bottom[index])
            step.top_names.append(name)
            return
        error = NetError(
            f"the type cannot work in place on '{name}'",
            "give the top a name of its own",
            field=f"top[{index}]",
        )
        _refuse(graph, step, error)
    elif name in graph.by_name:
        if name in step.bottom_names:
            hint = "in place, bottom and top must stand at the same position"
        else:
            makers = [s.layer.name for s in graph.steps if name in s.top_names]
            hint = f"layer '{(makers or [step.layer.name])[0]}' makes it already: rename one"
        error = NetError(f"top '{name}' exists already", hint, field=f"top[{index}]")
        _refuse(graph, step, error)
    graph.by_name[name] = _add_blob(graph, step, name)


def _add_blob(graph: Graph, step: Step, name: str) -> Blob:
    blob = Blob((), step.layer.dtype)
    graph.blobs.append((name, blob))
    step.top.append(blob)
    step.top_names.append(name)
    return blob


def _loss_weights(graph: Graph, step: Step) -> list[float]:
    """One weight for each top, from the text or the layer's default."""
    if isinstance(step.layer, Unshaped):
        return [0.0] * len(step.top)
    given = list(step.layer.param.loss_weight)
    default = step.layer.default_loss_weight
    if not given:
        if default and len(step.top) > 1:
            error = NetError(
                f"a loss with {len(step.top)} tops has no default weights",
                "give loss_weight once for each top",
            )
            _refuse(graph, step, error)
        return [default] * len(step.top)
    if len(given) != len(step.top):
        error = NetError(
            f"loss_weight is given {len(given)} times for {len(step.top)} tops",
            "give it once for each top or not at all",
            field="loss_weight",
        )
        _refuse(graph, step, error)
        return [default] * len(step.top)
    return given


def _first_plan(
    graph: Graph, original: pb.LayerParameter, step: Step, wants: dict[str, bool]
) -> plan.Node:
    """Going down: a layer needs backward if a bottom or a parameter of it does.

    Looks at the `param` entries of the text, not of the layer: BatchNorm freezes its own
    only after the net has looked, a quirk of the reference that nets rely on.
    """
    if len(original.param) > len(step.layer.blobs) and not isinstance(step.layer, Unshaped):
        error = NetError(
            f"{len(original.param)} param entries for {len(step.layer.blobs)} parameter blobs",
            "take the last ones away",
            field="param",
        )
        _refuse(graph, step, error)
    from_above = [wants.get(name, False) for name in step.bottom_names]
    needs = any(from_above)
    into = [bool(flag) for flag in original.propagate_down]
    if len(into) != len(from_above):
        into = from_above
    for index in range(len(step.layer.blobs)):
        learns = index >= len(original.param) or original.param[index].lr_mult != 0
        step.layer.param_propagate_down[index] = learns
        needs = needs or learns
    for name in step.top_names:
        wants[name] = needs or wants.get(name, False)
    return plan.Node(
        step.bottom_names, step.top_names, needs, into, [w != 0 for w in step.loss_weights]
    )


def _force_backward(graph: Graph) -> None:
    for step in graph.steps:
        step.needs_backward = True
        step.propagate_down = [
            wanted or step.layer.accepts_gradient(i) for i, wanted in enumerate(step.propagate_down)
        ]
        step.layer.param_propagate_down = [True] * len(step.layer.blobs)
