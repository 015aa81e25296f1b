#!/usr/bin/env python3
"""Runs one net in protonet and in OpenCV on the same input, and tells how far they are apart.

    python scripts/compare_opencv.py NET                  random weights
    python scripts/compare_opencv.py NET WEIGHTS          those of a .caffemodel
    python scripts/compare_opencv.py NET --shape data=1,3,300,300 --image FILE

For each output the largest difference is shown; for detections, rows of (image, label, score,
box), how far the corners of the same boxes are apart, in pixels of the input.  Exit code 1 if a
value differs by more than --tolerance or a corner by a pixel.  Needs OpenCV 4 (the extra
`bench`): OpenCV 5 reads no nets of Caffe any more.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from protonet import Net  # noqa: E402
from protonet.cli.common import named_shape  # noqa: E402
from protonet.errors import ProtonetError, pip_install  # noqa: E402

#: What one detection is: image, label, score, and a box in parts of the image.
DETECTION = 7


def opencv() -> Any:
    """The package cv2; SystemExit with the remedy if it is missing or cannot read Caffe's nets."""
    try:
        import cv2
    except ImportError:
        sys.exit(f"OpenCV is missing: {pip_install('bench')}")
    if int(cv2.__version__.split(".")[0]) >= 5:
        sys.exit(f"OpenCV {cv2.__version__} reads no nets of Caffe: {pip_install('bench')}")
    return cv2


def fill(net: Net, rng: np.random.Generator) -> None:
    """Random weights under which values neither vanish nor explode.

    A pattern is repeated, which is enough here and quick: VGG has 138 million of them.
    """
    pattern = rng.standard_normal(9973).astype(np.float32)
    for step in net.steps:
        kind = step.layer.type
        for i, blob in enumerate(step.layer.blobs):
            noise = np.resize(pattern, blob.shape)
            if kind in ("BatchNorm", "BN") and i < 3:
                # Mean and variance and what both are divided by; of BN scale, shift and mean.
                blob.data[...] = (0.1 * noise, 1 + noise**2, 1)[i] if kind == "BatchNorm" else 1
            elif len(blob.shape) > 1:
                blob.data[...] = noise * (2 / max(blob.count // blob.shape[0], 1)) ** 0.5
            else:
                blob.data[...] = 0.1 * noise + (i == 0)


def inputs(net: Net, image: str | None, cv2: Any, rng: np.random.Generator) -> dict[str, NDArray]:
    """A picture, or noise, for the first input; sizes for im_info, noise for the others."""
    values = {}
    for i, name in enumerate(net.inputs):
        shape = net.blobs[name].shape
        if image is not None and i == 0:
            picture = cv2.imread(image)
            if picture is None:
                sys.exit(f"{image}: no picture that OpenCV can read")
            values[name] = cv2.dnn.blobFromImage(picture, size=shape[:1:-1])
        elif name == "im_info":
            height, width = net.blobs[net.inputs[0]].shape[2:]
            values[name] = np.array([[height, width, 1]], np.float32)
        else:
            values[name] = rng.standard_normal(shape).astype(np.float32)
    return values


def compare(ours: NDArray, theirs: NDArray, size: tuple[int, int]) -> tuple[str, float, float]:
    """What to print, the largest difference of values, and that of corners in pixels."""
    if ours.ndim == 4 and ours.shape[:2] == (1, 1) and ours.shape[3] == DETECTION:
        return compare_boxes(ours[0, 0], theirs.reshape(-1, DETECTION), size)
    if ours.size != theirs.size:
        return f"shape {ours.shape}, OpenCV {theirs.shape}", np.inf, 0
    difference = float(np.abs(ours.ravel() - theirs.ravel()).max(initial=0))
    largest = float(np.abs(theirs).max(initial=0))
    return f"{difference:.2e} (values up to {largest:.3g})", difference / max(largest, 1), 0


def compare_boxes(
    ours: NDArray, theirs: NDArray, size: tuple[int, int]
) -> tuple[str, float, float]:
    """Detections of two programs, each pair the nearest of one label."""
    ours, theirs = ours[ours[:, 1] >= 0], theirs[theirs[:, 2] > 0]
    if len(ours) != len(theirs):
        return f"{len(ours)} boxes, OpenCV {len(theirs)}", np.inf, np.inf
    scale = np.array([size[1], size[0]] * 2)
    score = pixels = 0.0
    left = theirs.copy()
    for row in ours:
        apart = np.abs((left[:, 3:] - row[3:]) * scale).max(axis=1)
        apart = np.where(left[:, 1] == row[1], apart, np.inf)
        nearest = int(apart.argmin())
        pixels = max(pixels, float(apart[nearest]))
        score = max(score, abs(float(left[nearest, 2] - row[2])))
        left = np.delete(left, nearest, axis=0)
    return f"{len(ours)} boxes, corners {pixels:.3f} pixels, scores {score:.2e}", score, pixels


def run_opencv(
    cv2: Any, text: str, weights: str, values: dict[str, NDArray], names: list[str]
) -> list:
    net = cv2.dnn.readNetFromCaffe(text, weights)
    for name, value in values.items():
        net.setInput(value, name)
    return list(net.forward(names))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("net")
    parser.add_argument("weights", nargs="?")
    parser.add_argument("--shape", action="append", default=[], type=named_shape)
    parser.add_argument("--image", help="a picture for the first input, instead of noise")
    parser.add_argument("--fork", default="")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    cv2 = opencv()
    rng = np.random.default_rng(args.seed)
    try:
        net = Net(args.net, args.weights, shapes=dict(args.shape), fork=args.fork)
    except ProtonetError as error:
        sys.exit(str(error))
    if args.weights is None:
        fill(net, rng)
    if not net.inputs:
        sys.exit(f"{args.net}: the net has no input: give a deploy net")
    values = inputs(net, args.image, cv2, rng)
    ours = {name: array.copy() for name, array in net.forward(**values).items()}
    with tempfile.TemporaryDirectory() as folder:
        weights = args.weights
        if weights is None:
            weights = f"{folder}/random.caffemodel"
            net.save(weights)
        try:
            theirs = run_opencv(cv2, args.net, weights, values, [*ours])
        except cv2.error as error:
            sys.exit(f"OpenCV cannot run it: {' '.join(str(error).split())}")
    size = net.blobs[net.inputs[0]].shape[-2:]
    good = True
    for (name, one), other in zip(ours.items(), theirs):
        words, difference, pixels = compare(one, other, size)
        good = good and difference <= args.tolerance and pixels < 1
        print(f"{name:<24} {words}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
