"""A state dict of PyTorch -> the weights of a net.

The tensors of a module ("features.0.weight", "features.0.bias") become the blobs of the layer
that does its work; those of a BatchNorm2d the blobs of a BatchNorm and of the Scale behind it.
Which layers these are says a map, or the names, or the shapes; nothing is guessed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from numpy.typing import NDArray

from ...core.layer import Layer
from ...errors import ProtonetError, WeightsError, did_you_mean, together
from ...files import why_unreadable
from ...layers.batch_norm import BatchNorm
from ...layers.scale import Scale
from ...net.net import Net
from ...proto.stored import LayerWeights
from ...proto.weight_formats import known_format
from .modules import Module, blobs_for, modules_of

PathLike = str | os.PathLike
Pairs = Sequence[tuple[str, str]]

_MOST_NAMED = 6


@dataclass(frozen=True)
class Match:
    """A module and the layer that takes its tensors.  why: "map", "name", "batch norm" (that of
    the BatchNorm before it), "shape" (no other has it) or "numbers" (alike but for the numbers in
    their names, and in their order)."""

    module: str
    layer: str
    why: str


@dataclass
class Loaded:
    """layers: weights for `Net.copy_from`.  unused: modules that no layer takes; missing: layers
    that no module fits, left as they are."""

    layers: list[LayerWeights] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def load_state_dict(
    net: Net,
    source: PathLike | Mapping[str, NDArray],
    names: Pairs = (),
    partial: bool = False,
) -> Loaded:
    """Fill a net with the tensors of a .safetensors or .npz, or of a dict of arrays.

    names: pairs of a module and a layer, which come first; one module may stand in several.
    partial: layers that no module fits stay as they are, instead of being an error.

    WeightsError that names each layer for which no module, or more than one, is found; then
    nothing is filled.

        load_state_dict(net, "vgg16.safetensors", [("classifier.6", "fc8")])
    """
    where = os.fspath(source) if isinstance(source, (str, os.PathLike)) else "the state dict"
    tensors = source if isinstance(source, Mapping) else _read(source)
    loaded = _Matching(net, modules_of(tensors), where).run(names, partial)
    net.copy_from(loaded.layers, warn=False)
    return loaded


def read_names(path: PathLike) -> list[tuple[str, str]]:
    """The pairs of a text with a module and a layer in each line; # begins a comment."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.partition("#")[0].split() for line in file]
    except (OSError, ValueError) as error:
        raise WeightsError(*why_unreadable(path, error), file=os.fspath(path)) from error
    for number, words in enumerate(lines, 1):
        if len(words) not in (0, 2):
            what = f"{len(words)} words, where a module and a layer should be"
            raise WeightsError(what, file=os.fspath(path), line=number)
    return [(words[0], words[1]) for words in lines if words]


def _read(path: PathLike) -> Mapping[str, NDArray]:
    form = known_format(path)
    if form is None or form.arrays is None:
        what = "a state dict is read from a .safetensors or an .npz"
        raise WeightsError(what, "save it so with the package safetensors", file=os.fspath(path))
    return form.arrays(path)


