"""A net in one state, built as far as it can be: who made what, and of which shape."""

from __future__ import annotations

from protonet.check.view import View, look
from protonet.net.step import Step
from protonet.proto.text import read_net

TEXT = """layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "fc" type: "InnerProduct" bottom: "d" top: "fc"
  inner_product_param { num_output: 4 } }
layer { name: "relu" type: "ReLU" bottom: "fc" top: "fc" }
layer { name: "a" type: "Power" bottom: "fc" top: "a" }
layer { name: "b" type: "Eltwise" bottom: "fc" bottom: "a" top: "b" propagate_down: true }
"""


def view_of(text: str) -> tuple[View, dict[str, Step]]:
    view = look(read_net(text))
    return view, {step.layer.name: step for step in view.steps}


def test_makers_and_readers_are_seen_through_splits_and_in_place_layers() -> None:
    view, steps = view_of(TEXT)
    assert list(steps) == ["d", "fc", "relu", "a", "b"]
    assert view.maker(steps["relu"]) is steps["fc"]
    assert view.maker(steps["a"]) is view.maker(steps["b"], 0) is steps["relu"]
    assert view.maker(steps["b"], 1) is steps["a"] and view.maker(steps["d"]) is None
    assert view.readers(steps["fc"]) == [steps["relu"]]
    assert view.readers(steps["relu"]) == [steps["a"], steps["b"]]
    assert view.blob_name(steps["b"], 0) == "fc" and steps["b"].bottom_names[0] != "fc"
    assert [(step.layer.name, shape) for step, shape in view.trail(steps["a"])] == [
        ("d", (2, 3)),
        ("fc", (2, 4)),
        ("relu", (2, 4)),
    ]


def test_a_wrong_number_of_flags_leaves_one_for_each_bottom() -> None:
    view, steps = view_of(TEXT)
    assert [fault.what for fault in view.graph.faults] == [
        "propagate_down is given 1 times for 2 bottoms"
    ]
    assert len(steps["b"].propagate_down) == 2


def test_what_hangs_on_an_unmade_bottom_has_no_shape() -> None:
    view, steps = view_of(TEXT.replace('bottom: "d"', 'bottom: "e"'))
    assert [error.what for error in view.unmade] == ["unknown bottom 'e'"]
    assert view.shape(steps["fc"]) is None and view.top_shape(steps["b"]) is None
    assert view.top_shape(steps["d"]) == (2, 3)
