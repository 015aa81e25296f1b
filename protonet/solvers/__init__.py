"""Solvers: what trains a net, step by step as Caffe does."""

from .adadelta import AdaDelta
from .adagrad import AdaGrad
from .adam import Adam
from .callbacks import Callback
from .guard import NanGuard
from .metrics import MetricsFile
from .nesterov import Nesterov
from .rmsprop import RMSProp
from .sgd import SGD
from .solver import Solver, get_solver
from .state import TrainingState
from .trials import LrSearch, Overfit, find_lr, overfit_batch

__all__ = [
    "SGD",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "Callback",
    "LrSearch",
    "MetricsFile",
    "NanGuard",
    "Nesterov",
    "Overfit",
    "RMSProp",
    "Solver",
    "TrainingState",
    "find_lr",
    "get_solver",
    "overfit_batch",
]
