"""Commands whose work several processes share out: the results of one process, in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet import Net
from protonet.data.sources import all_records
from protonet.parallel.shares import in_order

from . import ranks
from .launching import ENVIRONMENT, needs_mpi, protonet


def test_alone_everything_is_done_in_blocks():
    seen = []

    def run(some):
        seen.append(len(some))
        return [10 * item for item in some]

    assert [*in_order(None, range(5), run, block=2)] == [0, 10, 20, 30, 40]
    assert seen == [2, 2, 1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A net with weights and data, and seven pictures, the fourth of which is none."""
    folder = tmp_path_factory.mktemp("shares")
    ranks.make_data(folder)
    net = ranks.NET.format(
        folder=folder,
        batch=4,
        between="",
        data="",
        transform="transform_param { mean_value: 110 scale: 0.01 }",
    )
    (folder / "net.prototxt").write_text(net)
    deploy = net[net.index('layer { name: "conv"') : net.index('layer { name: "loss"')]
    head = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 1 dim: 6 '
    tail = 'dim: 7 } } }\nlayer { name: "prob" type: "Softmax" bottom: "p" top: "prob" }'
    (folder / "deploy.prototxt").write_text(
        f"{head}{tail.splitlines()[0]}\n{deploy}{tail.splitlines()[1]}"
    )
    Net(str(folder / "net.prototxt"), seed=1).save(folder / "net.caffemodel")
    rng = np.random.default_rng(2)
    lines = []
    for i in range(7):
        name = f"{i}.png"
        cv2.imwrite(str(folder / name), rng.integers(0, 255, (6, 7), np.uint8))
        lines.append(f"{name} {i % 4}")
    (folder / "3.png").write_bytes(b"no picture")
    (folder / "list.txt").write_text("\n".join(lines) + "\n")
    return folder


def alone(folder: Path, *args: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "protonet", *args]
    environment = {**os.environ, **ENVIRONMENT}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def by(who: str, folder: Path, *args: str) -> subprocess.CompletedProcess:
    """many: by two processes."""
    return protonet(2, *args, cwd=folder) if who == "many" else alone(folder, *args)


def without_clock(text: str) -> list[str]:
    return [line.partition("] ")[2] for line in text.splitlines() if "] " in line]


@needs_mpi
def test_a_test_of_three_has_the_lines_and_the_scores_of_one(folder):
    args = ["test", "net.prototxt", "net.caffemodel", "--iterations=14", "--confusion", "--json"]
    args += ["--mean-ap", "--top-k=1,2", "--top-losses=5", "--per-class"]
    many, one = protonet(3, *args, cwd=folder), alone(folder, *args)
    assert many.returncode == 0, many.stderr
    assert json.loads(many.stdout) == json.loads(one.stdout)
    batches = [line for line in without_clock(one.stderr) if line.startswith("Batch ")]
    assert len(batches) == 28
    assert [x for x in without_clock(many.stderr) if x.startswith("Batch ")] == batches


@needs_mpi
def test_features_are_in_the_order_of_the_records(folder):
    for out, run in (
        ("many", lambda *a: protonet(2, *a, cwd=folder)),
        ("one", lambda *a: alone(folder, *a)),
    ):
        done = run(
            "extract-features", "net.caffemodel", "net.prototxt", "p,y", f"{out}.npz", "5", "npz"
        )
        assert done.returncode == 0 and done.stdout.count("25 items") == 2, done.stderr
    many, one = np.load(folder / "many.npz"), np.load(folder / "one.npz")
    for name in ("p", "y"):
        assert (many[name] == one[name]).all()


@needs_mpi
def test_predictions_are_in_the_order_of_the_pictures(folder):
    args = ["predict", "deploy.prototxt", "net.caffemodel", "list.txt", "--json", "--batch-size=2"]
    many, one = protonet(2, *args, cwd=folder), alone(folder, *args)
    assert many.returncode == one.returncode == 4
    assert many.stdout == one.stdout and len(one.stdout.splitlines()) == 7
    assert many.stderr.count("1 of 7 pictures could not be read") == 1


@needs_mpi
def test_a_store_is_the_same_whoever_reads_the_images(folder):
    for out, run in (
        ("db2", lambda *a: protonet(2, *a, cwd=folder)),
        ("db1", lambda *a: alone(folder, *a)),
    ):
        done = run("convert-imageset", "--skip-bad", "--gray", f"{folder}/", "list.txt", out)
        assert done.returncode == 0 and "6 images of 1 x 6 x 7, 1 left out" in done.stdout, (
            done.stderr
        )
    assert [*all_records(folder / "db2")] == [*all_records(folder / "db1")]
    done = protonet(2, "convert-imageset", "--gray", f"{folder}/", "list.txt", "db3", cwd=folder)
    assert done.returncode == 4
    assert [line for line in done.stderr.splitlines() if "list.txt:4" in line] and not (
        folder / "db3"
    ).exists()


@needs_mpi
def test_what_is_not_shared_is_done_once(folder):
    done = protonet(2, "summary", "deploy.prototxt", cwd=folder)
    assert (
        done.returncode == 0 and done.stdout == alone(folder, "summary", "deploy.prototxt").stdout
    )
