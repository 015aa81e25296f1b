"""Runs the test nets of a solver, in between its iterations, on the parameters as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..log import log, number
from . import streams
from .debug import debug_info
from .outputs import by_name, score
from .state import TrainingState
from .totals import Totals

#: By output blob: one value, or all it has.
Scores = dict[str, float | list[float]]
#: Called before each batch: does what was asked for meanwhile, which may be to stop.
Poll = Callable[[], object]


def test_all(solver: TrainingState, poll: Poll) -> list[Scores | None]:
    """Test every test net; see `Solver.test_all`."""
    solver.test_start = streams.get_states(solver.test_nets)
    scores = []
    with solver.workers.testing(solver):
        for index in range(len(solver.test_nets)):
            if solver.all_stop():
                break
            scores.append(test(solver, index, poll))
    if not solver.stopped:
        solver.test_start = None
    return scores


def test(solver: TrainingState, index: int, poll: Poll) -> Scores | None:
    """Run one test net; see `Solver.test`."""
    log.info("Iteration %d, Testing net (#%d)", solver.iter, index)
    net, batches = solver.test_nets[index], solver.param.test_iter[index]
    totals, loss = Totals(net), 0.0
    if solver.param.eval_type == "detection" and not totals.detects:
        log.warning("eval_type is detection, test net #%d has no DetectionEvaluate output", index)
    with debug_info(net, solver.param.debug_info):
        for mine in solver.workers.turns(solver, index, batches):
            poll()
            if solver.stopped:
                log.info("Test interrupted.")
                return None
            if mine:
                loss += net.run_forward()
                totals.add()
    if not batches:
        return {}
    loss = solver.workers.merged(index, batches, loss, totals)
    record: dict[str, Any] = {"kind": "test", "iter": solver.iter, "net": index}
    if solver.param.test_compute_loss:
        record["loss"] = loss / batches
        log.info("Test loss: %s", number(loss / batches))
    outputs, values = totals.results(solver.param.ap_version, solver.param.show_per_class_result)
    for i, (output, value) in enumerate(zip(outputs, values)):
        log.info("    Test net output #%d: %s", i, score(output, value))
    scores = by_name(outputs, values)
    solver.publish({**record, "outputs": scores})
    return scores
