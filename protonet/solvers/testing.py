"""Tester: runs the test nets of a solver, in between its iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..log import log, number
from . import streams
from .debug import debug_info
from .outputs import by_name, output_names, output_values, score

if TYPE_CHECKING:
    from .solver import Solver

#: By output blob: one value, or all it has.
Scores = dict[str, float | list[float]]


class Tester:
    """Tests on the parameters as they are; see `Solver.test_all` and `Solver.test`."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        #: State of the test nets before a test that is under way or was broken off.
        self._before: Any = None

    def state(self) -> Any:
        """For a snapshot: where the test nets stand.  A test that was broken off is to start
        again."""
        return self._before or streams.get_states(self._solver.test_nets)

    def test_all(self) -> list[Scores | None]:
        solver = self._solver
        self._before = streams.get_states(solver.test_nets)
        scores = []
        for index in range(len(solver.test_nets)):
            if solver.stopped:
                break
            scores.append(self.test(index))
        if not solver.stopped:
            self._before = None
        return scores

    def test(self, index: int) -> Scores | None:
        solver = self._solver
        log.info("Iteration %d, Testing net (#%d)", solver.iter, index)
        net, batches = solver.test_nets[index], solver.param.test_iter[index]
        total: NDArray | float = 0.0
        loss = 0.0
        with debug_info(net, solver.param.debug_info):
            for _ in range(batches):
                solver.poll()
                if solver.stopped:
                    log.info("Test interrupted.")
                    return None
                loss += net.run_forward()
                total = total + output_values(net)
        if not batches:
            return {}
        record: dict[str, Any] = {"kind": "test", "iter": solver.iter, "net": index}
        if solver.param.test_compute_loss:
            record["loss"] = loss / batches
            log.info("Test loss: %s", number(loss / batches))
        means = np.asarray(total) / batches
        outputs = output_names(net)
        for i, (output, value) in enumerate(zip(outputs, means)):
            log.info("    Test net output #%d: %s", i, score(output, value))
        scores = by_name(outputs, means)
        solver.publish({**record, "outputs": scores})
        return scores
