"""The face of pycaffe: its names and habits, so that code written for it runs unchanged.

    import protonet.pycaffe as caffe

or, for code that says `import caffe` and cannot be edited, `protonet.install_as_caffe()`
before it, or `protonet run script.py` around it.  What differs from pycaffe:

* faults raise exceptions (RuntimeErrors that name file, line and layer) and do not abort;
* set_mode_gpu warns once and goes on, on the CPU;
* `net.native` and `solver.native` lead to protonet's own objects.

Importing it shows the log on stderr, as Caffe does: see `settings.show_log`.
"""

from ..core.context import TEST, TRAIN
from . import classifier, coord_map, detector, draw, io, net_spec, proto, pycaffe, settings
from ._caffe import Layer, __version__, layer_type_list
from .classifier import Classifier
from .detector import Detector
from .install import install_as_caffe
from .net import Net
from .net_spec import NetSpec, layers, params, to_proto
from .settings import (
    init_log,
    log,
    set_device,
    set_mode_cpu,
    set_mode_gpu,
    set_multiprocess,
    set_random_seed,
    set_solver_count,
    set_solver_rank,
    solver_count,
    solver_rank,
)
from .solvers import (
    NCCL,
    AdaDeltaSolver,
    AdaGradSolver,
    AdamSolver,
    NesterovSolver,
    RMSPropSolver,
    SGDSolver,
    Timer,
    get_solver,
    has_nccl,
)

__all__ = [
    "NCCL",
    "TEST",
    "TRAIN",
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "Classifier",
    "Detector",
    "Layer",
    "NesterovSolver",
    "Net",
    "NetSpec",
    "RMSPropSolver",
    "SGDSolver",
    "Timer",
    "__version__",
    "classifier",
    "coord_map",
    "detector",
    "draw",
    "get_solver",
    "has_nccl",
    "init_log",
    "install_as_caffe",
    "io",
    "layer_type_list",
    "layers",
    "log",
    "net_spec",
    "params",
    "proto",
    "pycaffe",
    "set_device",
    "set_mode_cpu",
    "set_mode_gpu",
    "set_multiprocess",
    "set_random_seed",
    "set_solver_count",
    "set_solver_rank",
    "solver_count",
    "solver_rank",
    "to_proto",
]


def __dir__() -> list[str]:
    return sorted(__all__)


settings.show_log()
