"""TrainingState: what a training is made of, and how far it has come.

Whatever happens in a training (display, tests, snapshots, guards, the loop itself) is given
the state and stands above this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..log import log
from ..proto.source_map import SolverDefinition
from . import snapshot_files
from .callbacks import Callback
from .lr_policy import LearningRate
from .nets import NetBuilder, copy_weights, find, split_names
from .registry import rule_class
from .smoothing import LossWindow
from .updater import Updater
from .workers import Workers


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
        if self.param.snapshot > 0 and rank == 0:
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
        #: Who trains with it; see `Solver.join`.
        self.workers: Workers[TrainingState] = Workers()
        #: Of callbacks, as the snapshot has them that was gone on from.
        self._callback_states: dict[str, Any] = {}
        #: Why the training is done before max_iter; "" if it is not.
        self.done_because = ""

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
        callback.on_added(self)
        self.callbacks.append(callback)
        self._set_callback_state(len(self.callbacks) - 1)

    def callback_states(self) -> dict[str, Any]:
        """The states of the callbacks that have one, by kind and number."""
        states = {self._callback_key(i): c.state() for i, c in enumerate(self.callbacks)}
        return {key: state for key, state in states.items() if state}

    def set_callback_states(self, states: dict[str, Any]) -> None:
        """Of the callbacks that are there, and of those that are added later."""
        self._callback_states = dict(states)
        for index in range(len(self.callbacks)):
            self._set_callback_state(index)

    def _set_callback_state(self, index: int) -> None:
        key = self._callback_key(index)
        if (state := self._callback_states.pop(key, None)) is None:
            return
        try:
            self.callbacks[index].set_state(state)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            log.warning("%s starts anew: %s: %s", key.split()[0], type(error).__name__, error)

    def _callback_key(self, index: int) -> str:
        """'KeepLast 0': the class, and how many of it stand before."""
        kinds = [type(callback).__name__ for callback in self.callbacks]
        return f"{kinds[index]} {kinds[:index].count(kinds[index])}"

    def publish(self, record: dict[str, Any]) -> None:
        """Hand numbers that were logged to the callbacks."""
        for callback in self.callbacks:
            callback.on_report(self, record)

    def stop(self, because: str = "") -> None:
        """End `step` or `solve` after this iteration.  because: why the training is done, if it
        is not to be gone on with."""
        self.stopped = True
        self.done_because = because

    def all_stop(self) -> bool:
        """Whether all workers stop now, since one of them was told to."""
        because = self.workers.stop(self.done_because if self.stopped else None)
        if because is not None:
            self.stop(because)
        return self.stopped
