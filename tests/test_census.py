"""scripts/census.py and scripts/compare_opencv.py: what they count and how they compare."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from protonet import TRAIN, Net
from protonet.net.types import read_definition

ROOT = Path(__file__).resolve().parents[1]
INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [1, 3, 8, 8] } } }\n'
NETS = {
    "good.prototxt": INPUT + 'layer { name: "r" type: "ReLU" bottom: "x" top: "y" }',
    "data.prototxt": 'layer { name: "d" type: "Data" top: "data" top: "label" '
    'data_param { source: "none" batch_size: 2 backend: LMDB } }\n'
    'layer { name: "c" type: "Convolution" bottom: "data" top: "c" '
    "convolution_param { num_output: 4 kernel_size: 9 stride: 9 } }\n"
    'layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { global_pooling: 1 } }'
    'layer { name: "l" type: "SoftmaxWithLoss" bottom: "p" bottom: "label" top: "l" }',
    "unknown.pt": INPUT + 'layer { name: "h" type: "HyperColumn" bottom: "x" top: "h" }\n'
    'layer { name: "r" type: "ReLU" bottom: "x" top: "y" colour: 3 }',
    "wrong.prototxt": INPUT + 'layer { name: "c" type: "Convolution" bottom: "x" top: "c" }',
    "broken.prototxt": 'layer { name: "x',
}


def script(name: str) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_a_census(tmp_path: Path) -> None:
    for name, text in NETS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "again.prototxt").write_text(NETS["good.prototxt"])
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/census.py", tmp_path, "--run", "60"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    marks = dict(line.split()[::-1] for line in done.stdout.splitlines() if line.count(" ") == 1)
    assert marks == {
        "again.prototxt": "tlbr",
        "data.prototxt": "tlbr",
        "unknown.pt": "tl--",
        "wrong.prototxt": "tl--",
        "broken.prototxt": "----",
    }
    assert "5 nets, of which 4 are valid text" in done.stdout
    assert "1  unknown type 'HyperColumn'" in done.stdout
    assert "1  LayerParameter has no field 'colour'" in done.stdout
    assert "Convolution 'c': num_output is missing" in done.stdout


def test_shapes_are_those_that_readers_ask_for() -> None:
    shapes = script("census_shapes")
    text = """layer { name: "d" type: "DataOfSomebody" top: "data" top: "label" top: "boxes" }
    layer { name: "e" type: "Data" top: "more" data_param { source: "none" batch_size: 64 }
            transform_param { crop_size: 8 } }
    layer { name: "s" type: "Slice" bottom: "label" top: "a" top: "b"
            slice_param { slice_point: 3 } }
    layer { name: "r" type: "ROIPooling" bottom: "data" bottom: "boxes" top: "r" }"""
    definition = read_definition(text, partial=True)
    net = Net(
        definition, phase=TRAIN, open_data=False, partial=True, shapes={"more": (64, 3, 8, 8)}
    )
    written = shapes.with_inputs(definition)
    assert [layer.type for layer in written.message.layer[:2]] == ["Input", "Input"]
    first, second = list(shapes.guesses(written.message, net))[:2]
    assert first["data"] == (1, 3, 224, 224) and first["label"] == (1, 6)
    assert first["boxes"] == (2, 5)
    assert (first["more"], second["more"]) == ((2, 3, 8, 8), (64, 3, 8, 8))


def test_shapes_that_are_told_are_not_always_taken() -> None:
    """Rows of boxes have no batch, and what a Python layer tells is the most there may be."""
    shapes = script("census_shapes")
    text = """layer { name: "a" type: "AnnotatedData" top: "data" top: "label"
        data_param { source: "none" batch_size: 8 } }
    layer { name: "f" type: "FloData" top: "flow" image_data_param { batch_size: 1 } }
    layer { name: "p" type: "Python" top: "image" top: "im_info" top: "labels"
        python_param { module: "roi_data_layer.layer" layer: "RoIDataLayer" } }
    layer { name: "m" type: "DataOfSomebody" top: "more" top: "mine" }
    layer { name: "r" type: "RegionLoss" bottom: "data" bottom: "mine" top: "r" }"""
    definition = read_definition(text, partial=True)
    told = {"data": (8, 3, 8, 8), "label": (1, 1, 1, 8), "image": (1, 3, 600, 1000)}
    net = Net(definition, phase=TRAIN, open_data=False, partial=True, shapes=told)
    guesses = list(shapes.guesses(shapes.with_inputs(definition).message, net))
    assert guesses[0]["label"] == (1, 1, 1, 8) and guesses[0]["data"] == (2, 3, 8, 8)
    assert guesses[0]["mine"][1] == 5 * 300
    assert guesses[0]["flow"][1] == 2
    assert guesses[0]["image"] == (1, 3, 600, 1000)
    assert any(guess["image"][2:] == (224, 224) for guess in guesses)
    assert {guess["labels"] for guess in guesses} >= {(2, 1, 1, 1)}


def test_values_are_compared() -> None:
    compare = script("compare_opencv").compare
    ours = np.array([[1.0, -4.0]])
    assert compare(ours, ours + 0.5, (8, 8))[1] == pytest.approx(0.5 / 3.5)
    assert compare(ours, np.zeros((3, 3)), (8, 8))[1] == np.inf


def test_boxes_are_compared_in_any_order() -> None:
    compare = script("compare_opencv").compare
    one, two = [0, 1, 0.9, 0.1, 0.2, 0.5, 0.6], [0, 2, 0.8, 0.1, 0.2, 0.5, 0.6]
    ours = np.array([[[one, two]]])
    moved = np.array([[[two, one]]]) + np.array([0, 0, 0.01, 0.02, 0, 0, 0])
    words, scores, pixels = compare(ours, moved, (50, 100))
    assert words.startswith("2 boxes")
    assert scores == pytest.approx(0.01) and pixels == pytest.approx(2)
    nothing = np.array([[[[0, -1, -1, -1, -1, -1, -1]]]])
    assert compare(nothing, np.zeros((1, 1, 1, 7)), (50, 100))[1:] == (0, 0)
    assert compare(nothing, ours, (50, 100))[1] == np.inf


@pytest.mark.parametrize(("version", "words"), [("5.0.0", "reads no nets"), (None, "is missing")])
def test_without_opencv_4(version: str | None, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = types.SimpleNamespace(__version__=version) if version else None
    monkeypatch.setitem(sys.modules, "cv2", stand_in)
    with pytest.raises(SystemExit, match=rf"{words}.*protonet-caffe\[bench\]"):
        script("compare_opencv").opencv()


def test_large_images_are_made_smaller() -> None:
    shapes = script("census_shapes")
    text = """layer { name: "d" type: "Input" top: "data" top: "im_info"
        input_param { shape { dim: [1, 3, 600, 1000] } shape { dim: [1, 3] } } }"""
    assert shapes.smaller(Net(text)) == {"data": (1, 3, 320, 512), "im_info": (1, 3)}
    assert shapes.smaller(Net(INPUT)) == {}
