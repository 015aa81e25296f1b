"""Writer: nodes, constants and names of a model that is being made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.blob import Blob
from .external import SMALL
from .packages import onnx_package


class Writer:
    """Collects nodes and initializers.  Every name is taken once.

    opset: version of ONNX's operators.  layer: name and type of the layer whose nodes are
    added, set by `begin`.
    """

    def __init__(self, opset: int, reserved: Sequence[str]) -> None:
        """reserved: names of tensors that are given out by `rename` only."""
        self.opset = opset
        self.onnx: Any = onnx_package()
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        #: The values of larger initializers, whose messages have none yet.
        self.arrays: dict[str, NDArray] = {}
        self.extra_inputs: list[Any] = []
        self.extra_outputs: list[Any] = []
        self._tensors = set(reserved)
        self._node_names: set[str] = set()
        self._parameters: dict[tuple[int, tuple[int, ...]], str] = {}
        self.layer_name = self.layer_type = ""
        self._first = 0

    def begin(self, layer_name: str, layer_type: str) -> None:
        """What is added from now on belongs to this layer."""
        self.layer_name, self.layer_type = layer_name, layer_type
        self._first = len(self.nodes)

    def add(
        self, kind: str, inputs: Sequence[str], count: int, attributes: Mapping[str, Any]
    ) -> list[str]:
        """A node; returns the names of its outputs."""
        what = f"{self.layer_name}/{kind.lower()}"
        outputs = [unique(what, self._tensors) for _ in range(count)]
        given = {key: value for key, value in attributes.items() if value is not None}
        node = self.onnx.helper.make_node(kind, list(inputs), outputs, **given)
        node.doc_string = self.layer_type
        self.nodes.append(node)
        return outputs

    @contextmanager
    def body(self) -> Iterator[list[Any]]:
        """What is added within goes into a list of its own: the nodes of a loop's body."""
        outside, self.nodes = self.nodes, []
        first, self._first = self._first, 0
        try:
            yield self.nodes
        finally:
            self.nodes, self._first = outside, first

    def inner_name(self, what: str) -> str:
        """A name for a tensor that no node of the layer makes: what a body is given."""
        return unique(f"{self.layer_name}/{what}", self._tensors)

    def constant(self, values: Any, what: str) -> str:
        """An initializer of the layer's: whole numbers as int64, truths as they are, all others
        as float32."""
        array = np.asarray(values)
        if array.dtype.kind in "iu":
            array = array.astype(np.int64)
        elif array.dtype.kind == "f":
            array = array.astype(np.float32)
        return self._initializer(f"{self.layer_name}/{what}", array)

    def value(self, name: str, dims: Sequence[int | str] | None) -> Any:
        """What a graph says of one of its inputs or outputs: a float tensor of these sizes."""
        number = self.onnx.TensorProto.FLOAT
        shape = None if dims is None else list(dims)
        return self.onnx.helper.make_tensor_value_info(name, number, shape)

    def state(self, what: str, dims: Sequence[int | str]) -> tuple[str, str]:
        """An input "layer/what_0", zeros unless it is given, and the output "layer/what_T" that
        hands on what it has become; returns both names.  dims: (N, D); a start of (1, D) is
        for all items."""
        start, end = (self.inner_name(f"{what}_{when}") for when in "0T")
        zeros = np.zeros([1 if isinstance(dim, str) else dim for dim in dims], np.float32)
        self.initializers.append(self.onnx.numpy_helper.from_array(zeros, start))
        self.extra_inputs.append(self.value(start, dims))
        self.extra_outputs.append(self.value(end, dims))
        return start, end

    def hand_on(self, name: str, output: str) -> None:
        """Give a tensor to one of the outputs that `state` made."""
        node = self.onnx.helper.make_node("Identity", [name], [output])
        node.doc_string = self.layer_type
        self.nodes.append(node)

    def parameter(self, blob: Blob, index: int) -> str:
        """The initializer of a parameter; one for all layers that share it."""
        key = id(blob.data_memory), blob.shape
        if key not in self._parameters:
            values = np.asarray(blob.data, np.float32)
            self._parameters[key] = self._initializer(f"{self.layer_name}/{index}", values)
        return self._parameters[key]

    def _initializer(self, wanted: str, array: NDArray) -> str:
        name = unique(wanted, self._tensors)
        array = np.ascontiguousarray(array).reshape(array.shape)
        if array.nbytes < SMALL:
            tensor = self.onnx.numpy_helper.from_array(array, name)
        else:
            number = self.onnx.helper.np_dtype_to_tensor_dtype(array.dtype)
            tensor = self.onnx.TensorProto(name=name, data_type=number, dims=array.shape)
            self.arrays[name] = array
        self.initializers.append(tensor)
        return name

    def type_number(self, name: str) -> int:
        return int(getattr(self.onnx.TensorProto, name))

    # -- names ---------------------------------------------------------------------------

    def end(self, made: Sequence[str], wanted: Sequence[str]) -> None:
        """Close the layer: give its tops the names they are to have, and its nodes theirs.

        made: what the converter returned for each top.  What is no output of one of the
        layer's own nodes, or is two tops at once, goes through an Identity.
        """
        new: dict[str, str] = {}
        own = {name for node in self.nodes[self._first :] for name in node.output}
        for name, final in zip(made, wanted):
            if name not in own or name in new:
                (name,) = self.add("Identity", [name], 1, {})
                own.add(name)
            new[name] = final
        for node in self.nodes[self._first :]:
            node.input[:] = [new.get(name, name) for name in node.input]
            node.output[:] = [new.get(name, name) for name in node.output]
        self._name_nodes(wanted)

    def _name_nodes(self, tops: Sequence[str]) -> None:
        """The node that makes the first top has the layer's name, others say what they do."""
        for node in self.nodes[self._first :]:
            is_main = bool(tops) and tops[0] in node.output
            wanted = self.layer_name if is_main else f"{self.layer_name}/{node.op_type.lower()}"
            node.name = unique(wanted, self._node_names)


def unique(wanted: str, taken: set[str]) -> str:
    """The name itself, or with a number behind it, if it is taken; it is then."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name
