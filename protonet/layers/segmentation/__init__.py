"""Segmentation: PSPNet, DeepLab, SegNet, ENet, DeconvNet, CRF-RNN."""
