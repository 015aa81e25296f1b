"""Files to findings: places, order, folders, and no false alarm on nets that are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.check import Finding, Severity, check_file, files_in
from protonet.check.run import check_all, check_text, column_of
from protonet.check.subject import Options, kind_of
from protonet.proto import caffe_pb2 as pb

ROOT = Path(__file__).parents[2]
INPUT = 'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 3 } } }\n'


def codes(text: str, file: str = "net.prototxt") -> list[tuple[str, int]]:
    return [(found.code, found.place.line) for found in check_text(text, file)]


@pytest.mark.parametrize("folder", ["models", "tests/conformance/nets", "tests/net/nets"])
def test_good_files_have_nothing_but_notes(folder: str) -> None:
    files = files_in(str(ROOT / folder))
    assert len(files) > 5
    alarms = [f for file in files for f in check_file(file) if f.severity > Severity.NOTE]
    assert [str(alarm) for alarm in alarms] == []


def test_everything_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = (
        INPUT
        + """layer { name: "a" type: "Relu" bottom: "d" top: "a" }
layer { name: "b" type: "ReLU" bottom: "e" top: "b" }
layer { name: "c" type: "Power" bottom: "d" top: "c" elu_param { alpha: 1 } }
layer { name: "e" type: "Concat" bottom: "d" top: "c" }
layer { name: "f" type: "Power" bottom: "d" bottom: "d" top: "f" }
layer { name: "g" type: "Dropout" bottom: "d" top: "g" dropout_param { dropout_ratio: 1 ratio: 2 } }
"""
    )
    assert codes(text) == [
        ("unknown-type", 2),
        ("unknown-bottom", 3),
        ("unread-parameters", 4),
        ("after-unknown", 5),  # the type of line 2 is a guess, so this may come of it
        ("after-unknown", 6),
        ("dropout-ratio", 7),
        ("unknown-field", 7),
    ]


def test_several_faults_in_the_wiring() -> None:
    text = (
        INPUT
        + """layer { name: "a" type: "Power" bottom: "d" top: "a" }
layer { name: "b" type: "Power" bottom: "d" top: "a" }
layer { name: "c" type: "Power" bottom: "a" bottom: "d" top: "c" }
layer { name: "e" type: "InnerProduct" bottom: "d" top: "e" loss_weight: 1 loss_weight: 2
  propagate_down: true propagate_down: false inner_product_param { num_output: 2 } }
layer { name: "f" type: "Convolution" bottom: "d" top: "d" convolution_param { num_output: 1 } }
"""
    )
    found = [f for f in check_text(text, "net.prototxt") if f.code == "wiring"]
    assert [f.place.line for f in found] == [3, 4, 5, 6, 7]


def test_what_reads_a_blob_that_was_made_twice_gets_the_last_one() -> None:
    """The shapes after the fault are those that the text says, so none is wrongly told."""
    text = (
        INPUT
        + """layer { name: "a" type: "InnerProduct" bottom: "d" top: "x"
  inner_product_param { num_output: 2 } }
layer { name: "b" type: "InnerProduct" bottom: "d" top: "x"
  inner_product_param { num_output: 4 } }
layer { name: "c" type: "Reshape" bottom: "x" top: "y" reshape_param { shape { dim: 2 dim: 2 } } }
"""
    )
    assert codes(text) == [("wiring", 4)]


def test_an_unmade_bottom_leaves_the_rest_alone() -> None:
    text = (
        INPUT
        + """layer { name: "a" type: "Power" bottom: "lost" top: "a" }
