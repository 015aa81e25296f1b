"""Scenes of digits: their boxes and masks fit what is drawn, and they are the same everywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from protonet.data.annotated.label_map import read_label_map
from protonet.data.datasets import digits, is_embedded, scenes, stores_of, write_label_map
from protonet.data.lookup import find_source
from protonet.net.net import Net


@pytest.mark.parametrize("split", scenes.COUNTS)
def test_masks_and_boxes_agree(split: str) -> None:
    made = scenes.load(split, 60)
    assert made.images.shape == made.masks.shape == (60, 1, 96, 96)
    counts = set()
    for image, mask, boxes in zip(made.images[:, 0], made.masks[:, 0], made.boxes):
        counts.add(len(boxes))
        outside = np.ones_like(mask, bool)
        for label, x1, y1, x2, y2 in boxes.tolist():
            part = mask[y1:y2, x1:x2]
            assert set(np.unique(part)) <= {0, label} and 1 <= label <= 10
            rows, columns = np.nonzero(part)
            assert (rows.min(), columns.min()) == (0, 0)
            assert (rows.max() + 1, columns.max() + 1) == part.shape
            assert (image[y1:y2, x1:x2][part > 0] >= 37).all()  # 64 * 150 / 255
            outside[y1:y2, x1:x2] = False
        assert (mask[outside] == 0).all()
    assert counts == {1, 2, 3, 4, 5}


def test_scenes_do_not_change() -> None:
    """A number that was once computed: who trains on them must know what on."""
    made = scenes.load("test", 20)
    found = hashlib.sha256(made.images.tobytes() + made.masks.tobytes()).hexdigest()
    assert found[:16] == "79d95f45995fa07d"


def test_a_scaled_digit_keeps_its_mean() -> None:
    small, _ = digits.load_small("test")
    for side in (16, 24, 40):
        large = digits.scaled(small[:50], side)
        assert large.shape == (50, side, side)
        means = small[:50].mean(axis=(1, 2)) / 16 * 255
        np.testing.assert_allclose(large.mean(axis=(1, 2)), means, rtol=0.12)


def test_stores_are_made_when_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path))
    monkeypatch.setitem(scenes.COUNTS, "test", 7)
    assert all(map(is_embedded, stores_of("digits-scenes")))
    text = "".join(
        f'layer {{ name: "{top}" type: "{kind}" top: "{top}" {more} data_param {{ '
        f'source: "digits_scenes_test_{part}lmdb" batch_size: 7 backend: LMDB }} }}\n'
        for kind, top, part, more in (
            ("AnnotatedData", "scene", "", 'top: "boxes"'),
            ("Data", "image", "images_", 'top: "count"'),
            ("Data", "mask", "masks_", ""),
        )
    )
    net = Net(text, phase=1)
    net.forward()
    want = scenes.load("test", 7)
    blobs = {name: blob.data for name, blob in net.blobs.items()}
    np.testing.assert_array_equal(blobs["scene"], want.images)
    np.testing.assert_array_equal(blobs["image"], want.images)
    np.testing.assert_array_equal(blobs["mask"], want.masks)
    assert blobs["count"].tolist() == [len(boxes) for boxes in want.boxes]
    rows = blobs["boxes"][0, 0]
    np.testing.assert_array_equal(rows[:, 0], np.repeat(np.arange(7), blobs["count"].astype(int)))
    for i, boxes in enumerate(want.boxes):
        got = rows[rows[:, 0] == i]
        order = np.lexsort(boxes.T[::-1]), np.lexsort(got[:, [1, 3, 4, 5, 6]].T[::-1])
        np.testing.assert_allclose(
            got[order[1]][:, [1, 3, 4, 5, 6]] * [1, 96, 96, 96, 96], boxes[order[0]], rtol=1e-6
        )


def test_the_label_map(tmp_path: Path) -> None:
    found = read_label_map(write_label_map(tmp_path / "map", scenes.CLASSES), check_labels=True)
    assert found.labels == {"none_of_the_above": 0, **{str(d): d + 1 for d in range(10)}}


def test_it_is_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path))
    monkeypatch.setitem(scenes.COUNTS, "train", 2)
    path = find_source("digits_scenes_train_masks_lmdb", tmp_path / "none", "source")
    assert path == tmp_path / "digits_scenes_train_masks_lmdb"
