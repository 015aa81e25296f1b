"""What all insights have in common."""

from __future__ import annotations


class Insight:
    """Arrays that tell something of a net, and a title.  A notebook shows it as a figure."""

    @property
    def title(self) -> str:
        raise NotImplementedError
