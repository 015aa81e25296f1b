"""What the page asks for later: a table of functions, one for each name that it asks by."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np

from ...errors import NetError, ProtonetError
from ..insight.saliency import METHODS
from .training import training
from .viewed import Viewed
from .weights import blobs_of

Query = Mapping[str, str]
_LARGE = 400  # layers, of whose activations a page without a server has none


class Provider(NamedTuple):
    """answer: plain data for a question; ProtonetError with the reason if there is none.
    offline: the questions whose answers a page without a server takes along."""

    answer: Callable[[Viewed, Query], Any]
    offline: Callable[[Viewed], Iterable[Query]]


def answers(viewed: Viewed) -> dict[str, Any]:
    """Of all questions that a page without a server may have, by their addresses; a question
    without an answer has {"error": why}."""
    found: dict[str, Any] = {}
    for name, provider in PROVIDERS.items():
        for query in provider.offline(viewed):
            path = f"{name}?{urlencode(query)}" if query else name
            try:
                found[path] = provider.answer(viewed, query)
            except ProtonetError as error:
                found[path] = {"error": str(error)}
    return found


def _weights(viewed: Viewed, query: Query) -> Any:
    name = query.get("layer", "")
    if name not in viewed.stored:
        raise NetError(f"the file has no layer '{name}'")
    return blobs_of(viewed.stored[name])


def _array(viewed: Viewed, query: Query) -> Any:
    """All values of a blob, as the content of a .npy file."""
    name, number = query.get("layer", ""), _number(query, "blob")
    blobs = viewed.stored[name].blobs if name in viewed.stored else []
    blob = blobs[number] if number < len(blobs) else None
    if blob is None:
        raise NetError(f"the file has no blob {number} of layer '{name}'")
    content = io.BytesIO()
    np.save(content, blob, allow_pickle=False)
    return {"npy": base64.b64encode(content.getvalue()).decode()}


def _activations(viewed: Viewed, query: Query) -> Any:
    return viewed.run().activations(_number(query, "position"), query.get("layer", ""))


def _answers(viewed: Viewed, query: Query) -> Any:
    return viewed.run().answers()


def _saliency(viewed: Viewed, query: Query) -> Any:
    label = _number(query, "label")
    return viewed.run().saliency(query.get("method", ""), query.get("output", ""), label)


def _number(query: Query, name: str) -> int:
    text = query.get(name, "")
    if not text.isdecimal():
        raise NetError(f"{name} is no number: '{text}'")
    return int(text)


def _log(viewed: Viewed, query: Query) -> Any:
    """The curves; {} where the file is as large as `size`, which the page has seen."""
    assert viewed.log is not None
    if query.get("size") == str(os.stat(viewed.log).st_size):
        return {}
    return training(viewed.log)


def _file(viewed: Viewed, query: Query) -> Any:
    """The document anew if the file has been written since `seen`; {} else, and where changes in
    the page would be lost."""
    stamp = viewed.stamp()
    if stamp == query.get("seen") or not viewed.refresh():
        return {}
    return viewed.document()


def _all_weights(viewed: Viewed) -> Iterator[Query]:
    named = {layer.name for net in viewed.nets for layer in net.layers}
    yield from ({"layer": name} for name, layer in viewed.stored.items() if name in named)


def _all_activations(viewed: Viewed) -> Iterator[Query]:
    layers = viewed.run().layers if viewed.given else []
    if len(layers) <= _LARGE:
        yield from ({"layer": name, "position": str(i)} for i, name in enumerate(layers))


def _best(viewed: Viewed) -> Iterator[Query]:
    for answer in viewed.run().answers()["answers"] if viewed.given else ():
        if answer["kind"] == "classes" and answer["found"]:
            told = {"output": answer["output"], "label": str(answer["found"][0]["label"])}
            yield from ({"method": method, **told} for method in METHODS)


PROVIDERS: dict[str, Provider] = {
    "weights": Provider(_weights, _all_weights),
    "array": Provider(_array, lambda viewed: []),
    "activations": Provider(_activations, _all_activations),
    "answers": Provider(_answers, lambda viewed: [{}] if viewed.given else []),
    "saliency": Provider(_saliency, _best),
    "file": Provider(_file, lambda viewed: []),
    "log": Provider(_log, lambda viewed: [{}] if viewed.log else []),
}
