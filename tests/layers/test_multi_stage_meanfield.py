"""MultiStageMeanfield: its files, its weights and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from protonet.errors import DataError, PrototxtError, ShapeError
from protonet.net.net import Net

from .one_pass import bench

TEXT = """
layer { name: "in" type: "Input" top: "u" top: "q" top: "rgb"
        input_param { shape { dim: [1, 2, 3, 4] } shape { dim: [1, 2, 3, 4] }
                      shape { dim: [1, 3, 3, 4] } } }
layer { name: "crf" type: "MultiStageMeanfield" bottom: "u" bottom: "q" bottom: "rgb" top: "y"
        multi_stage_meanfield_param { num_iterations: 2 theta_alpha: 3 theta_beta: 20
                                      theta_gamma: 2 } }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_are_the_diagonals(folder):
    (folder / "spatial.par").write_text("3 4\n9")
    (folder / "bilateral.par").write_bytes(b"5.5\n6\n")
    ws, wb, m = (blob.data[0, 0].tolist() for blob in Net(TEXT).params["crf"])
    assert (ws, wb, m) == ([[3, 0], [0, 4]], [[5.5, 0], [0, 6]], [[-1, 0], [0, -1]])


def test_without_files_weights_must_come(folder):
    net = Net(TEXT)
    with pytest.raises(DataError, match=r"spatial\.par or bilateral\.par is missing"):
        net.run_forward()
    for blob in net.params["crf"]:
        blob.data.fill(0)
    net.blobs["u"].data[...] = np.arange(24).reshape(1, 2, 3, 4)
    net.run_forward()
    # No message at all: the unary scores.
    np.testing.assert_array_equal(net.blobs["y"].data, net.blobs["u"].data)


@pytest.mark.parametrize("content", ["1", "1 x", "1 nan", ""])
def test_files_that_hold_no_numbers(folder, content):
    (folder / "spatial.par").write_text(content)
    with pytest.raises(DataError, match=r"spatial\.par does not hold 2 numbers"):
        Net(TEXT)


def test_agreement_takes_the_lone_pixel_along(folder):
    """In an image of one colour, one pixel that differs a little joins the others."""
    (folder / "spatial.par").write_text("3 3")
    (folder / "bilateral.par").write_text("5 5")
    net = Net(TEXT)
    net.blobs["u"].data[...] = [[[[1]], [[0]]]]
    net.blobs["u"].data[0, :, 1, 2] = [0, 1]
    net.blobs["q"].data[...] = net.blobs["u"].data
    net.run_forward()
    first, second = net.blobs["y"].data[0]
    assert (first > second).all()


def test_colours_part_what_is_not_alike(folder):
    (folder / "spatial.par").write_text("0 0")
    (folder / "bilateral.par").write_text("5 5")
    net = Net(TEXT)
    net.blobs["u"].data[...] = [[[[1]], [[0]]]]
    net.blobs["u"].data[0, :, 1, 2] = [0, 1]
    net.blobs["q"].data[...] = net.blobs["u"].data
    net.blobs["rgb"].data[0, :, 1, 2] = 255
    net.run_forward()
    first, second = net.blobs["y"].data[0]
    lone = np.zeros((3, 4), bool)
    lone[1, 2] = True
    np.testing.assert_array_equal(second > first, lone)


U, RGB = np.zeros((1, 2, 3, 4)), np.zeros((1, 3, 3, 4))


@pytest.mark.parametrize(
    ("text", "bottoms", "kind", "message"),
    [
        ("num_iterations: 1", [U, U, RGB], PrototxtError, "num_iterations is 1"),
        ("num_iterations: 2 theta_beta: -1", [U, U, RGB], PrototxtError, "theta_beta is -1"),
        ("num_iterations: 2", [U, U, U], ShapeError, "rgb have their places"),
        ("num_iterations: 2", [U, RGB, RGB], ShapeError, "must be alike"),
        ("num_iterations: 2", [np.zeros((2, 3))] * 3, ShapeError, "four axes"),
    ],
)
def test_faults(text, bottoms, kind, message):
    text += " theta_alpha: 3 theta_gamma: 3"
    text += "" if "theta_beta" in text else " theta_beta: 3"
    with pytest.raises(kind, match=message):
        bench(
            f'type: "MultiStageMeanfield" multi_stage_meanfield_param {{ {text} }}',
            *bottoms,
        )


@pytest.mark.parametrize(("value", "message"), [(np.nan, "rgb is not finite"), (1e9, "larger")])
def test_colours_that_are_none(value, message):
    rgb = RGB.copy()
    rgb[0, :, 1, 2] = value, -value, value
    found = bench(
        'type: "MultiStageMeanfield" multi_stage_meanfield_param { num_iterations: 2 '
        "theta_alpha: 0.001 theta_beta: 0.5 theta_gamma: 1 }",
        U,
        U,
        rgb,
    )
    with pytest.raises(DataError, match=message):
        found.forward()


def test_the_old_name(folder):
    """The nets that CRF-RNN's authors publish are of the V1 age."""
    crf = TEXT.partition('layer { name: "crf"')[2].replace(
        'type: "MultiStageMeanfield"', "type: MULTI_STAGE_MEANFIELD"
    )
    text = 'input: "u" input: "q" input: "rgb" ' + "".join(
        f"input_dim: {n} " for shape in (U.shape, U.shape, RGB.shape) for n in shape
    )
    net = Net(f'{text} layers {{ name: "crf" {crf}')
    assert [layer.type for layer in net.layers] == ["Input", "MultiStageMeanfield"]
    assert net.layers[1].param.multi_stage_meanfield_param.theta_alpha == 3
