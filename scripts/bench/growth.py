"""How time grows with batch, area and depth: it should be in proportion.

A curve is times over sizes; a line in proportion goes through its last point, where what each
pass costs beside its numbers weighs least.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from . import nets
from .job import message

BATCHES = (1, 4, 16, 64, 256, 1024)
SIDES = (224, 320, 448, 640, 896)
LAYERS = (100, 1_000, 10_000, 99_000)


class Curve(NamedTuple):
    """title; what the sizes are; sizes, and for each the best seconds."""

    title: str
    axis: str
    sizes: list[int]
    seconds: list[float]

    @property
    def proportional(self) -> list[float]:
        return [self.seconds[-1] * size / self.sizes[-1] for size in self.sizes]


def measure(threads: int, seconds: float) -> list[Curve]:
    from protonet.kernels.threads import set_num_threads

    set_num_threads(threads)
    return [
        curve("LeNet, forward and backward", "images", BATCHES, lenet, seconds),
        curve("MobileNet v1, one image", "pixels of a side, squared", SIDES, mobilenet, seconds),
        curve("InnerProducts of 4, forward", "layers", LAYERS, chain, seconds),
        curve("InnerProducts of 4, built", "layers", LAYERS, built, 0),
    ]


def curve(
    title: str,
    axis: str,
    sizes: Sequence[int],
    task_of: Callable[[int], tuple[int, Callable[[], object]]],
    seconds: float,
) -> Curve:
    """task_of: for a size what is drawn for it, and what is timed."""
    tasks = [task_of(size) for size in sizes]
    return Curve(title, axis, [at for at, _ in tasks], [best(task, seconds) for _, task in tasks])


def best(task: Callable[[], object], seconds: float) -> float:
    """Of the calls in so many seconds, after one that does not count; of one call for none."""
    if seconds:
        task()
    found, end = [], time.perf_counter() + seconds
    while not found or time.perf_counter() < end:
        start = time.perf_counter()
        task()
        found.append(time.perf_counter() - start)
    return min(found)


def lenet(batch: int) -> tuple[int, Callable[[], object]]:
    from protonet.net.net import Net

    from .job import find, image_shape, trained

    _, source = find("lenet")
    layers = message(source, 0).layer
    net = Net(trained(layers, image_shape(layers, "lenet")), phase=0, seed=1)
    for name in net.inputs:
        net.blobs[name].reshape(batch, *net.blobs[name].shape[1:])
    net.reshape()
    return batch, net.forward_backward


def mobilenet(side: int) -> tuple[int, Callable[[], object]]:
    from protonet.net.net import Net

    net = Net(nets.written("mobilenet_v1"), seed=1)
    net.blobs["data"].reshape(1, 3, side, side)
    net.reshape()
    return side * side, net.run_forward


def text(layers: int) -> str:
    """A chain of InnerProducts."""
    parts = ['layer { name: "0" type: "Input" top: "0" input_param { shape { dim: [1, 4] } } }']
    parts += [
        f'layer {{ name: "{i}" type: "InnerProduct" bottom: "{i - 1}" top: "{i}"'
        ' inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }'
        for i in range(1, layers + 1)
    ]
    return "\n".join(parts)


def chain(layers: int) -> tuple[int, Callable[[], object]]:
    from protonet.net.net import Net

    return layers, Net(text(layers), seed=1).run_forward


def built(layers: int) -> tuple[int, Callable[[], object]]:
    from protonet.net.net import Net

    definition = text(layers)
    return layers, lambda: Net(definition, seed=1)


def show(curves: Sequence[Curve]) -> str:
    """Each point with what it takes of a line in proportion."""
    lines = []
    for each in curves:
        lines.append(f"{each.title}: {each.axis}, ms, over proportional")
        for size, seconds, line in zip(each.sizes, each.seconds, each.proportional):
            lines.append(f"{size:>12,}{1e3 * seconds:>12.3f}{seconds / line:>8.2f}")
    return "\n".join(lines)


def draw(curves: Sequence[Curve], path: Path) -> None:
    """All curves in one picture, logarithmic both ways, with their lines in proportion."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    figure, axes = pyplot.subplots(1, len(curves), figsize=(4 * len(curves), 3.6))
    for each, ax in zip(curves, axes):
        ax.loglog(each.sizes, [1e3 * s for s in each.proportional], "--", color="0.6",
                  label="in proportion")  # fmt: skip
        ax.loglog(each.sizes, [1e3 * s for s in each.seconds], "o-", label="measured")
        ax.set_title(each.title, fontsize=10)
        ax.set_xlabel(each.axis)
        ax.set_ylabel("ms")
        if max(each.sizes) < 100 * min(each.sizes):  # the labels of a decade would overlap
            ax.set_xticks(each.sizes, [f"{size:,}" for size in each.sizes], rotation=30)
            ax.xaxis.set_minor_locator(ticker.NullLocator())
        ax.grid(True, which="major", alpha=0.3)
        ax.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
