"""Python: a layer that the user wrote."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeVar

from ..core.blob import Blob
from ..core.layer import Blobs, Layer, at_least
from ..core.registry import Registry, register
from ..errors import NetError, did_you_mean
from ..log import log
from ._unopened import unknown_shape


class BlobList(list[Blob]):
    """A layer's parameters, to which `add_blob(2, 3)` appends one of shape (2, 3)."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self._layer = layer

    def add_blob(self, *shape: int) -> Blob:
        return self._layer.add_blob(shape)


class PythonLayer:
    """Base of layers written by users: the four methods of a layer, as in pycaffe.

        class Double(PythonLayer):
            def setup(self, bottom, top): ...               # once
            def reshape(self, bottom, top): top[0].reshape(*bottom[0].shape)
            def forward(self, bottom, top): top[0].data[...] = 2 * bottom[0].data
            def backward(self, top, propagate_down, bottom):
                if propagate_down[0]:
                    bottom[0].diff[...] = 2 * top[0].diff

    A class may have two more: `state()`, which returns plain values (dicts, lists, numbers,
    arrays) for a snapshot, and `set_state(values)`, which goes on from them.

    Set before `setup`: param_str (and its old name param_str_) the text of python_param,
    phase (0 TRAIN, 1 TEST), blobs, to which `self.blobs.add_blob(...)` adds a parameter.
    """

    type = "Python"
    param_str = param_str_ = ""
    phase = 1
    blobs: BlobList

    def __init__(self, param: Any = None) -> None:
        """param: the LayerParameter."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        """Called once; may be left out."""

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        raise NetError(f"{type(self).__name__} has no method reshape", "shape the tops there")

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        raise NetError(f"{type(self).__name__} has no method forward", "write the tops there")

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        raise NetError(
            f"{type(self).__name__} has no method backward",
            "write the bottoms' diffs there, or set propagate_down: false",
        )


#: Layers of Python that many files name, written anew here, by module and class:
#: "rpn.proposal_layer.ProposalLayer" -> (LayerParameter, the Python layer) -> what runs.
BUILT_IN: Registry[Callable[[Any, Layer], PythonLayer]] = Registry("built-in Python layer")
BUILT_IN.announce(
    {
        f"{module}.{name}": f"{__package__}.rcnn._{module.removeprefix('rpn.')}:{name}"
        for module, name in [
            ("rpn.anchor_target_layer", "AnchorTargetLayer"),
            ("rpn.proposal_layer", "ProposalLayer"),
            ("rpn.proposal_target_layer", "ProposalTargetLayer"),
        ]
    }
    | {
        name: f"{__package__}.{where}"
        for name, where in {
            "roi_data_layer.layer.RoIDataLayer": "rcnn._roi_data_layer:RoIDataLayer",
            "pad.PadTensor": "tensor._pad_tensor:PadTensor",
            "shape.TensorShape": "tensor._tensor_shape:TensorShape",
            "spatial_dropout.SpatialDropoutLayer": "segmentation._spatial_dropout:"
            "SpatialDropoutLayer",
            "yolov2.darknet_reorg": "yolo._darknet_reorg:darknet_reorg",
        }.items()
    }
)
_BuiltIn = TypeVar("_BuiltIn", bound=Callable[[Any, Layer], PythonLayer])


def built_in(module: str) -> Callable[[_BuiltIn], _BuiltIn]:
    """Class decorator: take this class where a net names its name in `module`, or in one of
    that name within a package ("lib.rpn.proposal_layer")."""
    return lambda cls: BUILT_IN.add(f"{module}.{cls.__name__}", cls)


def find_built_in(module: str, name: str) -> Callable[[Any, Layer], PythonLayer] | None:
    wanted = f".{module}.{name}"
    return next((BUILT_IN[known] for known in BUILT_IN if wanted.endswith(f".{known}")), None)


class _Absent(PythonLayer):
    """In place of the object of a class that is not there; its tops are shaped once."""

    def __init__(self, error: NetError) -> None:
        super().__init__()
        self._error = error

    def reshape(self, bottom: Blobs, top: Blobs) -> None: ...

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        raise self._error


@register
class Python(Layer):
    """Run a class of the user's: see `PythonLayer`.

    Bottoms, tops, shapes and blobs are the class's own affair.  It is reshaped before every
    pass, since its tops may depend on anything.

    python_param: module, imported by name; layer, the class in it; param_str, a text handed to
    it; share_in_parallel is ignored.

    Unlike Caffe's, the module is imported only with consent: a model file could name any.

    Built in are Faster R-CNN's ProposalLayer, AnchorTargetLayer and ProposalTargetLayer of
    modules rpn.proposal_layer, rpn.anchor_target_layer and rpn.proposal_target_layer, also
    within a package (lib.rpn.proposal_layer), and its RoIDataLayer of roi_data_layer.layer, to
    be looked at only.  Their settings come from param_str (YAML, JSON or a Python
    dict), from --rcnn-config FILE or Net(..., rcnn_config=), and else are py-faster-rcnn's:
    names as in its cfg, TRAIN.RPN_POST_NMS_TOP_N.  Also of Synopsys' fork yolov2.darknet_reorg
    (Reorg with stride 2), pad.PadTensor (pad_t, pad_b, pad_l, pad_r; pad_mode constant: zeros)
    and shape.TensorShape (the sizes of its bottom), and of ENet
    spatial_dropout.SpatialDropoutLayer (p; phase TRAIN drops whole maps, any phase scales the
    rest by 1 / (1 - p)).

    Built-in ones need no consent; with it, a module of that name that can be imported goes
    before them.
    """

    type = "Python"
    messages = ("python_param",)
    bottoms = tops = at_least(0)
    # What a user may do with his blobs is not known: in place is allowed, as in Caffe.
    in_place = True
    reshape_always = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.blobs = blobs = BlobList(self)
        #: The user's object.
        self.user: Any
        try:
            make = self._maker()
        except NetError as error:
            if self.context.open_data:
                raise
            self.user = self._without(bottom, top, error)
            return
        self.user = make()
        self.user.param_str = self.user.param_str_ = self.param.python_param.param_str
        self.user.phase, self.user.blobs = self.phase, blobs
        self.user.setup(bottom, top)

    def _without(self, bottom: Blobs, top: Blobs, error: NetError) -> PythonLayer:
        """An object that cannot run; the tops get the shapes that were given."""
        own = [name for name, blob in zip(self.param.top, top) if blob not in bottom]
        unknown = [(name, "...") for name in own if name not in self.context.shapes]
        if unknown:
            raise unknown_shape(unknown, error)
        for name in own:
            top[[*self.param.top].index(name)].reshape(*self.context.shapes[name])
        return _Absent(error)

    def _maker(self) -> Callable[[], Any]:
        """What makes the object that runs: the user's class, or one of ours in its place."""
        param = self.param.python_param
        ours = find_built_in(param.module, param.layer)
        if ours is None:
            cls = self._class()
            return lambda: cls(self.param)
        if self.context.allow_python:
            try:
                cls = self._class()
                log.info("layer '%s' runs module '%s', as allowed", self.name, param.module)
                return lambda: cls(self.param)
            except Exception as error:
                log.info(
                    "layer '%s': module '%s' cannot be used (%s), the built-in %s runs instead",
                    self.name,
                    param.module,
                    error,
                    param.layer,
                )
        return lambda: ours(self.param, self)

    def _class(self) -> Any:
        """The user's class.  Nothing of his runs before this."""
        param = self.param.python_param
        if not self.context.allow_python:
            raise NetError(
                f"the net wants to run Python code: {param.layer} of module '{param.module}'",
                "if you trust it, use --allow-python (train, test, time, extract-features), or "
                "Net(..., allow_python=True)",
                field="python_param",
            )
        module = _import(param.module)
        if not hasattr(module, param.layer):
            near = did_you_mean(param.layer, (n for n in vars(module) if not n.startswith("_")))
            raise NetError(
                f"module '{param.module}' has no class '{param.layer}'",
                near,
                field="python_param.layer",
            )
        return getattr(module, param.layer)

    def state(self) -> dict[str, Any] | None:
        """What the user's `state` tells, for a snapshot; None if there is none."""
        return self.user.state() if self._keeps_state() else None

    def set_state(self, state: dict[str, Any]) -> None:
        if self._keeps_state():
            self.user.set_state(state)

    def _keeps_state(self) -> bool:
        return all(callable(getattr(self.user, name, None)) for name in ("state", "set_state"))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.user.reshape(bottom, top)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self.user.forward(bottom, top)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.user.backward(top, propagate_down, bottom)


def _import(name: str) -> ModuleType:
    """A module from Python's path, which the current folder joins as the last place."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # A module that is there but misses one of its own keeps its error.
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        here = os.getcwd()
        if here in sys.path:
            raise NetError(
                f"there is no module '{name}'",
                "its folder must be in PYTHONPATH, or be the current one",
                field="python_param.module",
            ) from error
    sys.path.append(here)
    importlib.invalidate_caches()  # the file may be younger than the last look
    return _import(name)
