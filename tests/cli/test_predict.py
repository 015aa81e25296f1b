"""protonet predict, on LeNet and digits that are pictures in files."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import protonet
from protonet import Net, get_solver
from protonet.cli.main import main
from protonet.data.datasets import digits, scenes
from protonet.data.transformer import Transformer
from protonet.proto import caffe_pb2 as pb

MODELS = Path(__file__).resolve().parents[2] / "models"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COUNT = 40


@pytest.fixture(scope="module")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with lenet.caffemodel, of a short training, and digits/CLASS/NUMBER.png."""
    folder = tmp_path_factory.mktemp("lenet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROTONET_CACHE", str(folder / "cache"))
        patch.chdir(folder)  # one training at a time may write snapshots there
        solver = get_solver(MODELS / "lenet_solver.prototxt")
        solver.step(60)
        solver.net.save(folder / "lenet.caffemodel")
    images, labels = digits.load("test")
    for i, (image, label) in enumerate(zip(images[:COUNT, 0], labels)):
        path = folder / "digits" / WORDS[label] / f"{i:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(path), image)
    (folder / "labels.txt").write_text("\n".join(WORDS) + "\n")
    return folder


@pytest.fixture
def here(lenet: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(lenet)
    return lenet


def run(*args: str) -> int:
    return main(["predict", "lenet", "lenet.caffemodel", *args])


def lines_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_digits_are_seen_right(here, capsys) -> None:
    """As the net says of the same images, fed by hand; folders name their classes."""
    assert run("digits", "--json", "--batch-size", "7") == 0
    printed = capsys.readouterr()
    told = {int(Path(line["image"]).stem): line for line in lines_of(printed.out)}
    images, labels = digits.load("test")
    expected = Net(MODELS / "lenet.prototxt", weights="lenet.caffemodel").predict(
        images[:COUNT].astype(np.float32) / 256
    )
    assert sorted(told) == list(range(COUNT))
    for i, line in told.items():
        best = line["answers"][0]["found"]
        assert line["truth"] == labels[i] and len(best) == 5
        assert line["right"] == (expected[i].argmax() == labels[i])
        assert best[0]["name"] == WORDS[expected[i].argmax()]
        np.testing.assert_allclose(best[0]["score"], expected[i].max(), rtol=1e-4)
    assert np.mean([line["right"] for line in told.values()]) > 0.85
    assert "scale 0.00390625 (" in printed.err and "lenet_train_test.prototxt:41)" in printed.err
    assert "names of classes from labels.txt" in printed.err and printed.err.count("\n") == 1


def test_table(here, capsys) -> None:
    assert run("digits/two", "--top", "2", "--quiet") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith(".png  28 x 28") and out[1].split()[0] == "1" and len(out) % 3 == 0
    assert run("digits", "--top", "1", "--quiet") == 0
    out = capsys.readouterr().out
    assert "  right\n" in out and f"of {COUNT} right: " in out.splitlines()[-1]


def test_csv_of_patterns_and_lists(here, capsys, monkeypatch) -> None:
    names = sorted(map(str, Path("digits").glob("t*/*.png")))
    assert run("digits/t*/*.png", "--csv", "--top", "1") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["image"] for row in rows] == names
    assert {row["output"] for row in rows} == {"prob"} and rows[0]["kind"] == "classes"
    (here / "a list.txt").write_text("".join(f"{name} {name.split('/')[1]}\n" for name in names))
    for arg in ("a list.txt", "-"):
        monkeypatch.setattr("sys.stdin", io.StringIO((here / "a list.txt").read_text()))
        assert run(arg, "--json", "--quiet") == 0
        lines = lines_of(capsys.readouterr().out)
        assert [line["image"] for line in lines] == names
        assert [line["truth_name"] for line in lines] == [name.split("/")[1] for name in names]


