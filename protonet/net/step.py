"""Step: one layer wired to its blobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from ..core.blob import Blob
from ..core.layer import Layer
from ..errors import NetError, ProtonetError, ShapeError
from ..proto import caffe_pb2 as pb
from ..proto.source_map import Place


@dataclass(eq=False)
class Step:
    """One layer with its blobs.

    The graph has a step for each layer of the definition.  What an executor runs are steps
    too: those of the graph, or fewer and others that compute the same.
    """

    layer: Layer
    place: Place
    #: Position of the layer in the net: what hooks are told, where partial passes begin and end.
    index: int
    bottom: list[Blob] = field(default_factory=list)
    top: list[Blob] = field(default_factory=list)
    bottom_names: list[str] = field(default_factory=list)
    top_names: list[str] = field(default_factory=list)
    #: One for each top; and the tops whose weight is not zero.
    loss_weights: list[float] = field(default_factory=list)
    losses: list[Blob] = field(default_factory=list)
    needs_backward: bool = False
    propagate_down: list[bool] = field(default_factory=list)
    #: Shapes for which the tops were last shaped.
    shapes: list[tuple[int, ...]] | None = None
    #: Whether the layer has nothing to compute, so that it is shaped and not run.
    idle: bool = False
    #: Whether there is a blob without values among the bottoms; of a layer that has none,
    #: among the tops.
    empty: bool = False

    @property
    def inserted(self) -> bool:
        """Whether it is a Split that is not in the user's file: by the name that it gets."""
        return self.layer.param.type == "Split" and self.layer.name.endswith("_split")

    def reshape(self) -> None:
        """Let the layer shape its tops, if a shape has changed since the last time."""
        shapes = [blob.shape for blob in self.bottom]
        shapes += [blob.shape for blob in self.top]
        if self.shapes == shapes and not self.layer.reshape_always:
            return
        self.layer.reshape(self.bottom, self.top)
        self.note_shapes()

    def note_shapes(self) -> None:
        before = self.shapes
        self.shapes = [blob.shape for blob in self.bottom] + [blob.shape for blob in self.top]
        if before != self.shapes:
            self.empty = not all(blob.count for blob in self.bottom or self.top)
            self.seed_loss()

    def forward(self) -> None:
        """Let the layer compute its tops, after shaping them if a shape has changed."""
        try:
            self.reshape()
            if self.empty:
                self.refuse_empty()
            if not self.idle:
                self.layer.forward(self.bottom, self.top)
        except Exception as error:
            self.locate(error)
            raise

    def add_losses(self, loss: float) -> float:
        """`loss` and those of this step, weighted."""
        for blob in self.losses:
            loss += float(np.dot(blob.data.reshape(-1), blob.diff.reshape(-1)))
        return loss

    def seed_loss(self) -> None:
        """The weight of a loss is the gradient that its backward pass starts from."""
        for blob, weight in zip(self.top, self.loss_weights):
            if weight:
                blob.diff.fill(weight)

    def refuse_empty(self) -> None:
        """ShapeError for the blob without values, if there is one."""
        kind, names, blobs = "bottom", self.bottom_names, self.bottom
        if not blobs:
            kind, names, blobs = "top", self.top_names, self.top
        for name, blob in zip(names, blobs):
            if not blob.count:
                raise ShapeError(
                    f"{kind} '{name}' is empty: its shape is {blob.shape}",
                    "give every axis at least one element",
                )

    def locate(self, error: Exception) -> Exception:
        """The same error; it tells this layer and its line from now on."""
        return locate(error, self.layer.param, self.place)


def locate(error: Exception, param: pb.LayerParameter, place: Place) -> Exception:
    """Tell an error which layer it happened in, and the line of its field or layer.

    What is no error of ours gets a note that says so, on Pythons that have notes (3.11 and
    later).  Returns the error.
    """
    if isinstance(error, ProtonetError):
        if error.file is None and error.line is None:
            error.at(file=place.file, line=place.line_of(error.field))
        error.at(layer=param.name, layer_type=param.type or None)
    elif hasattr(error, "add_note"):
        error.add_note(str(locate(NetError("raised here"), param, place)))
    return error


@contextmanager
def located(param: pb.LayerParameter, place: Place) -> Iterator[None]:
    """Errors that pass leave with the layer's name and line."""
    try:
        yield
    except Exception as error:
        locate(error, param, place)
        raise
