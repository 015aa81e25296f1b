"""What onnxruntime says of a fault, as one line that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet.errors import NetError
from protonet.export.onnx.runtime import quiet_options, said, session


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError(" [E] no such node\nstack"), "[E] no such node"),
        (ValueError(), "ValueError"),
        (ValueError(" \n"), "ValueError"),
        (RuntimeError("x" * 400), "x" * 300),
    ],
)
def test_one_line_of_an_error(error: Exception, line: str) -> None:
    assert said(error) == line


def test_a_model_that_is_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"\0nothing")
    with pytest.raises(NetError, match=r"bad\.onnx: onnxruntime does not take the model: .*: try"):
        session(path, quiet_options(), hint="try another")
    with pytest.raises(NetError, match=r"^onnxruntime does not take the model"):
        session(b"\0nothing", quiet_options())
    with pytest.raises(NetError, match=r"^it\.onnx: onnxruntime does not take"):
        session(b"\0nothing", quiet_options(), file="it.onnx")
    assert capfd.readouterr() == ("", "")
