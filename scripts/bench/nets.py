"""The nets that are measured: well-known ones written here, and those of models/.

Each function gives the top of its last layer, as its paper or its deploy file has the net; the
weights are random.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from protonet.proto import caffe_pb2 as pb
from protonet.pycaffe.net_spec import NetSpec
from protonet.pycaffe.net_spec import layers as L

ROOT = Path(__file__).resolve().parents[2]
MAX, AVE = pb.PoolingParameter.MAX, pb.PoolingParameter.AVE
MSRA = {"type": "msra"}


def conv(x: Any, m: int, k: int, s: int = 1, pad: int | None = None, **more: Any) -> Any:
    """k x k cells to m channels; the padding keeps the size of the plane."""
    pad = k // 2 if pad is None else pad
    sizes = {"num_output": m, "kernel_size": k, "stride": s, "pad": pad}
    return L.Convolution(x, **sizes, weight_filler=MSRA, **more)


def relu(x: Any) -> Any:
    return L.ReLU(x, in_place=True)


def pool(x: Any, k: int, s: int, method: int = MAX, pad: int = 0) -> Any:
    return L.Pooling(x, pool=method, kernel_size=k, stride=s, pad=pad)


def everywhere(x: Any) -> Any:
    """The mean of each plane."""
    return L.Pooling(x, pool=AVE, global_pooling=True)


def inner(x: Any, m: int) -> Any:
    return L.InnerProduct(x, num_output=m, weight_filler={"type": "xavier"})


def normalised(x: Any, m: int, k: int, s: int = 1, rectify: bool = True, **more: Any) -> Any:
    """Convolution, BatchNorm, Scale[, ReLU]."""
    x = conv(x, m, k, s, bias_term=False, **more)
    x = L.Scale(L.BatchNorm(x, in_place=True), bias_term=True, in_place=True)
    return relu(x) if rectify else x


def squeezenet(x: Any) -> Any:
    """SqueezeNet 1.1."""
    x = pool(relu(conv(x, 64, 3, 2, 0)), 3, 2)
    for i, (few, many) in enumerate(
        [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]
    ):
        x = relu(conv(x, few, 1))
        x = L.Concat(relu(conv(x, many, 1)), relu(conv(x, many, 3)))
        if i in (1, 3):
            x = pool(x, 3, 2)
    return L.Softmax(everywhere(relu(conv(L.Dropout(x, in_place=True), 1000, 1))))


def mobilenet_v1(x: Any) -> Any:
    x = normalised(x, 32, 3, 2)
    channels = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
    before = 32
    for m, s in [*channels, (1024, 2), (1024, 1)]:
        x = normalised(x, before, 3, s, group=before)
        x, before = normalised(x, m, 1), m
    return L.Softmax(L.Flatten(conv(everywhere(x), 1000, 1)))


def mobilenet_v2(x: Any) -> Any:
    x, before = normalised(x, 32, 3, 2), 32
    rows = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)]
    for times, m, count, stride in [*rows, (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(count):
            s, wide = (stride if i == 0 else 1), before * times
            y = normalised(x, wide, 1) if times > 1 else x
            y = normalised(y, wide, 3, s, group=wide)
            y = normalised(y, m, 1, rectify=False)
            x, before = (L.Eltwise(x, y) if s == 1 and before == m else y), m
    return L.Softmax(L.Flatten(conv(everywhere(normalised(x, 1280, 1)), 1000, 1)))


def inception(x: Any, *sizes: int) -> Any:
    one, before3, three, before5, five, pooled = sizes
    return L.Concat(
        relu(conv(x, one, 1)),
        relu(conv(relu(conv(x, before3, 1)), three, 3)),
        relu(conv(relu(conv(x, before5, 1)), five, 5)),
        relu(conv(pool(x, 3, 1, pad=1), pooled, 1)),
    )


def googlenet(x: Any) -> Any:
    """GoogLeNet without its auxiliary classifiers."""
    x = L.LRN(pool(relu(conv(x, 64, 7, 2)), 3, 2), local_size=5, alpha=1e-4)
    x = relu(conv(relu(conv(x, 64, 1)), 192, 3))
    x = pool(L.LRN(x, local_size=5, alpha=1e-4), 3, 2)
    x = inception(x, 64, 96, 128, 16, 32, 32)
    x = pool(inception(x, 128, 128, 192, 32, 96, 64), 3, 2)
    x = inception(x, 192, 96, 208, 16, 48, 64)
    x = inception(x, 160, 112, 224, 24, 64, 64)
    x = inception(x, 128, 128, 256, 24, 64, 64)
    x = inception(x, 112, 144, 288, 32, 64, 64)
    x = pool(inception(x, 256, 160, 320, 32, 128, 128), 3, 2)
    x = inception(x, 256, 160, 320, 32, 128, 128)
    x = inception(x, 384, 192, 384, 48, 128, 128)
    return L.Softmax(inner(L.Dropout(pool(x, 7, 1, AVE), in_place=True), 1000))


def resnet50(x: Any, narrow: int = 1) -> Any:
    """narrow: how many times fewer channels its blocks have."""
    x = pool(normalised(x, 64, 7, 2), 3, 2)
    for count, wide, stride in [(3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2)]:
        few = wide // narrow
        for i in range(count):
            s = stride if i == 0 else 1
            short = normalised(x, 4 * few, 1, s, rectify=False) if i == 0 else x
            y = normalised(normalised(x, few, 1, s), few, 3)
            x = relu(L.Eltwise(short, normalised(y, 4 * few, 1, rectify=False)))
    return L.Softmax(inner(pool(x, 7, 1, AVE), 1000))


def resnet50_1by2(x: Any) -> Any:
    """As in Yahoo's open_nsfw, but for a thousand classes."""
    return resnet50(x, 2)


