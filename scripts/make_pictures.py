#!/usr/bin/env python3
"""Draws the pictures in models/pictures/ by training LeNet on the digits (about 20 s), and an SSD
on scenes of them (a few minutes, unless its weights are given).

    python scripts/make_pictures.py [--out DIR] [--ssd WEIGHTS]    needs matplotlib (extra `plot`)

training.png    loss of each iteration and test accuracy along the way
digits.png      test images with what the trained net takes them for
filters.png     the 20 filters of conv1
detections.png  test scenes with what the SSD finds in them
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from protonet.errors import pip_install  # noqa: E402
from protonet.net.net import Net  # noqa: E402
from protonet.solvers import get_solver  # noqa: E402

MODELS = ROOT / "models"
INK, RIGHT, WRONG = "#30343c", "#2a6fb0", "#c8402a"


def train(weights: Path, every: int = 50) -> tuple[list[float], list[tuple[int, float]]]:
    """Run lenet_solver.prototxt: the losses, and (iteration, test accuracy) now and then."""
    solver = get_solver(MODELS / "lenet_solver.prototxt")
    losses, tests = [], []
    test_net = solver.test_nets[0]
    for iteration in range(solver.param.max_iter + 1):
        if iteration % every == 0:
            batches = [float(test_net.forward()["accuracy"]) for _ in range(5)]
            tests.append((iteration, 100 * float(np.mean(batches))))
        if iteration < solver.param.max_iter:
            solver.step(1)
            losses.append(float(solver.loss))
    solver.net.save(str(weights))
    return losses, tests


def draw_training(plt: Any, losses: list[float], tests: list[tuple[int, float]]) -> Any:
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.semilogy(losses, color=RIGHT, linewidth=0.6, alpha=0.45)
    width = 20
    smooth = np.convolve(losses, np.ones(width) / width, "valid")
    axes.semilogy(np.arange(len(smooth)) + width / 2, smooth, color=RIGHT, linewidth=1.6)
    axes.set(xlabel="iteration", xlim=(0, len(losses)))
    axes.set_ylabel("training loss", color=RIGHT)
    other = axes.twinx()
    other.plot(*zip(*tests), color=WRONG, marker=".", linewidth=1.2)
    other.set_ylim(80, 100)
    other.set_ylabel("test accuracy, %", color=WRONG)
    axes.set_title(f"LeNet on the digits: {tests[-1][1]:.1f} % after {len(losses):,} iterations")
    return figure


def draw_digits(plt: Any, weights: Path, columns: int = 12) -> Any:
    """Every mistake, and then the first images up to four rows."""
    net = Net(MODELS / "lenet.prototxt", weights=weights)
    images, labels = test_images()
    net.blobs["data"].reshape(*images.shape)
    net.blobs["data"].data[...] = images
    guess = net.forward()["prob"].argmax(axis=1)
    order = np.argsort(guess == labels, kind="stable")[: 4 * columns]
    figure, axes = plt.subplots(4, columns, figsize=(7, 3), layout="constrained")
    for ax, i in zip(axes.flat, order):
        ax.imshow(images[i, 0], cmap="gray_r")
        good = guess[i] == labels[i]
        text = str(guess[i]) if good else f"{guess[i]} (is {labels[i]})"
        ax.set_title(text, fontsize=8, color=RIGHT if good else WRONG, pad=2)
        ax.axis("off")
    return figure


def draw_filters(plt: Any, weights: Path) -> Any:
    filters = Net(MODELS / "lenet.prototxt", weights=weights).params["conv1"][0].data
    figure, axes = plt.subplots(2, 10, figsize=(7, 1.5), layout="constrained")
    for ax, kernel in zip(axes.flat, filters[:, 0]):
        ax.imshow(kernel, cmap="RdBu", vmin=-abs(filters).max(), vmax=abs(filters).max())
        ax.axis("off")
    return figure


def train_ssd(weights: Path) -> None:
    """Run ssd_digits_solver.prototxt without its tests."""
    solver = get_solver(MODELS / "ssd_digits_solver.prototxt")
    for _ in range(solver.param.max_iter):
        solver.step(1)
    solver.net.save(str(weights))


def draw_detections(plt: Any, weights: Path, columns: int = 6, least: float = 0.5) -> Any:
    """The first test scenes, with the digits that are found with a score of `least` or more."""
    source = Net(MODELS / "ssd_digits_train_test.prototxt")
    source.forward()
    count = 2 * columns
    scenes = source.blobs["data"].data[:count]
    truth = source.blobs["label"].data[0, 0]
    net = Net(MODELS / "ssd_digits.prototxt", weights=weights)
    net.blobs["data"].reshape(*scenes.shape)
    net.blobs["data"].data[...] = scenes
    rows = net.forward()["detection_out"][0, 0]
    figure, all_axes = plt.subplots(2, columns, figsize=(7, 2.6), layout="constrained")
    for i, axes in enumerate(all_axes.flat):
        axes.imshow(scenes[i, 0], cmap="gray", extent=(0, 1, 1, 0))
        axes.axis("off")
        objects = truth[truth[:, 0] == i]
        for _image, label, _score, *box in rows[(rows[:, 0] == i) & (rows[:, 2] >= least)]:
            good = any(label == one[1] and np.abs(one[3:7] - box).max() < 0.1 for one in objects)
            draw_box(axes, box, f"{label - 1:.0f}", "#58b4ff" if good else WRONG)
    return figure


def draw_box(axes: Any, box: list[float], text: str, color: str) -> None:
    x1, y1, x2, y2 = box
    axes.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], color=color, linewidth=1)
    axes.text(x1, y1 - 0.01, text, color=color, fontsize=7, va="bottom")


def test_images() -> tuple[NDArray, NDArray]:
    """What the TEST net reads: its data layer's five batches."""
    net = Net(MODELS / "lenet_train_test.prototxt")
    batches = []
    for _ in range(5):
        net.forward()
        batches.append((net.blobs["data"].data.copy(), net.blobs["label"].data.astype(int)))
    images, labels = zip(*batches)
    return np.concatenate(images), np.concatenate(labels)


def save(figure: Any, path: Path) -> None:
    """As a small file: 64 colours, no date or version inside."""
    from PIL import Image  # comes with matplotlib

    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=110)
    Image.open(buffer).convert("RGB").quantize(64).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=MODELS / "pictures")
    parser.add_argument("--ssd", type=Path, metavar="WEIGHTS", help="of ssd_digits, trained")
    args = parser.parse_args()
    out = args.out
    try:
        import matplotlib
    except ImportError:
        sys.exit(f"make_pictures: matplotlib is not installed: {pip_install('plot')}")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 9, "text.color": INK, "axes.titlesize": 10})
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "lenet.caffemodel"
        losses, tests = train(weights)
        ssd = args.ssd or Path(folder) / "ssd.caffemodel"
        if not args.ssd:
            train_ssd(ssd)
        figures = {
            "training": draw_training(plt, losses, tests),
            "digits": draw_digits(plt, weights),
            "filters": draw_filters(plt, weights),
            "detections": draw_detections(plt, ssd),
        }
    for name, figure in figures.items():
        save(figure, out / f"{name}.png")
        print(f"{out / name}.png")


if __name__ == "__main__":
    main()
