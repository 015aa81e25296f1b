"""Rows of HDF5 files: order, shuffling, shards, and what is wrong with files."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from protonet import budget
from protonet.core.context import TEST, TRAIN
from protonet.data.hdf5 import Hdf5Rows, read_datasets, read_file_list
from protonet.errors import DataError, ProtonetError, PrototxtError
from protonet.net.net import Net

SIZES = (3, 5, 2)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three files whose rows are numbered through, as integers and as doubles."""
    monkeypatch.chdir(tmp_path)
    paths, start = [], 0
    for i, n in enumerate(SIZES):
        paths.append(Path(f"{i}.h5"))
        with h5py.File(paths[-1], "w") as file:
            file["x"] = np.arange(start, start + n)[:, None] * [1, 10]
            file["y"] = np.arange(start, start + n) * 0.5
        start += n
    Path("list.txt").write_text("\n".join(map(str, paths)))
    return paths


def take(rows: Hdf5Rows, count: int) -> list[int]:
    x, y = np.empty((count, 2), np.float32), np.empty(count, np.float32)
    rows.take([x, y])
    np.testing.assert_array_equal(x[:, 1], x[:, 0] * 10)
    np.testing.assert_array_equal(y * 2, x[:, 0])
    return x[:, 0].astype(int).tolist()


def rows(files: list[Path], seed: int | None = None, rank: int = 0, size: int = 1) -> Hdf5Rows:
    seeds = None if seed is None else np.random.SeedSequence(seed)
    return Hdf5Rows(files, ["x", "y"], np.float32, seeds, rank, size)


def test_file_after_file_and_round(files: list[Path]) -> None:
    source = rows(files)
    assert source.shapes == [(2,), ()]
    assert [x for _ in range(5) for x in take(source, 4)] == [i % 10 for i in range(20)]
    assert take(rows(files), 23) == [i % 10 for i in range(23)]


