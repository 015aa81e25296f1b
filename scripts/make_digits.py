"""Packs the handwritten digits that come with protonet: protonet/data/datasets/digits.npz.

    python scripts/make_digits.py            needs scikit-learn, which ships the same images

The 1,797 images of 8 x 8 are shuffled once and for all and split class by class: 30 images of
each digit to test, the rest to train.  The file keeps them at 8 x 8; they are scaled up when
they are read (protonet/data/datasets/digits.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

TEST_PER_CLASS = 30
TARGET = Path(__file__).parents[1] / "protonet" / "data" / "datasets" / "digits.npz"


def split(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the train and the test images, each in random order."""
    order = rng.permutation(len(labels))
    rank = np.empty(len(labels), int)  # the how-manieth of its class an image is, in `order`
    for digit in range(10):
        members = order[labels[order] == digit]
        rank[members] = np.arange(len(members))
    return order[rank[order] >= TEST_PER_CLASS], order[rank[order] < TEST_PER_CLASS]


def main() -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    train, test = split(labels, np.random.default_rng(1998))
    np.savez_compressed(
        TARGET,
        train_images=images[train],
        train_labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
    )
    print(f"{TARGET}: {len(train)} train, {len(test)} test, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
