"""What is a slip of the hand, and what is another word."""

from __future__ import annotations

import time

import pytest

from protonet.cli.main import COMMANDS, shown
from protonet.proto import caffe_pb2 as pb
from protonet.slips import nearest

#: Caffe 1.0's layer types.
_KNOWN = """
    AbsVal Accuracy ArgMax BNLL BatchNorm BatchReindex Bias Clip Concat ContrastiveLoss
    Convolution Crop Data Deconvolution Dropout DummyData ELU Eltwise Embed EuclideanLoss
    Exp Filter Flatten HDF5Data HDF5Output HingeLoss Im2col ImageData InfogainLoss
    InnerProduct Input LRN LSTM LSTMUnit Log MVN MemoryData MultinomialLogisticLoss PReLU
    Parameter Pooling Power Python RNN ReLU Reduction Reshape SPP Scale Sigmoid
    SigmoidCrossEntropyLoss Silence Slice Softmax SoftmaxWithLoss Split Swish TanH Threshold
    Tile WindowData
"""
KNOWN = _KNOWN.split()

TYPES = """
    Convolutoin=Convolution Convolusion=Convolution Convoluion=Convolution convolution=Convolution
        Conv=Convolution ConvolutionLayer=Convolution Deconvoluton=Deconvolution
    DeConvolution=Deconvolution
        InnerPorduct=InnerProduct Innerproduct=InnerProduct Inner_Product=InnerProduct
    InnerProdcut=InnerProduct
    Polling=Pooling Pool=Pooling pooling=Pooling Poolling=Pooling Relu=ReLU RELU=ReLU ReUL=ReLU
        Prelu=PReLU Tanh=TanH TnaH=TanH Sigmiod=Sigmoid Softmaxx=Softmax SoftMax=Softmax
    Sofmax=Softmax
    SoftmaxWithLos=SoftmaxWithLoss SoftMaxWithLoss=SoftmaxWithLoss SoftmaxWihtLoss=SoftmaxWithLoss
        Dropuot=Dropout DropOut=Dropout Accurracy=Accuracy Acuracy=Accuracy EltWise=Eltwise
    Eltwsie=Eltwise
        Concatenate=Concat Cancat=Concat BatchNrom=BatchNorm Batchnorm=BatchNorm
    BatchNormalization=BatchNorm
        Scael=Scale EuclidianLoss=EuclideanLoss EuclideanLos=EuclideanLoss Flaten=Flatten
    Reshap=Reshape
        ImageDta=ImageData HDF5_DATA=HDF5Data DumyData=DummyData MemmoryData=MemoryData
    Embedding=Embed
    Slcie=Slice Slise=Slice Crpo=Crop Bais=Bias Pyhton=Python lstm=LSTM Lrn=LRN Thresold=Threshold
    SigmoidCrossEntropyLos=SigmoidCrossEntropyLoss InfoGainLoss=InfogainLoss
"""
FIELDS = {
    "LayerParameter": """
        conv_param=convolution_param convolution_parm=convolution_param pool_param=pooling_param
        poolling_param=pooling_param innerproduct_param=inner_product_param relu=relu_param
        bottem=bottom botom=bottom tops=top nmae=name typ=type transform_parm=transform_param
        loss_weights=loss_weight incldue=include batchnorm_param=batch_norm_param
        inner_porduct_param=inner_product_param params=param""",
    "ConvolutionParameter": """
        num_ouput=num_output num_outputs=num_output kernal_size=kernel_size kernelsize=kernel_size
         weight_filer=weight_filler bias_filter=bias_filler biasterm=bias_term
        wieght_filler=weight_filler strid=stride groups=group dialtion=dilation""",
    "SolverParameter": """
        gama=gamma base_rl=base_lr lr_polcy=lr_policy momentun=momentum weight_deacy=weight_decay
                max_itr=max_iter max_iters=max_iter step_value=stepvalue step_size=stepsize
        stepsise=stepsize
        snapshot_prefx=snapshot_prefix test_itner=test_iter test_intervall=test_interval
        solver_mdoe=solver_mode dispaly=display random_sed=random_seed
        test_initialisation=test_initialization""",
    "TransformationParameter": """mean_values=mean_value cropsize=crop_size miror=mirror
        scal=scale""",
    "DataParameter": "bach_size=batch_size souce=source batchsize=batch_size backened=backend",
    "LRNParameter": " aplha=alpha norm_regoin=norm_region",
}
VALUES = {
    ("MAX", "AVE", "STOCHASTIC"): "max=MAX MXA=MAX STOCASTIC=STOCHASTIC Ave=AVE",
    ("TRAIN", "TEST"): "train=TRAIN TRIAN=TRAIN TETS=TEST ",
    ("PROD", "SUM", "MAX"): "sum=SUM SMU=SUM PORD=PROD",
    ("xavier", "gaussian", "msra", "bilinear"): """xaiver=xavier guassian=gaussian
        bilinaer=bilinear""",
    ("SGD", "Adam", "AdaDelta"): "Adm=Adam adam=Adam SDG=SGD Adadelta=AdaDelta",
    ("fc7/out", "data", "prob", "ip"): "ip1=ip fc7_out=fc7/out dta=data porb=prob",
}
COMMAND_SLIPS = "trian=train tarin=train tets=test summry=summary training=train upgade=upgrade"