layer { name: "b" type: "Concat" bottom: "a" bottom: "d" top: "b" }
layer { name: "c" type: "InnerProduct" bottom: "d" top: "c" }
"""
    )
    assert codes(text) == [("unknown-bottom", 2), ("bad-parameter", 4)]


def test_a_finding_has_the_column_of_its_field_and_one_line() -> None:
    text = INPUT + '  layer { name: "a" type: "Concat" bottom: "d"  bottom: "e"\n top: "a" }\n'
    first, *_ = check_text(text, "folder/net.prototxt")
    assert str(first) == (
        "folder/net.prototxt:2:49: error[unknown-bottom]: layer 'a' (Concat): unknown bottom 'e': "
        "no layer above makes a top of this name"
    )


@pytest.mark.parametrize(
    ("line", "field", "column"),
    [
        ('  bottom: "a" bottom: "b"', "bottom", 3),
        ('  bottom: "a" bottom: "b"', "bottom[1]", 15),
        ("  pooling_param { kernel_size: 2 }", "pooling_param.kernel_size", 19),
        ("    layer {", "include", 5),
        ("top_k: 2 top: 3", "top", 10),
        ("", "", 1),
    ],
)
def test_the_column_of_a_field(line: str, field: str, column: int) -> None:
    assert column_of(line, field) == column


def test_the_shapes_that_led_to_a_fault_are_told() -> None:
    text = """input: "data" input_shape { dim: 1 dim: 3 dim: 9 dim: 9 }
layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
  pooling_param { kernel_size: 3 stride: 3 } }
layer { name: "conv" type: "Convolution" bottom: "pool" top: "conv"
  convolution_param { num_output: 2 kernel_size: 5 } }
"""
    fault = next(f for f in check_text(text, "net.prototxt") if f.code == "shape")
    assert fault.place.line == 5
    assert "(from input 1x3x9x9 > pool 1x3x3x3)" in fault.what


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    binary = tmp_path / "net.prototxt"
    binary.write_bytes(b"\x0a\x03net\x00\x01")
    for path, word in ((binary, "binary"), (tmp_path / "absent", "no such file")):
        (found,) = check_file(path)
        assert (found.code, found.severity) == ("syntax", Severity.ERROR)
        assert word in found.what and (found.place.line, found.place.column) == (1, 1)


def test_a_fault_in_the_syntax_comes_with_the_unknown_fields_before_it() -> None:
    text = INPUT.replace("dim: 3", "dim: 3 dims: 4") + 'layer { name: "a" type: }\n'
    assert codes(text) == [("unknown-field", 1), ("syntax", 2)]


def test_a_fault_in_both_phases_is_told_once_and_one_in_a_phase_too() -> None:
    text = """layer { name: "t" type: "DummyData" top: "d" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 } } }
layer { name: "v" type: "DummyData" top: "d" include { phase: TEST }
  dummy_data_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "d" top: "a" inner_product_param { axis: 5 } }
layer { name: "b" type: "Power" bottom: "c" top: "b" include { phase: TEST } }
"""
    assert codes(text) == [("bad-parameter", 5), ("unknown-bottom", 6)]


def test_of_a_fault_in_several_states_the_first_is_told() -> None:
    text = """layer { name: "t" type: "DummyData" top: "d" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 dim: 2 dim: 2 } } }
layer { name: "v" type: "DummyData" top: "d" include { phase: TEST }
  dummy_data_param { shape { dim: 9 dim: 3 dim: 2 dim: 2 } } }
layer { name: "c" type: "Convolution" bottom: "d" top: "c"
  convolution_param { num_output: 1 kernel_size: 5 } }
"""
    (found,) = check_text(text, "net.prototxt")
    assert found.code == "shape" and "(from t 4x3x2x2)" in found.what


def test_nets_that_do_not_train_need_not_have_the_same_parameters() -> None:
    text = """layer { name: "t" type: "Input" top: "d" include { phase: TRAIN }
  input_param { shape { dim: 4 dim: 3 } } }
layer { name: "v" type: "Input" top: "d" include { phase: TEST }
  input_param { shape { dim: 4 dim: 5 } } }
layer { name: "a" type: "InnerProduct" bottom: "d" top: "a" inner_product_param { num_output: 2 } }
"""
    assert codes(text) == []


def test_a_net_for_one_phase_is_not_looked_at_in_the_other() -> None:
    text = """layer { name: "t" type: "DummyData" top: "d" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "d" top: "a" inner_product_param { num_output: 2 } }
