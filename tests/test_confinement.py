"""What a file can make protonet open, import, run or connect to: nothing that was not asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

import protonet
from protonet import Net, get_solver
from protonet.check.paths import paths_in
from protonet.cli.main import main
from protonet.data.datum import encode_datum
from protonet.data.sources import create_store
from protonet.errors import DataError, ProtonetError
from protonet.files import confine, permitted
from protonet.proto.weights import write_blob

PACKAGE = Path(protonet.__file__).parent


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """inside/, the current folder, and outside/, each with a picture, a store and a mean."""
    monkeypatch.setenv("PROTONET_CACHE", str(tmp_path / "cache"))
    for name in ("inside", "outside"):
        folder = tmp_path / name
        folder.mkdir()
        assert cv2.imwrite(str(folder / "a.png"), np.zeros((4, 4, 3), np.uint8))
        write_blob(folder / "mean.binaryproto", np.zeros((1, 3, 4, 4), np.float32))
        with create_store(folder / "db", "LMDB") as out:
            out.put(b"0", encode_datum(np.zeros((3, 4, 4), np.uint8), 1))
        (folder / "list.txt").write_text("a.png 1\n")
    (tmp_path / "inside" / "far.txt").write_text(f"{tmp_path}/outside/a.png 1\n")
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "b.png").symlink_to("../outside/a.png")
    (tmp_path / "inside" / "linked.txt").write_text("b.png 1\n")
    (tmp_path / "inside" / "half").mkdir()
    (tmp_path / "inside" / "half" / "data.mdb").symlink_to(tmp_path / "outside/db/data.mdb")
    monkeypatch.chdir(tmp_path / "inside")
    yield tmp_path
    confine(None)


def data(source: str, mean: str = "mean.binaryproto") -> str:
    return (
        'layer { name: "d" type: "Data" top: "x" top: "y"\n'
        f'data_param {{ source: "{source}" backend: LMDB batch_size: 1 }}\n'
        f'transform_param {{ mean_file: "{mean}" }} }}'
    )


def images(source: str, folder: str = "") -> str:
    return (
        'layer { name: "d" type: "ImageData" top: "x" top: "y"\n'
        f'image_data_param {{ source: "{source}" root_folder: "{folder}" batch_size: 1 }} }}'
    )


INSIDE = [data("db"), data("./half/../db"), images("list.txt"), images("list.txt", "../inside/")]
OUTSIDE = [
    data("../outside/db"),
    data("link/db"),
    data("half"),
    data("db", "../outside/mean.binaryproto"),
    data("db", "link/mean.binaryproto"),
    images("../outside/list.txt"),
    images("list.txt", "../outside/"),
    images("far.txt"),
    images("linked.txt"),
    'layer { name: "i" type: "Input" top: "x" top: "y" input_param { shape { dim: 1 } } }\n'
    'layer { name: "o" type: "HDF5Output" bottom: "x" bottom: "y"\n'
    'hdf5_output_param { file_name: "../out.h5" } }',
]


@pytest.mark.parametrize("text", INSIDE)
def test_what_lies_inside(folders: Path, text: str) -> None:
    Path("net.prototxt").write_text(text)
    Net("net.prototxt", root_only=True).forward()
    confine(folders / "inside")
    Net("net.prototxt").forward()


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_leads_out(folders: Path, text: str) -> None:
    Path("net.prototxt").write_text(text)
    net = Net("net.prototxt")
    if net.inputs == []:
        net.forward()  # nobody forbids it
    for option in (True, folders / "inside"):
        with pytest.raises(DataError, match="leads out of the folder"):
            Net("net.prototxt", root_only=option)
    confine(folders / "inside")
    with pytest.raises(DataError, match=r"leads out of the folder '.*inside'.*--root"):
        Net("net.prototxt")


def test_the_command_line(folders: Path, capsys: pytest.CaptureFixture) -> None:
    Path("net.prototxt").write_text(data("link/db"))
    arguments = ["time", "net.prototxt", "--iterations", "1"]
    assert main(arguments) == 0
    assert main([*arguments, "--root", "."]) == 4
    assert "net.prototxt:2: layer 'd' (Data): 'link/db' leads out" in capsys.readouterr().err
    assert main([*arguments, "--root", ".."]) == 0
    assert not permitted("/") and not permitted("a\0b")
    confine(".")
    assert permitted("/") and permitted("a\0b") and not permitted("a")


SOLVER = 'net: "net.prototxt" base_lr: 1 lr_policy: "fixed" max_iter: 1\n'


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("net", SOLVER.replace("net.proto", "../outside/net.proto")),
        ("weights", SOLVER + 'weights: "../outside/w.caffemodel"\n'),
        ("snapshot_prefix", SOLVER + 'snapshot: 1 snapshot_prefix: "../outside/s"\n'),
    ],
)
def test_solvers(folders: Path, field: str, text: str) -> None:
    net = (
        'layer { name: "d" type: "DummyData" top: "x" '
        "dummy_data_param { shape { dim: 1 dim: 1 } } }"
        'layer { name: "p" type: "InnerProduct" bottom: "x" top: "l" loss_weight: 1 '
        "inner_product_param { num_output: 1 } }"
    )
    for folder in (Path(), folders / "outside"):
        (folder / "net.prototxt").write_text(net)
    Path("solver.prototxt").write_text(SOLVER + 'snapshot_prefix: "s"')
    get_solver("solver.prototxt").net.save(folders / "outside" / "w.caffemodel")
    Path("solver.prototxt").write_text(text + ('snapshot_prefix: "s"' * ("prefix" not in text)))
    get_solver("solver.prototxt")
    confine(".")
    with pytest.raises(ProtonetError, match=f"{field}: .*leads out of the folder"):
        get_solver("solver.prototxt")


def test_paths_are_listed_before_use(folders: Path, capsys: pytest.CaptureFixture) -> None:
    Path("net.prototxt").write_text(
        f"{data('db', 'none.binaryproto')}\n"
        'layer { name: "p" type: "Python" bottom: "x" top: "z"\n'
        '  python_param { module: "evil" layer: "L" } }\n'
        'layer { name: "o" type: "HDF5Output" bottom: "x" bottom: "y"\n'
        '  hdf5_output_param { file_name: "out.h5" } }\n'
    )
    Path("solver.prototxt").write_text(SOLVER + 'snapshot_prefix: "s/x" weights: "w"')
    found = [(each.line, each.use, each.field, each.name) for each in paths_in("solver.prototxt")]
    assert found == [
        (1, "reads", "net", "net.prototxt"),
        (2, "reads", "data_param.source", "db"),
        (3, "reads", "transform_param.mean_file", "none.binaryproto"),
        (5, "imports", "python_param.module", "evil"),
        (7, "writes", "hdf5_output_param.file_name", "out.h5"),
        (2, "reads", "weights", "w"),
        (2, "writes", "snapshot_prefix", "s/x"),
    ]
    assert main(["check", "--paths", "solver.prototxt"]) == 0
    out = capsys.readouterr().out
    assert "net.prototxt:3: layer 'd': reads transform_param.mean_file 'none.binaryproto'" in out
    assert "(not there)" in out and "imports python_param.module 'evil'" in out


# -- what the source has no words for --------------------------------------------------------

#: Calls that run what they are given, or what a file holds.
FORBIDDEN = {"eval", "exec", "compile", "__import__"}
#: `protonet run` runs a script of the user's, as it is asked to.
ALLOWED = {"cli/run.py": {"exec", "compile"}}
#: Workers of one training send each other what they made themselves.
ALLOWED_MODULES = {"parallel/world.py": {"pickle"}}
MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "joblib", "yaml", "cloudpickle"}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_the_source_runs_no_data(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
            if node.level
            else [node.module or ""]
        )
    }
    file = path.relative_to(PACKAGE).as_posix()
    assert not imported & (MODULES - ALLOWED_MODULES.get(file, set()))
    for name, call in calls(path):
        if name in FORBIDDEN:
            assert name in ALLOWED.get(file, ()), ast.unparse(call)
        keywords = {word.arg: word.value for word in call.keywords}
        if name.endswith((".load", "read_array")) and name.startswith(("np.", "numpy.")):
            assert ast.unparse(keywords["allow_pickle"]) == "False", ast.unparse(call)
        assert "shell" not in keywords, ast.unparse(call)
        assert not name.endswith(("h5py.ExternalLink", "yaml.load", "os.system", "os.popen"))


# -- what is opened when nets are looked at ---------------------------------------------------

AUDIT = """
import os, sys
from pathlib import Path

