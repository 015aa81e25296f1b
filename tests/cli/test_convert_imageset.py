"""protonet convert-imageset, against stores that the reference's tool wrote."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

import protonet
from protonet.cli.main import main
from protonet.core.context import TRAIN
from protonet.data.datum import decode_datum
from protonet.data.sources import all_records
from protonet.net.net import Net

#: What can be tested here: LevelDB has no wheels for some Pythons.
BACKENDS = ["lmdb", "leveldb"] if find_spec("plyvel") else ["lmdb"]


@pytest.fixture
def data(conformance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Images and lists, and the current folder."""
    source = conformance / "data"
    shutil.copytree(source / "images", tmp_path / "images")
    for path in source.glob("list*.txt"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def convert(*words: object) -> int:
    return main(["convert-imageset", *map(str, words)])


def complaint(capsys: pytest.CaptureFixture[str], *words: object, code: int = 4) -> str:
    """What is said on stderr; nothing may be left behind."""
    before = sorted(os.listdir())
    capsys.readouterr()
    assert convert(*words) == code
    assert sorted(os.listdir()) == before
    return capsys.readouterr().err


def labels(store: Path | str) -> list[int]:
    return [decode_datum(record.value).label for record in all_records(store)]


# -- as the reference's tool -------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("golden", "words"),
    [
        ("lmdb_tool", ["list_flat.txt"]),
        ("lmdb_tool_encoded", ["list_root.txt", "--encoded"]),
        ("lmdb_tool_encoded", ["list_root.txt", "-encode_type=png"]),
        (
            "lmdb_tool_gray_resized",
            ["list_root.txt", "-gray", "-resize_height=6", "-resize_width", "5"],
        ),
    ],
)
def test_records_to_the_byte(
    data: Path, conformance: Path, backend: str, golden: str, words: list[str]
) -> None:
    assert main(["convert_imageset", f"-backend={backend}", "images/", *words, "db"]) == 0
    shutil.copytree(conformance / "data" / golden, "golden")
    assert list(all_records("db")) == list(all_records("golden"))


def test_what_is_printed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert("images/", "list_flat.txt", "db", "--nogray", "--shuffle=false") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("db: 12 images of 3 x 16 x 16\n", "")
    assert convert("images/", "list_flat.txt", "db2", "--gray=true", "--logtostderr=1") == 0
    assert capsys.readouterr().out == "db2: 12 images of 1 x 16 x 16\n"


def test_progress_is_shown_on_a_terminal(data: Path, terminal) -> None:
    shown = terminal()
    assert convert("images/", "list_flat.txt", "db") == 0
    last = shown.bars()[-1]
    assert last.startswith("db: 100%|") and "| 12.0/12.0 [" in last


