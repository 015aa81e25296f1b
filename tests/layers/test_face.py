"""Layers of face recognition: closed forms, quirks that are kept, and bad settings."""

from __future__ import annotations

import numpy as np
import pytest

from protonet import Net
from protonet.errors import DataError, NetError, PrototxtError, ShapeError

from .test_video import net


def test_center_loss_by_hand() -> None:
    made = net(
        'type: "CenterLoss" loss_weight: 3 center_loss_param { num_output: 2 }', (3, 2), (3,)
    )
    made.blobs["b0"].data[...] = [[1, 0], [3, 2], [0, 2]]
    made.blobs["b1"].data[...] = [0, 0, 1]
    made.params["l"][0].data[...] = [[1, 1], [0, 0]]
    assert made.run_forward() == pytest.approx(3 * (1 + 5 + 4) / 6)
    made.clear_param_diffs()
    made.backward()
    np.testing.assert_allclose(made.blobs["b0"].diff, [[0, -1], [2, 1], [0, 2]])
    # the weight of the loss has no part in these
    np.testing.assert_allclose(made.params["l"][0].diff, [[-2 / 3, 0], [0, -1]])


def test_center_loss_counts_only_with_a_weight_that_is_given() -> None:
    made = net('type: "CenterLoss" center_loss_param { num_output: 2 }', (3, 2), (3,))
    made.blobs["b0"].data[...] = 1
    assert made.run_forward() == 0
    assert made.blobs["t"].data.item() > 0


def test_a_label_without_a_centre_is_refused() -> None:
    made = net('type: "CenterLoss" center_loss_param { num_output: 2 }', (3, 2), (3,))
    made.blobs["b1"].data[2] = 2
    with pytest.raises(DataError, match="label 2 at item 2 is out of range for 2 classes"):
        made.run_forward()


PRODUCT = "inner_product_param { num_output: 2 bias_term: false"
DISTANCE = "inner_distance_param { num_output: 2"


@pytest.mark.parametrize(
    ("layer", "want"),
    [
        (f'type: "InnerProduct" {PRODUCT} normalize: true }}', [0.6, -1]),
        (f'type: "InnerProduct" {PRODUCT} normalize: true transpose: true }}', [0.6, -1]),
        (f'type: "InnerDistance" {DISTANCE} normalize: true }}', [0.8, 4]),
    ],
)
def test_normalize_brings_weights_to_length_one_in_the_blob(layer: str, want: list[float]) -> None:
    made = net(layer, (1, 2))
    made.blobs["b0"].data[...] = [[1, 0]]
    weights, unit = np.array([[3.0, 4], [-0.1, 0]]), np.array([[0.6, 0.8], [-1, 0]])
    turned = "transpose" in layer
    made.params["l"][0].data[...] = weights.T if turned else weights
    made.run_forward()
    np.testing.assert_allclose(made.blobs["t"].data[0], want, rtol=1e-3)
    left = made.params["l"][0].data
    np.testing.assert_allclose(left.T if turned else left, unit, atol=1e-4)


@pytest.mark.parametrize("kind", ["InnerProduct", "InnerDistance"])
def test_weights_that_are_a_bottom_are_left_alone_by_normalize(kind: str) -> None:
    block = PRODUCT if kind == "InnerProduct" else DISTANCE
    made = net(f'type: "{kind}" {block} normalize: true }}', (1, 2), (2, 2))
    made.blobs["b0"].data[...] = [[1, 0]]
    made.blobs["b1"].data[...] = given = np.array([[3.0, 4], [-2, 0]])
    made.run_forward()
    np.testing.assert_array_equal(made.blobs["b1"].data, given)
    want = [0.6, -1] if kind == "InnerProduct" else [0.8, 4]
    np.testing.assert_allclose(made.blobs["t"].data[0], want, rtol=1e-3)
    assert not made.params.get("l")


