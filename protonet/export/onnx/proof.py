"""The proof of a model: onnxruntime against the plain executor, tensor by tensor.

The net runs layer by layer, and every top is kept as it is when its layer has written it.
The model runs on the same inputs with all of these as outputs.  A difference is

    max |got - want| / max(max |want|, 0.001)

over a tensor.  Layers that choose (ArgMax, Threshold, DetectionOutput ...) jump where values
are nearly equal: they are given the net's own bottoms, so that what is compared is the layer
and not the rounding before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import NetError, ProtonetError
from ...kernels.blas import blas_single
from ...layers._recurrent import Recurrent
from ...net.net import Net
from ...version import __version__
from .dims import sources
from .model import Exported
from .packages import onnx_package, onnxruntime_package
from .samples import samples

#: The largest difference of a model that is right, and what tensors count as at least.
ALLOWED, FLOOR = 1e-4, 1e-3
#: Types whose tops jump when a bottom changes a little.
JUMPING = frozenset({"ArgMax", "Threshold", "Accuracy", "Filter"})

Values = Mapping[str, NDArray]


@dataclass(frozen=True)
class Difference:
    """The largest one of a tensor, in all runs."""

    tensor: str
    layer: str
    type: str
    absolute: float
    relative: float


@dataclass
class Proof:
    """What came of it.  runs: the shapes of the inputs of each.  differences: of each tensor."""

    runs: list[str] = field(default_factory=list)
    differences: dict[str, Difference] = field(default_factory=dict)
    runtime: str = ""

    @property
    def worst(self) -> Difference:
        return max(self.differences.values(), key=lambda found: found.relative)

    def faults(self, allowed: float = ALLOWED) -> list[Difference]:
        return [found for found in self.differences.values() if not found.relative <= allowed]

    def __str__(self) -> str:
        """One sentence: how far, where, against what."""
        if not self.differences:
            return f"nothing to compare in {len(self.runs)} runs"
        worst = self.worst
        return (
            f"{len(self.differences)} blobs in {len(self.runs)} runs ({'; '.join(self.runs)}), "
            f"largest difference {worst.relative:.1e} in '{worst.tensor}', "
            f"onnxruntime {self.runtime} against protonet {__version__}"
        )

    def table(self, rows: int = 10) -> str:
        """The largest differences, one a line."""
        largest = sorted(self.differences.values(), key=lambda found: -found.relative)[:rows]
        cells = [("blob", "layer", "type", "difference", "relative")]
        cells += [
            (d.tensor, d.layer, d.type, f"{d.absolute:.2e}", f"{d.relative:.2e}") for d in largest
        ]
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            for row in cells
        )


def prove(made: Exported, file: Path) -> Proof:
    """Run the model in `file` and the net it was made of, and note all differences.

    ProtonetError if onnxruntime does not take the model at all.
    """
    runtime = onnxruntime_package()
    proof = Proof(runtime=runtime.__version__)
    probe = _Probe(made, file)
    for number, (sizes, spread) in enumerate(_trials(made)):
        rng = np.random.default_rng(number)
        if not _shaped(made.net, made.inputs, {**made.sizes, **sizes}):
            continue
        given = samples(made.net, rng, spread)
        proof.runs.append(_told(given))
        want, bottoms = _run(made, given)
        for step, name, got in probe.run(given, bottoms):
            _note(proof, made, step, name, got, want[name])
    _shaped(made.net, made.inputs, made.sizes)
    return proof


def _trials(made: Exported) -> Iterator[tuple[Mapping[str, int], float]]:
    """Sizes of what varies, and the spread of pictures: twice as it is, then another batch,
    then other odd sizes of the rest."""
    yield {}, 1.0
    yield {}, 10.0
    free = [name for name in made.sizes if any(name in dims for dims in made.inputs.values())]
    if "batch" in free:
        yield {"batch": made.sizes["batch"] + 2}, 1.0
    others = [name for name in free if name != "batch"]
    if others:
        yield {name: made.sizes[name] + 2 * k + 3 for k, name in enumerate(others)}, 1.0
        yield {name: made.sizes[name] + 32 for name in others}, 1.0


def _shaped(net: Net, inputs: Mapping[str, Any], sizes: Mapping[str, int]) -> bool:
    """Shape the net's inputs; False if it does not take these sizes."""
    for name, dims in inputs.items():
        net.blobs[name].reshape(*(sizes[d] if isinstance(d, str) else d for d in dims))
    try:
        net.reshape()
    except ProtonetError:
        return False
    return True


def _told(given: Values) -> str:
    return ", ".join(f"{name} {'x'.join(map(str, x.shape))}" for name, x in given.items())


