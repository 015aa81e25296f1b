"""How records become batches: sources, datums, the transformer, the prefetcher, data sets.

    source (key, bytes)  ->  datum (C, H, W) and label  ->  transformer  ->  prefetcher  ->  layer

Each stage knows only the one before it and is tested alone.  Optional packages (OpenCV,
plyvel, h5py) are imported by the function that needs them.
"""
