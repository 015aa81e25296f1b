"""Words that the schema does not have: what to tell someone whose text has one.

They come from forks of Caffe, from the other kind of file, or from a slip of the hand.
"""

from __future__ import annotations

from ..errors import did_you_mean

#: Fields that have another name here.
_OTHER_NAME = {
    ("PoolingParameter", "ceil_mode"): (
        "Caffe 1.0 calls it round_mode: write round_mode: FLOOR for ceil_mode: false, "
        "nothing for true"
    ),
}

#: The parameters of a fork's layer -> its type.
_LAYERS = {
    "annotated_data_param": "AnnotatedData",
    "bn_param": "BN",
    "dense_image_data_param": "DenseImageData",
    "detection_evaluate_param": "DetectionEvaluate",
    "detection_output_param": "DetectionOutput",
    "interp_param": "Interp",
    "margin_inner_product_param": "MarginInnerProduct",
    "multibox_loss_param": "MultiBoxLoss",
    "norm_param": "Normalize",
    "normalize_param": "Normalize",
    "permute_param": "Permute",
    "prior_box_param": "PriorBox",
    "proposal_param": "Proposal",
    "psroi_pooling_param": "PSROIPooling",
    "relu6_param": "ReLU6",
    "reorg_param": "Reorg",
    "roi_pooling_param": "ROIPooling",
    "shuffle_channel_param": "ShuffleChannel",
    "smooth_l1_loss_param": "SmoothL1Loss",
    "upsample_param": "Upsample",
    "video_data_param": "VideoData",
}


#: What files of one kind begin with, so that the other kind can be told from a slip.
_SOLVER = {
    "net",
    "train_net",
    "test_net",
    "net_param",
    "test_iter",
    "test_interval",
    "base_lr",
    "lr_policy",
    "max_iter",
    "snapshot",
    "snapshot_prefix",
    "solver_mode",
    "display",
}
_NET = {"name", "layer", "layers", "input", "input_dim", "input_shape", "force_backward"}


def other_kind(message_type: str, word: str) -> str:
    """What to do if a solver was given as a net, or a net as a solver; empty if it was not."""
    if message_type == "NetParameter" and word in _SOLVER:
        return "this is a solver, and a net is wanted: give the file that the solver names"
    if message_type == "SolverParameter" and word in _NET:
        return 'this is a net, and a solver is wanted: a file with net: "..." in it'
    return ""


def hint_for(message_type: str, word: str, known: list[str]) -> str:
    """What to do about a field that `message_type` does not have: the name it has here, the
    fork it comes from, or the nearest of the `known` fields."""
    if (message_type, word) in _OTHER_NAME:
        return _OTHER_NAME[message_type, word]
    if message_type == "LayerParameter" and word in _LAYERS:
        return f"it is for the layer {_LAYERS[word]} of a fork of Caffe, not of Caffe 1.0"
    return did_you_mean(word, known) or "Caffe 1.0 has no such field: a fork of Caffe may have"