def test_frames_of_a_video(here, capsys) -> None:
    images, _ = digits.load("test")
    video = cv2.VideoWriter("d.avi", cv2.VideoWriter_fourcc(*"MJPG"), 5, (56, 56))
    for image in images[:3, 0]:
        video.write(cv2.cvtColor(cv2.resize(image, (56, 56)), cv2.COLOR_GRAY2BGR))
    video.release()
    assert run("d.avi", "--json", "--quiet") == 0
    lines = lines_of(capsys.readouterr().out)
    assert [line["image"] for line in lines] == ["d.avi#0", "d.avi#1", "d.avi#2"]
    assert {(line["height"], line["width"]) for line in lines} == {(56, 56)}


def test_pictures_that_cannot_be_read(here, capsys) -> None:
    """The others are answered; then the exit code is that of bad data."""
    good = str(next(Path("digits").glob("*/*.png")))
    (here / "bad.png").write_bytes(b"no picture")
    assert run("bad.png", good, "gone.png", "--quiet", "--json") == 4
    shown = capsys.readouterr()
    first, second, third = lines_of(shown.out)
    assert first["error"] == "'bad.png' is no image that can be decoded" and "answers" in second
    assert "gone.png" in third["error"]
    assert "protonet: error: 'bad.png' is no image" in shown.err
    assert "2 of 3 pictures could not be read" in shown.err
    assert run("bad.png", good, "--quiet", "--skip-bad") == 0
    assert "warning: 'bad.png'" in capsys.readouterr().err
    (here / "none").mkdir(exist_ok=True)
    assert run("none", "--quiet") == 4 and "no pictures in 'none'" in capsys.readouterr().err
    with pytest.raises(protonet.errors.DataError, match=r"bad\.png"):
        protonet.predict(MODELS / "lenet.prototxt", "lenet.caffemodel", "bad.png")
    (told,) = protonet.predict(
        MODELS / "lenet.prototxt", "lenet.caffemodel", "bad.png", skip_bad=True
    )
    assert told.error and not told.answers


def test_options_come_before_files(here, capsys, monkeypatch) -> None:
    """What the net is fed with, as Caffe's transformer makes it from the options' values."""
    picture = str(next(Path("digits").glob("*/*.png")))
    seen: list[np.ndarray] = []
    original = Net.run_forward

    def spy(net: Net, *args: int) -> float:
        seen.append(net.blobs["data"].data.copy())
        return original(net, *args)

    monkeypatch.setattr(Net, "run_forward", spy)
    args = ["--mean", "33", "--scale", "0.5", "--resize", "32,40", "--crop", "28"]
    assert run(picture, *args) == 0
    err = capsys.readouterr().err
    for part in ("32 x 40 (--resize)", "28 x 28 (--crop)", "mean 33 (--mean)", "0.5 (--scale)"):
        assert part in err
    param = pb.TransformationParameter(mean_value=[33], scale=0.5, crop_size=28)
    stored = cv2.resize(cv2.imread(picture, cv2.IMREAD_GRAYSCALE), (40, 32))[None]
    expected = np.empty((1, 1, 28, 28), np.float32)
    Transformer(param, 1, np.float32, np.random.SeedSequence(0))([stored], expected)
    np.testing.assert_array_equal(seen[0], expected)

    (here / "lenet.preprocess.prototxt").write_text("scale: 0.125\nmean_value: 7\n")
    assert run(picture, "--mean", "1") == 0
    err = capsys.readouterr().err
    assert "scale 0.125 (lenet.preprocess.prototxt:1)" in err and "mean 1 (--mean)" in err
    (here / "lenet.preprocess.prototxt").unlink()
    plain = cv2.imread(picture, cv2.IMREAD_GRAYSCALE).astype(np.float32)
    np.testing.assert_array_equal(seen[1][0, 0], (plain - 1) * np.float32(0.125))