#: Other words: none of these is a slip of what it stands beside.
OTHER_TYPES = """
        DepthwiseConvolution ReLU6 ReLU1 RReLU CReLU SELU CELU GELU LeakyReLU HardSwish Mish
    Softplus Softsign
    Normalize L2Normalize GroupNorm InstanceNorm LayerNorm Pooling3D Convolution3D ROIPooling
    PSROIPooling Unpooling Upsample Interp Permute PriorBox Splat Gather Gate Pick Transpose Axpy
    ImageSegData ImageLabelmapData VideoData AnnotatedData SmoothL1Loss CenterLoss FocalLoss
        TripletLoss SoftmaxWithLossOHEM WeightedEuclideanLoss LSTMP GRU GRN AdamW Mul Sub Sum
    Mean Pad Expand
    Flip ShuffleChannel DeformableConvolution Correlation Reorg Route Detection Reverse MatMul
    SpatialDropout BilateralInterp Square Sqrt Stack LogSoftmax Softmax2 L1Loss MVN2 Conv3D
"""
OTHER_FIELDS = {
    "LayerParameter": """division_param lstm_param matmul_param transpose_param flip_param
        crelu_param
                rrelu_param selu_param norm_param permute_param reverse_param interp_param
        roi_pooling_param
                mul_param clap_param pooling3d_param bn_param upsample_param hyper_column_param
            celu_param""",
    "SolverParameter": """eval_type ap_version show_per_class_result warmup_iter stagelr min_lr
        max_momentum clip_weights test_offset group_id plateau_winsize""",
    "ConvolutionParameter": "pad_l pad_t hole kernel_d kernel_depth weight_fixed relu",
    "PoolingParameter": "ceil_mode pad_type dilation torch_pooling unpool_size",
    "TransformationParameter": "resize_param distort_param expand_param crop_height flow pad",
}


def pairs(text: str) -> list[tuple[str, str]]:
    return [(slip, right) for slip, _, right in (pair.partition("=") for pair in text.split())]


def fields_of(message: str) -> list[str]:
    return list(getattr(pb, message).DESCRIPTOR.fields_by_name)


SLIPS = [
    *((slip, right, KNOWN) for slip, right in pairs(TYPES)),
    *((s, r, fields_of(message)) for message, text in FIELDS.items() for s, r in pairs(text)),
    *((s, r, list(known)) for known, text in VALUES.items() for s, r in pairs(text)),
    *((s, r, [shown(name) for name in COMMANDS]) for s, r in pairs(COMMAND_SLIPS)),
]
OTHERS = [
    *((word, KNOWN) for word in OTHER_TYPES.split()),
    *((w, fields_of(message)) for message, text in OTHER_FIELDS.items() for w in text.split()),
    *((word, ["conv1", "conv2", "ip1"]) for word in ("conv3", "conv", "ip2", "pool1")),
]


@pytest.mark.parametrize(("slip", "right", "known"), SLIPS)
def test_a_slip_leads_to_the_right_word(slip: str, right: str, known: list[str]) -> None:
    assert nearest(slip, known) == right


@pytest.mark.parametrize(("word", "known"), OTHERS)
def test_another_word_is_no_slip(word: str, known: list[str]) -> None:
    known = [name for name in known if name != word]
    assert nearest(word, known) == ""


def test_two_names_that_are_equally_near_give_none() -> None:
    assert nearest("lefd", ["left", "lefs"]) == ""
    assert nearest("convolu", ["convolution", "convolution3d_x"]) == "convolution"
    assert nearest("", ["a"]) == nearest("a", []) == nearest("_", ["-x"]) == ""


def test_long_words_cost_nothing() -> None:
    start = time.perf_counter()
    assert nearest("a" * 100_000, [f"a{i}" for i in range(2000)]) == ""
    assert time.perf_counter() - start < 1
