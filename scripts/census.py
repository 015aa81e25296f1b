#!/usr/bin/env python3
"""Looks at, builds and runs every net below a folder, and tells all that is missing.

    python scripts/census.py FOLDER               look and build
    python scripts/census.py FOLDER --run 60      run each net too, a minute at most
    python scripts/census.py FOLDER --quiet       totals only

looked  `protonet summary` shows it and `draw` draws it, whatever it names
built   all its types and fields are known, and every shape is
ran     one forward pass came to its end

Neither weights nor data are needed: parameters are random numbers, and layers that read
data are Inputs of the shapes that the definition tells, else of usual ones.  Nets that say the
same are counted once.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from compare_opencv import fill as fill_parameters

from protonet import TEST, TRAIN, Net
from protonet.core.context import Context
from protonet.errors import ProtonetError, PrototxtError
from protonet.layers._unopened import Unshaped
from protonet.net.passes import has_its_bottoms
from protonet.net.types import check_known, read_definition
from protonet.proto import caffe_pb2 as pb
from protonet.proto.source_map import Definition
from protonet.pycaffe.draw import draw_net
from protonet.viz.summary import summarize
from protonet.viz.summary_text import to_text

ENDINGS = (".prototxt", ".pt", ".prototmp", ".tpl", ".prototxt.txt")
SIDE = 224
#: Shapes of what detectors and segmenters read, by the name of the blob.
USUAL = {
    "im_info": (1, 3),
    "gt_boxes": (2, 5),
    "rois": (2, 5),
    "labels": (2,),
    "bbox_targets": (2, 84),
    "bbox_inside_weights": (2, 84),
    "bbox_outside_weights": (2, 84),
    "seg": (1, 1, SIDE, SIDE),
}
#: Types without bottoms that make their tops from nothing.
SELF_MADE = {"Input", "DummyData", "Parameter"}


@dataclass
class Result:
    """What became of one net.  why: the reasons why not, one a line; missing: types and fields
    that nobody serves."""

    path: Path
    looked: bool = False
    built: bool = False
    ran: bool = False
    text: bool = True
    why: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def nets(folder: Path) -> Iterator[Path]:
    """Every file that may hold a net, those that say the same once."""
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(ENDINGS):
            content = path.read_bytes()
            if b"layer" in content and content not in seen:
                seen.add(content)
                yield path


def examine(path: Path, seconds: int) -> Result:
    """All steps for one net; stops at the first that does not succeed."""
    result = Result(path)
    try:
        definition = read_definition(path, partial=True)
    except PrototxtError as error:
        result.text = False
        result.why.append(str(error))
        return result
    try:
        net = look(definition)
        to_text(summarize(net))
        draw_net(definition.message, "TB", "svg")
        result.looked = True
        note_missing(result, net)
        written, first = with_inputs(definition, net), net
        for side in (0, SIDE):
            net = look(written, guess(first, side))
            if not any(map(is_unshaped, net.layers)):
                break
        result.built = not result.missing and not any(map(is_unshaped, net.layers))
        note_unshaped(result, net)
        if result.built and seconds:
            with time_limit(seconds):
                run(net)
            result.ran = True
    except Exception as error:  # of any kind: it is counted, and the next net is tried
        kind = "" if isinstance(error, ProtonetError) else f"{type(error).__name__}: "
        result.why.append(f"{kind}{error}".replace(str(path), path.name))
    return result


def look(definition: Definition, shapes: dict[str, tuple[int, ...]] | None = None) -> Net:
    """The net in the phase that has its data, as `protonet summary` takes it."""
    phase = TEST if has_its_bottoms(definition, TEST, 0, []) else TRAIN
    known = {name for layer in definition.message.layer for name in layer.top}
    given = {name: shape for name, shape in (shapes or {}).items() if name in known}
    return Net(definition, phase=phase, open_data=False, partial=True, shapes=given)


def note_missing(result: Result, net: Net) -> None:
    for check in (
        lambda: read_definition(result.path),
        lambda: check_known(net.definition, Context(net=net.definition.message)),
    ):
        try:
            check()
        except ProtonetError as error:
            for fault in error.all:
                what = f"Python {fault.layer}" if fault.layer_type == "Python" else fault.what
                result.missing.add(what)
    result.why += sorted(result.missing)


def note_unshaped(result: Result, net: Net) -> None:
    for step in net.steps:
        if is_unshaped(step.layer) and not {*step.bottom_names} & net.unknown:
            what = f"{step.layer.param.type} '{step.layer.name}': {step.layer.error.what}"
            if not any(step.layer.error.what in why for why in result.why):
                result.why.append(what.replace(str(result.path), result.path.name))


def is_unshaped(layer: object) -> bool:
    return isinstance(layer, Unshaped)


def reads_data(layer: pb.LayerParameter) -> bool:
    return not layer.bottom and layer.type not in SELF_MADE


def with_inputs(definition: Definition, net: Net) -> Definition:
    """The definition, its data layers turned into Inputs."""
    message = pb.NetParameter()
    message.CopyFrom(definition.message)
    for layer in message.layer:
        if reads_data(layer):
            kept = pb.LayerParameter(name=layer.name, type="Input", top=layer.top)
            kept.include.extend(layer.include)
            kept.exclude.extend(layer.exclude)
            layer.CopyFrom(kept)
    return Definition(message, definition.file, [*definition.places], definition.root)


def guess(net: Net, side: int) -> dict[str, tuple[int, ...]]:
    """Shapes of what data layers make: those known, else usual ones.  side: of maps of labels,
    0 for one label an image."""
    shapes = {}
    for step in net.steps:
        if step.bottom_names or step.layer.param.type in {"DummyData", "Parameter"}:
            continue
        shaped = [b.shape for n, b in zip(step.top_names, step.top) if n not in net.unknown]
        batch = next((shape[0] for shape in shaped if shape), 1)
        labels = (batch, 1, side, side) if side else (batch,)
        for i, (name, blob) in enumerate(zip(step.top_names, step.top)):
            if name not in net.unknown and blob.shape:
                shapes[name] = blob.shape
            else:
                shapes[name] = USUAL.get(name, labels if i else (batch, 3, SIDE, SIDE))
    return shapes


def run(net: Net) -> None:
    """One forward pass on random numbers."""
    rng = np.random.default_rng(0)
    fill_parameters(net, rng)
    for step in net.steps:
        if step.layer.param.type == "Input":
            for i, (name, blob) in enumerate(zip(step.top_names, step.top)):
                fill(name, blob.data, i == 0, rng)
    net.forward()


def fill(name: str, data: np.ndarray, first: bool, rng: np.random.Generator) -> None:
    """Values that an input of this name may have: boxes, sizes, random pixels, labels of 0."""
    if name == "im_info":
        data[...] = np.resize([SIDE, SIDE, 1], data.shape)
    elif name == "gt_boxes":
        data[...] = np.resize([20, 30, 120, 150, 1], data.shape)
    elif name == "rois":
        data[...] = np.resize([0, 20, 30, 120, 150], data.shape)
    elif first or (data.ndim == 4 and data.shape[1] == 3):
        data[...] = rng.random(data.shape)
    else:
        data[...] = 0


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    def end(*_: object) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def report(results: Sequence[Result], ran: bool) -> None:
    valid = [result for result in results if result.text]
    print(f"\n{len(results)} nets, of which {len(valid)} are valid text")
    for name in ("looked", "built", "ran")[: 3 if ran else 2]:
        count = sum(getattr(result, name) for result in valid)
        print(f"{name:<6}  {count:>5}  {100 * count / max(len(valid), 1):5.1f} %")
    counts = Counter(what for result in valid for what in result.missing)
    if counts:
        print("\nmissing, and in how many nets:")
    for what, count in counts.most_common():
        print(f"{count:>5}  {what}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", type=int, default=0, metavar="SECONDS", help="run each net too")
    parser.add_argument("--quiet", action="store_true", help="totals only")
    args = parser.parse_args()
    logging.getLogger("protonet").setLevel(logging.CRITICAL)
    results = []
    for path in nets(args.folder):
        result = examine(path, args.run)
        results.append(result)
        if args.quiet:
            continue
        marks = "".join(
            letter if done else "-"
            for letter, done in zip("tlbr", (result.text, result.looked, result.built, result.ran))
        )
        print(marks, os.fspath(path.relative_to(args.folder)), flush=True)
        for why in result.why:
            print("       ", why.replace("\n", "\n        "))
    report(results, args.run > 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
