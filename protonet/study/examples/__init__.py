"""The tiny net of every layer type, with numbers that can be followed by hand; a file a family."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ...core.layer import Layer
from ...core.registry import LAYERS
from ..worked import Example


@cache
def examples() -> Mapping[str, tuple[Example, ...]]:
    """Name in the registry of layers -> its examples."""
    from . import (
        detection,
        faces,
        losses,
        maps,
        neurons,
        products,
        sequences,
        shapes,
        sources,
        tensors,
    )

    families = (
        *(products, neurons, losses, shapes, maps),
        *(sequences, sources, faces, detection, tensors),
    )
    return {name: rows for family in families for name, rows in family.EXAMPLES.items()}


def examples_of(cls: type[Layer]) -> tuple[Example, ...]:
    """Those of a layer class; none of one that is not protonet's own."""
    return next((examples().get(name, ()) for name, known in LAYERS.items() if known is cls), ())
