"""Our parser against protobuf's own, errors word by word, and garbage."""

from __future__ import annotations

import random
import string
import tracemalloc
from pathlib import Path

import pytest
from google.protobuf import text_format

from protonet.errors import PrototxtError
from protonet.proto import caffe_pb2 as pb
from protonet.proto.octets import decode, serialize
from protonet.proto.parser import parse
from protonet.proto.printer import format
from protonet.proto.tokens import Tokens

FILLER = "layer { convolution_param { weight_filler { %s } } }"
CONV = "layer { convolution_param { %s } }"

LEGAL = [
    "",
    "# comment\n" * 350 + 'name: "n" # at the end\n' + "#\n \t#\n" * 150,
    'name: "' + r"a\"\t" * 99 + '" input: "' + r"\'\\b" * 333 + "\" input: '" + r'\t"' * 1000 + "'",
    "# only a comment",
    'name: "n" # after a value\n# between\n\n#',
    'layer # here\n{ # there\nname # and\n: # there\n"a" # so\n} # and so on',
    'layer{name:"a"type:"b"}layer{name:"c"}',
    'layer: { name: "a" } layer < name: "b" param < lr_mult: 2 > >',
    'name: "n", layer { name: "a"; type: "b", }; layer { }',
    'name\r\n:\f"n"\v',
    "name: 'single \"double\" inside'",
    'name: "one" "two"\n\'three\'',
    r'name: "\"\'\\\a\b\f\n\r\t\v"',
    r'name: "\x41\x4a\x9 \101\1012\60"',
    r'name: "\303\244"',
    'name: "tab\there, ünicode, \U0001f600, # no comment, } and {"',
    'input: ["a", \'b\' "c"] input: "d" input: []',
    "input_dim: [1, 2\n, 3] input_dim: 4 input_dim: [5]",
    "layer { propagate_down: [true, false, t, f, True, False, 1, 0] }",
    "layer: [{ name: 'a' }, < name: 'b' >] layer [{ }] layer: []",
    "layer { param: [{ lr_mult: 1 }, { }] }",
    "input_dim: 0x1F input_dim: -0X10 input_dim: 017 input_dim: 0",
    "input_dim: 2147483647 input_dim: -2147483648",
    CONV % "num_output: 4294967295 kernel_size: 0x4 pad: 04 bias_term: 0 engine: 2",
    "layer { phase: TEST } layer { phase: 0 }",
    FILLER % "value: 1e-3 std: 1.5E+3 min: -.5 max: 5.",
    FILLER % "value: 1e-3f std: .5f min: 3 max: 10 mean: -2",
    FILLER % "value: inf std: -inf min: -Infinity max: INF",
    FILLER % "value: 1e39 min: -1e400 max: 1e-60",
    "layer { clip_param { min: 0 max: 1 } }",
    'layer { bottom: "a" convolution_param { } bottom: "b" }',
]

# What only the C++ parser of protobuf reads, or newer ones in Python, and the same in plain words.
LEGAL_IN_CAFFE = [
    (r'name: "\u00e4\U0001F600"', 'name: "ä\U0001f600"'),
    (FILLER % "value: 3F std: 2e1F", FILLER % "value: 3 std: 20"),
    ("input_dim: - 5 input_dim: -\n# note\n6", "input_dim: [-5, -6]"),
    (FILLER % "value: - 0.5 std: - inf", FILLER % "value: -0.5 std: -inf"),
    (r'name: "\?\ud83d\ude00"', 'name: "?\U0001f600"'),
]


@pytest.mark.parametrize(("text", "plain"), LEGAL_IN_CAFFE)
def test_what_caffe_reads_we_read(text: str, plain: str) -> None:
    expected = text_format.Parse(plain, pb.NetParameter())
    assert parse(text, pb.NetParameter)[0] == expected


@pytest.mark.parametrize("text", LEGAL)
def test_what_protobuf_reads_we_read(text: str) -> None:
    expected = text_format.Parse(text, pb.NetParameter())
    message, _ = parse(text, pb.NetParameter)
    assert message == expected


def test_every_golden_definition_reads_as_protobuf_reads_it(conformance: Path) -> None:
    paths = sorted(conformance.rglob("*.prototxt"))
    assert len(paths) > 400
    for path in paths:
        solver = "solver" in path.name or path.parent.name.startswith("solver_")
        kind = pb.SolverParameter if solver else pb.NetParameter
        text = path.read_text()
        assert parse(text, kind)[0] == text_format.Parse(text, kind()), path


