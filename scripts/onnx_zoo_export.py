#!/usr/bin/env python3
"""Writes nets of PyTorch as ONNX models, with random weights; `onnx_zoo.py` runs it.

    python scripts/onnx_zoo_export.py FOLDER legacy|dynamo NET...
    python scripts/onnx_zoo_export.py names

Needs torch and torchvision.  For each net a line "NET: written" or "NET: why not" is printed.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")

#: Sides of the pictures: small where the net allows it.
SIDE = {"inception_v3": 96, "vgg11": 224, "alexnet": 224, "squeezenet1_1": 96, "googlenet": 96}
CLASSIFIERS = (
    *("alexnet", "resnet18", "resnext50_32x4d", "wide_resnet50_2", "vgg11", "squeezenet1_1"),
    *("densenet121", "googlenet", "inception_v3", "mobilenet_v2", "mobilenet_v3_small"),
    *("shufflenet_v2_x1_0", "mnasnet0_5", "efficientnet_b0", "regnet_x_400mf", "regnet_y_400mf"),
)
SEGMENTERS = ("fcn_resnet50", "deeplabv3_resnet50")


@cache
def torchvision() -> Any:
    """The package; its own compiled operators, which no net here needs, may not load."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        with suppress(RuntimeError):  # they did load
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _KEPT.append(library)
    return importlib.import_module("torchvision")


#: Libraries of operators end with the object.
_KEPT: list[Any] = []


class Double(nn.Sequential):
    """Two convolutions of a U-Net."""

    def __init__(self, inputs: int, outputs: int) -> None:
        def half(channels: int) -> list[nn.Module]:
            conv = nn.Conv2d(channels, outputs, 3, padding=1, bias=False)
            return [conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]

        super().__init__(*half(inputs), *half(outputs))


class UNet(nn.Module):
    """Three levels, one way up by a ConvTranspose, one by bilinear and one by nearest."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([Double(3, 8), Double(8, 16), Double(16, 32), Double(32, 32)])
        self.up = nn.ModuleList([Double(64, 16), Double(32, 8), Double(16, 8)])
        self.grow = nn.ConvTranspose2d(32, 32, 2, stride=2)
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = []
        for level in self.down[:-1]:
            x = level(x)
            kept.append(x)
            x = F.max_pool2d(x, 2)
        x = self.grow(self.down[-1](x))
        x = self.up[0](torch.cat([kept[2], x], 1))
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        x = self.up[1](torch.cat([kept[1], x], 1))
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return torch.sigmoid(self.out(self.up[2](torch.cat([kept[0], x], 1))))


class Yolo(nn.Module):
    """A backbone of SiLU with a focus, and a head of two scales that decodes its boxes."""

    def __init__(self) -> None:
        super().__init__()

        def conv(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
            body = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
            return nn.Sequential(body, nn.BatchNorm2d(outputs), nn.SiLU())

        self.stem, self.one, self.two = conv(12, 16, 3, 1), conv(16, 24, 3, 2), conv(24, 32, 3, 2)
        self.pools = nn.ModuleList([nn.MaxPool2d(k, 1, k // 2) for k in (5, 9)])
        self.mix, self.join = conv(96, 24, 1, 1), conv(48, 24, 3, 1)
        self.heads = nn.ModuleList([nn.Conv2d(24, 3 * 7, 1), nn.Conv2d(24, 3 * 7, 1)])
        self.anchors = torch.tensor(
            [[[8.0, 9], [12, 20], [30, 24]], [[40, 50], [60, 40], [70, 70]]]
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        quarters = [x[..., i::2, j::2] for j in (0, 1) for i in (0, 1)]
        low = self.one(self.stem(torch.cat(quarters, 1)))
        high = self.two(low)
        high = self.mix(torch.cat([high, *(pool(high) for pool in self.pools)], 1))
        low = self.join(torch.cat([low, F.interpolate(high, scale_factor=2, mode="nearest")], 1))
        return torch.cat([self._boxes(i, m) for i, m in enumerate((low, high))], 1)

    def _boxes(self, level: int, maps: torch.Tensor) -> torch.Tensor:
        rows, columns = maps.shape[2:]
        y = self.heads[level](maps).view(-1, 3, 7, rows, columns).permute(0, 1, 3, 4, 2)
        y = y.sigmoid()
        across, down = torch.arange(columns), torch.arange(rows)
        grid = torch.stack(torch.meshgrid(across, down, indexing="xy"), 2).float()
        stride = 4.0 * 2**level
        xy = (y[..., :2] * 2 - 0.5 + grid.view(1, 1, rows, columns, 2)) * stride
        wh = (y[..., 2:4] * 2) ** 2 * self.anchors[level].view(1, 3, 1, 1, 2)
        return torch.cat([xy, wh, y[..., 4:]], 4).reshape(-1, 3 * rows * columns, 7)


class First(nn.Module):
    """The main output of a segmenter."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)["out"]


def _segmenter(name: str) -> nn.Module:
    made = getattr(torchvision().models.segmentation, name)
    return First(made(weights=None, weights_backbone=None, num_classes=5))


def _classifier(name: str) -> nn.Module:
    extra = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    return getattr(torchvision().models, name)(weights=None, num_classes=20, **extra)


MAKERS: dict[str, Callable[[str], nn.Module]] = {
    **dict.fromkeys(CLASSIFIERS, _classifier),
    **dict.fromkeys(SEGMENTERS, _segmenter),
    "unet": lambda name: UNet(),
    "yolo": lambda name: Yolo(),
}


def lively(net: nn.Module) -> nn.Module:
    """Statistics of BatchNorm and other weights under which values neither vanish nor explode."""
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.2)
            nn.init.uniform_(module.bias, -0.2, 0.2)
    return net.eval()


def main(folder: str, exporter: str, names: list[str]) -> None:
    for name in names:
        torch.manual_seed(0)
        try:
            net = lively(MAKERS[name](name))
            x = torch.randn(1, 3, *[SIDE.get(name, 64)] * 2)
            path = Path(folder) / f"{name}.{exporter}.onnx"
            options: dict[str, Any] = {"input_names": ["data"], "output_names": ["out"]}
            if exporter == "legacy":
                options |= {"dynamo": False, "dynamic_axes": {"data": {0: "batch"}}}
            else:
                options |= {"dynamo": True, "external_data": False}
            with torch.no_grad():
                torch.onnx.export(net, (x,), str(path), **options)
            print(f"{name}: written", flush=True)
        except Exception as error:
            what = str(error).strip().splitlines() or [type(error).__name__]
            print(f"{name}: {what[0][:200]}", flush=True)


if __name__ == "__main__" and sys.argv[1:] == ["names"]:
    print(*MAKERS)
elif __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:] or list(MAKERS))
