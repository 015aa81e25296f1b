"""The engine of onnxruntime, on a CPU or with its CUDA provider."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..errors import NetError, ProtonetError, missing_extra
from ..export.onnx.dims import input_shapes
from ..export.onnx.model import names_of_tops
from ..export.onnx.runtime import CPU, quiet_options, said, session
from ..net.net import Net
from .base import Engine, Options, Values, register, what_is_told
from .models import model_of, weights_hash

_CUDA = "CUDAExecutionProvider"
_MOST_SHAPES = 1000

_Shapes = tuple[tuple[str, tuple[int, ...]], ...]


class _Model(NamedTuple):
    """A session.  tensors: that are to be had.  shapes: of the inputs, None where any number will
    do."""

    session: Any
    tensors: list[str]
    shapes: dict[str, tuple[int | None, ...]]


@register
class OnnxEngine(Engine):
    """Runs models that `protonet.export.onnx` makes: one for the shapes that the net has, of any
    batch where the net can, and more for other shapes when they are asked for."""

    name = "onnxruntime"

    def __init__(self, net: Net, options: Options) -> None:
        self.runtime, self.options = _runtime(), options
        self._providers = _providers(self.runtime, options)
        self.told = what_is_told(net, options.keep)
        self._net = net.clone(plain=True)
        self._weights = weights_hash(self._net)
        self._tensors = _tensors(self._net, self.told)
        given = input_shapes(self._net)
        self._made = [name for name in self.told if self._tensors[name] not in given]
        self._passed = [name for name in self.told if self._tensors[name] in given]
        self._making = threading.Lock()
        self._models = [self._make()]
        self._by_shapes: dict[_Shapes, _Model] = {}

    def run(self, inputs: Values) -> dict[str, NDArray]:
        shapes = tuple([(name, values.shape) for name, values in inputs.items()])
        model = self._by_shapes.get(shapes) or self._for(shapes, inputs)
        try:
            values = model.session.run(model.tensors, {n: inputs[n] for n in model.shapes})
        except Exception as error:
            raise NetError(f"onnxruntime cannot run the model: {said(error)}") from error
        results = dict(zip(self._made, values))
        for name in self._passed:
            results[name] = inputs[self._tensors[name]].copy()
        return results

    def _for(self, shapes: _Shapes, inputs: Values) -> _Model:
        """The model for these shapes; made if there is none."""
        with self._making:
            if len(self._by_shapes) >= _MOST_SHAPES:  # a memory for speed alone
                self._by_shapes.clear()
            model = next((m for m in self._models if _takes(m.shapes, inputs)), None)
            if model is None:
                model = self._other(inputs)
            self._by_shapes[shapes] = model
            return model

    def _other(self, inputs: Values) -> _Model:
        """One more model; NetError if the weights are not those of before any more."""
        if weights_hash(self._net) != self._weights:
            hint = "compile it again"
            raise NetError("the weights have changed since the net was compiled", hint)
        before = input_shapes(self._net)
        try:
            self._shape({name: values.shape for name, values in inputs.items()})
            model = self._make()
        except ProtonetError:
            self._shape(before)
            raise
        self._models.append(model)
        return model

    def _shape(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        for name, shape in shapes.items():
            self._net.blobs[name].reshape(*shape)
        self._net.reshape()

    def _make(self) -> _Model:
        with model_of(self._net, self.options.verify, self.options.cache) as path:
            opened = self._session(path)
        shapes = {
            value.name: tuple(n if isinstance(n, int) else None for n in value.shape)
            for value in opened.get_inputs()
        }
        return _Model(opened, [self._tensors[name] for name in self._made], shapes)

    def _session(self, path: Path) -> Any:
        threaded = quiet_options(path.parent)
        threaded.intra_op_num_threads = self.options.count
        hint = "remove it, and it is made anew"
        return session(self._with_kept(path), threaded, self._providers, hint=hint, file=str(path))

    def _with_kept(self, path: Path) -> Path | bytes:
        """The model; with further outputs if blobs are asked for that are none."""
        import onnx

        outputs = set(self._net.outputs)
        inner = [self._tensors[name] for name in self._made if name not in outputs]
        if not inner:
            return path
        model = onnx.load(str(path), load_external_data=False)
        have = {value.name for value in model.graph.output}
        for tensor in inner:
            if tensor not in have:
                kind = onnx.TensorProto.FLOAT
                model.graph.output.append(onnx.helper.make_tensor_value_info(tensor, kind, None))
        content: bytes = model.SerializeToString()
        return content


def _takes(shapes: Mapping[str, tuple[int | None, ...]], inputs: Values) -> bool:
    """Does a model take arrays of these shapes?"""
    for name, sizes in shapes.items():
        values = inputs.get(name)
        if values is None:
            continue
        if len(sizes) != values.ndim:
            return False
        for size, n in zip(sizes, values.shape):
            if size is not None and size != n:
                return False
    return True


def _tensors(net: Net, tops: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """What is told -> the tensor that holds it: of what a Split makes, that which it reads."""
    last: dict[str, str] = {}
    outputs, found = set(net.outputs), {}
    for step, tensors in zip(net.steps, names_of_tops(net)):
        if step.layer.type == "Split" and not outputs.intersection(step.top_names):
            tensors = [last[step.bottom_names[0]]] * len(step.top_names)
        last.update(zip(step.top_names, tensors))
        for i, tensor in enumerate(tensors):
            found[step.index, i] = tensor
    return {name: found[top] for name, top in tops.items()}


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise missing_extra("onnxruntime", "fast", "the engine onnxruntime") from error
    return onnxruntime


def _providers(runtime: Any, options: Options) -> list[Any]:
    """Of the device that is asked for; ProtonetError with what to install for a GPU."""
    if options.cuda is None:
        return [CPU]
    if _CUDA not in runtime.get_available_providers():
        raise ProtonetError(
            "this onnxruntime has no CUDA",
            "put its GPU build in its place: pip uninstall onnxruntime, then "
            "pip install onnxruntime-gpu",
        )
    return [(_CUDA, {"device_id": options.cuda}), CPU]