def test_not_a_number_and_bytes() -> None:
    message, _ = parse("layer { relu_param { negative_slope: -NaN } }", pb.NetParameter)
    slope = message.layer[0].relu_param.negative_slope
    assert slope != slope
    datum, _ = parse(r'channels: 1 data: "\000\377" "\u00e4"', pb.Datum)
    assert datum.data == b"\0\xff\xc3\xa4"


# text, line, column, words of the message
ILLEGAL = [
    ("\ufeffname: 'n'", 1, 1, "byte order mark: save it as UTF-8"),
    ("nam: 'x'", 1, 1, "NetParameter has no field 'nam': did you mean 'name'?"),
    ("base_lr: 1", 1, 1, "no field 'base_lr': this is a solver, and a net is wanted"),
    ("layer { zzz: 1 }", 1, 9, "no field 'zzz': Caffe 1.0 has no such field: a fork of Caffe may"),
    ("layer {\n  num_output: 3\n}", 2, 3, "no field 'num_output': it belongs into convolution_p"),
    ("layer { convolution_param { bottom: 'x' } }", 1, 29, "belongs to LayerParameter: is a '}'"),
    ("layer { name: 'a'\n name: 'b' }", 2, 2, "name stands here a second time (first in line 1)"),
    ("layer { lrn_param { } lrn_param { } }", 1, 23, "lrn_param stands here a second time"),
    ("name 'x'", 1, 6, "a ':' is missing after name"),
    ("name: 5", 1, 7, "name wants a string in quotes, not '5': write name: \"5\""),
    ("layer { type: RELU }", 1, 15, "type wants a string in quotes, not 'RELU': like type: "),
    ("name: 'x\n'", 1, 7, "a string that does not end on its line"),
    (
        "\n" + "#\n" * 200 + "name: '" + "\\t" * 200 + "\n'",
        202,
        7,
        "a string that does not end on its",
    ),
    ("#\n" * 250 + "%", 251, 1, "'%' does not belong here"),
    ("name: 'C:\\data'", 1, 7, "\\d in a string means nothing: write \\\\ for a backslash"),
    ("name: '\\777'", 1, 7, "\\777 in a string means nothing"),
    ("name: '\\ud800'", 1, 7, "\\ud800 in a string means nothing"),
    (
        "layer { name\uff1a 'x' }",
        1,
        13,
        "'\uff1a', a full-width character (U+FF1A), does not belong here: ",
    ),
    (
        "layer \uff5b name: 'x' }",
        1,
        7,
        "a full-width character (U+FF5B), does not belong here: write {",
    ),
    ("layer {\n name: “x” }", 2, 8, "'“', a typographic quote (U+201C), does not belong here: "),
    (
        "layer { name: \u2018x\u2019 }",
        1,
        15,
        "a typographic quote (U+2018), does not belong here: write a",
    ),
    (
        FILLER % "std: \u22121",
        1,
        50,
        "'\u2212', a typographic dash (U+2212), does not belong here: write -",
    ),
    ("layer {\u00a0name: 'x' }", 1, 8, "a blank that is not the usual one (U+00A0) does not"),
    ("layer { \u200bname: 'x' }", 1, 9, "an invisible character (U+200B) does not belong here: d"),
    ("layer { na\u200bme: 'x' }", 1, 11, "an invisible character (U+200B) does not belong here"),
    ("layer { n\u0430me: 'x' }", 1, 10, "(cyrillic small letter a) does not belong here"),
    ("name = 'x'", 1, 6, "'=' does not belong here: a field and its value stand around ':'"),
    ("layer {\n name: 'c type: 'ReLU' }", 2, 18, "a quote is missing in this line: a string ends"),
    ("layer { name: 'c top: '3x' }", 1, 24, "a quote is missing in this line: a string ends right"),
    (CONV % "pad: [1, 2,]", 1, 40, "not ']': take away the comma before it"),
    (CONV % "bias_term: TRUE", 1, 40, "bias_term wants true or false, not 'TRUE': write true"),
    ("input_dim: 1,, input_dim: 2", 1, 14, "not ',': one comma is enough, and none is needed"),
    ("input_dim: 1, 3", 1, 15, "not '3': several values stand in brackets, [1, 2], or each"),
    ("layers { type: 'ReLU' }", 1, 16, "words like CONVOLUTION; types in quotes belong into"),
    ("layers { param { lr_mult: 1 } }", 1, 16, "':' is missing after param: old \"layers\" have"),
    (
        "layer {\n param {\n}\nlayer { }",
        4,
        1,
        "is a '}' missing before it (layer began in line 1)?",
    ),
    ("layer {\n relu_param < } }", 2, 15, "relu_param of line 2 ends with '>'"),
    (CONV % "num_output: '2'", 1, 41, "whole number of 0 to 4294967295, not '2': leave out the q"),
    (CONV % "num_output: -1", 1, 41, "num_output wants a whole number of 0 to 4294967295, not -1"),
    (CONV % "num_output: 2.5", 1, 41, "whole number of 0 to 4294967295, not '2.5'"),
    (CONV % "num_output: 1e3", 1, 41, "not '1e3'"),
    (CONV % "num_output: 09", 1, 41, "not '09'"),
    (CONV % "num_output: 3stride: 2", 1, 41, "not '3stride'"),
    (CONV % "num_output: { }", 1, 41, "whole number of 0 to 4294967295, not '{'"),
    (CONV % "bias_term: yes", 1, 40, "bias_term wants true or false, not 'yes'"),
    (CONV % "bias_term: 2", 1, 40, "bias_term wants true or false, not '2'"),
    (CONV % "engine: caffe", 1, 37, "engine has no value 'caffe': did you mean 'CAFFE'?"),
    (CONV % "engine: 7", 1, 37, "engine has no value number '7': one of DEFAULT, CAFFE, CUDNN"),
    (CONV % "engine: 'CAFFE'", 1, 37, "one of DEFAULT, CAFFE, CUDNN, not 'CAFFE': leave out the q"),
    (CONV % "pad: [1, 2", 1, 40, "expected ',' or ']' in the list pad of line 1, not '}'"),
    (CONV % "group: [1]", 1, 36, "not '['"),
    (FILLER % "std: 00.5", 1, 50, "std wants a number, not '00.5'"),
    (FILLER % "std: 0x5", 1, 50, "not '0x5': write it in decimal"),
    (FILLER % "std: 1.2.3", 1, 50, "not '1.2.3'"),
    (FILLER % "std: high", 1, 50, "std wants a number, not 'high'"),
    ("input_dim: 2147483648", 1, 12, "-2147483648 to 2147483647, not 2147483648"),
    ("input_dim: " + "9" * 5000, 1, 12, "input_dim wants a whole number"),
    ("layer 5", 1, 7, "layer is a message: expected '{', not '5': write layer { ... }"),
    ("layer {\n  param {\n", 3, 1, "ends inside param, which began in line 2: add the missing '}'"),
    ("layer { name: 'a' } }", 1, 21, "'}' closes nothing"),
    ("layer { name: 'a' >", 1, 19, "'>' closes nothing"),
    ("layer {\n clip_param {\n min: 0 } }", 2, 2, "max is missing: ClipParameter requires it"),
    ("input_dim: ${N}", 1, 12, "'$' does not belong here: this is a shell template"),
    ("{% for x in y %}", 1, 1, "this is a Jinja template"),
    ("input_dim: {{ n }}", 1, 12, "not '{': this is a Jinja template"),
    ("// comment", 1, 1, "'//' does not begin a comment: comments begin with #"),
    ("name: 'a';; ", 1, 11, "expected the name of a field, not ';'"),
    ("name: 'a'\0", 1, 10, "a zero byte: this is no text"),
    ("[google.protobuf.Any] { }", 1, 1, "expected the name of a field, not '['"),
    ("name: §", 1, 7, "'§' does not belong here"),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), ILLEGAL)
