"""Ready callbacks for a training: each can be added to a solver, or asked for by an option of
`protonet train`.

    solver = protonet.get_solver("solver.prototxt")
    solver.add_callback(protonet.callbacks.BestSnapshot("accuracy"))
    solver.add_callback(protonet.callbacks.EarlyStopping(patience=5))
    with closing(protonet.callbacks.CsvLog("training.csv")) as log:
        solver.add_callback(log)
        solver.solve()

What they have to remember is in the snapshots, so that a training goes on with them.
"""

from ..solvers.callbacks import Callback
from ..solvers.guard import NanGuard
from ..solvers.metrics import MetricsFile
from .best_snapshot import BestSnapshot
from .csv_log import CsvLog
from .early_stopping import EarlyStopping
from .keep_last import KeepLast
from .monitor import Monitor
from .rows import Row, Rows
from .tensorboard import TensorBoardLog

__all__ = [
    "BestSnapshot",
    "Callback",
    "CsvLog",
    "EarlyStopping",
    "KeepLast",
    "MetricsFile",
    "Monitor",
    "NanGuard",
    "Row",
    "Rows",
    "TensorBoardLog",
]
