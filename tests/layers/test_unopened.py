"""Nets that are looked at without what they read: shapes that are told, and those that are not."""

from __future__ import annotations

import pytest

from protonet import Net
from protonet.errors import NetError, ProtonetError, ShapeError, UnknownShape

IMAGES = """layer { name: "d" type: "Data" top: "data" top: "label"
  transform_param { mean_file: "none.binaryproto" }
  data_param { source: "none" batch_size: 4 backend: LMDB } }
"""
LIST = """layer { name: "d" type: "ImageData" top: "data" top: "label"
  image_data_param { source: "none.txt" batch_size: 4 } }
"""
WINDOWS = """layer { name: "d" type: "WindowData" top: "data" top: "label"
  transform_param { crop_size: 6 }
  window_data_param { source: "none.txt" batch_size: 4 } }
"""
ROWS = """layer { name: "d" type: "HDF5Data" top: "data" top: "label"
  hdf5_data_param { source: "none.txt" batch_size: 4 } }
"""
PYTHON = """layer { name: "d" type: "Python" top: "data" top: "label"
  python_param { module: "none_such" layer: "Reader" } }
"""
USE = """layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 2 kernel_size: 3 } }
layer { name: "s" type: "Silence" bottom: "label" }
"""


def look(text: str, **shapes: tuple[int, ...]) -> Net:
    return Net(text, open_data=False, shapes=shapes)


@pytest.mark.parametrize("text", [IMAGES, LIST, WINDOWS])
def test_the_shape_of_the_images_is_enough(text: str, caplog: pytest.LogCaptureFixture) -> None:
    net = look(text + USE, data=(5, 1, 8, 7))
    assert net.blobs["data"].shape == (5, 1, 8, 7) and net.blobs["label"].shape == (5,)
    assert net.blobs["c"].shape == (5, 2, 6, 5)
    assert not caplog.text
    with pytest.raises(ProtonetError, match="layer 'd'"):
        net.forward()


@pytest.mark.parametrize("text", [ROWS, PYTHON])
def test_each_top_has_a_shape_of_its_own(text: str) -> None:
    net = look(text + USE, data=(4, 1, 8, 7), label=(4, 30))
    assert net.blobs["label"].shape == (4, 30)
    with pytest.raises(ProtonetError, match="layer 'd'"):
        net.forward()


def test_a_label_may_be_given_too() -> None:
    assert look(IMAGES, data=(5, 1, 8, 7), label=(5, 3)).blobs["label"].shape == (5, 3)


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        (
            IMAGES,
            {},
            "'none.binaryproto' does not exist .* shape of 'data' is not known.*"
            "--shape data=4,3,H,W",
        ),
        (LIST, {}, "'none.txt' does not exist .*shape of 'data' .*--shape data=4,3,H,W"),
        (ROWS, {}, "'data' and 'label' is not known.*--shape data=4,... --shape label=4,..."),
        (ROWS, {"data": (4, 2)}, "shape of 'label' is not known.*--shape label=4,... to"),
        (PYTHON, {"label": (4,)}, "none_such.*shape of 'data' is not known.*--shape data="),
    ],
)
def test_what_is_not_known_is_named(
    text: str, given: dict[str, tuple[int, ...]], words: str
) -> None:
    with pytest.raises(UnknownShape, match=words) as caught:
        look(text, **given)
    assert "layer 'd'" in str(caught.value) and "shapes={" in str(caught.value)


def test_a_net_in_part() -> None:
    loss = 'layer { name: "l" type: "EuclideanLoss" bottom: "c" bottom: "label" top: "l" }\n'
    net = Net(ROWS + USE + loss, open_data=False, shapes={"data": (4, 1, 8, 7)}, partial=True)
    assert net.blobs["c"].shape == (4, 2, 6, 5)
    assert {"label", "l"} <= net.unknown and not {"data", "c"} & net.unknown
    with pytest.raises(NetError, match=r"layer 'd'.*cannot run"):
        net.forward()
    assert not Net(
        ROWS, open_data=False, partial=True, shapes={"data": (1,), "label": (1,)}
    ).unknown


def test_a_blob_behind_the_unknown_may_be_given() -> None:
    behind = 'layer { name: "r" type: "ReLU" bottom: "c" top: "r" }'
    shapes = {"c": (4, 2, 3, 3), "label": (4,)}
    net = Net(ROWS + USE + behind, open_data=False, shapes=shapes, partial=True)
    assert net.blobs["r"].shape == (4, 2, 3, 3) and net.unknown == {"data"}


def test_in_place_the_unknown_stays_unknown() -> None:
    relu = 'layer { name: "r" type: "ReLU" bottom: "data" top: "data" }\n'
    net = Net(ROWS + relu + USE, open_data=False, partial=True)
    assert {"data", "c"} <= net.unknown


def test_an_input_takes_another_shape() -> None:
    text = 'layer { name: "i" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 } } }'
    assert Net(text, shapes={"data": (7, 2)}).blobs["data"].shape == (7, 2)
    bare = 'layer { name: "i" type: "Input" top: "a" top: "b" }'
    net = Net(bare, shapes={"b": (7, 2)})
    assert (net.blobs["a"].shape, net.blobs["b"].shape) == ((), (7, 2))


def test_wrong_shapes() -> None:
    fixed = """layer { name: "m" type: "MemoryData" top: "data" top: "label"
      memory_data_param { batch_size: 2 channels: 3 height: 4 width: 5 } }"""
    with pytest.raises(NetError, match=r"layer 'm' .*gives 'data' the shape \(2, 3, 4, 5\), not"):
        look(fixed, data=(1, 3, 4, 5))
    with pytest.raises(NetError, match="'dat', but there is no such blob"):
        look(fixed, dat=(1, 3, 4, 5))
    with pytest.raises(ShapeError, match="four axes: --shape data=N,C,H,W"):
        look(IMAGES, data=(4, 3))
    with pytest.raises(ProtonetError, match="does not exist"):  # to run, the data are needed
        Net(IMAGES, shapes={"data": (4, 3, 8, 8)})


def test_nothing_is_filled_in_a_net_to_look_at() -> None:
    text = (
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 5 } } }'
        'layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" '
        'inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }'
    )
    assert Net(text).params["ip"][0].data.any()
    assert not Net(text, partial=True).params["ip"][0].data.any()
