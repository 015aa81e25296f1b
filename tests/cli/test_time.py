"""protonet time: the table of Caffe's `time`."""

from __future__ import annotations

import json
import re

import pytest

from protonet.cli import time as command
from protonet.cli.main import main
from protonet.layers.inner_product import InnerProduct
from tests.cli.test_train import messages

MS = re.compile(r"[\d.]+(e-\d+)?(?= ms)|(?<=: )[\d.e-]+(?= MB)")


def test_lines_are_caffes(tiny, capsys):
    assert main(["time", "-model", "net.prototxt", "-iterations", "2"]) == 0
    lines = messages(capsys.readouterr().err)
    found = [MS.sub("T", line) for line in lines]
    start = found.index("*** Benchmark begins ***")
    assert found[start - 3] == "Performing Forward"
    assert found[start - 2].startswith("Initial loss: ")
    assert found[start - 1] == "Performing Backward"
    ways = ("forward", "backward")
    layers = [f"{name:>10}\t{way}: T ms." for name in ("in", "ip", "loss") for way in ways]
    assert found[start + 1 :] == [
        "Testing for 2 iterations.",
        "Iteration: 1 forward-backward time: T ms.",
        "Iteration: 2 forward-backward time: T ms.",
        "Average time per layer: ",
        *layers,
        "Average Forward pass: T ms.",
        "Average Backward pass: T ms.",
        "Average Forward-Backward: T ms.",
        "Total Time: T ms.",
        "Memory of blobs: T MB.",
        "Memory of parameters: T MB.",
        "Memory of scratch: T MB.",
        "*** Benchmark ends ***",
    ]


def test_times_add_up(tiny, capsys):
    assert main(["time", "net.prototxt", "--phase", "TEST", "--iterations", "3"]) == 0
    lines = messages(capsys.readouterr().err)

    def ms(beginning: str) -> float:
        (line,) = (line for line in lines if line.startswith(beginning))
        return float(MS.search(line)[0])

    each = [float(MS.search(line)[0]) for line in lines if "\t" in line]
    whole = ms("Average Forward pass") + ms("Average Backward pass")
    assert sum(each) <= whole <= ms("Average Forward-Backward") * 1.001
    assert ms("Total Time") * 1.001 >= 3 * ms("Average Forward-Backward") * 0.999


def test_what_a_clock_that_ticks_at_each_look_would_show(tiny, capsys, monkeypatch):
    """A look at the clock takes a second here: two looks a layer and one at the end of each way.
    The backward pass of `ip` takes five more."""
    ticks = iter(range(10_000))
    monkeypatch.setattr(command, "perf_counter", lambda: float(next(ticks)))
    real = InnerProduct.backward

    def slow(self, top, propagate_down, bottom):
        for _ in range(5):
            next(ticks)
        real(self, top, propagate_down, bottom)

    monkeypatch.setattr(InnerProduct, "backward", slow)
    assert main(["time", "net.prototxt", "--iterations", "4", "--json"]) == 0
    shown = capsys.readouterr()
    lines = messages(shown.err)
    start = lines.index("Testing for 4 iterations.")
    forward, backward = 2 * 3 + 1, 2 * 3 + 1 + 5
    whole = 4 * (forward + backward + 1) + 1  # one between two iterations
    assert lines[start + 1 : start + 16] == [
        *(f"Iteration: {i} forward-backward time: 19000 ms." for i in (1, 2, 3, 4)),
        "Average time per layer: ",
        "        in\tforward: 1000 ms.",
        "        in\tbackward: 1000 ms.",
        "        ip\tforward: 1000 ms.",
        "        ip\tbackward: 6000 ms.",
        "      loss\tforward: 1000 ms.",
        "      loss\tbackward: 1000 ms.",
        f"Average Forward pass: {forward}000 ms.",
        f"Average Backward pass: {backward}000 ms.",
        f"Average Forward-Backward: {whole * 250} ms.",
        f"Total Time: {whole}000 ms.",
    ]
    result = json.loads(shown.out)
    assert (result["iterations"], result["forward"], result["backward"]) == (4, 7000, 12000)
    assert [(one["forward"], one["backward"]) for one in result["layers"]] == [
        (1000, 1000),
        (1000, 6000),
        (1000, 1000),
    ]


def test_memory_is_that_of_the_arrays(tiny, capsys):
    """By hand: x 8 x 5, y 8 and p 8, the loss, each in four bytes; p and the loss have gradients,
    and so has each of 5 + 1 parameters."""
    assert main(["time", "net.prototxt", "--iterations", "1", "--json", "--quiet"]) == 0
    memory = json.loads(capsys.readouterr().out)["memory"]
    assert memory["parameters"] == 4 * 2 * (5 + 1)
    assert memory["blobs"] == 4 * (40 + 8 + 2 * 8 + 2 * 1)


@pytest.mark.parametrize(("words", "count"), [([], 50), (["--iterations", "2"], 2)])
def test_as_many_passes_as_asked_for(tiny, capsys, words, count):
    assert main(["time", "net.prototxt", *words]) == 0
    lines = messages(capsys.readouterr().err)
    assert sum(line.startswith("Iteration: ") for line in lines) == count
    assert f"Testing for {count} iterations." in lines


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("", False),
        ("--level 2", False),
        ("--stage extra", False),
        ("--level 2 --stage extra", True),
    ],
)
def test_level_and_stage(tiny, capsys, words, has):
    assert main(["time", "net.prototxt", "--iterations", "1", *words.split()]) == 0
    assert ("    staged\tforward" in capsys.readouterr().err) == has


