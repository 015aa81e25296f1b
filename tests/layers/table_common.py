"""Rows of the layers that shape, join, cut and normalise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.harness.row import Row, Shape

X4, X3, X2 = (2, 3, 5, 4), (3, 4, 5), (5, 4)

Values = Callable[[np.random.Generator, Shape], np.ndarray]


def indices(limit: int) -> Values:
    """Whole numbers below `limit`, some of them twice."""
    return lambda rng, shape: rng.integers(0, limit, shape).astype(float)


def marks(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """A mark for every item: 0, 2, -1, 0, 2, ..."""
    return np.resize([0.0, 2.0, -1.0], shape)


ROWS = [
    # entrances
    Row(
        "input_two",
        'type: "Input" input_param { shape { dim: 3 dim: 2 } shape { dim: 5 } }',
        (),
        tops=2,
    ),
    Row(
        "dummy_constant",
        'type: "DummyData" dummy_data_param { shape { dim: 3 dim: 2 } data_filler { value: 2 } }',
        (),
        tops=2,
    ),
    Row(
        "dummy_gaussian",
        'type: "DummyData" dummy_data_param { num: 2 channels: 3 height: 5 width: 4 '
        'data_filler { type: "gaussian" } }',
        (),
        random=True,
    ),
    Row("parameter", 'type: "Parameter" parameter_param { shape { dim: 3 dim: 4 } }', ()),
    # the same values under another shape
    Row("split_one", 'type: "Split"', (X3,)),
    Row("split_three", 'type: "Split"', (X4,), tops=3),
    Row("flatten", 'type: "Flatten"', (X4,)),
    Row("flatten_middle", 'type: "Flatten" flatten_param { axis: -3 end_axis: 2 }', (X4,)),
    Row("flatten_weighted", 'type: "Flatten" loss_weight: 1', (X4,)),
    Row(
        "reshape_infer", 'type: "Reshape" reshape_param { shape { dim: 0 dim: 2 dim: -1 } }', (X4,)
    ),
    Row(
        "reshape_part",
        'type: "Reshape" reshape_param { shape { dim: 2 dim: 2 } axis: -2 num_axes: 1 }',
        (X4,),
    ),
    # joined and cut
    Row("concat_channels", 'type: "Concat"', (X4, (2, 1, 5, 4), (2, 2, 5, 4))),
    Row("concat_batch", 'type: "Concat" concat_param { axis: 0 }', (X3, (2, 4, 5))),
    Row("concat_old_name", 'type: "Concat" concat_param { concat_dim: 2 }', (X3, (3, 4, 2))),
    Row("concat_one", 'type: "Concat"', (X3,)),
    Row("slice_even", 'type: "Slice"', ((3, 4, 5),), tops=2),
    Row(
        "slice_points",
        'type: "Slice" slice_param { axis: -1 slice_point: 1 slice_point: 4 }',
        (X3,),
        tops=3,
    ),
    Row("slice_one", 'type: "Slice"', (X3,)),
    Row("crop_default", 'type: "Crop"', (X4, (2, 3, 3, 2)), gradient=(0,)),
    Row(
        "crop_offsets",
        'type: "Crop" crop_param { axis: 1 offset: 1 offset: 2 offset: 0 }',
        (X4, (9, 2, 3, 3)),
        gradient=(0,),
    ),
    Row(
        "crop_one_offset",
        'type: "Crop" crop_param { axis: -2 offset: 1 }',
        (X4, (2, 3, 4, 3)),
        gradient=(0,),
    ),
    Row("tile", 'type: "Tile" tile_param { tiles: 3 }', (X4,)),
    Row("tile_last", 'type: "Tile" tile_param { tiles: 2 axis: -1 }', (X3,)),
    Row("silence", 'type: "Silence"', (X4, X2), tops=0),
    # combined
    Row("eltwise_sum", 'type: "Eltwise"', (X4, X4)),
    Row(
        "eltwise_sum_coeff",
        'type: "Eltwise" eltwise_param { coeff: 0.5 coeff: -1 coeff: 2 }',
        (X3,) * 3,
    ),
    Row("eltwise_one", 'type: "Eltwise" eltwise_param { coeff: 0.05 }', (X3,)),
    Row("eltwise_prod_one", 'type: "Eltwise" eltwise_param { operation: PROD }', (X3,)),
    Row("eltwise_max_one", 'type: "Eltwise" eltwise_param { operation: MAX }', (X3,)),
    Row("eltwise_prod", 'type: "Eltwise" eltwise_param { operation: PROD }', (X3,) * 3),
    Row(
        "eltwise_prod_unstable",
        'type: "Eltwise" eltwise_param { operation: PROD stable_prod_grad: false }',
        (X3, X3),
    ),
    Row("eltwise_max", 'type: "Eltwise" eltwise_param { operation: MAX }', (X3,) * 3),
    Row("reduction_sum", 'type: "Reduction" reduction_param { coeff: 0.5 }', (X3,)),
    Row("reduction_mean", 'type: "Reduction" reduction_param { operation: MEAN axis: 2 }', (X4,)),
    Row(
        "reduction_asum",
        'type: "Reduction" reduction_param { operation: ASUM axis: 1 coeff: -2 }',
        (X4,),
    ),
    Row(
        "reduction_sumsq",
        'type: "Reduction" reduction_param { operation: SUMSQ axis: -1 coeff: 3 }',
        (X4,),
    ),
    # items of a batch; sorting indices, to add up repeats, takes memory of its own
    Row(
        "filter",
        'type: "Filter"',
        ((7, 3, 2), (7, 4), (7, 1)),
        tops=2,
        values={2: marks},
        gradient=(0, 1),
    ),
    Row(
        "batch_reindex",
        'type: "BatchReindex"',
        ((4, 3, 2), (7,)),
        values={1: indices(4)},
        gradient=(0,),
        steady=False,
    ),
    Row(
        "embed",
        'type: "Embed" embed_param { num_output: 3 input_dim: 6 }',
        ((7,),),
        values={0: indices(6)},
        gradient=(),
        steady=False,
    ),
    Row(
        "embed_matrix",
        'type: "Embed" embed_param { num_output: 2 input_dim: 5 bias_term: false }',
        ((3, 4),),
        values={0: indices(5)},
        gradient=(),
        steady=False,
    ),
    # normalised, scaled, shifted
    Row("scale_channels", 'type: "Scale"', (X4,)),
    Row("scale_bias", 'type: "Scale" scale_param { bias_term: true }', (X4,)),
    Row("scale_number", 'type: "Scale" scale_param { num_axes: 0 bias_term: true }', (X4,)),
    Row("scale_to_end", 'type: "Scale" scale_param { num_axes: -1 bias_term: true }', (X3,)),
    Row(
        "scale_batch",
        'type: "Scale" scale_param { axis: 0 num_axes: 2 }',
        (X3,),
        other=((3, 4, 7),),
    ),
    Row(
        "scale_by_bottom",
        'type: "Scale" scale_param { axis: 1 bias_term: true }',
        (X4, (3, 5)),
        other=((4, 3, 5, 4), (3, 5)),
    ),
    Row("scale_by_equal", 'type: "Scale" scale_param { axis: 0 }', (X3, X3)),
    Row("bias_channels", 'type: "Bias"', (X4,)),
    Row("bias_number", 'type: "Bias" bias_param { num_axes: 0 }', (X3,)),
    Row("bias_to_end", 'type: "Bias" bias_param { axis: -2 num_axes: -1 }', (X4,)),
    Row(
        "bias_by_bottom",
        'type: "Bias" bias_param { axis: -2 }',
        (X4, (5, 4)),
        other=((4, 3, 5, 4), (5, 4)),
    ),
    Row("batch_norm_train", 'type: "BatchNorm"', (X4,)),
    Row("batch_norm_flat", 'type: "BatchNorm" batch_norm_param { eps: 0.01 }', ((7, 3),)),
    Row(
        "batch_norm_global", 'type: "BatchNorm" batch_norm_param { use_global_stats: true }', (X4,)
    ),
    *(
        Row(
            f"batch_norm_scaled{name}",
            f'type: "BatchNorm" batch_norm_param {{ scale_bias: true {text} }}',
            (X4,),
        )
        for name, text in (("", "eps: 0.01"), ("_global", "use_global_stats: true"))
    ),
    Row(
        "batch_norm_groups",
        'type: "BatchNorm" batch_norm_param { stats_batch_size: 2 }',
        (X4,),
        other=((4, *X4[1:]),),
    ),
    Row(
        "batch_norm_eps_behind",
        'type: "BatchNorm" batch_norm_param { add_eps_before_sqrt: false eps: 0.1 }',
        (X4,),
    ),
    Row(
        "batch_norm_eps_behind_global",
        'type: "BatchNorm" batch_norm_param { add_eps_before_sqrt: false eps: 0.1 '
        "use_global_stats: true }",
        (X4,),
    ),
    Row("batch_norm_test", 'type: "BatchNorm"', (X4,), phase="TEST"),
    Row("mvn", 'type: "MVN"', (X4,)),
    Row("mvn_across", 'type: "MVN" mvn_param { across_channels: true eps: 1e-6 }', (X4,)),
    Row("mvn_mean_only", 'type: "MVN" mvn_param { normalize_variance: false }', (X4,)),
    # the user's own
    Row(
        "python",
        'type: "Python" python_param { module: "tests.layers.user_layers" layer: "Weighted" '
        'param_str: "2 -0.5" }',
        (X3, X3),
        steady=False,
    ),  # NumPy expressions make new arrays
]
