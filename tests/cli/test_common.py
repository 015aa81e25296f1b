"""Arguments that several commands share."""

from __future__ import annotations

import argparse

import pytest

from protonet.cli import common
from protonet.cli.main import Parser, UsageError


def parse(parser: argparse.ArgumentParser, *words: str) -> argparse.Namespace:
    return parser.parse_args(words)


def parser(add, *more) -> argparse.ArgumentParser:
    made = Parser("probe", "")
    add(made, *more)
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [("", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"]), (",", [])],
)
def test_stages(text, names):
    args = parse(parser(common.add_net_arguments), "--stage", text)
    assert common.stages(args) == names


def test_stages_and_level_that_are_not_given():
    args = parse(parser(common.add_net_arguments))
    assert (common.stages(args), args.level, args.gpu) == ([], None, None)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("20", 20), ("007", 7)])
def test_a_positive_number(text, value):
    assert common.positive(text) == value


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "x", "1e3", "+1"])
def test_what_is_no_positive_number(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number above 0"):
        common.positive(text)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ([], False),
        (["--check-size"], True),
        (["--check_size"], True),
        (["--check_size=true"], True),
        (["--check-size=false"], False),
        (["--check_size=false"], False),
        (["--nocheck_size"], False),
        (["--check-size", "--nocheck_size"], False),
    ],
)
def test_a_flag_in_the_spellings_of_gflags(words, value):
    made = parser(common.add_flag, "check-size", "refuse others")
    assert parse(made, *words).check_size is value
    text = made.format_help()
    assert "--check-size" in text and "refuse others" in text
    assert "--check_size" not in text and "--nocheck_size" not in text


def two() -> argparse.ArgumentParser:
    made = Parser("probe", "")
    common.add_either(made, "model", "a net")
    common.add_either(made, "weights", "its weights")
    return made


@pytest.mark.parametrize(
    "words",
    [
        "m w",
        "--model m --weights w",
        "--model m w",
        "--weights w m",
        "m --weights w",
        "w --model m",
    ],
)
def test_either_by_place_or_by_name(words):
    assert common.either(parse(two(), *words.split()), "model", "weights") == ["m", "w"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "the argument MODEL is missing"),
        ("m", "the argument WEIGHTS is missing"),
        ("--model m", "the argument WEIGHTS is missing"),
        ("--weights w", "the argument MODEL is missing"),
        ("m w --model m", "one argument too many: 'w'"),
        ("x --model m --weights w", "one argument too many: 'x'"),
    ],
)
def test_arguments_that_are_missing_or_too_many(words, said):
    with pytest.raises(UsageError) as caught:
        common.either(parse(two(), *words.split()), "model", "weights")
    assert str(caught.value) == said


def test_the_names_of_such_arguments_are_in_the_help_once():
    text = two().format_help()
    assert "MODEL" in text and "WEIGHTS" in text and "--model" not in text
