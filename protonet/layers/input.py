"""Input: the net's entrance."""

from __future__ import annotations

from ..core.layer import Blobs, Layer, at_least, exactly
from ..core.registry import register


@register
class Input(Layer):
    """Blobs that whoever runs the net fills, and may reshape.

    no bottom -> top[i] of the shape given, zeros until they are set.

    input_param: shape, one for all tops or one for each; without any the tops stay
    scalars until they are reshaped.  Net(..., shapes={...}) overrides it.
    """

    type = "Input"
    messages = ("input_param",)
    bottoms = exactly(0)
    tops = at_least(1)
    has_backward = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        shapes = self.param.input_param.shape
        if len(shapes) not in (0, 1, len(top)):
            raise self.fault(
                f"{len(shapes)} shapes for {len(top)} tops",
                "give one for all or one for each",
                "shape",
            )
        for i, (name, blob) in enumerate(zip(self.param.top, top)):
            if name in self.context.shapes:
                blob.reshape(*self.context.shapes[name])
            elif shapes:
                blob.reshape(*shapes[i if len(shapes) > 1 else 0].dim)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """The shape is the user's from now on."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        """The values are the user's."""
