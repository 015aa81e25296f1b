"""Data and MemoryData inside nets: what the golden cases do not show."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from protonet.core.context import TEST, TRAIN
from protonet.data.datum import encode_datum
from protonet.data.sources.lmdb import LmdbWriter
from protonet.errors import DataError, ProtonetError, PrototxtError
from protonet.net.net import Net

RNG = np.random.default_rng(8)
IMAGES = RNG.integers(0, 256, (10, 1, 6, 7)).astype(np.uint8)
TEXT = """layer { name: "d" type: "Data" top: "data" top: "label"
  data_param { source: "store" batch_size: 4 backend: LMDB }
  transform_param { %s } }"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "store", [encode_datum(x, i) for i, x in enumerate(IMAGES)])
    return tmp_path / "store"


def write(path: Path, records: list[bytes]) -> None:
    with LmdbWriter(path, force=True) as writer:
        for i, record in enumerate(records):
            writer.put(b"%08d" % i, record)


def threads() -> int:
    gc.collect()  # nets of other tests may still wait for it
    return sum(t.name == "protonet-prefetch" for t in threading.enumerate())


def labels(net: Net, passes: int) -> list[float]:
    return [x for _ in range(passes) for x in net.forward()["label"].tolist()]


def test_building_a_net_reads_shapes_but_starts_no_thread() -> None:
    net = Net(TEXT % "crop_size: 5")
    assert net.blobs["data"].shape == (4, 1, 5, 5)
    assert net.blobs["label"].shape == (4,)
    net.reshape()
    assert threads() == 0
    net.forward()
    assert threads() == 1
    net.layers[0].close()
    assert threads() == 0


def test_train_and_test_net_read_one_store() -> None:
    train, test = Net(TEXT % "", phase=TRAIN), Net(TEXT % "", phase=TEST)
    assert labels(train, 2) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert labels(test, 1) == [0, 1, 2, 3]
    assert labels(train, 1) == [8, 9, 0, 1]
    np.testing.assert_array_equal(train.blobs["data"].data, IMAGES[[8, 9, 0, 1]])


def test_blobs_keep_their_memory() -> None:
    net = Net(TEXT % "")
    data = net.blobs["data"].data
    for _ in range(6):
        net.forward()
        assert net.blobs["data"].data is data


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_workers_share_the_records_of_training(phase: int) -> None:
    nets = [Net(TEXT % "", phase=phase, rank=rank, size=2) for rank in range(2)]
    got = [labels(net, 2) for net in nets]
    even, odd = [0, 2, 4, 6, 8, 0, 2, 4], [1, 3, 5, 7, 9, 1, 3, 5]
    assert got == ([even, odd] if phase == TRAIN else [[*range(8)]] * 2)


def test_state_goes_on_exactly() -> None:
    text = TEXT % "crop_size: 4 mirror: true"
    net = Net(text, phase=TRAIN, seed=1)
    for _ in range(3):
        net.forward()
    state = net.layers[0].state()
    want = [{name: a.copy() for name, a in net.forward().items()} for _ in range(3)]
    other = Net(text, phase=TRAIN, seed=2)
    other.forward()
    other.layers[0].set_state(state)
    for batch in want:
        got = other.forward()
        for name in batch:
            np.testing.assert_array_equal(got[name], batch[name])


