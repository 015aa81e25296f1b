#!/usr/bin/env python3
"""Looks at, builds and runs every net below a folder, and tells all that is missing.

    python scripts/census.py FOLDER               look and build
    python scripts/census.py FOLDER --run 60      run each net too, a minute of CPU time at most
    python scripts/census.py FOLDER --jobs 2      two nets at a time
    python scripts/census.py FOLDER --quiet       totals only

looked  `protonet summary` shows it and `draw` draws it, whatever it names
built   all its types and fields are known, and every shape is
ran     one forward pass came to its end, and a backward pass in nets that have a loss

Neither weights nor data are needed: parameters are random numbers, and layers that read
data are Inputs, as with --shape: of the shapes that the definition tells, else of usual ones
(scripts/census_shapes.py).  A net that runs takes smaller images, where it can be built with
them too.  What such a layer alone would need is told apart.  Nets that say
the same are counted once.  Each is looked at in a process of its own, so that one that does
not end, or takes all memory, says nothing of the others.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from census_shapes import fill, guesses, mend, reads_data, smaller, unshaped, with_inputs
from compare_opencv import fill as fill_parameters

from protonet import TEST, TRAIN, Net
from protonet.core.context import Context
from protonet.errors import ProtonetError, PrototxtError
from protonet.net.passes import has_its_bottoms
from protonet.net.types import check_known, read_definition
from protonet.proto.source_map import Definition
from protonet.pycaffe.draw import draw_net
from protonet.viz.summary import summarize
from protonet.viz.summary_text import to_text

ENDINGS = (".prototxt", ".pt", ".prototmp", ".tpl", ".prototxt.txt")


@dataclass
class Result:
    """What became of one net.  why: the reasons why not, one a line; missing: types and fields
    that nobody serves; data: those of layers that read data."""

    path: Path
    looked: bool = False
    built: bool = False
    ran: bool = False
    text: bool = True
    why: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    data: set[str] = field(default_factory=set)


def nets(folder: Path) -> Iterator[Path]:
    """Every file that may hold a net, those that say the same once."""
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.endswith(ENDINGS):
            content = path.read_bytes()
            if b"layer" in content and content not in seen:
                seen.add(content)
                yield path


def examined(path: Path, seconds: int) -> Result:
    """What `examine` finds in a process of its own; what it has found so far, if that takes more
    seconds of CPU time to run the net, or dies."""
    context = multiprocessing.get_context("fork")
    ours, its = context.Pipe(duplex=False)
    child = context.Process(target=examine, args=(path, seconds, its))
    child.start()
    its.close()
    result = Result(path)
    try:
        result = ours.recv()
        if result.built and seconds:
            result = ours.recv()
    except EOFError:
        child.join()
        late = child.exitcode == -signal.SIGXCPU
        result.why.append(f"not done after {seconds} s" if late else "its process died")
    child.join()
    return result


def examine(path: Path, seconds: int, pipe: Connection) -> None:
    """All steps for one net; stops at the first that does not succeed.  Sends the Result before
    the net runs, and after that."""
    result, net = Result(path), None
    try:
        net = build(result, seconds > 0)
    except Exception as error:  # of any kind: it is counted, and the next net is tried
        note(result, error)
    pipe.send(result)
    if net is None or not result.built or not seconds:
        return
    used = sum(os.times()[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds, resource.RLIM_INFINITY))
    try:
        run(net)
        result.ran = True
    except Exception as error:
        note(result, error)
    pipe.send(result)


def note(result: Result, error: Exception) -> None:
    kind = "" if isinstance(error, ProtonetError) else f"{type(error).__name__}: "
    result.why.append(f"{kind}{error}".replace(str(result.path), result.path.name))


def build(result: Result, runs: bool) -> Net | None:
    """The net, looked at and built; what became of it is put into the result.  runs: it is to
    run, if it is built, on small images."""
    path = result.path
    try:
        definition = read_definition(path, partial=True)
    except PrototxtError as error:
        result.text = False
        result.why.append(str(error))
        return None
    net = look(definition)
    to_text(summarize(net))
    draw_net(definition.message, "TB", "svg")
    result.looked = True
    written = with_inputs(definition)
    note_missing(result, definition, written)
    net = best(written, net, 1 if result.missing else None)
    result.built = not result.missing and not unshaped(net)
    note_unshaped(result, net)
    shapes = smaller(net) if runs and result.built else {}
    small = look(written, shapes) if shapes else net
    return net if unshaped(small) else small


def look(definition: Definition, shapes: dict[str, tuple[int, ...]] | None = None) -> Net:
    """The net in the phase that has its data, as `protonet summary` takes it."""
    phase = TEST if has_its_bottoms(definition, TEST, 0, []) else TRAIN
    known = {name for layer in definition.message.layer for name in layer.top}
    given = {name: shape for name, shape in (shapes or {}).items() if name in known}
    return Net(definition, phase=phase, open_data=False, partial=True, shapes=given)


def best(written: Definition, first: Net, tries: int | None) -> Net:
    """The net with the shapes, of those that are guessed in turn (so many of them at most), that
    leave the fewest layers without."""
    found, least = first, len(first.layers) + 1
    for shapes in islice(guesses(written.message, first), tries):
        net = look(written, shapes)
        for _ in range(3):
            count = len(unshaped(net))
            if count < least:
                found, least = net, count
            mended = mend(shapes, net)
            if not count or mended == shapes:
                break
            shapes = mended
            net = look(written, shapes)
        if not least or any(step.layer.param.type == "Python" for step in unshaped(net)):
            break
    return found


def note_missing(result: Result, definition: Definition, written: Definition) -> None:
    readers = {layer.name for layer in definition.message.layer if reads_data(layer)}
    for check in (
        lambda: read_definition(result.path),
        lambda: check_known(definition, Context(net=definition.message)),
    ):
        try:
            check()
        except ProtonetError as error:
            for fault in error.all:
                what = f"Python {fault.layer}" if fault.layer_type == "Python" else fault.what
                (result.data if fault.layer in readers else result.missing).add(what)
    try:
        check_known(written, Context(net=written.message))
    except ProtonetError as error:  # one type may read data in one place only
        result.missing |= {fault.what for fault in error.all if fault.layer_type != "Python"}
    result.why += sorted(result.missing)


def note_unshaped(result: Result, net: Net) -> None:
    for step in unshaped(net):
        if not {*step.bottom_names} & net.unknown:
            what = f"{step.layer.param.type} '{step.layer.name}': {step.layer.error.what}"
            if not any(step.layer.error.what in why for why in result.why):
                result.why.append(what.replace(str(result.path), result.path.name))


def run(net: Net) -> None:
    """One forward pass on random numbers, and one backward where there is a loss."""
    rng = np.random.default_rng(0)
    fill_parameters(net, rng)
    for blob in {id(blob): blob for step in net.steps for blob in step.layer.blobs}.values():
        np.multiply(
            blob.data, 0.5, out=blob.data
        )  # through a hundred layers of Scale and Eltwise too nothing explodes
    for step in net.steps:
        if step.layer.param.type == "Input":
            for i, (name, blob) in enumerate(zip(step.top_names, step.top)):
                fill(name, blob.data, i == 0, rng)
    net.forward()
    if any(step.losses for step in net.steps) and net.phase == TRAIN:
        net.backward()


def table(title: str, counts: Counter[str]) -> None:
    if counts:
        print(f"\n{title}, and in how many nets:")
    for what, count in counts.most_common():
        print(f"{count:>5}  {what}")


def report(results: Sequence[Result], ran: bool) -> None:
    valid = [result for result in results if result.text]
    print(f"\n{len(results)} nets, of which {len(valid)} are valid text")
    for name in ("looked", "built", "ran")[: 3 if ran else 2]:
        count = sum(getattr(result, name) for result in valid)
        print(f"{name:<6}  {count:>5}  {100 * count / max(len(valid), 1):5.1f} %")
    table("missing", Counter(what for result in valid for what in result.missing))
    table("missing in layers that read data", Counter(w for r in valid for w in r.data))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", type=int, default=0, metavar="SECONDS", help="run each net too")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="nets at a time")
    parser.add_argument("--quiet", action="store_true", help="totals only")
    args = parser.parse_args()
    logging.getLogger("protonet").setLevel(logging.CRITICAL)
    results = []
    folder = args.folder.resolve()
    os.chdir(tempfile.mkdtemp())  # HDF5Output writes where it stands
    pool = ThreadPoolExecutor(args.jobs)
    for result in pool.map(lambda path: examined(path, args.run), nets(folder)):
        results.append(result)
        if args.quiet:
            continue
        marks = "".join(
            letter if done else "-"
            for letter, done in zip("tlbr", (result.text, result.looked, result.built, result.ran))
        )
        print(marks, os.fspath(result.path.relative_to(folder)), flush=True)
        for why in result.why:
            print("       ", why.replace("\n", "\n        "))
    report(results, args.run > 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
