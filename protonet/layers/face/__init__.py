"""Faces: losses and norms that pull identities apart, and sequences of letters."""
