"""A command that a launcher of MPI started as several processes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import (
    AbstractContextManager,
    contextmanager,
    nullcontext,
    redirect_stderr,
    redirect_stdout,
)
from typing import TYPE_CHECKING, Any

from ..log import quiet
from ..parallel.launch import launched

if TYPE_CHECKING:
    from ..net.net import Net
    from ..parallel.workers import MpiWorkers
    from ..parallel.world import World
    from ..proto.source_map import SolverDefinition

#: Commands whose processes share the work; of others the first process does it all.
SHARING = ("train", "test", "predict", "extract_features", "convert_imageset", "run")
_MEGABYTE = 1 << 20


def world_of(args: argparse.Namespace) -> World | None:
    """All processes of the run, if the command shares its work; None if this one is alone."""
    if launched().size < 2 or "mpi_timeout" not in args:
        return None
    from ..parallel.world import open_world

    return open_world(args.mpi_timeout)


def is_quiet(command: str) -> bool:
    """Is there nothing to do for this process, which is not the first?"""
    return launched().rank > 0 and command not in SHARING


@contextmanager
def muted() -> Iterator[None]:
    """Of several processes only the first one prints results."""
    if launched().rank == 0:
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


@contextmanager
def first_alone_complains(error: type[Exception]) -> Iterator[None]:
    """Within it the command line is looked at, which is the same for all: what ends the first one
    ends the others in silence, and not before it has spoken.  error: that says what is wrong."""
    if launched().rank == 0:
        yield
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        try:
            yield
        except (SystemExit, error):
            raise SystemExit(0) from None  # another code would have the launcher end the first


def first_alone_logs() -> AbstractContextManager[None]:
    """Within it all processes would log the same."""
    return quiet if launched().rank > 0 else nullcontext()


def ended(error: BaseException, text: str, code: int, say: Callable[[str], object]) -> bool:
    """End all processes if this one cannot go on: True, once it was said; False if there are
    no others, or this one knows of none yet."""
    from ..parallel import world as module

    world = module.opened()
    if world is None:
        return False
    world.end(code, lambda: say(f"error: {world.told(error, text)}"))
    return True


def ended_unforeseen(error: BaseException, say: Callable[[str], object]) -> None:
    """The same for an error that is nobody's but ours."""
    if launched().size > 1:
        ended(error, "".join(traceback.format_exception(error)).rstrip(), 1, say)


def finished(code: int) -> int:
    """The same code for all, once all are done."""
    if "protonet.parallel.world" not in sys.modules:
        return code
    from ..parallel import world as module

    world = module.opened()
    return code if world is None else max(world.allgather(code))


# -- a share of batches ------------------------------------------------------------------------


def shared_by(net: Net, args: argparse.Namespace) -> World | None:
    """The processes that share out the batches of a net; None if one runs them all."""
    from ..parallel.shares import is_dealt

    world = world_of(args)
    return world if world is not None and is_dealt(net) else None


def is_idle(net: Net, args: argparse.Namespace) -> bool:
    """Is this not the first process, and the net one whose data cannot be dealt out?"""
    return launched().rank > 0 and shared_by(net, args) is None


# -- training --------------------------------------------------------------------------------


def seed(world: World, definition: SolverDefinition) -> None:
    """One seed for all, from which each has streams of its own: they share the order of shuffled
    records."""
    import secrets

    drawn = world.allgather(secrets.randbelow(1 << 31))[0]
    if definition.message.random_seed < 0:
        definition.message.random_seed = drawn


def shared(world: World | None) -> dict[str, Any]:
    """Options of a solver or net that reads its share of the data."""
    return {} if world is None else {"rank": world.rank, "size": world.size, "deal_tests": True}


def workers(world: World, args: argparse.Namespace) -> MpiWorkers:
    from ..parallel.workers import MpiWorkers

    return MpiWorkers(
        world,
        bucket=None if args.mpi_bucket is None else int(args.mpi_bucket * _MEGABYTE),
        half=args.mpi_half,
        check=args.mpi_check,
        average_statistics=args.mpi_average_statistics,
    )
