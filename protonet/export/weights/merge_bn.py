"""BatchNorm, Scale and Bias made part of the weights before them, in the text and in the file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import edit
from ...core.context import TEST
from ...core.layer import Layer
from ...edit.layout import wrapped
from ...errors import NetError, PrototxtError, WeightsError
from ...files import atomic_path
from ...layers.convolution import Convolution
from ...layers.deconvolution import Deconvolution
from ...layers.inner_product import InnerProduct
from ...net.net import Net
from ...net.optimise.affine import is_affine, scale_and_shift
from ...net.optimise.flow import Flow
from ...net.step import Step
from ...net.types import read_definition
from ...proto import caffe_pb2 as pb
from ...proto.source_map import Definition
from ...proto.stored import LayerWeights
from ...proto.text import Text
from ...proto.weight_file import WeightFile
from ..proof import Deviation, prove
from .edit import layer_named, read_own

PathLike = str | os.PathLike


@dataclass
class Merged:
    """A net without the layers that its weights do the work of.

    text: of the definition.  weights: for it.  folded: the name of each product with the names
    of the layers in it.  left: of BatchNorm and the like that stay, with the reason.  proof: how
    far blobs are from those of the old net.
    """

    text: str
    weights: WeightFile
    folded: list[tuple[str, list[str]]]
    left: list[tuple[str, str]]
    proof: list[Deviation]

    def write(self, net: PathLike, weights: PathLike) -> None:
        """Both files, or neither."""
        with atomic_path(net) as text, atomic_path(weights) as values:
            self.weights.write(values, named=weights)
            text.write_bytes(self.text.encode(errors="surrogateescape"))


def merge_batch_norm(
    net: PathLike, weights: PathLike, *, tolerance: float = 1e-4, **options: Any
) -> Merged:
    """Fold into each Convolution, Deconvolution and InnerProduct of a net for use the BatchNorm
    with stored statistics, Scale and Bias that alone read its top.

    The text stays as it is but for the layers that go, tops, bias_term and a comment at the
    head.  Both nets are run on random inputs, and all blobs that both have are compared.
    options: level, stages, fork, rcnn_config, allow_python of `Net`.

    NetError if there is nothing to fold, or if a blob differs by more than `tolerance`,
    relative to its largest value; PrototxtError for a net in the syntax of 2014; WeightsError
    for weights that do not fit or are missing.
    """
    doc = edit.open(net, pb.NetParameter)
    if "layers" in doc:
        hint = "bring it up to date first: protonet upgrade IN OUT"
        raise PrototxtError("layers in the syntax of 2014", hint, file=doc.file)
    definition, file = read_definition(Text(doc.text, doc.file)), read_own(weights)
    exact = Net(definition, phase=TEST, dtype=np.float64, **options)
    report = exact.copy_from(weights)
    chains, left = _chains(exact)
    if not chains:
        raise NetError("there is no BatchNorm, Scale or Bias to fold", _why(left), file=doc.file)
    old = Net(definition, phase=TEST, **options)
    old.copy_from(file.layers, warn=False)
    file = replace(file, layers=[*file.layers])
    for chain in chains:
        _fold(file, chain, set(report.missing))
    _rewrite(doc, definition, chains)
    folded = [(steps[0].layer.name, [s.layer.name for s in steps[1:]]) for steps in chains]
    _explain(doc, folded)
    new = Net(read_definition(Text(doc.text, doc.file)), phase=TEST, **options)
    new.copy_from(file.layers, warn=False)
    proof = prove(old, new, tolerance)
    return Merged(doc.text, file, folded, left, proof)


def _why(left: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"'{name}' {reason}" for name, reason in left[:3])


# -- what is folded ------------------------------------------------------------------------


def _chains(net: Net) -> tuple[list[list[Step]], list[tuple[str, str]]]:
    """Each product with the affine layers that follow it; and the affine ones that stay."""
    flow, own = Flow(net.steps), _with_own_weights(net)
    chains, taken = [], set[int]()
    for first, step in enumerate(net.steps):
        at, chain = first, [step]
        while _is_product(step) and first in own and (at := _next(flow, at)) in own:
            chain.append(net.steps[at])
            taken.add(at)
        if len(chain) > 1:
            chains.append(chain)
    rest = ((at, step) for at, step in enumerate(net.steps) if at not in taken)
    reasons = [(step.layer.name, _reason(step, at in own)) for at, step in rest]
    return chains, [(name, reason) for name, reason in reasons if reason]


def _with_own_weights(net: Net) -> set[int]:
    """Positions of the layers that share parameters with no other, and their name neither."""
    params = net.graph.params
    shared = {p.step.index for s in net.graph.sharers for p in (s, params[s.owner])}
    names = Counter(net.layer_names)
    steps = enumerate(net.steps)
    return {i for i, s in steps if s.index not in shared and names[s.layer.name] == 1}


def _is_product(step: Step) -> bool:
    layer = step.layer
    if len(step.bottom) != 1 or len(step.top) != 1 or step.losses:
        return False
    if isinstance(layer, InnerProduct):
        return layer.axis == 1 and not layer.param.inner_product_param.normalize
    return isinstance(layer, (Convolution, Deconvolution)) and layer.axis == 1


def _next(flow: Flow, at: int) -> int:
    """The position of the affine layer that alone reads what a step makes, or -1."""
    reader = flow.only_reader(flow.steps[at].top[0], at)
    return reader if reader is not None and _is_affine(flow.steps[reader]) else -1


def _is_affine(step: Step) -> bool:
    return bool(step.bottom) and not step.losses and is_affine(step)


def _reason(step: Step, own: bool) -> str:
    """Why an affine layer stays; "" for any other layer."""
    if _is_affine(step):
        return "follows no product alone" if own else "shares weights or name with another layer"
    return "takes the statistics of the batch" if step.layer.type == "BatchNorm" else ""


# -- weights -------------------------------------------------------------------------------


def _fold(file: WeightFile, chain: Sequence[Step], missing: set[str]) -> None:
    """New blobs for the product; the layers that are folded into it leave the file."""
    for step in chain:
        if step.layer.name in missing:
            raise step.locate(WeightsError("the file has no weights for it", "it cannot be folded"))
    product, affine = chain[0].layer, [step.layer for step in chain[1:]]
    layer = layer_named(file, product.name)
    w, b = folded(product, affine)
    dtype = next(blob.dtype for blob in layer.blobs if blob is not None)
    param = None if layer.param is None else _changed(layer.param, chain[-1].top_names)
    new = LayerWeights(layer.name, layer.type, [w.astype(dtype), b.astype(dtype)], param)
    gone = {step.layer.name for step in chain[1:]}
    file.layers = [
        new if other is layer else other for other in file.layers if other.name not in gone
    ]


def folded(product: Layer, affine: Sequence[Layer]) -> tuple[NDArray, NDArray]:
    """Weights and bias (M), in float64, of a product with some affine layers after it."""
    w = product.blobs[0].data.astype(np.float64)
    m = product.blobs[1].count if len(product.blobs) > 1 else _outputs(product)
    scale, shift = scale_and_shift(affine, m)
    b = product.blobs[1].data.astype(np.float64) if len(product.blobs) > 1 else np.zeros(m)
    if isinstance(product, Deconvolution):  # (C, M / group, ...)
        rows = w.reshape(product.group, -1, *w.shape[1:])
        factors = scale.reshape(product.group, 1, -1, *[1] * (w.ndim - 2))
        return (rows * factors).reshape(w.shape), scale * b.reshape(-1) + shift
    if isinstance(product, InnerProduct) and product.transpose:
        return w * scale, scale * b.reshape(-1) + shift
    return w * scale.reshape(-1, *[1] * (w.ndim - 1)), scale * b.reshape(-1) + shift


def _outputs(product: Layer) -> int:
    """How many channels a product without bias makes."""
    w = product.blobs[0].shape
    if isinstance(product, Deconvolution):
        return w[1] * product.group
    return w[1] if isinstance(product, InnerProduct) and product.transpose else w[0]


def _changed(param: pb.LayerParameter, tops: Sequence[str]) -> pb.LayerParameter:
    """The layer's definition in the file of weights, as it is in the text."""
    new = pb.LayerParameter()
    new.CopyFrom(param)
    new.top[:] = tops
    for block in (new.convolution_param, new.inner_product_param):
        if block.HasField("bias_term"):
            block.ClearField("bias_term")
    return new


