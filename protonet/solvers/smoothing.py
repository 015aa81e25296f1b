"""The loss that is shown: a mean over the last `average_loss` iterations."""

from __future__ import annotations

from typing import Any


class LossWindow:
    """Mean of the last `size` losses, fewer at the start."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.mean = 0.0
        self._losses: list[float] = []
        self._next = 0

    def add(self, loss: float) -> float:
        """Take in a loss; returns the mean.

        Past the start it moves by (new - oldest) / size, as Caffe's does: rounding, and a
        loss that was not finite, stay in it.
        """
        if len(self._losses) < self.size:
            self._losses.append(loss)
            count = len(self._losses)
            self.mean = (self.mean * (count - 1) + loss) / count
        else:
            self.mean += (loss - self._losses[self._next]) / self.size
            self._losses[self._next] = loss
            self._next = (self._next + 1) % self.size
        return self.mean

    def state(self) -> dict[str, Any]:
        return {"mean": self.mean, "losses": list(self._losses), "next": self._next}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on where another window of the same size stood; of another size: start anew."""
        losses, mean = [float(x) for x in state["losses"]], float(state["mean"])
        place = int(state["next"])
        if len(losses) <= self.size and 0 <= place < max(1, self.size):
            self._losses, self._next, self.mean = losses, place, mean
