"""What every layer is made of: blobs, the layer contract, the registry, fillers, the arena."""
