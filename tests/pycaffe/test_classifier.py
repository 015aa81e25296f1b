"""Classifier: resize, crop, transform, run, average."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import pycaffe as caffe
from protonet.errors import NetError, ShapeError
from protonet.pycaffe import io

#: The score of a class is the mean of a channel.
MEANS = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 3 dim: 3 dim: 4 dim: 6 } } }
layer { name: "mean" type: "Pooling" bottom: "data" top: "mean"
  pooling_param { pool: AVE global_pooling: true } }
"""


def images(count: int = 2, height: int = 8, width: int = 10):
    return [np.random.default_rng(i).random((height, width, 3), np.float32) for i in range(count)]


@pytest.mark.parametrize("count", [1, 3, 5])
def test_the_centre_crop(count):
    classifier = caffe.Classifier(
        MEANS,
        None,
        image_dims=(8, 10),
        raw_scale=255,
        channel_swap=(2, 1, 0),
        mean=np.array([1.0, 2.0, 3.0]),
        input_scale=0.5,
    )
    scores = classifier.predict(images(count), oversample=False)
    assert scores.shape == (count, 3, 1, 1)
    for image, score in zip(images(count), scores):
        centre = image[2:6, 2:8, ::-1].mean(axis=(0, 1))
        np.testing.assert_allclose(score.ravel(), (centre * 255 - [1, 2, 3]) / 2, rtol=1e-5)


def test_ten_crops_are_averaged():
    classifier = caffe.Classifier(MEANS, None, image_dims=(8, 10))
    scores = classifier.predict(images(3))
    assert scores.shape == (3, 3)
    for image, score in zip(images(3), scores):
        crops = io.oversample([image], (4, 6)).mean(axis=(0, 1, 2))
        np.testing.assert_allclose(score, crops, rtol=1e-5)


def test_pictures_that_are_no_list_of_images():
    classifier = caffe.Classifier(MEANS, None, image_dims=(8, 10))
    image = images(1)[0]
    with pytest.raises(ShapeError, match=r"image 0 .* \(10, 3\), not .*list of images: \[image\]"):
        classifier.predict(image)
    with pytest.raises(ShapeError, match=r"image 1 has the shape \(8, 10\), not \(H, W, K\)$"):
        classifier.predict([image, image[..., 0]])
    with pytest.raises(ShapeError, match=r"image 0 is a str, not an array: caffe\.io\.load_image"):
        classifier.predict(["cat.jpg"])
    assert classifier.predict(np.stack([image, image])).shape == (2, 3)


@pytest.mark.parametrize("oversample", [True, False])
def test_images_smaller_than_the_input(oversample):
    classifier = caffe.Classifier(MEANS, None, image_dims=(3, 10))
    with pytest.raises(ShapeError, match=r"images of \(3, 10\) are smaller than crops of \(4, 6\)"):
        classifier.predict(images(), oversample)


def test_nets_that_take_no_images():
    train = """layer { name: "d" type: "DummyData" top: "data"
      dummy_data_param { shape { dim: 2 dim: 3 } } }"""
    flat = 'layer { name: "d" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
    for cls in (caffe.Classifier, caffe.Detector):
        with pytest.raises(NetError, match="no input for images: give the deploy prototxt"):
            cls(train, None)
        with pytest.raises(ShapeError, match=r"the input 'x' is \(2, 3\): for images .*N, K, H, W"):
            cls(flat, None)


def test_images_of_any_size_are_resized_to_the_input():
    classifier = caffe.Classifier(MEANS, None)
    assert tuple(classifier.image_dims) == (4, 6)
    pictures = [*images(1, 5, 5), *images(1, 9, 4)]
    scores = classifier.predict(pictures, oversample=False)
    for image, score in zip(pictures, scores):
        expected = io.resize_image(image, (4, 6)).mean(axis=(0, 1))
        np.testing.assert_allclose(score.ravel(), expected, rtol=1e-5)
