"""Structure: where a net takes its pictures, gives its scores, and which layers make these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import NetError, did_you_mean
from ..net.net import Net
from ..net.step import Step

#: Losses of one class for each picture.
LOSSES = ("SoftmaxWithLoss", "SoftmaxWithLossOHEM", "HingeLoss", "MultinomialLogisticLoss")
#: Layers whose outputs are as many as num_output says, and the messages that say it.
HEADS = {
    "InnerProduct": "inner_product_param",
    "Convolution": "convolution_param",
    "Deconvolution": "convolution_param",
}


@dataclass
class Structure:
    """data: the blob of pictures, and its shape.  label: the blob of labels; "" where there is
    none yet.  losses: steps that compare scores with labels.  results: Softmax layers in the
    place of losses.  scores: the blobs of scores, of losses or of results or of the net.
    heads: layers whose outputs are the classes.  beside: layers with parameters between a head
    and its scores, which have as many channels."""

    data: str
    shape: tuple[int, int, int, int]
    label: str = ""
    losses: list[Step] = field(default_factory=list)
    results: list[Step] = field(default_factory=list)
    scores: list[str] = field(default_factory=list)
    heads: list[Step] = field(default_factory=list)
    beside: list[Step] = field(default_factory=list)


def look_at(net: Net, heads: Sequence[str] = ()) -> Structure:
    """The structure of a net in phase TRAIN, or of one for use.

    heads: names of the layers to be taken for heads, instead of those found from the scores
    back.  NetError for a net that is not of this kind.
    """
    losses = [step for step in net.steps if step.layer.type in LOSSES]
    others = [step for step in net.steps if step.losses and step.layer.type not in LOSSES]
    if others:
        raise _fault(others[0], "is a loss that is not of classes", "take it out of the net first")
    label = _label(net, losses)
    found = _pictures(net, label)
    found.losses = losses
    if losses:
        found.scores = _bottoms(net, losses, 0)
    else:
        _take_results(net, found)
    for name in found.scores:
        if any(size != 1 for size in net.blobs[name].shape[2:]):
            shape = " x ".join(map(str, net.blobs[name].shape))
            what = f"the scores '{name}' are {shape}: a class for each place, not for a picture"
            raise NetError(what, "this net is to be fine-tuned by hand", file=net.definition.file)
    if heads:
        found.heads = [_named(net, name) for name in heads]
        return found
    for scores, end in zip(found.scores, _ends(net, found)):
        _trace(net, scores, end, found)
    return found


def _label(net: Net, losses: Sequence[Step]) -> str:
    """The blob of labels that all losses take; "" without any."""
    labels = _bottoms(net, losses, 1)
    made = {top for step in net.steps if not step.bottom for top in step.top_names}
    for step, label in zip(losses, labels):
        if label not in made or label != labels[0]:
            what = f"its labels '{label}' are not the one blob of labels that data come with"
            raise _fault(step, what, "take out of the net what makes others of them")
    return labels[0] if labels else ""


def _bottoms(net: Net, steps: Sequence[Step], index: int) -> list[str]:
    """Of each step the bottom of that index, as the definition names it."""
    splits = [step for step in net.steps if step.layer.type == "Split"]
    copies = {top: step.bottom_names[0] for step in splits for top in step.top_names}
    names = [step.bottom_names[index] for step in steps]
    return [copies.get(name, name) for name in names]


def _pictures(net: Net, label: str) -> Structure:
    """The one blob of pictures that layers without bottoms make."""
    made = [
        (step, name, blob.shape)
        for step in net.steps
        if not step.bottom and not step.layer.blobs
        for name, blob in zip(step.top_names, step.top)
        if name != label and len(blob.shape) == 4
    ]
    if not made:
        raise NetError("the net takes no pictures (N, C, H, W)", file=net.definition.file)
    if len(made) > 1:
        names = " and ".join(f"'{name}'" for _, name, _ in made)
        raise _fault(made[1][0], f"the net takes {names}", "it has to take one picture a time")
    _, name, (n, c, h, w) = made[0]
    return Structure(name, (n, c, h, w), label)


def _take_results(net: Net, found: Structure) -> None:
    """The Softmax layers, or the one output, of a net without losses."""
    found.results = [step for step in net.steps if step.layer.type == "Softmax"]
    if not found.results and len(net.outputs) != 1:
        raise NetError(
            f"the net has {len(net.outputs)} outputs and no Softmax: which are the scores?",
            "give a net with one result, or its train_val prototxt",
            file=net.definition.file,
        )
    found.scores = _bottoms(net, found.results, 0) or [net.outputs[0]]


def _ends(net: Net, found: Structure) -> list[int]:
    """Before which step the scores are what they are, of each of them."""
    ends = [step.index for step in found.losses or found.results]
    return ends or [len(net.steps)]


def _trace(net: Net, scores: str, end: int, found: Structure) -> None:
    """From scores back to the layer that has as many outputs as there are classes."""
    name = scores
    for step in reversed(net.steps[:end]):
        if name not in step.top_names:
            continue
        if step.layer.type in HEADS:
            if step not in found.heads:
                found.heads.append(step)
            return
        if len(step.bottom) != 1:
            what = f"the scores '{scores}' come from {len(step.bottom)} blobs: no layer is the head"
            raise _fault(step, what, "name it: --head LAYER")
        if step.layer.blobs and step not in found.beside:
            found.beside.append(step)
        name = step.bottom_names[0]
    raise NetError(
        f"no layer with num_output makes the scores '{scores}'",
        "name it: --head LAYER",
        file=net.definition.file,
    )


def _named(net: Net, name: str) -> Step:
    known = {step.layer.name: step for step in net.steps if step.layer.type in HEADS}
    if name not in known:
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        what = f"no layer with num_output is named '{name}'"
        raise NetError(what, hint, file=net.definition.file)
    return known[name]


def _fault(step: Step, what: str, hint: str) -> NetError:
    return NetError(
        what,
        hint,
        layer=step.layer.name,
        layer_type=step.layer.type,
        file=step.place.file,
        line=step.place.line_of(None),
    )
