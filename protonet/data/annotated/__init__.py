"""Images with boxes: SSD's AnnotatedDatum, and what its data layer does to them.

One image and its boxes are a `Scene`: each step takes one and gives another.
"""
