"""Layers of optical flow and of regions on maps."""

from __future__ import annotations

from .values import counted, of, one, planes

_SIXTEEN = counted(1, 1, 4, 4)

EXAMPLES = {
    "FlowWarp": one(
        of("FlowWarp"),
        planes([[1, 2, 3]]),
        planes([[0.5, 1, 0]], [[0, 0, 0]]),
        title="the first pixel looks half a cell to the right, the second a whole one",
    ),
    "Correlation": one(
        of(
            "Correlation",
            "correlation_param { pad: 1 kernel_size: 1 max_displacement: 1 }",
        ),
        planes([[1, 2]], [[0, 1]]),
        planes([[1, 0]], [[2, 1]]),
        title="products with the nine cells around, averaged over two channels",
    ),
    "ROIPooling": one(
        of("ROIPooling", "roi_pooling_param { pooled_h: 2 pooled_w: 2 spatial_scale: 1 }"),
        _SIXTEEN,
        [[0, 0, 0, 3, 3], [0, 1, 1, 2, 2]],
        title="two regions of image 0: all of it, and its middle",
    ),
    "ROIAlign": one(
        of("ROIAlign", "roi_pooling_param { pooled_h: 1 pooled_w: 1 spatial_scale: 1 }"),
        _SIXTEEN,
        [[0, 0, 0, 2, 2]],
        title="interpolated at points inside of one region",
    ),
    "PSROIPooling": one(
        of("PSROIPooling", "psroi_pooling_param { spatial_scale: 1 output_dim: 1 group_size: 2 }"),
        counted(1, 4, 2, 2),
        [[0, 0, 0, 1, 1]],
        title="four bins, each from a map of its own",
    ),
    "MaskPooling": one(
        of("MaskPooling"),
        planes([[1, 2]], [[3, 4]]),
        planes([[1, 0.5]]),
        title="two channels, one mask",
    ),
    "MaskResize": one(
        of("MaskResize", "mask_resize_param { output_height: 1 output_width: 5 }"),
        planes([[10, 20]]),
        title="two cells become five; the last place lies too far beyond them",
    ),
}
