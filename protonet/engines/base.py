"""What computes a net: the interface, and the table of those there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import NDArray

from ..core.registry import Registry
from ..errors import NetError
from ..export.onnx.dims import sources
from ..export.onnx.model import names_of_tops
from ..kernels.threads import num_threads
from ..net.net import Net

#: The largest difference from the plain executor, by the largest value of a blob.
ALLOWED = 1e-4

Values = Mapping[str, NDArray]


@dataclass(frozen=True)
class Options:
    """threads: that compute one call (None: those of the process).  device: "cpu", "cuda" or
    "cuda:1".  verify: whether the results are held against the plain executor.  cache: whether
    what was made of a net is kept for the next time.  keep: blobs to be told besides the net's
    outputs and losses."""

    threads: int | None = None
    device: str = "cpu"
    verify: bool = True
    cache: bool = True
    keep: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.threads is not None and self.threads < 1:
            raise NetError(f"threads is {self.threads}", "give a number from 1 on")
        kind, _, number = self.device.partition(":")
        if kind not in ("cpu", "cuda") or (number and not (kind == "cuda" and number.isdecimal())):
            raise NetError(f"there is no device '{self.device}'", "give cpu, cuda or cuda:N")

    @property
    def cuda(self) -> int | None:
        """The number of a GPU, None for the CPU."""
        kind, _, number = self.device.partition(":")
        return int(number or 0) if kind == "cuda" else None

    @property
    def count(self) -> int:
        return self.threads or num_threads()


class Engine(ABC):
    """Computes one net with the weights that it has when the engine is made."""

    name: ClassVar[str]
    #: Names of what `run` tells: see `what_is_told`.
    told: Mapping[str, tuple[int, int]]

    @abstractmethod
    def __init__(self, net: Net, options: Options) -> None:
        """net: any, with its weights; the engine runs copies of it.  ProtonetError if it cannot
        compute this net, or not here."""

    @abstractmethod
    def run(self, inputs: Values) -> dict[str, NDArray]:
        """One pass.  May be called by several threads at once.

        inputs: an array for each blob that comes from outside the net, inputs and what data
        layers read.  Returns the net's outputs, its losses, and what was to be kept, as arrays
        of their own.  Recurrent layers begin with zeros.  ShapeError for a shape that the net
        cannot take.
        """


ENGINES: Registry[type[Engine]] = Registry("engine")


def register(cls: type[Engine]) -> type[Engine]:
    """Class decorator: make an engine known under its `name`."""
    return ENGINES.add(cls.name, cls)


def refuse_sources(net: Net) -> None:
    """NetError for a net that reads its data itself, and for one without inputs."""
    for step in sources(net):
        if not net.inputs or step.layer.type != "Input":
            raise step.locate(NetError("the net reads its data itself", _DEPLOY))
    if not net.inputs:
        raise NetError("the net has no inputs", _DEPLOY, file=net.definition.file)


_DEPLOY = "make one for use: protonet deploy TRAIN_VAL -o NET"


def what_is_told(net: Net, keep: Sequence[str]) -> dict[str, tuple[int, int]]:
    """What an engine tells: the net's outputs, its losses, and what is to be kept.

    Name -> the layer that writes it last, and the number of its top.  A loss that has no blob of
    its own is called as its layer.  NetError for a name that is no blob.
    """
    for name in keep:
        net.graph.blob(name)
    tops: dict[str, tuple[int, int]] = {}
    names = list(net.outputs)
    for step, tensors in zip(net.steps, names_of_tops(net)):
        for i, (name, tensor, weight) in enumerate(zip(step.top_names, tensors, step.loss_weights)):
            own = tensor if name == "(automatic)" else name
            tops[own] = step.index, i
            names += [own] if weight else []
    return {name: tops[name] for name in [*names, *keep]}
