"""The files of models/: they build, agree with one another, learn, and display in viewers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from protonet.data.datasets import write_store
from protonet.net.net import Net
from protonet.proto.text import read_net, read_solver
from protonet.solvers import get_solver

MODELS = Path(__file__).resolve().parents[2] / "models"
TRAIN, TEST = 0, 1

# The score blob of each pair of files, and the shape of every blob without its first axis.
NETS = {
    "lenet": "data 1x28x28 conv1 20x24x24 pool1 20x12x12 conv2 50x8x8 pool2 50x4x4 ip1 500 ip2 10",
    "fc_net": "data 1x28x28 ip1 400 ip2 100 ip3 10",
    "conv_net": "data 1x28x28 conv1 6x28x28 pool1 6x14x14 conv2 16x10x10 pool2 16x5x5 "
    "ip1 120 ip2 84 ip3 10",
    "conv3x3": "data 1x28x28 conv1 8x26x26 pool1 8x13x13 ip1 10",
    "three_layer": "data 1x28x28 conv1 3x24x24 pool1 3x12x12 ip1 84 ip2 10",
    "two_layer": "data 1x28x28 ip1 100 ip2 10",
    "conv3x3_cifar10": "data 3x32x32 conv1 8x30x30 pool1 8x15x15 ip1 10",
    "cifar10_quick": "data 3x32x32 conv1 32x32x32 pool1 32x16x16 conv2 32x16x16 pool2 32x8x8 "
    "conv3 64x8x8 pool3 64x4x4 ip1 64 ip2 10",
}
NETS["lenet_mnist"] = NETS["lenet"]
DEPLOY = [stem for stem in NETS if stem != "lenet_mnist"]
#: Those that find and segment digits have tests of their own.
OTHERS = ("ssd_digits", "fcn_digits")
ALL_NETS = sorted(p.name for p in MODELS.glob("*.prototxt") if "solver" not in p.name)
ALL_SOLVERS = sorted(p.name for p in MODELS.glob("*_solver.prototxt"))
NET_FILES = [name for name in ALL_NETS if not name.startswith(OTHERS)]
SOLVER_FILES = [name for name in ALL_SOLVERS if not name.startswith(OTHERS)]


def deploy_of(stem: str) -> Path:
    return MODELS / f"{stem.removesuffix('_mnist')}.prototxt"


def train_test_of(stem: str) -> Path:
    return MODELS / f"{stem}_train_test.prototxt"


def expected_shapes(stem: str) -> dict[str, tuple[int, ...]]:
    words = NETS[stem].split()
    return {name: tuple(map(int, shape.split("x"))) for name, shape in zip(words[::2], words[1::2])}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with small stores of noise in place of the data sets that have to be fetched."""
    folder = tmp_path_factory.mktemp("cache")
    rng = np.random.default_rng(5)
    for name, shape in (("mnist", (1, 28, 28)), ("cifar10", (3, 32, 32))):
        for split in ("train", "test"):
            images = rng.integers(0, 256, (20, *shape), np.uint8)
            write_store(folder / f"{name}_{split}_lmdb", images, np.arange(20) % 10)
    return folder


