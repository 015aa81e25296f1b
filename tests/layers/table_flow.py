"""Rows of the layers in `layers/flow`."""

from __future__ import annotations

import numpy as np

from tests.harness.row import Row, Shape

X4 = (2, 3, 5, 4)


def flow(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Less than two cells, never onto a cell: there the slope jumps."""
    whole = rng.integers(-2, 2, shape)
    return whole + rng.uniform(0.1, 0.9, shape)


def with_gaps(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """A tenth of the values is not known."""
    values = rng.uniform(0.1, 1, shape)
    values[rng.random(shape) < 0.1] = np.nan
    return values


ROWS: list[Row] = [
    Row(
        "resample",
        'type: "Resample" resample_param { height: 10 width: 8 }',
        (X4,),
    ),
    Row(
        "resample_smaller",
        'type: "Resample" resample_param { height: 3 width: 2 type: CUBIC }',
        (X4,),
    ),
    Row("resample_like", 'type: "Resample" resample_param { type: NEAREST }', (X4, (2, 1, 7, 9))),
    Row("downsample", 'type: "Downsample" downsample_param { top_height: 3 top_width: 2 }', (X4,)),
    Row("downsample_same", 'type: "Downsample"', (X4, (2, 1, 5, 4))),
    Row("flow_warp", 'type: "FlowWarp"', (X4, (2, 2, 5, 4)), values={1: flow}),
    Row(
        "correlation",
        'type: "Correlation" correlation_param { pad: 2 kernel_size: 1 max_displacement: 2 '
        "stride_2: 2 }",
        (X4, X4),
    ),
    Row(
        "correlation_patches",
        'type: "Correlation" correlation_param { pad: 3 kernel_size: 3 max_displacement: 2 '
        "stride_1: 2 }",
        (X4, X4),
    ),
    Row(
        "correlation_difference",
        'type: "Correlation" correlation_param { pad: 1 kernel_size: 1 max_displacement: 1 '
        "correlation_type: SUBTRACT }",
        (X4, X4),
    ),
    Row(
        "mean",
        'type: "Mean" mean_param { operation: SUBTRACT value: 0.25 value: -1 input_scale: 0.5 }',
        ((2, 2, 5, 4), (1, 4, 2, 2)),
        tops=2,
    ),
    Row("l1_loss", 'type: "L1Loss"', (X4, X4)),
    Row("l1_loss_one", 'type: "L1Loss" l1_loss_param { plateau: 0.3 }', ((4, 3),)),
    Row(
        "l1_loss_gaps",
        'type: "L1Loss" l1_loss_param { normalize_by_num_entries: true }',
        (X4, X4),
        values={1: with_gaps},
        gradient=(0,),
    ),
    Row(
        "l1_loss_lengths",
        'type: "L1Loss" l1_loss_param { l2_per_location: true plateau: 0.5 }',
        (X4, X4),
    ),
    Row(
        "l1_loss_lengths_scaled",
        'type: "L1Loss" l1_loss_param { l2_per_location: true l2_prescale_by_channels: true }',
        (X4, X4),
    ),
]
