"""The rules, by kinds of operators."""

from . import (  # noqa: F401
    arithmetic,
    convolution,
    joining,
    matrix,
    neuron,
    normalise,
    pooling,
    recurrent,
    reduction,
    resize,
    shapes,
)
