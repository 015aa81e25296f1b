"""Faces: losses and norms that pull identities apart, and sequences of letters."""

from . import center_loss, inner_distance, margin_inner_product, normalize  # noqa: F401
