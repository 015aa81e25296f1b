"""TrainingState: what a training is made of, and how far it has come.

Whatever happens in a training (display, tests, snapshots, guards, the loop itself) is given
the state and stands above this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..proto.source_map import SolverDefinition
from . import snapshot_files
from .callbacks import Callback
from .lr_policy import LearningRate
from .nets import NetBuilder, copy_weights, find, split_names
from .registry import rule_class
from .smoothing import LossWindow
from .updater import Updater


class TrainingState:
    """Nets, rule, iteration, loss window and callbacks of a solver.

    builder: makes the nets.  weights, strict, rank: as for `Solver`.
    """

    def __init__(
        self,
        definition: SolverDefinition,
        builder: NetBuilder,
        *,
        weights: Sequence[str] | None,
        strict: bool,
        rank: int,
    ) -> None:
        self.definition = definition
        #: The SolverParameter.  base_lr, display and the like may be changed between steps.
        self.param = definition.message
        #: Of several workers with one set of parameters only the first writes snapshots.
        self.rank = rank
        kind = rule_class(definition)
        self.learning_rate = LearningRate(definition)
        #: What the names of snapshots begin with.
        self.prefix = snapshot_files.prefix(definition)
        if self.param.snapshot > 0:
            snapshot_files.check_writable(definition, self.prefix)
        names, field = (self.param.weights, "weights") if weights is None else (weights, None)
        start_from = [find(definition, name, field) for name in split_names(names)]
        self.net = net = builder.train_net()
        self.test_nets = builder.test_nets()
        for test_net in self.test_nets:
            test_net.share_trained_layers_with(net)
        copy_weights(net, self.test_nets, start_from, strict)
        arena = net.arena  # whose making would draw the fillers of weights that files have
        self.rule = kind(definition, arena.data.size, arena.data.dtype)
        self.updater = Updater(definition, self.rule, arena, net.params_lr, net.params_weight_decay)
        #: How many updates were made.
        self.iter = 0
        #: Loss of the last iteration, the mean over iter_size, before its update.
        self.loss = 0.0
        #: The last average_loss losses.  restored: they are those of a snapshot, and the next
        #: `step` goes on with them.
        self.window = LossWindow(self.param.average_loss)
        self.window_restored = False
        #: Where the test nets stood before a test that is under way or was broken off, and
        #: has to start again; None if there is none.
        self.test_start: list[dict[str, Any]] | None = None
        #: True once a stop was asked for; `step` and `solve` start with False.
        self.stopped = False
        #: Path of the last state that was written, and when.
        self.last_snapshot: str | None = None
        self.snapshot_iter: int | None = None
        self.callbacks: list[Callback] = []

    @property
    def type(self) -> str:
        return self.rule.type

    @property
    def lr(self) -> float:
        """The rate of the coming update, that at `iter`.  To ask changes nothing."""
        return self.learning_rate.peek(self.iter)

    @property
    def current_step(self) -> int:
        """How many steps down the rate has gone (policies step and multistep)."""
        return self.learning_rate.current_step

    @current_step.setter
    def current_step(self, value: int) -> None:
        self.learning_rate.current_step = value

    @property
    def smoothed_loss(self) -> float:
        """Mean loss of the last average_loss iterations."""
        return self.window.mean

    def add_callback(self, callback: Callback) -> None:
        """Have a callback called from the next iteration on."""
        self.callbacks.append(callback)

    def publish(self, record: dict[str, Any]) -> None:
        """Hand numbers that were logged to the callbacks."""
        for callback in self.callbacks:
            callback.on_report(self, record)

    def stop(self) -> None:
        """End `step` or `solve` after this iteration."""
        self.stopped = True
