"""Parameter blobs, put into the graph; those of one name share their memory."""

from __future__ import annotations

from ..errors import NetError, ShapeError
from ..proto import caffe_pb2 as pb
from .graph import Graph, Param
from .step import Step


def add_params(graph: Graph, step: Step, owners: dict[str, int]) -> None:
    """Note the layer's parameters; those with a known name share the first one's memory."""
    for index, blob in enumerate(step.layer.blobs):
        entries = step.layer.param.param
        spec = entries[index] if index < len(entries) else pb.ParamSpec()
        own = Param(
            blob,
            step,
            index,
            len(graph.params),
            spec.lr_mult if spec.HasField("lr_mult") else None,
            spec.decay_mult if spec.HasField("decay_mult") else None,
        )
        if spec.name and owners.setdefault(spec.name, own.owner) != own.owner:
            own.owner = owners[spec.name]
            _share(own, graph.params[own.owner], spec)
        graph.params.append(own)


def _share(own: Param, owner: Param, spec: pb.ParamSpec) -> None:
    permissive = spec.share_mode == pb.ParamSpec.PERMISSIVE
    if own.blob.count != owner.blob.count if permissive else own.blob.shape != owner.blob.shape:
        raise ShapeError(
            f"shared parameter '{spec.name}' is {own.blob.shape} here and "
            f"{owner.blob.shape} in layer '{owner.step.layer.name}'",
            "make the counts equal" if permissive else "make the shapes equal",
            field=f"param[{own.index}].name",
        )
    for name in ("lr_mult", "decay_mult"):
        here, first = getattr(own, name), getattr(owner, name)
        if first is None:
            setattr(owner, name, here)
        elif here is not None and here != first:
            raise NetError(
                f"shared parameter '{spec.name}' has {name} {here:g} here and {first:g} in layer "
                f"'{owner.step.layer.name}'",
                "make them equal, or write it once",
                field=f"param[{own.index}].{name}",
            )
    own.blob.share_data(owner.blob)
    own.blob.share_diff(owner.blob)
