#!/usr/bin/env python3
"""Imports well-known nets from ONNX, and tells what became of each.

    python scripts/onnx_zoo.py FOLDER --peer-python PY         export from PyTorch, then import
    python scripts/onnx_zoo.py FOLDER --nets resnet18,unet --exporters legacy
    python scripts/onnx_zoo.py FOLDER --light                  the light nets of the package onnx
    python scripts/onnx_zoo.py FOLDER --back NET.prototxt ...  from Caffe to ONNX and back

PY is a Python that has torch, torchvision (for --exporters dynamo: onnxscript) and OpenCV 4;
models that are in FOLDER already, NET.EXPORTER.onnx, are not exported again.  A net is imported
twice: into Caffe 1.0 alone if that is possible, else with forks' types.  The columns: the largest
difference between onnxruntime and protonet, of how many blobs; layers; types of forks; the
largest difference of OpenCV's outputs from ours.  Exit code 1 if fewer than 95 of 100 models come
in with less than 1e-4.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from compare_opencv import fill

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from protonet import Net  # noqa: E402
from protonet.errors import ProtonetError  # noqa: E402
from protonet.export import onnx as export  # noqa: E402
from protonet.importers import convert_onnx  # noqa: E402

ENOUGH = 0.95
PURE = "caffe-1.0"


def exported(folder: Path, python: str, exporter: str, nets: Sequence[str]) -> None:
    """Write the models that are not there yet; what cannot be exported is printed."""
    script = str(ROOT / "scripts/onnx_zoo_export.py")
    listed = subprocess.run([python, script, "names"], capture_output=True, text=True, check=True)
    wanted = nets or listed.stdout.split()
    missing = [name for name in wanted if not (folder / f"{name}.{exporter}.onnx").exists()]
    if not missing:
        return
    done = subprocess.run(
        [python, script, str(folder), exporter, *missing],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        name, _, what = line.partition(": ")
        if name in missing and what != "written":
            print(f"{name}.{exporter}: not exported: {what[:120]}")


def light() -> Iterator[Path]:
    """The light nets that come with onnx, but for those of 100 million weights."""
    import onnx.backend.test

    data = Path(onnx.backend.test.__file__).parent / "data/light"
    large = ("alexnet", "vgg19", "zfnet512")
    yield from (file for file in sorted(data.glob("*.onnx")) if not file.stem.endswith(large))


def there_and_back(folder: Path, prototxt: str) -> Path:
    """The ONNX model of a net, with random weights."""
    path = folder / f"{Path(prototxt).stem}.back.onnx"
    net = Net(prototxt, seed=1, open_data=False)
    fill(net, np.random.default_rng(0))
    export(net, path, batch=1)
    return path


def imported(
    model: Path, folder: Path, ways: Sequence[str | None] = (PURE, None)
) -> tuple[list[str], bool]:
    """The row of a model, and whether it came in.  ways: what is tried for `only`."""
    text, weights = folder / f"{model.stem}.prototxt", folder / f"{model.stem}.caffemodel"
    fault: ProtonetError | None = None
    for only in ways:
        try:
            proof = convert_onnx(model, text, weights, only=only)
        except ProtonetError as error:
            fault = error
            continue
        assert proof is not None
        worst, blobs = f"{proof.worst.relative:.1e}", str(len(proof.differences))
        pure = fault_line(fault) if fault else "-"
        return [worst, blobs, str(len(Net(text).layers)), pure], True
    return [fault_line(fault), "", "", ""], False


def same_layers(prototxt: str, back: Path) -> str:
    """Whether two nets have the same types in the same order."""
    both = [[s.layer.type for s in Net(file).steps] for file in (prototxt, back)]
    mine, theirs = ([kind for kind in kinds if kind != "Split"] for kinds in both)
    return "same layers" if mine == theirs else f"{len(mine)} layers, back {len(theirs)}"


def fault_line(error: ProtonetError | None) -> str:
    return str(error).splitlines()[0].rpartition("layer ")[2][:90]


def in_opencv(files: Sequence[Path], python: str) -> list[str]:
    """What OpenCV makes of imported nets: a difference, or why it does not run each."""
    lines = []
    for text in files:
        net = Net(text, weights=text.with_suffix(".caffemodel"))
        rng = np.random.default_rng(0)
        given = {n: rng.normal(size=net.blobs[n].shape).astype(np.float32) for n in net.inputs}
        net.forward(None, None, **given)
        values = {f"in/{name}": array for name, array in given.items()}
        makers = {top: step.layer.name for step in net.steps for top in step.top_names}
        values |= {f"out/{makers[name]}": net.blobs[name].data for name in net.outputs}
        np.savez(text.with_suffix(".npz"), **values)
        lines.append(f"{text} {text.with_suffix('.caffemodel')} {text.with_suffix('.npz')}\n")
    script = str(ROOT / "scripts/onnx_zoo_opencv.py")
    done = subprocess.run(
        [python, script],
        input="".join(lines),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    told = done.stdout.splitlines()
    return told + ["OpenCV ended"] * (len(files) - len(told))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer-python", default="", metavar="PY")
    parser.add_argument("--nets", default="", help="names, with commas between them")
    parser.add_argument("--exporters", default="legacy,dynamo")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--back", nargs="+", default=[], metavar="PROTOTXT")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    nets = [name for name in args.nets.split(",") if name]
    models: list[Path] = []
    if args.back:
        return back_table(args.folder, args.back)
    if args.light:
        models = list(light())
    else:
        for exporter in args.exporters.split(","):
            if args.peer_python:
                exported(args.folder, args.peer_python, exporter, nets)
            found = sorted(args.folder.glob(f"*.{exporter}.onnx"))
            models += [f for f in found if not nets or f.name.partition(".")[0] in nets]
    return table(models, args.folder, args.peer_python)


def back_table(folder: Path, nets: Sequence[str]) -> int:
    good = 0
    for prototxt in nets:
        model = there_and_back(folder, prototxt)
        row, came_in = imported(model, folder, ways=(None,))
        same = same_layers(prototxt, folder / f"{model.stem}.prototxt") if came_in else row[0]
        good += same == "same layers"
        print(f"{Path(prototxt).stem:<32} {row[0]:<11} {row[1]:<6} {same}", flush=True)
    print(f"{good} of {len(nets)} nets came back the same")
    return 0 if good == len(nets) else 1


def table(models: Sequence[Path], folder: Path, python: str) -> int:
    print(f"{'model':<32} {'difference':<11} {'blobs':<6} {'layers':<7} {'OpenCV':<9} not pure by")
    good = 0
    for model in models:
        row, came_in = imported(model, folder)
        good += came_in
        theirs = "-"
        if came_in and python and row[3] == "-":
            (theirs,) = in_opencv([folder / f"{model.stem}.prototxt"], python)
        if came_in:
            difference, blobs, layers, pure = row
            print(f"{model.stem:<32} {difference:<11} {blobs:<6} {layers:<7} {theirs:<9} {pure}")
        else:
            print(f"{model.stem:<32} {row[0]}")
        sys.stdout.flush()
    print(f"{good} of {len(models)} models came in")
    return 0 if good >= ENOUGH * len(models) else 1


if __name__ == "__main__":
    sys.exit(main())
