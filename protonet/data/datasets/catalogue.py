"""The known data sets: their files, checksums, mirrors, and how to read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from numpy.typing import NDArray

from . import cifar, digits, idx, scenes

SPLITS = ("train", "test")

#: Images (N, C, H, W) uint8, and their labels (N).
Images = tuple[NDArray, NDArray]


@dataclass(frozen=True)
class Dataset:
    """title: for the help.  read(folder, split): the images of one half, from the files in a
    folder.  files: to download, with their MD5.  mirrors: folders on the web.
    mean_file: name of the mean image to write beside the stores, "" for none.
    write(path, split, part): what writes a store that is not of images with a label each, and
    parts, the names of those of a half; classes: their names, for a label map."""

    title: str
    read: Callable[[Path, str], Images]
    files: Mapping[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()
    mean_file: str = ""
    write: Callable[..., int] | None = None
    parts: tuple[str, ...] = ("",)
    classes: tuple[str, ...] = ()

    def load(self, split: str, folder: Path) -> Images:
        """The images and labels of "train" or "test"; DataError if files are missing."""
        return self.read(folder, split)


DATASETS: dict[str, Dataset] = {
    "digits": Dataset(
        "1,497 + 300 handwritten digits of UCI, scaled up to 28 x 28; part of the package",
        lambda folder, split: digits.load(split),
    ),
    "digits-scenes": Dataset(
        "1,600 + 300 scenes of 96 x 96 with up to 5 of these digits in each, their boxes, and the "
        "label of each pixel",
        lambda folder, split: digits.load(split),
        write=scenes.write,
        parts=scenes.PARTS,
        classes=scenes.CLASSES,
    ),
    "mnist": Dataset(
        "60,000 + 10,000 handwritten digits, 28 x 28",
        idx.load,
        {
            "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
        },
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/",
        ),
    ),
    "fashion-mnist": Dataset(
        "60,000 + 10,000 pieces of clothing in 10 classes, 28 x 28",
        idx.load,
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
    ),
    "cifar10": Dataset(
        "50,000 + 10,000 colour pictures in 10 classes, 32 x 32, with their mean",
        cifar.load,
        {"cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530"},
        (
            "https://www.cs.toronto.edu/~kriz/",
            "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
        ),
        mean_file="cifar10_mean.binaryproto",
    ),
}


def store_name(dataset: str, split: str, part: str = "") -> str:
    """Name of the LMDB of one half: mnist_train_lmdb, digits_scenes_train_masks_lmdb."""
    return "_".join(filter(None, [dataset.replace("-", "_"), split, part, "lmdb"]))


def stores_of(dataset: str) -> dict[str, tuple[str, str]]:
    """Names of all stores of a data set, with half and part of each."""
    return {
        store_name(dataset, split, part): (split, part)
        for split in SPLITS
        for part in DATASETS[dataset].parts
    }