def test_errors_name_the_place_and_what_to_do(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(PrototxtError) as caught:
        parse(text, pb.NetParameter, "net.prototxt")
    error = caught.value
    assert (error.file, error.line, error.column) == ("net.prototxt", line, column)
    assert words in str(error).replace('"2"', "'2'")
    assert len(str(error)) < 250


def test_a_net_given_as_a_solver_is_told() -> None:
    with pytest.raises(PrototxtError, match="no field 'layer': this is a net, and a solver"):
        parse("layer { }", pb.SolverParameter)


def test_lines_of_fields() -> None:
    text = """name: "n"
layer { name: "a"
  bottom: "x" bottom: "y"
  bottom: ["z",
           "w"]
  param { lr_mult: 1 }
  param {
    lr_mult: 2
  }
  convolution_param {
    kernel_size: 3
  }
}
layer { name: "b" }
"""
    _, place = parse(text, pb.NetParameter, "n.prototxt")
    first, second = place.parts["layer"]
    assert (place.line_of("name"), place.line_of("layer[1]"), place.line_of("state")) == (1, 14, 1)
    assert (first.line, second.line, first.file) == (2, 14, "n.prototxt")
    lines = {"bottom": 3, "bottom[0]": 3, "bottom[2]": 4, "bottom[3]": 5, "bottom[9]": 3}
    lines |= {"param.lr_mult": 6, "param[0].lr_mult": 6, "param[1].lr_mult": 8}
    lines |= {"param[1].decay_mult": 7, "convolution_param.kernel_size": 11}
    lines |= {"convolution_param.num_output": 10, "lrn_param.k": 2}
    for path, line in lines.items():
        assert first.line_of(path) == line, path
    assert first.line_of(None) == 2


def test_nets_inside_solvers_have_places_too() -> None:
    text = "base_lr: 1\nnet_param {\n layer {\n name: 'a' } }"
    _, place = parse(text, pb.SolverParameter)
    [net] = place.parts["net_param"]
    assert net.line == 2 and net.parts["layer"][0].line_of("name") == 4


def test_damaged_text_only_ever_raises_prototxt_errors(conformance: Path) -> None:
    rng = random.Random(7)
    folder = conformance / "upgrade"
    seeds = [path.read_text() for path in sorted(folder.rglob("old.prototxt"))] + LEGAL
    alphabet = string.printable + "\0\x7f\ufeffä€\U0001f600"
    pieces = ["{", "}", "[", "]", '"', "'", "\\", "#", "0x", "1e", "-", ".", "\\u", "<", ">", ":"]
    raised = 0
    for _ in range(3000):
        text = list(rng.choice(seeds)[:1500])
        for _ in range(rng.randint(1, 4)):
            at = rng.randint(0, len(text))
            what = rng.randint(0, 3)
            if what == 0:
                text[at : at + rng.randint(1, 20)] = []
            elif what == 1:
                text.insert(at, rng.choice(alphabet))
            elif what == 2:
                text.insert(at, rng.choice(pieces) * rng.choice([1, 1, 2, 300]))
            else:
                text[at:at] = text[at : at + 40]
        try:
            parse("".join(text), pb.NetParameter)
        except PrototxtError as error:
            raised += 1
            assert error.line is not None
    assert raised > 1000


@pytest.mark.parametrize(
    "text",
    [
        "layer {" * 100_000,
        "[" * 100_000,
        "input_dim: [" + "[" * 50_000,
        "{" * 100_000,
        "name: " + "'a' " * 50_000 + "!",
        "name: '" + "\\" * 99_999,
        "#" * 1_000_000 + "\n!",
        "1" * 1_000_000,
        "a" * 1_000_000,
        "input_dim: " + "1" * 1_000_000 + "x",
        "layer { relu_param { negative_slope: " + "1" * 1_000_000 + ".x",
    ],
)
def test_bombs_end_soon_and_short(text: str) -> None:
    with pytest.raises(PrototxtError) as caught:
        parse(text, pb.NetParameter)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_and_columns_with_every_line_end(end: str) -> None:
    text = end.join(["# one", "name: 'x'", "", "layer {", "  name: 'a'", "  nam: 'y'", "}"])
    with pytest.raises(PrototxtError) as caught:
        parse(text, pb.NetParameter, "net.prototxt")
    assert (caught.value.line, caught.value.column) == (6, 3)
    message, place = parse(text.replace("  nam:", "  bottom:"), pb.NetParameter)
    assert (message.name, message.layer[0].bottom[0]) == ("x", "y")
    assert (place.line_of("name"), place.parts["layer"][0].line_of("bottom")) == (2, 6)


def test_lines_of_values_after_lists() -> None:
    text = (
        "input_dim: [1,\n 2]\ninput_dim: [3,\n 4,\n 5]\ninput_dim: 6\ninput_dim: []\ninput_dim: 7"
    )
    message, place = parse(text, pb.NetParameter)
    assert [*message.input_dim] == [1, 2, 3, 4, 5, 6, 7]
    lines = [place.line_of(f"input_dim[{i}]") for i in range(7)]
    assert lines == [1, 2, 3, 4, 5, 6, 8]


def test_lines_may_end_in_carriage_returns_alone() -> None:
    text = "# a comment\rname: 'x'\rlayer {\r  nam: 'y'\r}"
    with pytest.raises(PrototxtError, match=r":4:3: .*no field 'nam'"):
        parse(text, pb.NetParameter, "old.prototxt")
    assert parse(text.replace("nam:", "name:"), pb.NetParameter)[0].name == "x"


UNKNOWN = """layer {
  zzz_param { a { b: [1, 2] c: "x" "y" } d: -1 } top: "t"
  convolution_param { num_output: 2 qqq: 0.5, kernel_size: 3 }
  type: "Convolution" name: "c"
}
layer { name: "r" type: "ReLU" www < v: w > bottom: "t"; }
"""


def test_all_unknown_fields_come_at_once_with_their_layers() -> None:
    with pytest.raises(PrototxtError) as caught:
        parse(UNKNOWN, pb.NetParameter, "n.prototxt")
    lines = str(caught.value).splitlines()
    begins = [
        "n.prototxt:2:3: layer 'c' (Convolution): LayerParameter has no field 'zzz_param': ",
        "n.prototxt:3:37: layer 'c' (Convolution): ConvolutionParameter has no field 'qqq': ",
        "n.prototxt:6:32: layer 'r' (ReLU): LayerParameter has no field 'www': ",
    ]
    assert [line[: len(begin)] for line, begin in zip(lines, begins, strict=True)] == begins
    assert [error.line for error in caught.value.all] == [2, 3, 6]
    assert caught.value.others == caught.value.all[1:]
    message, place = caught.value.partial or (None, None)
    assert message.layer[0].convolution_param.kernel_size == [3]
    assert message.layer[1].bottom == ["t"] and place.parts["layer"][1].line == 6


def test_what_ends_the_reading_is_told_last() -> None:
    with pytest.raises(PrototxtError) as caught:
        parse(UNKNOWN + "layer {\n name: 'p' top: 5 type: 'Power' }", pb.NetParameter)
    assert [error.line for error in caught.value.all] == [2, 3, 6, 8]
    last = caught.value.others[-1]
    assert (last.layer_type, last.what) == ("Power", "top wants a string in quotes, not '5'")


@pytest.mark.parametrize("rest", ["", ":", ": -", ": }", "{ a: {", "{ a: 1", ": [1, 2", "}"])
def test_what_looks_like_no_field_ends_the_reading(rest: str) -> None:
    with pytest.raises(PrototxtError):
        parse("layer { zzz " + rest, pb.NetParameter)


def test_very_many_unknown_fields_end_soon() -> None:
    with pytest.raises(PrototxtError) as caught:
        parse("layer { " + "zzz: 1 " * 100_000 + "}", pb.NetParameter)
    assert str(caught.value).endswith("more") and len(str(caught.value)) < 20_000


def test_bytes_that_are_not_utf8_are_kept() -> None:
    text = b'layer { name: "caf\xe9" top: "\xb0\xa1" } # \xc4'.decode(errors="surrogateescape")
    message, _ = parse(text, pb.NetParameter)
    assert serialize(message) == b"\xa2\x06\x0a\x0a\x04caf\xe9\x22\x02\xb0\xa1"
    assert parse(format(message), pb.NetParameter)[0] == message
    assert format(message).isascii() and "caf\\351" in format(message)
    assert parse("name: '\\377'", pb.NetParameter)[0] == pb.NetParameter(name=decode(b"\xff"))


@pytest.mark.parametrize("token", ["9" * 10**6, "1." * 10**6, "1e" * 10**6 + "+7"])
def test_long_numbers_take_no_more_than_their_text(token: str) -> None:
    tracemalloc.start()
    try:
        tokens = Tokens(f"{token} }}", None)
        assert tokens.text == token and tokens.kind == "number"
        assert tracemalloc.get_traced_memory()[1] < 4 * len(token) + 10**5
        tokens.advance()
        assert tokens.text == "}"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("piece", ["\\t", "#\n", "\\7", '" "', "\n"])
def test_a_text_takes_little_more_than_its_fields(piece: str) -> None:
    """Escapes and comments are no fields, however many there are."""
    count = 100_000
    quote = "" if piece[0] in "#\n" else '"'
    text = f"name: {quote}{piece * count}{quote}" + ' "n"'
    tracemalloc.start()
    try:
        parse(text, pb.NetParameter)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 45 * count * len(piece)