class _Matching:
    """Modules on their way to the layers of a net.  where: of the tensors, for messages."""

    def __init__(self, net: Net, modules: Mapping[str, Module], where: str) -> None:
        self.net, self.modules, self.where = net, modules, where
        self.open = {s.layer.name: s.layer for s in reversed(net.steps) if s.layer.blobs}
        self.open = dict(reversed(self.open.items()))  # in the order of the net
        self.types = {name: layer.type for name, layer in self.open.items()}
        self.matches: dict[str, Match] = {}
        self.blobs: dict[str, list[NDArray]] = {}
        self.used: set[tuple[str, bool]] = set()

    def run(self, names: Pairs, partial: bool) -> Loaded:
        for module, layer in names:
            self._by_map(module, layer)
        for name in [*self.open]:
            self._by_name(name)
        self._behind_batch_norms()
        self._by_shape()
        self._behind_batch_norms()
        self._by_shape()  # of what those that were found since leave
        missing = [name for name in self.open if not self._candidates(name)]
        faults = [self._fault(name) for name in self.open if not (partial and name in missing)]
        if faults:
            raise together(faults)
        taken = {module for module, _ in self.used}
        order = [name for name in self.types if name in self.blobs]
        return Loaded(
            [LayerWeights(name, self.types[name], [*self.blobs[name]]) for name in order],
            [self.matches[name] for name in order],
            [name for name in self.modules if name not in taken],
            missing,
        )

    def _by_map(self, module: str, name: str) -> None:
        if module not in self.modules:
            hint = did_you_mean(module, self.modules)
            raise WeightsError(f"{self.where} has no module '{module}'", hint)
        if name not in self.open:
            known = f"layer '{name}' is given two" if name in self.matches else ""
            what = known or f"the net has no layer '{name}' with parameters"
            raise WeightsError(what, did_you_mean(name, self.open))
        if not self._take(name, module, "map"):
            raise self._misfit(name, module)

    def _by_name(self, name: str) -> None:
        for module in self.modules:
            if name in (module, module.replace(".", "_"), module.replace(".", "/")):
                self._take(name, module, "name")
                return

    def _behind_batch_norms(self) -> None:
        """A Scale takes the module of the BatchNorm whose result it reads."""
        writer: dict[int, Layer] = {}
        for step in self.net.steps:
            layer = step.layer
            if isinstance(layer, Scale) and layer.name in self.open:
                before = writer.get(id(step.bottom[0].data_memory))
                match = self.matches.get(before.name) if isinstance(before, BatchNorm) else None
                if match is not None:
                    self._take(layer.name, match.module, "batch norm")
            writer.update((id(blob.data_memory), layer) for blob in step.top)

    def _by_shape(self) -> None:
        """Layers of one kind and shape, if as many modules fit, and which is whose is sure."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for name in self.open:
            alike.setdefault((*self._candidates(name),), []).append(name)
        for modules, names in alike.items():
            forms = {re.sub(r"\d+", "#", module) for module in modules}
            kinds = {(type(self.open[n]), *(b.shape for b in self.open[n].blobs)) for n in names}
            if len(modules) == len(names) and len(forms) == len(kinds) == 1:
                why = "shape" if len(names) == 1 else "numbers"
                for name, module in zip(names, sorted(modules, key=_numbers)):
                    self._take(name, module, why)

    def _candidates(self, name: str) -> list[str]:
        layer = self.open[name]
        return [
            module
            for module, tensors in self.modules.items()
            if (module, _is_norm_layer(layer)) not in self.used
            and blobs_for(layer, tensors) is not None
        ]

    def _take(self, name: str, module: str, why: str) -> bool:
        layer = self.open[name]
        blobs = blobs_for(layer, self.modules[module], reshape=why == "map")
        if blobs is None or (why != "map" and (module, _is_norm_layer(layer)) in self.used):
            return False
        self.used.add((module, _is_norm_layer(layer)))
        self.matches[name], self.blobs[name] = Match(module, name, why), blobs
        del self.open[name]
        return True

    def _misfit(self, name: str, module: str) -> WeightsError:
        layer = self.open[name]
        has = ", ".join(f"{word} {x.shape}" for word, x in self.modules[module].items())
        wants = ", ".join(str(blob.shape) for blob in layer.blobs)
        what = f"module '{module}' does not fit: it has {has}; the layer's blobs are {wants}"
        return WeightsError(what, layer=name, layer_type=layer.type)

    def _fault(self, name: str) -> ProtonetError:
        layer, candidates = self.open[name], self._candidates(name)
        shapes = ", ".join(str(blob.shape) for blob in layer.blobs)
        if not candidates:
            what, hint = f"{self.where} has no module for blobs {shapes}", ""
        else:
            some = ", ".join(candidates[:_MOST_NAMED])
            more = f" and {len(candidates) - _MOST_NAMED} more" * (len(candidates) > _MOST_NAMED)
            what = f"blobs {shapes} fit {some}{more}"
            hint = "say which in a map: a line with a module and a layer"
        return WeightsError(what, hint, layer=name, layer_type=layer.type)


def _is_norm_layer(layer: Layer) -> bool:
    """Does it take the statistics of a module, and leave its weights to another layer?"""
    return isinstance(layer, BatchNorm)


def _numbers(module: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", module)]
