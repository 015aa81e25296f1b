"""protonet extract-features."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import h5py
import numpy as np
import pytest

from protonet.cli.main import main
from protonet.data.datum import decode_datum
from protonet.data.sources import all_records
from protonet.net.net import Net
from tests.harness import golden

_BACKENDS = ["lmdb", "hdf5", "npz"] + ["leveldb"] * bool(find_spec("plyvel"))
_NET = """
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "fc/out" inner_product_param
  { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc/out" bottom: "label" top: "loss" }
"""


@pytest.fixture
def golden_batches(conformance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list:
    """Current folder with a net and its weights; what the reference's data layer gave."""
    shutil.copytree(conformance / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path / "data")
    head = Path("cases/data_tool_gray_resized/net.prototxt").read_text()
    Path("net.prototxt").write_text(head + _NET.replace("num_output: 4", "num_output: 5"))
    Net("net.prototxt", seed=1).save("w.caffemodel")
    case = golden.arrays(Path("cases/data_tool_gray_resized"))
    return [golden.under(case, f"batch/{k}") for k in range(2)]


def extract(*words: object) -> int:
    return main(["extract-features", "w.caffemodel", "net.prototxt", *map(str, words)])


def values(path: str, name: str, kind: str) -> np.ndarray:
    """What was written, as one array."""
    if kind == "npz":
        with np.load(path) as file:
            return file[name]
    if kind == "hdf5":
        with h5py.File(path) as file:
            return file[name][()]
    records = list(all_records(path, kind.upper()))
    assert [record.key for record in records] == [b"%010d" % i for i in range(len(records))]
    return np.stack([decode_datum(record.value).pixels for record in records])


@pytest.mark.parametrize("kind", _BACKENDS)
def test_batches_one_after_the_other(
    golden_batches: list, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract("data,fc/out,loss", "a,b,c", 2, kind) == 0
    want = np.concatenate([batch["data"] for batch in golden_batches])
    np.testing.assert_allclose(values("a", "data", kind), want, rtol=1e-6, atol=1e-6)
    net = Net("net.prototxt", "w.caffemodel")
    rows = [net.forward() and net.blobs["fc/out"].data.copy() for _ in range(2)]
    found = values("b", "fc/out", kind)
    assert found.shape == ((len(want), 5) if kind in ("hdf5", "npz") else (len(want), 5, 1, 1))
    np.testing.assert_array_equal(found.reshape(-1, 5), np.concatenate(rows))
    assert values("c", "loss", kind).size == 2
    assert capsys.readouterr().out.splitlines() == [
        f"a: {len(want)} items of 'data', {' x '.join(map(str, want.shape[1:]))}",
        f"b: {len(want)} items of 'fc/out', 5",
        "c: 2 items of 'loss', one value",
    ]
    assert not [name for name in os.listdir() if name.startswith(".")]


@pytest.mark.parametrize("kind", ["hdf5", "npz"])
def test_all_in_one_file(golden_batches: list, kind: str) -> None:
    assert extract("data,fc/out", "both", 1, kind) == 0
    count = len(golden_batches[0]["data"])
    assert [len(values("both", name, kind)) for name in ("data", "fc/out")] == [count] * 2


def test_caffes_last_words(golden_batches: list, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["w.caffemodel", "net.prototxt", "data", "out", "1", "lmdb", "GPU", "DEVICE_ID=1"]
    assert main(["extract_features", *words]) == 0
    assert "ignored: protonet runs on the CPU" in capsys.readouterr().err
    assert extract("data", "out2", 1, "lmdb", "CPU") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["data,loss", "a", 1], 2, "2 blobs but 1 outputs"),
        (["data", "a,b", 1, "npz"], 2, "1 blobs but 2 outputs"),
        (["data,data", "a,b", 1], 2, "named twice"),
        (["data,loss", "a,a", 1], 2, "named twice"),
        (["fc_out", "a", 1], 3, "net.prototxt: the net has no blob 'fc_out': did you mean 'fc/"),
        (["data", "w.caffemodel", 1, "npz"], 4, "exists already"),
        (["data", "lmdb_u8", 1], 4, "exists already"),
        (["data", "none/a", 1, "npz"], 3, "none/a"),
    ],
)
def test_what_is_refused(
    golden_batches: list, capsys: pytest.CaptureFixture[str], words: list, code: int, said: str
) -> None:
    before = sorted(os.listdir())
    assert extract(*words) == code
    assert said in capsys.readouterr().err
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("kind", _BACKENDS)
def test_a_failure_on_the_way(
    golden_batches: list, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = iter([1, 1])

    def fail(net: Net) -> None:
        if next(passes, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(Net, "run_forward", fail)
    before = sorted(os.listdir())
    assert extract("data", "out", 5, kind) == 130
    assert sorted(os.listdir()) == before


@pytest.mark.parametrize("kind", _BACKENDS)
def test_replaced_only_when_forced(
    golden_batches: list, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract("data", "out", 2, kind) == 0
    before = values("out", "data", kind)
    assert extract("data", "out", 1, kind) == 4
    assert "exists already" in capsys.readouterr().err
    np.testing.assert_array_equal(values("out", "data", kind), before)
    assert extract("data", "out", 1, kind, "--force") == 0
    assert len(values("out", "data", kind)) == len(golden_batches[0]["data"]) < len(before)


def test_progress_is_shown_on_a_terminal(golden_batches: list, terminal) -> None:
    shown = terminal()
    assert extract("data", "out", 3) == 0
    last = shown.bars()[-1]
    assert last.startswith("net.prototxt: 100%|") and "| 3.00/3.00 [" in last


def test_items_of_other_sizes(golden_batches: list, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path("cases/data_png_sizes/net.prototxt").read_text()
    Path("net.prototxt").write_text(
        text
        + """layer { name: "p" type: "Pooling" bottom: "data"
        top: "p" pooling_param { global_pooling: true } }
        layer { name: "ip" type: "InnerProduct" bottom: "p" top: "f"
        inner_product_param { num_output: 2 } }"""
    )
    Net("net.prototxt", seed=1).save("w.caffemodel")
    assert extract("data", "out", 5, "npz") == 4
    assert "an item of the blob 'data' is" in capsys.readouterr().err
    assert not Path("out").exists()