def dense(x: Any, *sizes: int) -> Any:
    """Fully connected layers with Dropout between them."""
    for m in sizes[:-1]:
        x = L.Dropout(relu(inner(x, m)), in_place=True)
    return L.Softmax(inner(x, sizes[-1]))


def caffenet(x: Any) -> Any:
    x = L.LRN(pool(relu(conv(x, 96, 11, 4, 0)), 3, 2), local_size=5, alpha=1e-4)
    x = L.LRN(pool(relu(conv(x, 256, 5, group=2)), 3, 2), local_size=5, alpha=1e-4)
    x = relu(conv(relu(conv(x, 384, 3)), 384, 3, group=2))
    return dense(pool(relu(conv(x, 256, 3, group=2)), 3, 2), 4096, 4096, 1000)


def vgg16(x: Any) -> Any:
    for m, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            x = relu(conv(x, m, 3))
        x = pool(x, 2, 2)
    return dense(x, 4096, 4096, 1000)


def up(x: Any, k: int, s: int) -> Any:
    """Bilinear upsampling of 21 scores, each by itself."""
    sizes = {"num_output": 21, "group": 21, "kernel_size": k, "stride": s, "bias_term": False}
    return L.Deconvolution(x, **sizes, weight_filler={"type": "bilinear"})


def fully_convolutional(x: Any) -> tuple[Any, Any, Any]:
    """VGG-16 for images of any size: the thirds and fourths of its pools, and its last scores."""
    pools = []
    for m, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for i in range(count):
            x = relu(conv(x, m, 3, pad=100 if m == 64 and i == 0 else 1))
        x = pool(x, 2, 2)
        pools.append(x)
    x = L.Dropout(relu(conv(x, 4096, 7, pad=0)), in_place=True)
    x = L.Dropout(relu(conv(x, 4096, 1)), in_place=True)
    return pools[2], pools[3], conv(x, 21, 1)


def fcn32s(x: Any) -> Any:
    *_, scores = fully_convolutional(x)
    return L.Softmax(L.Crop(up(scores, 64, 32), x, axis=2, offset=19))


def fcn8s(x: Any) -> Any:
    """Of Long, Shelhamer and Darrell, with groups in its Deconvolutions."""
    third, fourth, scores = fully_convolutional(x)
    for before, offset in [(fourth, 5), (third, 9)]:
        y = up(scores, 4, 2)
        scores = L.Eltwise(y, L.Crop(conv(before, 21, 1), y, axis=2, offset=offset))
    return L.Softmax(L.Crop(up(scores, 16, 8), x, axis=2, offset=31))


def cifar_resnet20(x: Any) -> Any:
    x = normalised(x, 16, 3)
    for m in (16, 32, 64):
        for i in range(3):
            s = 2 if m > 16 and i == 0 else 1
            short = normalised(x, m, 1, s, rectify=False) if s == 2 else x
            y = normalised(normalised(x, m, 3, s), m, 3, rectify=False)
            x = relu(L.Eltwise(short, y))
    return L.Softmax(inner(everywhere(x), 10))


def onet(x: Any) -> Any:
    """MTCNN's output net; of its three answers, the faces' corners, which are not losses here,
    and the boxes are as many more columns of the last product."""
    for m, k, size in [(32, 3, 3), (64, 3, 3), (64, 3, 2)]:
        x = pool(L.PReLU(conv(x, m, k, pad=0), in_place=True), size, 2)
    x = L.PReLU(conv(x, 128, 2, pad=0), in_place=True)
    return L.Softmax(inner(L.PReLU(inner(x, 256), in_place=True), 2 + 4 + 10))


class Entry(NamedTuple):
    """A net, one image's shape, and how many images it is trained with."""

    make: Callable[[Any], Any]
    shape: tuple[int, int, int]
    batch: int


NETS = {
    "squeezenet": Entry(squeezenet, (3, 227, 227), 16),
    "mobilenet_v1": Entry(mobilenet_v1, (3, 224, 224), 16),
    "mobilenet_v2": Entry(mobilenet_v2, (3, 224, 224), 16),
    "googlenet": Entry(googlenet, (3, 224, 224), 16),
    "resnet50": Entry(resnet50, (3, 224, 224), 8),
    "resnet50_1by2": Entry(resnet50_1by2, (3, 224, 224), 32),
    "caffenet": Entry(caffenet, (3, 227, 227), 16),
    "vgg16": Entry(vgg16, (3, 224, 224), 4),
    "fcn32s": Entry(fcn32s, (3, 320, 320), 1),
    "fcn8s": Entry(fcn8s, (3, 320, 320), 1),
    "cifar_resnet20": Entry(cifar_resnet20, (3, 32, 32), 64),
    "onet": Entry(onet, (3, 48, 48), 64),
}
#: Images (or sequences) a step that the nets of models/, and an LSTM, are trained with.
BATCHES = {"lstm": 16, "cifar10_quick": 100, "conv_net": 128, "fc_net": 128}


def written(name: str) -> pb.NetParameter:
    """The deploy file of one of NETS, for one image."""
    entry, n = NETS[name], NetSpec()
    n.data = L.Input(shape={"dim": [1, *entry.shape]})
    n.prob = entry.make(n.data)
    net = n.to_proto()
    net.name = name
    return net


def known() -> list[str]:
    """Names that --nets takes: of NETS, and of the nets of models/."""
    files = sorted((ROOT / "models").glob("*_train_test.prototxt"))
    return [*NETS, *(path.name.removesuffix("_train_test.prototxt") for path in files)]


def batch(name: str) -> int:
    """Images of a training step."""
    return NETS[name].batch if name in NETS else BATCHES.get(name, 64)
