"""The layer contract.  This page is the manual for writing a layer.

A layer is a small object with four methods that the net calls:

    setup     once: read the parameters, make `self.blobs`
    reshape   after setup, and before each forward in which a shape has changed
    forward   writes top[i].data from bottom[i].data
    backward  writes bottom[i].diff from top[i].diff, adds to self.blobs[i].diff

and three more where something outlives a pass: `state` and `set_state`, so that a training
goes on exactly where a snapshot was taken, and `close`, which gives back threads and files.

`bottom` and `top` are lists of `Blob`.  The mathematics belongs into `protonet.kernels`,
functions of arrays; a layer reads its parameters, shapes blobs and calls kernels.

What every layer promises (tests/harness/check_layer.py proves it for each type):

* bottom diffs are *written*, whatever was there before; parameter diffs are *added to*,
  and cleared by the solver alone;
* forward leaves bottoms alone, backward leaves top data and top diff alone (an in-place
  layer, whose top is its bottom, excepted);
* where propagate_down[i] is false, backward does not touch bottom[i];
* scratch memory is the layer's own, never another blob's diff;
* layers do not build layers: they share kernels;
* nothing global: phase, dtype, seed and rank come from the `Context`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import NetError, ProtonetError, PrototxtError
from ..proto import caffe_pb2 as pb
from ..proto.unknown import add, read_value
from . import fillers
from .blob import Blob, Memory, first_values
from .context import TRAIN, Context
from .ranges import Range

Blobs = Sequence[Blob]


class Arity(NamedTuple):
    """How many blobs a layer takes: `low` to `high` (None: any number)."""

    low: int
    high: int | None

    def __str__(self) -> str:
        if self.low == self.high:
            return str(self.low)
        return f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"


def exactly(n: int) -> Arity:
    return Arity(n, n)


def at_least(n: int) -> Arity:
    return Arity(n, None)


def between(low: int, high: int) -> Arity:
    return Arity(low, high)


#: `tops = same_as_bottoms`: one top for each bottom.
same_as_bottoms = Arity(-1, -1)


def path_of(message: Any, part: Any) -> str:
    """Where a message lies inside another: "dummy_data_param.data_filler[1]"; "" if nowhere."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        single = hasattr(value, "ListFields")
        for i, each in enumerate([value] if single else value):
            here = descriptor.name if single else f"{descriptor.name}[{i}]"
            if each is part:
                return here
            inner = path_of(each, part)
            if inner:
                return f"{here}.{inner}"
    return ""


