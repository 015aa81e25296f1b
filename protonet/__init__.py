"""protonet: Caffe's files, run and trained with NumPy.

    >>> net = protonet.Net("models/lenet.prototxt", weights="lenet_iter_1000.caffemodel")
    >>> solver = protonet.get_solver("models/lenet_solver.prototxt")

The names below are loaded when they are first used, so that importing costs little.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from . import callbacks, edit, errors, export, importers, plots
    from .budget import set_budget
    from .core.blob import Blob
    from .core.context import TEST, TRAIN, Context
    from .core.layer import Layer
    from .core.registry import layer_types, register
    from .engines import compile
    from .finetuning import finetune
    from .kernels.threads import set_num_threads
    from .net.net import Net
    from .prediction.predictor import predict
    from .prediction.preprocess import Preprocess
    from .pycaffe.install import install_as_caffe
    from .solvers import Solver, find_lr, get_solver, overfit_batch
    from .study.explain import explain
    from .study.gradcheck import gradcheck

#: Public name -> module it comes from ("" for a module itself).
_PUBLIC = {
    "Blob": ".core.blob",
    "Context": ".core.context",
    "Layer": ".core.layer",
    "Net": ".net.net",
    "Preprocess": ".prediction.preprocess",
    "Solver": ".solvers",
    "TEST": ".core.context",
    "TRAIN": ".core.context",
    "callbacks": "",
    "compile": ".engines",
    "edit": "",
    "errors": "",
    "explain": ".study.explain",
    "export": "",
    "find_lr": ".solvers",
    "finetune": ".finetuning",
    "get_solver": ".solvers",
    "gradcheck": ".study.gradcheck",
    "importers": "",
    "install_as_caffe": ".pycaffe.install",
    "layer_types": ".core.registry",
    "overfit_batch": ".solvers",
    "plots": "",
    "predict": ".prediction.predictor",
    "register": ".core.registry",
    "set_budget": ".budget",
    "set_num_threads": ".kernels.threads",
}

__all__ = [
    "TEST",
    "TRAIN",
    "Blob",
    "Context",
    "Layer",
    "Net",
    "Preprocess",
    "Solver",
    "__version__",
    "callbacks",
    "compile",
    "edit",
    "errors",
    "explain",
    "export",
    "find_lr",
    "finetune",
    "get_solver",
    "gradcheck",
    "importers",
    "install_as_caffe",
    "layer_types",
    "overfit_batch",
    "plots",
    "predict",
    "register",
    "set_budget",
    "set_num_threads",
]


def __getattr__(name: str) -> Any:
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module 'protonet' has no attribute '{name}'")
    if name == "layer_types":
        importlib.import_module(".layers", __name__)  # registers protonet's own
    if not module:
        return importlib.import_module(f".{name}", __name__)
    value = globals()[name] = getattr(importlib.import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _html(net: Any) -> str:
    from .viz.notebook import html

    return html(net)


def _png(insight: Any) -> bytes:
    from .viz.figures import to_png

    return to_png(insight)


def _show_in_notebooks() -> None:
    """A net at the end of a cell shows its picture, what `plots` gives its figure.  Types are told
    by their names: nothing is loaded before there is one."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None:
        formatters = shell.display_formatter.formatters
        for module in ("net.net", "pycaffe.net"):
            formatters["text/html"].for_type_by_name(f"{__name__}.{module}", "Net", _html)
        formatters["image/png"].for_type_by_name(f"{__name__}.viz.insight.base", "Insight", _png)


_show_in_notebooks()