def test_shuffled(data: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        convert("images/", "list_flat.txt", name, "--shuffle", "--seed", seed)
    a, b, c = (list(all_records(name)) for name in "abc")
    assert a == b != c
    assert [int(record.key[:8]) for record in a] == list(range(12))
    names = {line.split()[0] for line in Path("list_flat.txt").read_text().splitlines()}
    assert {record.key[9:].decode() for record in a} == names
    convert("images/", "list_flat.txt", "plain")
    pairs = [{(r.key[9:], r.value) for r in all_records(name)} for name in ("a", "plain")]
    assert pairs[0] == pairs[1]


# -- compressed --------------------------------------------------------------------------


def test_files_with_other_channels_are_compressed_anew(data: Path) -> None:
    convert("", "list_kinds.txt", "raw")
    convert("", "list_kinds.txt", "packed", "--encoded")
    files = ["images/gray.png", "images/alpha.png", "images/with a space.png", "images/s0.png"]
    for file, raw, packed in zip(files, all_records("raw"), all_records("packed")):
        datum = decode_datum(packed.value)
        assert datum.encoded
        pixels = cv2.imdecode(datum.pixels, cv2.IMREAD_UNCHANGED).transpose(2, 0, 1)
        np.testing.assert_array_equal(pixels, decode_datum(raw.value).pixels)
        kept = datum.pixels.tobytes() == Path(file).read_bytes()
        assert kept == (file not in files[:2])


def test_another_type(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert("images/", "list_root.txt", "db", "--encode-type", "jpg")
    for record in all_records("db"):
        assert decode_datum(record.value).pixels[:3].tobytes() == b"\xff\xd8\xff"
    assert "encoded as 'xyz'" in complaint(
        capsys, "images/", "list_root.txt", "x", "--encode-type", "xyz"
    )


# -- labels of other kinds ---------------------------------------------------------------

_TWO_STORES = """
layer { name: "d" type: "Data" top: "data" data_param { source: "db" batch_size: 4 backend: LMDB } }
layer { name: "l" type: "Data" top: "target"
  data_param { source: "targets" batch_size: 4 backend: LMDB } }
"""
_HDF5 = """layer { name: "d" type: "HDF5Data" top: "data" top: "label"
  hdf5_data_param { source: "db/list.txt" batch_size: 4 } }"""


def test_a_store_of_labels(data: Path) -> None:
    rows = [f"s{i}.png,{i},-{i}.5,{i}e-3\n" for i in range(9)]
    Path("l.csv").write_text("f,x,y,z\n" + "".join(rows))
    assert convert("images/", "l.csv", "db", "--labels-db", "targets", "--columns", "y,z") == 0
    keys = [[record.key for record in all_records(name)] for name in ("db", "targets")]
    assert keys[0] == keys[1]
    net = Net(_TWO_STORES, phase=TRAIN)
    seen = []
    for _ in range(2):
        net.forward()
        assert net.blobs["target"].shape == (4, 2, 1, 1)
        seen += list(net.blobs["target"].data[:, :, 0, 0].copy())
    want = np.array([[-i - 0.5, i * 1e-3] for i in range(8)], np.float32)
    np.testing.assert_array_equal(seen, want)


def test_hdf5(data: Path) -> None:
    Path("l.txt").write_text("".join(f"with a space.png {i}.25 {i} 1\n" for i in range(5)))
    assert convert("images/", "l.txt", "db", "--backend", "hdf5", "--label-count", 3) == 0
    assert Path("db/list.txt").read_text() == "db/part-0000.h5\n"
    net = Net(_HDF5, phase=TRAIN)
    net.forward()
    np.testing.assert_array_equal(net.blobs["label"].data, [[i + 0.25, i, 1] for i in range(4)])
    image = cv2.imread("images/with a space.png").transpose(2, 0, 1)
    np.testing.assert_array_equal(net.blobs["data"].data, [image] * 4)


def test_hdf5_in_parts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protonet.data.tools.hdf5_sink._PART_BYTES", 5 * 4 * 3 * 16 * 16)
    assert convert("images/", "list_flat.txt", "db", "--backend", "hdf5") == 0
    found = []
    for name, count in zip(Path("db/list.txt").read_text().split(), (5, 5, 2)):
        with h5py.File(name) as file:
            assert file["data"].shape == (count, 3, 16, 16)
            found += list(file["label"][:, 0])
    convert("images/", "list_flat.txt", "plain")
    assert found == labels("plain")


def test_labels_that_do_not_fit(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("l.txt").write_text("s0.png 1\ns1.png 0.8\n")
    said = complaint(capsys, "images/", "l.txt", "db")
    assert "l.txt:2" in said
    assert "--labels-db" in said


# -- bad input ---------------------------------------------------------------------------


@pytest.fixture
def broken(data: Path) -> Path:
    Path("images/text.png").write_text("no image")
    Path("images/cut.png").write_bytes(Path("images/s0.png").read_bytes()[:40])
    Path("l.txt").write_text("s0.png 0\ntext.png 1\nnone.png 2\ncut.png 3\ns1.png 4\n")
    return data


def test_an_unreadable_image(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "l.txt:2: 'images/text.png' is no image" in complaint(capsys, "images/", "l.txt", "db")
    said = complaint(capsys, "images", "list_flat.txt", "db")
    assert "list_flat.txt:1" in said
    assert "end it with a slash" in said
    Path("l.txt").write_text(f"{Path.cwd()}/images/s0.png 2\n")
    said = complaint(capsys, "images/", "l.txt", "db")
    assert 'ROOT is put in front of them: make it ""' in said
    Path("l.txt").write_text("s0.png 2 3\n")
    assert "--label-count" in complaint(capsys, "images/", "l.txt", "db")
    assert "ROOT LIST DB" in complaint(capsys, "l.txt", "images", "db")
    Path("l.txt").write_text("none.png 2\n")
    said = complaint(capsys, "images/", "l.txt", "db")
    assert "l.txt:1" in said
    assert "--skip-bad" in said


@pytest.mark.parametrize("more", [[], ["--encoded"]])
def test_skipped(broken: Path, capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    assert convert("images/", "l.txt", "db", "--skip-bad", *more) == 0
    shown = capsys.readouterr()
    assert shown.out == "db: 2 images of 3 x 10 x 12, 3 left out\n"
    for i, line in zip((2, 3, 4), shown.err.splitlines(), strict=True):
        assert line.startswith(f"protonet: warning: l.txt:{i}: ")
    assert [record.key for record in all_records("db")] == [b"00000000_s0.png", b"00000004_s1.png"]
    Path("l.txt").write_text("none.png 2\n")
    assert "none of the 1 images" in complaint(capsys, "images/", "l.txt", "x", "--skip-bad")


def test_sizes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert("", "list_sizes.txt", "mixed") == 0
    warnings = capsys.readouterr().err.splitlines()
    assert len(warnings) == 1
    assert "list_sizes.txt:2: the image is (3, 23, 8)" in warnings[0]
    for more in (["--check_size"], ["--check-size", "--encoded"], ["--backend", "hdf5"]):
        said = complaint(capsys, "", "list_sizes.txt", "db", *more)
        assert "list_sizes.txt:2: the image is (3, 23, 8)" in said
        assert "the first one (3, 7, 19)" in said
    assert convert("", "list_sizes.txt", "db", "--check_size", "--skip-bad") == 0
    assert labels("db") == [0]


def test_nothing_is_written_over(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert("images/", "list_flat.txt", "db")
    assert "exists already" in complaint(capsys, "images/", "list_root.txt", "db")
    assert len(labels("db")) == 12
    assert convert("images/", "list_root.txt", "db", "--force") == 0
    assert len(labels("db")) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--resize_height", 5], "give both"),
        (["--resize-width", 5], "give both"),
        (["--resize-width", 5, "--resize-height", -5], "give both"),
        (["--resize-width", -5, "--resize-height", -5], "less than nothing"),
        (["--resize-height", -5], "less than nothing"),
        (["--backend", "hdf5", "--encode-type", "png"], "HDF5 files hold pixels"),
        (["--backend", "hdf5", "--encoded"], "HDF5 files hold pixels"),
        (["--backend", "hdf5", "--labels-db", "x"], "HDF5 files hold the labels"),
        (["--columns", "a"], "ends in .csv"),
        (["--labels-db", "db"], "store of their own"),
    ],
)
def test_contradictions(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[object], said: str
) -> None:
    assert said in complaint(capsys, "images/", "list_flat.txt", "db", *words, code=2)


def test_interrupted(data: Path, process) -> None:
    Path("l.txt").write_text("s0.png 1\n" * 300_000)
    running = process("convert-imageset", "images/", "l.txt", "db")
    deadline = time.monotonic() + 60
    while not list(data.glob(".db-*/new/data.mdb")) and time.monotonic() < deadline:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "protonet: interrupted\n")
    assert not [name for name in os.listdir() if "db" in name]


_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
from protonet.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("backend", [*BACKENDS, "hdf5"])
def test_a_full_disk(data: Path, backend: str) -> None:
    """Not even with --skip-bad: it is no image that is bad."""
    Path("l.txt").write_text("s0.png 1\n" * 8000)
    words = ["convert-imageset", "images/", "l.txt", "db", "--backend", backend, "--skip-bad"]
    done = subprocess.run(
        [sys.executable, "-c", _FULL, *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(Path(protonet.__file__).parents[1])},
    )
    assert done.returncode == 4
    assert done.stderr.startswith("protonet: error: cannot write 'db': ")
    assert len(done.stderr.splitlines()) == 1
    assert not [name for name in os.listdir() if "db" in name]


@pytest.mark.parametrize(
    ("module", "extra", "words"),
    [
        ("cv2", "images", []),
        ("plyvel", "leveldb", ["--backend", "leveldb"]),
        ("h5py", "hdf5", ["--backend", "hdf5"]),
    ],
)
def test_without_an_extra(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    extra: str,
    words: list[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    said = complaint(capsys, "images/", "list_flat.txt", "db", "--skip-bad", *words, code=3)
    assert f"pip install 'protonet-caffe[{extra}]'" in said
