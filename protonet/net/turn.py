"""Turn: a net computes for one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, TypeVar, cast

from ..errors import NetError

_Method = TypeVar("_Method", bound=Callable[..., Any])


class Turn:
    """`with turn:` lets one thread in, as often as it likes; NetError for another meanwhile.

    Two threads in one net would overwrite each other's blobs, and both get wrong results.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise NetError(
                "the net is entered by a thread while another one runs it",
                "give each thread its own: net.clone() shares the weights",
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), ()  # a copy of a net is run by nobody


def in_turn(method: _Method) -> _Method:
    """Decorator for methods of a net: from beginning to end, its `turn` is the caller's."""

    @wraps(method)
    def call(self: Any, /, *args: Any, **options: Any) -> Any:
        with self.turn:
            return method(self, *args, **options)

    return cast(_Method, call)