def test_shuffles_files_and_rows_within(files: list[Path]) -> None:
    source = rows(files, seed=1)
    found = [take(source, 10) for _ in range(30)]
    groups = [set(range(3)), set(range(3, 8)), {8, 9}]
    orders = set()
    for one in found:
        assert sorted(one) == list(range(10))
        places = [sorted(one.index(i) for i in group) for group in groups]
        assert all(p[-1] - p[0] == len(p) - 1 for p in places)  # a file's rows stay together
        orders.add(tuple(np.argsort([p[0] for p in places])))
    assert len(orders) == 6
    assert len(set(map(tuple, found))) > 25


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_workers_share_the_rows(files: list[Path], seed: int | None, size: int) -> None:
    want = take(rows(files, seed), 8 * size)
    workers = [rows(files, seed, rank, size) for rank in range(size)]
    got = [take(worker, 5) + take(worker, 3) for worker in workers]
    assert [got[i % size][i // size] for i in range(8 * size)] == want


@pytest.mark.parametrize("seed", [None, 3])
def test_workers_take_blocks_by_turns(files: list[Path], seed: int | None) -> None:
    """Four rows each, of files of three, five and two."""
    want = take(rows(files, seed), 36)
    for rank in range(3):
        seeds = None if seed is None else np.random.SeedSequence(seed)
        mine = Hdf5Rows(files, ["x", "y"], np.float32, seeds, rank, 3, block=4)
        expected = [row for i, row in enumerate(want) if i // 4 % 3 == rank]
        assert [*take(mine, 4), *take(mine, 3), *take(mine, 5)] == expected


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("before", [0, 1, 3, 9, 10, 14])
def test_goes_on_where_it_was(files: list[Path], seed: int | None, size: int, before: int) -> None:
    source = rows(files, seed, size - 1, size)
    take(source, before) if before else None
    state = source.state()
    want = take(source, 17)
    other = rows(files, None if seed is None else 99, size - 1, size)
    take(other, 4)
    other.set_state(state)
    assert take(other, 17) == want


# -- what is wrong -----------------------------------------------------------------------


def test_lists(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(" a.h5 b.h5\n\nc.h5\n")
    assert read_file_list(tmp_path / "list") == ["a.h5", "b.h5", "c.h5"]
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "data.h5").write_bytes(b"\x89HDF\r\n")
    for name, words in (
        ("empty", "is empty"),
        ("none", "cannot read .*': No such file"),
        ("data.h5", "an HDF5 file itself cannot be the source"),
    ):
        with pytest.raises(DataError, match=words):
            read_file_list(tmp_path / name)


def test_files_that_do_not_do(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"], file["y"], file["empty"] = np.zeros((3, 2)), np.zeros(4), np.zeros((0, 2))
        file["text"], file["scalar"] = ["a", "b"], 3.0
        file["group/x"] = np.zeros(3)
        file["outside"] = h5py.ExternalLink("b.h5", "x")
        file["way"] = h5py.ExternalLink("b.h5", "/")
        file["soft"], file["dangling"] = h5py.SoftLink("/way/x"), h5py.SoftLink("nowhere")
        file["round"], file["good"] = h5py.SoftLink("round"), h5py.SoftLink("group/x")
        file.create_dataset("apart", (3,), "f4", external=[(str(tmp_path / "raw"), 0, 12)])
        layout = h5py.VirtualLayout((3,), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "b.h5"), "x", (3,))
        file.create_virtual_dataset("virtual", layout)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["x"] = np.zeros(3)
    for names, words in {
        ("x", "y"): "x has 3, y has 4",
        ("empty",): "no rows",
        ("z",): "no data set 'z'.*empty, good, group",
        ("group",): "no data set 'group'",
        ("outside",): "/outside lies in another file",
        ("apart",): "/apart lies in another file",
        ("virtual",): "/virtual lies in another file",
        ("soft",): "/x lies in another file",
        ("dangling",): "no data set 'dangling'",
        ("round",): "no data set 'round'",
        ("text",): "no array of numbers",
        ("scalar",): "no array of numbers",
    }.items():
        with pytest.raises(DataError, match=words):
            read_datasets(path, names, np.float32)
    assert read_datasets(path, ["good"], np.float32)[0].shape == (3,)
    path.write_bytes(b"garbage")
    for name in ("a.h5", "none.h5"):
        with pytest.raises(DataError, match=name):
            read_datasets(tmp_path / name, ["x"], np.float32)


def test_files_that_differ(files: list[Path]) -> None:
    with h5py.File(files[1], "w") as file:
        file["x"], file["y"] = np.zeros((2, 3)), np.zeros(2)
    with pytest.raises(DataError, match=r"1\.h5.*\(3,\)"):
        take(rows(files), 4)


# -- the layers --------------------------------------------------------------------------

DATA = """layer { name: "d" type: "HDF5Data" top: "x" top: "y"
  hdf5_data_param { source: "list.txt" batch_size: 4 } }"""


def test_layer_in_double_precision_with_state(files: list[Path]) -> None:
    net = Net(DATA, dtype=np.float64)
    net.forward()
    state = net.layers[0].state()
    want = {name: array.copy() for name, array in net.forward().items()}
    assert want["y"].dtype == np.float64
    assert want["y"].tolist() == [2, 2.5, 3, 3.5]
    other = Net(DATA, dtype=np.float64)
    other.layers[0].set_state(state)
    for name, array in other.forward().items():
        np.testing.assert_array_equal(array, want[name])


@pytest.mark.parametrize(
    ("phase", "found"),
    [(TRAIN, [[0, 1, 2, 3], [0.5, 1.5, 2.5, 3.5]]), (TEST, [[0, 0.5, 1, 1.5]] * 2)],
)
def test_workers_share_the_rows_of_training(files: list[Path], phase: int, found: list) -> None:
    """In the phase TEST each of them reads all."""
    nets = [Net(DATA, phase=phase, rank=rank, size=2) for rank in range(2)]
    assert [net.forward()["y"].tolist() for net in nets] == found


def test_lists_beside_the_model(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (files[0].resolve().parent / "net.prototxt").write_text(DATA)
    folder = files[0].resolve().parent
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert Net(folder / "net.prototxt").forward()["y"].tolist() == [0, 0.5, 1, 1.5]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("batch_size: 4", "", "batch_size is missing"),
        ("hdf5_data_param", "transform_param { scale: 2 } hdf5_data_param", "transform"),
        ('top: "y"', 'top: "z"', "no data set 'z'"),
        ("list.txt", "none.txt", "'none.txt' does not exist"),
    ],
)
def test_mistakes(files: list[Path], old: str, new: str, words: str) -> None:
    with pytest.raises(ProtonetError, match=words):
        Net(DATA.replace(old, new))


OUTPUT = """layer { name: "v" type: "Input" top: "v" input_param { shape { dim: 4 dim: 5 } } }
layer { name: "w" type: "Input" top: "w" input_param { shape { dim: %d } } }
layer { name: "o" type: "HDF5Output" bottom: "v" bottom: "w"
  hdf5_output_param { file_name: "o.h5" } }"""


def test_output_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("o.h5").write_text("an older file")
    net = Net(OUTPUT % 4)
    assert Path("o.h5").read_text() == "an older file"
    values = np.arange(20.0).reshape(4, 5)
    net.forward(v=values, w=np.arange(4))
    with h5py.File("o.h5") as file:
        np.testing.assert_array_equal(file["data"], values[:, :, None, None])
        np.testing.assert_array_equal(file["label"], np.arange(4.0).reshape(4, 1, 1, 1))
        assert file["data"].dtype == np.float32
    with pytest.raises(DataError, match="holds a forward pass already"):
        net.forward()
    with pytest.raises(ProtonetError, match=r"\(4, 5\) and \(3,\)"):
        Net(OUTPUT % 3)
    with pytest.raises(PrototxtError, match="file_name is missing"):
        Net((OUTPUT % 4).replace('file_name: "o.h5"', ""))


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"\xef\xbb\xbfa.h5\n")
    assert read_file_list(tmp_path / "list.txt") == ["a.h5"]


@pytest.mark.parametrize("signature", [b"HEAP", b"SNOD", b"TREE"])
def test_damage_inside_is_told_with_the_file(tmp_path: Path, signature: bytes) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w", libver="earliest") as file:
        file["data"] = np.zeros((2, 3))
    content = path.read_bytes()
    assert signature in content
    path.write_bytes(content.replace(signature, b"GONE"))
    with pytest.raises(DataError, match=r"cannot read '.*data\.h5'"):
        read_datasets(path, ["data"], np.float32)


def test_a_few_bytes_that_stand_for_many_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        for name in ("a", "b"):
            file.create_dataset(name, (1 << 20,), "f4", chunks=(1 << 18,), compression="gzip")
    assert path.stat().st_size < 1 << 16
    before = budget.set_budget(memory=6 << 20)
    try:
        assert len(read_datasets(path, ["a"], np.float32)) == 1
        with pytest.raises(DataError, match=r"bomb.*/b: up to here 0.00781 GiB.*--max-memory"):
            read_datasets(path, ["a", "b"], np.float32)
    finally:
        budget.set_budget(*before)
