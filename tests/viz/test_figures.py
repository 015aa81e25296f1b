"""Insights as figures."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from protonet import Net, plots
from protonet.errors import ProtonetError
from protonet.viz.figures import to_png

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
layer { name: "c" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "gaussian" } } }
layer { name: "d" type: "Convolution" bottom: "c" top: "d"
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "gaussian" } } }
layer { name: "ip" type: "InnerProduct" bottom: "d" top: "ip"
  inner_product_param { num_output: 3 weight_filler { type: "gaussian" } } }
"""


@pytest.fixture(scope="module")
def insights():
    net = Net(NET, seed=1)
    image = np.random.default_rng(0).normal(size=(3, 8, 8))
    net.predict(image[np.newaxis])
    return {
        "colours": plots.filters(net, "c"),
        "grey": plots.filters(net, "d"),
        "maps": plots.activations(net, "c"),
        "values": plots.activations(net, "ip"),
        "gradient": plots.saliency(net, image),
        "occlusion": plots.saliency(net, image, method="occlusion"),
        "weights": plots.histograms(net),
        "classes": plots.confusion_matrix([0, 1, 1], [0, 1, 0], names=["cat", "dog"]),
    }


KINDS = ["colours", "grey", "maps", "values", "gradient", "occlusion", "weights", "classes"]


@pytest.mark.parametrize("kind", KINDS)
def test_files(insights, tmp_path, kind):
    figure = plots.draw(insights[kind], tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert figure._suptitle.get_text() == insights[kind].title


def test_the_ending_is_the_format(insights, tmp_path):
    plots.draw(insights["values"], tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def shown(figure):
    """The arrays of its pictures."""
    return [image.get_array() for axes in figure.axes for image in axes.get_images()]


def test_the_arrays_are_what_is_drawn(insights):
    (colours,) = shown(plots.draw(insights["colours"]))
    np.testing.assert_allclose(colours[:3, :3], insights["colours"].pictures[0])
    maps = shown(plots.draw(insights["maps"]))[0]
    np.testing.assert_allclose(maps[:6, :6], insights["maps"].pictures[0])
    image, values, below, above = shown(plots.draw(insights["occlusion"]))
    np.testing.assert_allclose(values, insights["occlusion"].values)
    assert image.shape == (8, 8, 3) and below.shape == image.shape and above.shape == (8, 8)
    matrix = plots.draw(insights["classes"])
    assert {text.get_text() for text in matrix.axes[0].texts} == {"1"}
    assert shown(matrix)[0].tolist() == [[1, 0], [0.5, 0.5]]
    bars = plots.draw(insights["values"]).axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx(insights["values"].values)


def test_many_classes_have_no_numbers():
    figure = plots.draw(plots.confusion_matrix(np.arange(60), np.arange(60)))
    assert not figure.axes[0].texts and len(figure.axes[0].get_xticks()) == 30


def test_a_notebook_gets_a_png(insights):
    assert to_png(insights["grey"]).startswith(b"\x89PNG")


def test_what_cannot_be_written(insights, tmp_path, monkeypatch):
    with pytest.raises(ProtonetError, match=r"unknown kind of picture: 'xyz'"):
        plots.draw(insights["grey"], tmp_path / "a.xyz")
    with pytest.raises(ProtonetError, match="there is no folder"):
        plots.draw(insights["grey"], tmp_path / "none" / "a.png")
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ProtonetError, match=r"protonet-caffe\[plot\]"):
        plots.draw(insights["grey"])
