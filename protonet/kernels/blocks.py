"""Blocks of cells that change places with channels or items: as views, nothing is computed.

Each function returns two views of one shape, of the tensor before and of the one after: copied one
way they are the operation, the other way its gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from numpy.typing import NDArray

#: Where the two block axes lie among (N, block rows, block columns, C, H, W) of the deep tensor.
_DEEP = {"DCR": (0, 3, 4, 1, 5, 2), "CRD": (0, 1, 4, 2, 5, 3), "NHWC": (0, 1, 3, 2, 4, 5)}


def of_channels(deep: NDArray, wide: NDArray, block: int, order: str) -> tuple[NDArray, NDArray]:
    """Channels that become blocks of block x block cells.

    order DCR: deep (N, b b C, H, W), channel (i b + j) C + c, and wide (N, C, H b, W b), cell
    h b + i, w b + j of channel c.  CRD: the same with channel (c b + i) b + j.  NHWC: as DCR with
    the channels last.
    """
    if order == "NHWC":
        n, height, width, _ = deep.shape
        split = (n, height, width, block, block, wide.shape[3])
        spread = (n, height, block, width, block, wide.shape[3])
    else:
        n, _, height, width = deep.shape
        channels = wide.shape[1]
        blocks = (block, block, channels) if order == "DCR" else (channels, block, block)
        split = (n, *blocks, height, width)
        spread = (n, channels, height, block, width, block)
    return deep.reshape(split).transpose(_DEEP[order]), wide.reshape(spread)


def of_items(many: NDArray, wide: NDArray, blocks: Sequence[int]) -> tuple[NDArray, NDArray]:
    """Items that become blocks along the axes 1, 2, ...: many (b_1 b_2 ... N, n_1, n_2, ...), item
    (i_1 b_2 + i_2) N + n, and wide (N, n_1 b_1, n_2 b_2, ...), cell k b_1 + i_1, ... of item n."""
    count, items = len(blocks), len(many) // max(1, prod(blocks))
    split = (*blocks, items, *many.shape[1:])
    order = [count]
    spread = [items]
    for axis, block in enumerate(blocks):
        order += [count + 1 + axis, axis]
        spread += [many.shape[1 + axis], block]
    rest = range(2 * count + 1, len(split))
    return (
        many.reshape(split).transpose(*order, *rest),
        wide.reshape(*spread, *many.shape[1 + count :]),
    )
