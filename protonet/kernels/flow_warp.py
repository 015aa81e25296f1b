"""An image looked at through a flow, and what its gradients are.

image, out (C, H, W); flow (2, H, W): how far to the right, how far down.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class Corners:
    """The four cells around each place that a flow leads to; `inside`: which lead to the image.

    index[k] (S) and weight[k] (S), k from 0: left above, right above, left below, right below;
    S = H W.  At the last row and column the neighbour beyond is the cell itself.
    """

    def __init__(self, flow: NDArray) -> None:
        _, height, width = flow.shape
        x = (flow[0] + np.arange(width, dtype=flow.dtype)).reshape(-1)
        y = (flow[1] + np.arange(height, dtype=flow.dtype)[:, None]).reshape(-1)
        self.inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        x, y = (np.where(self.inside, at, 0) for at in (x, y))
        left, above = x.astype(np.intp), y.astype(np.intp)
        right, below = np.minimum(left + 1, width - 1), np.minimum(above + 1, height - 1)
        self.index = [row * width + column for row in (above, below) for column in (left, right)]
        self.across, self.down = (
            ((at - cell) * self.inside).astype(flow.dtype) for at, cell in ((x, left), (y, above))
        )
        rows = (self.inside - self.down, self.down)
        self.weight = [row * share for row in rows for share in (1 - self.across, self.across)]

    def cells(self, image: NDArray) -> Iterator[NDArray]:
        """The values of the four cells, each (C, S)."""
        flat = image.reshape(len(image), -1)
        return (np.take(flat, index, axis=1) for index in self.index)


def forward(image: NDArray, flow: NDArray, fill: float, out: NDArray) -> None:
    """out = the image at (x + flow[0], y + flow[1]), bilinear; `fill` where that is outside."""
    corners, warped = Corners(flow), out.reshape(len(out), -1)
    warped.fill(0)
    for weight, values in zip(corners.weight, corners.cells(image)):
        values *= weight
        warped += values
    np.copyto(warped, fill, where=~corners.inside)


def backward_image(flow: NDArray, dout: NDArray, dimage: NDArray) -> None:
    """dimage = dout sent back to the cells it was taken from."""
    corners = Corners(flow)
    index, weight = np.concatenate(corners.index), np.concatenate(corners.weight)
    for back, given in zip(dimage, dout.reshape(len(dout), -1)):
        sums = np.bincount(index, weight * np.tile(given, 4), back.size)
        np.copyto(back, sums.reshape(back.shape))


def backward_flow(image: NDArray, flow: NDArray, dout: NDArray, dflow: NDArray) -> None:
    """dflow = the slopes of the bilinear patches times dout, summed over C; 0 outside."""
    corners = Corners(flow)
    a, b, c, d = corners.cells(image)
    across, down = corners.across, corners.down
    given = dout.reshape(len(dout), -1)
    slopes = (
        (b - a) * (1 - down) + (d - c) * down,
        (c - a) * (1 - across) + (d - b) * across,
    )
    for back, slope in zip(dflow.reshape(2, -1), slopes):
        np.einsum("cs,cs->s", slope, given, out=back)
        back *= corners.inside