"""
    assert codes(text) == []


def test_a_stage_counts_only_where_all_of_it_is_there() -> None:
    """As in nets that are for training and for use at once: the deploy stage is meant for TEST."""
    text = """layer { name: "t" type: "DummyData" top: "d" top: "l" include { not_stage: "deploy" }
  dummy_data_param { shape { dim: 4 dim: 3 } shape { dim: 4 } } }
layer { name: "in" type: "Input" top: "d" include { phase: TEST stage: "deploy" }
  input_param { shape { dim: 1 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "d" top: "a" inner_product_param { num_output: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "l" exclude { stage: "deploy" } }
layer { name: "p" type: "Softmax" bottom: "a" top: "p" include { stage: "deploy" } }
"""
    assert codes(text) == []


ONE = """layer { name: "d" type: "DummyData" top: "d" top: "l"
  dummy_data_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } shape { dim: 1 } } }
layer { name: "n" type: "BatchNorm" bottom: "d" top: "n" }
layer { name: "m" type: "BatchNorm" bottom: "n" top: "m" }
layer { name: "a" type: "InnerProduct" bottom: "m" top: "a" inner_product_param { num_output: 2 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "l" }
"""


@pytest.mark.parametrize(
    ("file", "trained"),
    [
        ("net.prototxt", True),
        ("train_test.prototxt", True),
        ("latest.prototxt", True),
        ("test.prototxt", False),
        ("a/ResNet50_val.prototxt", False),
        ("train/deploy.prototxt", False),
    ],
)
def test_a_file_that_is_called_a_test_is_not_looked_at_in_train(file: str, trained: bool) -> None:
    assert codes(ONE, file) == [("batchnorm-single", 3)] * trained


def test_what_many_layers_have_is_told_once_with_their_number() -> None:
    (found,) = check_text(ONE, "net.prototxt")
    assert found.layer == "n" and found.what.endswith("(and so in 1 more layer)")


def test_an_input_of_one_pixel_is_a_placeholder() -> None:
    text = """layer { name: "d" type: "Input" top: "d"
  input_param { shape { dim: 1 dim: 3 dim: %d dim: %d } } }
layer { name: "p" type: "Pooling" bottom: "d" top: "p"
  pooling_param { kernel_size: %d stride: 2 } }
"""
    assert codes(text % (1, 1, 2)) == []
    assert codes(text % (2, 2, 3)) == [("pooling-beyond", 4)]


def test_fillers_that_do_not_fit_are_found_though_nothing_is_filled() -> None:
    text = """layer { name: "d" type: "Input" top: "d"
  input_param { shape { dim: 1 dim: 1 dim: 8 dim: 8 } } }
layer { name: "up" type: "Deconvolution" bottom: "d" top: "up"
  convolution_param { num_output: 1 kernel_h: 2 kernel_w: 4
    weight_filler { type: "bilinear" }
    bias_filler { type: "gaussan" } } }
"""
    assert codes(text) == [("bad-parameter", 5), ("bad-parameter", 6)]


def test_force_backward_through_what_has_no_gradient() -> None:
    text = """force_backward: true
layer { name: "d" type: "DummyData" top: "d" top: "l"
  dummy_data_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
layer { name: "a" type: "InnerProduct" bottom: "d" top: "a" inner_product_param { num_output: 2 } }
layer { name: "best" type: "ArgMax" bottom: "a" top: "best" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "l" }
"""
    (found,) = check_text(text, "net.prototxt")
    assert (found.code, found.place.line) == ("no-gradient", 5)
    assert found.hint == "take it out of a net with force_backward"
    assert codes(text.replace("force_backward: true", "")) == []


def test_a_solver_is_checked_with_its_nets(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    net = tmp_path / "sub/net.prototxt"
    net.write_text(INPUT + 'layer { name: "a" type: "Power" bottom: "x" top: "a" }\n')
    solver = tmp_path / "sub/solver.prototxt"
    solver.write_text('net: "sub/net.prototxt"\nbase_lr: 1\nlr_policy: "fixd"\nmax_iter: 5\n')
    found = check_file(solver)
    # The name of the net is meant from the folder above, as Caffe's examples are.
    assert [(f.code, Path(f.place.file).name, f.place.line) for f in found] == [
        ("unknown-bottom", "net.prototxt", 2),
        ("bad-setting", "solver.prototxt", 3),
    ]


def test_every_wrong_setting_of_a_solver_is_told() -> None:
    text = """net_param { layer { name: "d" type: "Input" top: "d" } }
base_lr: -0.1
lr_policy: "fixed"
iter_size: 0
display: -1
regularization_type: "L3"
weight_decay: 0.1
type: "AdaGrad"
weights: "absent.caffemodel"
momentum: 0.9
test_iter: 2
stepsize: 7
"""
    found = check_text(text, "solver.prototxt")
    assert [(f.code, f.place.line) for f in found if f.code != "no-loss"] == [
        ("diverging", 2),
        ("bad-setting", 4),
        ("bad-setting", 5),
        ("bad-setting", 6),
        ("missing-file", 9),
        ("bad-setting", 10),
        ("bad-setting", 11),
        ("idle-setting", 12),
    ]


def test_a_folder_tells_of_each_net_once_and_passes_over_maps_of_labels(tmp_path: Path) -> None:
    (tmp_path / "a_solver.prototxt").write_text('net: "net.prototxt" base_lr: 1 lr_policy: "fixed"')
    (tmp_path / "net.prototxt").write_text(
        INPUT + 'layer { name: "a" type: "Power" bottom: "x" top: "a" }\n'
    )
    (tmp_path / "labels.prototxt").write_text('item { name: "cat" label: 1 display_name: "cat" }\n')
    files = files_in(str(tmp_path))
    assert [Path(file).name for file in files] == ["a_solver.prototxt", "net.prototxt"]
    found = [f for each in check_all(files) for f in each]
    assert [f.code for f in found].count("unknown-bottom") == 1


def test_shapes_that_nobody_tells_can_be_given() -> None:
    text = """layer { name: "d" type: "Python" top: "d" python_param { module: "m" layer: "L" } }
layer { name: "c" type: "Convolution" bottom: "d" top: "c"
  convolution_param { num_output: 2 kernel_size: 9 } }
"""
    assert codes(text) == [("unknown-shape", 1)]
    given = check_text(text, "net.prototxt", Options(shapes={"d": (1, 3, 5, 5)}))
    assert [(f.code, f.place.line) for f in given] == [("shape", 3)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('nett: "x" base_lr: 1 lr_polic: "fixed"', "solver"),
        ('# base_lr: 1\nname: "base_lr: 1 max_iter: 2" layr { }', "net"),
        ("net_param { layer { } layer { } } display: 1", "solver"),
        ("", "net"),
    ],
)
def test_what_a_file_is(text: str, kind: str) -> None:
    assert kind_of(text) is (pb.SolverParameter if kind == "solver" else pb.NetParameter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('layers { name: "d" type: DUMMY_DATA top: "d" dummy_data_param { num: 1 } }', [1]),
        ('\nbase_lr: 1 lr_policy: "fixed"\nsolver_type: ADAM net: "absent"', [3]),
        ('\nbase_lr: 1 lr_policy: "fixed"\ntype: "adam" net: "absent"', []),
    ],
)
def test_old_definitions_are_noted_at_their_lines(text: str, expected: list[int]) -> None:
    assert [line for code, line in codes(text) if code == "old-definition"] == expected


def test_findings_sort_by_place() -> None:
    text = "layer { name: 1 }\nx: 2\n"
    found: list[Finding] = check_text(text, "net.prototxt")
    assert found == sorted(found, key=lambda f: f.place)
