"""The kinds of layers, and the colour of each: one table for all pictures."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """name: in plain words.  fill, edge: colours that dark text is read on."""

    name: str
    fill: str
    edge: str


DATA = Kind("data", "#dfe4ea", "#6b7785")
CONVOLUTION = Kind("convolution", "#ffd0c7", "#c0523c")
POOLING = Kind("pooling", "#ffe3b0", "#b57a14")
INNER_PRODUCT = Kind("inner product", "#e4d0f7", "#7d4fae")
ACTIVATION = Kind("activation", "#d3efd0", "#4d8c47")
NORMALIZATION = Kind("normalization", "#cfeef0", "#2f8087")
COMBINATION = Kind("combination", "#cfdffb", "#3f66b3")
SHAPE = Kind("shape", "#e8e4d4", "#8a7f55")
RECURRENT = Kind("recurrent", "#f4cfe6", "#a4477f")
DETECTION = Kind("detection", "#dbe9a9", "#6f8420")
LOSS = Kind("loss", "#f9c3d0", "#ad3557")
OTHER = Kind("other", "#f2f2f2", "#808080")
UNKNOWN = Kind("unknown", "#ffffff", "#c00000")

_TYPES = {
    CONVOLUTION: "Convolution Deconvolution Im2col Convolution3D DepthwiseConvolution "
    "ConvolutionDepthwise Correlation",
    POOLING: "Pooling Pooling3D SPP ROIPooling PSROIPooling ROIAlign "
    "Unpooling Upsample Downsample Interp Resample",
    INNER_PRODUCT: "InnerProduct Embed InnerDistance MarginInnerProduct",
    ACTIVATION: "ReLU ReLU6 PReLU ELU Sigmoid TanH AbsVal BNLL Power Exp Log Threshold Clip "
    "Swish Dropout Softmax",
    NORMALIZATION: "BatchNorm BN Scale Bias LRN MVN Normalize GRN",
    COMBINATION: "Concat Eltwise Axpy ChannelScale Filter BatchReindex Crop Tile Reduction "
    "ArgMax FlowWarp",
    SHAPE: "Reshape Flatten Permute Slice Split Silence Reorg ShuffleChannel Flip Reverse "
    "Transpose",
    RECURRENT: "LSTM RNN LSTMUnit Lstm",
    DETECTION: "PriorBox PriorBoxClustered DetectionOutput DetectionEvaluate Proposal DecodeBBox "
    "YoloDetectionOutput Yolov3DetectionOutput BoxAnnotatorOHEM CTCGreedyDecoder",
}
_KINDS = {name: kind for kind, names in _TYPES.items() for name in names.split()}
#: What a name tells of types that are not in the table.
_ENDINGS = {
    "Loss": LOSS,
    "LossOHEM": LOSS,
    "Accuracy": LOSS,
    "Data": DATA,
    "Input": DATA,
    "Yolov3": LOSS,
}


def kind_of(type: str, known: bool = True) -> Kind:
    """The kind of a layer's type; unknown for a layer that nobody has."""
    if not known:
        return UNKNOWN
    if type in _KINDS:
        return _KINDS[type]
    if "WithLoss" in type:
        return LOSS
    return next((kind for end, kind in _ENDINGS.items() if type.endswith(end)), OTHER)
