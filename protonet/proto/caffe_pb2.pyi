"""Made by scripts/gen_schema.py: do not edit."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.internal.containers import (
    RepeatedCompositeFieldContainer as _Messages,
    RepeatedScalarFieldContainer as _Values,
)
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper as _Enum
from google.protobuf.message import Message

DESCRIPTOR: FileDescriptor

Phase: _Enum
TRAIN: int
TEST: int
DatumTypeInfo: _Enum
DatumTypeInfo_DATUM: int
DatumTypeInfo_ANNOTATED_DATUM: int
Packing: _Enum
NCHW: int
NHWC: int
Type: _Enum
DOUBLE: int
FLOAT: int
FLOAT16: int
INT: int
UINT: int
BOOL: int

class BlobShape(Message):
    @property
    def dim(self) -> _Values[int]: ...
    def __init__(self, *, dim: Iterable[int] | None = ...) -> None: ...

class BlobProto(Message):
    num: int
    channels: int
    height: int
    width: int
    @property
    def data(self) -> _Values[float]: ...
    @property
    def diff(self) -> _Values[float]: ...
    @property
    def shape(self) -> BlobShape: ...
    @property
    def double_data(self) -> _Values[float]: ...
    @property
    def double_diff(self) -> _Values[float]: ...
    length: int
    raw_data: bytes
    raw_data_type: int
    raw_diff: bytes
    raw_diff_type: int
    def __init__(self, *, num: int | None = ..., channels: int | None = ..., height: int | None = ..., width: int | None = ..., data: Iterable[float] | None = ..., diff: Iterable[float] | None = ..., shape: BlobShape | Mapping[str, Any] | None = ..., double_data: Iterable[float] | None = ..., double_diff: Iterable[float] | None = ..., length: int | None = ..., raw_data: bytes | None = ..., raw_data_type: int | str | None = ..., raw_diff: bytes | None = ..., raw_diff_type: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num", "channels", "height", "width", "shape", "length", "raw_data", "raw_data_type", "raw_diff", "raw_diff_type"]) -> bool: ...

class BlobProtoVector(Message):
    @property
    def blobs(self) -> _Messages[BlobProto]: ...
    def __init__(self, *, blobs: Iterable[BlobProto | Mapping[str, Any]] | None = ...) -> None: ...

class Datum(Message):
    channels: int
    height: int
    width: int
    data: bytes
    label: int
    @property
    def float_data(self) -> _Values[float]: ...
    encoded: bool
    record_id: int
    seg_label: bytes
    def __init__(self, *, channels: int | None = ..., height: int | None = ..., width: int | None = ..., data: bytes | None = ..., label: int | None = ..., float_data: Iterable[float] | None = ..., encoded: bool | None = ..., record_id: int | None = ..., seg_label: bytes | None = ...) -> None: ...
    def HasField(self, field_name: Literal["channels", "height", "width", "data", "label", "encoded", "record_id", "seg_label"]) -> bool: ...

class NetParameter(Message):
    name: str
    @property
    def layers(self) -> _Messages[V1LayerParameter]: ...
    @property
    def input(self) -> _Values[str]: ...
    @property
    def input_dim(self) -> _Values[int]: ...
    force_backward: bool
    @property
    def state(self) -> NetState: ...
    debug_info: bool
    @property
    def input_shape(self) -> _Messages[BlobShape]: ...
    @property
    def layer(self) -> _Messages[LayerParameter]: ...
    bn_stats_batch_size: int
    @property
    def compile_net_state(self) -> CompileNetState: ...
    default_backward_math: int
    default_backward_type: int
    default_conv_algos_override: str
    default_cudnn_math_override: int
    default_forward_math: int
    default_forward_type: int
    eltwise_mem_sharing: bool
    engine: str
    global_grad_scale: float
    global_grad_scale_adaptive: bool
    @property
    def mem_param(self) -> MemoryOptimizationParameter: ...
    @property
    def multinode(self) -> MultinodeParameter: ...
    profile_info: bool
    profile_iter: int
    profile_warmup: int
    reduce_buckets: int
    def __init__(self, *, name: str | None = ..., layers: Iterable[V1LayerParameter | Mapping[str, Any]] | None = ..., input: Iterable[str] | None = ..., input_dim: Iterable[int] | None = ..., force_backward: bool | None = ..., state: NetState | Mapping[str, Any] | None = ..., debug_info: bool | None = ..., input_shape: Iterable[BlobShape | Mapping[str, Any]] | None = ..., layer: Iterable[LayerParameter | Mapping[str, Any]] | None = ..., bn_stats_batch_size: int | None = ..., compile_net_state: CompileNetState | Mapping[str, Any] | None = ..., default_backward_math: int | str | None = ..., default_backward_type: int | str | None = ..., default_conv_algos_override: str | None = ..., default_cudnn_math_override: int | None = ..., default_forward_math: int | str | None = ..., default_forward_type: int | str | None = ..., eltwise_mem_sharing: bool | None = ..., engine: str | None = ..., global_grad_scale: float | None = ..., global_grad_scale_adaptive: bool | None = ..., mem_param: MemoryOptimizationParameter | Mapping[str, Any] | None = ..., multinode: MultinodeParameter | Mapping[str, Any] | None = ..., profile_info: bool | None = ..., profile_iter: int | None = ..., profile_warmup: int | None = ..., reduce_buckets: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "force_backward", "state", "debug_info", "bn_stats_batch_size", "compile_net_state", "default_backward_math", "default_backward_type", "default_conv_algos_override", "default_cudnn_math_override", "default_forward_math", "default_forward_type", "eltwise_mem_sharing", "engine", "global_grad_scale", "global_grad_scale_adaptive", "mem_param", "multinode", "profile_info", "profile_iter", "profile_warmup", "reduce_buckets"]) -> bool: ...

class NetState(Message):
    phase: int
    level: int
    @property
    def stage(self) -> _Values[str]: ...
    def __init__(self, *, phase: int | str | None = ..., level: int | None = ..., stage: Iterable[str] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["phase", "level"]) -> bool: ...

class NetStateRule(Message):
    phase: int
    min_level: int
    max_level: int
    @property
    def stage(self) -> _Values[str]: ...
    @property
    def not_stage(self) -> _Values[str]: ...
    def __init__(self, *, phase: int | str | None = ..., min_level: int | None = ..., max_level: int | None = ..., stage: Iterable[str] | None = ..., not_stage: Iterable[str] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["phase", "min_level", "max_level"]) -> bool: ...

class ParamSpec(Message):
    DimCheckMode: ClassVar[_Enum]
    STRICT: ClassVar[int]
    PERMISSIVE: ClassVar[int]
    name: str
    share_mode: int
    lr_mult: float
    decay_mult: float
    def __init__(self, *, name: str | None = ..., share_mode: int | str | None = ..., lr_mult: float | None = ..., decay_mult: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "share_mode", "lr_mult", "decay_mult"]) -> bool: ...

class FillerParameter(Message):
    VarianceNorm: ClassVar[_Enum]
    FAN_IN: ClassVar[int]
    FAN_OUT: ClassVar[int]
    AVERAGE: ClassVar[int]
    type: str
    value: float
    min: float
    max: float
    mean: float
    std: float
    sparse: int
    variance_norm: int
    alpha: float
    @property
    def diag_val(self) -> _Values[float]: ...
    file: str
    scale: float
    def __init__(self, *, type: str | None = ..., value: float | None = ..., min: float | None = ..., max: float | None = ..., mean: float | None = ..., std: float | None = ..., sparse: int | None = ..., variance_norm: int | str | None = ..., alpha: float | None = ..., diag_val: Iterable[float] | None = ..., file: str | None = ..., scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["type", "value", "min", "max", "mean", "std", "sparse", "variance_norm", "alpha", "file", "scale"]) -> bool: ...

class SolverParameter(Message):
    SnapshotFormat: ClassVar[_Enum]
    HDF5: ClassVar[int]
    BINARYPROTO: ClassVar[int]
    SolverMode: ClassVar[_Enum]
    CPU: ClassVar[int]
    GPU: ClassVar[int]
    SolverType: ClassVar[_Enum]
    SGD: ClassVar[int]
    NESTEROV: ClassVar[int]
    ADAGRAD: ClassVar[int]
    RMSPROP: ClassVar[int]
    ADADELTA: ClassVar[int]
    ADAM: ClassVar[int]
    SAG: ClassVar[int]
    train_net: str
    @property
    def test_net(self) -> _Values[str]: ...
    @property
    def test_iter(self) -> _Values[int]: ...
    test_interval: int
    base_lr: float
    display: int
    max_iter: int
    lr_policy: str
    gamma: float
    power: float
    momentum: float
    weight_decay: float
    stepsize: int
    snapshot: int
    snapshot_prefix: str
    snapshot_diff: bool
    solver_mode: int
    device_id: int
    test_compute_loss: bool
    random_seed: int
    @property
    def train_net_param(self) -> NetParameter: ...
    @property
    def test_net_param(self) -> _Messages[NetParameter]: ...
    debug_info: bool
    net: str
    @property
    def net_param(self) -> NetParameter: ...
    @property
    def train_state(self) -> NetState: ...
    @property
    def test_state(self) -> _Messages[NetState]: ...
    snapshot_after_train: bool
    regularization_type: str
    solver_type: int
    delta: float
    test_initialization: bool
    average_loss: int
    @property
    def stepvalue(self) -> _Values[int]: ...
    clip_gradients: float
    iter_size: int
    snapshot_format: int
    rms_decay: float
    momentum2: float
    type: str
    layer_wise_reduce: bool
    @property
    def weights(self) -> _Values[str]: ...
    ap_version: str
    clamp_weights_lower: float
    clamp_weights_upper: float
    clip_weights: float
    disabled_update: bool
    engine: str
    eval_type: str
    gan_solver: bool
    @property
    def group_id(self) -> _Values[int]: ...
    larc: bool
    larc_eta: float
    larc_policy: str
    larc_turbo: bool
    local_gw_ratio: float
    local_lr_auto: bool
    max_momentum: float
    max_weight_decay: float
    min_lr: float
    momentum_policy: str
    momentum_power: float
    @property
    def plateau_winsize(self) -> _Values[int]: ...
    rampup_interval: int
    rampup_lr: float
    richness: int
    show_per_class_result: bool
    solver_data_type: int
    @property
    def stageiter(self) -> _Values[int]: ...
    @property
    def stagelr(self) -> _Values[float]: ...
    store_blobs_in_old_format: bool
    test_and_snapshot_last_epochs: int
    test_offset: int
    warmup_iter: int
    warmup_start_lr: float
    weight_decay_policy: str
    weight_decay_power: float
    def __init__(self, *, train_net: str | None = ..., test_net: Iterable[str] | None = ..., test_iter: Iterable[int] | None = ..., test_interval: int | None = ..., base_lr: float | None = ..., display: int | None = ..., max_iter: int | None = ..., lr_policy: str | None = ..., gamma: float | None = ..., power: float | None = ..., momentum: float | None = ..., weight_decay: float | None = ..., stepsize: int | None = ..., snapshot: int | None = ..., snapshot_prefix: str | None = ..., snapshot_diff: bool | None = ..., solver_mode: int | str | None = ..., device_id: int | None = ..., test_compute_loss: bool | None = ..., random_seed: int | None = ..., train_net_param: NetParameter | Mapping[str, Any] | None = ..., test_net_param: Iterable[NetParameter | Mapping[str, Any]] | None = ..., debug_info: bool | None = ..., net: str | None = ..., net_param: NetParameter | Mapping[str, Any] | None = ..., train_state: NetState | Mapping[str, Any] | None = ..., test_state: Iterable[NetState | Mapping[str, Any]] | None = ..., snapshot_after_train: bool | None = ..., regularization_type: str | None = ..., solver_type: int | str | None = ..., delta: float | None = ..., test_initialization: bool | None = ..., average_loss: int | None = ..., stepvalue: Iterable[int] | None = ..., clip_gradients: float | None = ..., iter_size: int | None = ..., snapshot_format: int | str | None = ..., rms_decay: float | None = ..., momentum2: float | None = ..., type: str | None = ..., layer_wise_reduce: bool | None = ..., weights: Iterable[str] | None = ..., ap_version: str | None = ..., clamp_weights_lower: float | None = ..., clamp_weights_upper: float | None = ..., clip_weights: float | None = ..., disabled_update: bool | None = ..., engine: str | None = ..., eval_type: str | None = ..., gan_solver: bool | None = ..., group_id: Iterable[int] | None = ..., larc: bool | None = ..., larc_eta: float | None = ..., larc_policy: str | None = ..., larc_turbo: bool | None = ..., local_gw_ratio: float | None = ..., local_lr_auto: bool | None = ..., max_momentum: float | None = ..., max_weight_decay: float | None = ..., min_lr: float | None = ..., momentum_policy: str | None = ..., momentum_power: float | None = ..., plateau_winsize: Iterable[int] | None = ..., rampup_interval: int | None = ..., rampup_lr: float | None = ..., richness: int | None = ..., show_per_class_result: bool | None = ..., solver_data_type: int | str | None = ..., stageiter: Iterable[int] | None = ..., stagelr: Iterable[float] | None = ..., store_blobs_in_old_format: bool | None = ..., test_and_snapshot_last_epochs: int | None = ..., test_offset: int | None = ..., warmup_iter: int | None = ..., warmup_start_lr: float | None = ..., weight_decay_policy: str | None = ..., weight_decay_power: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["train_net", "test_interval", "base_lr", "display", "max_iter", "lr_policy", "gamma", "power", "momentum", "weight_decay", "stepsize", "snapshot", "snapshot_prefix", "snapshot_diff", "solver_mode", "device_id", "test_compute_loss", "random_seed", "train_net_param", "debug_info", "net", "net_param", "train_state", "snapshot_after_train", "regularization_type", "solver_type", "delta", "test_initialization", "average_loss", "clip_gradients", "iter_size", "snapshot_format", "rms_decay", "momentum2", "type", "layer_wise_reduce", "ap_version", "clamp_weights_lower", "clamp_weights_upper", "clip_weights", "disabled_update", "engine", "eval_type", "gan_solver", "larc", "larc_eta", "larc_policy", "larc_turbo", "local_gw_ratio", "local_lr_auto", "max_momentum", "max_weight_decay", "min_lr", "momentum_policy", "momentum_power", "rampup_interval", "rampup_lr", "richness", "show_per_class_result", "solver_data_type", "store_blobs_in_old_format", "test_and_snapshot_last_epochs", "test_offset", "warmup_iter", "warmup_start_lr", "weight_decay_policy", "weight_decay_power"]) -> bool: ...

class SolverState(Message):
    iter: int
    learned_net: str
    @property
    def history(self) -> _Messages[BlobProto]: ...
    current_step: int
    iter_last_event: int
    minimum_loss: float
    def __init__(self, *, iter: int | None = ..., learned_net: str | None = ..., history: Iterable[BlobProto | Mapping[str, Any]] | None = ..., current_step: int | None = ..., iter_last_event: int | None = ..., minimum_loss: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["iter", "learned_net", "current_step", "iter_last_event", "minimum_loss"]) -> bool: ...

class LayerParameter(Message):
    DimCheckMode: ClassVar[_Enum]
    STRICT: ClassVar[int]
    PERMISSIVE: ClassVar[int]
    name: str
    type: str
    @property
    def bottom(self) -> _Values[str]: ...
    @property
    def top(self) -> _Values[str]: ...
    @property
    def loss_weight(self) -> _Values[float]: ...
    @property
    def param(self) -> _Messages[ParamSpec]: ...
    @property
    def blobs(self) -> _Messages[BlobProto]: ...
    @property
    def include(self) -> _Messages[NetStateRule]: ...
    @property
    def exclude(self) -> _Messages[NetStateRule]: ...
    phase: int
    @property
    def propagate_down(self) -> _Values[bool]: ...
    @property
    def transform_param(self) -> TransformationParameter: ...
    @property
    def loss_param(self) -> LossParameter: ...
    @property
    def accuracy_param(self) -> AccuracyParameter: ...
    @property
    def argmax_param(self) -> ArgMaxParameter: ...
    @property
    def concat_param(self) -> ConcatParameter: ...
    @property
    def contrastive_loss_param(self) -> ContrastiveLossParameter: ...
    @property
    def convolution_param(self) -> ConvolutionParameter: ...
    @property
    def data_param(self) -> DataParameter: ...
    @property
    def dropout_param(self) -> DropoutParameter: ...
    @property
    def dummy_data_param(self) -> DummyDataParameter: ...
    @property
    def eltwise_param(self) -> EltwiseParameter: ...
    @property
    def exp_param(self) -> ExpParameter: ...
    @property
    def hdf5_data_param(self) -> HDF5DataParameter: ...
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    @property
    def hinge_loss_param(self) -> HingeLossParameter: ...
    @property
    def image_data_param(self) -> ImageDataParameter: ...
    @property
    def infogain_loss_param(self) -> InfogainLossParameter: ...
    @property
    def inner_product_param(self) -> InnerProductParameter: ...
    @property
    def lrn_param(self) -> LRNParameter: ...
    @property
    def memory_data_param(self) -> MemoryDataParameter: ...
    @property
    def mvn_param(self) -> MVNParameter: ...
    @property
    def pooling_param(self) -> PoolingParameter: ...
    @property
    def power_param(self) -> PowerParameter: ...
    @property
    def relu_param(self) -> ReLUParameter: ...
    @property
    def sigmoid_param(self) -> SigmoidParameter: ...
    @property
    def softmax_param(self) -> SoftmaxParameter: ...
    @property
    def slice_param(self) -> SliceParameter: ...
    @property
    def tanh_param(self) -> TanHParameter: ...
    @property
    def threshold_param(self) -> ThresholdParameter: ...
    @property
    def window_data_param(self) -> WindowDataParameter: ...
    @property
    def python_param(self) -> PythonParameter: ...
    @property
    def prelu_param(self) -> PReLUParameter: ...
    @property
    def spp_param(self) -> SPPParameter: ...
    @property
    def reshape_param(self) -> ReshapeParameter: ...
    @property
    def log_param(self) -> LogParameter: ...
    @property
    def flatten_param(self) -> FlattenParameter: ...
    @property
    def reduction_param(self) -> ReductionParameter: ...
    @property
    def embed_param(self) -> EmbedParameter: ...
    @property
    def tile_param(self) -> TileParameter: ...
    @property
    def batch_norm_param(self) -> BatchNormParameter: ...
    @property
    def elu_param(self) -> ELUParameter: ...
    @property
    def bias_param(self) -> BiasParameter: ...
    @property
    def scale_param(self) -> ScaleParameter: ...
    @property
    def input_param(self) -> InputParameter: ...
    @property
    def crop_param(self) -> CropParameter: ...
    @property
    def parameter_param(self) -> ParameterParameter: ...
    @property
    def recurrent_param(self) -> RecurrentParameter: ...
    @property
    def swish_param(self) -> SwishParameter: ...
    @property
    def clip_param(self) -> ClipParameter: ...
    @property
    def annotated_data_param(self) -> AnnotatedDataParameter: ...
    @property
    def detection_evaluate_param(self) -> DetectionEvaluateParameter: ...
    @property
    def detection_output_param(self) -> DetectionOutputParameter: ...
    @property
    def multibox_loss_param(self) -> MultiBoxLossParameter: ...
    @property
    def norm_param(self) -> NormalizeParameter: ...
    @property
    def permute_param(self) -> PermuteParameter: ...
    @property
    def prior_box_param(self) -> PriorBoxParameter: ...
    @property
    def video_data_param(self) -> VideoDataParameter: ...
    @property
    def bbox_reg_param(self) -> BBoxRegParameter: ...
    @property
    def box_annotator_ohem_param(self) -> BoxAnnotatorOHEMParameter: ...
    @property
    def box_group_output_param(self) -> BoxGroupOutputParameter: ...
    @property
    def decode_bbox_param(self) -> DecodeBBoxParameter: ...
    @property
    def detection_data_param(self) -> DetectionDataParameter: ...
    @property
    def detection_group_accuracy_param(self) -> DetectionGroupAccuracyParameter: ...
    @property
    def detection_group_loss_param(self) -> DetectionGroupLossParameter: ...
    @property
    def eval_data_param(self) -> EvalDataParameter: ...
    @property
    def frcnn_output_param(self) -> FrcnnOutputParameter: ...
    @property
    def hard_mining_param(self) -> HardMiningParameter: ...
    @property
    def mask_resize_param(self) -> MaskResizeParameter: ...
    @property
    def mil_data_param(self) -> MILDataParameter: ...
    @property
    def mil_param(self) -> MILParameter: ...
    @property
    def proposal_param(self) -> ProposalParameter: ...
    @property
    def proposal_target_param(self) -> ProposalTargetParameter: ...
    @property
    def psroi_pooling_param(self) -> PSROIPoolingParameter: ...
    @property
    def roi_pooling_param(self) -> ROIPoolingParameter: ...
    @property
    def roi_warping_param(self) -> ROIWarpingParameter: ...
    @property
    def scale_route_param(self) -> ScaleRouteParameter: ...
    @property
    def smooth_l1_loss_param(self) -> SmoothL1LossParameter: ...
    @property
    def detection_loss_param(self) -> DetectionLossParameter: ...
    @property
    def eval_detection_param(self) -> EvalDetectionParameter: ...
    @property
    def quantization_param(self) -> QuantizationParameter: ...
    @property
    def region_loss_param(self) -> RegionLossParameter: ...
    @property
    def relu6_param(self) -> ReLU6Parameter: ...
    @property
    def reorg_param(self) -> ReorgParameter: ...
    @property
    def segmentation_evaluate_param(self) -> SegmentationEvaluateParameter: ...
    @property
    def upsample_param(self) -> UpsampleParameter: ...
    @property
    def yolo_detection_output_param(self) -> YoloDetectionOutputParameter: ...
    @property
    def yolo_seg_param(self) -> YoloSegParameter: ...
    @property
    def yolov3_detection_output_param(self) -> Yolov3DetectionOutputParameter: ...
    @property
    def yolov3_param(self) -> Yolov3Parameter: ...
    @property
    def adaptive_bias_channel_param(self) -> AdaptiveBiasChannelParameter: ...
    @property
    def bias_channel_param(self) -> BiasChannelParameter: ...
    @property
    def binary_accuracy_param(self) -> BinaryAccuracyParameter: ...
    @property
    def bn_param(self) -> BNParameter: ...
    @property
    def dense_crf_param(self) -> DenseCRFParameter: ...
    @property
    def dense_image_data_param(self) -> DenseImageDataParameter: ...
    @property
    def domain_transform_param(self) -> DomainTransformParameter: ...
    @property
    def eltwise_accuracy_param(self) -> EltwiseAccuracyParameter: ...
    @property
    def interp_param(self) -> InterpParameter: ...
    @property
    def mat_read_param(self) -> MatReadParameter: ...
    @property
    def mat_write_param(self) -> MatWriteParameter: ...
    @property
    def multi_stage_meanfield_param(self) -> MultiStageMeanfieldParameter: ...
    @property
    def red_accuracy_param(self) -> RedAccuracyParameter: ...
    @property
    def red_softmax_loss_param(self) -> RedSoftmaxWithLossParameter: ...
    @property
    def seg_accuracy_param(self) -> SegAccuracyParameter: ...
    @property
    def unique_label_param(self) -> UniqueLabelParameter: ...
    @property
    def unpooling_param(self) -> UnpoolingParameter: ...
    @property
    def batch_contrastive_loss_param(self) -> BatchContrastiveParameter: ...
    @property
    def center_loss_param(self) -> CenterLossParameter: ...
    @property
    def channel_scale_param(self) -> ChannelScaleParameter: ...
    @property
    def confidence_penalty_loss_param(self) -> ConfidencePenaltyLossParameter: ...
    @property
    def eltwise_affine_param(self) -> EltwiseAffineParameter: ...
    @property
    def fcn_data_param(self) -> FCNDataParameter: ...
    @property
    def feature_decay_loss_param(self) -> FeatureDecayLossParameter: ...
    @property
    def flip_param(self) -> FlipParameter: ...
    @property
    def focal_loss_param(self) -> FocalLossParameter: ...
    @property
    def general_contrastive_loss_param(self) -> GeneralContrastiveParameter: ...
    @property
    def general_triplet_loss_param(self) -> GeneralTripletParameter: ...
    @property
    def hotspot_param(self) -> HotspotParameter: ...
    @property
    def infimum_loss_param(self) -> InfimumLossParamter: ...
    @property
    def inner_distance_param(self) -> InnerDistanceParameter: ...
    @property
    def insanity_param(self) -> InsanityParameter: ...
    @property
    def label_specific_add_param(self) -> LabelSpecificAddParameter: ...
    @property
    def label_specific_affine_param(self) -> LabelSpecificAffineParameter: ...
    @property
    def label_specific_hard_margin_param(self) -> LabelSpecificHardMarginParameter: ...
    @property
    def label_specific_margin_param(self) -> LabelSpecificMarginParameter: ...
    @property
    def label_specific_rescale_param(self) -> LabelSpecificRescaleParameter: ...
    @property
    def largemargin_inner_product_param(self) -> LargeMarginInnerProductParameter: ...
    @property
    def local_param(self) -> LocalParameter: ...
    @property
    def margin_inner_product_param(self) -> MarginInnerProductParameter: ...
    @property
    def nca_param(self) -> NCAParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def normalize_param(self) -> NormalizeParameter: ...
    @property
    def ordinal_regression_loss_param(self) -> OrdinalRegressionParameter: ...
    @property
    def pairwise_param(self) -> PairwiseParameter: ...
    @property
    def predict_box_param(self) -> PredictBoxParameter: ...
    @property
    def resize_param(self) -> ResizeParameter: ...
    @property
    def smoothl1_param(self) -> SmoothL1Parameter: ...
    @property
    def soft_contrastive_loss_param(self) -> SoftContrastiveParameter: ...
    @property
    def soft_truncation_param(self) -> SoftTruncationParameter: ...
    @property
    def sub_region_param(self) -> SubRegionParameter: ...
    @property
    def triplet_loss_param(self) -> TripletLossParameter: ...
    @property
    def truncation_param(self) -> TruncationParameter: ...
    @property
    def ctc_param(self) -> CTCParameter: ...
    @property
    def lstm_param(self) -> LSTMParameter: ...
    @property
    def reverse_param(self) -> ReverseParameter: ...
    @property
    def transpose_param(self) -> TransposeParameter: ...
    @property
    def accum_param(self) -> AccumParameter: ...
    @property
    def augmentation_param(self) -> AugmentationParameter: ...
    @property
    def black_augmentation_param(self) -> BlackAugmentationParameter: ...
    @property
    def coeff_schedule_param(self) -> CoeffScheduleParameter: ...
    @property
    def correlation_param(self) -> CorrelationParameter: ...
    @property
    def downsample_param(self) -> DownsampleParameter: ...
    @property
    def flow_warp_param(self) -> FlowWarpParameter: ...
    @property
    def l1_loss_param(self) -> L1LossParameter: ...
    @property
    def lpq_loss_param(self) -> LpqLossParameter: ...
    @property
    def mean_param(self) -> MeanParameter: ...
    @property
    def reader_param(self) -> ReaderParameter: ...
    @property
    def resample_param(self) -> ResampleParameter: ...
    reshape_every_iter: bool
    @property
    def writer_param(self) -> WriterParameter: ...
    @property
    def batch_reduction_param(self) -> BatchReductionParameter: ...
    @property
    def convolution3d_param(self) -> Convolution3DParameter: ...
    @property
    def down_sampling_param(self) -> DownSamplingParameter: ...
    @property
    def pooling3d_param(self) -> Pooling3DParameter: ...
    @property
    def seg_data_param(self) -> SegDataParameter: ...
    @property
    def channel_permutation_param(self) -> ChannelPermutationParameter: ...
    @property
    def cosine_similarity_batch_param(self) -> CosineSimilarityBatchParameter: ...
    @property
    def ctc_decoder_param(self) -> CTCDecoderParameter: ...
    @property
    def ctc_loss_param(self) -> CTCLossParameter: ...
    @property
    def eliminate_param(self) -> EliminateParameter: ...
    @property
    def embedding_extractor_param(self) -> AnchorEmbeddingExtractorParameter: ...
    engine: str
    @property
    def general_sigmoid_param(self) -> GeneralSigmoidParameter: ...
    @property
    def grn_param(self) -> GRNParameter: ...
    @property
    def loc_loss_param(self) -> LocLossParameter: ...
    @property
    def mn_activation_param(self) -> MnActivationParameter: ...
    @property
    def mn_grad_compress_param(self) -> MnParamGradCompressParameter: ...
    @property
    def multinode(self) -> MultinodeLayerParameter: ...
    @property
    def power_file_param(self) -> PowerFileParameter: ...
    @property
    def region_yolo_param(self) -> RegionYoloParameter: ...
    @property
    def reorg_yolo_param(self) -> ReorgYoloParameter: ...
    @property
    def rss_loss_param(self) -> RandomSamplingSoftmaxLossParameter: ...
    @property
    def scale_filter_param(self) -> ScaleFilterParameter: ...
    @property
    def spatial_dropout_param(self) -> SpatialDropoutParameter: ...
    @property
    def split_param(self) -> SplitParameter: ...
    @property
    def st_loss_param(self) -> STLossParameter: ...
    @property
    def st_param(self) -> SpatialTransformerParameter: ...
    backward_math: int
    backward_type: int
    cudnn_math_override: int
    debug: bool
    @property
    def detectnet_augmentation_param(self) -> DetectNetAugmentationParameter: ...
    @property
    def detectnet_groundtruth_param(self) -> DetectNetGroundTruthParameter: ...
    forward_math: int
    forward_type: int
    @property
    def trt_param(self) -> TRTParameter: ...
    @property
    def attention_param(self) -> AttentionParameter: ...
    @property
    def batch_to_space_nd_param(self) -> BatchToSpaceNDParameter: ...
    @property
    def broadcast_to_param(self) -> BroadcastToParameter: ...
    @property
    def corr1d_param(self) -> Corr1dParameter: ...
    @property
    def count_nonzero_param(self) -> CountNonzeroParameter: ...
    @property
    def crop_and_resize_param(self) -> CropAndResizeParameter: ...
    @property
    def depth_to_space_param(self) -> DepthToSpaceParameter: ...
    @property
    def embedding_lookup_param(self) -> EmbeddingLookupParameter: ...
    @property
    def embedding_lookup_sparse_param(self) -> EmbeddingLookupSparseParameter: ...
    @property
    def expand_dims_nd_param(self) -> ExpandDimsNDParameter: ...
    @property
    def gan_loss_param(self) -> GANLossParameter: ...
    @property
    def gather_nd_param(self) -> GatherNDParameter: ...
    @property
    def gather_param(self) -> GatherParameter: ...
    @property
    def gather_v2_param(self) -> GatherV2Parameter: ...
    @property
    def gemm_param(self) -> GemmParameter: ...
    @property
    def hard_sigmoid_param(self) -> HardSigmoidParameter: ...
    @property
    def layer_norm_param(self) -> LayerNormParameter: ...
    @property
    def log_softmax_param(self) -> LogSoftmaxParameter: ...
    @property
    def lp_normalization_param(self) -> LpNormalizationParameter: ...
    @property
    def maskrcnn_detection_param(self) -> MaskRCNNDetectionParameter: ...
    @property
    def maskrcnn_proposal_param(self) -> MaskRCNNProposalParameter: ...
    @property
    def matmul_param(self) -> MatMulParameter: ...
    @property
    def mirror_pad_param(self) -> MirrorPadParameter: ...
    @property
    def mul_param(self) -> MulParameter: ...
    @property
    def nms_gather_param(self) -> NMSGatherParameter: ...
    @property
    def nms_param(self) -> NMSParameter: ...
    @property
    def non_max_suppression_param(self) -> NonMaxSuppressionParameter: ...
    @property
    def not_equal_param(self) -> NotEqualParameter: ...
    @property
    def one_hot_param(self) -> OneHotParameter: ...
    @property
    def pad_param(self) -> PadParameter: ...
    @property
    def piece_param(self) -> PieceParameter: ...
    @property
    def point_net_param(self) -> PointNetParameter: ...
    @property
    def pyramid_roi_align_param(self) -> PyramidROIAlignParameter: ...
    @property
    def range_param(self) -> RangeParameter: ...
    @property
    def reduce_all_param(self) -> ReduceAllParameter: ...
    @property
    def reduce_any_param(self) -> ReduceAnyParameter: ...
    @property
    def reduce_l1_param(self) -> ReduceL1Parameter: ...
    @property
    def reduce_l2_param(self) -> ReduceL2Parameter: ...
    @property
    def reduce_logsumexp_param(self) -> ReduceLogSumExpParameter: ...
    @property
    def reduce_max_param(self) -> ReduceMaxParameter: ...
    @property
    def reduce_mean_param(self) -> ReduceMeanParameter: ...
    @property
    def reduce_min_param(self) -> ReduceMinParameter: ...
    @property
    def reduce_prod_param(self) -> ReduceProdParameter: ...
    @property
    def reduce_sum_param(self) -> ReduceSumParameter: ...
    @property
    def resize_bilinear_param(self) -> ResizeBilinearParameter: ...
    @property
    def resize_nearest_neighbor_param(self) -> ResizeNearestNeighborParameter: ...
    @property
    def reverse_sequence_param(self) -> ReverseSequenceParameter: ...
    @property
    def rnn_v2_param(self) -> RNNv2Parameter: ...
    @property
    def roi_align_param(self) -> ROIAlignParameter: ...
    @property
    def scaled_tanh_param(self) -> ScaledTanHParameter: ...
    @property
    def scatter_nd_param(self) -> ScatterNDParameter: ...
    @property
    def selu_dropout_param(self) -> SeLUDropoutParameter: ...
    @property
    def selu_param(self) -> SeLUParameter: ...
    @property
    def shuffle_channel_param(self) -> ShuffleChannelParameter: ...
    @property
    def space_to_batch_nd_param(self) -> SpaceToBatchNDParameter: ...
    @property
    def space_to_depth_param(self) -> SpaceToDepthParameter: ...
    @property
    def sparse_to_dense_param(self) -> SparseToDenseParameter: ...
    @property
    def spatial_batching_pooling_param(self) -> SpatialBatchingPoolingParameter: ...
    @property
    def squeeze_convolution_param(self) -> SqueezeConvolutionParameter: ...
    @property
    def squeeze_inner_product_param(self) -> SqueezeInnerProductParameter: ...
    @property
    def squeeze_param(self) -> SqueezeParameter: ...
    @property
    def stack_param(self) -> StackParameter: ...
    @property
    def strided_slice_param(self) -> StridedSliceParameter: ...
    @property
    def tensor2box_param(self) -> Tensor2BoxParameter: ...
    @property
    def thresholded_relu_param(self) -> ThresholdedReLUParameter: ...
    @property
    def tile_nd_param(self) -> TileNDParameter: ...
    @property
    def topk_gather_param(self) -> TopkGatherParameter: ...
    @property
    def unstack_param(self) -> UnstackParameter: ...
    @property
    def upsample_darknet_param(self) -> UpsampleDarknetParameter: ...
    @property
    def where4_gathernd_crop_param(self) -> Where4GatherndCropParameter: ...
    @property
    def where4_gathernd_param(self) -> Where4GatherndParameter: ...
    @property
    def where4_param(self) -> Where4Parameter: ...
    @property
    def xlu_param(self) -> XLUParameter: ...
    @property
    def yolo_v2_loss_param(self) -> YoloV2LossParameter: ...
    @property
    def yolo_v3_loss_param(self) -> YoloV3LossParameter: ...
    strict_dim: bool
    @property
    def padding_param(self) -> PaddingParameter: ...
    def __init__(self, *, name: str | None = ..., type: str | None = ..., bottom: Iterable[str] | None = ..., top: Iterable[str] | None = ..., loss_weight: Iterable[float] | None = ..., param: Iterable[ParamSpec | Mapping[str, Any]] | None = ..., blobs: Iterable[BlobProto | Mapping[str, Any]] | None = ..., include: Iterable[NetStateRule | Mapping[str, Any]] | None = ..., exclude: Iterable[NetStateRule | Mapping[str, Any]] | None = ..., phase: int | str | None = ..., propagate_down: Iterable[bool] | None = ..., transform_param: TransformationParameter | Mapping[str, Any] | None = ..., loss_param: LossParameter | Mapping[str, Any] | None = ..., accuracy_param: AccuracyParameter | Mapping[str, Any] | None = ..., argmax_param: ArgMaxParameter | Mapping[str, Any] | None = ..., concat_param: ConcatParameter | Mapping[str, Any] | None = ..., contrastive_loss_param: ContrastiveLossParameter | Mapping[str, Any] | None = ..., convolution_param: ConvolutionParameter | Mapping[str, Any] | None = ..., data_param: DataParameter | Mapping[str, Any] | None = ..., dropout_param: DropoutParameter | Mapping[str, Any] | None = ..., dummy_data_param: DummyDataParameter | Mapping[str, Any] | None = ..., eltwise_param: EltwiseParameter | Mapping[str, Any] | None = ..., exp_param: ExpParameter | Mapping[str, Any] | None = ..., hdf5_data_param: HDF5DataParameter | Mapping[str, Any] | None = ..., hdf5_output_param: HDF5OutputParameter | Mapping[str, Any] | None = ..., hinge_loss_param: HingeLossParameter | Mapping[str, Any] | None = ..., image_data_param: ImageDataParameter | Mapping[str, Any] | None = ..., infogain_loss_param: InfogainLossParameter | Mapping[str, Any] | None = ..., inner_product_param: InnerProductParameter | Mapping[str, Any] | None = ..., lrn_param: LRNParameter | Mapping[str, Any] | None = ..., memory_data_param: MemoryDataParameter | Mapping[str, Any] | None = ..., mvn_param: MVNParameter | Mapping[str, Any] | None = ..., pooling_param: PoolingParameter | Mapping[str, Any] | None = ..., power_param: PowerParameter | Mapping[str, Any] | None = ..., relu_param: ReLUParameter | Mapping[str, Any] | None = ..., sigmoid_param: SigmoidParameter | Mapping[str, Any] | None = ..., softmax_param: SoftmaxParameter | Mapping[str, Any] | None = ..., slice_param: SliceParameter | Mapping[str, Any] | None = ..., tanh_param: TanHParameter | Mapping[str, Any] | None = ..., threshold_param: ThresholdParameter | Mapping[str, Any] | None = ..., window_data_param: WindowDataParameter | Mapping[str, Any] | None = ..., python_param: PythonParameter | Mapping[str, Any] | None = ..., prelu_param: PReLUParameter | Mapping[str, Any] | None = ..., spp_param: SPPParameter | Mapping[str, Any] | None = ..., reshape_param: ReshapeParameter | Mapping[str, Any] | None = ..., log_param: LogParameter | Mapping[str, Any] | None = ..., flatten_param: FlattenParameter | Mapping[str, Any] | None = ..., reduction_param: ReductionParameter | Mapping[str, Any] | None = ..., embed_param: EmbedParameter | Mapping[str, Any] | None = ..., tile_param: TileParameter | Mapping[str, Any] | None = ..., batch_norm_param: BatchNormParameter | Mapping[str, Any] | None = ..., elu_param: ELUParameter | Mapping[str, Any] | None = ..., bias_param: BiasParameter | Mapping[str, Any] | None = ..., scale_param: ScaleParameter | Mapping[str, Any] | None = ..., input_param: InputParameter | Mapping[str, Any] | None = ..., crop_param: CropParameter | Mapping[str, Any] | None = ..., parameter_param: ParameterParameter | Mapping[str, Any] | None = ..., recurrent_param: RecurrentParameter | Mapping[str, Any] | None = ..., swish_param: SwishParameter | Mapping[str, Any] | None = ..., clip_param: ClipParameter | Mapping[str, Any] | None = ..., annotated_data_param: AnnotatedDataParameter | Mapping[str, Any] | None = ..., detection_evaluate_param: DetectionEvaluateParameter | Mapping[str, Any] | None = ..., detection_output_param: DetectionOutputParameter | Mapping[str, Any] | None = ..., multibox_loss_param: MultiBoxLossParameter | Mapping[str, Any] | None = ..., norm_param: NormalizeParameter | Mapping[str, Any] | None = ..., permute_param: PermuteParameter | Mapping[str, Any] | None = ..., prior_box_param: PriorBoxParameter | Mapping[str, Any] | None = ..., video_data_param: VideoDataParameter | Mapping[str, Any] | None = ..., bbox_reg_param: BBoxRegParameter | Mapping[str, Any] | None = ..., box_annotator_ohem_param: BoxAnnotatorOHEMParameter | Mapping[str, Any] | None = ..., box_group_output_param: BoxGroupOutputParameter | Mapping[str, Any] | None = ..., decode_bbox_param: DecodeBBoxParameter | Mapping[str, Any] | None = ..., detection_data_param: DetectionDataParameter | Mapping[str, Any] | None = ..., detection_group_accuracy_param: DetectionGroupAccuracyParameter | Mapping[str, Any] | None = ..., detection_group_loss_param: DetectionGroupLossParameter | Mapping[str, Any] | None = ..., eval_data_param: EvalDataParameter | Mapping[str, Any] | None = ..., frcnn_output_param: FrcnnOutputParameter | Mapping[str, Any] | None = ..., hard_mining_param: HardMiningParameter | Mapping[str, Any] | None = ..., mask_resize_param: MaskResizeParameter | Mapping[str, Any] | None = ..., mil_data_param: MILDataParameter | Mapping[str, Any] | None = ..., mil_param: MILParameter | Mapping[str, Any] | None = ..., proposal_param: ProposalParameter | Mapping[str, Any] | None = ..., proposal_target_param: ProposalTargetParameter | Mapping[str, Any] | None = ..., psroi_pooling_param: PSROIPoolingParameter | Mapping[str, Any] | None = ..., roi_pooling_param: ROIPoolingParameter | Mapping[str, Any] | None = ..., roi_warping_param: ROIWarpingParameter | Mapping[str, Any] | None = ..., scale_route_param: ScaleRouteParameter | Mapping[str, Any] | None = ..., smooth_l1_loss_param: SmoothL1LossParameter | Mapping[str, Any] | None = ..., detection_loss_param: DetectionLossParameter | Mapping[str, Any] | None = ..., eval_detection_param: EvalDetectionParameter | Mapping[str, Any] | None = ..., quantization_param: QuantizationParameter | Mapping[str, Any] | None = ..., region_loss_param: RegionLossParameter | Mapping[str, Any] | None = ..., relu6_param: ReLU6Parameter | Mapping[str, Any] | None = ..., reorg_param: ReorgParameter | Mapping[str, Any] | None = ..., segmentation_evaluate_param: SegmentationEvaluateParameter | Mapping[str, Any] | None = ..., upsample_param: UpsampleParameter | Mapping[str, Any] | None = ..., yolo_detection_output_param: YoloDetectionOutputParameter | Mapping[str, Any] | None = ..., yolo_seg_param: YoloSegParameter | Mapping[str, Any] | None = ..., yolov3_detection_output_param: Yolov3DetectionOutputParameter | Mapping[str, Any] | None = ..., yolov3_param: Yolov3Parameter | Mapping[str, Any] | None = ..., adaptive_bias_channel_param: AdaptiveBiasChannelParameter | Mapping[str, Any] | None = ..., bias_channel_param: BiasChannelParameter | Mapping[str, Any] | None = ..., binary_accuracy_param: BinaryAccuracyParameter | Mapping[str, Any] | None = ..., bn_param: BNParameter | Mapping[str, Any] | None = ..., dense_crf_param: DenseCRFParameter | Mapping[str, Any] | None = ..., dense_image_data_param: DenseImageDataParameter | Mapping[str, Any] | None = ..., domain_transform_param: DomainTransformParameter | Mapping[str, Any] | None = ..., eltwise_accuracy_param: EltwiseAccuracyParameter | Mapping[str, Any] | None = ..., interp_param: InterpParameter | Mapping[str, Any] | None = ..., mat_read_param: MatReadParameter | Mapping[str, Any] | None = ..., mat_write_param: MatWriteParameter | Mapping[str, Any] | None = ..., multi_stage_meanfield_param: MultiStageMeanfieldParameter | Mapping[str, Any] | None = ..., red_accuracy_param: RedAccuracyParameter | Mapping[str, Any] | None = ..., red_softmax_loss_param: RedSoftmaxWithLossParameter | Mapping[str, Any] | None = ..., seg_accuracy_param: SegAccuracyParameter | Mapping[str, Any] | None = ..., unique_label_param: UniqueLabelParameter | Mapping[str, Any] | None = ..., unpooling_param: UnpoolingParameter | Mapping[str, Any] | None = ..., batch_contrastive_loss_param: BatchContrastiveParameter | Mapping[str, Any] | None = ..., center_loss_param: CenterLossParameter | Mapping[str, Any] | None = ..., channel_scale_param: ChannelScaleParameter | Mapping[str, Any] | None = ..., confidence_penalty_loss_param: ConfidencePenaltyLossParameter | Mapping[str, Any] | None = ..., eltwise_affine_param: EltwiseAffineParameter | Mapping[str, Any] | None = ..., fcn_data_param: FCNDataParameter | Mapping[str, Any] | None = ..., feature_decay_loss_param: FeatureDecayLossParameter | Mapping[str, Any] | None = ..., flip_param: FlipParameter | Mapping[str, Any] | None = ..., focal_loss_param: FocalLossParameter | Mapping[str, Any] | None = ..., general_contrastive_loss_param: GeneralContrastiveParameter | Mapping[str, Any] | None = ..., general_triplet_loss_param: GeneralTripletParameter | Mapping[str, Any] | None = ..., hotspot_param: HotspotParameter | Mapping[str, Any] | None = ..., infimum_loss_param: InfimumLossParamter | Mapping[str, Any] | None = ..., inner_distance_param: InnerDistanceParameter | Mapping[str, Any] | None = ..., insanity_param: InsanityParameter | Mapping[str, Any] | None = ..., label_specific_add_param: LabelSpecificAddParameter | Mapping[str, Any] | None = ..., label_specific_affine_param: LabelSpecificAffineParameter | Mapping[str, Any] | None = ..., label_specific_hard_margin_param: LabelSpecificHardMarginParameter | Mapping[str, Any] | None = ..., label_specific_margin_param: LabelSpecificMarginParameter | Mapping[str, Any] | None = ..., label_specific_rescale_param: LabelSpecificRescaleParameter | Mapping[str, Any] | None = ..., largemargin_inner_product_param: LargeMarginInnerProductParameter | Mapping[str, Any] | None = ..., local_param: LocalParameter | Mapping[str, Any] | None = ..., margin_inner_product_param: MarginInnerProductParameter | Mapping[str, Any] | None = ..., nca_param: NCAParameter | Mapping[str, Any] | None = ..., noise_param: NoiseParameter | Mapping[str, Any] | None = ..., normalize_param: NormalizeParameter | Mapping[str, Any] | None = ..., ordinal_regression_loss_param: OrdinalRegressionParameter | Mapping[str, Any] | None = ..., pairwise_param: PairwiseParameter | Mapping[str, Any] | None = ..., predict_box_param: PredictBoxParameter | Mapping[str, Any] | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ..., smoothl1_param: SmoothL1Parameter | Mapping[str, Any] | None = ..., soft_contrastive_loss_param: SoftContrastiveParameter | Mapping[str, Any] | None = ..., soft_truncation_param: SoftTruncationParameter | Mapping[str, Any] | None = ..., sub_region_param: SubRegionParameter | Mapping[str, Any] | None = ..., triplet_loss_param: TripletLossParameter | Mapping[str, Any] | None = ..., truncation_param: TruncationParameter | Mapping[str, Any] | None = ..., ctc_param: CTCParameter | Mapping[str, Any] | None = ..., lstm_param: LSTMParameter | Mapping[str, Any] | None = ..., reverse_param: ReverseParameter | Mapping[str, Any] | None = ..., transpose_param: TransposeParameter | Mapping[str, Any] | None = ..., accum_param: AccumParameter | Mapping[str, Any] | None = ..., augmentation_param: AugmentationParameter | Mapping[str, Any] | None = ..., black_augmentation_param: BlackAugmentationParameter | Mapping[str, Any] | None = ..., coeff_schedule_param: CoeffScheduleParameter | Mapping[str, Any] | None = ..., correlation_param: CorrelationParameter | Mapping[str, Any] | None = ..., downsample_param: DownsampleParameter | Mapping[str, Any] | None = ..., flow_warp_param: FlowWarpParameter | Mapping[str, Any] | None = ..., l1_loss_param: L1LossParameter | Mapping[str, Any] | None = ..., lpq_loss_param: LpqLossParameter | Mapping[str, Any] | None = ..., mean_param: MeanParameter | Mapping[str, Any] | None = ..., reader_param: ReaderParameter | Mapping[str, Any] | None = ..., resample_param: ResampleParameter | Mapping[str, Any] | None = ..., reshape_every_iter: bool | None = ..., writer_param: WriterParameter | Mapping[str, Any] | None = ..., batch_reduction_param: BatchReductionParameter | Mapping[str, Any] | None = ..., convolution3d_param: Convolution3DParameter | Mapping[str, Any] | None = ..., down_sampling_param: DownSamplingParameter | Mapping[str, Any] | None = ..., pooling3d_param: Pooling3DParameter | Mapping[str, Any] | None = ..., seg_data_param: SegDataParameter | Mapping[str, Any] | None = ..., channel_permutation_param: ChannelPermutationParameter | Mapping[str, Any] | None = ..., cosine_similarity_batch_param: CosineSimilarityBatchParameter | Mapping[str, Any] | None = ..., ctc_decoder_param: CTCDecoderParameter | Mapping[str, Any] | None = ..., ctc_loss_param: CTCLossParameter | Mapping[str, Any] | None = ..., eliminate_param: EliminateParameter | Mapping[str, Any] | None = ..., embedding_extractor_param: AnchorEmbeddingExtractorParameter | Mapping[str, Any] | None = ..., engine: str | None = ..., general_sigmoid_param: GeneralSigmoidParameter | Mapping[str, Any] | None = ..., grn_param: GRNParameter | Mapping[str, Any] | None = ..., loc_loss_param: LocLossParameter | Mapping[str, Any] | None = ..., mn_activation_param: MnActivationParameter | Mapping[str, Any] | None = ..., mn_grad_compress_param: MnParamGradCompressParameter | Mapping[str, Any] | None = ..., multinode: MultinodeLayerParameter | Mapping[str, Any] | None = ..., power_file_param: PowerFileParameter | Mapping[str, Any] | None = ..., region_yolo_param: RegionYoloParameter | Mapping[str, Any] | None = ..., reorg_yolo_param: ReorgYoloParameter | Mapping[str, Any] | None = ..., rss_loss_param: RandomSamplingSoftmaxLossParameter | Mapping[str, Any] | None = ..., scale_filter_param: ScaleFilterParameter | Mapping[str, Any] | None = ..., spatial_dropout_param: SpatialDropoutParameter | Mapping[str, Any] | None = ..., split_param: SplitParameter | Mapping[str, Any] | None = ..., st_loss_param: STLossParameter | Mapping[str, Any] | None = ..., st_param: SpatialTransformerParameter | Mapping[str, Any] | None = ..., backward_math: int | str | None = ..., backward_type: int | str | None = ..., cudnn_math_override: int | None = ..., debug: bool | None = ..., detectnet_augmentation_param: DetectNetAugmentationParameter | Mapping[str, Any] | None = ..., detectnet_groundtruth_param: DetectNetGroundTruthParameter | Mapping[str, Any] | None = ..., forward_math: int | str | None = ..., forward_type: int | str | None = ..., trt_param: TRTParameter | Mapping[str, Any] | None = ..., attention_param: AttentionParameter | Mapping[str, Any] | None = ..., batch_to_space_nd_param: BatchToSpaceNDParameter | Mapping[str, Any] | None = ..., broadcast_to_param: BroadcastToParameter | Mapping[str, Any] | None = ..., corr1d_param: Corr1dParameter | Mapping[str, Any] | None = ..., count_nonzero_param: CountNonzeroParameter | Mapping[str, Any] | None = ..., crop_and_resize_param: CropAndResizeParameter | Mapping[str, Any] | None = ..., depth_to_space_param: DepthToSpaceParameter | Mapping[str, Any] | None = ..., embedding_lookup_param: EmbeddingLookupParameter | Mapping[str, Any] | None = ..., embedding_lookup_sparse_param: EmbeddingLookupSparseParameter | Mapping[str, Any] | None = ..., expand_dims_nd_param: ExpandDimsNDParameter | Mapping[str, Any] | None = ..., gan_loss_param: GANLossParameter | Mapping[str, Any] | None = ..., gather_nd_param: GatherNDParameter | Mapping[str, Any] | None = ..., gather_param: GatherParameter | Mapping[str, Any] | None = ..., gather_v2_param: GatherV2Parameter | Mapping[str, Any] | None = ..., gemm_param: GemmParameter | Mapping[str, Any] | None = ..., hard_sigmoid_param: HardSigmoidParameter | Mapping[str, Any] | None = ..., layer_norm_param: LayerNormParameter | Mapping[str, Any] | None = ..., log_softmax_param: LogSoftmaxParameter | Mapping[str, Any] | None = ..., lp_normalization_param: LpNormalizationParameter | Mapping[str, Any] | None = ..., maskrcnn_detection_param: MaskRCNNDetectionParameter | Mapping[str, Any] | None = ..., maskrcnn_proposal_param: MaskRCNNProposalParameter | Mapping[str, Any] | None = ..., matmul_param: MatMulParameter | Mapping[str, Any] | None = ..., mirror_pad_param: MirrorPadParameter | Mapping[str, Any] | None = ..., mul_param: MulParameter | Mapping[str, Any] | None = ..., nms_gather_param: NMSGatherParameter | Mapping[str, Any] | None = ..., nms_param: NMSParameter | Mapping[str, Any] | None = ..., non_max_suppression_param: NonMaxSuppressionParameter | Mapping[str, Any] | None = ..., not_equal_param: NotEqualParameter | Mapping[str, Any] | None = ..., one_hot_param: OneHotParameter | Mapping[str, Any] | None = ..., pad_param: PadParameter | Mapping[str, Any] | None = ..., piece_param: PieceParameter | Mapping[str, Any] | None = ..., point_net_param: PointNetParameter | Mapping[str, Any] | None = ..., pyramid_roi_align_param: PyramidROIAlignParameter | Mapping[str, Any] | None = ..., range_param: RangeParameter | Mapping[str, Any] | None = ..., reduce_all_param: ReduceAllParameter | Mapping[str, Any] | None = ..., reduce_any_param: ReduceAnyParameter | Mapping[str, Any] | None = ..., reduce_l1_param: ReduceL1Parameter | Mapping[str, Any] | None = ..., reduce_l2_param: ReduceL2Parameter | Mapping[str, Any] | None = ..., reduce_logsumexp_param: ReduceLogSumExpParameter | Mapping[str, Any] | None = ..., reduce_max_param: ReduceMaxParameter | Mapping[str, Any] | None = ..., reduce_mean_param: ReduceMeanParameter | Mapping[str, Any] | None = ..., reduce_min_param: ReduceMinParameter | Mapping[str, Any] | None = ..., reduce_prod_param: ReduceProdParameter | Mapping[str, Any] | None = ..., reduce_sum_param: ReduceSumParameter | Mapping[str, Any] | None = ..., resize_bilinear_param: ResizeBilinearParameter | Mapping[str, Any] | None = ..., resize_nearest_neighbor_param: ResizeNearestNeighborParameter | Mapping[str, Any] | None = ..., reverse_sequence_param: ReverseSequenceParameter | Mapping[str, Any] | None = ..., rnn_v2_param: RNNv2Parameter | Mapping[str, Any] | None = ..., roi_align_param: ROIAlignParameter | Mapping[str, Any] | None = ..., scaled_tanh_param: ScaledTanHParameter | Mapping[str, Any] | None = ..., scatter_nd_param: ScatterNDParameter | Mapping[str, Any] | None = ..., selu_dropout_param: SeLUDropoutParameter | Mapping[str, Any] | None = ..., selu_param: SeLUParameter | Mapping[str, Any] | None = ..., shuffle_channel_param: ShuffleChannelParameter | Mapping[str, Any] | None = ..., space_to_batch_nd_param: SpaceToBatchNDParameter | Mapping[str, Any] | None = ..., space_to_depth_param: SpaceToDepthParameter | Mapping[str, Any] | None = ..., sparse_to_dense_param: SparseToDenseParameter | Mapping[str, Any] | None = ..., spatial_batching_pooling_param: SpatialBatchingPoolingParameter | Mapping[str, Any] | None = ..., squeeze_convolution_param: SqueezeConvolutionParameter | Mapping[str, Any] | None = ..., squeeze_inner_product_param: SqueezeInnerProductParameter | Mapping[str, Any] | None = ..., squeeze_param: SqueezeParameter | Mapping[str, Any] | None = ..., stack_param: StackParameter | Mapping[str, Any] | None = ..., strided_slice_param: StridedSliceParameter | Mapping[str, Any] | None = ..., tensor2box_param: Tensor2BoxParameter | Mapping[str, Any] | None = ..., thresholded_relu_param: ThresholdedReLUParameter | Mapping[str, Any] | None = ..., tile_nd_param: TileNDParameter | Mapping[str, Any] | None = ..., topk_gather_param: TopkGatherParameter | Mapping[str, Any] | None = ..., unstack_param: UnstackParameter | Mapping[str, Any] | None = ..., upsample_darknet_param: UpsampleDarknetParameter | Mapping[str, Any] | None = ..., where4_gathernd_crop_param: Where4GatherndCropParameter | Mapping[str, Any] | None = ..., where4_gathernd_param: Where4GatherndParameter | Mapping[str, Any] | None = ..., where4_param: Where4Parameter | Mapping[str, Any] | None = ..., xlu_param: XLUParameter | Mapping[str, Any] | None = ..., yolo_v2_loss_param: YoloV2LossParameter | Mapping[str, Any] | None = ..., yolo_v3_loss_param: YoloV3LossParameter | Mapping[str, Any] | None = ..., strict_dim: bool | None = ..., padding_param: PaddingParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "type", "phase", "transform_param", "loss_param", "accuracy_param", "argmax_param", "concat_param", "contrastive_loss_param", "convolution_param", "data_param", "dropout_param", "dummy_data_param", "eltwise_param", "exp_param", "hdf5_data_param", "hdf5_output_param", "hinge_loss_param", "image_data_param", "infogain_loss_param", "inner_product_param", "lrn_param", "memory_data_param", "mvn_param", "pooling_param", "power_param", "relu_param", "sigmoid_param", "softmax_param", "slice_param", "tanh_param", "threshold_param", "window_data_param", "python_param", "prelu_param", "spp_param", "reshape_param", "log_param", "flatten_param", "reduction_param", "embed_param", "tile_param", "batch_norm_param", "elu_param", "bias_param", "scale_param", "input_param", "crop_param", "parameter_param", "recurrent_param", "swish_param", "clip_param", "annotated_data_param", "detection_evaluate_param", "detection_output_param", "multibox_loss_param", "norm_param", "permute_param", "prior_box_param", "video_data_param", "bbox_reg_param", "box_annotator_ohem_param", "box_group_output_param", "decode_bbox_param", "detection_data_param", "detection_group_accuracy_param", "detection_group_loss_param", "eval_data_param", "frcnn_output_param", "hard_mining_param", "mask_resize_param", "mil_data_param", "mil_param", "proposal_param", "proposal_target_param", "psroi_pooling_param", "roi_pooling_param", "roi_warping_param", "scale_route_param", "smooth_l1_loss_param", "detection_loss_param", "eval_detection_param", "quantization_param", "region_loss_param", "relu6_param", "reorg_param", "segmentation_evaluate_param", "upsample_param", "yolo_detection_output_param", "yolo_seg_param", "yolov3_detection_output_param", "yolov3_param", "adaptive_bias_channel_param", "bias_channel_param", "binary_accuracy_param", "bn_param", "dense_crf_param", "dense_image_data_param", "domain_transform_param", "eltwise_accuracy_param", "interp_param", "mat_read_param", "mat_write_param", "multi_stage_meanfield_param", "red_accuracy_param", "red_softmax_loss_param", "seg_accuracy_param", "unique_label_param", "unpooling_param", "batch_contrastive_loss_param", "center_loss_param", "channel_scale_param", "confidence_penalty_loss_param", "eltwise_affine_param", "fcn_data_param", "feature_decay_loss_param", "flip_param", "focal_loss_param", "general_contrastive_loss_param", "general_triplet_loss_param", "hotspot_param", "infimum_loss_param", "inner_distance_param", "insanity_param", "label_specific_add_param", "label_specific_affine_param", "label_specific_hard_margin_param", "label_specific_margin_param", "label_specific_rescale_param", "largemargin_inner_product_param", "local_param", "margin_inner_product_param", "nca_param", "noise_param", "normalize_param", "ordinal_regression_loss_param", "pairwise_param", "predict_box_param", "resize_param", "smoothl1_param", "soft_contrastive_loss_param", "soft_truncation_param", "sub_region_param", "triplet_loss_param", "truncation_param", "ctc_param", "lstm_param", "reverse_param", "transpose_param", "accum_param", "augmentation_param", "black_augmentation_param", "coeff_schedule_param", "correlation_param", "downsample_param", "flow_warp_param", "l1_loss_param", "lpq_loss_param", "mean_param", "reader_param", "resample_param", "reshape_every_iter", "writer_param", "batch_reduction_param", "convolution3d_param", "down_sampling_param", "pooling3d_param", "seg_data_param", "channel_permutation_param", "cosine_similarity_batch_param", "ctc_decoder_param", "ctc_loss_param", "eliminate_param", "embedding_extractor_param", "engine", "general_sigmoid_param", "grn_param", "loc_loss_param", "mn_activation_param", "mn_grad_compress_param", "multinode", "power_file_param", "region_yolo_param", "reorg_yolo_param", "rss_loss_param", "scale_filter_param", "spatial_dropout_param", "split_param", "st_loss_param", "st_param", "backward_math", "backward_type", "cudnn_math_override", "debug", "detectnet_augmentation_param", "detectnet_groundtruth_param", "forward_math", "forward_type", "trt_param", "attention_param", "batch_to_space_nd_param", "broadcast_to_param", "corr1d_param", "count_nonzero_param", "crop_and_resize_param", "depth_to_space_param", "embedding_lookup_param", "embedding_lookup_sparse_param", "expand_dims_nd_param", "gan_loss_param", "gather_nd_param", "gather_param", "gather_v2_param", "gemm_param", "hard_sigmoid_param", "layer_norm_param", "log_softmax_param", "lp_normalization_param", "maskrcnn_detection_param", "maskrcnn_proposal_param", "matmul_param", "mirror_pad_param", "mul_param", "nms_gather_param", "nms_param", "non_max_suppression_param", "not_equal_param", "one_hot_param", "pad_param", "piece_param", "point_net_param", "pyramid_roi_align_param", "range_param", "reduce_all_param", "reduce_any_param", "reduce_l1_param", "reduce_l2_param", "reduce_logsumexp_param", "reduce_max_param", "reduce_mean_param", "reduce_min_param", "reduce_prod_param", "reduce_sum_param", "resize_bilinear_param", "resize_nearest_neighbor_param", "reverse_sequence_param", "rnn_v2_param", "roi_align_param", "scaled_tanh_param", "scatter_nd_param", "selu_dropout_param", "selu_param", "shuffle_channel_param", "space_to_batch_nd_param", "space_to_depth_param", "sparse_to_dense_param", "spatial_batching_pooling_param", "squeeze_convolution_param", "squeeze_inner_product_param", "squeeze_param", "stack_param", "strided_slice_param", "tensor2box_param", "thresholded_relu_param", "tile_nd_param", "topk_gather_param", "unstack_param", "upsample_darknet_param", "where4_gathernd_crop_param", "where4_gathernd_param", "where4_param", "xlu_param", "yolo_v2_loss_param", "yolo_v3_loss_param", "strict_dim", "padding_param"]) -> bool: ...

class TransformationParameter(Message):
    InterpolationAlgo: ClassVar[_Enum]
    INTER_NEAREST: ClassVar[int]
    INTER_LINEAR: ClassVar[int]
    INTER_CUBIC: ClassVar[int]
    INTER_AREA: ClassVar[int]
    scale: float
    mirror: bool
    crop_size: int
    mean_file: str
    @property
    def mean_value(self) -> _Values[float]: ...
    force_color: bool
    force_gray: bool
    allow_upscale: bool
    apply_probability: float
    aspect_max: float
    aspect_min: float
    bgr2rgb: bool
    caffe_yolo: bool
    center_crop: bool
    contrast_brightness_adjustment: bool
    crop_h: int
    crop_height: int
    crop_w: int
    crop_width: int
    cvt_bgr2rgb: bool
    debug_params: bool
    display: bool
    @property
    def distort_param(self) -> DistortionParameter: ...
    @property
    def emit_constraint(self) -> EmitConstraint: ...
    enable_classf_aug: bool
    erase_ratio: float
    @property
    def expand_param(self) -> ExpansionParameter: ...
    fix_crop: bool
    flow: bool
    forward_packing: int
    horizontal_stretch_lower: float
    horizontal_stretch_upper: float
    img_rand_resize_lower: int
    img_rand_resize_upper: int
    interpolation_algo_down: int
    interpolation_algo_up: int
    is_flow: bool
    max_brightness_shift: int
    max_color_shift: int
    max_contrast: float
    max_distort: int
    max_rotation_angle: int
    max_scaling_factor: float
    max_smooth: float
    min_contrast: float
    min_scaling_factor: float
    min_side: int
    min_side_max: int
    min_side_min: int
    more_fix_crop: bool
    multi_scale: bool
    @property
    def noise_param(self) -> NoiseParameter: ...
    num_labels: int
    original_image: bool
    pad: int
    rand_resize_ratio_lower: float
    rand_resize_ratio_upper: float
    @property
    def random_aspect_ratio_param(self) -> RandomAspectRatioParameter: ...
    @property
    def random_resize_param(self) -> RandomResizeParameter: ...
    random_seed: int
    @property
    def resize_param(self) -> _Messages[ResizeParameter]: ...
    @property
    def scale_factors(self) -> _Values[float]: ...
    scale_max: float
    scale_min: float
    @property
    def scale_ratios(self) -> _Values[float]: ...
    smooth_filtering: bool
    stride: int
    upper_height: int
    upper_size: int
    upper_width: int
    use_gpu_transform: bool
    vertical_stretch_lower: float
    vertical_stretch_upper: float
    def __init__(self, *, scale: float | None = ..., mirror: bool | None = ..., crop_size: int | None = ..., mean_file: str | None = ..., mean_value: Iterable[float] | None = ..., force_color: bool | None = ..., force_gray: bool | None = ..., allow_upscale: bool | None = ..., apply_probability: float | None = ..., aspect_max: float | None = ..., aspect_min: float | None = ..., bgr2rgb: bool | None = ..., caffe_yolo: bool | None = ..., center_crop: bool | None = ..., contrast_brightness_adjustment: bool | None = ..., crop_h: int | None = ..., crop_height: int | None = ..., crop_w: int | None = ..., crop_width: int | None = ..., cvt_bgr2rgb: bool | None = ..., debug_params: bool | None = ..., display: bool | None = ..., distort_param: DistortionParameter | Mapping[str, Any] | None = ..., emit_constraint: EmitConstraint | Mapping[str, Any] | None = ..., enable_classf_aug: bool | None = ..., erase_ratio: float | None = ..., expand_param: ExpansionParameter | Mapping[str, Any] | None = ..., fix_crop: bool | None = ..., flow: bool | None = ..., forward_packing: int | str | None = ..., horizontal_stretch_lower: float | None = ..., horizontal_stretch_upper: float | None = ..., img_rand_resize_lower: int | None = ..., img_rand_resize_upper: int | None = ..., interpolation_algo_down: int | str | None = ..., interpolation_algo_up: int | str | None = ..., is_flow: bool | None = ..., max_brightness_shift: int | None = ..., max_color_shift: int | None = ..., max_contrast: float | None = ..., max_distort: int | None = ..., max_rotation_angle: int | None = ..., max_scaling_factor: float | None = ..., max_smooth: float | None = ..., min_contrast: float | None = ..., min_scaling_factor: float | None = ..., min_side: int | None = ..., min_side_max: int | None = ..., min_side_min: int | None = ..., more_fix_crop: bool | None = ..., multi_scale: bool | None = ..., noise_param: NoiseParameter | Mapping[str, Any] | None = ..., num_labels: int | None = ..., original_image: bool | None = ..., pad: int | None = ..., rand_resize_ratio_lower: float | None = ..., rand_resize_ratio_upper: float | None = ..., random_aspect_ratio_param: RandomAspectRatioParameter | Mapping[str, Any] | None = ..., random_resize_param: RandomResizeParameter | Mapping[str, Any] | None = ..., random_seed: int | None = ..., resize_param: Iterable[ResizeParameter | Mapping[str, Any]] | None = ..., scale_factors: Iterable[float] | None = ..., scale_max: float | None = ..., scale_min: float | None = ..., scale_ratios: Iterable[float] | None = ..., smooth_filtering: bool | None = ..., stride: int | None = ..., upper_height: int | None = ..., upper_size: int | None = ..., upper_width: int | None = ..., use_gpu_transform: bool | None = ..., vertical_stretch_lower: float | None = ..., vertical_stretch_upper: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["scale", "mirror", "crop_size", "mean_file", "force_color", "force_gray", "allow_upscale", "apply_probability", "aspect_max", "aspect_min", "bgr2rgb", "caffe_yolo", "center_crop", "contrast_brightness_adjustment", "crop_h", "crop_height", "crop_w", "crop_width", "cvt_bgr2rgb", "debug_params", "display", "distort_param", "emit_constraint", "enable_classf_aug", "erase_ratio", "expand_param", "fix_crop", "flow", "forward_packing", "horizontal_stretch_lower", "horizontal_stretch_upper", "img_rand_resize_lower", "img_rand_resize_upper", "interpolation_algo_down", "interpolation_algo_up", "is_flow", "max_brightness_shift", "max_color_shift", "max_contrast", "max_distort", "max_rotation_angle", "max_scaling_factor", "max_smooth", "min_contrast", "min_scaling_factor", "min_side", "min_side_max", "min_side_min", "more_fix_crop", "multi_scale", "noise_param", "num_labels", "original_image", "pad", "rand_resize_ratio_lower", "rand_resize_ratio_upper", "random_aspect_ratio_param", "random_resize_param", "random_seed", "scale_max", "scale_min", "smooth_filtering", "stride", "upper_height", "upper_size", "upper_width", "use_gpu_transform", "vertical_stretch_lower", "vertical_stretch_upper"]) -> bool: ...

class LossParameter(Message):
    NormalizationMode: ClassVar[_Enum]
    FULL: ClassVar[int]
    VALID: ClassVar[int]
    BATCH_SIZE: ClassVar[int]
    NONE: ClassVar[int]
    PRE_FIXED: ClassVar[int]
    ignore_label: int
    normalize: bool
    normalization: int
    adaptive_weighting: bool
    @property
    def class_weighting(self) -> _Values[float]: ...
    gamma: float
    label_smoothing: float
    max_entropy_weight: float
    max_weight: float
    min_weight: float
    pre_fixed_normalizer: float
    scale: float
    weight_by_label_freqs: bool
    def __init__(self, *, ignore_label: int | None = ..., normalize: bool | None = ..., normalization: int | str | None = ..., adaptive_weighting: bool | None = ..., class_weighting: Iterable[float] | None = ..., gamma: float | None = ..., label_smoothing: float | None = ..., max_entropy_weight: float | None = ..., max_weight: float | None = ..., min_weight: float | None = ..., pre_fixed_normalizer: float | None = ..., scale: float | None = ..., weight_by_label_freqs: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["ignore_label", "normalize", "normalization", "adaptive_weighting", "gamma", "label_smoothing", "max_entropy_weight", "max_weight", "min_weight", "pre_fixed_normalizer", "scale", "weight_by_label_freqs"]) -> bool: ...

class DataParameter(Message):
    DB: ClassVar[_Enum]
    LEVELDB: ClassVar[int]
    LMDB: ClassVar[int]
    CHANNELENCODING: ClassVar[_Enum]
    UINT8: ClassVar[int]
    UINT16FLOW: ClassVar[int]
    BOOL1: ClassVar[int]
    RANDPERMORDER: ClassVar[_Enum]
    FIRST_PERMUTE_THEN_RANGE: ClassVar[int]
    FIRST_RANGE_THEN_PERMUTE: ClassVar[int]
    source: str
    scale: float
    mean_file: str
    batch_size: int
    crop_size: int
    mirror: bool
    rand_skip: int
    backend: int
    force_encoded_color: bool
    prefetch: int
    block_size: int
    cache: bool
    disk_reader_threads: int
    @property
    def encoding(self) -> _Values[int]: ...
    huge_video_dataset: bool
    limit_samples: int
    parser_threads: int
    permute_every_iter: int
    precache: bool
    preselection_file: str
    preselection_label: int
    rand_permute: bool
    rand_permute_order: int
    rand_permute_seed: int
    random: bool
    range_end: int
    range_start: int
    show_data: int
    shuffle: bool
    @property
    def side(self) -> _Values[int]: ...
    @property
    def slice_point(self) -> _Values[int]: ...
    @property
    def subtract(self) -> _Values[float]: ...
    threads: int
    verbose: bool
    def __init__(self, *, source: str | None = ..., scale: float | None = ..., mean_file: str | None = ..., batch_size: int | None = ..., crop_size: int | None = ..., mirror: bool | None = ..., rand_skip: int | None = ..., backend: int | str | None = ..., force_encoded_color: bool | None = ..., prefetch: int | None = ..., block_size: int | None = ..., cache: bool | None = ..., disk_reader_threads: int | None = ..., encoding: Iterable[int | str] | None = ..., huge_video_dataset: bool | None = ..., limit_samples: int | None = ..., parser_threads: int | None = ..., permute_every_iter: int | None = ..., precache: bool | None = ..., preselection_file: str | None = ..., preselection_label: int | None = ..., rand_permute: bool | None = ..., rand_permute_order: int | str | None = ..., rand_permute_seed: int | None = ..., random: bool | None = ..., range_end: int | None = ..., range_start: int | None = ..., show_data: int | None = ..., shuffle: bool | None = ..., side: Iterable[int] | None = ..., slice_point: Iterable[int] | None = ..., subtract: Iterable[float] | None = ..., threads: int | None = ..., verbose: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "scale", "mean_file", "batch_size", "crop_size", "mirror", "rand_skip", "backend", "force_encoded_color", "prefetch", "block_size", "cache", "disk_reader_threads", "huge_video_dataset", "limit_samples", "parser_threads", "permute_every_iter", "precache", "preselection_file", "preselection_label", "rand_permute", "rand_permute_order", "rand_permute_seed", "random", "range_end", "range_start", "show_data", "shuffle", "threads", "verbose"]) -> bool: ...

class DummyDataParameter(Message):
    @property
    def data_filler(self) -> _Messages[FillerParameter]: ...
    @property
    def num(self) -> _Values[int]: ...
    @property
    def channels(self) -> _Values[int]: ...
    @property
    def height(self) -> _Values[int]: ...
    @property
    def width(self) -> _Values[int]: ...
    @property
    def shape(self) -> _Messages[BlobShape]: ...
    def __init__(self, *, data_filler: Iterable[FillerParameter | Mapping[str, Any]] | None = ..., num: Iterable[int] | None = ..., channels: Iterable[int] | None = ..., height: Iterable[int] | None = ..., width: Iterable[int] | None = ..., shape: Iterable[BlobShape | Mapping[str, Any]] | None = ...) -> None: ...

class HDF5DataParameter(Message):
    source: str
    batch_size: int
    shuffle: bool
    def __init__(self, *, source: str | None = ..., batch_size: int | None = ..., shuffle: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "batch_size", "shuffle"]) -> bool: ...

class HDF5OutputParameter(Message):
    file_name: str
    def __init__(self, *, file_name: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["file_name"]) -> bool: ...

class ImageDataParameter(Message):
    LabelType: ClassVar[_Enum]
    NONE: ClassVar[int]
    IMAGE: ClassVar[int]
    PIXEL: ClassVar[int]
    source: str
    scale: float
    mean_file: str
    batch_size: int
    crop_size: int
    mirror: bool
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    is_color: bool
    root_folder: str
    balance_by: int
    balance_class: bool
    cache: bool
    clip_max: float
    clip_min: float
    dataset_share_per_node: float
    face_mirror: bool
    face_point_num: int
    face_transform: bool
    has_label: bool
    ignore_label: int
    is_flow: bool
    label_cut_end: int
    label_cut_start: int
    label_divide_factor: int
    label_type: int
    max_aspect_ratio: float
    max_labels: int
    max_random_scale: float
    max_random_shift: int
    max_rotate_angle: float
    max_shear_ratio: float
    mean_value: float
    min_height: int
    min_random_scale: float
    min_width: int
    new_length: int
    num_truth_channels: int
    other_object_label: int
    precache: bool
    sampling_rate: int
    short_side: int
    show_data: int
    threads: int
    truth_scale: float
    use_byte_input: bool
    use_image: bool
    use_label: bool
    use_temporal_jitter: bool
    def __init__(self, *, source: str | None = ..., scale: float | None = ..., mean_file: str | None = ..., batch_size: int | None = ..., crop_size: int | None = ..., mirror: bool | None = ..., rand_skip: int | None = ..., shuffle: bool | None = ..., new_height: int | None = ..., new_width: int | None = ..., is_color: bool | None = ..., root_folder: str | None = ..., balance_by: int | None = ..., balance_class: bool | None = ..., cache: bool | None = ..., clip_max: float | None = ..., clip_min: float | None = ..., dataset_share_per_node: float | None = ..., face_mirror: bool | None = ..., face_point_num: int | None = ..., face_transform: bool | None = ..., has_label: bool | None = ..., ignore_label: int | None = ..., is_flow: bool | None = ..., label_cut_end: int | None = ..., label_cut_start: int | None = ..., label_divide_factor: int | None = ..., label_type: int | str | None = ..., max_aspect_ratio: float | None = ..., max_labels: int | None = ..., max_random_scale: float | None = ..., max_random_shift: int | None = ..., max_rotate_angle: float | None = ..., max_shear_ratio: float | None = ..., mean_value: float | None = ..., min_height: int | None = ..., min_random_scale: float | None = ..., min_width: int | None = ..., new_length: int | None = ..., num_truth_channels: int | None = ..., other_object_label: int | None = ..., precache: bool | None = ..., sampling_rate: int | None = ..., short_side: int | None = ..., show_data: int | None = ..., threads: int | None = ..., truth_scale: float | None = ..., use_byte_input: bool | None = ..., use_image: bool | None = ..., use_label: bool | None = ..., use_temporal_jitter: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "scale", "mean_file", "batch_size", "crop_size", "mirror", "rand_skip", "shuffle", "new_height", "new_width", "is_color", "root_folder", "balance_by", "balance_class", "cache", "clip_max", "clip_min", "dataset_share_per_node", "face_mirror", "face_point_num", "face_transform", "has_label", "ignore_label", "is_flow", "label_cut_end", "label_cut_start", "label_divide_factor", "label_type", "max_aspect_ratio", "max_labels", "max_random_scale", "max_random_shift", "max_rotate_angle", "max_shear_ratio", "mean_value", "min_height", "min_random_scale", "min_width", "new_length", "num_truth_channels", "other_object_label", "precache", "sampling_rate", "short_side", "show_data", "threads", "truth_scale", "use_byte_input", "use_image", "use_label", "use_temporal_jitter"]) -> bool: ...

class InputParameter(Message):
    @property
    def shape(self) -> _Messages[BlobShape]: ...
    output_scale: float
    output_zero_point: int
    def __init__(self, *, shape: Iterable[BlobShape | Mapping[str, Any]] | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["output_scale", "output_zero_point"]) -> bool: ...

class MemoryDataParameter(Message):
    batch_size: int
    channels: int
    height: int
    width: int
    transpose: bool
    def __init__(self, *, batch_size: int | None = ..., channels: int | None = ..., height: int | None = ..., width: int | None = ..., transpose: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["batch_size", "channels", "height", "width", "transpose"]) -> bool: ...

class WindowDataParameter(Message):
    source: str
    scale: float
    mean_file: str
    batch_size: int
    crop_size: int
    mirror: bool
    fg_threshold: float
    bg_threshold: float
    fg_fraction: float
    context_pad: int
    crop_mode: str
    cache_images: bool
    root_folder: str
    def __init__(self, *, source: str | None = ..., scale: float | None = ..., mean_file: str | None = ..., batch_size: int | None = ..., crop_size: int | None = ..., mirror: bool | None = ..., fg_threshold: float | None = ..., bg_threshold: float | None = ..., fg_fraction: float | None = ..., context_pad: int | None = ..., crop_mode: str | None = ..., cache_images: bool | None = ..., root_folder: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "scale", "mean_file", "batch_size", "crop_size", "mirror", "fg_threshold", "bg_threshold", "fg_fraction", "context_pad", "crop_mode", "cache_images", "root_folder"]) -> bool: ...

class ConvolutionParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    CuDNNConvolutionAlgorithmSeeker: ClassVar[_Enum]
    GET: ClassVar[int]
    FINDEX: ClassVar[int]
    FusionType: ClassVar[_Enum]
    NONE_FUSION: ClassVar[int]
    SUM_FUSION: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def pad(self) -> _Values[int]: ...
    @property
    def kernel_size(self) -> _Values[int]: ...
    group: int
    @property
    def stride(self) -> _Values[int]: ...
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    pad_h: int
    pad_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    engine: int
    axis: int
    force_nd_im2col: bool
    @property
    def dilation(self) -> _Values[int]: ...
    @property
    def coeff(self) -> _Values[float]: ...
    conv_algorithm: str
    conv_algos_override: str
    cudnn_convolution_algo_seeker: int
    dilation_h: int
    dilation_w: int
    dis_mode: bool
    filter_group: int
    fusion_type: int
    gen_mode: bool
    input_scale: float
    input_zero_point: int
    kernel_depth: int
    negative_slope: float
    output_scale: float
    output_zero_point: int
    pad_b: int
    pad_l: int
    pad_r: int
    pad_t: int
    pad_type: int
    per_channel_scale_output: bool
    per_channel_scale_weight: bool
    quantize_method: int
    relu: bool
    saturate: int
    @property
    def shape_offset(self) -> _Values[int]: ...
    submanifold_sparse: bool
    temporal_pad: int
    temporal_stride: int
    weight_fixed: bool
    weight_scale: float
    weight_zero_point: int
    hole: int
    hole_h: int
    hole_w: int
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., pad: Iterable[int] | None = ..., kernel_size: Iterable[int] | None = ..., group: int | None = ..., stride: Iterable[int] | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., pad_h: int | None = ..., pad_w: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., engine: int | str | None = ..., axis: int | None = ..., force_nd_im2col: bool | None = ..., dilation: Iterable[int] | None = ..., coeff: Iterable[float] | None = ..., conv_algorithm: str | None = ..., conv_algos_override: str | None = ..., cudnn_convolution_algo_seeker: int | str | None = ..., dilation_h: int | None = ..., dilation_w: int | None = ..., dis_mode: bool | None = ..., filter_group: int | None = ..., fusion_type: int | str | None = ..., gen_mode: bool | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., kernel_depth: int | None = ..., negative_slope: float | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., pad_b: int | None = ..., pad_l: int | None = ..., pad_r: int | None = ..., pad_t: int | None = ..., pad_type: int | None = ..., per_channel_scale_output: bool | None = ..., per_channel_scale_weight: bool | None = ..., quantize_method: int | str | None = ..., relu: bool | None = ..., saturate: int | str | None = ..., shape_offset: Iterable[int] | None = ..., submanifold_sparse: bool | None = ..., temporal_pad: int | None = ..., temporal_stride: int | None = ..., weight_fixed: bool | None = ..., weight_scale: float | None = ..., weight_zero_point: int | None = ..., hole: int | None = ..., hole_h: int | None = ..., hole_w: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "group", "weight_filler", "bias_filler", "pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w", "engine", "axis", "force_nd_im2col", "conv_algorithm", "conv_algos_override", "cudnn_convolution_algo_seeker", "dilation_h", "dilation_w", "dis_mode", "filter_group", "fusion_type", "gen_mode", "input_scale", "input_zero_point", "kernel_depth", "negative_slope", "output_scale", "output_zero_point", "pad_b", "pad_l", "pad_r", "pad_t", "pad_type", "per_channel_scale_output", "per_channel_scale_weight", "quantize_method", "relu", "saturate", "submanifold_sparse", "temporal_pad", "temporal_stride", "weight_fixed", "weight_scale", "weight_zero_point", "hole", "hole_h", "hole_w"]) -> bool: ...

class CropParameter(Message):
    axis: int
    @property
    def offset(self) -> _Values[int]: ...
    @property
    def dimsize(self) -> _Values[int]: ...
    def __init__(self, *, axis: int | None = ..., offset: Iterable[int] | None = ..., dimsize: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis"]) -> bool: ...

class LRNParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    NormRegion: ClassVar[_Enum]
    ACROSS_CHANNELS: ClassVar[int]
    WITHIN_CHANNEL: ClassVar[int]
    local_size: int
    alpha: float
    beta: float
    norm_region: int
    k: float
    engine: int
    input_scale: float
    output_scale: float
    def __init__(self, *, local_size: int | None = ..., alpha: float | None = ..., beta: float | None = ..., norm_region: int | str | None = ..., k: float | None = ..., engine: int | str | None = ..., input_scale: float | None = ..., output_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["local_size", "alpha", "beta", "norm_region", "k", "engine", "input_scale", "output_scale"]) -> bool: ...

class PoolingParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    PoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    DEF: ClassVar[int]
    DEF_ALL: ClassVar[int]
    DEF_ALL2: ClassVar[int]
    DEF_ALL3: ClassVar[int]
    DEF_ALL4: ClassVar[int]
    LOWRES: ClassVar[int]
    MDS: ClassVar[int]
    AVE_EXC_PAD: ClassVar[int]
    AVE_TF: ClassVar[int]
    RoundMode: ClassVar[_Enum]
    CEIL: ClassVar[int]
    FLOOR: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    pool: int
    kernel_size: int
    stride: int
    pad: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_h: int
    pad_w: int
    engine: int
    global_pooling: bool
    round_mode: int
    avg_include_pad: bool
    axis: int
    blobs_a_min: float
    blobs_lr: float
    ceil_mode: bool
    dilation: int
    input_scale: float
    input_zero_point: int
    kernel_depth: int
    @property
    def kernel_size_3d(self) -> _Values[int]: ...
    output_scale: float
    output_shift_instead_division: int
    output_zero_point: int
    @property
    def pad_3d(self) -> _Values[int]: ...
    pad_b: int
    pad_l: int
    pad_r: int
    pad_t: int
    pad_type: int
    quantize_method: int
    saturate: int
    @property
    def stride_3d(self) -> _Values[int]: ...
    temporal_stride: int
    torch_pooling: bool
    def __init__(self, *, pool: int | str | None = ..., kernel_size: int | None = ..., stride: int | None = ..., pad: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., pad_h: int | None = ..., pad_w: int | None = ..., engine: int | str | None = ..., global_pooling: bool | None = ..., round_mode: int | str | None = ..., avg_include_pad: bool | None = ..., axis: int | None = ..., blobs_a_min: float | None = ..., blobs_lr: float | None = ..., ceil_mode: bool | None = ..., dilation: int | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., kernel_depth: int | None = ..., kernel_size_3d: Iterable[int] | None = ..., output_scale: float | None = ..., output_shift_instead_division: int | None = ..., output_zero_point: int | None = ..., pad_3d: Iterable[int] | None = ..., pad_b: int | None = ..., pad_l: int | None = ..., pad_r: int | None = ..., pad_t: int | None = ..., pad_type: int | None = ..., quantize_method: int | str | None = ..., saturate: int | str | None = ..., stride_3d: Iterable[int] | None = ..., temporal_stride: int | None = ..., torch_pooling: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pool", "kernel_size", "stride", "pad", "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_h", "pad_w", "engine", "global_pooling", "round_mode", "avg_include_pad", "axis", "blobs_a_min", "blobs_lr", "ceil_mode", "dilation", "input_scale", "input_zero_point", "kernel_depth", "output_scale", "output_shift_instead_division", "output_zero_point", "pad_b", "pad_l", "pad_r", "pad_t", "pad_type", "quantize_method", "saturate", "temporal_stride", "torch_pooling"]) -> bool: ...

class SPPParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    PoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    AVE_EXC_PAD: ClassVar[int]
    AVE_TF: ClassVar[int]
    pyramid_height: int
    pool: int
    engine: int
    def __init__(self, *, pyramid_height: int | None = ..., pool: int | str | None = ..., engine: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pyramid_height", "pool", "engine"]) -> bool: ...

class ClipParameter(Message):
    min: float
    max: float
    def __init__(self, *, min: float | None = ..., max: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min", "max"]) -> bool: ...

class DropoutParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    dropout_ratio: float
    engine: int
    random_seed: int
    sample_weights_test: bool
    scale_train: bool
    sqrt_scale: bool
    def __init__(self, *, dropout_ratio: float | None = ..., engine: int | str | None = ..., random_seed: int | None = ..., sample_weights_test: bool | None = ..., scale_train: bool | None = ..., sqrt_scale: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["dropout_ratio", "engine", "random_seed", "sample_weights_test", "scale_train", "sqrt_scale"]) -> bool: ...

class ELUParameter(Message):
    alpha: float
    def __init__(self, *, alpha: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha"]) -> bool: ...

class ExpParameter(Message):
    base: float
    scale: float
    shift: float
    def __init__(self, *, base: float | None = ..., scale: float | None = ..., shift: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["base", "scale", "shift"]) -> bool: ...

class LogParameter(Message):
    base: float
    scale: float
    shift: float
    def __init__(self, *, base: float | None = ..., scale: float | None = ..., shift: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["base", "scale", "shift"]) -> bool: ...

class PowerParameter(Message):
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    power: float
    scale: float
    shift: float
    quantize_method: int
    saturate: int
    def __init__(self, *, power: float | None = ..., scale: float | None = ..., shift: float | None = ..., quantize_method: int | str | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["power", "scale", "shift", "quantize_method", "saturate"]) -> bool: ...

class PReLUParameter(Message):
    @property
    def filler(self) -> FillerParameter: ...
    channel_shared: bool
    def __init__(self, *, filler: FillerParameter | Mapping[str, Any] | None = ..., channel_shared: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["filler", "channel_shared"]) -> bool: ...

class ReLUParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    negative_slope: float
    engine: int
    fuse: bool
    input_scale: float
    input_zero_point: int
    maximum: float
    minimum: float
    output_scale: float
    output_zero_point: int
    relu6: bool
    saturate: int
    def __init__(self, *, negative_slope: float | None = ..., engine: int | str | None = ..., fuse: bool | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., maximum: float | None = ..., minimum: float | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., relu6: bool | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["negative_slope", "engine", "fuse", "input_scale", "input_zero_point", "maximum", "minimum", "output_scale", "output_zero_point", "relu6", "saturate"]) -> bool: ...

class SigmoidParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    engine: int
    input_scale: float
    input_zero_point: int
    output_scale: float
    output_zero_point: int
    saturate: int
    def __init__(self, *, engine: int | str | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["engine", "input_scale", "input_zero_point", "output_scale", "output_zero_point", "saturate"]) -> bool: ...

class SwishParameter(Message):
    beta: float
    def __init__(self, *, beta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["beta"]) -> bool: ...

class TanHParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    engine: int
    def __init__(self, *, engine: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["engine"]) -> bool: ...

class ThresholdParameter(Message):
    threshold: float
    def __init__(self, *, threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["threshold"]) -> bool: ...

class ArgMaxParameter(Message):
    out_max_val: bool
    top_k: int
    axis: int
    @property
    def ignore_id(self) -> _Values[int]: ...
    min_first: bool
    use_ignore_ids: bool
    def __init__(self, *, out_max_val: bool | None = ..., top_k: int | None = ..., axis: int | None = ..., ignore_id: Iterable[int] | None = ..., min_first: bool | None = ..., use_ignore_ids: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["out_max_val", "top_k", "axis", "min_first", "use_ignore_ids"]) -> bool: ...

class BatchNormParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    use_global_stats: bool
    moving_average_fraction: float
    eps: float
    add_eps_before_sqrt: bool
    @property
    def bias_filler(self) -> FillerParameter: ...
    bias_term: bool
    disable_mean: bool
    disable_variance: bool
    engine: int
    @property
    def filler(self) -> FillerParameter: ...
    icnet: bool
    relu: bool
    scale_bias: bool
    @property
    def scale_filler(self) -> FillerParameter: ...
    stats_batch_size: int
    update_global_stats: bool
    use_weight_bias: bool
    def __init__(self, *, use_global_stats: bool | None = ..., moving_average_fraction: float | None = ..., eps: float | None = ..., add_eps_before_sqrt: bool | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_term: bool | None = ..., disable_mean: bool | None = ..., disable_variance: bool | None = ..., engine: int | str | None = ..., filler: FillerParameter | Mapping[str, Any] | None = ..., icnet: bool | None = ..., relu: bool | None = ..., scale_bias: bool | None = ..., scale_filler: FillerParameter | Mapping[str, Any] | None = ..., stats_batch_size: int | None = ..., update_global_stats: bool | None = ..., use_weight_bias: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["use_global_stats", "moving_average_fraction", "eps", "add_eps_before_sqrt", "bias_filler", "bias_term", "disable_mean", "disable_variance", "engine", "filler", "icnet", "relu", "scale_bias", "scale_filler", "stats_batch_size", "update_global_stats", "use_weight_bias"]) -> bool: ...

class BiasParameter(Message):
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    axis: int
    num_axes: int
    @property
    def filler(self) -> FillerParameter: ...
    bias_scale: float
    bias_zero_point: int
    input_scale: float
    input_zero_point: int
    output_scale: float
    output_zero_point: int
    quantize_method: int
    saturate: int
    def __init__(self, *, axis: int | None = ..., num_axes: int | None = ..., filler: FillerParameter | Mapping[str, Any] | None = ..., bias_scale: float | None = ..., bias_zero_point: int | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., quantize_method: int | str | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis", "num_axes", "filler", "bias_scale", "bias_zero_point", "input_scale", "input_zero_point", "output_scale", "output_zero_point", "quantize_method", "saturate"]) -> bool: ...

class ConcatParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    concat_dim: int
    axis: int
    engine: int
    @property
    def input_scale(self) -> _Values[float]: ...
    @property
    def input_zero_point(self) -> _Values[int]: ...
    output_scale: float
    output_zero_point: int
    per_fla_fuse: bool
    quantize_method: int
    saturate: int
    def __init__(self, *, concat_dim: int | None = ..., axis: int | None = ..., engine: int | str | None = ..., input_scale: Iterable[float] | None = ..., input_zero_point: Iterable[int] | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., per_fla_fuse: bool | None = ..., quantize_method: int | str | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["concat_dim", "axis", "engine", "output_scale", "output_zero_point", "per_fla_fuse", "quantize_method", "saturate"]) -> bool: ...

class EltwiseParameter(Message):
    EltwiseOp: ClassVar[_Enum]
    PROD: ClassVar[int]
    SUM: ClassVar[int]
    MAX: ClassVar[int]
    STOCHASTIC_SUM: ClassVar[int]
    SORT: ClassVar[int]
    DIV: ClassVar[int]
    MIN: ClassVar[int]
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    operation: int
    @property
    def coeff(self) -> _Values[float]: ...
    stable_prod_grad: bool
    axis: int
    engine: int
    @property
    def input_scale(self) -> _Values[float]: ...
    @property
    def input_zero_point(self) -> _Values[int]: ...
    output_scale: float
    output_zero_point: int
    quantize_method: int
    saturate: int
    def __init__(self, *, operation: int | str | None = ..., coeff: Iterable[float] | None = ..., stable_prod_grad: bool | None = ..., axis: int | None = ..., engine: int | str | None = ..., input_scale: Iterable[float] | None = ..., input_zero_point: Iterable[int] | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., quantize_method: int | str | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["operation", "stable_prod_grad", "axis", "engine", "output_scale", "output_zero_point", "quantize_method", "saturate"]) -> bool: ...

class EmbedParameter(Message):
    num_output: int
    input_dim: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    def __init__(self, *, num_output: int | None = ..., input_dim: int | None = ..., bias_term: bool | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "input_dim", "bias_term", "weight_filler", "bias_filler"]) -> bool: ...

class FlattenParameter(Message):
    axis: int
    end_axis: int
    def __init__(self, *, axis: int | None = ..., end_axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis", "end_axis"]) -> bool: ...

class InnerProductParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    MKLDNN: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    axis: int
    transpose: bool
    dis_mode: bool
    engine: int
    gen_mode: bool
    input_scale: float
    input_zero_point: int
    negative_slope: float
    normalize: bool
    output_scale: float
    output_zero_point: int
    quantize_method: int
    relu: bool
    saturate: int
    weight_fixed: bool
    weight_scale: float
    weight_zero_point: int
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., transpose: bool | None = ..., dis_mode: bool | None = ..., engine: int | str | None = ..., gen_mode: bool | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., negative_slope: float | None = ..., normalize: bool | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., quantize_method: int | str | None = ..., relu: bool | None = ..., saturate: int | str | None = ..., weight_fixed: bool | None = ..., weight_scale: float | None = ..., weight_zero_point: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "weight_filler", "bias_filler", "axis", "transpose", "dis_mode", "engine", "gen_mode", "input_scale", "input_zero_point", "negative_slope", "normalize", "output_scale", "output_zero_point", "quantize_method", "relu", "saturate", "weight_fixed", "weight_scale", "weight_zero_point"]) -> bool: ...

class MVNParameter(Message):
    normalize_variance: bool
    across_channels: bool
    eps: float
    add_eps_before_sqrt: bool
    def __init__(self, *, normalize_variance: bool | None = ..., across_channels: bool | None = ..., eps: float | None = ..., add_eps_before_sqrt: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["normalize_variance", "across_channels", "eps", "add_eps_before_sqrt"]) -> bool: ...

class ParameterParameter(Message):
    @property
    def shape(self) -> BlobShape: ...
    @property
    def blob_filler(self) -> FillerParameter: ...
    @property
    def filler(self) -> FillerParameter: ...
    norm_axis: int
    def __init__(self, *, shape: BlobShape | Mapping[str, Any] | None = ..., blob_filler: FillerParameter | Mapping[str, Any] | None = ..., filler: FillerParameter | Mapping[str, Any] | None = ..., norm_axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["shape", "blob_filler", "filler", "norm_axis"]) -> bool: ...

class PythonParameter(Message):
    module: str
    layer: str
    param_str: str
    share_in_parallel: bool
    def __init__(self, *, module: str | None = ..., layer: str | None = ..., param_str: str | None = ..., share_in_parallel: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["module", "layer", "param_str", "share_in_parallel"]) -> bool: ...

class ReductionParameter(Message):
    ReductionOp: ClassVar[_Enum]
    SUM: ClassVar[int]
    ASUM: ClassVar[int]
    SUMSQ: ClassVar[int]
    MEAN: ClassVar[int]
    TOPK: ClassVar[int]
    operation: int
    axis: int
    coeff: float
    k: int
    def __init__(self, *, operation: int | str | None = ..., axis: int | None = ..., coeff: float | None = ..., k: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["operation", "axis", "coeff", "k"]) -> bool: ...

class ReshapeParameter(Message):
    @property
    def shape(self) -> BlobShape: ...
    axis: int
    num_axes: int
    pixelshuffler: int
    def __init__(self, *, shape: BlobShape | Mapping[str, Any] | None = ..., axis: int | None = ..., num_axes: int | None = ..., pixelshuffler: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["shape", "axis", "num_axes", "pixelshuffler"]) -> bool: ...

class ScaleParameter(Message):
    axis: int
    num_axes: int
    @property
    def filler(self) -> FillerParameter: ...
    bias_term: bool
    @property
    def bias_filler(self) -> FillerParameter: ...
    dis_mode: bool
    gen_mode: bool
    max_value: float
    min_value: float
    def __init__(self, *, axis: int | None = ..., num_axes: int | None = ..., filler: FillerParameter | Mapping[str, Any] | None = ..., bias_term: bool | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., dis_mode: bool | None = ..., gen_mode: bool | None = ..., max_value: float | None = ..., min_value: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis", "num_axes", "filler", "bias_term", "bias_filler", "dis_mode", "gen_mode", "max_value", "min_value"]) -> bool: ...

class SliceParameter(Message):
    slice_dim: int
    @property
    def slice_point(self) -> _Values[int]: ...
    axis: int
    def __init__(self, *, slice_dim: int | None = ..., slice_point: Iterable[int] | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["slice_dim", "axis"]) -> bool: ...

class SoftmaxParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    engine: int
    axis: int
    @property
    def class_weight(self) -> _Values[float]: ...
    cutting_point: float
    hard_mining_label: int
    hard_ratio: float
    input_scale: float
    input_zero_point: int
    label_smooth_factor: float
    normalize_type: str
    output_scale: float
    output_zero_point: int
    saturate: int
    def __init__(self, *, engine: int | str | None = ..., axis: int | None = ..., class_weight: Iterable[float] | None = ..., cutting_point: float | None = ..., hard_mining_label: int | None = ..., hard_ratio: float | None = ..., input_scale: float | None = ..., input_zero_point: int | None = ..., label_smooth_factor: float | None = ..., normalize_type: str | None = ..., output_scale: float | None = ..., output_zero_point: int | None = ..., saturate: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["engine", "axis", "cutting_point", "hard_mining_label", "hard_ratio", "input_scale", "input_zero_point", "label_smooth_factor", "normalize_type", "output_scale", "output_zero_point", "saturate"]) -> bool: ...

class TileParameter(Message):
    axis: int
    tiles: int
    def __init__(self, *, axis: int | None = ..., tiles: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis", "tiles"]) -> bool: ...

class RecurrentParameter(Message):
    num_output: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    debug_info: bool
    expose_hidden: bool
    @property
    def activation_alpha(self) -> _Values[float]: ...
    @property
    def activation_beta(self) -> _Values[float]: ...
    @property
    def activations(self) -> _Values[str]: ...
    continue_recur: bool
    default_initial: bool
    direction: str
    linear_before_reset: int
    tf_rnn: bool
    def __init__(self, *, num_output: int | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., debug_info: bool | None = ..., expose_hidden: bool | None = ..., activation_alpha: Iterable[float] | None = ..., activation_beta: Iterable[float] | None = ..., activations: Iterable[str] | None = ..., continue_recur: bool | None = ..., default_initial: bool | None = ..., direction: str | None = ..., linear_before_reset: int | None = ..., tf_rnn: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "weight_filler", "bias_filler", "debug_info", "expose_hidden", "continue_recur", "default_initial", "direction", "linear_before_reset", "tf_rnn"]) -> bool: ...

class AccuracyParameter(Message):
    top_k: int
    axis: int
    ignore_label: int
    min_is_better: bool
    def __init__(self, *, top_k: int | None = ..., axis: int | None = ..., ignore_label: int | None = ..., min_is_better: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "axis", "ignore_label", "min_is_better"]) -> bool: ...

class ContrastiveLossParameter(Message):
    margin: float
    legacy_version: bool
    def __init__(self, *, margin: float | None = ..., legacy_version: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["margin", "legacy_version"]) -> bool: ...

class HingeLossParameter(Message):
    Norm: ClassVar[_Enum]
    L1: ClassVar[int]
    L2: ClassVar[int]
    norm: int
    def __init__(self, *, norm: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["norm"]) -> bool: ...

class InfogainLossParameter(Message):
    source: str
    axis: int
    def __init__(self, *, source: str | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "axis"]) -> bool: ...

class V1LayerParameter(Message):
    DimCheckMode: ClassVar[_Enum]
    STRICT: ClassVar[int]
    PERMISSIVE: ClassVar[int]
    LayerType: ClassVar[_Enum]
    NONE: ClassVar[int]
    ABSVAL: ClassVar[int]
    ACCURACY: ClassVar[int]
    ARGMAX: ClassVar[int]
    BNLL: ClassVar[int]
    CONCAT: ClassVar[int]
    CONTRASTIVE_LOSS: ClassVar[int]
    CONVOLUTION: ClassVar[int]
    DATA: ClassVar[int]
    DECONVOLUTION: ClassVar[int]
    DROPOUT: ClassVar[int]
    DUMMY_DATA: ClassVar[int]
    EUCLIDEAN_LOSS: ClassVar[int]
    ELTWISE: ClassVar[int]
    EXP: ClassVar[int]
    FLATTEN: ClassVar[int]
    HDF5_DATA: ClassVar[int]
    HDF5_OUTPUT: ClassVar[int]
    HINGE_LOSS: ClassVar[int]
    IM2COL: ClassVar[int]
    IMAGE_DATA: ClassVar[int]
    INFOGAIN_LOSS: ClassVar[int]
    INNER_PRODUCT: ClassVar[int]
    LRN: ClassVar[int]
    MEMORY_DATA: ClassVar[int]
    MULTINOMIAL_LOGISTIC_LOSS: ClassVar[int]
    MVN: ClassVar[int]
    POOLING: ClassVar[int]
    POWER: ClassVar[int]
    RELU: ClassVar[int]
    SIGMOID: ClassVar[int]
    SIGMOID_CROSS_ENTROPY_LOSS: ClassVar[int]
    SILENCE: ClassVar[int]
    SOFTMAX: ClassVar[int]
    SOFTMAX_LOSS: ClassVar[int]
    SPLIT: ClassVar[int]
    SLICE: ClassVar[int]
    TANH: ClassVar[int]
    WINDOW_DATA: ClassVar[int]
    THRESHOLD: ClassVar[int]
    RELU6: ClassVar[int]
    LOCAL: ClassVar[int]
    BN: ClassVar[int]
    NORMALIZE: ClassVar[int]
    INSANITY: ClassVar[int]
    TRIPLET_LOSS: ClassVar[int]
    ROIPOOLING: ClassVar[int]
    BATCH_NORM: ClassVar[int]
    ELTWISE_AFFINE: ClassVar[int]
    CROP: ClassVar[int]
    BIN_ACCURACY: ClassVar[int]
    DROPOUT_CHANNEL: ClassVar[int]
    ELTWISE_ACCURACY: ClassVar[int]
    IMAGE_SEG_DATA: ClassVar[int]
    RED_SOFTMAX_LOSS: ClassVar[int]
    RED_ACCURACY: ClassVar[int]
    SELECT_SEG_BINARY: ClassVar[int]
    UNPOOLING: ClassVar[int]
    WINDOW_CLS_DATA: ClassVar[int]
    WINDOW_SEG_DATA: ClassVar[int]
    WINDOW_SEG_BINARY: ClassVar[int]
    WINDOW_INST_SEG_DATA: ClassVar[int]
    ELTWISE_PRODUCT: ClassVar[int]
    CONVOLUTION3D: ClassVar[int]
    POOLING3D: ClassVar[int]
    VOLUME_DATA: ClassVar[int]
    VIDEO_DATA: ClassVar[int]
    DECONVOLUTION3D: ClassVar[int]
    VIDEO_SEGMENTATION_DATA: ClassVar[int]
    VOXEL_SOFTMAX: ClassVar[int]
    VOXEL_SOFTMAX_LOSS: ClassVar[int]
    VIDEO_WITH_VOXEL_TRUTH_DATA: ClassVar[int]
    VOXEL_CUSTOM_LOSS: ClassVar[int]
    DOWN_SAMPLING: ClassVar[int]
    MULTI_STAGE_MEANFIELD: ClassVar[int]
    INTERP: ClassVar[int]
    SEG_ACCURACY: ClassVar[int]
    MAT_WRITE: ClassVar[int]
    PADDING: ClassVar[int]
    @property
    def layer(self) -> V0LayerParameter: ...
    @property
    def bottom(self) -> _Values[str]: ...
    @property
    def top(self) -> _Values[str]: ...
    name: str
    type: int
    @property
    def blobs(self) -> _Messages[BlobProto]: ...
    @property
    def blobs_lr(self) -> _Values[float]: ...
    @property
    def weight_decay(self) -> _Values[float]: ...
    @property
    def concat_param(self) -> ConcatParameter: ...
    @property
    def convolution_param(self) -> ConvolutionParameter: ...
    @property
    def data_param(self) -> DataParameter: ...
    @property
    def dropout_param(self) -> DropoutParameter: ...
    @property
    def hdf5_data_param(self) -> HDF5DataParameter: ...
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    @property
    def image_data_param(self) -> ImageDataParameter: ...
    @property
    def infogain_loss_param(self) -> InfogainLossParameter: ...
    @property
    def inner_product_param(self) -> InnerProductParameter: ...
    @property
    def lrn_param(self) -> LRNParameter: ...
    @property
    def pooling_param(self) -> PoolingParameter: ...
    @property
    def window_data_param(self) -> WindowDataParameter: ...
    @property
    def power_param(self) -> PowerParameter: ...
    @property
    def memory_data_param(self) -> MemoryDataParameter: ...
    @property
    def argmax_param(self) -> ArgMaxParameter: ...
    @property
    def eltwise_param(self) -> EltwiseParameter: ...
    @property
    def threshold_param(self) -> ThresholdParameter: ...
    @property
    def dummy_data_param(self) -> DummyDataParameter: ...
    @property
    def accuracy_param(self) -> AccuracyParameter: ...
    @property
    def hinge_loss_param(self) -> HingeLossParameter: ...
    @property
    def relu_param(self) -> ReLUParameter: ...
    @property
    def slice_param(self) -> SliceParameter: ...
    @property
    def include(self) -> _Messages[NetStateRule]: ...
    @property
    def exclude(self) -> _Messages[NetStateRule]: ...
    @property
    def mvn_param(self) -> MVNParameter: ...
    @property
    def loss_weight(self) -> _Values[float]: ...
    @property
    def transform_param(self) -> TransformationParameter: ...
    @property
    def tanh_param(self) -> TanHParameter: ...
    @property
    def sigmoid_param(self) -> SigmoidParameter: ...
    @property
    def softmax_param(self) -> SoftmaxParameter: ...
    @property
    def contrastive_loss_param(self) -> ContrastiveLossParameter: ...
    @property
    def exp_param(self) -> ExpParameter: ...
    @property
    def loss_param(self) -> LossParameter: ...
    @property
    def param(self) -> _Values[str]: ...
    @property
    def blob_share_mode(self) -> _Values[int]: ...
    @property
    def interp_param(self) -> InterpParameter: ...
    @property
    def mat_write_param(self) -> MatWriteParameter: ...
    @property
    def seg_accuracy_param(self) -> SegAccuracyParameter: ...
    strict_dim: bool
    @property
    def padding_param(self) -> PaddingParameter: ...
    @property
    def softmaxloss_param(self) -> SoftmaxLossParameter: ...
    @property
    def bn_param(self) -> BNParameter: ...
    @property
    def detection_loss_param(self) -> DetectionLossParameter: ...
    @property
    def eltwise_affine_param(self) -> EltwiseAffineParameter: ...
    @property
    def eval_detection_param(self) -> EvalDetectionParameter: ...
    @property
    def insanity_param(self) -> InsanityParameter: ...
    @property
    def local_param(self) -> LocalParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def prelu_param(self) -> PReLUParameter: ...
    @property
    def relu6_param(self) -> ReLU6Parameter: ...
    @property
    def roi_pooling_param(self) -> ROIPoolingParameter: ...
    @property
    def sub_region_param(self) -> SubRegionParameter: ...
    @property
    def triplet_loss_param(self) -> TripletLossParameter: ...
    @property
    def yolo_v2_loss_param(self) -> YoloV2LossParameter: ...
    @property
    def yolo_v3_loss_param(self) -> YoloV3LossParameter: ...
    @property
    def binary_accuracy_param(self) -> BinaryAccuracyParameter: ...
    @property
    def eltwise_accuracy_param(self) -> EltwiseAccuracyParameter: ...
    @property
    def red_softmax_loss_param(self) -> RedSoftmaxWithLossParameter: ...
    @property
    def red_accuracy_param(self) -> RedAccuracyParameter: ...
    @property
    def unpooling_param(self) -> UnpoolingParameter: ...
    @property
    def down_sampling_param(self) -> DownSamplingParameter: ...
    @property
    def upsample_param(self) -> UpsampleParameter: ...
    @property
    def multi_stage_meanfield_param(self) -> MultiStageMeanfieldParameter: ...
    def __init__(self, *, layer: V0LayerParameter | Mapping[str, Any] | None = ..., bottom: Iterable[str] | None = ..., top: Iterable[str] | None = ..., name: str | None = ..., type: int | str | None = ..., blobs: Iterable[BlobProto | Mapping[str, Any]] | None = ..., blobs_lr: Iterable[float] | None = ..., weight_decay: Iterable[float] | None = ..., concat_param: ConcatParameter | Mapping[str, Any] | None = ..., convolution_param: ConvolutionParameter | Mapping[str, Any] | None = ..., data_param: DataParameter | Mapping[str, Any] | None = ..., dropout_param: DropoutParameter | Mapping[str, Any] | None = ..., hdf5_data_param: HDF5DataParameter | Mapping[str, Any] | None = ..., hdf5_output_param: HDF5OutputParameter | Mapping[str, Any] | None = ..., image_data_param: ImageDataParameter | Mapping[str, Any] | None = ..., infogain_loss_param: InfogainLossParameter | Mapping[str, Any] | None = ..., inner_product_param: InnerProductParameter | Mapping[str, Any] | None = ..., lrn_param: LRNParameter | Mapping[str, Any] | None = ..., pooling_param: PoolingParameter | Mapping[str, Any] | None = ..., window_data_param: WindowDataParameter | Mapping[str, Any] | None = ..., power_param: PowerParameter | Mapping[str, Any] | None = ..., memory_data_param: MemoryDataParameter | Mapping[str, Any] | None = ..., argmax_param: ArgMaxParameter | Mapping[str, Any] | None = ..., eltwise_param: EltwiseParameter | Mapping[str, Any] | None = ..., threshold_param: ThresholdParameter | Mapping[str, Any] | None = ..., dummy_data_param: DummyDataParameter | Mapping[str, Any] | None = ..., accuracy_param: AccuracyParameter | Mapping[str, Any] | None = ..., hinge_loss_param: HingeLossParameter | Mapping[str, Any] | None = ..., relu_param: ReLUParameter | Mapping[str, Any] | None = ..., slice_param: SliceParameter | Mapping[str, Any] | None = ..., include: Iterable[NetStateRule | Mapping[str, Any]] | None = ..., exclude: Iterable[NetStateRule | Mapping[str, Any]] | None = ..., mvn_param: MVNParameter | Mapping[str, Any] | None = ..., loss_weight: Iterable[float] | None = ..., transform_param: TransformationParameter | Mapping[str, Any] | None = ..., tanh_param: TanHParameter | Mapping[str, Any] | None = ..., sigmoid_param: SigmoidParameter | Mapping[str, Any] | None = ..., softmax_param: SoftmaxParameter | Mapping[str, Any] | None = ..., contrastive_loss_param: ContrastiveLossParameter | Mapping[str, Any] | None = ..., exp_param: ExpParameter | Mapping[str, Any] | None = ..., loss_param: LossParameter | Mapping[str, Any] | None = ..., param: Iterable[str] | None = ..., blob_share_mode: Iterable[int | str] | None = ..., interp_param: InterpParameter | Mapping[str, Any] | None = ..., mat_write_param: MatWriteParameter | Mapping[str, Any] | None = ..., seg_accuracy_param: SegAccuracyParameter | Mapping[str, Any] | None = ..., strict_dim: bool | None = ..., padding_param: PaddingParameter | Mapping[str, Any] | None = ..., softmaxloss_param: SoftmaxLossParameter | Mapping[str, Any] | None = ..., bn_param: BNParameter | Mapping[str, Any] | None = ..., detection_loss_param: DetectionLossParameter | Mapping[str, Any] | None = ..., eltwise_affine_param: EltwiseAffineParameter | Mapping[str, Any] | None = ..., eval_detection_param: EvalDetectionParameter | Mapping[str, Any] | None = ..., insanity_param: InsanityParameter | Mapping[str, Any] | None = ..., local_param: LocalParameter | Mapping[str, Any] | None = ..., noise_param: NoiseParameter | Mapping[str, Any] | None = ..., prelu_param: PReLUParameter | Mapping[str, Any] | None = ..., relu6_param: ReLU6Parameter | Mapping[str, Any] | None = ..., roi_pooling_param: ROIPoolingParameter | Mapping[str, Any] | None = ..., sub_region_param: SubRegionParameter | Mapping[str, Any] | None = ..., triplet_loss_param: TripletLossParameter | Mapping[str, Any] | None = ..., yolo_v2_loss_param: YoloV2LossParameter | Mapping[str, Any] | None = ..., yolo_v3_loss_param: YoloV3LossParameter | Mapping[str, Any] | None = ..., binary_accuracy_param: BinaryAccuracyParameter | Mapping[str, Any] | None = ..., eltwise_accuracy_param: EltwiseAccuracyParameter | Mapping[str, Any] | None = ..., red_softmax_loss_param: RedSoftmaxWithLossParameter | Mapping[str, Any] | None = ..., red_accuracy_param: RedAccuracyParameter | Mapping[str, Any] | None = ..., unpooling_param: UnpoolingParameter | Mapping[str, Any] | None = ..., down_sampling_param: DownSamplingParameter | Mapping[str, Any] | None = ..., upsample_param: UpsampleParameter | Mapping[str, Any] | None = ..., multi_stage_meanfield_param: MultiStageMeanfieldParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["layer", "name", "type", "concat_param", "convolution_param", "data_param", "dropout_param", "hdf5_data_param", "hdf5_output_param", "image_data_param", "infogain_loss_param", "inner_product_param", "lrn_param", "pooling_param", "window_data_param", "power_param", "memory_data_param", "argmax_param", "eltwise_param", "threshold_param", "dummy_data_param", "accuracy_param", "hinge_loss_param", "relu_param", "slice_param", "mvn_param", "transform_param", "tanh_param", "sigmoid_param", "softmax_param", "contrastive_loss_param", "exp_param", "loss_param", "interp_param", "mat_write_param", "seg_accuracy_param", "strict_dim", "padding_param", "softmaxloss_param", "bn_param", "detection_loss_param", "eltwise_affine_param", "eval_detection_param", "insanity_param", "local_param", "noise_param", "prelu_param", "relu6_param", "roi_pooling_param", "sub_region_param", "triplet_loss_param", "yolo_v2_loss_param", "yolo_v3_loss_param", "binary_accuracy_param", "eltwise_accuracy_param", "red_softmax_loss_param", "red_accuracy_param", "unpooling_param", "down_sampling_param", "upsample_param", "multi_stage_meanfield_param"]) -> bool: ...

class V0LayerParameter(Message):
    PoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    AVE_EXC_PAD: ClassVar[int]
    AVE_TF: ClassVar[int]
    name: str
    type: str
    num_output: int
    biasterm: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    pad: int
    kernelsize: int
    group: int
    stride: int
    pool: int
    dropout_ratio: float
    local_size: int
    alpha: float
    beta: float
    source: str
    scale: float
    meanfile: str
    batchsize: int
    cropsize: int
    mirror: bool
    k: float
    @property
    def blobs(self) -> _Messages[BlobProto]: ...
    @property
    def blobs_lr(self) -> _Values[float]: ...
    @property
    def weight_decay(self) -> _Values[float]: ...
    rand_skip: int
    det_fg_threshold: float
    det_bg_threshold: float
    det_fg_fraction: float
    det_context_pad: int
    det_crop_mode: str
    new_num: int
    new_channels: int
    new_height: int
    new_width: int
    shuffle_images: bool
    concat_dim: int
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    def __init__(self, *, name: str | None = ..., type: str | None = ..., num_output: int | None = ..., biasterm: bool | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., pad: int | None = ..., kernelsize: int | None = ..., group: int | None = ..., stride: int | None = ..., pool: int | str | None = ..., dropout_ratio: float | None = ..., local_size: int | None = ..., alpha: float | None = ..., beta: float | None = ..., source: str | None = ..., scale: float | None = ..., meanfile: str | None = ..., batchsize: int | None = ..., cropsize: int | None = ..., mirror: bool | None = ..., k: float | None = ..., blobs: Iterable[BlobProto | Mapping[str, Any]] | None = ..., blobs_lr: Iterable[float] | None = ..., weight_decay: Iterable[float] | None = ..., rand_skip: int | None = ..., det_fg_threshold: float | None = ..., det_bg_threshold: float | None = ..., det_fg_fraction: float | None = ..., det_context_pad: int | None = ..., det_crop_mode: str | None = ..., new_num: int | None = ..., new_channels: int | None = ..., new_height: int | None = ..., new_width: int | None = ..., shuffle_images: bool | None = ..., concat_dim: int | None = ..., hdf5_output_param: HDF5OutputParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "type", "num_output", "biasterm", "weight_filler", "bias_filler", "pad", "kernelsize", "group", "stride", "pool", "dropout_ratio", "local_size", "alpha", "beta", "source", "scale", "meanfile", "batchsize", "cropsize", "mirror", "k", "rand_skip", "det_fg_threshold", "det_bg_threshold", "det_fg_fraction", "det_context_pad", "det_crop_mode", "new_num", "new_channels", "new_height", "new_width", "shuffle_images", "concat_dim", "hdf5_output_param"]) -> bool: ...

class AnnotatedDataParameter(Message):
    @property
    def batch_sampler(self) -> _Messages[BatchSampler]: ...
    label_map_file: str
    anno_type: int
    yolo_data_type: int
    yolo_data_jitter: float
    train_diffcult: bool
    single_class: bool
    seg_scales: int
    seg_resize_width: int
    seg_resize_height: int
    difficult_label_warmup: bool
    def __init__(self, *, batch_sampler: Iterable[BatchSampler | Mapping[str, Any]] | None = ..., label_map_file: str | None = ..., anno_type: int | str | None = ..., yolo_data_type: int | None = ..., yolo_data_jitter: float | None = ..., train_diffcult: bool | None = ..., single_class: bool | None = ..., seg_scales: int | None = ..., seg_resize_width: int | None = ..., seg_resize_height: int | None = ..., difficult_label_warmup: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["label_map_file", "anno_type", "yolo_data_type", "yolo_data_jitter", "train_diffcult", "single_class", "seg_scales", "seg_resize_width", "seg_resize_height", "difficult_label_warmup"]) -> bool: ...

class AnnotatedDatum(Message):
    AnnotationType: ClassVar[_Enum]
    BBOX: ClassVar[int]
    BBOXandSeg: ClassVar[int]
    LANE: ClassVar[int]
    @property
    def datum(self) -> Datum: ...
    type: int
    @property
    def annotation_group(self) -> _Messages[AnnotationGroup]: ...
    record_id: int
    def __init__(self, *, datum: Datum | Mapping[str, Any] | None = ..., type: int | str | None = ..., annotation_group: Iterable[AnnotationGroup | Mapping[str, Any]] | None = ..., record_id: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["datum", "type", "record_id"]) -> bool: ...

class Annotation(Message):
    instance_id: int
    @property
    def bbox(self) -> NormalizedBBox: ...
    @property
    def lanes(self) -> LaneInfo: ...
    def __init__(self, *, instance_id: int | None = ..., bbox: NormalizedBBox | Mapping[str, Any] | None = ..., lanes: LaneInfo | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["instance_id", "bbox", "lanes"]) -> bool: ...

class AnnotationGroup(Message):
    group_label: int
    @property
    def annotation(self) -> _Messages[Annotation]: ...
    def __init__(self, *, group_label: int | None = ..., annotation: Iterable[Annotation | Mapping[str, Any]] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["group_label"]) -> bool: ...

class BatchSampler(Message):
    use_original_image: bool
    @property
    def sampler(self) -> Sampler: ...
    @property
    def sample_constraint(self) -> SampleConstraint: ...
    max_sample: int
    max_trials: int
    def __init__(self, *, use_original_image: bool | None = ..., sampler: Sampler | Mapping[str, Any] | None = ..., sample_constraint: SampleConstraint | Mapping[str, Any] | None = ..., max_sample: int | None = ..., max_trials: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["use_original_image", "sampler", "sample_constraint", "max_sample", "max_trials"]) -> bool: ...

class DetectionEvaluateParameter(Message):
    num_classes: int
    background_label_id: int
    overlap_threshold: float
    evaluate_difficult_gt: bool
    name_size_file: str
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(self, *, num_classes: int | None = ..., background_label_id: int | None = ..., overlap_threshold: float | None = ..., evaluate_difficult_gt: bool | None = ..., name_size_file: str | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_classes", "background_label_id", "overlap_threshold", "evaluate_difficult_gt", "name_size_file", "resize_param"]) -> bool: ...

class DetectionOutputParameter(Message):
    num_classes: int
    share_location: bool
    background_label_id: int
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    @property
    def save_output_param(self) -> SaveOutputParameter: ...
    code_type: int
    keep_top_k: int
    variance_encoded_in_target: bool
    confidence_threshold: float
    visualize: bool
    visualize_threshold: float
    save_file: str
    input_width: int
    input_height: int
    normalized: bool
    objectness_score: float
    ratio_permute: bool
    ratio0: int
    ratio1: int
    ratio2: int
    ratio3: int
    ratio4: int
    ratio5: int
    no_permute: bool
    nbottom: int
    tflite_detection: bool
    tflite_use_regular_nms: bool
    max_classes_per_detection: int
    @property
    def scale_xywh(self) -> _Values[float]: ...
    arm_conf_no_concat: bool
    arm_loc_no_concat: bool
    side: int
    num_box: int
    coords: int
    nms_threshold: float
    @property
    def biases(self) -> _Values[float]: ...
    label_map_file: str
    def __init__(self, *, num_classes: int | None = ..., share_location: bool | None = ..., background_label_id: int | None = ..., nms_param: NonMaximumSuppressionParameter | Mapping[str, Any] | None = ..., save_output_param: SaveOutputParameter | Mapping[str, Any] | None = ..., code_type: int | str | None = ..., keep_top_k: int | None = ..., variance_encoded_in_target: bool | None = ..., confidence_threshold: float | None = ..., visualize: bool | None = ..., visualize_threshold: float | None = ..., save_file: str | None = ..., input_width: int | None = ..., input_height: int | None = ..., normalized: bool | None = ..., objectness_score: float | None = ..., ratio_permute: bool | None = ..., ratio0: int | None = ..., ratio1: int | None = ..., ratio2: int | None = ..., ratio3: int | None = ..., ratio4: int | None = ..., ratio5: int | None = ..., no_permute: bool | None = ..., nbottom: int | None = ..., tflite_detection: bool | None = ..., tflite_use_regular_nms: bool | None = ..., max_classes_per_detection: int | None = ..., scale_xywh: Iterable[float] | None = ..., arm_conf_no_concat: bool | None = ..., arm_loc_no_concat: bool | None = ..., side: int | None = ..., num_box: int | None = ..., coords: int | None = ..., nms_threshold: float | None = ..., biases: Iterable[float] | None = ..., label_map_file: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_classes", "share_location", "background_label_id", "nms_param", "save_output_param", "code_type", "keep_top_k", "variance_encoded_in_target", "confidence_threshold", "visualize", "visualize_threshold", "save_file", "input_width", "input_height", "normalized", "objectness_score", "ratio_permute", "ratio0", "ratio1", "ratio2", "ratio3", "ratio4", "ratio5", "no_permute", "nbottom", "tflite_detection", "tflite_use_regular_nms", "max_classes_per_detection", "arm_conf_no_concat", "arm_loc_no_concat", "side", "num_box", "coords", "nms_threshold", "label_map_file"]) -> bool: ...

class DistortionParameter(Message):
    brightness_prob: float
    brightness_delta: float
    contrast_prob: float
    contrast_lower: float
    contrast_upper: float
    hue_prob: float
    hue_delta: float
    saturation_prob: float
    saturation_lower: float
    saturation_upper: float
    random_order_prob: float
    exposure_lower: float
    exposure_upper: float
    def __init__(self, *, brightness_prob: float | None = ..., brightness_delta: float | None = ..., contrast_prob: float | None = ..., contrast_lower: float | None = ..., contrast_upper: float | None = ..., hue_prob: float | None = ..., hue_delta: float | None = ..., saturation_prob: float | None = ..., saturation_lower: float | None = ..., saturation_upper: float | None = ..., random_order_prob: float | None = ..., exposure_lower: float | None = ..., exposure_upper: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["brightness_prob", "brightness_delta", "contrast_prob", "contrast_lower", "contrast_upper", "hue_prob", "hue_delta", "saturation_prob", "saturation_lower", "saturation_upper", "random_order_prob", "exposure_lower", "exposure_upper"]) -> bool: ...

class EmitConstraint(Message):
    EmitType: ClassVar[_Enum]
    CENTER: ClassVar[int]
    MIN_OVERLAP: ClassVar[int]
    emit_type: int
    emit_overlap: float
    def __init__(self, *, emit_type: int | str | None = ..., emit_overlap: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["emit_type", "emit_overlap"]) -> bool: ...

class ExpansionParameter(Message):
    prob: float
    max_expand_ratio: float
    def __init__(self, *, prob: float | None = ..., max_expand_ratio: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["prob", "max_expand_ratio"]) -> bool: ...

class LabelMap(Message):
    @property
    def item(self) -> _Messages[LabelMapItem]: ...
    def __init__(self, *, item: Iterable[LabelMapItem | Mapping[str, Any]] | None = ...) -> None: ...

class LabelMapItem(Message):
    name: str
    label: int
    display_name: str
    def __init__(self, *, name: str | None = ..., label: int | None = ..., display_name: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "label", "display_name"]) -> bool: ...

class MultiBoxLossParameter(Message):
    ConfLossType: ClassVar[_Enum]
    SOFTMAX: ClassVar[int]
    LOGISTIC: ClassVar[int]
    LocLossType: ClassVar[_Enum]
    L2: ClassVar[int]
    SMOOTH_L1: ClassVar[int]
    MatchType: ClassVar[_Enum]
    BIPARTITE: ClassVar[int]
    PER_PREDICTION: ClassVar[int]
    MiningType: ClassVar[_Enum]
    NONE: ClassVar[int]
    MAX_NEGATIVE: ClassVar[int]
    HARD_EXAMPLE: ClassVar[int]
    loc_loss_type: int
    conf_loss_type: int
    loc_weight: float
    num_classes: int
    share_location: bool
    match_type: int
    overlap_threshold: float
    use_prior_for_matching: bool
    background_label_id: int
    use_difficult_gt: bool
    do_neg_mining: bool
    neg_pos_ratio: float
    neg_overlap: float
    code_type: int
    encode_variance_in_target: bool
    map_object_to_agnostic: bool
    ignore_cross_boundary_bbox: bool
    bp_inside: bool
    mining_type: int
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    sample_size: int
    use_prior_for_nms: bool
    objectness_score: float
    ignore_difficult_gt: bool
    def __init__(self, *, loc_loss_type: int | str | None = ..., conf_loss_type: int | str | None = ..., loc_weight: float | None = ..., num_classes: int | None = ..., share_location: bool | None = ..., match_type: int | str | None = ..., overlap_threshold: float | None = ..., use_prior_for_matching: bool | None = ..., background_label_id: int | None = ..., use_difficult_gt: bool | None = ..., do_neg_mining: bool | None = ..., neg_pos_ratio: float | None = ..., neg_overlap: float | None = ..., code_type: int | str | None = ..., encode_variance_in_target: bool | None = ..., map_object_to_agnostic: bool | None = ..., ignore_cross_boundary_bbox: bool | None = ..., bp_inside: bool | None = ..., mining_type: int | str | None = ..., nms_param: NonMaximumSuppressionParameter | Mapping[str, Any] | None = ..., sample_size: int | None = ..., use_prior_for_nms: bool | None = ..., objectness_score: float | None = ..., ignore_difficult_gt: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["loc_loss_type", "conf_loss_type", "loc_weight", "num_classes", "share_location", "match_type", "overlap_threshold", "use_prior_for_matching", "background_label_id", "use_difficult_gt", "do_neg_mining", "neg_pos_ratio", "neg_overlap", "code_type", "encode_variance_in_target", "map_object_to_agnostic", "ignore_cross_boundary_bbox", "bp_inside", "mining_type", "nms_param", "sample_size", "use_prior_for_nms", "objectness_score", "ignore_difficult_gt"]) -> bool: ...

class NoiseParameter(Message):
    prob: float
    hist_eq: bool
    inverse: bool
    decolorize: bool
    gauss_blur: bool
    jpeg: float
    posterize: bool
    erode: bool
    saltpepper: bool
    @property
    def saltpepper_param(self) -> SaltPepperParameter: ...
    clahe: bool
    convert_to_hsv: bool
    convert_to_lab: bool
    gaussian_std: float
    uniform_range: float
    bias: float
    def __init__(self, *, prob: float | None = ..., hist_eq: bool | None = ..., inverse: bool | None = ..., decolorize: bool | None = ..., gauss_blur: bool | None = ..., jpeg: float | None = ..., posterize: bool | None = ..., erode: bool | None = ..., saltpepper: bool | None = ..., saltpepper_param: SaltPepperParameter | Mapping[str, Any] | None = ..., clahe: bool | None = ..., convert_to_hsv: bool | None = ..., convert_to_lab: bool | None = ..., gaussian_std: float | None = ..., uniform_range: float | None = ..., bias: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["prob", "hist_eq", "inverse", "decolorize", "gauss_blur", "jpeg", "posterize", "erode", "saltpepper", "saltpepper_param", "clahe", "convert_to_hsv", "convert_to_lab", "gaussian_std", "uniform_range", "bias"]) -> bool: ...

class NonMaximumSuppressionParameter(Message):
    nms_threshold: float
    top_k: int
    eta: float
    def __init__(self, *, nms_threshold: float | None = ..., top_k: int | None = ..., eta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["nms_threshold", "top_k", "eta"]) -> bool: ...

class NormalizeParameter(Message):
    across_spatial: bool
    @property
    def scale_filler(self) -> FillerParameter: ...
    channel_shared: bool
    eps: float
    add_eps_before_sqrt: bool
    normalize_type: str
    fix_gradient: bool
    bp_norm: bool
    def __init__(self, *, across_spatial: bool | None = ..., scale_filler: FillerParameter | Mapping[str, Any] | None = ..., channel_shared: bool | None = ..., eps: float | None = ..., add_eps_before_sqrt: bool | None = ..., normalize_type: str | None = ..., fix_gradient: bool | None = ..., bp_norm: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["across_spatial", "scale_filler", "channel_shared", "eps", "add_eps_before_sqrt", "normalize_type", "fix_gradient", "bp_norm"]) -> bool: ...

class NormalizedBBox(Message):
    xmin: float
    ymin: float
    xmax: float
    ymax: float
    label: int
    difficult: bool
    score: float
    size: float
    x_center: float
    y_center: float
    width: float
    height: float
    def __init__(self, *, xmin: float | None = ..., ymin: float | None = ..., xmax: float | None = ..., ymax: float | None = ..., label: int | None = ..., difficult: bool | None = ..., score: float | None = ..., size: float | None = ..., x_center: float | None = ..., y_center: float | None = ..., width: float | None = ..., height: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["xmin", "ymin", "xmax", "ymax", "label", "difficult", "score", "size", "x_center", "y_center", "width", "height"]) -> bool: ...

class PermuteParameter(Message):
    @property
    def order(self) -> _Values[int]: ...
    def __init__(self, *, order: Iterable[int] | None = ...) -> None: ...

class PriorBoxParameter(Message):
    CodeType: ClassVar[_Enum]
    CORNER: ClassVar[int]
    CENTER_SIZE: ClassVar[int]
    CORNER_SIZE: ClassVar[int]
    @property
    def min_size(self) -> _Values[float]: ...
    @property
    def max_size(self) -> _Values[float]: ...
    @property
    def aspect_ratio(self) -> _Values[float]: ...
    flip: bool
    clip: bool
    @property
    def variance(self) -> _Values[float]: ...
    img_size: int
    img_h: int
    img_w: int
    step: float
    step_h: float
    step_w: float
    offset: float
    @property
    def width(self) -> _Values[float]: ...
    @property
    def height(self) -> _Values[float]: ...
    @property
    def box_height(self) -> _Values[float]: ...
    tf: bool
    yx_order: bool
    keras: bool
    faceboxes: bool
    @property
    def box_width(self) -> _Values[float]: ...
    def __init__(self, *, min_size: Iterable[float] | None = ..., max_size: Iterable[float] | None = ..., aspect_ratio: Iterable[float] | None = ..., flip: bool | None = ..., clip: bool | None = ..., variance: Iterable[float] | None = ..., img_size: int | None = ..., img_h: int | None = ..., img_w: int | None = ..., step: float | None = ..., step_h: float | None = ..., step_w: float | None = ..., offset: float | None = ..., width: Iterable[float] | None = ..., height: Iterable[float] | None = ..., box_height: Iterable[float] | None = ..., tf: bool | None = ..., yx_order: bool | None = ..., keras: bool | None = ..., faceboxes: bool | None = ..., box_width: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["flip", "clip", "img_size", "img_h", "img_w", "step", "step_h", "step_w", "offset", "tf", "yx_order", "keras", "faceboxes"]) -> bool: ...

class ResizeParameter(Message):
    Interp_mode: ClassVar[_Enum]
    LINEAR: ClassVar[int]
    AREA: ClassVar[int]
    NEAREST: ClassVar[int]
    CUBIC: ClassVar[int]
    LANCZOS4: ClassVar[int]
    Pad_mode: ClassVar[_Enum]
    CONSTANT: ClassVar[int]
    MIRRORED: ClassVar[int]
    REPEAT_NEAREST: ClassVar[int]
    Resize_mode: ClassVar[_Enum]
    WARP: ClassVar[int]
    FIT_SMALL_SIZE: ClassVar[int]
    FIT_LARGE_SIZE_AND_PAD: ClassVar[int]
    prob: float
    resize_mode: int
    height: int
    width: int
    pad_mode: int
    @property
    def pad_value(self) -> _Values[float]: ...
    @property
    def interp_mode(self) -> _Values[int]: ...
    height_scale: int
    width_scale: int
    jitter: float
    is_pyramid_test: bool
    out_height_scale: float
    out_width_scale: float
    def __init__(self, *, prob: float | None = ..., resize_mode: int | str | None = ..., height: int | None = ..., width: int | None = ..., pad_mode: int | str | None = ..., pad_value: Iterable[float] | None = ..., interp_mode: Iterable[int | str] | None = ..., height_scale: int | None = ..., width_scale: int | None = ..., jitter: float | None = ..., is_pyramid_test: bool | None = ..., out_height_scale: float | None = ..., out_width_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["prob", "resize_mode", "height", "width", "pad_mode", "height_scale", "width_scale", "jitter", "is_pyramid_test", "out_height_scale", "out_width_scale"]) -> bool: ...

class SaltPepperParameter(Message):
    fraction: float
    @property
    def value(self) -> _Values[float]: ...
    def __init__(self, *, fraction: float | None = ..., value: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["fraction"]) -> bool: ...

class SampleConstraint(Message):
    min_jaccard_overlap: float
    max_jaccard_overlap: float
    min_sample_coverage: float
    max_sample_coverage: float
    min_object_coverage: float
    max_object_coverage: float
    def __init__(self, *, min_jaccard_overlap: float | None = ..., max_jaccard_overlap: float | None = ..., min_sample_coverage: float | None = ..., max_sample_coverage: float | None = ..., min_object_coverage: float | None = ..., max_object_coverage: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_jaccard_overlap", "max_jaccard_overlap", "min_sample_coverage", "max_sample_coverage", "min_object_coverage", "max_object_coverage"]) -> bool: ...

class Sampler(Message):
    min_scale: float
    max_scale: float
    min_aspect_ratio: float
    max_aspect_ratio: float
    def __init__(self, *, min_scale: float | None = ..., max_scale: float | None = ..., min_aspect_ratio: float | None = ..., max_aspect_ratio: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_scale", "max_scale", "min_aspect_ratio", "max_aspect_ratio"]) -> bool: ...

class SaveOutputParameter(Message):
    output_directory: str
    output_name_prefix: str
    output_format: str
    label_map_file: str
    name_size_file: str
    num_test_image: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(self, *, output_directory: str | None = ..., output_name_prefix: str | None = ..., output_format: str | None = ..., label_map_file: str | None = ..., name_size_file: str | None = ..., num_test_image: int | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["output_directory", "output_name_prefix", "output_format", "label_map_file", "name_size_file", "num_test_image", "resize_param"]) -> bool: ...

class VideoDataParameter(Message):
    Modality: ClassVar[_Enum]
    RGB: ClassVar[int]
    FLOW: ClassVar[int]
    VideoType: ClassVar[_Enum]
    WEBCAM: ClassVar[int]
    VIDEO: ClassVar[int]
    video_type: int
    device_id: int
    video_file: str
    skip_frames: int
    crop_size: int
    mirror: bool
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    new_length: int
    num_segments: int
    modality: int
    name_pattern: str
    encoded: bool
    grayscale: bool
    sampling_rate: int
    max_sampling_rate: int
    use_sampling_rate_jitter: bool
    use_multiple_label: bool
    num_of_labels: int
    source: str
    scale: float
    mean_file: str
    batch_size: int
    is_color: bool
    root_folder: str
    show_data: bool
    use_image: bool
    use_temporal_jitter: bool
    def __init__(self, *, video_type: int | str | None = ..., device_id: int | None = ..., video_file: str | None = ..., skip_frames: int | None = ..., crop_size: int | None = ..., mirror: bool | None = ..., rand_skip: int | None = ..., shuffle: bool | None = ..., new_height: int | None = ..., new_width: int | None = ..., new_length: int | None = ..., num_segments: int | None = ..., modality: int | str | None = ..., name_pattern: str | None = ..., encoded: bool | None = ..., grayscale: bool | None = ..., sampling_rate: int | None = ..., max_sampling_rate: int | None = ..., use_sampling_rate_jitter: bool | None = ..., use_multiple_label: bool | None = ..., num_of_labels: int | None = ..., source: str | None = ..., scale: float | None = ..., mean_file: str | None = ..., batch_size: int | None = ..., is_color: bool | None = ..., root_folder: str | None = ..., show_data: bool | None = ..., use_image: bool | None = ..., use_temporal_jitter: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["video_type", "device_id", "video_file", "skip_frames", "crop_size", "mirror", "rand_skip", "shuffle", "new_height", "new_width", "new_length", "num_segments", "modality", "name_pattern", "encoded", "grayscale", "sampling_rate", "max_sampling_rate", "use_sampling_rate_jitter", "use_multiple_label", "num_of_labels", "source", "scale", "mean_file", "batch_size", "is_color", "root_folder", "show_data", "use_image", "use_temporal_jitter"]) -> bool: ...

class BBoxRegParameter(Message):
    @property
    def bbox_mean(self) -> _Values[float]: ...
    @property
    def bbox_std(self) -> _Values[float]: ...
    cls_aware: bool
    def __init__(self, *, bbox_mean: Iterable[float] | None = ..., bbox_std: Iterable[float] | None = ..., cls_aware: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["cls_aware"]) -> bool: ...

class BoxAnnotatorOHEMParameter(Message):
    roi_per_img: int
    ignore_label: int
    def __init__(self, *, roi_per_img: int | None = ..., ignore_label: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["roi_per_img", "ignore_label"]) -> bool: ...

class BoxGroupOutputParameter(Message):
    fg_thr: float
    iou_thr: float
    nms_type: str
    @property
    def box_group_param(self) -> _Messages[BoxGroupParameter]: ...
    field_whr: float
    field_xyr: float
    max_nms_num: int
    max_post_nms_num: int
    min_size: float
    def __init__(self, *, fg_thr: float | None = ..., iou_thr: float | None = ..., nms_type: str | None = ..., box_group_param: Iterable[BoxGroupParameter | Mapping[str, Any]] | None = ..., field_whr: float | None = ..., field_xyr: float | None = ..., max_nms_num: int | None = ..., max_post_nms_num: int | None = ..., min_size: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["fg_thr", "iou_thr", "nms_type", "field_whr", "field_xyr", "max_nms_num", "max_post_nms_num", "min_size"]) -> bool: ...

class BoxGroupParameter(Message):
    @property
    def field_h(self) -> _Values[int]: ...
    @property
    def field_w(self) -> _Values[int]: ...
    stride: int
    def __init__(self, *, field_h: Iterable[int] | None = ..., field_w: Iterable[int] | None = ..., stride: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride"]) -> bool: ...

class DecodeBBoxParameter(Message):
    gt_iou_thr: float
    def __init__(self, *, gt_iou_thr: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["gt_iou_thr"]) -> bool: ...

class DetectionDataParameter(Message):
    source: str
    scale: float
    batch_size: int
    coord_num: int
    @property
    def stride(self) -> _Values[int]: ...
    @property
    def field_h(self) -> _Values[int]: ...
    @property
    def field_w(self) -> _Values[int]: ...
    fg_threshold: float
    ignore_fg_threshold: float
    resize_width: int
    resize_height: int
    crop_width: int
    crop_height: int
    min_scale: float
    max_scale: float
    multiscale_prob: float
    min_whaspect: float
    max_whaspect: float
    short_size: int
    long_size: int
    min_gt_width: float
    min_gt_height: float
    shuffle: str
    output_gt_boxes: bool
    cache_images: bool
    root_folder: str
    @property
    def distort_param(self) -> DistortionParameter: ...
    @property
    def resize_param(self) -> ResizeParameter: ...
    resize_ratio: float
    crop_short_size: int
    crop_long_size: int
    low_scale_ratio: float
    high_scale_ratio: float
    anchor_ignore_margin_ratio: float
    anchor_ignore_iou_thr: float
    pickup_iou_thr: float
    mix_group_size: int
    @property
    def template_ratio(self) -> _Values[float]: ...
    def __init__(self, *, source: str | None = ..., scale: float | None = ..., batch_size: int | None = ..., coord_num: int | None = ..., stride: Iterable[int] | None = ..., field_h: Iterable[int] | None = ..., field_w: Iterable[int] | None = ..., fg_threshold: float | None = ..., ignore_fg_threshold: float | None = ..., resize_width: int | None = ..., resize_height: int | None = ..., crop_width: int | None = ..., crop_height: int | None = ..., min_scale: float | None = ..., max_scale: float | None = ..., multiscale_prob: float | None = ..., min_whaspect: float | None = ..., max_whaspect: float | None = ..., short_size: int | None = ..., long_size: int | None = ..., min_gt_width: float | None = ..., min_gt_height: float | None = ..., shuffle: str | None = ..., output_gt_boxes: bool | None = ..., cache_images: bool | None = ..., root_folder: str | None = ..., distort_param: DistortionParameter | Mapping[str, Any] | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ..., resize_ratio: float | None = ..., crop_short_size: int | None = ..., crop_long_size: int | None = ..., low_scale_ratio: float | None = ..., high_scale_ratio: float | None = ..., anchor_ignore_margin_ratio: float | None = ..., anchor_ignore_iou_thr: float | None = ..., pickup_iou_thr: float | None = ..., mix_group_size: int | None = ..., template_ratio: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "scale", "batch_size", "coord_num", "fg_threshold", "ignore_fg_threshold", "resize_width", "resize_height", "crop_width", "crop_height", "min_scale", "max_scale", "multiscale_prob", "min_whaspect", "max_whaspect", "short_size", "long_size", "min_gt_width", "min_gt_height", "shuffle", "output_gt_boxes", "cache_images", "root_folder", "distort_param", "resize_param", "resize_ratio", "crop_short_size", "crop_long_size", "low_scale_ratio", "high_scale_ratio", "anchor_ignore_margin_ratio", "anchor_ignore_iou_thr", "pickup_iou_thr", "mix_group_size"]) -> bool: ...

class DetectionGroupAccuracyParameter(Message):
    cls_num: int
    @property
    def field_h(self) -> _Values[int]: ...
    @property
    def field_w(self) -> _Values[int]: ...
    stride: int
    field_whr: float
    field_xyr: float
    bg_threshold: float
    objectness: bool
    def __init__(self, *, cls_num: int | None = ..., field_h: Iterable[int] | None = ..., field_w: Iterable[int] | None = ..., stride: int | None = ..., field_whr: float | None = ..., field_xyr: float | None = ..., bg_threshold: float | None = ..., objectness: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["cls_num", "stride", "field_whr", "field_xyr", "bg_threshold", "objectness"]) -> bool: ...

class DetectionGroupLossParameter(Message):
    cls_num: int
    @property
    def field_h(self) -> _Values[int]: ...
    @property
    def field_w(self) -> _Values[int]: ...
    stride: int
    field_whr: float
    field_xyr: float
    bg_threshold: float
    bg_multiple: int
    neg_mining_type: str
    neg_ranking_type: str
    min_num_neg: int
    objectness: bool
    batch_size: int
    pos_neg_weighted: bool
    bbox_loss_type: str
    def __init__(self, *, cls_num: int | None = ..., field_h: Iterable[int] | None = ..., field_w: Iterable[int] | None = ..., stride: int | None = ..., field_whr: float | None = ..., field_xyr: float | None = ..., bg_threshold: float | None = ..., bg_multiple: int | None = ..., neg_mining_type: str | None = ..., neg_ranking_type: str | None = ..., min_num_neg: int | None = ..., objectness: bool | None = ..., batch_size: int | None = ..., pos_neg_weighted: bool | None = ..., bbox_loss_type: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["cls_num", "stride", "field_whr", "field_xyr", "bg_threshold", "bg_multiple", "neg_mining_type", "neg_ranking_type", "min_num_neg", "objectness", "batch_size", "pos_neg_weighted", "bbox_loss_type"]) -> bool: ...

class EvalDataParameter(Message):
    source: str
    scale: float
    batch_size: int
    resize_width: int
    resize_height: int
    short_size: int
    long_size: int
    root_folder: str
    def __init__(self, *, source: str | None = ..., scale: float | None = ..., batch_size: int | None = ..., resize_width: int | None = ..., resize_height: int | None = ..., short_size: int | None = ..., long_size: int | None = ..., root_folder: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "scale", "batch_size", "resize_width", "resize_height", "short_size", "long_size", "root_folder"]) -> bool: ...

class FrcnnOutputParameter(Message):
    conf_thr: float
    iou_thr: float
    nms_type: str
    max_det_num: int
    @property
    def save_output_param(self) -> SaveOutputParameter: ...
    def __init__(self, *, conf_thr: float | None = ..., iou_thr: float | None = ..., nms_type: str | None = ..., max_det_num: int | None = ..., save_output_param: SaveOutputParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["conf_thr", "iou_thr", "nms_type", "max_det_num", "save_output_param"]) -> bool: ...

class HardMiningParameter(Message):
    num_roi_per_image: int
    num_image: int
    def __init__(self, *, num_roi_per_image: int | None = ..., num_image: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_roi_per_image", "num_image"]) -> bool: ...

class MILDataParameter(Message):
    source: str
    num_scales: int
    images_per_batch: int
    channels: int
    n_classes: int
    scale_factor: float
    label_file: str
    root_dir: str
    ext: str
    randomize: bool
    def __init__(self, *, source: str | None = ..., num_scales: int | None = ..., images_per_batch: int | None = ..., channels: int | None = ..., n_classes: int | None = ..., scale_factor: float | None = ..., label_file: str | None = ..., root_dir: str | None = ..., ext: str | None = ..., randomize: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "num_scales", "images_per_batch", "channels", "n_classes", "scale_factor", "label_file", "root_dir", "ext", "randomize"]) -> bool: ...

class MILParameter(Message):
    MILType: ClassVar[_Enum]
    MAX: ClassVar[int]
    NOR: ClassVar[int]
    type: int
    def __init__(self, *, type: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["type"]) -> bool: ...

class MaskResizeParameter(Message):
    output_height: int
    output_width: int
    factor_height: float
    factor_width: float
    def __init__(self, *, output_height: int | None = ..., output_width: int | None = ..., factor_height: float | None = ..., factor_width: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["output_height", "output_width", "factor_height", "factor_width"]) -> bool: ...

class PSROIPoolingParameter(Message):
    spatial_scale: float
    output_dim: int
    group_size: int
    def __init__(self, *, spatial_scale: float | None = ..., output_dim: int | None = ..., group_size: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["spatial_scale", "output_dim", "group_size"]) -> bool: ...

class ProposalParameter(Message):
    feat_stride: int
    base_size: int
    min_size: int
    @property
    def ratio(self) -> _Values[float]: ...
    @property
    def scale(self) -> _Values[float]: ...
    pre_nms_topn: int
    post_nms_topn: int
    nms_thresh: float
    anchor_base_size: int
    anchor_scale: int
    anchor_ratio: int
    max_rois: int
    rpn_min_size: float
    rpn_nms_thresh: float
    def __init__(self, *, feat_stride: int | None = ..., base_size: int | None = ..., min_size: int | None = ..., ratio: Iterable[float] | None = ..., scale: Iterable[float] | None = ..., pre_nms_topn: int | None = ..., post_nms_topn: int | None = ..., nms_thresh: float | None = ..., anchor_base_size: int | None = ..., anchor_scale: int | None = ..., anchor_ratio: int | None = ..., max_rois: int | None = ..., rpn_min_size: float | None = ..., rpn_nms_thresh: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["feat_stride", "base_size", "min_size", "pre_nms_topn", "post_nms_topn", "nms_thresh", "anchor_base_size", "anchor_scale", "anchor_ratio", "max_rois", "rpn_min_size", "rpn_nms_thresh"]) -> bool: ...

class ProposalTargetParameter(Message):
    cls_num: int
    batch_size: int
    fg_fraction: float
    num_img_per_batch: int
    fg_thr: float
    bg_thr_hg: float
    bg_thr_lw: float
    img_width: int
    img_height: int
    iou_weighted: bool
    bbox_thr_lw: float
    bbox_thr_hg: float
    pickup_discard: bool
    append_gtbox: bool
    def __init__(self, *, cls_num: int | None = ..., batch_size: int | None = ..., fg_fraction: float | None = ..., num_img_per_batch: int | None = ..., fg_thr: float | None = ..., bg_thr_hg: float | None = ..., bg_thr_lw: float | None = ..., img_width: int | None = ..., img_height: int | None = ..., iou_weighted: bool | None = ..., bbox_thr_lw: float | None = ..., bbox_thr_hg: float | None = ..., pickup_discard: bool | None = ..., append_gtbox: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["cls_num", "batch_size", "fg_fraction", "num_img_per_batch", "fg_thr", "bg_thr_hg", "bg_thr_lw", "img_width", "img_height", "iou_weighted", "bbox_thr_lw", "bbox_thr_hg", "pickup_discard", "append_gtbox"]) -> bool: ...

class ROIPoolingParameter(Message):
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    pad_ratio: float
    @property
    def pooled_size(self) -> _Values[int]: ...
    def __init__(self, *, pooled_h: int | None = ..., pooled_w: int | None = ..., spatial_scale: float | None = ..., pad_ratio: float | None = ..., pooled_size: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pooled_h", "pooled_w", "spatial_scale", "pad_ratio"]) -> bool: ...

class ROIWarpingParameter(Message):
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(self, *, pooled_h: int | None = ..., pooled_w: int | None = ..., spatial_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pooled_h", "pooled_w", "spatial_scale"]) -> bool: ...

class ROIWarpingTestParameter(Message):
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(self, *, pooled_h: int | None = ..., pooled_w: int | None = ..., spatial_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pooled_h", "pooled_w", "spatial_scale"]) -> bool: ...

class ScaleRouteParameter(Message):
    low_scale: float
    high_scale: float
    def __init__(self, *, low_scale: float | None = ..., high_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["low_scale", "high_scale"]) -> bool: ...

class SmoothL1LossParameter(Message):
    sigma: float
    abssum: bool
    def __init__(self, *, sigma: float | None = ..., abssum: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["sigma", "abssum"]) -> bool: ...

class DetectionLossParameter(Message):
    side: int
    num_class: int
    num_object: int
    object_scale: float
    noobject_scale: float
    class_scale: float
    coord_scale: float
    sqrt: bool
    constriant: bool
    def __init__(self, *, side: int | None = ..., num_class: int | None = ..., num_object: int | None = ..., object_scale: float | None = ..., noobject_scale: float | None = ..., class_scale: float | None = ..., coord_scale: float | None = ..., sqrt: bool | None = ..., constriant: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_class", "num_object", "object_scale", "noobject_scale", "class_scale", "coord_scale", "sqrt", "constriant"]) -> bool: ...

class EvalDetectionParameter(Message):
    ScoreType: ClassVar[_Enum]
    OBJ: ClassVar[int]
    PROB: ClassVar[int]
    MULTIPLY: ClassVar[int]
    side: int
    num_class: int
    num_object: int
    threshold: float
    sqrt: bool
    constriant: bool
    score_type: int
    nms: float
    @property
    def biases(self) -> _Values[float]: ...
    def __init__(self, *, side: int | None = ..., num_class: int | None = ..., num_object: int | None = ..., threshold: float | None = ..., sqrt: bool | None = ..., constriant: bool | None = ..., score_type: int | str | None = ..., nms: float | None = ..., biases: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_class", "num_object", "threshold", "sqrt", "constriant", "score_type", "nms"]) -> bool: ...

class LaneInfo(Message):
    x: float
    y: float
    id: int
    def __init__(self, *, x: float | None = ..., y: float | None = ..., id: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["x", "y", "id"]) -> bool: ...

class QuantizationParameter(Message):
    Precision: ClassVar[_Enum]
    DYNAMIC_FIXED_POINT: ClassVar[int]
    MINIFLOAT: ClassVar[int]
    INTEGER_POWER_OF_2_WEIGHTS: ClassVar[int]
    Rounding: ClassVar[_Enum]
    NEAREST: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    precision: int
    rounding_scheme: int
    bw_layer_in: int
    bw_layer_out: int
    bw_params: int
    @property
    def fl_layer_in(self) -> _Values[int]: ...
    @property
    def fl_layer_out(self) -> _Values[int]: ...
    @property
    def fl_params(self) -> _Values[int]: ...
    mant_bits: int
    exp_bits: int
    exp_min: int
    exp_max: int
    @property
    def scale_in(self) -> _Values[float]: ...
    @property
    def scale_out(self) -> _Values[float]: ...
    @property
    def scale_params(self) -> _Values[float]: ...
    is_negative_input: bool
    force_u8_input: bool
    def __init__(self, *, precision: int | str | None = ..., rounding_scheme: int | str | None = ..., bw_layer_in: int | None = ..., bw_layer_out: int | None = ..., bw_params: int | None = ..., fl_layer_in: Iterable[int] | None = ..., fl_layer_out: Iterable[int] | None = ..., fl_params: Iterable[int] | None = ..., mant_bits: int | None = ..., exp_bits: int | None = ..., exp_min: int | None = ..., exp_max: int | None = ..., scale_in: Iterable[float] | None = ..., scale_out: Iterable[float] | None = ..., scale_params: Iterable[float] | None = ..., is_negative_input: bool | None = ..., force_u8_input: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["precision", "rounding_scheme", "bw_layer_in", "bw_layer_out", "bw_params", "mant_bits", "exp_bits", "exp_min", "exp_max", "is_negative_input", "force_u8_input"]) -> bool: ...

class RegionLossParameter(Message):
    side: int
    num_class: int
    bias_match: int
    coords: int
    num: int
    softmax: int
    jitter: float
    rescore: int
    object_scale: float
    class_scale: float
    noobject_scale: float
    coord_scale: float
    absolute: int
    thresh: float
    random: int
    @property
    def biases(self) -> _Values[float]: ...
    softmax_tree: str
    class_map: str
    def __init__(self, *, side: int | None = ..., num_class: int | None = ..., bias_match: int | None = ..., coords: int | None = ..., num: int | None = ..., softmax: int | None = ..., jitter: float | None = ..., rescore: int | None = ..., object_scale: float | None = ..., class_scale: float | None = ..., noobject_scale: float | None = ..., coord_scale: float | None = ..., absolute: int | None = ..., thresh: float | None = ..., random: int | None = ..., biases: Iterable[float] | None = ..., softmax_tree: str | None = ..., class_map: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_class", "bias_match", "coords", "num", "softmax", "jitter", "rescore", "object_scale", "class_scale", "noobject_scale", "coord_scale", "absolute", "thresh", "random", "softmax_tree", "class_map"]) -> bool: ...

class ReorgParameter(Message):
    stride: int
    reverse: bool
    def __init__(self, *, stride: int | None = ..., reverse: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride", "reverse"]) -> bool: ...

class SegmentationEvaluateParameter(Message):
    num_classes: int
    threshold: float
    def __init__(self, *, num_classes: int | None = ..., threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_classes", "threshold"]) -> bool: ...

class UpsampleParameter(Message):
    scale: int
    scale_h: int
    scale_w: int
    pad_out_h: bool
    pad_out_w: bool
    upsample_h: int
    upsample_w: int
    def __init__(self, *, scale: int | None = ..., scale_h: int | None = ..., scale_w: int | None = ..., pad_out_h: bool | None = ..., pad_out_w: bool | None = ..., upsample_h: int | None = ..., upsample_w: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["scale", "scale_h", "scale_w", "pad_out_h", "pad_out_w", "upsample_h", "upsample_w"]) -> bool: ...

class YoloDetectionOutputParameter(Message):
    side: int
    num_classes: int
    num_box: int
    coords: int
    confidence_threshold: float
    nms_threshold: float
    @property
    def biases(self) -> _Values[float]: ...
    label_map_file: str
    def __init__(self, *, side: int | None = ..., num_classes: int | None = ..., num_box: int | None = ..., coords: int | None = ..., confidence_threshold: float | None = ..., nms_threshold: float | None = ..., biases: Iterable[float] | None = ..., label_map_file: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_classes", "num_box", "coords", "confidence_threshold", "nms_threshold", "label_map_file"]) -> bool: ...

class YoloSegItem(Message):
    name: str
    label_id: int
    label: int
    r: int
    g: int
    b: int
    def __init__(self, *, name: str | None = ..., label_id: int | None = ..., label: int | None = ..., r: int | None = ..., g: int | None = ..., b: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["name", "label_id", "label", "r", "g", "b"]) -> bool: ...

class YoloSegLabel(Message):
    @property
    def item(self) -> _Messages[YoloSegItem]: ...
    def __init__(self, *, item: Iterable[YoloSegItem | Mapping[str, Any]] | None = ...) -> None: ...

class YoloSegParameter(Message):
    num_class: int
    object_scale: float
    class_scale: float
    use_logic_gradient: bool
    use_hardsigmoid: bool
    def __init__(self, *, num_class: int | None = ..., object_scale: float | None = ..., class_scale: float | None = ..., use_logic_gradient: bool | None = ..., use_hardsigmoid: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_class", "object_scale", "class_scale", "use_logic_gradient", "use_hardsigmoid"]) -> bool: ...

class Yolov3DetectionOutputParameter(Message):
    num_classes: int
    num_box: int
    confidence_threshold: float
    nms_threshold: float
    @property
    def biases(self) -> _Values[float]: ...
    @property
    def anchors_scale(self) -> _Values[int]: ...
    mask_group_num: int
    @property
    def mask(self) -> _Values[int]: ...
    gaussian_box: bool
    def __init__(self, *, num_classes: int | None = ..., num_box: int | None = ..., confidence_threshold: float | None = ..., nms_threshold: float | None = ..., biases: Iterable[float] | None = ..., anchors_scale: Iterable[int] | None = ..., mask_group_num: int | None = ..., mask: Iterable[int] | None = ..., gaussian_box: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_classes", "num_box", "confidence_threshold", "nms_threshold", "mask_group_num", "gaussian_box"]) -> bool: ...

class Yolov3Parameter(Message):
    IOU_LOSS: ClassVar[_Enum]
    IOU: ClassVar[int]
    GIOU: ClassVar[int]
    MSE: ClassVar[int]
    DIOU: ClassVar[int]
    CIOU: ClassVar[int]
    side: int
    num_class: int
    num: int
    object_scale: float
    class_scale: float
    noobject_scale: float
    coord_scale: float
    thresh: float
    anchors_scale: int
    @property
    def biases(self) -> _Values[float]: ...
    @property
    def mask(self) -> _Values[int]: ...
    use_logic_gradient: bool
    use_focal_loss: bool
    iou_loss: int
    iou_normalizer: float
    iou_thresh: float
    max_delta: float
    accumulate: bool
    label_smooth_eps: float
    def __init__(self, *, side: int | None = ..., num_class: int | None = ..., num: int | None = ..., object_scale: float | None = ..., class_scale: float | None = ..., noobject_scale: float | None = ..., coord_scale: float | None = ..., thresh: float | None = ..., anchors_scale: int | None = ..., biases: Iterable[float] | None = ..., mask: Iterable[int] | None = ..., use_logic_gradient: bool | None = ..., use_focal_loss: bool | None = ..., iou_loss: int | str | None = ..., iou_normalizer: float | None = ..., iou_thresh: float | None = ..., max_delta: float | None = ..., accumulate: bool | None = ..., label_smooth_eps: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_class", "num", "object_scale", "class_scale", "noobject_scale", "coord_scale", "thresh", "anchors_scale", "use_logic_gradient", "use_focal_loss", "iou_loss", "iou_normalizer", "iou_thresh", "max_delta", "accumulate", "label_smooth_eps"]) -> bool: ...

class AdaptiveBiasChannelParameter(Message):
    num_iter: int
    bg_portion: float
    fg_portion: float
    suppress_others: bool
    margin_others: float
    def __init__(self, *, num_iter: int | None = ..., bg_portion: float | None = ..., fg_portion: float | None = ..., suppress_others: bool | None = ..., margin_others: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_iter", "bg_portion", "fg_portion", "suppress_others", "margin_others"]) -> bool: ...

class BNParameter(Message):
    BNMode: ClassVar[_Enum]
    LEARN: ClassVar[int]
    INFERENCE: ClassVar[int]
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    @property
    def slope_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    momentum: float
    eps: float
    frozen: bool
    engine: int
    icnet: bool
    @property
    def scale_filler(self) -> FillerParameter: ...
    @property
    def shift_filler(self) -> FillerParameter: ...
    bn_mode: int
    var_eps: float
    moving_average: bool
    decay: float
    axis: float
    def __init__(self, *, slope_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., momentum: float | None = ..., eps: float | None = ..., frozen: bool | None = ..., engine: int | str | None = ..., icnet: bool | None = ..., scale_filler: FillerParameter | Mapping[str, Any] | None = ..., shift_filler: FillerParameter | Mapping[str, Any] | None = ..., bn_mode: int | str | None = ..., var_eps: float | None = ..., moving_average: bool | None = ..., decay: float | None = ..., axis: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["slope_filler", "bias_filler", "momentum", "eps", "frozen", "engine", "icnet", "scale_filler", "shift_filler", "bn_mode", "var_eps", "moving_average", "decay", "axis"]) -> bool: ...

class BiasChannelParameter(Message):
    LabelType: ClassVar[_Enum]
    IMAGE: ClassVar[int]
    PIXEL: ClassVar[int]
    bg_bias: float
    fg_bias: float
    @property
    def ignore_label(self) -> _Values[int]: ...
    label_type: int
    background_label: int
    def __init__(self, *, bg_bias: float | None = ..., fg_bias: float | None = ..., ignore_label: Iterable[int] | None = ..., label_type: int | str | None = ..., background_label: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["bg_bias", "fg_bias", "label_type", "background_label"]) -> bool: ...

class BinaryAccuracyParameter(Message):
    AccuracyMode: ClassVar[_Enum]
    Accuracy: ClassVar[int]
    Precision: ClassVar[int]
    Recall: ClassVar[int]
    F_measure: ClassVar[int]
    accuracy_mode: int
    def __init__(self, *, accuracy_mode: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["accuracy_mode"]) -> bool: ...

class DenseCRFParameter(Message):
    max_iter: int
    @property
    def pos_xy_std(self) -> _Values[float]: ...
    @property
    def pos_w(self) -> _Values[float]: ...
    @property
    def bi_xy_std(self) -> _Values[float]: ...
    @property
    def bi_rgb_std(self) -> _Values[float]: ...
    @property
    def bi_w(self) -> _Values[float]: ...
    output_probability: bool
    def __init__(self, *, max_iter: int | None = ..., pos_xy_std: Iterable[float] | None = ..., pos_w: Iterable[float] | None = ..., bi_xy_std: Iterable[float] | None = ..., bi_rgb_std: Iterable[float] | None = ..., bi_w: Iterable[float] | None = ..., output_probability: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["max_iter", "output_probability"]) -> bool: ...

class DenseImageDataParameter(Message):
    source: str
    batch_size: int
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    is_color: bool
    mean_file: str
    root_folder: str
    mirror: bool
    crop_width: int
    crop_height: int
    label_divide_factor: int
    def __init__(self, *, source: str | None = ..., batch_size: int | None = ..., rand_skip: int | None = ..., shuffle: bool | None = ..., new_height: int | None = ..., new_width: int | None = ..., is_color: bool | None = ..., mean_file: str | None = ..., root_folder: str | None = ..., mirror: bool | None = ..., crop_width: int | None = ..., crop_height: int | None = ..., label_divide_factor: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "batch_size", "rand_skip", "shuffle", "new_height", "new_width", "is_color", "mean_file", "root_folder", "mirror", "crop_width", "crop_height", "label_divide_factor"]) -> bool: ...

class DomainTransformParameter(Message):
    num_iter: int
    spatial_sigma: float
    range_sigma: float
    min_weight: float
    def __init__(self, *, num_iter: int | None = ..., spatial_sigma: float | None = ..., range_sigma: float | None = ..., min_weight: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_iter", "spatial_sigma", "range_sigma", "min_weight"]) -> bool: ...

class EltwiseAccuracyParameter(Message):
    top_k: int
    ignore_label: int
    def __init__(self, *, top_k: int | None = ..., ignore_label: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "ignore_label"]) -> bool: ...

class InterpParameter(Message):
    height: int
    width: int
    zoom_factor: int
    shrink_factor: int
    pad_beg: int
    pad_end: int
    full_zoom_factor: int
    def __init__(self, *, height: int | None = ..., width: int | None = ..., zoom_factor: int | None = ..., shrink_factor: int | None = ..., pad_beg: int | None = ..., pad_end: int | None = ..., full_zoom_factor: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["height", "width", "zoom_factor", "shrink_factor", "pad_beg", "pad_end", "full_zoom_factor"]) -> bool: ...

class MatReadParameter(Message):
    prefix: str
    source: str
    strip: int
    batch_size: int
    def __init__(self, *, prefix: str | None = ..., source: str | None = ..., strip: int | None = ..., batch_size: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["prefix", "source", "strip", "batch_size"]) -> bool: ...

class MatWriteParameter(Message):
    prefix: str
    source: str
    strip: int
    period: int
    def __init__(self, *, prefix: str | None = ..., source: str | None = ..., strip: int | None = ..., period: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["prefix", "source", "strip", "period"]) -> bool: ...

class PaddingParameter(Message):
    pad_beg: int
    pad_end: int
    def __init__(self, *, pad_beg: int | None = ..., pad_end: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pad_beg", "pad_end"]) -> bool: ...

class SoftmaxLossParameter(Message):
    @property
    def ignore_label(self) -> _Values[int]: ...
    weight_source: str
    def __init__(self, *, ignore_label: Iterable[int] | None = ..., weight_source: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["weight_source"]) -> bool: ...

class MultiStageMeanfieldParameter(Message):
    Mode: ClassVar[_Enum]
    POTTS: ClassVar[int]
    compatibility_mode: int
    threshold: float
    theta_alpha: float
    theta_beta: float
    theta_gamma: float
    num_iterations: int
    spatial_filter_weight: float
    bilateral_filter_weight: float
    forced_spatial_filter_weight: float
    forced_bilateral_filter_weight: float
    def __init__(self, *, compatibility_mode: int | str | None = ..., threshold: float | None = ..., theta_alpha: float | None = ..., theta_beta: float | None = ..., theta_gamma: float | None = ..., num_iterations: int | None = ..., spatial_filter_weight: float | None = ..., bilateral_filter_weight: float | None = ..., forced_spatial_filter_weight: float | None = ..., forced_bilateral_filter_weight: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["compatibility_mode", "threshold", "theta_alpha", "theta_beta", "theta_gamma", "num_iterations", "spatial_filter_weight", "bilateral_filter_weight", "forced_spatial_filter_weight", "forced_bilateral_filter_weight"]) -> bool: ...

class RedAccuracyParameter(Message):
    top_k: int
    ignore_label: int
    class_num: int
    def __init__(self, *, top_k: int | None = ..., ignore_label: int | None = ..., class_num: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "ignore_label", "class_num"]) -> bool: ...

class RedSoftmaxWithLossParameter(Message):
    class_num: int
    def __init__(self, *, class_num: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["class_num"]) -> bool: ...

class SegAccuracyParameter(Message):
    AccuracyMetric: ClassVar[_Enum]
    PixelAccuracy: ClassVar[int]
    ClassAccuracy: ClassVar[int]
    PixelIOU: ClassVar[int]
    metric: int
    @property
    def ignore_label(self) -> _Values[int]: ...
    reset: bool
    def __init__(self, *, metric: int | str | None = ..., ignore_label: Iterable[int] | None = ..., reset: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["metric", "reset"]) -> bool: ...

class SelectSegBinaryParameter(Message):
    cls_label_base: int
    def __init__(self, *, cls_label_base: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["cls_label_base"]) -> bool: ...

class UniqueLabelParameter(Message):
    max_labels: int
    @property
    def ignore_label(self) -> _Values[int]: ...
    @property
    def force_label(self) -> _Values[float]: ...
    def __init__(self, *, max_labels: int | None = ..., ignore_label: Iterable[int] | None = ..., force_label: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["max_labels"]) -> bool: ...

class UnpoolingParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    UnpoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    TILE: ClassVar[int]
    unpool: int
    kernel_size: int
    stride: int
    pad: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_h: int
    pad_w: int
    engine: int
    unpool_size: int
    unpool_h: int
    unpool_w: int
    def __init__(self, *, unpool: int | str | None = ..., kernel_size: int | None = ..., stride: int | None = ..., pad: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., pad_h: int | None = ..., pad_w: int | None = ..., engine: int | str | None = ..., unpool_size: int | None = ..., unpool_h: int | None = ..., unpool_w: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["unpool", "kernel_size", "stride", "pad", "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_h", "pad_w", "engine", "unpool_size", "unpool_h", "unpool_w"]) -> bool: ...

class WindowClsDataParameter(Message):
    label_dim: int
    def __init__(self, *, label_dim: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["label_dim"]) -> bool: ...

class BatchContrastiveParameter(Message):
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    max_only: bool
    def __init__(self, *, positive_margin: float | None = ..., negative_margin: float | None = ..., positive_weight: float | None = ..., negative_weight: float | None = ..., max_only: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["positive_margin", "negative_margin", "positive_weight", "negative_weight", "max_only"]) -> bool: ...

class CenterLossParameter(Message):
    num_output: int
    @property
    def center_filler(self) -> FillerParameter: ...
    axis: int
    distance_type: str
    def __init__(self, *, num_output: int | None = ..., center_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., distance_type: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "center_filler", "axis", "distance_type"]) -> bool: ...

class ChannelScaleParameter(Message):
    do_forward: bool
    do_backward_feature: bool
    do_backward_scale: bool
    global_scale: bool
    max_global_scale: float
    min_global_scale: float
    init_global_scale: float
    def __init__(self, *, do_forward: bool | None = ..., do_backward_feature: bool | None = ..., do_backward_scale: bool | None = ..., global_scale: bool | None = ..., max_global_scale: float | None = ..., min_global_scale: float | None = ..., init_global_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["do_forward", "do_backward_feature", "do_backward_scale", "global_scale", "max_global_scale", "min_global_scale", "init_global_scale"]) -> bool: ...

class ConfidencePenaltyLossParameter(Message):
    beta: float
    def __init__(self, *, beta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["beta"]) -> bool: ...

class EltwiseAffineParameter(Message):
    @property
    def slope_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    channel_shared: bool
    def __init__(self, *, slope_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., channel_shared: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["slope_filler", "bias_filler", "channel_shared"]) -> bool: ...

class FCNDataParameter(Message):
    template_h: int
    template_w: int
    expand_left: float
    expand_right: float
    expand_top: float
    expand_bottom: float
    roi_multiply_h: float
    roi_multiply_w: float
    scale_step: float
    scale_step_num: int
    gaussian_size_h: int
    gaussian_size_w: int
    gaussian_std_h: float
    gaussian_std_w: float
    use_hog: bool
    hog_cell_size: int
    min_iou: float
    def __init__(self, *, template_h: int | None = ..., template_w: int | None = ..., expand_left: float | None = ..., expand_right: float | None = ..., expand_top: float | None = ..., expand_bottom: float | None = ..., roi_multiply_h: float | None = ..., roi_multiply_w: float | None = ..., scale_step: float | None = ..., scale_step_num: int | None = ..., gaussian_size_h: int | None = ..., gaussian_size_w: int | None = ..., gaussian_std_h: float | None = ..., gaussian_std_w: float | None = ..., use_hog: bool | None = ..., hog_cell_size: int | None = ..., min_iou: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["template_h", "template_w", "expand_left", "expand_right", "expand_top", "expand_bottom", "roi_multiply_h", "roi_multiply_w", "scale_step", "scale_step_num", "gaussian_size_h", "gaussian_size_w", "gaussian_std_h", "gaussian_std_w", "use_hog", "hog_cell_size", "min_iou"]) -> bool: ...

class FeatureDecayLossParameter(Message):
    decay_threshold: float
    force_decay: bool
    def __init__(self, *, decay_threshold: float | None = ..., force_decay: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["decay_threshold", "force_decay"]) -> bool: ...

class FlipParameter(Message):
    flip_width: bool
    flip_height: bool
    def __init__(self, *, flip_width: bool | None = ..., flip_height: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["flip_width", "flip_height"]) -> bool: ...

class FocalLossParameter(Message):
    Type: ClassVar[_Enum]
    ORIGIN: ClassVar[int]
    LINEAR: ClassVar[int]
    ONEADDP: ClassVar[int]
    type: int
    gamma: float
    alpha: float
    beta: float
    def __init__(self, *, type: int | str | None = ..., gamma: float | None = ..., alpha: float | None = ..., beta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["type", "gamma", "alpha", "beta"]) -> bool: ...

class GeneralContrastiveParameter(Message):
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    normalize_negative: float
    positive_outlier_thresh: float
    square: bool
    max_negative_only: bool
    max_positive_only: bool
    positive_first: bool
    positive_upper_bound: float
    exp_negative_weight: bool
    add_intra_mae: bool
    max_negative_margin: float
    def __init__(self, *, positive_margin: float | None = ..., negative_margin: float | None = ..., positive_weight: float | None = ..., negative_weight: float | None = ..., normalize_negative: float | None = ..., positive_outlier_thresh: float | None = ..., square: bool | None = ..., max_negative_only: bool | None = ..., max_positive_only: bool | None = ..., positive_first: bool | None = ..., positive_upper_bound: float | None = ..., exp_negative_weight: bool | None = ..., add_intra_mae: bool | None = ..., max_negative_margin: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["positive_margin", "negative_margin", "positive_weight", "negative_weight", "normalize_negative", "positive_outlier_thresh", "square", "max_negative_only", "max_positive_only", "positive_first", "positive_upper_bound", "exp_negative_weight", "add_intra_mae", "max_negative_margin"]) -> bool: ...

class GeneralTripletParameter(Message):
    margin: float
    add_center_loss: bool
    hardest_only: bool
    positive_first: bool
    positive_upper_bound: float
    positive_weight: float
    negative_weight: float
    def __init__(self, *, margin: float | None = ..., add_center_loss: bool | None = ..., hardest_only: bool | None = ..., positive_first: bool | None = ..., positive_upper_bound: float | None = ..., positive_weight: float | None = ..., negative_weight: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["margin", "add_center_loss", "hardest_only", "positive_first", "positive_upper_bound", "positive_weight", "negative_weight"]) -> bool: ...

class HotspotParameter(Message):
    gaussian_std: float
    output_height: int
    output_width: int
    data_height: int
    data_width: int
    mean_removed: bool
    def __init__(self, *, gaussian_std: float | None = ..., output_height: int | None = ..., output_width: int | None = ..., data_height: int | None = ..., data_width: int | None = ..., mean_removed: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["gaussian_std", "output_height", "output_width", "data_height", "data_width", "mean_removed"]) -> bool: ...

class InfimumLossParamter(Message):
    infimum: float
    def __init__(self, *, infimum: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["infimum"]) -> bool: ...

class InnerDistanceParameter(Message):
    num_output: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    axis: int
    transpose: bool
    distance_type: str
    normalize: bool
    update_center_only: bool
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., transpose: bool | None = ..., distance_type: str | None = ..., normalize: bool | None = ..., update_center_only: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "weight_filler", "bias_filler", "axis", "transpose", "distance_type", "normalize", "update_center_only"]) -> bool: ...

class InsanityParameter(Message):
    lb: float
    ub: float
    def __init__(self, *, lb: float | None = ..., ub: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["lb", "ub"]) -> bool: ...

class LabelSpecificAddParameter(Message):
    bias: float
    transform_test: bool
    bias_base: float
    bias_gamma: float
    bias_power: float
    bias_min: float
    bias_max: float
    iteration: int
    def __init__(self, *, bias: float | None = ..., transform_test: bool | None = ..., bias_base: float | None = ..., bias_gamma: float | None = ..., bias_power: float | None = ..., bias_min: float | None = ..., bias_max: float | None = ..., iteration: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["bias", "transform_test", "bias_base", "bias_gamma", "bias_power", "bias_min", "bias_max", "iteration"]) -> bool: ...

class LabelSpecificAffineParameter(Message):
    scale_base: float
    scale_gamma: float
    scale_power: float
    scale_max: float
    transform_test: bool
    iteration: int
    bias_base: float
    bias_gamma: float
    bias_power: float
    bias_max: float
    power_base: float
    power_gamma: float
    power_power: float
    power_min: float
    auto_tune: bool
    reset: bool
    def __init__(self, *, scale_base: float | None = ..., scale_gamma: float | None = ..., scale_power: float | None = ..., scale_max: float | None = ..., transform_test: bool | None = ..., iteration: int | None = ..., bias_base: float | None = ..., bias_gamma: float | None = ..., bias_power: float | None = ..., bias_max: float | None = ..., power_base: float | None = ..., power_gamma: float | None = ..., power_power: float | None = ..., power_min: float | None = ..., auto_tune: bool | None = ..., reset: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["scale_base", "scale_gamma", "scale_power", "scale_max", "transform_test", "iteration", "bias_base", "bias_gamma", "bias_power", "bias_max", "power_base", "power_gamma", "power_power", "power_min", "auto_tune", "reset"]) -> bool: ...

class LabelSpecificHardMarginParameter(Message):
    positive_weight: float
    def __init__(self, *, positive_weight: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["positive_weight"]) -> bool: ...

class LabelSpecificMarginParameter(Message):
    MarginType: ClassVar[_Enum]
    HARD: ClassVar[int]
    SOFT: ClassVar[int]
    margin_base: float
    margin_max: float
    power: float
    gamma: float
    iteration: int
    reset_margin: bool
    margin_on_test: bool
    auto_tune: bool
    type: int
    def __init__(self, *, margin_base: float | None = ..., margin_max: float | None = ..., power: float | None = ..., gamma: float | None = ..., iteration: int | None = ..., reset_margin: bool | None = ..., margin_on_test: bool | None = ..., auto_tune: bool | None = ..., type: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["margin_base", "margin_max", "power", "gamma", "iteration", "reset_margin", "margin_on_test", "auto_tune", "type"]) -> bool: ...

class LabelSpecificRescaleParameter(Message):
    positive_weight: float
    negative_weight: float
    positive_lower_bound: float
    negative_upper_bound: float
    rescale_test: bool
    for_ip: bool
    positive_weight_base: float
    gamma: float
    power: float
    positive_weight_min: float
    positive_weight_max: float
    iteration: int
    bias_fix: bool
    power_on_positive: bool
    def __init__(self, *, positive_weight: float | None = ..., negative_weight: float | None = ..., positive_lower_bound: float | None = ..., negative_upper_bound: float | None = ..., rescale_test: bool | None = ..., for_ip: bool | None = ..., positive_weight_base: float | None = ..., gamma: float | None = ..., power: float | None = ..., positive_weight_min: float | None = ..., positive_weight_max: float | None = ..., iteration: int | None = ..., bias_fix: bool | None = ..., power_on_positive: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["positive_weight", "negative_weight", "positive_lower_bound", "negative_upper_bound", "rescale_test", "for_ip", "positive_weight_base", "gamma", "power", "positive_weight_min", "positive_weight_max", "iteration", "bias_fix", "power_on_positive"]) -> bool: ...

class LabelSpecificStatisticsParameter(Message):
    scale_for_angle: bool
    scale_factor: float
    def __init__(self, *, scale_for_angle: bool | None = ..., scale_factor: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["scale_for_angle", "scale_factor"]) -> bool: ...

class LargeMarginInnerProductParameter(Message):
    LargeMarginType: ClassVar[_Enum]
    SINGLE: ClassVar[int]
    DOUBLE: ClassVar[int]
    TRIPLE: ClassVar[int]
    QUADRUPLE: ClassVar[int]
    num_output: int
    type: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    axis: int
    base: float
    gamma: float
    power: float
    iteration: int
    lambda_min: float
    def __init__(self, *, num_output: int | None = ..., type: int | str | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., base: float | None = ..., gamma: float | None = ..., power: float | None = ..., iteration: int | None = ..., lambda_min: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "type", "weight_filler", "axis", "base", "gamma", "power", "iteration", "lambda_min"]) -> bool: ...

class LocalParameter(Message):
    num_output: int
    bias_term: bool
    pad: int
    kernel_size: int
    stride: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., pad: int | None = ..., kernel_size: int | None = ..., stride: int | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "pad", "kernel_size", "stride", "weight_filler", "bias_filler"]) -> bool: ...

class MarginInnerProductParameter(Message):
    MarginType: ClassVar[_Enum]
    SINGLE: ClassVar[int]
    DOUBLE: ClassVar[int]
    TRIPLE: ClassVar[int]
    QUADRUPLE: ClassVar[int]
    num_output: int
    type: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    axis: int
    base: float
    gamma: float
    power: float
    iteration: int
    lambda_min: float
    def __init__(self, *, num_output: int | None = ..., type: int | str | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., base: float | None = ..., gamma: float | None = ..., power: float | None = ..., iteration: int | None = ..., lambda_min: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "type", "weight_filler", "axis", "base", "gamma", "power", "iteration", "lambda_min"]) -> bool: ...

class NCAParameter(Message):
    min_negative_only: bool
    def __init__(self, *, min_negative_only: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_negative_only"]) -> bool: ...

class OrdinalRegressionParameter(Message):
    k: int
    weight_file: str
    def __init__(self, *, k: int | None = ..., weight_file: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["k", "weight_file"]) -> bool: ...

class PairwiseParameter(Message):
    PairwiseOp: ClassVar[_Enum]
    SUM: ClassVar[int]
    PROD: ClassVar[int]
    MAX: ClassVar[int]
    operation: int
    @property
    def coeff(self) -> _Values[float]: ...
    def __init__(self, *, operation: int | str | None = ..., coeff: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["operation"]) -> bool: ...

class PredictBoxParameter(Message):
    stride: int
    receptive_field: int
    nms: bool
    output_vector: bool
    positive_thresh: float
    bbreg_exp: bool
    def __init__(self, *, stride: int | None = ..., receptive_field: int | None = ..., nms: bool | None = ..., output_vector: bool | None = ..., positive_thresh: float | None = ..., bbreg_exp: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride", "receptive_field", "nms", "output_vector", "positive_thresh", "bbreg_exp"]) -> bool: ...

class SmoothL1Parameter(Message):
    turn_point: float
    def __init__(self, *, turn_point: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["turn_point"]) -> bool: ...

class SoftContrastiveParameter(Message):
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    exponent_scale: float
    square: bool
    def __init__(self, *, positive_margin: float | None = ..., negative_margin: float | None = ..., positive_weight: float | None = ..., negative_weight: float | None = ..., exponent_scale: float | None = ..., square: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["positive_margin", "negative_margin", "positive_weight", "negative_weight", "exponent_scale", "square"]) -> bool: ...

class SoftTruncationParameter(Message):
    c: float
    def __init__(self, *, c: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["c"]) -> bool: ...

class SubRegionParameter(Message):
    region_height: int
    region_width: int
    data_height: int
    data_width: int
    as_dim: int
    def __init__(self, *, region_height: int | None = ..., region_width: int | None = ..., data_height: int | None = ..., data_width: int | None = ..., as_dim: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["region_height", "region_width", "data_height", "data_width", "as_dim"]) -> bool: ...

class TripletLossParameter(Message):
    margin: float
    def __init__(self, *, margin: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["margin"]) -> bool: ...

class TruncationParameter(Message):
    lower_bound: float
    upper_bound: float
    def __init__(self, *, lower_bound: float | None = ..., upper_bound: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["lower_bound", "upper_bound"]) -> bool: ...

class CTCParameter(Message):
    Decoder: ClassVar[_Enum]
    best_path: ClassVar[int]
    best_path_thres: ClassVar[int]
    prefix_search: ClassVar[int]
    threshold: float
    decode_type: int
    def __init__(self, *, threshold: float | None = ..., decode_type: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["threshold", "decode_type"]) -> bool: ...

class LSTMParameter(Message):
    num_output: int
    clipping_threshold: float
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    batch_size: int
    def __init__(self, *, num_output: int | None = ..., clipping_threshold: float | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., batch_size: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "clipping_threshold", "weight_filler", "bias_filler", "batch_size"]) -> bool: ...

class ReverseParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    def __init__(self, *, axis: Iterable[int] | None = ...) -> None: ...

class TransposeParameter(Message):
    @property
    def dim(self) -> _Values[int]: ...
    def __init__(self, *, dim: Iterable[int] | None = ...) -> None: ...

class AccumParameter(Message):
    top_height: int
    top_width: int
    size_divisible_by: int
    have_reference: bool
    def __init__(self, *, top_height: int | None = ..., top_width: int | None = ..., size_divisible_by: int | None = ..., have_reference: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_height", "top_width", "size_divisible_by", "have_reference"]) -> bool: ...

class AugmentationCoeff(Message):
    mirror: float
    dx: float
    dy: float
    angle: float
    zoom_x: float
    zoom_y: float
    pow_nomean0: float
    pow_nomean1: float
    pow_nomean2: float
    add_nomean0: float
    add_nomean1: float
    add_nomean2: float
    mult_nomean0: float
    mult_nomean1: float
    mult_nomean2: float
    pow_withmean0: float
    pow_withmean1: float
    pow_withmean2: float
    add_withmean0: float
    add_withmean1: float
    add_withmean2: float
    mult_withmean0: float
    mult_withmean1: float
    mult_withmean2: float
    lmult_pow: float
    lmult_add: float
    lmult_mult: float
    col_angle: float
    fog_amount: float
    fog_size: float
    motion_blur_angle: float
    motion_blur_size: float
    shadow_angle: float
    shadow_distance: float
    shadow_strength: float
    noise: float
    gamma: float
    brightness: float
    contrast: float
    color1: float
    color2: float
    color3: float
    def __init__(self, *, mirror: float | None = ..., dx: float | None = ..., dy: float | None = ..., angle: float | None = ..., zoom_x: float | None = ..., zoom_y: float | None = ..., pow_nomean0: float | None = ..., pow_nomean1: float | None = ..., pow_nomean2: float | None = ..., add_nomean0: float | None = ..., add_nomean1: float | None = ..., add_nomean2: float | None = ..., mult_nomean0: float | None = ..., mult_nomean1: float | None = ..., mult_nomean2: float | None = ..., pow_withmean0: float | None = ..., pow_withmean1: float | None = ..., pow_withmean2: float | None = ..., add_withmean0: float | None = ..., add_withmean1: float | None = ..., add_withmean2: float | None = ..., mult_withmean0: float | None = ..., mult_withmean1: float | None = ..., mult_withmean2: float | None = ..., lmult_pow: float | None = ..., lmult_add: float | None = ..., lmult_mult: float | None = ..., col_angle: float | None = ..., fog_amount: float | None = ..., fog_size: float | None = ..., motion_blur_angle: float | None = ..., motion_blur_size: float | None = ..., shadow_angle: float | None = ..., shadow_distance: float | None = ..., shadow_strength: float | None = ..., noise: float | None = ..., gamma: float | None = ..., brightness: float | None = ..., contrast: float | None = ..., color1: float | None = ..., color2: float | None = ..., color3: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["mirror", "dx", "dy", "angle", "zoom_x", "zoom_y", "pow_nomean0", "pow_nomean1", "pow_nomean2", "add_nomean0", "add_nomean1", "add_nomean2", "mult_nomean0", "mult_nomean1", "mult_nomean2", "pow_withmean0", "pow_withmean1", "pow_withmean2", "add_withmean0", "add_withmean1", "add_withmean2", "mult_withmean0", "mult_withmean1", "mult_withmean2", "lmult_pow", "lmult_add", "lmult_mult", "col_angle", "fog_amount", "fog_size", "motion_blur_angle", "motion_blur_size", "shadow_angle", "shadow_distance", "shadow_strength", "noise", "gamma", "brightness", "contrast", "color1", "color2", "color3"]) -> bool: ...

class AugmentationParameter(Message):
    write_augmented: str
    max_multiplier: float
    augment_during_test: bool
    recompute_mean: int
    write_mean: str
    mean_per_pixel: bool
    mode: str
    @property
    def mirror(self) -> RandomGeneratorParameter: ...
    @property
    def translate(self) -> RandomGeneratorParameter: ...
    @property
    def rotate(self) -> RandomGeneratorParameter: ...
    @property
    def zoom(self) -> RandomGeneratorParameter: ...
    @property
    def squeeze(self) -> RandomGeneratorParameter: ...
    @property
    def translate_x(self) -> RandomGeneratorParameter: ...
    @property
    def translate_y(self) -> RandomGeneratorParameter: ...
    @property
    def mean(self) -> _Values[float]: ...
    @property
    def lmult_pow(self) -> RandomGeneratorParameter: ...
    @property
    def lmult_mult(self) -> RandomGeneratorParameter: ...
    @property
    def lmult_add(self) -> RandomGeneratorParameter: ...
    @property
    def sat_pow(self) -> RandomGeneratorParameter: ...
    @property
    def sat_mult(self) -> RandomGeneratorParameter: ...
    @property
    def sat_add(self) -> RandomGeneratorParameter: ...
    @property
    def col_pow(self) -> RandomGeneratorParameter: ...
    @property
    def col_mult(self) -> RandomGeneratorParameter: ...
    @property
    def col_add(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_pow(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_mult(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_add(self) -> RandomGeneratorParameter: ...
    @property
    def col_rotate(self) -> RandomGeneratorParameter: ...
    crop_width: int
    crop_height: int
    @property
    def gamma(self) -> RandomGeneratorParameter: ...
    @property
    def brightness(self) -> RandomGeneratorParameter: ...
    @property
    def contrast(self) -> RandomGeneratorParameter: ...
    @property
    def color(self) -> RandomGeneratorParameter: ...
    bottomwidth: int
    bottomheight: int
    num: int
    @property
    def chromatic_eigvec(self) -> _Values[float]: ...
    @property
    def fog_amount(self) -> RandomGeneratorParameter: ...
    @property
    def fog_size(self) -> RandomGeneratorParameter: ...
    @property
    def motion_blur_angle(self) -> RandomGeneratorParameter: ...
    @property
    def motion_blur_size(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_angle(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_distance(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_strength(self) -> RandomGeneratorParameter: ...
    @property
    def noise(self) -> RandomGeneratorParameter: ...
    def __init__(self, *, write_augmented: str | None = ..., max_multiplier: float | None = ..., augment_during_test: bool | None = ..., recompute_mean: int | None = ..., write_mean: str | None = ..., mean_per_pixel: bool | None = ..., mode: str | None = ..., mirror: RandomGeneratorParameter | Mapping[str, Any] | None = ..., translate: RandomGeneratorParameter | Mapping[str, Any] | None = ..., rotate: RandomGeneratorParameter | Mapping[str, Any] | None = ..., zoom: RandomGeneratorParameter | Mapping[str, Any] | None = ..., squeeze: RandomGeneratorParameter | Mapping[str, Any] | None = ..., translate_x: RandomGeneratorParameter | Mapping[str, Any] | None = ..., translate_y: RandomGeneratorParameter | Mapping[str, Any] | None = ..., mean: Iterable[float] | None = ..., lmult_pow: RandomGeneratorParameter | Mapping[str, Any] | None = ..., lmult_mult: RandomGeneratorParameter | Mapping[str, Any] | None = ..., lmult_add: RandomGeneratorParameter | Mapping[str, Any] | None = ..., sat_pow: RandomGeneratorParameter | Mapping[str, Any] | None = ..., sat_mult: RandomGeneratorParameter | Mapping[str, Any] | None = ..., sat_add: RandomGeneratorParameter | Mapping[str, Any] | None = ..., col_pow: RandomGeneratorParameter | Mapping[str, Any] | None = ..., col_mult: RandomGeneratorParameter | Mapping[str, Any] | None = ..., col_add: RandomGeneratorParameter | Mapping[str, Any] | None = ..., ladd_pow: RandomGeneratorParameter | Mapping[str, Any] | None = ..., ladd_mult: RandomGeneratorParameter | Mapping[str, Any] | None = ..., ladd_add: RandomGeneratorParameter | Mapping[str, Any] | None = ..., col_rotate: RandomGeneratorParameter | Mapping[str, Any] | None = ..., crop_width: int | None = ..., crop_height: int | None = ..., gamma: RandomGeneratorParameter | Mapping[str, Any] | None = ..., brightness: RandomGeneratorParameter | Mapping[str, Any] | None = ..., contrast: RandomGeneratorParameter | Mapping[str, Any] | None = ..., color: RandomGeneratorParameter | Mapping[str, Any] | None = ..., bottomwidth: int | None = ..., bottomheight: int | None = ..., num: int | None = ..., chromatic_eigvec: Iterable[float] | None = ..., fog_amount: RandomGeneratorParameter | Mapping[str, Any] | None = ..., fog_size: RandomGeneratorParameter | Mapping[str, Any] | None = ..., motion_blur_angle: RandomGeneratorParameter | Mapping[str, Any] | None = ..., motion_blur_size: RandomGeneratorParameter | Mapping[str, Any] | None = ..., shadow_angle: RandomGeneratorParameter | Mapping[str, Any] | None = ..., shadow_distance: RandomGeneratorParameter | Mapping[str, Any] | None = ..., shadow_strength: RandomGeneratorParameter | Mapping[str, Any] | None = ..., noise: RandomGeneratorParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["write_augmented", "max_multiplier", "augment_during_test", "recompute_mean", "write_mean", "mean_per_pixel", "mode", "mirror", "translate", "rotate", "zoom", "squeeze", "translate_x", "translate_y", "lmult_pow", "lmult_mult", "lmult_add", "sat_pow", "sat_mult", "sat_add", "col_pow", "col_mult", "col_add", "ladd_pow", "ladd_mult", "ladd_add", "col_rotate", "crop_width", "crop_height", "gamma", "brightness", "contrast", "color", "bottomwidth", "bottomheight", "num", "fog_amount", "fog_size", "motion_blur_angle", "motion_blur_size", "shadow_angle", "shadow_distance", "shadow_strength", "noise"]) -> bool: ...

class BlackAugmentationParameter(Message):
    @property
    def black(self) -> RandomGeneratorParameter: ...
    @property
    def border(self) -> RandomGeneratorParameter: ...
    def __init__(self, *, black: RandomGeneratorParameter | Mapping[str, Any] | None = ..., border: RandomGeneratorParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["black", "border"]) -> bool: ...

class CoeffScheduleParameter(Message):
    half_life: float
    initial_coeff: float
    final_coeff: float
    def __init__(self, *, half_life: float | None = ..., initial_coeff: float | None = ..., final_coeff: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["half_life", "initial_coeff", "final_coeff"]) -> bool: ...

class CorrelationParameter(Message):
    CorrelationType: ClassVar[_Enum]
    MULTIPLY: ClassVar[int]
    SUBTRACT: ClassVar[int]
    pad: int
    kernel_size: int
    max_displacement: int
    stride_1: int
    stride_2: int
    do_abs: bool
    single_direction: int
    correlation_type: int
    def __init__(self, *, pad: int | None = ..., kernel_size: int | None = ..., max_displacement: int | None = ..., stride_1: int | None = ..., stride_2: int | None = ..., do_abs: bool | None = ..., single_direction: int | None = ..., correlation_type: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pad", "kernel_size", "max_displacement", "stride_1", "stride_2", "do_abs", "single_direction", "correlation_type"]) -> bool: ...

class DownsampleParameter(Message):
    top_height: int
    top_width: int
    def __init__(self, *, top_height: int | None = ..., top_width: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_height", "top_width"]) -> bool: ...

class FlowWarpParameter(Message):
    FillParameter: ClassVar[_Enum]
    ZERO: ClassVar[int]
    NOT_A_NUMBER: ClassVar[int]
    fill_value: int
    def __init__(self, *, fill_value: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["fill_value"]) -> bool: ...

class L1LossParameter(Message):
    l2_per_location: bool
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    epsilon: float
    plateau: float
    def __init__(self, *, l2_per_location: bool | None = ..., l2_prescale_by_channels: bool | None = ..., normalize_by_num_entries: bool | None = ..., epsilon: float | None = ..., plateau: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["l2_per_location", "l2_prescale_by_channels", "normalize_by_num_entries", "epsilon", "plateau"]) -> bool: ...

class LpqLossParameter(Message):
    @property
    def pq_episode_starts_at_iter(self) -> _Values[int]: ...
    @property
    def p(self) -> _Values[float]: ...
    @property
    def q(self) -> _Values[float]: ...
    p_epsilon: float
    q_epsilon: float
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    def __init__(self, *, pq_episode_starts_at_iter: Iterable[int] | None = ..., p: Iterable[float] | None = ..., q: Iterable[float] | None = ..., p_epsilon: float | None = ..., q_epsilon: float | None = ..., l2_prescale_by_channels: bool | None = ..., normalize_by_num_entries: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["p_epsilon", "q_epsilon", "l2_prescale_by_channels", "normalize_by_num_entries"]) -> bool: ...

class MeanParameter(Message):
    MeanOperation: ClassVar[_Enum]
    ADD: ClassVar[int]
    SUBTRACT: ClassVar[int]
    operation: int
    file: str
    @property
    def value(self) -> _Values[float]: ...
    mean_scale: float
    input_scale: float
    output_scale: float
    def __init__(self, *, operation: int | str | None = ..., file: str | None = ..., value: Iterable[float] | None = ..., mean_scale: float | None = ..., input_scale: float | None = ..., output_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["operation", "file", "mean_scale", "input_scale", "output_scale"]) -> bool: ...

class RandomGeneratorParameter(Message):
    rand_type: str
    exp: bool
    mean: float
    spread: float
    prob: float
    apply_schedule: bool
    discretize: bool
    multiplier: float
    def __init__(self, *, rand_type: str | None = ..., exp: bool | None = ..., mean: float | None = ..., spread: float | None = ..., prob: float | None = ..., apply_schedule: bool | None = ..., discretize: bool | None = ..., multiplier: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["rand_type", "exp", "mean", "spread", "prob", "apply_schedule", "discretize", "multiplier"]) -> bool: ...

class ReaderParameter(Message):
    file: str
    num: int
    def __init__(self, *, file: str | None = ..., num: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["file", "num"]) -> bool: ...

class ResampleParameter(Message):
    ResampleType: ClassVar[_Enum]
    NEAREST: ClassVar[int]
    LINEAR: ClassVar[int]
    CUBIC: ClassVar[int]
    AREA: ClassVar[int]
    width: int
    height: int
    type: int
    antialias: bool
    factor: float
    def __init__(self, *, width: int | None = ..., height: int | None = ..., type: int | str | None = ..., antialias: bool | None = ..., factor: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["width", "height", "type", "antialias", "factor"]) -> bool: ...

class WriterParameter(Message):
    file: str
    folder: str
    prefix: str
    suffix: str
    normalize: bool
    scale: float
    def __init__(self, *, file: str | None = ..., folder: str | None = ..., prefix: str | None = ..., suffix: str | None = ..., normalize: bool | None = ..., scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["file", "folder", "prefix", "suffix", "normalize", "scale"]) -> bool: ...

class AggregationParameter(Message):
    aggregation_param_r: float
    def __init__(self, *, aggregation_param_r: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["aggregation_param_r"]) -> bool: ...

class BatchReductionParameter(Message):
    @property
    def level(self) -> _Values[int]: ...
    @property
    def reduction_param(self) -> ReductionParameter: ...
    pos: bool
    def __init__(self, *, level: Iterable[int] | None = ..., reduction_param: ReductionParameter | Mapping[str, Any] | None = ..., pos: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["reduction_param", "pos"]) -> bool: ...

class Convolution3DParameter(Message):
    num_output: int
    bias_term: bool
    pad: int
    kernel_size: int
    group: int
    kernel_depth: int
    stride: int
    temporal_stride: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    filter_group: int
    temporal_pad: int
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., pad: int | None = ..., kernel_size: int | None = ..., group: int | None = ..., kernel_depth: int | None = ..., stride: int | None = ..., temporal_stride: int | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., filter_group: int | None = ..., temporal_pad: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "pad", "kernel_size", "group", "kernel_depth", "stride", "temporal_stride", "weight_filler", "bias_filler", "filter_group", "temporal_pad"]) -> bool: ...

class DownSamplingParameter(Message):
    DownSamplingType: ClassVar[_Enum]
    NONE: ClassVar[int]
    VOTE: ClassVar[int]
    AVERAGE: ClassVar[int]
    type: int
    spatial_factor: int
    temporal_factor: int
    def __init__(self, *, type: int | str | None = ..., spatial_factor: int | None = ..., temporal_factor: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["type", "spatial_factor", "temporal_factor"]) -> bool: ...

class MemoryOptimizationParameter(Message):
    optimize_train: bool
    optimize_test: bool
    @property
    def exclude_blob(self) -> _Values[str]: ...
    def __init__(self, *, optimize_train: bool | None = ..., optimize_test: bool | None = ..., exclude_blob: Iterable[str] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["optimize_train", "optimize_test"]) -> bool: ...

class Pooling3DParameter(Message):
    PoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    AVE_EXC_PAD: ClassVar[int]
    pool: int
    kernel_size: int
    stride: int
    pad: int
    kernel_depth: int
    temporal_stride: int
    pad_w0: int
    pad_w1: int
    pad_d0: int
    pad_d1: int
    kernel_h: int
    kernel_w: int
    kernel_d: int
    stride_h: int
    stride_w: int
    stride_d: int
    global_pooling: bool
    ceil_mode: bool
    pad_h0: int
    pad_h1: int
    def __init__(self, *, pool: int | str | None = ..., kernel_size: int | None = ..., stride: int | None = ..., pad: int | None = ..., kernel_depth: int | None = ..., temporal_stride: int | None = ..., pad_w0: int | None = ..., pad_w1: int | None = ..., pad_d0: int | None = ..., pad_d1: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., kernel_d: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., stride_d: int | None = ..., global_pooling: bool | None = ..., ceil_mode: bool | None = ..., pad_h0: int | None = ..., pad_h1: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pool", "kernel_size", "stride", "pad", "kernel_depth", "temporal_stride", "pad_w0", "pad_w1", "pad_d0", "pad_d1", "kernel_h", "kernel_w", "kernel_d", "stride_h", "stride_w", "stride_d", "global_pooling", "ceil_mode", "pad_h0", "pad_h1"]) -> bool: ...

class SegDataParameter(Message):
    source: str
    root_dir: str
    shuffle: bool
    balance: bool
    def __init__(self, *, source: str | None = ..., root_dir: str | None = ..., shuffle: bool | None = ..., balance: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["source", "root_dir", "shuffle", "balance"]) -> bool: ...

class VolumeDatum(Message):
    channels: int
    length: int
    height: int
    width: int
    data: bytes
    label: int
    @property
    def float_data(self) -> _Values[float]: ...
    def __init__(self, *, channels: int | None = ..., length: int | None = ..., height: int | None = ..., width: int | None = ..., data: bytes | None = ..., label: int | None = ..., float_data: Iterable[float] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["channels", "length", "height", "width", "data", "label"]) -> bool: ...

class AnchorEmbeddingExtractorParameter(Message):
    num_anchors: int
    label_src_pos: int
    num_valid_actions: int
    output_instance_weights: bool
    output_proposals: bool
    def __init__(self, *, num_anchors: int | None = ..., label_src_pos: int | None = ..., num_valid_actions: int | None = ..., output_instance_weights: bool | None = ..., output_proposals: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_anchors", "label_src_pos", "num_valid_actions", "output_instance_weights", "output_proposals"]) -> bool: ...

class CTCDecoderParameter(Message):
    blank_index: int
    ctc_merge_repeated: bool
    def __init__(self, *, blank_index: int | None = ..., ctc_merge_repeated: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["blank_index", "ctc_merge_repeated"]) -> bool: ...

class CTCLossParameter(Message):
    output_delay: int
    blank_index: int
    preprocess_collapse_repeated: bool
    ctc_merge_repeated: bool
    loss_calculation_t: int
    def __init__(self, *, output_delay: int | None = ..., blank_index: int | None = ..., preprocess_collapse_repeated: bool | None = ..., ctc_merge_repeated: bool | None = ..., loss_calculation_t: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["output_delay", "blank_index", "preprocess_collapse_repeated", "ctc_merge_repeated", "loss_calculation_t"]) -> bool: ...

class ChannelPermutationAction(Message):
    chan: int
    copy: int
    fill: float
    def __init__(self, *, chan: int | None = ..., copy: int | None = ..., fill: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["chan", "copy", "fill"]) -> bool: ...

class ChannelPermutationParameter(Message):
    @property
    def action(self) -> _Messages[ChannelPermutationAction]: ...
    num_output: int
    inplace_possible: bool
    version: int
    def __init__(self, *, action: Iterable[ChannelPermutationAction | Mapping[str, Any]] | None = ..., num_output: int | None = ..., inplace_possible: bool | None = ..., version: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "inplace_possible", "version"]) -> bool: ...

class CompileNetState(Message):
    is_init: bool
    bn_scale_remove: bool
    bn_scale_merge: bool
    @property
    def kept_bn_layers(self) -> _Values[str]: ...
    @property
    def negative_conv_names(self) -> _Values[str]: ...
    @property
    def negative_conv_indexes(self) -> _Values[int]: ...
    def __init__(self, *, is_init: bool | None = ..., bn_scale_remove: bool | None = ..., bn_scale_merge: bool | None = ..., kept_bn_layers: Iterable[str] | None = ..., negative_conv_names: Iterable[str] | None = ..., negative_conv_indexes: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["is_init", "bn_scale_remove", "bn_scale_merge"]) -> bool: ...

class CosineSimilarityBatchParameter(Message):
    pos_label: float
    neg_label: float
    def __init__(self, *, pos_label: float | None = ..., neg_label: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pos_label", "neg_label"]) -> bool: ...

class EliminateParameter(Message):
    off_value: float
    def __init__(self, *, off_value: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["off_value"]) -> bool: ...

class GRNParameter(Message):
    bias: float
    dummy_backward: bool
    def __init__(self, *, bias: float | None = ..., dummy_backward: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["bias", "dummy_backward"]) -> bool: ...

class GeneralSigmoidParameter(Message):
    alpha: float
    def __init__(self, *, alpha: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha"]) -> bool: ...

class LocLossParameter(Message):
    threshold: float
    def __init__(self, *, threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["threshold"]) -> bool: ...

class MnActivationParameter(Message):
    num_nodes_in: int
    num_nodes_out: int
    model_parts_in: int
    model_parts_out: int
    need_reduce: bool
    def __init__(self, *, num_nodes_in: int | None = ..., num_nodes_out: int | None = ..., model_parts_in: int | None = ..., model_parts_out: int | None = ..., need_reduce: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_nodes_in", "num_nodes_out", "model_parts_in", "model_parts_out", "need_reduce"]) -> bool: ...

class MnModelParallelParameter(Message):
    layer_from: str
    layer_to: str
    num_nodes: int
    model_parts: int
    def __init__(self, *, layer_from: str | None = ..., layer_to: str | None = ..., num_nodes: int | None = ..., model_parts: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["layer_from", "layer_to", "num_nodes", "model_parts"]) -> bool: ...

class MnParamGradCompressLayerTypeList(Message):
    @property
    def layer_type(self) -> _Values[str]: ...
    def __init__(self, *, layer_type: Iterable[str] | None = ...) -> None: ...

class MnParamGradCompressParameter(Message):
    @property
    def param_grad_compress_enable(self) -> _Values[bool]: ...
    def __init__(self, *, param_grad_compress_enable: Iterable[bool] | None = ...) -> None: ...

class MultiPhaseSolverParameter(Message):
    @property
    def params_pair(self) -> _Messages[SolverBatchSizePair]: ...
    def __init__(self, *, params_pair: Iterable[SolverBatchSizePair | Mapping[str, Any]] | None = ...) -> None: ...

class MultinodeLayerParameter(Message):
    num_nodes: int
    model_parts: int
    def __init__(self, *, num_nodes: int | None = ..., model_parts: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_nodes", "model_parts"]) -> bool: ...

class MultinodeParameter(Message):
    @property
    def model_parallel(self) -> _Messages[MnModelParallelParameter]: ...
    @property
    def compress_layer_type_list(self) -> MnParamGradCompressLayerTypeList: ...
    def __init__(self, *, model_parallel: Iterable[MnModelParallelParameter | Mapping[str, Any]] | None = ..., compress_layer_type_list: MnParamGradCompressLayerTypeList | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["compress_layer_type_list"]) -> bool: ...

class PowerFileParameter(Message):
    shift_file: str
    def __init__(self, *, shift_file: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["shift_file"]) -> bool: ...

class RandomAspectRatioParameter(Message):
    min_area_ratio: float
    max_area_ratio: float
    aspect_ratio_change: float
    max_attempt: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(self, *, min_area_ratio: float | None = ..., max_area_ratio: float | None = ..., aspect_ratio_change: float | None = ..., max_attempt: int | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_area_ratio", "max_area_ratio", "aspect_ratio_change", "max_attempt", "resize_param"]) -> bool: ...

class RandomResizeParameter(Message):
    min_size: int
    max_size: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(self, *, min_size: int | None = ..., max_size: int | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_size", "max_size", "resize_param"]) -> bool: ...

class RandomSamplingSoftmaxLossParameter(Message):
    random_sampling_num: int
    random_sampling_policy: str
    def __init__(self, *, random_sampling_num: int | None = ..., random_sampling_policy: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["random_sampling_num", "random_sampling_policy"]) -> bool: ...

class ReLU6Parameter(Message):
    n: float
    engine: int
    negative_slope: float
    def __init__(self, *, n: float | None = ..., engine: int | str | None = ..., negative_slope: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["n", "engine", "negative_slope"]) -> bool: ...

class RegionYoloParameter(Message):
    coords: int
    classes: int
    num: int
    def __init__(self, *, coords: int | None = ..., classes: int | None = ..., num: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["coords", "classes", "num"]) -> bool: ...

class ReorgYoloParameter(Message):
    stride: int
    def __init__(self, *, stride: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride"]) -> bool: ...

class STLossParameter(Message):
    output_H: int
    output_W: int
    def __init__(self, *, output_H: int | None = ..., output_W: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["output_H", "output_W"]) -> bool: ...

class ScaleFilterParameter(Message):
    min_scale: float
    max_scale: float
    def __init__(self, *, min_scale: float | None = ..., max_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["min_scale", "max_scale"]) -> bool: ...

class SolverBatchSizePair(Message):
    @property
    def solver_params(self) -> SolverParameter: ...
    batch_size: int
    def __init__(self, *, solver_params: SolverParameter | Mapping[str, Any] | None = ..., batch_size: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["solver_params", "batch_size"]) -> bool: ...

class SpatialDropoutParameter(Message):
    dropout_ratio: float
    def __init__(self, *, dropout_ratio: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["dropout_ratio"]) -> bool: ...

class SpatialTransformerParameter(Message):
    transform_type: str
    sampler_type: str
    output_H: int
    output_W: int
    to_compute_dU: bool
    theta_1_1: float
    theta_1_2: float
    theta_1_3: float
    theta_2_1: float
    theta_2_2: float
    theta_2_3: float
    def __init__(self, *, transform_type: str | None = ..., sampler_type: str | None = ..., output_H: int | None = ..., output_W: int | None = ..., to_compute_dU: bool | None = ..., theta_1_1: float | None = ..., theta_1_2: float | None = ..., theta_1_3: float | None = ..., theta_2_1: float | None = ..., theta_2_2: float | None = ..., theta_2_3: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["transform_type", "sampler_type", "output_H", "output_W", "to_compute_dU", "theta_1_1", "theta_1_2", "theta_1_3", "theta_2_1", "theta_2_2", "theta_2_3"]) -> bool: ...

class SplitParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    MKL2017: ClassVar[int]
    MKLDNN: ClassVar[int]
    engine: int
    def __init__(self, *, engine: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["engine"]) -> bool: ...

class C2TensorProto(Message):
    DataType: ClassVar[_Enum]
    UNDEFINED: ClassVar[int]
    FLOAT: ClassVar[int]
    INT32: ClassVar[int]
    BYTE: ClassVar[int]
    STRING: ClassVar[int]
    BOOL: ClassVar[int]
    UINT8: ClassVar[int]
    INT8: ClassVar[int]
    UINT16: ClassVar[int]
    INT16: ClassVar[int]
    INT64: ClassVar[int]
    FLOAT16: ClassVar[int]
    DOUBLE: ClassVar[int]
    @property
    def dims(self) -> _Values[int]: ...
    data_type: int
    @property
    def float_data(self) -> _Values[float]: ...
    @property
    def int32_data(self) -> _Values[int]: ...
    byte_data: bytes
    @property
    def string_data(self) -> _Values[bytes]: ...
    name: str
    @property
    def double_data(self) -> _Values[float]: ...
    @property
    def int64_data(self) -> _Values[int]: ...
    def __init__(self, *, dims: Iterable[int] | None = ..., data_type: int | str | None = ..., float_data: Iterable[float] | None = ..., int32_data: Iterable[int] | None = ..., byte_data: bytes | None = ..., string_data: Iterable[bytes] | None = ..., name: str | None = ..., double_data: Iterable[float] | None = ..., int64_data: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["data_type", "byte_data", "name"]) -> bool: ...

class C2TensorProtos(Message):
    @property
    def protos(self) -> _Messages[C2TensorProto]: ...
    def __init__(self, *, protos: Iterable[C2TensorProto | Mapping[str, Any]] | None = ...) -> None: ...

class DetectNetAugmentationParameter(Message):
    crop_prob: float
    shift_x: int
    shift_y: int
    scale_prob: float
    scale_min: float
    scale_max: float
    flip_prob: float
    rotation_prob: float
    max_rotate_degree: float
    hue_rotation_prob: float
    hue_rotation: float
    desaturation_prob: float
    desaturation_max: float
    @property
    def resize_param(self) -> ResizeParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def emit_constraint(self) -> EmitConstraint: ...
    @property
    def distort_param(self) -> DistortionParameter: ...
    @property
    def expand_param(self) -> ExpansionParameter: ...
    def __init__(self, *, crop_prob: float | None = ..., shift_x: int | None = ..., shift_y: int | None = ..., scale_prob: float | None = ..., scale_min: float | None = ..., scale_max: float | None = ..., flip_prob: float | None = ..., rotation_prob: float | None = ..., max_rotate_degree: float | None = ..., hue_rotation_prob: float | None = ..., hue_rotation: float | None = ..., desaturation_prob: float | None = ..., desaturation_max: float | None = ..., resize_param: ResizeParameter | Mapping[str, Any] | None = ..., noise_param: NoiseParameter | Mapping[str, Any] | None = ..., emit_constraint: EmitConstraint | Mapping[str, Any] | None = ..., distort_param: DistortionParameter | Mapping[str, Any] | None = ..., expand_param: ExpansionParameter | Mapping[str, Any] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["crop_prob", "shift_x", "shift_y", "scale_prob", "scale_min", "scale_max", "flip_prob", "rotation_prob", "max_rotate_degree", "hue_rotation_prob", "hue_rotation", "desaturation_prob", "desaturation_max", "resize_param", "noise_param", "emit_constraint", "distort_param", "expand_param"]) -> bool: ...

class DetectNetGroundTruthParameter(Message):
    CoverageType: ClassVar[_Enum]
    RECTANGULAR: ClassVar[int]
    GridboxType: ClassVar[_Enum]
    GRIDBOX_MAX: ClassVar[int]
    GRIDBOX_MIN: ClassVar[int]
    class ClassMapping(Message):
        src: int
        dst: int
        def __init__(self, *, src: int | None = ..., dst: int | None = ...) -> None: ...
        def HasField(self, field_name: Literal["src", "dst"]) -> bool: ...
    stride: int
    scale_cvg: float
    gridbox_type: int
    max_cvg_len: int
    min_cvg_len: int
    coverage_type: int
    image_size_x: int
    image_size_y: int
    obj_norm: bool
    crop_bboxes: bool
    @property
    def object_class(self) -> _Messages[DetectNetGroundTruthParameter.ClassMapping]: ...
    def __init__(self, *, stride: int | None = ..., scale_cvg: float | None = ..., gridbox_type: int | str | None = ..., max_cvg_len: int | None = ..., min_cvg_len: int | None = ..., coverage_type: int | str | None = ..., image_size_x: int | None = ..., image_size_y: int | None = ..., obj_norm: bool | None = ..., crop_bboxes: bool | None = ..., object_class: Iterable[DetectNetGroundTruthParameter.ClassMapping | Mapping[str, Any]] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride", "scale_cvg", "gridbox_type", "max_cvg_len", "min_cvg_len", "coverage_type", "image_size_x", "image_size_y", "obj_norm", "crop_bboxes"]) -> bool: ...

class TRTParameter(Message):
    TRTMode: ClassVar[_Enum]
    FP32: ClassVar[int]
    FP16: ClassVar[int]
    INT8: ClassVar[int]
    trt_mode: int
    top_k: int
    deploy: str
    model: str
    @property
    def deploy_outputs(self) -> _Values[str]: ...
    calibrator: str
    def __init__(self, *, trt_mode: int | str | None = ..., top_k: int | None = ..., deploy: str | None = ..., model: str | None = ..., deploy_outputs: Iterable[str] | None = ..., calibrator: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["trt_mode", "top_k", "deploy", "model", "calibrator"]) -> bool: ...

class AttentionParameter(Message):
    batch_size: int
    query_depth: int
    alignments_size: int
    scale: bool
    normalize: bool
    attention_option: str
    def __init__(self, *, batch_size: int | None = ..., query_depth: int | None = ..., alignments_size: int | None = ..., scale: bool | None = ..., normalize: bool | None = ..., attention_option: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["batch_size", "query_depth", "alignments_size", "scale", "normalize", "attention_option"]) -> bool: ...

class BatchToSpaceNDParameter(Message):
    @property
    def block_shape(self) -> _Values[int]: ...
    @property
    def crops(self) -> _Values[int]: ...
    def __init__(self, *, block_shape: Iterable[int] | None = ..., crops: Iterable[int] | None = ...) -> None: ...

class BroadcastToParameter(Message):
    @property
    def shape(self) -> _Values[int]: ...
    def __init__(self, *, shape: Iterable[int] | None = ...) -> None: ...

class Corr1dParameter(Message):
    stride: int
    num_of_shifts: int
    def __init__(self, *, stride: int | None = ..., num_of_shifts: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride", "num_of_shifts"]) -> bool: ...

class CountNonzeroParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class CropAndResizeParameter(Message):
    crop_h: int
    crop_w: int
    extrapolation_value: float
    data_format: str
    def __init__(self, *, crop_h: int | None = ..., crop_w: int | None = ..., extrapolation_value: float | None = ..., data_format: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["crop_h", "crop_w", "extrapolation_value", "data_format"]) -> bool: ...

class DepthToSpaceParameter(Message):
    block_size: int
    data_format: str
    def __init__(self, *, block_size: int | None = ..., data_format: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["block_size", "data_format"]) -> bool: ...

class EmbeddingLookupParameter(Message):
    @property
    def ids(self) -> _Values[int]: ...
    @property
    def ids_shape(self) -> _Values[int]: ...
    partition_strategy: str
    max_norm: float
    def __init__(self, *, ids: Iterable[int] | None = ..., ids_shape: Iterable[int] | None = ..., partition_strategy: str | None = ..., max_norm: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["partition_strategy", "max_norm"]) -> bool: ...

class EmbeddingLookupSparseParameter(Message):
    @property
    def ids_indices(self) -> _Values[int]: ...
    @property
    def ids_values(self) -> _Values[int]: ...
    @property
    def ids_shape(self) -> _Values[int]: ...
    @property
    def weight_values(self) -> _Values[float]: ...
    partition_strategy: str
    combiner: str
    max_norm: float
    def __init__(self, *, ids_indices: Iterable[int] | None = ..., ids_values: Iterable[int] | None = ..., ids_shape: Iterable[int] | None = ..., weight_values: Iterable[float] | None = ..., partition_strategy: str | None = ..., combiner: str | None = ..., max_norm: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["partition_strategy", "combiner", "max_norm"]) -> bool: ...

class ExpandDimsNDParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    def __init__(self, *, axis: Iterable[int] | None = ...) -> None: ...

class GANLossParameter(Message):
    dis_iter: int
    gen_iter: int
    dis_lossweight: float
    gen_lossweight: float
    simple_genloss: bool
    k_lr: float
    equilibrium: float
    nothing: bool
    def __init__(self, *, dis_iter: int | None = ..., gen_iter: int | None = ..., dis_lossweight: float | None = ..., gen_lossweight: float | None = ..., simple_genloss: bool | None = ..., k_lr: float | None = ..., equilibrium: float | None = ..., nothing: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["dis_iter", "gen_iter", "dis_lossweight", "gen_lossweight", "simple_genloss", "k_lr", "equilibrium", "nothing"]) -> bool: ...

class GatherNDParameter(Message):
    @property
    def indices(self) -> _Values[int]: ...
    @property
    def indices_shape(self) -> _Values[int]: ...
    def __init__(self, *, indices: Iterable[int] | None = ..., indices_shape: Iterable[int] | None = ...) -> None: ...

class GatherParameter(Message):
    @property
    def indices(self) -> _Values[int]: ...
    @property
    def shape(self) -> _Values[int]: ...
    axis: int
    def __init__(self, *, indices: Iterable[int] | None = ..., shape: Iterable[int] | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis"]) -> bool: ...

class GatherV2Parameter(Message):
    axis: int
    batch_flag: bool
    def __init__(self, *, axis: int | None = ..., batch_flag: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis", "batch_flag"]) -> bool: ...

class GemmParameter(Message):
    alpha: float
    beta: float
    transA: int
    transB: int
    def __init__(self, *, alpha: float | None = ..., beta: float | None = ..., transA: int | None = ..., transB: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha", "beta", "transA", "transB"]) -> bool: ...

class HardSigmoidParameter(Message):
    alpha: float
    beta: float
    def __init__(self, *, alpha: float | None = ..., beta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha", "beta"]) -> bool: ...

class LayerNormParameter(Message):
    eps: float
    elementwise_affine: bool
    def __init__(self, *, eps: float | None = ..., elementwise_affine: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["eps", "elementwise_affine"]) -> bool: ...

class LogSoftmaxParameter(Message):
    axis: int
    def __init__(self, *, axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis"]) -> bool: ...

class LpNormalizationParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    p: int
    def __init__(self, *, axis: Iterable[int] | None = ..., p: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["p"]) -> bool: ...

class MaskRCNNDetectionParameter(Message):
    @property
    def bbox_std_dev(self) -> _Values[float]: ...
    batch_size: int
    detection_max_instances: int
    detection_min_confidence: float
    detection_nms_threshold: float
    def __init__(self, *, bbox_std_dev: Iterable[float] | None = ..., batch_size: int | None = ..., detection_max_instances: int | None = ..., detection_min_confidence: float | None = ..., detection_nms_threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["batch_size", "detection_max_instances", "detection_min_confidence", "detection_nms_threshold"]) -> bool: ...

class MaskRCNNProposalParameter(Message):
    @property
    def rpn_bbox_std_dev(self) -> _Values[float]: ...
    batch_size: int
    images_per_gpu: int
    pre_nms_limit: int
    rpn_nms_threshold: float
    post_nms_rois_inference: int
    def __init__(self, *, rpn_bbox_std_dev: Iterable[float] | None = ..., batch_size: int | None = ..., images_per_gpu: int | None = ..., pre_nms_limit: int | None = ..., rpn_nms_threshold: float | None = ..., post_nms_rois_inference: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["batch_size", "images_per_gpu", "pre_nms_limit", "rpn_nms_threshold", "post_nms_rois_inference"]) -> bool: ...

class MatMulParameter(Message):
    transpose_a: bool
    transpose_b: bool
    @property
    def blob_shape(self) -> _Values[int]: ...
    def __init__(self, *, transpose_a: bool | None = ..., transpose_b: bool | None = ..., blob_shape: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["transpose_a", "transpose_b"]) -> bool: ...

class MirrorPadParameter(Message):
    @property
    def paddings(self) -> _Values[int]: ...
    constant_values: float
    mode: str
    def __init__(self, *, paddings: Iterable[int] | None = ..., constant_values: float | None = ..., mode: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["constant_values", "mode"]) -> bool: ...

class MulParameter(Message):
    @property
    def mul_shape(self) -> _Values[int]: ...
    def __init__(self, *, mul_shape: Iterable[int] | None = ...) -> None: ...

class NMSGatherParameter(Message):
    top_k: int
    axis: int
    iou_threshold: float
    def __init__(self, *, top_k: int | None = ..., axis: int | None = ..., iou_threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "axis", "iou_threshold"]) -> bool: ...

class NMSParameter(Message):
    top_k: int
    axis: int
    iou_threshold: float
    def __init__(self, *, top_k: int | None = ..., axis: int | None = ..., iou_threshold: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "axis", "iou_threshold"]) -> bool: ...

class NonMaxSuppressionParameter(Message):
    max_output_boxes_per_class: int
    iou_threshold: float
    score_threshold: float
    center_point_box: int
    def __init__(self, *, max_output_boxes_per_class: int | None = ..., iou_threshold: float | None = ..., score_threshold: float | None = ..., center_point_box: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["max_output_boxes_per_class", "iou_threshold", "score_threshold", "center_point_box"]) -> bool: ...

class NotEqualParameter(Message):
    comparand: float
    def __init__(self, *, comparand: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["comparand"]) -> bool: ...

class OneHotParameter(Message):
    depth: int
    on_value: float
    off_value: float
    axis: int
    def __init__(self, *, depth: int | None = ..., on_value: float | None = ..., off_value: float | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["depth", "on_value", "off_value", "axis"]) -> bool: ...

class PadParameter(Message):
    @property
    def paddings(self) -> _Values[int]: ...
    constant_values: float
    def __init__(self, *, paddings: Iterable[int] | None = ..., constant_values: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["constant_values"]) -> bool: ...

class PieceParameter(Message):
    @property
    def begin(self) -> _Values[int]: ...
    @property
    def size(self) -> _Values[int]: ...
    def __init__(self, *, begin: Iterable[int] | None = ..., size: Iterable[int] | None = ...) -> None: ...

class PointNetParameter(Message):
    n_sample_point: int
    radius: float
    def __init__(self, *, n_sample_point: int | None = ..., radius: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["n_sample_point", "radius"]) -> bool: ...

class PyramidROIAlignParameter(Message):
    crop_height: int
    crop_width: int
    extrapolation_value: float
    data_format: str
    def __init__(self, *, crop_height: int | None = ..., crop_width: int | None = ..., extrapolation_value: float | None = ..., data_format: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["crop_height", "crop_width", "extrapolation_value", "data_format"]) -> bool: ...

class RNNv2Parameter(Message):
    num_layers: int
    hidden_size: int
    op: str
    direction: str
    @property
    def activations(self) -> _Values[str]: ...
    @property
    def activation_alpha(self) -> _Values[float]: ...
    @property
    def activation_beta(self) -> _Values[float]: ...
    merge_mode: str
    linear_before_reset: int
    default_initial: bool
    continue_recur: bool
    def __init__(self, *, num_layers: int | None = ..., hidden_size: int | None = ..., op: str | None = ..., direction: str | None = ..., activations: Iterable[str] | None = ..., activation_alpha: Iterable[float] | None = ..., activation_beta: Iterable[float] | None = ..., merge_mode: str | None = ..., linear_before_reset: int | None = ..., default_initial: bool | None = ..., continue_recur: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_layers", "hidden_size", "op", "direction", "merge_mode", "linear_before_reset", "default_initial", "continue_recur"]) -> bool: ...

class ROIAlignParameter(Message):
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(self, *, pooled_h: int | None = ..., pooled_w: int | None = ..., spatial_scale: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pooled_h", "pooled_w", "spatial_scale"]) -> bool: ...

class RangeParameter(Message):
    start: float
    limit: float
    delta: float
    def __init__(self, *, start: float | None = ..., limit: float | None = ..., delta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["start", "limit", "delta"]) -> bool: ...

class ReduceAllParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceAnyParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceL1Parameter(Message):
    @property
    def axes(self) -> _Values[int]: ...
    keepdims: int
    def __init__(self, *, axes: Iterable[int] | None = ..., keepdims: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceL2Parameter(Message):
    @property
    def axes(self) -> _Values[int]: ...
    keepdims: int
    def __init__(self, *, axes: Iterable[int] | None = ..., keepdims: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceLogSumExpParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceMaxParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceMeanParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceMinParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceProdParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ReduceSumParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    keepdims: bool
    def __init__(self, *, axis: Iterable[int] | None = ..., keepdims: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["keepdims"]) -> bool: ...

class ResizeBilinearParameter(Message):
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    align_corners: bool
    output_height: int
    output_width: int
    data_format: str
    scale_height: float
    scale_width: float
    half_pixel_centers: bool
    pytorch_half_pixel: bool
    output_depth: int
    scale_depth: float
    input_scale: float
    output_scale: float
    input_zero_point: int
    output_zero_point: int
    saturate: int
    quantize_method: int
    def __init__(self, *, align_corners: bool | None = ..., output_height: int | None = ..., output_width: int | None = ..., data_format: str | None = ..., scale_height: float | None = ..., scale_width: float | None = ..., half_pixel_centers: bool | None = ..., pytorch_half_pixel: bool | None = ..., output_depth: int | None = ..., scale_depth: float | None = ..., input_scale: float | None = ..., output_scale: float | None = ..., input_zero_point: int | None = ..., output_zero_point: int | None = ..., saturate: int | str | None = ..., quantize_method: int | str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["align_corners", "output_height", "output_width", "data_format", "scale_height", "scale_width", "half_pixel_centers", "pytorch_half_pixel", "output_depth", "scale_depth", "input_scale", "output_scale", "input_zero_point", "output_zero_point", "saturate", "quantize_method"]) -> bool: ...

class ResizeNearestNeighborParameter(Message):
    align_corners: bool
    output_height: int
    output_width: int
    data_format: str
    scale_height: float
    scale_width: float
    half_pixel_centers: bool
    half_pixel_onnx: bool
    def __init__(self, *, align_corners: bool | None = ..., output_height: int | None = ..., output_width: int | None = ..., data_format: str | None = ..., scale_height: float | None = ..., scale_width: float | None = ..., half_pixel_centers: bool | None = ..., half_pixel_onnx: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["align_corners", "output_height", "output_width", "data_format", "scale_height", "scale_width", "half_pixel_centers", "half_pixel_onnx"]) -> bool: ...

class ReverseSequenceParameter(Message):
    seq_axis: int
    batch_axis: int
    def __init__(self, *, seq_axis: int | None = ..., batch_axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["seq_axis", "batch_axis"]) -> bool: ...

class ScaledTanHParameter(Message):
    alpha: float
    beta: float
    def __init__(self, *, alpha: float | None = ..., beta: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha", "beta"]) -> bool: ...

class ScatterNDParameter(Message):
    is_data_param: bool
    is_indices_param: bool
    is_updates_param: bool
    @property
    def data_shape(self) -> _Values[int]: ...
    @property
    def indices_shape(self) -> _Values[int]: ...
    @property
    def updates_shape(self) -> _Values[int]: ...
    def __init__(self, *, is_data_param: bool | None = ..., is_indices_param: bool | None = ..., is_updates_param: bool | None = ..., data_shape: Iterable[int] | None = ..., indices_shape: Iterable[int] | None = ..., updates_shape: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["is_data_param", "is_indices_param", "is_updates_param"]) -> bool: ...

class SeLUDropoutParameter(Message):
    dropout_ratio: float
    alpha: float
    def __init__(self, *, dropout_ratio: float | None = ..., alpha: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["dropout_ratio", "alpha"]) -> bool: ...

class SeLUParameter(Message):
    alpha: float
    def __init__(self, *, alpha: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha"]) -> bool: ...

class ShuffleChannelParameter(Message):
    group: int
    def __init__(self, *, group: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["group"]) -> bool: ...

class SpaceToBatchNDParameter(Message):
    @property
    def block_shape(self) -> _Values[int]: ...
    @property
    def paddings(self) -> _Values[int]: ...
    def __init__(self, *, block_shape: Iterable[int] | None = ..., paddings: Iterable[int] | None = ...) -> None: ...

class SpaceToDepthParameter(Message):
    block_size: int
    data_format: str
    def __init__(self, *, block_size: int | None = ..., data_format: str | None = ...) -> None: ...
    def HasField(self, field_name: Literal["block_size", "data_format"]) -> bool: ...

class SparseToDenseParameter(Message):
    @property
    def sparse_indices(self) -> _Values[int]: ...
    @property
    def sparse_indices_shape(self) -> _Values[int]: ...
    @property
    def output_shape(self) -> _Values[int]: ...
    @property
    def sparse_values(self) -> _Values[float]: ...
    default_value: float
    validate_indices: bool
    def __init__(self, *, sparse_indices: Iterable[int] | None = ..., sparse_indices_shape: Iterable[int] | None = ..., output_shape: Iterable[int] | None = ..., sparse_values: Iterable[float] | None = ..., default_value: float | None = ..., validate_indices: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["default_value", "validate_indices"]) -> bool: ...

class SpatialBatchingPoolingParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    PoolMethod: ClassVar[_Enum]
    MAX: ClassVar[int]
    AVE: ClassVar[int]
    STOCHASTIC: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    pool: int
    kernel_size: int
    stride: int
    pad: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_h: int
    pad_w: int
    engine: int
    global_pooling: bool
    ceil_mode: bool
    pad_l: int
    pad_r: int
    pad_t: int
    pad_b: int
    spatial_batching_h: int
    spatial_batching_w: int
    batch_h: int
    batch_w: int
    skip_h: int
    skip_w: int
    saturate: int
    input_scale: float
    output_scale: float
    input_zero_point: int
    output_zero_point: int
    def __init__(self, *, pool: int | str | None = ..., kernel_size: int | None = ..., stride: int | None = ..., pad: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., pad_h: int | None = ..., pad_w: int | None = ..., engine: int | str | None = ..., global_pooling: bool | None = ..., ceil_mode: bool | None = ..., pad_l: int | None = ..., pad_r: int | None = ..., pad_t: int | None = ..., pad_b: int | None = ..., spatial_batching_h: int | None = ..., spatial_batching_w: int | None = ..., batch_h: int | None = ..., batch_w: int | None = ..., skip_h: int | None = ..., skip_w: int | None = ..., saturate: int | str | None = ..., input_scale: float | None = ..., output_scale: float | None = ..., input_zero_point: int | None = ..., output_zero_point: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["pool", "kernel_size", "stride", "pad", "kernel_h", "kernel_w", "stride_h", "stride_w", "pad_h", "pad_w", "engine", "global_pooling", "ceil_mode", "pad_l", "pad_r", "pad_t", "pad_b", "spatial_batching_h", "spatial_batching_w", "batch_h", "batch_w", "skip_h", "skip_w", "saturate", "input_scale", "output_scale", "input_zero_point", "output_zero_point"]) -> bool: ...

class SqueezeConvolutionParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    QuantizeMethod: ClassVar[_Enum]
    tflite: ClassVar[int]
    ONNX: ClassVar[int]
    Caffe2: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def pad(self) -> _Values[int]: ...
    @property
    def kernel_size(self) -> _Values[int]: ...
    group: int
    @property
    def stride(self) -> _Values[int]: ...
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    pad_h: int
    pad_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    engine: int
    axis: int
    force_nd_im2col: bool
    gamma: float
    power: float
    iter_stop: float
    c_rate: float
    @property
    def weight_mask_filler(self) -> FillerParameter: ...
    @property
    def bias_mask_filler(self) -> FillerParameter: ...
    @property
    def dilation(self) -> _Values[int]: ...
    dynamicsplicing: bool
    splicing_rate: float
    pad_type: int
    pad_l: int
    pad_r: int
    pad_t: int
    pad_b: int
    input_scale: float
    output_scale: float
    saturate: int
    weight_scale: float
    input_zero_point: int
    output_zero_point: int
    weight_zero_point: int
    per_channel_scale_weight: bool
    quantize_method: int
    per_channel_scale_output: bool
    submanifold_sparse: bool
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., pad: Iterable[int] | None = ..., kernel_size: Iterable[int] | None = ..., group: int | None = ..., stride: Iterable[int] | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., pad_h: int | None = ..., pad_w: int | None = ..., kernel_h: int | None = ..., kernel_w: int | None = ..., stride_h: int | None = ..., stride_w: int | None = ..., engine: int | str | None = ..., axis: int | None = ..., force_nd_im2col: bool | None = ..., gamma: float | None = ..., power: float | None = ..., iter_stop: float | None = ..., c_rate: float | None = ..., weight_mask_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_mask_filler: FillerParameter | Mapping[str, Any] | None = ..., dilation: Iterable[int] | None = ..., dynamicsplicing: bool | None = ..., splicing_rate: float | None = ..., pad_type: int | None = ..., pad_l: int | None = ..., pad_r: int | None = ..., pad_t: int | None = ..., pad_b: int | None = ..., input_scale: float | None = ..., output_scale: float | None = ..., saturate: int | str | None = ..., weight_scale: float | None = ..., input_zero_point: int | None = ..., output_zero_point: int | None = ..., weight_zero_point: int | None = ..., per_channel_scale_weight: bool | None = ..., quantize_method: int | str | None = ..., per_channel_scale_output: bool | None = ..., submanifold_sparse: bool | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "group", "weight_filler", "bias_filler", "pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w", "engine", "axis", "force_nd_im2col", "gamma", "power", "iter_stop", "c_rate", "weight_mask_filler", "bias_mask_filler", "dynamicsplicing", "splicing_rate", "pad_type", "pad_l", "pad_r", "pad_t", "pad_b", "input_scale", "output_scale", "saturate", "weight_scale", "input_zero_point", "output_zero_point", "weight_zero_point", "per_channel_scale_weight", "quantize_method", "per_channel_scale_output", "submanifold_sparse"]) -> bool: ...

class SqueezeInnerProductParameter(Message):
    num_output: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    axis: int
    transpose: bool
    gamma: float
    power: float
    iter_stop: float
    c_rate: float
    @property
    def weight_mask_filler(self) -> FillerParameter: ...
    @property
    def bias_mask_filler(self) -> FillerParameter: ...
    dynamicsplicing: bool
    splicing_rate: float
    def __init__(self, *, num_output: int | None = ..., bias_term: bool | None = ..., weight_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_filler: FillerParameter | Mapping[str, Any] | None = ..., axis: int | None = ..., transpose: bool | None = ..., gamma: float | None = ..., power: float | None = ..., iter_stop: float | None = ..., c_rate: float | None = ..., weight_mask_filler: FillerParameter | Mapping[str, Any] | None = ..., bias_mask_filler: FillerParameter | Mapping[str, Any] | None = ..., dynamicsplicing: bool | None = ..., splicing_rate: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "bias_term", "weight_filler", "bias_filler", "axis", "transpose", "gamma", "power", "iter_stop", "c_rate", "weight_mask_filler", "bias_mask_filler", "dynamicsplicing", "splicing_rate"]) -> bool: ...

class SqueezeParameter(Message):
    @property
    def axis(self) -> _Values[int]: ...
    def __init__(self, *, axis: Iterable[int] | None = ...) -> None: ...

class StackParameter(Message):
    axis: int
    def __init__(self, *, axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["axis"]) -> bool: ...

class StridedSliceParameter(Message):
    @property
    def begin(self) -> _Values[int]: ...
    @property
    def end(self) -> _Values[int]: ...
    @property
    def strides(self) -> _Values[int]: ...
    @property
    def axes(self) -> _Values[int]: ...
    begin_mask: int
    end_mask: int
    ellipsis_mask: int
    new_axis_mask: int
    shrink_axis_mask: int
    def __init__(self, *, begin: Iterable[int] | None = ..., end: Iterable[int] | None = ..., strides: Iterable[int] | None = ..., axes: Iterable[int] | None = ..., begin_mask: int | None = ..., end_mask: int | None = ..., ellipsis_mask: int | None = ..., new_axis_mask: int | None = ..., shrink_axis_mask: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"]) -> bool: ...

class Tensor2BoxParameter(Message):
    num_classes: int
    img_dim_h: int
    img_dim_w: int
    @property
    def anchors_x(self) -> _Values[int]: ...
    @property
    def anchors_y(self) -> _Values[int]: ...
    def __init__(self, *, num_classes: int | None = ..., img_dim_h: int | None = ..., img_dim_w: int | None = ..., anchors_x: Iterable[int] | None = ..., anchors_y: Iterable[int] | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_classes", "img_dim_h", "img_dim_w"]) -> bool: ...

class ThresholdedReLUParameter(Message):
    alpha: float
    def __init__(self, *, alpha: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["alpha"]) -> bool: ...

class TileNDParameter(Message):
    @property
    def multiples(self) -> _Values[int]: ...
    def __init__(self, *, multiples: Iterable[int] | None = ...) -> None: ...

class TopkGatherParameter(Message):
    top_k: int
    axis: int
    def __init__(self, *, top_k: int | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["top_k", "axis"]) -> bool: ...

class UnstackParameter(Message):
    num: int
    axis: int
    def __init__(self, *, num: int | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num", "axis"]) -> bool: ...

class UpsampleDarknetParameter(Message):
    stride: int
    def __init__(self, *, stride: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["stride"]) -> bool: ...

class Where4GatherndCropParameter(Message):
    num_output: int
    axis: int
    crop_h: int
    crop_w: int
    extrapolation_value: float
    def __init__(self, *, num_output: int | None = ..., axis: int | None = ..., crop_h: int | None = ..., crop_w: int | None = ..., extrapolation_value: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "axis", "crop_h", "crop_w", "extrapolation_value"]) -> bool: ...

class Where4GatherndParameter(Message):
    num_output: int
    axis: int
    def __init__(self, *, num_output: int | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "axis"]) -> bool: ...

class Where4Parameter(Message):
    num_output: int
    axis: int
    def __init__(self, *, num_output: int | None = ..., axis: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["num_output", "axis"]) -> bool: ...

class XLUParameter(Message):
    Engine: ClassVar[_Enum]
    DEFAULT: ClassVar[int]
    CAFFE: ClassVar[int]
    CUDNN: ClassVar[int]
    SaturateMethod: ClassVar[_Enum]
    Signed: ClassVar[int]
    Unsigned: ClassVar[int]
    Signed_8bit: ClassVar[int]
    Unsigned_8bit: ClassVar[int]
    negative_slope: float
    engine: int
    relu6: bool
    saturate: int
    maximum: float
    minimum: float
    def __init__(self, *, negative_slope: float | None = ..., engine: int | str | None = ..., relu6: bool | None = ..., saturate: int | str | None = ..., maximum: float | None = ..., minimum: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["negative_slope", "engine", "relu6", "saturate", "maximum", "minimum"]) -> bool: ...

class YoloV2LossParameter(Message):
    @property
    def anchors(self) -> _Values[float]: ...
    side: int
    num_classes: int
    num_object: int
    box_scale: float
    class_scale: float
    noobject_scale: float
    object_scale: float
    rescore: bool
    constraint: bool
    thresh: float
    def __init__(self, *, anchors: Iterable[float] | None = ..., side: int | None = ..., num_classes: int | None = ..., num_object: int | None = ..., box_scale: float | None = ..., class_scale: float | None = ..., noobject_scale: float | None = ..., object_scale: float | None = ..., rescore: bool | None = ..., constraint: bool | None = ..., thresh: float | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_classes", "num_object", "box_scale", "class_scale", "noobject_scale", "object_scale", "rescore", "constraint", "thresh"]) -> bool: ...

class YoloV3LossParameter(Message):
    @property
    def anchors(self) -> _Values[int]: ...
    @property
    def mask(self) -> _Values[int]: ...
    side: int
    num_classes: int
    num_object: int
    total_object: int
    ignore_thresh: float
    truth_thresh: float
    net_w: int
    net_h: int
    def __init__(self, *, anchors: Iterable[int] | None = ..., mask: Iterable[int] | None = ..., side: int | None = ..., num_classes: int | None = ..., num_object: int | None = ..., total_object: int | None = ..., ignore_thresh: float | None = ..., truth_thresh: float | None = ..., net_w: int | None = ..., net_h: int | None = ...) -> None: ...
    def HasField(self, field_name: Literal["side", "num_classes", "num_object", "total_object", "ignore_thresh", "truth_thresh", "net_w", "net_h"]) -> bool: ...
