"""Words of forks: each is told by its fork, none is taken for a slip."""

from __future__ import annotations

import pytest

from protonet.proto import caffe_pb2 as pb
from protonet.proto.fork_names import FIELDS, NAMES, TYPES
from protonet.proto.forks import hint_for, type_hint
from protonet.slips import nearest
from tests.test_slips import KNOWN

TYPE_FORKS = """
        PriorBox=SSD MultiBoxLoss=SSD DetectionOutput=SSD DetectionEvaluate=SSD Permute=SSD
    Normalize=SSD
    AnnotatedData=SSD VideoData=SSD SmoothL1Loss=SSD ROIPooling=Faster_R-CNN PSROIPooling=R-FCN
    BoxAnnotatorOHEM=R-FCN SoftmaxWithLossOHEM=R-FCN SmoothL1LossOHEM=R-FCN Proposal=PVANet
    ROIAlign=Cascade_R-CNN DecodeBBox=Cascade_R-CNN Interp=PSPNet BN=PSPNet SegAccuracy=PSPNet
    ImageSegData=PSPNet Upsample=SegNet DenseImageData=SegNet Unpooling=DeconvNet
        Reorg=MobileNet-YOLO RegionLoss=MobileNet-YOLO Yolov3=MobileNet-YOLO
    ReLU6=MobileNet-YOLO Axpy=SENet
    ShuffleChannel=ShuffleNet DepthwiseConvolution=MobileNet ConvolutionDepthwise=OpenVINO
    PriorBoxClustered=OpenVINO GRN=OpenVINO CTCGreedyDecoder=OpenVINO CenterLoss=CenterLoss
        MarginInnerProduct=SphereFace LabelSpecificAdd=happynear Flip=happynear
    InnerDistance=happynear
        Correlation=FlowNet_2 FlowWarp=FlowNet_2 Resample=FlowNet_2 Downsample=FlowNet_2
    L1Loss=FlowNet_2
        Lstm=CTPN Transpose=CTPN Reverse=CTPN Convolution3D=C3D Pooling3D=C3D
    MultiStageMeanfield=CRF-RNN
        ImageLabelmapData=HED DeformableConvolution=Deformable MatMul=Synopsys
    LargeMarginInnerProduct=happynear
"""
FIELD_FORKS = {
    "SolverParameter": """eval_type=SSD ap_version=SSD show_per_class_result=SSD
        plateau_winsize=SSD
        stagelr=YOLO min_lr=NVCaffe larc=NVCaffe warmup_iter=Intel clip_weights=happynear""",
    "TransformationParameter": """resize_param=SSD distort_param=SSD expand_param=SSD
        crop_height=PSPNet""",
    "LossParameter": "class_weighting=SegNet pre_fixed_normalizer=R-FCN",
    "DropoutParameter": "scale_train=Faster_R-CNN",
    "BatchNormParameter": "scale_bias=NVCaffe",
    "PoolingParameter": "temporal_stride=C3D pad_type=Synopsys",
}
LAYER_PARAMS = """
        lstm_param=Lstm matmul_param=MatMul transpose_param=Transpose norm_param=Normalize
    flip_param=Flip
    roi_pooling_param=ROIPooling bn_param=BN permute_param=Permute interp_param=Interp
        detection_output_param=DetectionOutput region_loss_param=RegionLoss
    st_param=SpatialTransformer
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(a, b.replace("_", " ") if " " not in b else b) for a, _, b in _split(text)]


def _split(text: str) -> list[tuple[str, str, str]]:
    return [pair.partition("=") for pair in text.split()]


@pytest.mark.parametrize(("word", "fork"), pairs(TYPE_FORKS))
def test_a_type_names_its_fork(word: str, fork: str) -> None:
    hint = type_hint(word, KNOWN)
    assert "a layer of a fork of Caffe" in hint and fork in hint and "did you mean" not in hint


@pytest.mark.parametrize(
    ("message", "word", "fork"),
    [(message, *pair) for message, text in FIELD_FORKS.items() for pair in pairs(text)],
)
def test_a_field_names_its_fork(message: str, word: str, fork: str) -> None:
    hint = hint_for(message, word, list(getattr(pb, message).DESCRIPTOR.fields_by_name))
    assert "of a fork of Caffe" in hint and fork in hint and "did you mean" not in hint


@pytest.mark.parametrize(("word", "layer"), [(a, b) for a, _, b in _split(LAYER_PARAMS)])
def test_a_parameter_names_its_layer(word: str, layer: str) -> None:
    assert f"for the layer {layer} of a fork" in hint_for("LayerParameter", word, [])


def test_what_caffe_can_write_instead() -> None:
    assert 'type: "Convolution" with as many group' in type_hint("DepthwiseConvolution", KNOWN)
    assert "clip_param { min: 0 max: 6 }" in type_hint("ReLU6", KNOWN)
    assert hint_for("SolverParameter", "eval_type", []).endswith("leave it out")
    assert not hint_for("SolverParameter", "stagelr", []).endswith("leave it out")


def test_words_that_nobody_knows_are_called_so() -> None:
    assert type_hint("HyperColumn", KNOWN).startswith("Caffe 1.0 has no such type")
    assert hint_for("LayerParameter", "zzz_param", ["tile_param"]).startswith("Caffe 1.0 has no")
    assert type_hint("", KNOWN) == "'protonet layers' lists the known types"
    assert type_hint("SOFTMAX_LOSS", KNOWN) == "did you mean 'SoftmaxWithLoss'?"


def test_old_names() -> None:
    assert "param { lr_mult: ... }" in hint_for("LayerParameter", "blobs_lr", ["blobs"])
    assert "param { decay_mult: ... }" in hint_for("LayerParameter", "weight_decay", [])
    assert 'new "layer"' in hint_for("V1LayerParameter", "batch_norm_param", [])


def test_the_tables_hold_no_word_of_caffe() -> None:
    types = {name for names in TYPES.values() for name in names.split()}
    assert not types & set(KNOWN) and len(types) > 100
    for table in (TYPES, *FIELDS.values()):
        assert all(fork in NAMES for forks in table for fork in forks.split())
        names = " ".join(table.values()).split()
        assert len(names) == len(set(names))


def test_no_word_of_a_fork_is_taken_for_one_of_caffe() -> None:
    """Not even where the fork is not looked up; `Lstm` differs from LSTM by capitals alone."""
    types = " ".join(TYPES.values()).split()
    assert [word for word in types if nearest(word, KNOWN)] == ["Lstm"]
    for message, table in FIELDS.items():
        words = " ".join(table.values()).split()
        caffe = set(getattr(pb, message).DESCRIPTOR.fields_by_name) - set(words)
        assert [word for word in words if nearest(word, caffe)] == []