class Layer:
    """Base of all layers.  The class attributes declare, the methods do."""

    type: ClassVar[str] = ""
    #: The forks of Caffe that have it; none: Caffe 1.0 has.
    forks: ClassVar[tuple[str, ...]] = ()
    #: Does the name stand for other layers in other forks?  `layers/variants.py` then chooses.
    variant: ClassVar[bool] = False
    #: The parameter messages it reads, its own first: ("softmax_param", "loss_param").
    messages: ClassVar[tuple[str, ...]] = ()
    #: What fields of its own message may hold, checked before `setup`.
    ranges: ClassVar[Mapping[str, Range]] = {}
    #: How many bottoms and tops.
    bottoms: ClassVar[Arity] = exactly(1)
    tops: ClassVar[Arity] = exactly(1)
    #: May top[i] be bottom[i]?
    in_place: ClassVar[bool] = False
    #: Whose *data* backward still reads: a subset of {"bottom", "top"}.  What is not named
    #: here may be overwritten between forward and backward.
    #: A layer may set it in `setup`, where it depends on a parameter.
    backward_reads: frozenset[str] = frozenset({"bottom", "top"})
    #: Does backward look at nothing but the signs of what it reads?
    #: A layer may set it in `setup`.
    reads_signs: bool = False
    #: Does every value through which a gradient passes keep its sign?  Then this layer may
    #: work in place behind one that reads signs: Dropout behind ReLU.
    keeps_signs: ClassVar[bool] = False
    #: Of a layer without bottoms: does each of several workers get a share of its records, or
    #: draws of its own?  Else all get the same, or it cannot be filled.
    shared_out: ClassVar[bool] = False
    #: Does forward write blobs in TRAIN, as statistics of the batches are?
    keeps_statistics: ClassVar[bool] = False
    #: False for layers without a gradient (Accuracy, ArgMax, data layers).
    has_backward: ClassVar[bool] = True
    #: Why backward is on purpose not the derivative of forward; "": it is.
    #: A layer may set it in `setup`, where it depends on a parameter.
    no_derivative: str = ""
    #: How far backward is from the derivative at the most, relatively, where a constant in the
    #: formula makes it an approximation.
    inexact: ClassVar[float] = 0.0
    #: Weight of each top in the net's loss unless the prototxt says otherwise.
    default_loss_weight: ClassVar[float] = 0.0
    #: Does the net add missing tops (up to `tops.low`) by itself, as for losses?
    auto_top: ClassVar[bool] = False
    #: Does every top get exactly the values of bottom[0], in its order?  Then an optimised net
    #: hands them on without running the layer.  It may be set in `setup`.
    identity: bool = False
    #: True when the top's shape depends on more than the bottoms' shapes.
    reshape_always: ClassVar[bool] = False
    #: What it reads of the fields and values that forks added to Caffe's own messages, such as
    #: "PoolingParameter.ceil_mode" and "PoolingParameter.PoolMethod.AVE_EXC_PAD".  The net
    #: refuses the others.
    serves: ClassVar[frozenset[str]] = frozenset()
    #: How many batches a data layer keeps ready (their memory is counted).
    batches_ahead: int = 0
    #: How many records the source of a data layer has, if they come round and round; None where
    #: that is not known.
    records: int | None = None

    def __init__(self, param: pb.LayerParameter, context: Context) -> None:
        """param: the LayerParameter.  Only `setup` may look at bottoms."""
        self.param = param
        self.context = context
        #: A layer may name a phase of its own; else it is the net's.
        self.phase = param.phase if param.HasField("phase") else context.phase
        self.dtype = np.dtype(context.dtype)
        #: Learnable parameters, made by `setup` with `add_blob`.
        self.blobs: list[Blob] = []
        #: Which of `blobs` need a gradient; set by the net after `setup`.
        self.param_propagate_down: list[bool] = []
        #: Will backward ever be called?  If not, forward need not keep anything for it.
        self.needs_backward = True
        #: Fields of the layer that no schema has -> the texts of their values; see `unknown`.
        self.unknown_fields: Mapping[str, Sequence[str]] = {}
        self._scratch: dict[str, Memory] = {}
        self._rng: np.random.Generator | None = None
        self._unfilled: list[tuple[pb.FillerParameter, Memory, tuple[int, ...]]] = []
        self._seed_number = context.next_seed()

    # -- what a layer implements ---------------------------------------------------------

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        """Read and check the parameters, make the blobs.  Called once, shapes are known."""

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Shape the tops for these bottoms, or raise ShapeError naming both shapes."""
        raise NotImplementedError

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        """Write the data of every top."""
        raise NotImplementedError

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Write bottom[i].diff where propagate_down[i]; add to the diff of each blob whose
        param_propagate_down is set."""
        if bottom:  # otherwise there is nothing to pass on: Input and the like
            raise NetError("this type has no gradient", "do not force backward through it")

    def accepts_gradient(self, bottom_index: int) -> bool:
        """May `force_backward` reach this bottom?  False for labels and the like."""
        return True

    def macs(self, bottom: Blobs, top: Blobs) -> int:
        """Multiply-adds of one forward pass over the batch."""
        return 0

    def state(self) -> dict[str, Any] | None:
        """What outlives a pass beside blobs and `rng`, as plain values for a snapshot: where
        a data layer stands, what an LSTM carries over.  None: nothing does."""
        return None

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave.  DataError if the data is not there any more."""

    def close(self) -> None:
        """End threads, close files; the layer is not run again."""

    # -- what the base offers ------------------------------------------------------------

    def fault(self, what: str, hint: str = "", field: str = "") -> PrototxtError:
        """The error for a bad parameter, which will point to the line of the field at fault.

        field: "kernel_size" of the layer's own message, "loss_param.normalize" of another one
        it reads, "" the own message as a whole.
        """
        path = field.split(".") if field else []
        if not path or path[0] not in self.messages:
            path = [*self.messages[:1], *path]
        return PrototxtError(what, hint, field=".".join(path))

    def check_ranges(self) -> None:
        """PrototxtError for the first field that holds what `ranges` does not allow."""
        if not self.ranges:
            return
        message = getattr(self.param, self.messages[0])
        for field, allowed in self.ranges.items():
            value = getattr(message, field)
            repeated = not isinstance(value, (int, float))
            given = len(value) > 0 if repeated else message.HasField(field)
            if allowed.required and not given:
                raise self.fault(f"{field} is missing", f"add {field} to {self.messages[0]}", field)
            for number in value if repeated else [value] if given else []:
                if not allowed.holds(number):
                    raise self.fault(f"{field} is {number:g}", f"it must be {allowed}", field)

    @property
    def name(self) -> str:
        return self.param.name

    @property
    def training(self) -> bool:
        return self.phase == TRAIN

    @cached_property
    def _seed(self) -> np.random.SeedSequence:
        """Made when it is asked for, since few layers draw anything."""
        return self.context.seed_of(self._seed_number)

    @cached_property
    def _own_seed(self) -> np.random.SeedSequence:
        """The same of this worker alone: others draw other masks and crops."""
        return self.context.own_seed_of(self._seed_number)

    @property
    def rng(self) -> np.random.Generator:
        """The layer's own random stream, drawn from the net's seed (and the worker's rank)."""
        if self._rng is None:
            with first_values:
                if self._rng is not None:  # another thread was quicker
                    return self._rng
                stream = np.random.Generator(np.random.SFC64(self._own_seed))
                self._fill_blobs(stream)
                self._rng = stream
        return self._rng

    def _draw(self) -> None:
        """Have the stream, and with it the first values."""
        _ = self.rng

    def _fill_blobs(self, stream: np.random.Generator) -> None:
        """First values for the parameters that have none yet."""
        waiting, self._unfilled = self._unfilled, []
        for filler, memory, shape in waiting:
            if memory.first is not None:
                values = np.zeros(shape, self.dtype)
                fillers.fill(filler, values, stream)
                memory.flat, memory.first = values.reshape(-1), None

    def unknown(self, name: str, default: Any = None) -> Any:
        """A field of the layer that no schema has, such as `gelu_param` in one of your own.

        A message is a dict from names to values, several of a name (or [...]) are a list, words
        and strings are str.  default: what to return if the text does not give the field.
        """
        found: dict[str, Any] = {}
        for text in self.unknown_fields.get(name, ()):
            try:
                add(found, name, read_value(text))
            except PrototxtError as error:
                raise PrototxtError(error.what, error.hint, field=name) from None
        return found.get(name, default)

    def add_blob(self, shape: Sequence[int], filler: pb.FillerParameter | None = None) -> Blob:
        """Append a parameter blob, filled by a FillerParameter (None: zeros).

        Values are drawn when they are first needed, which is never where weights come first.
        All of a layer are drawn at once, in the order of its blobs and before anything else
        from its stream: the numbers do not tell when.
        """
        blob = Blob(shape, self.dtype)
        if filler is not None and self.context.fill:
            self.check_filler(filler, blob.shape)
            blob.data_memory.first = self._draw  # a method: it goes along in a deep copy
            self._unfilled.append((filler, blob.data_memory, blob.shape))
            if self._rng is not None:
                self._fill_blobs(self._rng)
        self.blobs.append(blob)
        self.param_propagate_down.append(True)
        return blob

    def drop_fillers(self, used: Container[int]) -> None:
        """Draw nothing for the parameters if all of them look at other memory by now.

        used: ids of the memories that blobs of the net look at.
        """
        if not any(id(memory) in used for _, memory, _ in self._unfilled):
            self._unfilled = []

    def check_filler(self, filler: pb.FillerParameter, shape: tuple[int, ...]) -> None:
        """PrototxtError or ShapeError, with the path of the field, for one of the layer's
        FillerParameters that cannot fill this shape."""
        try:
            fillers.check(filler, shape)
        except ProtonetError as error:
            error.field = f"{path_of(self.param, filler)}.{error.field}"
            raise

    def scratch(self, name: str, shape: tuple[int, ...], dtype: DTypeLike | None = None) -> NDArray:
        """Memory of the layer's own, reused from pass to pass; its content is undefined."""
        wanted = self.dtype if dtype is None else np.dtype(dtype)
        memory = self._scratch.get(name)
        if memory is None or memory.dtype != wanted:
            memory = self._scratch[name] = Memory(wanted)
        count = 1
        for n in shape:
            count *= n
        return memory.view(shape, count)

    def release_scratch(self) -> None:
        """Forget the memory of `scratch`; not between a forward pass and its backward pass."""
        self._scratch.clear()

    @property
    def scratch_bytes(self) -> int:
        return sum(memory.flat.nbytes for memory in self._scratch.values())

    def __repr__(self) -> str:
        shapes = ", ".join("x".join(map(str, blob.shape)) for blob in self.blobs)
        return f"<{type(self).__name__} '{self.name}'{': ' * bool(shapes)}{shapes}>"