@pytest.fixture(autouse=True)
def use_cache(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own; the digits are made in the cache on first use."""
    monkeypatch.setenv("PROTONET_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)


def test_every_file_is_known() -> None:
    known = {deploy_of(s).name for s in NETS} | {train_test_of(s).name for s in NETS}
    assert set(NET_FILES) == known
    assert {name.replace("_adam", "") for name in SOLVER_FILES} == {
        f"{stem}_solver.prototxt" for stem in NETS
    }


@pytest.mark.parametrize("stem", NETS)
@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_shapes_in_both_phases(stem: str, phase: int) -> None:
    net = Net(train_test_of(stem), phase=phase, seed=1)
    for name, shape in expected_shapes(stem).items():
        assert net.blobs[name].shape[1:] == shape, name
    assert net.outputs == (["loss"] if phase == TRAIN else ["accuracy", "loss"])
    net.forward()
    assert np.isfinite(net.blobs["loss"].data).all()


@pytest.mark.parametrize("stem", DEPLOY)
def test_deploy_takes_the_weights_and_says_the_same(stem: str, tmp_path: Path) -> None:
    trained = Net(train_test_of(stem), phase=TEST, seed=1)
    trained.save(str(tmp_path / "w.caffemodel"))
    deploy = Net(deploy_of(stem), weights=str(tmp_path / "w.caffemodel"), seed=2)
    assert deploy.inputs == ["data"] and deploy.outputs == ["prob"]
    assert {k: [b.shape for b in v] for k, v in deploy.params.items()} == {
        k: [b.shape for b in v] for k, v in trained.params.items()
    }
    trained.forward()
    deploy.blobs["data"].reshape(*trained.blobs["data"].shape)
    deploy.reshape()
    deploy.blobs["data"].data[...] = trained.blobs["data"].data
    prob = deploy.forward()["prob"]
    # The last inner product's top: the blob that the loss reads.
    scores = trained.blobs[list(expected_shapes(stem))[-1]].data.astype(np.float64)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(prob, powers / powers.sum(axis=1, keepdims=True), atol=1e-5)


@pytest.mark.parametrize("name", ALL_NETS)
def test_parameter_count_in_the_readme(name: str) -> None:
    stem = re.sub(r"(_train_test)?\.prototxt$", "", name).removesuffix("_mnist")
    rows = re.findall(r"^\| `(\w+)` \|.*?\| ([\d,]+) \|", (MODELS / "README.md").read_text(), re.M)
    counts = {row[0]: int(row[1].replace(",", "")) for row in rows}
    net = Net(MODELS / name, seed=1)
    assert sum(blob.data.size for blob in net.learnable_params) == counts[stem]


@pytest.mark.parametrize("name", ALL_SOLVERS)
def test_solver_builds_and_steps(name: str) -> None:
    text = read_solver(MODELS / name).message
    stem = name.removesuffix("_solver.prototxt")
    assert text.net == f"{stem.removesuffix('_adam')}_train_test.prototxt"
    assert text.snapshot_prefix == stem
    solver = get_solver(MODELS / name)
    solver.net.forward()
    solver.step(0)
    assert solver.lr == pytest.approx(text.base_lr)


@pytest.mark.parametrize("name", [n for n in SOLVER_FILES if "mnist" not in n and "cifar" not in n])
def test_each_test_digit_is_seen_once(name: str) -> None:
    text = read_solver(MODELS / name).message
    data = next(
        layer
        for layer in read_net(MODELS / text.net).message.layer
        if layer.type == "Data" and layer.include[0].phase == TEST
    )
    assert text.test_iter[0] * data.data_param.batch_size == 300


def test_lenet_learns(tmp_path: Path) -> None:
    """The README's first command, cut short."""
    text = (MODELS / "lenet_solver.prototxt").read_text()
    text = text.replace("max_iter: 1000", "max_iter: 150").replace(
        'net: "lenet', f'net: "{MODELS.as_posix()}/lenet'
    )
    (tmp_path / "short_solver.prototxt").write_text(text)
    solver = get_solver(tmp_path / "short_solver.prototxt")
    solver.solve()
    test_net = solver.test_nets[0]
    right = [float(test_net.forward()["accuracy"]) for _ in range(5)]
    assert np.mean(right) > 0.9
    assert (tmp_path / "lenet_iter_150.caffemodel").exists()
    assert (tmp_path / "lenet_iter_150.solverstate").exists()


# -- what the viewers can read -----------------------------------------------------------------

STRING = r'"[^"\\<>&\t]*"'
NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?"
LINE = re.compile(rf"\s*(?:(?:\w+ \{{|\}}|\w+: (?:{STRING}|{NUMBER}|[A-Z][A-Z_]*|true|false))\s*)*")
# Types of which Netscope infers the shape, among those in use here.
SHOWN = {
    "Input",
    "Data",
    "Convolution",
    "Pooling",
    "InnerProduct",
    "ReLU",
    "Softmax",
    "SoftmaxWithLoss",
    "Deconvolution",
    "Eltwise",
}


def code_lines(name: str) -> list[str]:
    lines = (MODELS / name).read_text(encoding="ascii").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", ALL_NETS + ALL_SOLVERS)
def test_only_the_grammar_that_all_viewers_read(name: str) -> None:
    """Comments on lines of their own, no lists, < >, ; or , and plain numbers and strings."""
    for line in code_lines(name):
        assert LINE.fullmatch(line), line


@pytest.mark.parametrize("name", ALL_NETS)
def test_name_comes_first_and_equal_fields_stand_together(name: str) -> None:
    lines = code_lines(name)
    assert lines[0].startswith('name: "')
    seen: list[list[str]] = [[]]
    for word in re.findall(r"\w+(?=:| \{)|\{|\}", re.sub(STRING, "", "\n".join(lines))):
        if word == "{":
            seen.append([])
        elif word == "}":
            seen.pop()
        else:
            assert word not in seen[-1][:-1] or seen[-1][-1] == word, f"{word} in two places"
            seen[-1].append(word)


@pytest.mark.parametrize("name", ALL_NETS)
def test_layers_as_the_viewers_want_them(name: str) -> None:
    layers = read_net(MODELS / name).message.layer
    for phase in (TRAIN, TEST):
        names = [
            layer.name for layer in layers if not layer.include or layer.include[0].phase == phase
        ]
        assert len(set(names)) == len(names)
    for layer in layers:
        in_place = list(layer.bottom) == list(layer.top)
        assert in_place or layer.name == layer.top[0]
        assert not layer.exclude and len(layer.include) < 2
        if layer.type == "Data":
            assert layer.transform_param.crop_size
        if layer.type == "Input":
            assert len(layer.top) == 1 and len(layer.input_param.shape[0].dim) == 4
        if not layer.include or layer.include[0].phase == TRAIN:
            # Netscope draws the TRAIN phase; behind a type that it does not know it has no shapes.
            assert layer.type in SHOWN or name.startswith("ssd_digits")
