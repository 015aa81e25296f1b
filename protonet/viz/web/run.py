"""A net that runs, for the page: one picture, what the net says, and what is in between."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.context import TEST
from ...errors import NetError
from ...net.net import Net
from ...net.types import read_definition
from ...prediction.answers import Boxes, Mask, Settings
from ...prediction.answers.masks import OUTSIDE, palette
from ...prediction.pictures import pictures
from ...prediction.placement import Placement
from ...prediction.predictor import Predictor
from ...prediction.preprocess import Preprocess
from ...proto.text import Text
from ..insight import saliency
from . import pixels

_SIDE = 480  # pixels of the longer side of the picture in the page
_VALUES = 2000  # of a blob that has no planes


@dataclass(frozen=True)
class Given:
    """What a net runs with: weights, a picture, what is done to it, what is to be told."""

    weights: str
    image: str
    preprocess: Preprocess
    settings: Settings


class Run:
    """A net after its forward pass on the picture."""

    def __init__(self, text: str, file: str, options: Mapping[str, Any], given: Given) -> None:
        definition = read_definition(Text(text, file))
        self.net = Net(definition, given.weights, TEST, **{**options, "shapes": None})
        predictor = Predictor(self.net, given.preprocess, given.settings, 1)
        source = list(pictures([given.image]))[:1]
        (told, picture), *_ = predictor.stream(source, strict=True)
        assert picture is not None
        self.told, self.picture = told, picture
        self.place: Placement = predictor.preprocess.placement(picture)
        self._inputs = {name: self.net.blobs[name].data.copy() for name in self.net.inputs}
        self._layers = [step for step in self.net.steps if not step.inserted]

    @property
    def layers(self) -> list[str]:
        """The names of the layers of the user's file."""
        return [step.layer.name for step in self._layers]

    def answers(self) -> dict[str, Any]:
        """The picture, and what the net says of it."""
        step = max(1, -(-max(self.picture.shape[:2]) // _SIDE))
        small = self.picture[::step, ::step]
        small = small if small.ndim == 2 else small[..., 2::-1]
        return {
            "name": os.path.basename(self.told.image),
            "picture": pixels.address(small.clip(0, 255).astype(np.uint8)),
            "width": self.told.size[1],
            "height": self.told.size[0],
            "answers": [
                {
                    "kind": answer.kind,
                    "output": answer.output,
                    "found": answer.rows(),
                    "mask": _mask(answer, step) if isinstance(answer, Mask) else None,
                    "boxes": isinstance(answer, Boxes),
                }
                for answer in self.told.answers
            ],
        }

    def activations(self, position: int, name: str) -> list[dict[str, Any]]:
        """The tops of a layer as it leaves them, before others work in place on them.

        position, name: of a layer among those of the file; NetError if it is not there in TEST.
        """
        if position >= len(self._layers) or self._layers[position].layer.name != name:
            raise NetError(f"layer '{name}' is not in the net that runs", "look at phase TEST")
        step = self._layers[position]
        for blob_name, values in self._inputs.items():
            self.net.blobs[blob_name].reshape(*values.shape)
            self.net.blobs[blob_name].data[...] = values
        self.net.run_forward(0, step.index)
        found = []
        for blob_name, blob in zip(step.top_names, step.top):
            values = blob.data[0] if len(blob.shape) > 1 else blob.data
            told = pixels.maps(values)
            finite = values[np.isfinite(values)]
            found.append(
                {
                    "name": blob_name,
                    "shape": blob.shape,
                    "maps": told._asdict() if told else None,
                    "values": None if told else _plain(values.reshape(-1)[:_VALUES]),
                    "min": float(finite.min()) if finite.size else None,
                    "max": float(finite.max()) if finite.size else None,
                    "mean": float(finite.mean(dtype=np.float64)) if finite.size else None,
                    "zeros": float(np.mean(values == 0)) if values.size else 0.0,
                }
            )
        return found

    def saliency(self, method: str, output: str, label: int) -> dict[str, Any]:
        """A map over the picture, the larger the more a class depends on a place."""
        picture = self._inputs[self.net.inputs[0]][0]
        blob = None if output == self.net.outputs[0] else output
        found = saliency(self.net, picture, method=method, blob=blob, index=label).values
        values = np.minimum(found.clip(0, None), np.quantile(found, 0.995))
        step = max(1, -(-max(self.picture.shape[:2]) // _SIDE))
        whole = self.place.map_back(values.astype(float), 0)[::step, ::step]
        return {"map": pixels.address(_heat(whole))}


def _mask(answer: Mask, step: int) -> str:
    labels = answer.labels[::step, ::step]
    hidden = (labels == 0) | (labels == OUTSIDE)
    opacity = np.where(hidden, 0, 150).astype(np.uint8)
    return pixels.address(np.dstack([palette()[labels.astype(int) % 256], opacity]))


def _plain(values: NDArray) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def _heat(values: NDArray) -> NDArray:
    """(h, w) as red that covers the more the larger a value is."""
    opacity = pixels.grey(values) if values.any() else np.zeros(values.shape, np.uint8)
    colour = np.broadcast_to(np.array([230, 20, 60], np.uint8), (*values.shape, 3))
    return np.dstack([colour, (opacity * 0.85).astype(np.uint8)])