def test_plot(here, capsys) -> None:
    """Titles in green and red are drawn: there are pixels of both colours."""
    wrong = next(Path("digits/two").glob("*.png")).read_bytes()
    (here / "digits/one/wrong.png").write_bytes(wrong)
    try:
        assert (
            run("digits/one", "digits/two", "--quiet", "--plot", "p.png", "--plot-count", "3") == 0
        )
        assert run("digits", "--quiet", "--plot", "all.png", "--plot-count", "60") == 0
    finally:
        (here / "digits/one/wrong.png").unlink()
    image = cv2.imread("all.png").astype(int)
    for red, green in ((0xCF, 0x22), (0x1A, 0x7F)):
        assert ((abs(image[..., 2] - red) < 9) & (abs(image[..., 1] - green) < 9)).any()
    assert cv2.imread("p.png").shape[0] < image.shape[0]


@pytest.mark.parametrize("stem", ["ssd_digits", "fcn_digits"])
def test_boxes_and_masks_of_our_models(stem, tmp_path, monkeypatch, capsys) -> None:
    """Untrained: that everything goes through, to boxes and masks of the pictures' own size."""
    monkeypatch.chdir(tmp_path)
    Net(MODELS / f"{stem}.prototxt", seed=1).save("w.caffemodel")
    for i, image in enumerate(scenes.load("test", 3).images[:, 0]):
        assert cv2.imwrite(f"{i}.png", cv2.resize(image, (120, 60)))
    args = ["predict", stem, "w.caffemodel", "*.png", "--score", "0.01", "--json", "--quiet"]
    masked = main([*args, "--plot", "p.png", "--masks", "masks"])
    if stem == "ssd_digits":
        assert masked == 2 and "the net tells no masks but" in capsys.readouterr().err
        assert not Path("masks").exists(), "nothing is made for nothing"
        masked = main([*args, "--plot", "p.png"])
    assert masked == 0
    lines = lines_of(capsys.readouterr().out)
    assert [line["image"] for line in lines] == ["0.png", "1.png", "2.png"]
    assert main([*args, "--no-optimize"]) == 0
    for line, plain in zip(lines, lines_of(capsys.readouterr().out)):
        ours, theirs = (each["answers"][0]["found"] for each in (line, plain))
        assert [each["label"] for each in ours] == [each["label"] for each in theirs]
        scores = [[each["score"] for each in found] for found in (ours, theirs)]
        np.testing.assert_allclose(*scores, rtol=1e-4)
    kind = "boxes" if stem == "ssd_digits" else "mask"
    assert {a["kind"] for line in lines for a in line["answers"]} == {kind}
    assert cv2.imread("p.png") is not None
    masks = sorted(Path("masks").glob("*.png"))
    if kind == "mask":
        assert [cv2.imread(str(path)).shape for path in masks] == [(60, 120, 3)] * 3
        shares = [s["score"] for s in lines[0]["answers"][0]["found"]]
        assert sum(shares) == pytest.approx(1)
    else:
        found = [box for line in lines for box in line["answers"][0]["found"]]
        assert all(0 <= b["x1"] <= b["x2"] <= 120 for b in found)


def test_what_does_not_go(here, capsys) -> None:
    picture = str(next(Path("digits").glob("*/*.png")))
    cases = [
        (["--resize", "5,x"], 2, "'5,x' is no size"),
        (["--rgb", "--bgr"], 2, "not allowed with"),
        (["--mean", "gone.npy"], 4, "no mean file"),
        (["--mean", "1,2"], 4, "2 values of the mean for 1 channels"),
        (["--resize", "32", "--crop", "32"], 3, "cannot take items (1, 32, 32)"),
        (["--labels", "gone.txt"], 4, "cannot read the names of classes 'gone.txt'"),
        (["--transform", str(MODELS / "lenet.prototxt")], 4, "no layer of this net reads images"),
        (["--anchors", "1,2,3"], 2, "is no list of W,H"),
        (["--plot", "p.xyz"], 3, "p.xyz: unknown kind of picture: 'xyz': name it .png"),
        (["--plot", "p"], 3, "p: the name has no ending: name it .png"),
    ]
    for args, code, message in cases:
        try:
            got = run(picture, *args, "--quiet")
        except SystemExit as error:  # argparse
            got = int(error.code or 0)
        told, shown = capsys.readouterr()
        assert (got, message in shown, told) == (code, True, ""), (args, got, shown)
    assert "Traceback" not in shown and sys.exc_info() == (None, None, None)


