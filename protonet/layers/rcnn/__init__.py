"""Regions: Faster R-CNN, R-FCN, Cascade R-CNN and what they share."""