# -- the text ------------------------------------------------------------------------------

_BIASED = ("convolution_param", "inner_product_param")


def _rewrite(doc: edit.Document, definition: Definition, chains: Sequence[Sequence[Step]]) -> None:
    """Take the layers out, from the last one, so that positions hold."""
    order = {id(place): i for i, place in enumerate(definition.places)}
    ahead = len(definition.places) - len(doc.get("layer"))  # inputs at the head of the net
    gone: list[int] = []
    for chain in chains:
        first, *rest = (order[id(step.place)] - ahead for step in chain)
        for name in _BIASED:
            if f"layer[{first}].{name}.bias_term" in doc:
                doc.remove(f"layer[{first}].{name}.bias_term")
        if doc.get(f"layer[{first}].top") != chain[-1].top_names:
            doc.set(f"layer[{first}].top[0]", chain[-1].top_names[0])
        gone += rest
    for i in sorted(gone, reverse=True):
        doc.remove(f"layer[{i}]")


def _explain(doc: edit.Document, folded: Sequence[tuple[str, Sequence[str]]]) -> None:
    name = f" of {os.path.basename(doc.file)}" if doc.file else ""
    title = f"For use, with weights of its own: made{name} by protonet weights merge-bn."
    changes = (f"- {', '.join(parts)} became part of {product}" for product, parts in folded)
    doc.head(wrapped(title, *changes))
