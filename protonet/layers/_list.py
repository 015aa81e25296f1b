"""What the layers share that read files named in a list."""

from __future__ import annotations

from typing import Any

from ..data.order import Order, make_rng
from ..errors import DataError
from ._data import BatchLayer


class ListLayer(BatchLayer):
    """A layer whose message has shuffle, rand_skip, new_height and new_width."""

    def new_size(self, settings: Any) -> tuple[int, int] | None:
        """(height, width) to resize to, if they are given."""
        if bool(settings.new_height) != bool(settings.new_width):
            raise self.fault(
                "only one of new_height and new_width is given", "give both or none", "new_height"
            )
        return (settings.new_height, settings.new_width) if settings.new_height else None

    def order(self, settings: Any, count: int) -> Order:
        """Which of `count` items come next; workers share one list."""
        seed_shuffle, seed_skip = self.seed_order.spawn(2)
        share = self.context.share(self.batch_size)
        order = Order(count, make_rng(seed_shuffle) if settings.shuffle else None, *share)
        if settings.rand_skip:
            skip = int(make_rng(seed_skip).integers(settings.rand_skip))
            if skip >= count:
                raise DataError(
                    f"rand_skip leaves out {skip} of {count} images",
                    "choose a smaller one",
                    field=f"{self.field}.rand_skip",
                )
            order.skip(skip)
        return order