def test_a_package_that_is_missing_is_no_fault_of_the_pictures(here, capsys, monkeypatch) -> None:
    """It is told once, with the extra that brings it, and no picture after it is tried."""
    pictures = [str(path) for path in sorted(Path("digits").glob("*/*.png"))[:3]]
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert run(*pictures, "--quiet", "--skip-bad") == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("pip install 'protonet-caffe[images]'")


def test_memory_does_not_grow_with_the_pictures(here, monkeypatch) -> None:
    """Never more than a batch is read ahead of what has been told."""
    from protonet.prediction.answers import Settings
    from protonet.prediction.pictures import Picture
    from protonet.prediction.predictor import Predictor
    from protonet.prediction.preprocess import Preprocess

    read, told = 0, 0

    def reading(gray: bool) -> np.ndarray:
        nonlocal read
        read += 1
        return np.zeros((28, 28), np.uint8)

    net = Net(MODELS / "lenet.prototxt", weights="lenet.caffemodel")
    predictor = Predictor(net, Preprocess(), Settings(), batch_size=4)
    for _ in predictor.stream(Picture(str(i), reading) for i in range(50)):
        told += 1
        assert read - told <= 4
    assert told == 50


def test_pictures_as_they_are(tmp_path, monkeypatch, capsys) -> None:
    """--resize keep: the net is shaped to them, and the crop of the training does not count."""
    monkeypatch.chdir(tmp_path)
    net = Net(MODELS / "fcn_digits.prototxt", seed=1)
    net.save("w.caffemodel")
    images = [np.zeros((64, 112), np.uint8), np.full((128, 96), 80, np.uint8)]
    for i, image in enumerate(images):
        assert cv2.imwrite(f"{i}.png", image)
    args = ["predict", "fcn_digits", "w.caffemodel", "0.png", "1.png", "--resize", "keep"]
    assert main([*args, "--json", "--masks", "."]) == 0
    shown = capsys.readouterr()
    assert "size kept (--resize)" in shown.err and "cropped" not in shown.err
    for line, image in zip(lines_of(shown.out), images):
        scores = net.predict((image[None, None].astype(np.float32) - 50) / np.float32(128))
        label, count = np.unique(scores[0].argmax(axis=0), return_counts=True)
        found = {s["label"]: s["score"] for s in line["answers"][0]["found"]}
        assert found == pytest.approx(dict(zip(label.tolist(), count / image.size)), abs=1e-3)


def test_regions_of_a_net_of_fewer_steps(tmp_path, monkeypatch, capsys, conformance) -> None:
    """Faster R-CNN's: the regions are kept, though they are no output."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    assert cv2.imwrite("a.png", rng.integers(0, 256, (96, 128, 3), np.uint8))
    folder = conformance / "forks/nets/mini_frcnn_test"
    args = ["predict", str(folder / "net.prototxt"), str(folder / "weights.caffemodel"), "a.png"]
    results = []
    for more in ([], ["--no-optimize"]):
        assert main([*args, "--json", "--quiet", "--score", "0.1", *more]) == 0
        results.append(lines_of(capsys.readouterr().out)[0]["answers"][0]["found"])
    boxes = [[[b[k] for k in ("score", "x1", "y1", "x2", "y2")] for b in r] for r in results]
    assert len(boxes[0]) > 0
    np.testing.assert_allclose(*boxes, rtol=1e-3, atol=1e-2)
