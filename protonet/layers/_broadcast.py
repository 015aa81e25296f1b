"""Base of Scale and Bias: an operand for a run of axes, a parameter or the second bottom."""

from __future__ import annotations

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, between
from ..errors import ShapeError
from ..proto import caffe_pb2 as pb

Settings = pb.ScaleParameter | pb.BiasParameter


class Broadcast(Layer):
    """Finds the axes of bottom[0] that the operand covers."""

    bottoms = between(1, 2)
    in_place = True

    def operand_shape(self, param: Settings, bottom: Blob) -> tuple[int, ...]:
        """Shape of the operand as a parameter: num_axes axes from `axis` on; -1 means all."""
        if param.num_axes == 0:
            return ()
        axis = bottom.axis(param.axis)
        stop = len(bottom.shape) if param.num_axes == -1 else axis + param.num_axes
        if not axis <= stop <= len(bottom.shape):
            raise ShapeError(
                f"num_axes {param.num_axes} from axis {axis} on exceeds shape {bottom.shape}",
                "give -1 for all axes to the end",
            )
        return bottom.shape[axis:stop]

    def view(self, param: Settings, bottom: Blob, operand: tuple[int, ...]) -> tuple[int, int, int]:
        """bottom as (outer, operand, inner), or ShapeError if the operand does not fit."""
        axis = bottom.axis(param.axis) if operand else 0
        stop = axis + len(operand)
        if bottom.shape[axis:stop] != operand:
            raise ShapeError(
                f"an operand of shape {operand} does not fit shape {bottom.shape} "
                f"from axis {axis} on",
                "its axes must equal those it is spread over",
            )
        dim = bottom.count_from(axis, stop)
        # A single number goes for all values: they may be cut anywhere.
        return (
            (bottom.count, 1, 1)
            if dim == 1
            else (bottom.count_from(0, axis), dim, bottom.count_from(stop))
        )

    def second(self, bottom: Blobs) -> bool:
        """Is the operand a bottom?"""
        return len(bottom) == 2
