"""What the page asks for later: a table of functions, one for each name that it asks by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from .viewed import Viewed

Query = Mapping[str, str]


def _nothing(viewed: Viewed) -> Iterable[Query]:
    return ()


class Provider(NamedTuple):
    """answer: plain data for a question; ProtonetError with the reason if there is none.
    offline: the questions whose answers a page without a server takes along."""

    answer: Callable[[Viewed, Query], Any]
    offline: Callable[[Viewed], Iterable[Query]] = _nothing


PROVIDERS: dict[str, Provider] = {}


def answers(viewed: Viewed) -> dict[str, Any]:
    """Of all questions that a page without a server may have, by their addresses."""
    return {
        f"{name}?{urlencode(query)}" if query else name: provider.answer(viewed, query)
        for name, provider in PROVIDERS.items()
        for query in provider.offline(viewed)
    }
