"""BatchNorm merged into weights: the same numbers, the same text but for what goes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.errors import NetError, ProtonetError, PrototxtError
from protonet.export.weights import merge_batch_norm
from protonet.export.weights import merge_bn as module
from protonet.proto.weight_file import read_weight_file

HEAD = """\
# ours
name: "t"
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 9 dim: 8 } } }
"""
CONV = """\
# the first
layer { name: "c" type: "Convolution" bottom: "x" top: "c"  # of two
  convolution_param { num_output: 6 kernel_size: 3 group: 2 bias_term: false } }
layer { name: "b" type: "BatchNorm" bottom: "c" top: "b" }
layer { name: "s" type: "Scale" bottom: "b" top: "s" scale_param { bias_term: true } }
layer { name: "r" type: "ReLU" bottom: "s" top: "s" }  # stays
"""
UP = """\
layer { name: "c" type: "Deconvolution" bottom: "x" top: "c"
  convolution_param { num_output: 6 group: 2 kernel_size: 2 stride: 2 } }
layer { name: "b" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "o" type: "Bias" bottom: "c" top: "c" }
layer { name: "y" type: "ReLU" bottom: "c" top: "y" }
"""
DENSE = """\
layer { name: "c" type: "InnerProduct" bottom: "x" top: "c"
  inner_product_param { num_output: 3 transpose: true } }
layer { name: "s" type: "Scale" bottom: "c" top: "s" }
"""


def saved(tmp_path: Path, text: str, form: str = ".caffemodel") -> tuple[Path, Path]:
    """A net with random weights as files."""
    net, rng = Net(text), np.random.default_rng(3)
    for blobs in net.params.values():
        for blob in blobs:
            blob.data[...] = rng.uniform(0.3, 1.2, blob.shape)
    paths = tmp_path / "old.prototxt", tmp_path / f"old{form}"
    paths[0].write_text(text)
    net.save(paths[1])
    return paths


@pytest.mark.parametrize(
    ("layers", "output", "folded"),
    [
        (CONV, "s", [("c", ["b", "s"])]),
        (UP, "y", [("c", ["b", "o"])]),
        (DENSE, "s", [("c", ["s"])]),
    ],
)
@pytest.mark.parametrize("form", [".caffemodel", ".npz"])
def test_the_same_numbers(
    tmp_path: Path, layers: str, output: str, folded: list[tuple[str, list[str]]], form: str
) -> None:
    old = saved(tmp_path, HEAD + layers, form)
    merged = merge_batch_norm(*old)
    assert merged.folded == folded and merged.left == []
    new = tmp_path / "new.prototxt", tmp_path / "new.caffemodel"
    merged.write(*new)
    x = np.random.default_rng(1).normal(0, 9, (2, 4, 9, 8))
    before, after = (Net(*map(str, files)).forward(x=x)[output] for files in (old, new))
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-5 * np.abs(before).max())
    types = [layer.type for layer in Net(new[0]).layers]
    assert not {"BatchNorm", "Scale", "Bias"} & {*types}
    names = {name for _, parts in folded for name in parts}
    assert not names & {layer.name for layer in read_weight_file(new[1]).layers}
    # The definition inside the weights tells the same.
    stored = read_weight_file(new[1]).layers
    if form == ".caffemodel":
        (product,) = (layer.param for layer in stored if layer.name == "c")
        assert product is not None and not product.convolution_param.HasField("bias_term")


def test_text_stays(tmp_path: Path) -> None:
    merged = merge_batch_norm(*saved(tmp_path, HEAD + CONV))
    assert merged.text == (
        "# For use, with weights of its own: made of old.prototxt by protonet weights merge-bn.\n"
        "# - b, s became part of c\n\n"
        + HEAD
        + "# the first\n"
        + 'layer { name: "c" type: "Convolution" bottom: "x" top: "s"  # of two\n'
        + "  convolution_param { num_output: 6 kernel_size: 3 group: 2 } }\n"
        + 'layer { name: "r" type: "ReLU" bottom: "s" top: "s" }  # stays\n'
    )


LEFT = """\
layer { name: "p" type: "Pooling" bottom: "s" top: "p" pooling_param { kernel_size: 2 } }
layer { name: "alone" type: "BatchNorm" bottom: "p" top: "p" }
layer { name: "c2" type: "Convolution" bottom: "p" top: "c2"
  convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "batch" type: "BatchNorm" bottom: "c2" top: "b2"
  batch_norm_param { use_global_stats: false } }
layer { name: "c3" type: "Convolution" bottom: "p" top: "c3"
  convolution_param { num_output: 2 kernel_size: 1 } }
layer { name: "two" type: "Scale" bottom: "c3" top: "s3" }
layer { name: "read" type: "ReLU" bottom: "c3" top: "r3" }
layer { name: "c4" type: "Convolution" bottom: "p" top: "c4" param { name: "w" }
  convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }
layer { name: "s4" type: "Scale" bottom: "c4" top: "s4" }
layer { name: "c5" type: "Convolution" bottom: "p" top: "c5" param { name: "w" }
  convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }
"""


def test_what_stays_and_why(tmp_path: Path) -> None:
    merged = merge_batch_norm(*saved(tmp_path, HEAD + CONV + LEFT))
    assert merged.folded == [("c", ["b", "s"])]
    assert dict(merged.left) == {
        "alone": "follows no product alone",
        "batch": "takes the statistics of the batch",
        "two": "follows no product alone",
        "s4": "follows no product alone",
    }


def test_inputs_at_the_head_of_a_net(tmp_path: Path) -> None:
    head = 'input: "x" input_shape { dim: 2 dim: 4 dim: 9 dim: 8 }\n'
    merged = merge_batch_norm(*saved(tmp_path, head + CONV))
    assert f"\n\n{head}# the first\n" in merged.text and "BatchNorm" not in merged.text


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(NetError, match=r"old\.prototxt: there is no BatchNorm, Scale or Bias"):
        merge_batch_norm(*saved(tmp_path, HEAD + "".join(CONV.splitlines(True)[:3])))
    net, _ = saved(tmp_path, HEAD + CONV)
    np.savez(tmp_path / "some.npz", **{"c/0": np.ones((6, 2, 3, 3), np.float32)})
    with pytest.raises(ProtonetError, match=r"layer 'b' .*the file has no weights for it"):
        merge_batch_norm(net, tmp_path / "some.npz")
    net.write_text('layers { name: "x" type: RELU bottom: "a" top: "a" }')
    with pytest.raises(PrototxtError, match="syntax of 2014: bring it up to date"):
        merge_batch_norm(net, tmp_path / "old.caffemodel")
    data = HEAD.replace('"Input"', '"DummyData"').replace("input_param", "dummy_data_param")
    with pytest.raises(NetError, match="has no inputs that random numbers"):
        merge_batch_norm(*saved(tmp_path, data + CONV))


def test_a_wrong_result_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = module.folded
    monkeypatch.setattr(module, "folded", lambda *found: (right(*found)[0], right(*found)[1] + 1.0))
    with pytest.raises(NetError, match=r"not the same net: blob 's' differs by .*nothing was"):
        merge_batch_norm(*saved(tmp_path, HEAD + CONV))
