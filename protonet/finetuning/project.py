"""A fine-tuning as a folder of files: the net that learns, its solver, the net for use, lists."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import edit
from ..core.context import TRAIN
from ..data.sources import all_records, create_store
from ..data.sources.folder import new_folder
from ..edit.layout import wrapped
from ..errors import DataError, ProtonetError, WeightsError
from ..log import log
from ..net.deploy import deploy
from ..net.deploy.rewrite import current
from ..net.net import Net
from ..net.passes import with_state
from ..net.types import read_definition
from ..prediction.guess import find_transform
from ..prediction.transform import Transform, find_in
from ..proto import caffe_pb2 as pb
from ..proto.text import Text
from ..proto.weights import read_weights
from .examples import Examples, read_examples
from .feed import Feed, absolute, feed
from .rewrite import Rates, Rewriter
from .solver import Course, solver_text
from .structure import Structure, look_at

NET, SOLVER, DEPLOY, LABELS = (
    "train_val.prototxt",
    "solver.prototxt",
    "deploy.prototxt",
    "labels.txt",
)


@dataclass(frozen=True)
class Settings:
    """How a net is fine-tuned.

    heads: layers that become the classes, instead of those found.  rates: of layers.  rate:
    base_lr.  epochs: how often each example is seen; iterations: instead of that.  batch: items
    of an iteration.  fraction, seed: of the examples to test with.  names: of classes that are
    numbers.  resize, mirror: what is done to pictures.  shapes: of tops that neither the net nor
    data tell.  transform: how pictures were prepared; None: as is written in the net or beside.
    """

    heads: Sequence[str] = ()
    rates: Rates = field(default_factory=Rates)
    rate: float = 0.001
    epochs: int = 20
    iterations: int | None = None
    batch: int | None = None
    fraction: float = 0.2
    seed: int = 1
    names: Sequence[str] = ()
    resize: tuple[int, int] | None = None
    mirror: bool = False
    shapes: Mapping[str, Sequence[int]] | None = None
    transform: Transform | None = None


@dataclass
class Made:
    """The folder, what the names of snapshots begin with, what was changed in the net, the
    examples, layers copied from the weights and the iterations of the training."""

    folder: Path
    prefix: Path
    changes: list[str]
    examples: Examples
    copied: list[str]
    iterations: int


def finetune(
    net: str | os.PathLike,
    weights: str | os.PathLike,
    data: str | os.PathLike,
    out: str | os.PathLike,
    test: str | os.PathLike | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> Made:
    """Write what it takes to train a net that knows other classes on one's own: `out` gets
    train_val.prototxt, solver.prototxt, deploy.prototxt, labels.txt and the lists (or stores) of
    what is learnt from and tested with.  To train is `protonet train out/solver.prototxt`.

    net: a net for use or one that trains; weights: its caffemodel.  data, test: see
    `read_examples`.  options: fork and allow_python of `Net`.  The folder is written whole or not
    at all; DataError if it is there.

    The layer that makes the scores (found from them back) gets another name, so that it starts
    anew, as many outputs as there are classes and a rate of its own; comments and all that is
    not changed stay as they are.
    """
    settings, folder = settings or Settings(), Path(out)
    if folder.exists():
        raise DataError(f"'{folder}' exists already", "give another --out, or remove it")
    examples = read_examples(
        Path(data),
        None if test is None else Path(test),
        fraction=settings.fraction,
        seed=settings.seed,
        names=settings.names,
    )
    doc = edit.open(net, pb.NetParameter, partial=True)
    definition = read_definition(Text(doc.text, doc.file))
    doc, changes = current(doc, definition)
    stated = with_state(definition, TRAIN, 0, ())
    built = Net(stated, phase=None, open_data=False, shapes=settings.shapes, **options)
    found = look_at(built, settings.heads)
    course = Course.of(len(examples.train), len(examples.test), settings.batch)
    given = settings.transform or _transform(Path(net), Path(weights), bool(found.losses))
    fed = feed(examples, found.shape[1:], given, settings.resize, settings.mirror)
    tag = _tag(Path(data))
    editor = Rewriter(doc, definition, built, found)
    editor.heads(examples.classes, tag, [x.name for x in read_weights(weights)])
    editor.rates(settings.rates)
    tops = found.data, editor.label()
    editor.flow(_data_layers(fed, examples, tops, course, folder), examples.classes)
    changes += editor.changes
    doc.head(_head(doc, Path(weights), Path(data), examples, changes))
    text = Text(doc.text, str(folder / NET))
    try:
        copied = _try(text, found, course, weights, [*editor.renamed.values()], options)
    except ProtonetError as error:  # of a file that is not written
        error.file, error.line = (doc.file, None) if error.layer else (error.file, error.line)
        raise
    iterations = settings.iterations or settings.epochs * course.epoch
    made = Made(folder, folder / tag, changes, examples, copied, iterations)
    in_use = deploy(text, shapes={found.data: (1, *found.shape[1:])}, **options)
    _write(made, doc, in_use.text, _solver(made, course, settings, Path(weights), Path(data)))
    return made


# -- what is read ----------------------------------------------------------------------------


def _transform(net: Path, weights: Path, trains: bool) -> Transform:
    """What is done to pictures: as the net says that reads some, or what lies beside it."""
    found = (find_in(net) if trains else None) or find_transform(net, weights)
    if not found.origins:
        log.warning(
            "no file says how pictures were prepared for %s: they go in from 0 to 255 as they are: "
            "if that is wrong, say so with --mean, --scale or --transform",
            weights,
        )
    return found


def _tag(data: Path) -> str:
    """What is put behind the names of new layers: the word for what is learnt."""
    word = re.sub(r"\W+", "_", (data.resolve().stem or "new")).strip("_")
    return word or "new"


# -- what is made ----------------------------------------------------------------------------


def _data_layers(
    fed: Feed, examples: Examples, tops: tuple[str, str], course: Course, folder: Path
) -> list[tuple[pb.LayerParameter, str]]:
    """The layers of both phases, each with its comment."""
    layers = []
    for phase, batch, listed, root in (
        ("TRAIN", course.batch, examples.train, examples.root),
        ("TEST", course.test_batch, examples.test, examples.test_root or examples.root),
    ):
        word = phase.lower()
        source = absolute(folder / f"{word}.txt")
        if examples.store:
            copied = folder / f"{word}_{examples.store.lower()}"
            source = absolute(copied if examples.test_root is None else root)
        below = f"{absolute(root)}/"
        use = "to learn from" if phase == "TRAIN" else "to test with"
        comment = f"{len(listed)} examples of {examples.classes} classes {use}."
        layers.append((fed.layer(examples, phase, tops, batch, source, below), comment))
    return layers


def _head(
    doc: edit.Document, weights: Path, data: Path, examples: Examples, changes: Sequence[str]
) -> str:
    """The comment in front of the net."""
    origin = os.path.basename(doc.file or "a net")
    title = (
        f"Fine-tuning: made of {origin} by protonet finetune, to start from {weights.name} and "
        f"learn the {examples.classes} classes of {data.name}."
    )
    return wrapped(title, *(f"- {change}" for change in [*changes, examples.split]))


def _try(
    text: Text,
    found: Structure,
    course: Course,
    weights: str | os.PathLike,
    new: Sequence[str],
    options: Mapping[str, Any],
) -> list[str]:
    """Build the net and copy the weights; the layers that got theirs."""
    shapes = {found.data: (course.batch, *found.shape[1:]), found.label: (course.batch,)}
    net = Net(read_definition(text), phase=TRAIN, open_data=False, shapes=shapes, **options)
    report = net.copy_from(weights, warn=False)
    if not report.copied:
        raise WeightsError(
            "no layer of the net has weights there",
            "are they those of this net?",
            file=str(weights),
        )
    missing = [name for name in report.missing if name not in new]
    if missing:
        log.warning("%s: no weights for %s: left as initialised", weights, ", ".join(missing))
    return list(report.copied)


def _solver(made: Made, course: Course, settings: Settings, weights: Path, data: Path) -> str:
    titles = (
        f"Fine-tunes {weights.name} to the {made.examples.classes} classes of {data.name}:",
        f"protonet train {made.folder / SOLVER}",
    )
    return solver_text(
        course,
        (absolute(made.folder / NET), absolute(weights), absolute(made.prefix)),
        rate=settings.rate,
        iterations=made.iterations,
        seed=settings.seed,
        titles=titles,
    )


def _write(made: Made, doc: edit.Document, in_use: str, solver: str) -> None:
    examples = made.examples
    with new_folder(made.folder) as folder:
        doc.save(folder / NET)
        for name, text in (
            (SOLVER, solver),
            (DEPLOY, in_use),
            (LABELS, "".join(f"{name}\n" for name in examples.names)),
        ):
            (folder / name).write_bytes(text.encode(errors="surrogateescape"))
        for word, listed in (("train", examples.train), ("test", examples.test)):
            if not examples.store:
                lines = "".join(f"{example.name} {example.label}\n" for example in listed)
                (folder / f"{word}.txt").write_bytes(lines.encode(errors="surrogateescape"))
        if examples.store and examples.test_root is None:
            _divide(examples, folder)


def _divide(examples: Examples, folder: Path) -> None:
    """Copy the records of a store into one to learn from and one to test with."""
    kind = examples.store
    kept = {example.name for example in examples.test}
    with (
        create_store(folder / f"train_{kind.lower()}", kind) as train,
        create_store(folder / f"test_{kind.lower()}", kind) as test,
    ):
        for record in all_records(examples.root, kind):
            name = record.key.decode(errors="surrogateescape")
            (test if name in kept else train).put(record.key, record.value)