def test_a_seed_fixes_what_is_random() -> None:
    text = TEXT % "crop_size: 4 mirror: true"
    runs = [Net(text, phase=TRAIN, seed=seed).forward()["data"] for seed in (3, 3, 4)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


_FORK = """
import os
from protonet.net.net import Net
net = Net("net.prototxt")
net.forward()
child = os.fork()
if child:
    os.waitpid(child, 0)
labels = [net.forward()["label"].tolist() for _ in range(2)]
print(labels, flush=True)
net.layers[0].close()
os._exit(0)
"""


def test_a_forked_child_goes_on_alone() -> None:
    Path("net.prototxt").write_text(TEXT % "")
    done = subprocess.run([sys.executable, "-c", _FORK], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["[[4.0, 5.0, 6.0, 7.0], [8.0, 9.0, 0.0, 1.0]]"] * 2, (
        done.stderr
    )


def test_double_precision() -> None:
    data = Net(TEXT % "scale: 0.1", dtype=np.float64).forward()["data"]
    assert data.dtype == np.float64
    np.testing.assert_allclose(data, IMAGES[:4] * np.float32(0.1), rtol=1e-7)


# -- what is wrong -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (encode_datum(IMAGES[0], 3)[:20], "too early"),
        (encode_datum(IMAGES[0, :, :, :5], 3), r"\(1, 6, 5\).*\(1, 6, 7\)"),
        (b"garbage", "Datum|too early"),
    ],
)
def test_a_bad_record_is_named(store: Path, bad: bytes, words: str) -> None:
    records = [encode_datum(x, i) for i, x in enumerate(IMAGES)]
    write(store, [*records[:6], bad, *records[7:]])
    Path("net.prototxt").write_text("\n\n" + TEXT % "")
    net = Net("net.prototxt")
    net.forward()
    for _ in range(2):
        with pytest.raises(DataError, match=words) as caught:
            net.forward()
        message = str(caught.value)
        assert message.startswith("net.prototxt:3: layer 'd' (Data): record '00000006' of")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('source: "store"', 'source: "mnist_train_lmdb"', 2, "run 'protonet dataset mnist'"),
        ("backend: LMDB", "", 1, "the default.*write backend: LMDB"),
        ("batch_size: 4", "", 2, "batch_size is missing"),
        ("transform_param {", "transform_param { crop_size: 7", 3, "6 x 7.*crop_size 7"),
        ("transform_param {", 'transform_param { mean_file: "none"', 3, "'none' does not exist"),
    ],
)
def test_mistakes_name_their_line(old: str, new: str, line: int, words: str) -> None:
    Path("net.prototxt").write_text((TEXT % "").replace(old, new))
    with pytest.raises(ProtonetError, match=words) as caught:
        Net("net.prototxt")
    assert caught.value.layer == "d"
    assert caught.value.line in (line, line + (line == 1))


def test_settings_without_effect_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    Net((TEXT % "").replace("batch_size: 4", "batch_size: 4 rand_skip: 3"))
    assert "rand_skip in data_param has no effect: Caffe skips it too" in caplog.text
    Net((TEXT % "").replace("batch_size: 4", "batch_size: 4 mirror: true"))
    assert "mirror in data_param has no effect: put it into transform_param" in caplog.text


# -- MemoryData --------------------------------------------------------------------------

MEMORY = """layer { name: "m" type: "MemoryData" top: "data" top: "label"
  memory_data_param { batch_size: 2 channels: 1 height: 6 width: 7 } }"""


def test_memory_is_kept_not_copied() -> None:
    net = Net(MEMORY)
    data, label = IMAGES.astype(np.float32), np.arange(10, dtype=np.float32)
    net.layers[0].set_input_arrays(data, label)
    data[3], label[3] = 5, 77
    assert labels_of(net, 3) == [0, 1, 2, 77, 4, 5]
    net.layers[0].reset()
    net.forward()
    np.testing.assert_array_equal(net.forward()["data"], data[2:4])
    assert (net.blobs["data"].data[1] == 5).all()


def labels_of(net: Net, passes: int) -> list[float]:
    return [x for _ in range(passes) for x in net.forward()["label"].ravel().tolist()]


@pytest.mark.parametrize(
    ("data", "label", "words"),
    [
        ((4, 1, 6, 6), (4,), r"\(4, 1, 6, 6\)"),
        ((4, 42), (4,), r"\(4, 42\)"),
        ((4, 1, 6, 7), (3,), "one label for each"),
        ((4, 1, 6, 7), (4, 1), "one label for each"),
        ((3, 1, 6, 7), (3,), "batch size 2"),
        ((0, 1, 6, 7), (0,), "batch size 2"),
    ],
)
def test_memory_that_does_not_fit(data: tuple[int, ...], label: tuple, words: str) -> None:
    net = Net(MEMORY)
    with pytest.raises(DataError, match=words):
        net.layers[0].set_input_arrays(np.zeros(data), np.zeros(label))


def test_memory_without_arrays_or_size() -> None:
    with pytest.raises(DataError, match="set_input_arrays"):
        Net(MEMORY).forward()
    with pytest.raises(PrototxtError, match="channels is missing"):
        Net(MEMORY.replace("channels: 1", ""))
