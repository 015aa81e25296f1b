"""Predictor: pictures through a net in batches, and what it says of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingExtra, NetError, NonFiniteError, ProtonetError, ShapeError, WeightsError
from ..net.net import Net
from ..net.predict import explain_size
from .answers import Answer, Classes, Settings, readers_of
from .guess import find_transform
from .names import Names
from .pictures import Picture, pictures
from .placement import Placement
from .preprocess import Preprocess

#: Pictures run at once where nobody says how many.
BATCH = 16


@dataclass
class Prediction:
    """What a net says of one picture.

    answers: for each output that is understood: Classes, Boxes or a Mask.  size: height and
    width of the picture.  truth: the label that a list or a folder has for it, if it means a
    class.  error: why there are no answers.
    """

    image: str
    answers: list[Answer] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    truth: int | None = None
    truth_name: str = ""
    error: str | None = None

    @property
    def right(self) -> bool | None:
        """Whether the best class is the true one; None where that is not known."""
        best = next((a.best for a in self.answers if isinstance(a, Classes)), [])
        return None if self.truth is None or not best else best[0].label == self.truth

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        if self.error is not None:
            return {"image": self.image, "error": self.error}
        told: dict[str, Any] = {"image": self.image, "height": self.size[0], "width": self.size[1]}
        if self.truth is not None:
            told |= {"truth": self.truth, "truth_name": self.truth_name, "right": self.right}
        told["answers"] = [
            {"output": a.output, "kind": a.kind, "found": a.rows()} for a in self.answers
        ]
        return told


class _Ready(NamedTuple):
    """A picture made ready for the net."""

    told: Prediction
    pixels: NDArray
    crops: NDArray
    place: Placement


class Predictor:
    """A net with its preprocessing, and what is to be told.

    The picture goes into the first input.  A second one, im_info of Faster R-CNN, is filled with
    what it says of the picture: height and width of what the net sees, and how much larger that is.
    """

    def __init__(
        self, net: Net, preprocess: Preprocess, settings: Settings, batch_size: int | None = None
    ) -> None:
        self.net, self.settings = net, settings
        shape = _input_shape(net)
        self.preprocess = preprocess.for_input(*shape[1:])
        self._own = shape[1:]
        self.readers = readers_of(net, settings)
        self._size = 1 if any(reader.alone for reader in self.readers) else batch_size or BATCH
        if preprocess.oversample and not all(reader.averages for reader in self.readers):
            raise NetError(
                "crops of a picture can be averaged for classes only",
                "leave out oversample",
                file=net.definition.file,
            )

    @property
    def batch_size(self) -> int:
        """Pictures run at once."""
        return self._size

    def stream(
        self, source: Iterable[Picture], strict: bool = False
    ) -> Iterator[tuple[Prediction, NDArray | None]]:
        """Predictions in the order of the pictures, each with its pixels; a batch of pictures
        is in memory at a time.  A picture that cannot be used has an `error` and no pixels, or
        raises that if `strict`."""
        batch: list[_Ready] = []
        for picture in source:
            ready = self._ready(picture, strict)
            if batch and (
                isinstance(ready, Prediction)
                or len(batch) == self._size
                or ready.crops.shape != batch[0].crops.shape
            ):
                yield from self._run(batch)
                batch = []
            if isinstance(ready, Prediction):
                yield ready, None
            else:
                batch.append(ready)
        if batch:
            yield from self._run(batch)

    def _ready(self, picture: Picture, strict: bool) -> _Ready | Prediction:
        told = Prediction(picture.name)
        if picture.truth is not None:
            names = self.settings.names
            told.truth = names.label_of(picture.truth)
            told.truth_name = "" if told.truth is None else names[told.truth]
        try:
            pixels = picture.read(self.preprocess.gray)
            crops = self.preprocess.crops(pixels)
        except ProtonetError as error:
            if strict or isinstance(error, MissingExtra):  # no picture's fault
                raise
            told.error = str(error)
            return told
        if crops.shape[1] != self._own[0]:
            raise NetError(
                f"the net takes {self._own[0]} channels, a picture has {crops.shape[1]}",
                "run it from Python, with net.predict",
                file=self.net.definition.file,
            )
        told.size = (pixels.shape[0], pixels.shape[1])
        return _Ready(told, pixels, crops, self.preprocess.placement(pixels))

    def _run(self, batch: list[_Ready]) -> Iterator[tuple[Prediction, NDArray]]:
        self._feed(batch)
        for reader in self.readers:
            values = {name: self.net.blobs[name].data for name in reader.names}
            _check_finite(values, batch)
            if self.preprocess.oversample:
                values = {name: _mean_of_crops(x, len(batch)) for name, x in values.items()}
            for ready, answer in zip(batch, reader.read(values, [r.place for r in batch])):
                ready.told.answers.append(answer)
        for ready in batch:
            yield ready.told, ready.pixels

    def _feed(self, batch: list[_Ready]) -> None:
        data = np.concatenate([ready.crops for ready in batch])
        first, *others = self.net.inputs
        blob = self.net.blobs[first]
        blob.reshape(*data.shape)
        blob.data[...] = data
        place = batch[0].place
        for name in others:
            info = self.net.blobs[name].data.reshape(-1)
            numbers = [*place.shown, place.scale[1], place.scale[0]]
            info[:4] = numbers[: info.size]
        try:
            self.net.run_forward()
        except ShapeError as error:
            explain_size(error, self._own, data.shape[1:])
            raise


def _input_shape(net: Net) -> tuple[int, int, int, int]:
    """(N, C, H, W) of the first input; NetError if it takes no pictures."""
    shape = net.blobs[net.inputs[0]].shape if net.inputs else ()
    infos = [net.blobs[name] for name in net.inputs[1:]]
    if len(shape) != 4 or any(blob.count not in (3, 4, 6) for blob in infos):
        raise NetError(
            f"the inputs {', '.join(net.inputs)} are not a picture (N, C, H, W) and its size"
            if net.inputs
            else "the net has no input for pictures",
            "" if net.inputs else "give the deploy net, which begins with an Input layer",
            file=net.definition.file,
        )
    return shape[0], shape[1], shape[2], shape[3]


def _check_finite(values: dict[str, NDArray], batch: list[_Ready]) -> None:
    for name, x in values.items():
        if not np.isfinite(x).all():
            names = ", ".join(ready.told.image for ready in batch[:3])
            raise NonFiniteError(
                f"the output '{name}' is not finite for {names}{' ...' * (len(batch) > 3)}",
                "look at the weights and at what is done to the pictures",
            )


def _mean_of_crops(values: NDArray, count: int) -> NDArray:
    return values.reshape(count, -1, *values.shape[1:]).mean(axis=1)


def predict(
    net: Net | str | os.PathLike,
    weights: str | os.PathLike | None = None,
    images: Any = (),
    *,
    preprocess: Preprocess | str | os.PathLike | None = None,
    labels: Sequence[str] | Mapping[int, str] | str | Path | None = None,
    top: int = 5,
    score: float = 0.5,
    nms: float = 0.3,
    anchors: Sequence[tuple[float, float]] = (),
    batch_size: int | None = None,
    skip_bad: bool = False,
) -> list[Prediction]:
    """What a net says of pictures: classes, boxes or masks, whatever its outputs hold.

    net: a Net, or its prototxt.  weights: of it, unless they are in it already.  images: a path
    (file, folder, pattern, list, video), an array (H, W, 3) in the order blue, green, red, or
    (H, W), or a list of such.  preprocess: what is done to them; a file that tells it; None:
    as is written beside the net, see `Preprocess` and `prediction.guess`.  labels: names of
    classes.  top: how many classes; score: the least of a box; nms: how much boxes may overlap
    where the net has not chosen; anchors: of YOLO v3's, for nets that end in its grids.

    A picture that cannot be read raises DataError, or with `skip_bad` has an `error`.

        for p in protonet.predict("deploy.prototxt", "x.caffemodel", "photos"):
            print(p.image, p.answers[0].best[0].name)
    """
    built = net if isinstance(net, Net) else Net(net)
    if weights is not None:
        built.copy_from(weights)
    elif built is not net and built.params:
        raise WeightsError("no weights are given", "the net would answer by chance")
    if preprocess is None:
        file = built.definition.file
        found = find_transform(Path(file), Path(weights) if weights else None) if file else None
        preprocess = Preprocess()
        if found is not None:
            preprocess = Preprocess.from_transform_param(found.param, found.root)
    elif not isinstance(preprocess, Preprocess):
        preprocess = Preprocess.from_file(preprocess)
    sizes = tuple((float(w), float(h)) for w, h in anchors)
    settings = Settings(top, score, nms, Names.of(labels), sizes)
    predictor = Predictor(built, preprocess, settings, batch_size)
    single = isinstance(images, (str, os.PathLike, np.ndarray))
    source = pictures([images] if single else images)
    return [told for told, _ in predictor.stream(source, strict=not skip_bad)]
