#!/usr/bin/env python3
"""Runs nets of Caffe in OpenCV 4; `onnx_zoo.py` calls it with the Python that has one.

Each line of the standard input is "PROTOTXT CAFFEMODEL VALUES.npz"; for each the largest
difference to the outputs in VALUES (arrays "in/BLOB" and "out/LAYER"), by the largest value, or
why it cannot be run is printed.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np


def difference(text: str, weights: str, file: str) -> float:
    net = cv2.dnn.readNetFromCaffe(text, weights)
    values = dict(np.load(file))
    for name in values:
        if name.startswith("in/"):
            net.setInput(values[name], name[3:])
    wanted = [name for name in values if name.startswith("out/")]
    got = net.forward([name[4:] for name in wanted])
    return max(
        float(
            np.abs(y.ravel() - values[name].ravel()).max() / max(np.abs(values[name]).max(), 1e-3)
        )
        for name, y in zip(wanted, got)
    )


for line in sys.stdin:
    try:
        print(f"{difference(*line.split()):.1e}", flush=True)
    except Exception as error:
        print(" ".join(str(error).split())[-160:], flush=True)
