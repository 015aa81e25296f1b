"""protonet dataset."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
import pytest

from protonet.cli import dataset
from protonet.cli.main import UsageError
from protonet.data.datasets import scenes
from protonet.data.datum import decode_datum
from protonet.data.sources import open_source
from protonet.errors import DataError
from protonet.proto.weights import read_blob
from tests.data.datasets.test_datasets import cifar_files, write_mnist

PARTS = ("", "_images", "_masks")


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    dataset.add_arguments(parser)
    return dataset.run(parser.parse_args([str(word) for word in words]))


def images(store: Path) -> np.ndarray:
    source = open_source(store, "LMDB")
    records = [source.read() for _ in range(len(source))]
    source.close()
    assert [record.key for record in records] == [b"%08d" % i for i in range(len(records))]
    return np.stack([decode_datum(record.value).pixels for record in records])


def test_from_local_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = write_mnist(tmp_path / "in", "train", 23, zipped=True)
    test = write_mnist(tmp_path / "in", "t10k", 11)
    assert run("fashion-mnist", "--from", tmp_path / "in", "--out", tmp_path / "out") == 0
    names = ["fashion_mnist_test_lmdb", "fashion_mnist_train_lmdb"]
    assert sorted(os.listdir(tmp_path / "out")) == names
    np.testing.assert_array_equal(images(tmp_path / "out" / names[1])[:, 0], train)
    np.testing.assert_array_equal(images(tmp_path / "out" / names[0])[:, 0], test)
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        f"{tmp_path / 'out' / names[1]}: 23 images",
        f"{tmp_path / 'out' / names[0]}: 11 images",
    ]
    assert shown.err == ""  # no bar where there is no terminal


def test_one_half_split(tmp_path: Path) -> None:
    test = write_mnist(tmp_path / "in", "t10k", 10)
    run("mnist", "--from", tmp_path / "in", "--out", tmp_path / "out", "--split", 9)
    np.testing.assert_array_equal(images(tmp_path / "out" / "mnist_train_lmdb")[:, 0], test[:9])
    np.testing.assert_array_equal(images(tmp_path / "out" / "mnist_test_lmdb")[:, 0], test[9:])


def test_nothing_is_written_over(tmp_path: Path) -> None:
    write_mnist(tmp_path / "in", "t10k", 10)
    words = ("mnist", "--from", tmp_path / "in", "--out", tmp_path / "out", "--split")
    run(*words, 9)
    with pytest.raises(DataError, match=r"exists already.*--force"):
        run(*words, 5)
    assert len(images(tmp_path / "out" / "mnist_train_lmdb")) == 9
    run(*words, 5, "--force")
    assert len(images(tmp_path / "out" / "mnist_train_lmdb")) == 5
    assert sorted(os.listdir(tmp_path / "out")) == ["mnist_test_lmdb", "mnist_train_lmdb"]


def test_cifar10_with_its_mean(tmp_path: Path) -> None:
    files, pictures = cifar_files()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    run("cifar10", "--from", tmp_path, "--out", tmp_path / "out")
    np.testing.assert_array_equal(images(tmp_path / "out" / "cifar10_train_lmdb"), pictures[:10])
    mean = read_blob(tmp_path / "out" / "cifar10_mean.binaryproto")
    want = sum(picture.astype(float) for picture in pictures[:10]) / 10
    np.testing.assert_allclose(mean, want[None], rtol=1e-6)


def test_digits_go_into_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    run("digits")
    assert images(tmp_path / "cache" / "digits_train_lmdb").shape == (1497, 1, 28, 28)
    assert images(tmp_path / "cache" / "digits_test_lmdb").shape == (300, 1, 28, 28)


def test_files_that_are_missing(tmp_path: Path) -> None:
    for name, words in (("mnist", "train-images-idx3-ubyte"), ("cifar10", "cifar-10-binary")):
        with pytest.raises(DataError, match=words):
            run(name, "--from", tmp_path, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_scenes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scenes, "COUNTS", {"train": 3, "test": 2})
    assert run("digits-scenes", "--out", tmp_path) == 0
    names = [f"digits_scenes_{half}{part}_lmdb" for half in ("train", "test") for part in PARTS]
    label_map = "digits_scenes_labelmap.prototxt"
    assert sorted(os.listdir(tmp_path)) == sorted([*names, label_map])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path / names[0]}: 3 images" and lines[-1] == str(tmp_path / label_map)
    masks = images(tmp_path / "digits_scenes_test_masks_lmdb")
    np.testing.assert_array_equal(masks, scenes.load("test").masks)
    with pytest.raises(DataError, match="exists already"):
        run("digits-scenes", "--out", tmp_path)
    with pytest.raises(UsageError, match="is made, not read"):
        run("digits-scenes", "--out", tmp_path / "new", "--split", 3)