seen, on = [], False

def hook(event, args):
    if not on or not isinstance(event, str):
        return
    if event == "open" and isinstance(args[0], (str, bytes)):
        seen.append(os.path.realpath(os.fsdecode(args[0])))
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn",
                           "os.fork", "urllib", "pty.", "exec")):
        if event != "exec" or "evil" in str(args[0]):
            seen.append(event)

sys.addaudithook(hook)
import protonet.cli.main as cli
from protonet.cli.main import main

def run(arguments):
    global on
    on = True
    try:
        return main(arguments)
    finally:
        on = False

code = run(sys.argv[1:])
libraries = [os.path.realpath(p) for p in {*sys.path, sys.prefix, sys.base_prefix} if p]
libraries += [os.path.realpath(os.path.dirname(cli.__file__) + "/.."), "/proc", "/sys", "/dev"]
libraries += ["/etc", "/usr"]  # fonts, time zones
current = os.path.realpath(".")
libraries = [p for p in libraries if p != current and not current.startswith(p + os.sep)]
for path in dict.fromkeys(seen):
    if not any(path == p or path.startswith(p.rstrip("/") + "/") for p in libraries):
        print("OPENED", path)
print("CODE", code)
"""


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        ("summary net.prototxt", {"net.prototxt"}),
        ("summary w.caffemodel", {"w.caffemodel"}),
        ("check net.prototxt", {"net.prototxt"}),
        ("check --paths net.prototxt", {"net.prototxt"}),
        ("draw net.prototxt out.svg", {"net.prototxt", "out.svg"}),
        ("upgrade net.prototxt out.prototxt", {"net.prototxt", "out.prototxt"}),
        ("convert w.caffemodel out.npz", {"w.caffemodel", "out.npz"}),
    ],
)
def test_looking_opens_nothing_else(folders: Path, words: str, opened: set[str]) -> None:
    """Nothing is connected to, run or imported either."""
    inside = folders / "inside"
    (inside / "evil.py").write_text("raise SystemExit('it ran')")
    (inside / "net.prototxt").write_text(
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }\n'
        'layer { name: "p" type: "InnerProduct" bottom: "x" top: "p"\n'
        "  inner_product_param { num_output: 2 } }\n"
        'layer { name: "evil" type: "Python" bottom: "p" top: "z"\n'
        '  python_param { module: "evil" layer: "L" } }\n'
    )
    Net(
        'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }\n'
        'layer { name: "p" type: "InnerProduct" bottom: "x" top: "p"\n'
        "  inner_product_param { num_output: 2 } }\n"
    ).save(inside / "w.caffemodel")
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, *words.split()],
        cwd=inside,
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    assert lines and lines[-1].startswith("CODE"), done.stderr
    found = {line.split(" ", 1)[1] for line in lines if line.startswith("OPENED")}
    allowed = {str(inside / name) for name in opened} | {str(inside)}  # and a folder, to be synced
    strays = {path for path in found if path not in allowed and not path.endswith(".tmp")}
    assert not strays
