"""Data sets from files: IDX, CIFAR, the embedded digits."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from protonet.data.datasets import DATASETS, cifar, digits, idx, load_halves
from protonet.errors import DataError

RNG = np.random.default_rng(7)


def idx_bytes(array: np.ndarray) -> bytes:
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_mnist(folder: Path, prefix: str, count: int, *, zipped: bool = False) -> np.ndarray:
    """Small files by MNIST's names; the images are 5 x 4."""
    folder.mkdir(exist_ok=True)
    images = RNG.integers(0, 256, (count, 5, 4)).astype(np.uint8)
    labels = (np.arange(count) % 10).astype(np.uint8)
    for name, array in (("images-idx3", images), ("labels-idx1", labels)):
        content = idx_bytes(array)
        path = folder / f"{prefix}-{name}-ubyte{'.gz' if zipped else ''}"
        path.write_bytes(gzip.compress(content) if zipped else content)
    return images


# -- IDX ---------------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [False, True])
def test_idx(tmp_path: Path, zipped: bool) -> None:
    want = write_mnist(tmp_path, "t10k", 12, zipped=zipped)
    images, labels = idx.load(tmp_path, "test")
    np.testing.assert_array_equal(images, want[:, None])
    assert labels.tolist() == [*range(10), 0, 1]


def test_idx_names_with_a_dot(tmp_path: Path) -> None:
    write_mnist(tmp_path, "train", 2)
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_name(path.name.replace("-idx", ".idx")))
    assert len(idx.load(tmp_path, "train")[0]) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no IDX file"),
        (b"\x00\x00\x08\x01" + bytes(20), "no IDX file"),
        (idx_bytes(np.zeros((3, 5, 4), np.uint8))[:-1], "59 values"),
        (idx_bytes(np.zeros((3, 5, 4), np.uint8)) + b"x", "61 values"),
        (gzip.compress(b"hello" * 100)[:-9], "cannot read"),
        (b"\x1f\x8b garbage", "cannot read"),
    ],
    ids=["empty", "no images", "too short", "too long", "gzip cut off", "no gzip"],
)
def test_idx_damaged(tmp_path: Path, content: bytes, words: str) -> None:
    write_mnist(tmp_path, "train", 3)
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        idx.load(tmp_path, "train")
    assert str(path) in str(caught.value)


def test_idx_counts_differ(tmp_path: Path) -> None:
    write_mnist(tmp_path, "train", 3)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(4, np.uint8)))
    with pytest.raises(DataError, match="3 images, but 4 labels"):
        idx.load(tmp_path, "train")


# -- CIFAR-10 ----------------------------------------------------------------------------


def cifar_files() -> tuple[dict[str, bytes], np.ndarray]:
    """Six files of two records each, and all their images."""
    images = RNG.integers(0, 256, (12, 3, 32, 32)).astype(np.uint8)
    names = [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]
    records = [bytes([i % 10]) + image.tobytes() for i, image in enumerate(images)]
    return {name: b"".join(records[2 * i : 2 * i + 2]) for i, name in enumerate(names)}, images


@pytest.mark.parametrize("way", ["archive", "folder", "flat", "zipped"])
def test_cifar(tmp_path: Path, way: str) -> None:
    files, images = cifar_files()
    if way == "archive":
        with tarfile.open(tmp_path / "cifar-10-binary.tar.gz", "w:gz") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    else:
        folder = tmp_path / ("cifar-10-batches-bin" if way == "folder" else "")
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            if way == "zipped":
                name, content = f"{name}.gz", gzip.compress(content)
            (folder / name).write_bytes(content)
    for split, part in (("train", slice(0, 10)), ("test", slice(10, 12))):
        got, labels = cifar.load(tmp_path, split)
        np.testing.assert_array_equal(got, images[part])
        assert labels.tolist() == (np.arange(12) % 10)[part].tolist()


def test_cifar_damaged(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither"):
        cifar.load(tmp_path, "train")
    (tmp_path / "test_batch.bin").write_bytes(bytes(3072))
    with pytest.raises(DataError, match="not a multiple of 3073"):
        cifar.load(tmp_path, "test")
    (tmp_path / "data_batch_3.bin").write_bytes(bytes(3073))
    with pytest.raises(DataError, match=r"no data_batch_1\.bin"):
        cifar.load(tmp_path, "train")
    (tmp_path / "data_batch_3.bin").unlink()
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"garbage")
    with pytest.raises(DataError, match="cannot read"):
        cifar.load(tmp_path, "train")


# -- halves ------------------------------------------------------------------------------


def test_both_halves(tmp_path: Path) -> None:
    train, test = write_mnist(tmp_path, "train", 7), write_mnist(tmp_path, "t10k", 3)
    halves = load_halves(DATASETS["mnist"], tmp_path)
    np.testing.assert_array_equal(halves[0][0][:, 0], train)
    np.testing.assert_array_equal(halves[1][0][:, 0], test)
    halves = load_halves(DATASETS["mnist"], tmp_path, split=8)
    assert [len(images) for images, _ in halves] == [8, 2]
    np.testing.assert_array_equal(halves[1][0][:, 0], test[1:])


def test_one_half_can_be_split(tmp_path: Path) -> None:
    images = write_mnist(tmp_path, "t10k", 10)
    with pytest.raises(DataError, match="only the test images are there"):
        load_halves(DATASETS["mnist"], tmp_path)
    halves = load_halves(DATASETS["mnist"], tmp_path, split=9)
    np.testing.assert_array_equal(halves[0][0][:, 0], images[:9])
    assert [labels.tolist() for _, labels in halves] == [[*range(9)], [9]]
    for bad in (-1, 0, 10):
        with pytest.raises(DataError, match="cannot take"):
            load_halves(DATASETS["mnist"], tmp_path, split=bad)


def test_no_half(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no"):
        load_halves(DATASETS["mnist"], tmp_path, split=3)


# -- digits ------------------------------------------------------------------------------


def test_digits_are_what_they_say() -> None:
    (train, train_labels), (test, test_labels) = (digits.load(s) for s in ("train", "test"))
    assert (train.shape, test.shape) == ((1497, 1, 28, 28), (300, 1, 28, 28))
    assert train.dtype == np.uint8
    assert np.bincount(test_labels).tolist() == [30] * 10
    assert np.bincount(np.r_[train_labels, test_labels]).tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]
    assert len(np.unique(np.concatenate([train, test]), axis=0)) == 1797
    # Nearest neighbours know the digits: images and labels belong together.
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (train, test))
    distance = (a**2).sum(1) - 2 * b @ a.T
    assert (train_labels[distance.argmin(1)] == test_labels).mean() > 0.98


def test_scaling_up() -> None:
    flat = digits.scale_up(np.full((1, 8, 8), 16))
    assert (flat[0, 0, 8:20, 8:20] == 255).all()
    assert flat[0, 0, :4].sum() == flat[0, 0, :, 24:].sum() == 0
    dot = np.zeros((2, 8, 8), int)
    dot[0, 2, 3] = dot[1, 3, 2] = 16
    big = digits.scale_up(dot)
    np.testing.assert_array_equal(big[0, 0], big[1, 0].T)
    # The weights of all output pixels add up to (20 / 8) squared pixels, cut off below 0.
    assert 255 * 6.25 <= big[0].sum(dtype=int) < 255 * 6.25 * 1.2
    y, x = np.unravel_index(big[0, 0].argmax(), (28, 28))
    assert (y, x) == (4 + 6, 4 + 8)  # (2 + 0.5) * 2.5 = 6.25, (3 + 0.5) * 2.5 = 8.75
