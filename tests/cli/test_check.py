"""protonet check: what it prints, and what it returns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from protonet.check import RULES
from protonet.cli.main import main

INPUT = 'layer { name: "d" type: "Input" top: "d" input_param { shape { dim: 1 dim: 3 } } }\n'
WARNING = INPUT + (
    'layer { name: "a" type: "Power" bottom: "d" top: "a" elu_param { alpha: 1 } }\n'
)
ERROR = WARNING + 'layer { name: "b" type: "Power" bottom: "x" top: "b" }\n'
OLD = 'input: "d" input_dim: 1 input_dim: 3 input_dim: 2 input_dim: 2\n'


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("net.prototxt")


@pytest.mark.parametrize(
    ("text", "code", "summary"),
    [
        (INPUT, 0, "no findings in 1 file"),
        (OLD, 0, "1 note in 1 file"),
        (WARNING, 1, "1 warning in 1 file"),
        (ERROR, 3, "1 error, 1 warning in 1 file"),
        ("", 3, "1 error in 1 file"),
    ],
)
def test_exit_code_by_severity(
    text: str, code: int, summary: str, net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net.write_text(text)
    assert main(["check", "net.prototxt"]) == code
    out, err = capsys.readouterr()
    assert err.strip() == summary
    assert len(out.splitlines()) == sum(int(word) for word in summary.split() if word.isdigit()) - 1


def test_one_line_a_finding(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(WARNING)
    main(["check", "net.prototxt"])
    out, _ = capsys.readouterr()
    assert out == (
        "net.prototxt:2:54: warning[unread-parameters]: layer 'a' (Power): the type does not read "
        "elu_param: what is written there has no effect: it reads power_param\n"
    )


def test_only_the_severe(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(ERROR)
    assert main(["check", "--least", "error", "net.prototxt"]) == 3
    out, _ = capsys.readouterr()
    assert "unknown-bottom" in out and "unread-parameters" not in out


def test_json(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(ERROR)
    assert main(["check", "--json", "net.prototxt"]) == 3
    first, second = json.loads(capsys.readouterr().out)
    assert first["code"] == "unread-parameters" and first["line"] == 2 and first["column"] == 54
    assert second == {
        "file": "net.prototxt",
        "line": 3,
        "column": 33,
        "severity": "error",
        "code": "unknown-bottom",
        "layer": "b",
        "type": "Power",
        "what": "unknown bottom 'x'",
        "hint": "no layer above makes a top of this name",
    }


def test_sarif(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(ERROR)
    assert main(["check", "--sarif", "."]) == 3
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["unread-parameters", "unknown-bottom"]


def test_nothing_is_logged_beside_the_findings(
    net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shape of the data is a guess of which a summary warns; here that is not asked."""
    net.write_text(
        'layer { name: "d" type: "Data" top: "d" data_param { source: "absent" batch_size: 2 }\n'
        "  transform_param { crop_size: 4 } }\n"
    )
    assert main(["check", "net.prototxt"]) == 0
    _, err = capsys.readouterr()
    assert err == "1 note in 1 file\n"


def test_the_codes_and_their_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(RULES)
    assert all(line.endswith(".") for line in lines)
    for code, cls in RULES.items():
        assert main(["check", "--explain", code]) == 0
        page = capsys.readouterr().out
        assert page.startswith(f"{code} ({cls.severity})\n")
        assert "Found:" in page and "Right:" in page


def test_a_code_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--explain", "unread-parameter"]) == 3
    assert "did you mean 'unread-parameters'?" in capsys.readouterr().err


def test_the_states_of_a_net(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(INPUT + 'layer { name: "t" type: "Silence" include { phase: TRAIN } }\n')
    assert main(["check", "--states", "net.prototxt"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "net.prototxt:",
        "  1: TRAIN",
        "  2: TEST",
        "layer        1  2",
        "d (Input)    x  x",
        "t (Silence)  x  -",
    ]


def test_the_states_of_the_nets_in_a_folder(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_text(INPUT)
    Path("solver.prototxt").write_text('net: "net.prototxt" base_lr: 1 lr_policy: "fixed"')
    assert main(["check", "--states", "."]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith(":")] == [
        "net.prototxt:"
    ]
    assert main(["check", "--states", "solver.prototxt"]) == 3
    assert "this is a solver" in capsys.readouterr().err


def test_a_folder_without_definitions(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(["check", "empty"]) == 3
    assert capsys.readouterr().err == (
        "protonet: error: empty: no .prototxt in this folder: name the file\n"
    )


def test_names_in_any_encoding_are_printed(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net.write_bytes(
        INPUT.encode() + b'layer { name: "caf\xe9" type: "Power" bottom: "x" top: "b" }\n'
    )
    for form in ([], ["--json"], ["--sarif"]):
        assert main(["check", *form, "net.prototxt"]) == 3
        out, _ = capsys.readouterr()
        assert "unknown-bottom" in out.encode().decode()


def test_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert "no FILE" in capsys.readouterr().err
