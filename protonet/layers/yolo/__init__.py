"""YOLO: grids of boxes, from versions 2 and 3."""
