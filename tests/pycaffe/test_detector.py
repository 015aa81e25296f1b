"""Detector: windows cut out, warped with their surroundings, classified."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import DataError, ProtonetError
from protonet.pycaffe import io
from tests.pycaffe.png import picture, write_png

MEANS = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 2 dim: 3 dim: 12 dim: 12 } } }
layer { name: "mean" type: "Pooling" bottom: "data" top: "mean"
  pooling_param { pool: AVE global_pooling: true } }
"""


def test_windows_of_several_images(tmp_path):
    files = [write_png(tmp_path / f"{i}.png", picture(20, 30, seed=i)) for i in range(2)]
    windows = [[(0, 0, 12, 12), (5, 6, 15, 26)], [np.array([2, 3, 14, 15])]]
    detector = caffe.Detector(MEANS, None, raw_scale=10)
    found = detector.detect_windows(zip(files, windows))
    assert [d["filename"] for d in found] == [files[0], files[0], files[1]]
    for detection in found:
        top, left, bottom, right = detection["window"]
        part = io.load_image(detection["filename"])[top:bottom, left:right]
        expected = io.resize_image(part, (12, 12)).mean(axis=(0, 1)) * 10
        np.testing.assert_allclose(detection["prediction"].ravel(), expected, rtol=1e-5)
    assert detector.detect_windows([]) == []


def test_context_around_a_window():
    """A window of 6 x 6 on an input of 12 with 3 pixels of context on each side: scaled once,
    so what is cut out is the 12 x 12 (13 with both ends) around it."""
    detector = caffe.Detector(MEANS, None, context_pad=3)
    image = np.random.default_rng(0).random((40, 40, 3), np.float32)
    out = detector.crop(image, np.array([15, 15, 20, 20]))
    np.testing.assert_allclose(out, io.resize_image(image[12:24, 12:24], (12, 12)), rtol=1e-6)


def test_context_beyond_the_border_is_the_mean():
    mean = np.array([30.0, 20.0, 10.0])  # of blue, green, red
    detector = caffe.Detector(
        MEANS, None, mean=mean, raw_scale=100, channel_swap=(2, 1, 0), context_pad=3
    )
    image = np.random.default_rng(0).random((40, 40, 3), np.float32)
    out = detector.crop(image, [0, 0, 5, 5])
    np.testing.assert_allclose(out[:2], np.broadcast_to([0.1, 0.2, 0.3], (2, 12, 3)), rtol=1e-6)
    np.testing.assert_allclose(out[:, :2], np.broadcast_to([0.1, 0.2, 0.3], (12, 2, 3)), rtol=1e-6)
    assert out[4:, 4:].std() > 0.1
    with pytest.raises(DataError, match="lies outside of its image"):
        detector.crop(image, [60, 60, 50, 50])


def test_windows_without_a_pixel():
    detector = caffe.Detector(MEANS, None)
    image = np.random.default_rng(0).random((40, 30, 3), np.float32)
    for window in ([50, 0, 60, 10], [0, 35, 10, 39], [-9, 0, -2, 10], [20, 20, 10, 10]):
        with pytest.raises(DataError, match=r"outside of its image of \(40, 30\): .*ymin, xmin"):
            detector.crop(image, window)
    # one that reaches beyond the border is what lies inside
    assert (detector.crop(image, [-5, 10, 5, 99]) == image[:5, 10:]).all()
    with pytest.raises(DataError, match=r"\[1, 2, 3\] is not \(ymin, xmin, ymax, xmax\)"):
        detector.crop(image, [1, 2, 3])


def test_selective_search(tmp_path, monkeypatch):
    path = write_png(tmp_path / "x.png", picture(20, 30))
    detector = caffe.Detector(MEANS, None)
    name = "selective_search_ijcv_with_python"
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ProtonetError, match="give windows to detect_windows"):
        detector.detect_selective_search([path])
    fake = types.ModuleType(name)
    fake.get_windows = lambda names, cmd: [np.array([[0, 0, 5, 5]]) for _ in names]
    monkeypatch.setitem(sys.modules, name, fake)
    assert [d["filename"] for d in detector.detect_selective_search([path])] == [str(path)]