def test_bottoms_that_are_no_weights() -> None:
    with pytest.raises(
        ShapeError, match=r"bottom 1, the weights, has shape \(2, 3\), not \(2, 2\)"
    ):
        net(f'type: "InnerProduct" {PRODUCT} }}', (1, 2), (2, 3))
    with pytest.raises(ShapeError, match=r"bottom 2, the bias, has shape \(3,\), not \(2,\)"):
        net(f'type: "InnerProduct" {PRODUCT} }}', (1, 2), (2, 2), (3,))
    with pytest.raises(ShapeError, match=r"they must be \(2, 2\)"):
        net(f'type: "InnerDistance" {DISTANCE} }}', (1, 2), (2, 3))
    with pytest.raises(NetError, match="labels with update_center_only only"):
        net(f'type: "InnerDistance" {DISTANCE} }}', (1, 2), (2, 2), (1,))


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        (f'InnerDistance" {DISTANCE} distance_type: "L3" }}', "distance_type is 'L3'"),
        (f'InnerDistance" {DISTANCE} transpose: true }}', "transpose is not served"),
        (
            'CenterLoss" center_loss_param { num_output: 2 distance_type: "L1" }',
            "distance_type 'L1' is not served",
        ),
    ],
)
def test_bad_settings_point_to_their_line(layer: str, what: str) -> None:
    shapes = ((1, 2), (1,)) if "Loss" in layer else ((1, 2),)
    with pytest.raises(PrototxtError, match=rf":\d+: .*{what}"):
        net(f'type: "{layer}', *shapes)


# -- MarginInnerProduct --------------------------------------------------------------------------


def margin(kind: str, settings: str = "base: 0") -> Net:
    made = net(
        f'type: "MarginInnerProduct" margin_inner_product_param {{ num_output: 2 type: {kind} '
        f"{settings} }}",
        (1, 2),
        (1,),
        tops="t lambda",
    )
    made.params["l"][0].data[...] = [[2, 0], [0, 5]]
    return made


@pytest.mark.parametrize(("kind", "times"), [("SINGLE", 1), ("DOUBLE", 2), ("TRIPLE", 3)])
@pytest.mark.parametrize("degrees", [5, 25, 40])
def test_the_angle_of_the_label_is_multiplied(kind: str, times: int, degrees: float) -> None:
    made = margin(kind)
    angle = np.radians(degrees)
    made.blobs["b0"].data[...] = [[3 * np.cos(angle), 3 * np.sin(angle)]]
    made.run_forward()
    # up to 180 / times degrees the output is |x| cos(times angle)
    want = [3 * np.cos(times * angle), 3 * np.sin(angle)]
    np.testing.assert_allclose(made.blobs["t"].data[0], want, rtol=1e-12)
    np.testing.assert_array_equal(made.params["l"][0].data, np.eye(2))


def test_quadruple_goes_on_falling_behind_its_first_turn() -> None:
    made = margin("QUADRUPLE")
    outputs = []
    for angle in np.radians(np.arange(1, 180, 2)):
        made.blobs["b0"].data[...] = [[np.cos(angle), np.sin(angle)]]
        made.run_forward()
        outputs.append(made.blobs["t"].data[0, 0])
    assert np.all(np.diff(outputs) < 0)
    assert outputs[0] == pytest.approx(np.cos(4 * np.radians(1)))


def test_lambda_fades_pass_by_pass_and_softens_the_margin() -> None:
    made = margin("DOUBLE", "base: 8 gamma: 0.5 power: 1 iteration: 2 lambda_min: 3")
    made.blobs["b0"].data[...] = [[0.6, 0.8]]
    seen = []
    for _ in range(2):
        made.run_forward()
        seen.append(float(made.blobs["lambda"].data.item()))
    assert seen == pytest.approx([8 / 2.5, 3])
    hard, plain = 2 * 0.6**2 - 1, 0.6
    assert made.blobs["t"].data[0, 0] == pytest.approx((hard + 3 * plain) / 4)


def test_an_item_of_zeros_gives_numbers() -> None:
    made = margin("TRIPLE")
    made.run_forward()
    made.blobs["t"].diff[...] = 1
    made.backward()
    assert np.isfinite(made.blobs["t"].data).all()
    assert np.isfinite(made.blobs["b0"].diff).all()
