"""Editing a prototxt: what is asked for changes, and not a byte of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from protonet import edit
from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.text import parse
from tests.harness.golden import CONFORMANCE

MODELS = Path(__file__).parents[2] / "models"
NETS = Path(__file__).parents[1] / "net" / "nets"
FILES = sorted([*MODELS.glob("*.prototxt"), *NETS.glob("*.prototxt")])

NET = """\
# The head of the file.
name: "net"  # its name

# Images.
layer {  # first
  name: "data"
  type: 'Input'
  top: "data"
  input_param { shape { dim: [1, 3, 8, 8] } }
}

# Apart from the next layer.

# Twenty filters.
layer {
  name: "conv1"
  type: "Conv" "olution"
  bottom: "data"
  top: "conv1"
  param { lr_mult: 1 }
  param { lr_mult: 2 }
  convolution_param {
    num_output: 20  # filters
    kernel_size: 0x5
    # What weights are at first.
    weight_filler < type: "xavier", >
  }
}
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
# The end.
"""


def edited(text: str, method: str, *args: Any) -> str:
    doc = edit.open(text)
    getattr(doc, method)(*args)
    assert doc.message == parse(doc.text, doc.message_type)[0]
    return doc.text


def readable() -> Iterator[tuple[Path, str]]:
    """All definitions of the golden data and of our own."""
    for path in sorted([*FILES, *CONFORMANCE.rglob("*.prototxt")]):
        yield path, path.read_bytes().decode(errors="surrogateescape")


def test_what_is_not_edited_stays_byte_for_byte(tmp_path: Path) -> None:
    count = 0
    for path, text in readable():
        doc = edit.open(path, partial=True)
        assert doc.text == text, path
        count += 1
    assert count > 800
    doc.save(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        NET.replace("\n", "\r\n"),
        "\r".join(['name: "a" # old Mac', 'layer { name: "b" }', "# end"]),
        'name:"a",layer{name:"b"type:"ReLU";top:"t"}layer<name:\'c\'>;',
        'layer: { name: "a" # one\n# two\n } layer: [ { name: "b" }, # three\n { name: "c" } ]',
        "# nothing but a comment\n",
        'name: "caf\udce9"  # \udcff\n',
        "layer { blobs { data: [] data: [1,\n 2 , # two\n 3] } }\n\n\n",
    ],
)
def test_every_way_of_writing_is_kept(text: str) -> None:
    assert edit.open(text, pb.NetParameter).text == text


def test_one_value() -> None:
    path = "layer[conv1].convolution_param.num_output"
    assert edited(NET, "set", path, 32) == NET.replace("num_output: 20", "num_output: 32")
    assert edited(NET, "set", "layer[1].type", "ReLU") == NET.replace('"Conv" "olution"', '"ReLU"')
    assert edited(NET, "set", "layer[0].input_param.shape[0].dim[2]", 16) == NET.replace(
        "3, 8, 8", "3, 16, 8"
    )
    filler = "layer[conv1].convolution_param.weight_filler.type"
    assert edited(NET, "set", filler, "msra") == NET.replace('"xavier"', '"msra"')
    crlf = NET.replace("\n", "\r\n")
    assert edited(crlf, "set", path, 32) == crlf.replace("num_output: 20", "num_output: 32")


def test_new_fields_stand_as_their_neighbours() -> None:
    added = edited(NET, "set", "layer[conv1].convolution_param.bias_term", False)
    assert added == NET.replace('"xavier", >\n', '"xavier", >\n    bias_term: false\n')
    added = edited(NET, "set", "layer[conv1].convolution_param.weight_filler.std", 0.1)
    assert added == NET.replace('"xavier", >', '"xavier", std: 0.1 >')
    added = edited(NET, "set", "layer[relu1].relu_param.negative_slope", 0.1)
    assert added == NET.replace(
        'top: "conv1" }', 'top: "conv1" relu_param { negative_slope: 0.1 } }'
    )
    added = edited(NET, "set", "layer[data].transform_param.scale", 1)
    assert added == NET.replace("8, 8] } }\n", "8, 8] } }\n  transform_param { scale: 1 }\n")
    added = edited(NET, "add", "layer[conv1].bottom", "more")
    assert added == NET.replace('bottom: "data"\n', 'bottom: "data"\n  bottom: "more"\n')
    added = edited(NET, "set", "layer[conv1].param[2].lr_mult", 3)
    assert added == NET.replace("{ lr_mult: 2 }\n", "{ lr_mult: 2 }\n  param { lr_mult: 3 }\n")
    added = edited(NET, "add", "layer[0].input_param.shape[0].dim", 4)
    assert added == NET.replace("8, 8]", "8, 8, 4]")
    added = edited(NET, "set", "force_backward", True)
    assert added == NET.replace('top: "conv1" }\n', 'top: "conv1" }\nforce_backward: true\n')
    tabs = "layer {\r\n\tname: 'a'\r\n\tparam {\r\n\t\tlr_mult: 1\r\n\t}\r\n}\r\n"
    text = 'weight_filler {\n  type: "xavier"\n}'
    assert edited(tabs, "set", "layer[a].convolution_param", text) == tabs.replace(
        "\t}\r\n}",
        "\t}\r\n\tconvolution_param {\r\n\t\tweight_filler {\r\n\t\t"
        '  type: "xavier"\r\n\t\t}\r\n\t}\r\n}',
    )


def test_in_files_of_one_line_and_empty_messages() -> None:
    line = 'name:"a",layer{name:"b"type:"ReLU";top:"t"}layer<name:\'c\'>;'
    assert edited(line, "set", "layer[b].phase", "TEST") == line.replace('"t"}', '"t" phase: TEST}')
    assert edited(line, "set", "layer[c].type", "TanH") == line.replace(
        "'c'>", "'c' type: \"TanH\">"
    )
    assert edited(line, "remove", "layer[b].type") == line.replace('type:"ReLU";', "")
    assert edited(line, "remove", "layer[b]") == line.replace(
        'layer{name:"b"type:"ReLU";top:"t"}', ""
    )
    assert edited("a: { }".replace("a", "layer"), "set", "layer.name", "x") == (
        'layer: { name: "x" }'
    )
    assert edited("layer {} # c", "set", "layer.name", "x") == 'layer { name: "x" } # c'
    assert edited("layer {\n}\n", "set", "layer.name", "x") == 'layer {\n  name: "x"\n}\n'
    assert edited("layer { # c\n}\n", "set", "layer.name", "x") == ('layer { # c\n  name: "x"\n}\n')
    assert edited("# c\n", "set", "name", "x") == '# c\nname: "x"\n'
    assert edited("layer { phase: TEST name: 'a' }", "remove", "layer.phase") == (
        "layer { name: 'a' }"
    )
    numbers = "layer { top:'a'param{lr_mult:1}phase:TEST name:'b'}"
    assert edited(numbers, "set", "layer.name", "c") == numbers.replace("'b'", '"c"')
    assert edited("layer{name:'a'type:'b'phase:1}", "remove", "layer.type") == (
        "layer{name:'a'phase:1}"
    )
    assert edited("layer{phase:1,type:'b'name:'a'}", "remove", "layer.type") == (
        "layer{phase:1,name:'a'}"
    )
    assert edited("layer{phase:1 type:'b'name:'a'}", "remove", "layer.type") == (
        "layer{phase:1 name:'a'}"
    )


def test_removing() -> None:
    conv = NET[NET.index("# Twenty") : NET.index("layer { name")]
    assert edited(NET, "remove", "layer[conv1]") == NET.replace("\n\n" + conv, "\n")
    assert edited(NET, "remove", "layer[relu1]") == NET.replace(
        'layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }\n', ""
    )
    assert edited(NET, "remove", "layer[conv1].param") == NET.replace(
        "  param { lr_mult: 1 }\n  param { lr_mult: 2 }\n", ""
    )
    assert edited(NET, "remove", "layer[conv1].param[0]") == NET.replace(
        "  param { lr_mult: 1 }\n", ""
    )
    assert edited(NET, "remove", "layer[conv1].convolution_param.weight_filler") == NET.replace(
        '    # What weights are at first.\n    weight_filler < type: "xavier", >\n', ""
    )
    assert edited(NET, "remove", "layer[0].input_param.shape.dim[0]") == NET.replace("[1, 3", "[3")
    assert edited(NET, "remove", "layer[0].input_param.shape.dim[-1]") == NET.replace("8, 8]", "8]")
    assert edited(NET, "remove", "layer[0].input_param.shape.dim") == NET.replace(
        "{ dim: [1, 3, 8, 8] }", "{ }"
    )
    assert edited(NET, "remove", "name").startswith("# The head of the file.\n\n# Images.\nlayer")


def test_whole_layers() -> None:
    relu = pb.LayerParameter(name="relu0", type="ReLU", bottom=["data"], top=["data"])
    text = '\n\nlayer {\n  name: "relu0"\n  type: "ReLU"\n  bottom: "data"\n  top: "data"\n}'
    assert edited(NET, "insert", "layer[data]", relu) == NET.replace("} }\n}", "} }\n}" + text)
    flat = ' name: "x" type: "ReLU" '
    assert edited(NET, "insert", "layer[relu1]", flat) == NET.replace(
        'top: "conv1" }\n', 'top: "conv1" }\nlayer { name: "x" type: "ReLU" }\n'
    )
    doc = edit.open(NET)
    doc.insert("layer[data]", flat, before=True)
    assert [layer.name for layer in doc.message.layer] == ["x", "data", "conv1", "relu1"]
    assert doc.text.startswith("# The head of the file.\n")
    doc.add("layer", relu)
    assert doc.message.layer[-1] == relu
    assert doc.text.endswith('  top: "data"\n}\n# The end.\n')


def test_renaming_reaches_all_that_refer_to_it() -> None:
    renamed = edited(NET, "rename_blob", "conv1", "c/1")
    assert renamed == (
        NET.replace('top: "conv1"', 'top: "c/1"').replace('bottom: "conv1"', 'bottom: "c/1"')
    )
    renamed = edited(NET, "rename_layer", "conv1", "c1")
    assert renamed == NET.replace('name: "conv1"', 'name: "c1"')
    old = 'input: "data" input_dim: [1, 1, 1, 1] layers { name: "a" bottom: "data" top: "a" }'
    assert edited(old, "rename_blob", "data", "x") == old.replace('"data"', '"x"')
    with pytest.raises(PrototxtError, match="'conv1' cannot become 'data': there is one"):
        edit.open(NET).rename_blob("conv1", "data")
    with pytest.raises(PrototxtError, match=r"no layer 'conv2' to rename"):
        edit.open(NET).rename_layer("conv2", "x")


def test_another_field_in_its_place() -> None:
    solver = "base_lr: 1\nsolver_type: ADAM  # the best\nnet: 'x'\n"
    assert edited(solver, "replace", "solver_type", "type", "Adam") == solver.replace(
        "solver_type: ADAM", 'type: "Adam"'
    )
    with pytest.raises(PrototxtError, match="net cannot take its place"):
        edit.open(solver).replace("solver_type", "net", "y")
    with pytest.raises(PrototxtError, match="no field 'typ'"):
        edit.open(solver).replace("solver_type", "typ", "y")


def test_comments() -> None:
    assert edited(NET, "comment", "layer[conv1].param[1]", "Of the bias:\ntwice.") == NET.replace(
        "  param { lr_mult: 2", "  # Of the bias:\n  # twice.\n  param { lr_mult: 2"
    )
    assert edited(NET, "head", "Mine.") == "# Mine.\n\n" + NET
    line = "name:'a' layer{name:'b'phase:TEST}"
    assert edited(line, "comment", "name", "c") == "# c\n" + line
    assert edited(line, "comment", "layer", "c") == line.replace(" layer", "\n# c\nlayer")
    assert edited(line, "comment", "layer.phase", "c") == line.replace(
        "'b'phase", "'b'\n  # c\n  phase"
    )


def test_reading() -> None:
    doc = edit.open(NET)
    assert doc.get("layer[conv1].convolution_param.kernel_size") == [5]
    assert doc.get("layer[conv1].convolution_param.kernel_size[0]") == 5
    assert doc.get("layer[0].input_param.shape[0].dim") == [1, 3, 8, 8]
    assert doc.get("layer[conv1].param[1]") == pb.ParamSpec(lr_mult=2)
    assert doc.get("layer[conv1].param[0].decay_mult") == 1  # its default
    assert doc.get("layer[conv1].type") == "Convolution"
    assert doc.get("layer[-1].relu_param") == pb.ReLUParameter()
    assert "layer[conv1].param[1]" in doc and "layer[conv1].param[2]" not in doc
    assert "layer[conv1].relu_param.negative_slope" not in doc and "layer[conv9]" not in doc
    assert doc.line("layer[conv1].convolution_param.num_output") == 23
    assert doc.line("name") == 2
    odd = edit.open('layer { name: "2" } layer { name: "a]b.c" } layer { name: "d" }')
    assert odd.get('layer["2"].name') == "2" and odd.get("layer[2].name") == "d"
    assert odd.get("layer[a]b.c].name") == "a]b.c"


@pytest.mark.parametrize(
    ("path", "value", "wants"),
    [
        ("layer[conv1].convolution_param.num_outputs", 1, "did you mean 'num_output'"),
        ("layer[conv1].num_output", 1, "LayerParameter has no field 'num_output': it belongs into"),
        ("layer[conv1].convolution_param.top", "x", "it belongs to LayerParameter"),
        ("layer[conv1].convolution_param.num_output", "8", "wants a whole number of 0 to"),
        ("layer[conv1].convolution_param.num_output", 0.5, "wants a whole number of 0 to"),
        ("layer[conv1].convolution_param.num_output", -1, "wants a whole number of 0 to"),
        ("layer[conv1].convolution_param.num_output", [1], "takes one value, not"),
        ("layer[conv1].convolution_param.bias_term", 0.5, "wants true or false"),
        ("layer[conv1].convolution_param.engine", "CUDN", "one of DEFAULT, CAFFE"),
        ("layer[conv1].convolution_param.weight_filler", 3, "FillerParameter or the text of one"),
        ("layer[conv1].convolution_param.weight_filler", "typ: 'a'", "no field 'typ'"),
        ("layer[conv1].type", 3, "wants a string in quotes"),
        ("layer[conv1].param.lr_mult", 1, "param has 2 values: choose one, param[0]"),
        ("layer[conv1].param[5].lr_mult", 1, "there is no param[5]: there are 2"),
        ("layer[conv1].param[2].bottom[1]", 1, "ParamSpec has no field 'bottom'"),
        ("layer[conv].type", "x", "no layer is named 'conv'"),
        ("layer[conv1].type.name", "x", "type is no message and has no name"),
        ("layer[conv1].type[0]", "x", "type has one value only: leave out [0]"),
        ("layer[conv1]..type", "x", "is no path to a field"),
        ("", "x", "is no path to a field"),
    ],
)
def test_errors_name_the_path_and_change_nothing(path: str, value: Any, wants: str) -> None:
    doc = edit.open(NET)
    with pytest.raises(PrototxtError) as caught:
        doc.set(path, value)
    assert wants in str(caught.value) and path in str(caught.value)
    assert doc.text == NET


def test_errors_name_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "net.prototxt").write_text(NET)
    doc = edit.open(tmp_path / "net.prototxt")
    with pytest.raises(PrototxtError, match=r"net\.prototxt:22: layer\[conv1\]\.conv"):
        doc.set("layer[conv1].convolution_param.num_output", "many")
    twice = edit.open('layer { name: "data" } layer { name: "data" }')
    with pytest.raises(
        PrototxtError, match=r"2 layers are named 'data': choose by index: layer\[0"
    ):
        twice.set("layer[data].type", "Data")
    with pytest.raises(PrototxtError, match=r"there is no relu_param"):
        doc.remove("layer[relu1].relu_param")
    with pytest.raises(PrototxtError, match="came from no file"):
        twice.save()


def test_the_kind_of_file_is_found_out() -> None:
    solver = edit.open("net: 'a'\nbase_lr: 0.1  # high\n")
    assert isinstance(solver.message, pb.SolverParameter)
    solver.set("base_lr", np.float32(0.01))
    solver.set("stepvalue", [10, 20])
    assert solver.text == "net: 'a'\nbase_lr: 0.01  # high\nstepvalue: 10\nstepvalue: 20\n"
    with pytest.raises(PrototxtError, match="no field 'lr_polcy'"):
        edit.open("base_lr: 1\nlr_polcy: 'x'\n")
    net = edit.open("layer { name: 'a' my_param { x: [1, {}] } }\n", partial=True)
    net.set("layer[a].type", "Mine")
    assert net.text == "layer { name: 'a' my_param { x: [1, {}] } type: \"Mine\" }\n"
    assert net.message.layer[0].type == "Mine"


def test_typed_words() -> None:
    doc = edit.open("base_lr: 0.1 type: 'SGD'")
    for path, word in [
        ("base_lr", "1e-3"),
        ("type", "Adam"),
        ("lr_policy", '"step"'),
        ("solver_mode", "CPU"),
        ("train_state", "{ level: 2 }"),
        ("stepvalue", "5"),
    ]:
        doc.set_word(path, word)
    assert doc.text == (
        'base_lr: 1e-3 type: "Adam" lr_policy: "step" solver_mode: CPU '
        "train_state { level: 2 } stepvalue: 5"
    )
    for path, word in [("base_lr", "fast"), ("base_lr", "1 2"), ("solver_mode", "TPU")]:
        with pytest.raises(PrototxtError, match=path):
            doc.set_word(path, word)


# Random edits, against the same edits made through protobuf.


def forms(text: str) -> list[str]:
    """A text, and the same written in other ways."""
    stripped = "\n".join(line.partition("#")[0] for line in text.split("\n"))
    return [
        text,
        text.replace("\n", "\r\n"),
        " ".join(stripped.split()),
        stripped.replace("{", "<").replace("}", ">"),
        stripped.replace('"\n', '",\n').replace("}\n", "};\n"),
    ]


def places(message: Any, prefix: str = "") -> Iterator[tuple[str, Any, Any, int | None]]:
    """Path, message, descriptor and index of everything that is written."""
    for field, value in message.ListFields():
        repeated = hasattr(value, "append") or hasattr(value, "add")
        for i, one in enumerate(value if repeated else [value]):
            path = f"{prefix}{field.name}" + f"[{i}]" * repeated
            yield path, message, field, i if repeated else None
            if field.message_type:
                yield from places(one, f"{path}.")


def drawn(field: Any, rng: np.random.Generator) -> Any:
    """A value for a scalar field: one that numbers of all kinds hold exactly."""
    if field.enum_type:
        return int(rng.choice([value.number for value in field.enum_type.values]))
    number = int(rng.integers(0, 100))
    if field.type == field.TYPE_STRING:
        return f'n{number}\t"'
    return bool(number % 2) if field.type == field.TYPE_BOOL else number


def apply(doc: edit.Document, message: Any, rng: np.random.Generator) -> None:
    """One edit of each: of the text, and of the message."""
    found = list(places(message))
    path, owner, field, index = found[rng.integers(len(found))]
    name, action = field.name, rng.integers(3)
    if action == 0:
        doc.remove(path)
        if index is None:
            owner.ClearField(name)
        else:
            del getattr(owner, name)[index]
    elif index is not None and action == 1:
        bare = path.rpartition("[")[0]
        value = type(getattr(owner, name)[0])() if field.message_type else drawn(field, rng)
        doc.add(bare, value)
        getattr(owner, name).append(value)
    elif field.message_type:
        value = getattr(owner, name) if index is None else getattr(owner, name)[index]
        copy = type(value)()
        copy.CopyFrom(value)
        doc.set(path, copy)
    else:
        value = drawn(field, rng)
        before = doc.text
        doc.set(path, value)
        if index is None:
            setattr(owner, name, value)
        else:
            getattr(owner, name)[index] = value
        assert abs(len(doc.text) - len(before)) < 40


@pytest.mark.parametrize("name", ["lenet_train_test", "siamese", "vgg", "resnet", "lenet_solver"])
def test_random_edits_are_those_of_protobuf(name: str) -> None:
    path = next(path for path in FILES if path.stem == name)
    kind = pb.SolverParameter if "solver" in name else pb.NetParameter
    for form, text in enumerate(forms(path.read_text())):
        rng = np.random.default_rng([form, *map(ord, name)])
        message, doc = parse(text, kind)[0], edit.open(text, kind)
        for _ in range(60):
            if not message.ListFields():
                break
            apply(doc, message, rng)
            assert parse(doc.text, kind)[0] == message, doc.text


@pytest.mark.parametrize("seed", range(8))
def test_a_value_is_all_that_a_set_changes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = forms(NET)[seed % 5] if seed % 5 != 3 else NET
    doc = edit.open(text)
    found = [place for place in places(doc.message) if not place[2].message_type]
    for _ in range(20):
        path, _, field, _ = found[rng.integers(len(found))]
        before, value = doc.text, drawn(field, rng)
        doc.set(path, value)
        after = doc.text
        if after == before:
            continue
        start = next((i for i, (a, b) in enumerate(zip(before, after)) if a != b), 0)
        back = next((i for i, (a, b) in enumerate(zip(before[::-1], after[::-1])) if a != b), 0)
        assert not {"\n", "#", "{", "}"} & {*after[start : len(after) - back]}
        assert doc.get(path) == value
        assert doc.text.count("#") == text.count("#")
