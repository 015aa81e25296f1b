"""protonet view: the file of --html, the server, and what is wrong."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from protonet.cli.main import main


def test_one_file_with_everything_in_it(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert main(["view", "lenet", "--html", str(out)]) == 0
    text = out.read_text("utf-8")
    assert "conv1" in text and "page/layout/ranks.js" in text
    loaded = re.findall(r'(?:src|href)="([^"]*)"', text.split('id="content"')[0])
    assert loaded == ["data:,"]


def test_a_page_that_is_passed_on_tells_nothing_of_this_machine(tmp_path: Path) -> None:
    net = tmp_path / "net.prototxt"
    net.write_text('layer { name: "x" type: "Nobody" top: "x" }')
    out = tmp_path / "page.html"
    assert main(["view", str(net), "--html", str(out)]) == 0
    assert str(tmp_path) not in out.read_text("utf-8")


def test_a_page_of_what_cannot_be_read_says_why(tmp_path: Path, capsys) -> None:
    net, out = tmp_path / "net.prototxt", tmp_path / "page.html"
    net.write_text('layer { name: "x"\n  type: }')
    assert main(["view", str(net), "--html", str(out)]) == 3
    assert "net.prototxt:2:9: type wants a string" in capsys.readouterr().err
    assert "type wants a string" in out.read_text("utf-8"), "the page is there, with its findings"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.prototxt"], "none.prototxt"),
        (["lenet", "--port", "70000"], "'70000' is not a port"),
        (["lenet", "--fork", "nobody"], "no fork of Caffe is called 'nobody'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words, message, capsys):
    try:
        assert main(["view", "--no-browser", *words]) in (2, 3)
    except SystemExit as error:
        assert error.code == 2
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


def test_a_port_that_is_taken(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["view", "lenet", "--no-browser", "--port", str(port)]) == 3
    assert f"port {port} cannot be had" in capsys.readouterr().err


def test_it_serves_until_it_is_interrupted():
    words = [sys.executable, "-u", "-m", "protonet", "view", "lenet", "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout and run.stderr
        address = run.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b"conv1" in answer.read()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 0
        assert "Traceback" not in run.stderr.read()
