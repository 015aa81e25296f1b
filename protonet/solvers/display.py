"""Display: the lines of the log while a solver trains."""

from __future__ import annotations

import time

from ..log import log, number
from .outputs import by_name, output_names, output_values, score
from .state import TrainingState


class Display:
    """Logs loss, outputs and rate in Caffe's words, and hands them to the callbacks."""

    def __init__(self, solver: TrainingState) -> None:
        self._solver = solver
        self.restart()

    def restart(self) -> None:
        """Count iterations, and the time that they take, from here."""
        self._iter, self._spent, self._clock = self._solver.iter, 0.0, time.perf_counter()

    def start(self) -> None:
        """Let the clock run: training begins, or goes on."""
        self._clock = time.perf_counter()

    def pause(self) -> None:
        """Keep what was measured: the time until the next `start` is not training's."""
        self._spent += time.perf_counter() - self._clock

    def loss(self) -> None:
        """The smoothed loss with the time trained since the last one, and the train net's
        outputs."""
        solver = self._solver
        lapse = self._spent + time.perf_counter() - self._clock
        count = solver.iter - self._iter
        log.info(
            "Iteration %d (%s iter/s, %ss/%d iters), loss = %s",
            solver.iter,
            number(count / lapse if lapse and count > 0 else 0.0),
            number(lapse),
            solver.param.display,
            number(solver.smoothed_loss),
        )
        self.restart()
        values = output_values(solver.net)
        outputs = output_names(solver.net)
        for i, (output, value) in enumerate(zip(outputs, values)):
            log.info("    Train net output #%d: %s", i, score(output, value))
        record = {"kind": "train", "iter": solver.iter, "loss": solver.smoothed_loss}
        solver.publish({**record, "outputs": by_name(outputs, values)})

    def last_loss(self) -> None:
        """The loss after the last update."""
        solver = self._solver
        loss = solver.smoothed_loss
        log.info("Iteration %d, loss = %s", solver.iter, number(loss))
        solver.publish({"kind": "train", "iter": solver.iter, "loss": loss, "outputs": {}})

    def rate(self, rate: float) -> None:
        iteration = self._solver.iter
        log.info("Iteration %d, lr = %s", iteration, number(rate))
        self._solver.publish({"kind": "rate", "iter": iteration, "lr": rate})
