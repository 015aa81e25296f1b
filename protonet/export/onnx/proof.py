"""The proof of a model: onnxruntime against the plain executor, tensor by tensor.

The net runs layer by layer, and every top is kept as it is when its layer has written it.
The model runs on the same inputs with all of these as outputs.  A difference is

    max |got - want| / max(max |want|, 0.001)

over a tensor.  Layers that choose (ArgMax, Threshold, DetectionOutput ...) jump where values
are nearly equal: they are given the net's own bottoms, so that what is compared is the layer
and not the rounding before it.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...core.layer import Layer
from ...errors import DataError, NetError, ProtonetError
from ...kernels.blas import blas_single
from ...layers._recurrent import Recurrent
from ...net.net import Net
from ...version import __version__
from .compare import difference, without_ties
from .dims import STEPS, shaped, sources
from .int8 import Quantised
from .model import Exported
from .packages import onnxruntime_package
from .probe import Probe, Values, fed_name
from .samples import samples

#: The largest difference of a model that is right.
ALLOWED = 1e-4


@dataclass(frozen=True)
class Difference:
    """The largest one of a tensor, in all runs."""

    tensor: str
    layer: str
    type: str
    absolute: float
    relative: float


def _size(found: Difference) -> float:
    return math.inf if math.isnan(found.relative) else found.relative


@dataclass
class Proof:
    """What came of it.  runs: the shapes of the inputs of each.  differences: of each tensor.
    ties: detections of equal scores that came in another order, or others of the same score.
    half: that of the same model in half precision, int8: what products in 8 bits cost, if that was
    made."""

    runs: list[str] = field(default_factory=list)
    differences: dict[str, Difference] = field(default_factory=dict)
    ties: int = 0
    runtime: str = ""
    half: Proof | None = None
    int8: Quantised | None = None

    def begin(self, given: Values) -> None:
        """A run on these inputs begins."""
        shapes = (f"{name} {'x'.join(map(str, x.shape))}" for name, x in given.items())
        self.runs.append(", ".join(shapes))

    def note(self, tensor: str, layer: Layer, got: NDArray, want: NDArray) -> None:
        """Take up how far a tensor, which a layer makes, is from what it should be."""
        absolute, relative = difference(got, want)
        old = self.differences.get(tensor)
        # What is no number is the largest, and stays.
        if old is None or not (math.isnan(old.relative) or relative <= old.relative):
            self.differences[tensor] = Difference(
                tensor, layer.name, layer.type, absolute, relative
            )

    @property
    def worst(self) -> Difference:
        return max(self.differences.values(), key=_size)

    def faults(self, allowed: float = ALLOWED) -> list[Difference]:
        return [found for found in self.differences.values() if not found.relative <= allowed]

    def __str__(self) -> str:
        """One sentence: how far, where, against what."""
        if not self.differences:
            return f"nothing to compare in {len(self.runs)} runs"
        worst = self.worst
        ties = f"{self.ties} detections of equal scores in another order, " if self.ties else ""
        return (
            f"{len(self.differences)} blobs in {len(self.runs)} runs ({'; '.join(self.runs)}), "
            f"largest difference {worst.relative:.1e} in '{worst.tensor}', {ties}"
            f"onnxruntime {self.runtime} against protonet {__version__}"
        )

    def table(self, rows: int = 10) -> str:
        """The largest differences, one a line."""
        largest = sorted(self.differences.values(), key=_size, reverse=True)[:rows]
        cells = [("blob", "layer", "type", "difference", "relative")]
        cells += [
            (d.tensor, d.layer, d.type, f"{d.absolute:.2e}", f"{d.relative:.2e}") for d in largest
        ]
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in cells
        )


def prove(
    made: Exported,
    file: Path,
    inputs: Mapping[str, NDArray] | None = None,
    *,
    changed: bool = False,
    alone: bool = False,
) -> Proof:
    """Run the model in `file` and the net it was made of, and note all differences.

    inputs: values for inputs by name, in place of random ones where they have the shape.
    changed: the file's nodes are not those of `made` any more; then tensors that are still there
    are compared, but for those behind a layer that jumps.  alone: each layer is given the net's
    own bottoms, and what rounding has become on the way to it does not count.
    ProtonetError if onnxruntime does not take the model at all.
    """
    proof = Proof(runtime=onnxruntime_package().__version__)
    probe = Probe(made, file, changed, alone)
    for number, (choices, spread) in enumerate(_trials(made)):
        if not any(_shaped(made, sizes) for sizes in choices):
            continue
        given = samples(made.net, np.random.default_rng(number), spread)
        for name, values in (inputs or {}).items():
            if name in given and values.shape == given[name].shape:
                given[name] = values.astype(np.float32)
        proof.begin(given)
        want, bottoms = _run(made, given, probe.fed)
        for step, name, got in probe.run(given, bottoms):
            _note(proof, made, step, name, got, want[name])
    _shaped(made, {})
    return proof


def _trials(made: Exported) -> Iterator[tuple[list[Mapping[str, int]], float]]:
    """For each run the sizes of what varies, of which the first go that the net takes, and the
    spread of pictures.

    Twice a small batch, or else what there is; another batch; other, odd sizes of the rest.
    """
    now = made.sizes
    free = {dim for dims in made.inputs.values() for dim in dims if isinstance(dim, str)}
    batches = {dims[0] for dims in made.inputs.values() if dims and dims[0] in free}
    few = {name: min(now[name], 2) for name in batches}
    yield [few, {}], 1.0
    yield [few, {}], 10.0
    if batches:
        more = ({name: now[name] + step for name in batches} for step in STEPS)
        yield [dict.fromkeys(batches, 3), *more], 1.0
    others = sorted(free - batches)
    if others:
        odd = {name: now[name] + 2 * k + 3 for k, name in enumerate(others)}
        wide = {name: now[name] + 32 for name in others}
        yield [{**few, **odd}, odd], 1.0
        yield [{**few, **wide}, wide], 1.0


def _shaped(made: Exported, sizes: Mapping[str, int]) -> bool:
    """Shape the net for these sizes, and what it has of the others; False if it does not take
    them."""
    try:
        shaped(made.net, made.inputs, {**made.sizes, **sizes})
    except ProtonetError:
        return False
    return True


def _run(
    made: Exported, given: Values, fed: Container[int]
) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Every tensor as the plain executor has it, and the bottoms of the steps in `fed`."""
    want: dict[str, NDArray] = {}
    bottoms: dict[str, NDArray] = {}
    rewind(made.net)
    outside = {id(step) for step in sources(made.net)}
    with blas_single():
        for step in made.net.steps:
            if id(step) in outside:
                for name, blob in zip(step.top_names, step.top):
                    np.copyto(blob.data, given[name])
                continue
            try:
                step.reshape()
                if step.index in fed:
                    for i, blob in enumerate(step.bottom):
                        bottoms[fed_name(step.index, i)] = blob.data.astype(np.float32)
                step.layer.forward(step.bottom, step.top)
            except DataError as error:
                step.locate(error)
                raise NetError(
                    f"the proof's random inputs do not suit: {error}",
                    "give inputs that do (inputs=, --inputs FILE.npz), or leave the proof out",
                ) from error
            except Exception as error:
                step.locate(error)
                raise
            for name, blob in zip(made.tops[step.index], step.top):
                want[name] = blob.data.copy()
    return want, bottoms


def rewind(net: Net) -> None:
    """Let recurrent layers begin with zeros, as the model does."""
    for step in net.steps:
        if isinstance(step.layer, Recurrent):
            state = step.layer.state()["state"]
            step.layer.set_state({"state": [np.zeros_like(array) for array in state]})


def _note(proof: Proof, made: Exported, index: int, name: str, got: NDArray, want: NDArray) -> None:
    if made.net.steps[index].layer.type.endswith("DetectionOutput"):
        got, want, tied = without_ties(got, want)
        proof.ties += tied
    proof.note(name, made.net.steps[index].layer, got, want)
