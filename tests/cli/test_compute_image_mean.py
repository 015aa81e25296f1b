"""protonet compute-image-mean, against means that the reference's tool computed."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from protonet.cli.main import main
from protonet.data.datum import encode_datum
from protonet.data.sources import create_store
from protonet.proto.weights import read_blob

STORES = ["lmdb_u8", "lmdb_gray", "lmdb_one"] + ["leveldb_sst"] * bool(find_spec("plyvel"))


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize("command", ["compute-image-mean", "compute_image_mean"])
def test_as_the_reference(
    conformance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, command: str
) -> None:
    store, out = tmp_path / name, tmp_path / "mean.binaryproto"
    shutil.copytree(conformance / "data" / name, store)
    assert main([command, f"-backend={name.partition('_')[0]}", str(store), str(out)]) == 0
    golden = conformance / "data" / f"{name}_mean.binaryproto"
    got, want = read_blob(out), read_blob(golden)
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-6)
    assert out.read_bytes()[:12] == golden.read_bytes()[:12]  # the old four sizes
    printed = capsys.readouterr().out.splitlines()
    for c, plane in enumerate(want[0]):
        head, _, value = printed[c].partition(": ")
        assert head == f"mean_value channel [{c}]"
        assert float(value) == pytest.approx(plane.mean(), rel=1e-5)
    assert printed[-1].startswith(f"{out}: mean of ")


def test_encoded_and_as_an_array(conformance: Path, tmp_path: Path) -> None:
    data, out = conformance / "data", tmp_path / "mean.npy"
    assert main(["compute-image-mean", str(data / "lmdb_tool_encoded"), str(out)]) == 0
    names = [*(f"s{i}.png" for i in range(4)), "more/deep.png"]
    images = [cv2.imread(str(data / "images" / name)) for name in names]
    np.testing.assert_allclose(np.load(out), np.mean(images, axis=0).transpose(2, 0, 1), rtol=1e-6)
    assert os.listdir(tmp_path) == ["mean.npy"]


def test_floats_and_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Single precision would be off in the fourth digit here."""
    rng = np.random.default_rng(0)
    images = rng.uniform(1000, 1001, (3000, 1, 2, 3)).astype(np.float32)
    with create_store(tmp_path / "s", "LMDB") as store:
        for i, image in enumerate(images):
            store.put(b"%08d" % i, encode_datum(image, 0))
    assert main(["compute-image-mean", str(tmp_path / "s"), str(tmp_path / "m.npy")]) == 0
    want = images.astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(np.load(tmp_path / "m.npy"), want, rtol=1e-7)


def test_means_alone(tmp_path: Path, terminal, capsys: pytest.CaptureFixture[str]) -> None:
    """Without OUT nothing is written; a bar counts the records."""
    with create_store(tmp_path / "s", "LMDB") as store:
        for i in range(3):
            store.put(b"%d" % i, encode_datum(np.uint8([[[i, 2]], [[9, 9]]]), 0))
    before = sorted(tmp_path.iterdir())
    shown = terminal()
    assert main(["compute-image-mean", str(tmp_path / "s")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mean_value channel [0]: 1.5",
        "mean_value channel [1]: 9",
        "mean of 3 records",
    ]
    assert sorted(tmp_path.iterdir()) == before
    assert shown.bars()[-1].startswith("s: 100%|") and "| 3.00/3.00 [" in shown.bars()[-1]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    good = np.full((3, 2, 2), 7, np.uint8)
    with create_store(tmp_path / "mixed", "LMDB") as store:
        store.put(b"0", encode_datum(good, 0))
        store.put(b"1", encode_datum(good, 0)[:-6])
        store.put(b"2", encode_datum(good[:, :1], 0))
        store.put(b"3", encode_datum(good + 2, 0))
    return tmp_path / "mixed"


def test_bad_records(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = mixed.parent / "out"
    assert main(["compute-image-mean", str(mixed), str(out)]) == 4
    assert "record '1' of" in capsys.readouterr().err
    assert not out.exists()
    assert main(["compute-image-mean", str(mixed), str(out), "--skip-bad"]) == 0
    shown = capsys.readouterr()
    assert shown.out.endswith("out: mean of 2 records, 2 left out\n")
    assert ["record '1'" in shown.err, "record '2'" in shown.err] == [True, True]
    np.testing.assert_array_equal(read_blob(out), np.full((1, 3, 2, 2), 8))


def test_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compute-image-mean", str(tmp_path / "none")]) == 4
    assert "there is no store" in capsys.readouterr().err
    with create_store(tmp_path / "empty", "LMDB"):
        pass
    assert main(["compute-image-mean", str(tmp_path / "empty")]) == 4
    assert "is empty" in capsys.readouterr().err


def test_the_wrong_kind_is_told_as_an_option(tmp_path, capsys):
    from protonet.data.sources import create_store

    with create_store(tmp_path / "db", "LMDB") as store:
        store.put(b"0", b"")
    assert main(["compute-image-mean", "--backend", "leveldb", str(tmp_path / "db")]) == 2
    said = capsys.readouterr().err
    assert "give --backend lmdb, or leave --backend out" in said and "prototxt" not in said
