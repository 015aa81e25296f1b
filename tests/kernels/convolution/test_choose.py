"""Which way a convolution goes, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.kernels.convolution.choose import WAYS, choose
from protonet.kernels.windows import Window

FLOAT = np.dtype(np.float32)


def square(kernel: int, stride: int = 1, pad: int = 0) -> Window:
    return Window(*((n, n) for n in (kernel, stride, pad, 1)))


#: x, w, window, group: layers of well-known nets
KNOWN = {
    "lenet conv1": ((64, 1, 28, 28), (20, 1, 5, 5), square(5), 1, "im2col"),
    "lenet conv2": ((64, 20, 12, 12), (50, 20, 5, 5), square(5), 1, "winograd"),
    "googlenet 5x5": ((1, 16, 28, 28), (32, 16, 5, 5), square(5, pad=2), 1, "winograd"),
    "5x5 of many channels": ((8, 256, 8, 8), (96, 256, 5, 5), square(5, pad=2), 1, "wide"),
    "alexnet conv1": ((16, 3, 227, 227), (96, 3, 11, 11), square(11, 4), 1, "runs"),
    "alexnet conv3": ((16, 256, 13, 13), (384, 256, 3, 3), square(3, pad=1), 1, "winograd"),
    "alexnet conv4": ((16, 384, 13, 13), (384, 192, 3, 3), square(3, pad=1), 2, "winograd"),
    "alexnet conv4, one image": ((1, 384, 13, 13), (384, 192, 3, 3), square(3, pad=1), 2, "wide"),
    "vgg conv2_1": ((4, 64, 112, 112), (128, 64, 3, 3), square(3, pad=1), 1, "winograd"),
    "mobilenet dw": ((16, 64, 56, 56), (64, 1, 3, 3), square(3, pad=1), 64, "depthwise"),
    "mobilenet dw, strided": ((16, 64, 56, 56), (64, 1, 3, 3), square(3, 2, 1), 64, "depthwise"),
    "depthwise, long rows": (
        (1, 9, 28, 28),
        (9, 1, 1, 11),
        Window((1, 11), (1, 1), (0, 5), (1, 1)),
        9,
        "banded",
    ),
    "mobilenet point": ((16, 64, 56, 56), (128, 64, 1, 1), square(1), 1, "point"),
    "mobilenet point, few places": ((16, 512, 7, 7), (1024, 512, 1, 1), square(1), 1, "wide"),
    "fcn upsampling": ((1, 21, 280, 280), (21, 1, 16, 16), square(16, 8), 21, "tiles"),
    "resnet shortcut": ((8, 256, 56, 56), (512, 256, 1, 1), square(1, 2), 1, "runs"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_layers(name: str) -> None:
    x, w, window, group, way = KNOWN[name]
    choice = choose(x, w, window, group, FLOAT)
    assert choice.name == way
    said = str(choice).split("; ")
    assert said[0].startswith(f"{way} for each group: " if choice.apart else f"{way}: ")
    before = list(WAYS)[: list(WAYS).index(way)]
    assert [line.partition(":")[0] for line in said[1:]] == [f"not {other}" for other in before]


def test_groups_of_many_channels_go_one_by_one() -> None:
    few = choose((2, 14, 9, 9), (6, 7, 3, 3), square(3, 2), 2, FLOAT)
    assert not few.apart and few.geometry.group == 2
    many = choose((2, 16, 9, 9), (6, 8, 3, 3), square(3, 2), 2, FLOAT)
    assert many.apart
    assert (many.geometry.group, many.geometry.channels, many.geometry.outputs) == (1, 8, 3)


def test_it_is_worked_out_once_a_shape() -> None:
    args = (5, 3, 17, 19), (4, 3, 3, 2), Window((3, 2), (1, 2), (0, 1), (1, 1)), 1, FLOAT
    assert choose(*args) is choose(*args)
    g = choose(*args).geometry
    assert g.out == (15, 10)
    assert g.work == 5 * 15 * 10 * 4 * 3 * 6


def test_a_convolution_without_space_has_a_way() -> None:
    assert choose((2, 3), (4, 3), Window((), (), (), ()), 1, FLOAT).name == "point"