def test_quiet_and_a_log(tiny, capsys):
    assert main(["time", "net.prototxt", "--iterations", "1", "--quiet", "--log", "x.log"]) == 0
    assert capsys.readouterr() == ("", "")
    first = (tiny / "x.log").read_text()
    assert messages(first)[0] == "Use CPU." and messages(first)[-1] == "*** Benchmark ends ***"
    assert main(["time", "net.prototxt", "--iterations", "1", "--quiet", "--log", "x.log"]) == 0
    assert (tiny / "x.log").read_text().count("Use CPU.") == 1  # of this run alone


def test_a_net_that_does_not_parse(tiny, capsys):
    (tiny / "bad.prototxt").write_text("layer { nme: 1 }")
    assert main(["time", "bad.prototxt"]) == 3
    assert "bad.prototxt:1" in capsys.readouterr().err


def test_weights_of_a_net_without_loss_are_timed_too(tiny, capsys, monkeypatch):
    """As in Caffe: of a deploy net, the part of backward that reaches parameters."""
    calls = []
    real = InnerProduct.backward

    def backward(self, top, propagate_down, bottom):
        calls.append(list(propagate_down))
        real(self, top, propagate_down, bottom)

    monkeypatch.setattr(InnerProduct, "backward", backward)
    text = (tiny / "net.prototxt").read_text()
    (tiny / "deploy.prototxt").write_text(text[: text.index('layer { name: "loss"')])
    assert main(["time", "deploy.prototxt", "--phase", "TEST", "--iterations", "3"]) == 0
    assert calls == [[False]] * 4  # one to warm up


def test_json_holds_what_the_lines_say(tiny, capsys):
    assert main(["time", "net.prototxt", "--iterations", "2", "--json"]) == 0
    shown = capsys.readouterr()
    result = json.loads(shown.out)
    assert [layer["name"] for layer in result["layers"]] == ["in", "ip", "loss"]
    assert result["layers"][1]["type"] == "InnerProduct"
    (line,) = (x for x in messages(shown.err) if x.startswith("Average Forward pass"))
    assert float(MS.search(line)[0]) == pytest.approx(result["forward"], rel=1e-4)
    assert result["memory"]["parameters"] > 0


CONVOLUTIONS = """
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 16 dim: 32 dim: 32 } } }
layer { name: "three" type: "Convolution" bottom: "x" top: "y"
  convolution_param { num_output: 16 kernel_size: 3 pad: 1 } }
layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
layer { name: "one" type: "Convolution" bottom: "y" top: "z"
  convolution_param { num_output: 8 kernel_size: 1 } }
layer { name: "up" type: "Deconvolution" bottom: "z" top: "u"
  convolution_param { num_output: 8 group: 8 kernel_size: 4 stride: 2 pad: 1 } }
"""


def test_why_says_which_way_each_convolution_goes(tmp_path, capsys):
    (tmp_path / "net.prototxt").write_text(CONVOLUTIONS)
    command = ["time", str(tmp_path / "net.prototxt"), "--iterations", "1", "--json"]
    assert main([*command, "--why"]) == 0
    shown = capsys.readouterr()
    said = [line.split("\tway: ") for line in messages(shown.err) if "\tway: " in line]
    assert [name.strip() for name, _ in said] == ["three", "one", "up"]
    assert said[0][1].startswith("runs: 144 runs of rows of 34; not depthwise: ")
    assert said[1][1].startswith("point: ") and "; not winograd: not 3x3" in said[1][1]
    layers = json.loads(shown.out)["layers"]
    assert [layer.get("way") for layer in layers] == [
        None,
        said[0][1],
        None,
        said[1][1],
        said[2][1],
    ]
    assert main(command) == 0
    shown = capsys.readouterr()
    assert "way" not in shown.err and "way" not in shown.out


def test_an_optimised_net_is_timed_forward_step_by_step(tmp_path, capsys):
    (tmp_path / "net.prototxt").write_text(CONVOLUTIONS)
    command = ["time", str(tmp_path / "net.prototxt"), "--iterations", "2", "--json", "--why"]
    assert main([*command, "--optimize"]) == 0
    shown = capsys.readouterr()
    lines = messages(shown.err)
    found = [line.strip().split("\t")[0] for line in lines if "\tforward: " in line]
    assert found == ["in", "three", "one", "up"]  # no ReLU
    assert not any("ackward" in line for line in lines)
    assert [line for line in lines if line.startswith("Iteration: 2 forward time: ")]
    result = json.loads(shown.out)
    assert [layer["name"] for layer in result["layers"]] == found
    assert result["forward"] > 0 and "backward" not in {*result, *result["layers"][0]}
    assert [bool(layer.get("way")) for layer in result["layers"]] == [False, True, True, True]
    # The input and the output of the net; y and z take turns with nobody.  The weights of "three"
    # and its bias, in order for the products of its rows.
    blobs = 2 * (16 * 32**2 + 8 * 64**2 + 16 * 32**2 + 8 * 32**2)
    assert result["memory"]["blobs"] == 4 * (blobs + 3 * 16 * (3 * 16 + 1))