def _run(made: Exported, given: Values) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Every tensor as the plain executor has it, and the bottoms of layers that jump."""
    want: dict[str, NDArray] = {}
    bottoms: dict[str, NDArray] = {}
    _rewind(made.net)
    outside = {id(step) for step in sources(made.net)}
    with blas_single():
        for step in made.net.steps:
            if id(step) in outside:
                for name, blob in zip(step.top_names, step.top):
                    np.copyto(blob.data, given[name])
                continue
            try:
                step.reshape()
                if step.layer.type in JUMPING:
                    for i, blob in enumerate(step.bottom):
                        bottoms[_fed(step.index, i)] = blob.data.astype(np.float32)
                step.layer.forward(step.bottom, step.top)
            except Exception as error:
                step.locate(error)
                raise
            for name, blob in zip(made.tops[step.index], step.top):
                want[name] = blob.data.copy()
    return want, bottoms


def _rewind(net: Net) -> None:
    """Let recurrent layers begin with zeros, as the model does."""
    for step in net.steps:
        if isinstance(step.layer, Recurrent):
            state = step.layer.state()["state"]
            step.layer.set_state({"state": [np.zeros_like(array) for array in state]})


def _fed(step: int, bottom: int) -> str:
    return f"given/{step}/{bottom}"


class _Probe:
    """The model with all tensors of tops as outputs, and bottoms of layers that jump as inputs."""

    def __init__(self, made: Exported, file: Path) -> None:
        self.made = made
        onnx = onnx_package()
        model = onnx.load(str(file), load_external_data=False)
        self._feed_jumping(onnx, model)
        self.tensors = self._outputs(onnx, model)
        self.probe = session(model.SerializeToString(), file.parent)
        self.plain = session(str(file), file.parent)
        self.wanted = [value.name for value in self.plain.get_outputs()]
        self.behind = _behind_jumps(made)

    def _feed_jumping(self, onnx: Any, model: Any) -> None:
        for step in self.made.net.steps:
            if step.layer.type not in JUMPING:
                continue
            for i in range(len(step.bottom)):
                fed = _fed(step.index, i)
                shape = [None] * len(step.bottom[i].shape)
                value = onnx.helper.make_tensor_value_info(fed, onnx.TensorProto.FLOAT, shape)
                model.graph.input.append(value)
                tensor = self.made.bottoms[step.index][i]
                for at in self.made.spans[step.index]:
                    node = model.graph.node[at]
                    node.input[:] = [fed if each == tensor else each for each in node.input]

    def _outputs(self, onnx: Any, model: Any) -> dict[str, int]:
        """Adds what is none yet; returns the tensors with the step that makes each."""
        have = {value.name for value in model.graph.output}
        tensors = {}
        for step, names in zip(self.made.net.steps, self.made.tops):
            for name in names if step.index in self.made.spans and step.bottom else []:
                tensors[name] = step.index
                if name not in have:
                    value = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
                    model.graph.output.append(value)
        return tensors

    def run(self, given: Values, bottoms: Values) -> Iterator[tuple[int, str, NDArray]]:
        """(step, tensor, value) of all tensors, and once more of the outputs of the file itself
        where no layer jumps on the way to them."""
        names = list(self.tensors)
        for name, value in zip(names, run(self.probe, names, {**given, **bottoms})):
            yield self.tensors[name], name, value
        for name, value in zip(self.wanted, run(self.plain, self.wanted, given)):
            if name in self.tensors and name not in self.behind:
                yield self.tensors[name], name, value


def _behind_jumps(made: Exported) -> set[str]:
    """The tensors that depend on a layer that jumps."""
    behind: set[str] = set()
    for step in made.net.steps:
        bottoms = made.bottoms.get(step.index, [])
        if step.layer.type in JUMPING or behind.intersection(bottoms):
            behind.update(made.tops[step.index])
    return behind


def session(model: bytes | str, folder: Path) -> Any:
    """An InferenceSession on the CPU.  ProtonetError with what onnxruntime says."""
    runtime = onnxruntime_package()
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(folder)
    )
    try:
        return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise NetError(f"onnxruntime does not take the model: {_short(error)}") from error


def run(session: Any, names: Sequence[str], given: Values) -> list[NDArray]:
    """The values of these outputs; inputs that the session does not have are left out."""
    known = {value.name for value in session.get_inputs()}
    known |= {value.name for value in session.get_overridable_initializers()}
    try:
        return session.run(list(names), {k: v for k, v in given.items() if k in known})
    except Exception as error:
        raise NetError(f"onnxruntime cannot run the model: {_short(error)}") from error


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _note(proof: Proof, made: Exported, index: int, name: str, got: NDArray, want: NDArray) -> None:
    absolute, relative = difference(got, want)
    old = proof.differences.get(name)
    # Not `<=`: a NaN stays.
    if old is None or not relative <= old.relative:
        layer = made.net.steps[index].layer
        proof.differences[name] = Difference(name, layer.name, layer.type, absolute, relative)


def difference(got: NDArray, want: NDArray) -> tuple[float, float]:
    """The largest absolute and relative difference; infinite where the shapes differ."""
    if got.shape != want.shape:
        return float("inf"), float("inf")
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0, np.abs(got.astype(np.float64) - want))
    absolute = float(apart.max(initial=0))
    largest = np.abs(want[np.isfinite(want)]).max(initial=0)
    return absolute, absolute / max(float(largest), FLOOR)
