"""Pictures in folders, for the tests."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def write(path: Path | str, value: int = 0, size: tuple[int, int] = (6, 6)) -> None:
    """A grey picture of one value."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full(size, value, np.uint8))


def folders(root: str, count: int = 5, classes: tuple[str, ...] = ("dark", "light")) -> Path:
    """root/CLASS/N.png."""
    for i, name in enumerate(classes):
        for n in range(count):
            write(Path(root, name, f"{n}.png"), i * 200 + n)
    return Path(root)
