"""Dicts of a net: helpful on a wrong name, and not for assigning."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest

from protonet.core.named import Named, blobs, params


def test_a_wrong_name_is_a_key_error_with_the_nearest_name() -> None:
    with pytest.raises(KeyError, match=r"no blob named 'dta': did you mean 'data'\?"):
        blobs({"data": 1, "label": 2})["dta"]
    with pytest.raises(KeyError, match=r"no blob named 'xyz': there are data, label"):
        blobs({"data": 1, "label": 2})["xyz"]
    with pytest.raises(KeyError, match=r"no blob named 0: there are data"):
        blobs({"data": 1})[0]  # type: ignore[index]
    with pytest.raises(KeyError, match="no blob named 'data': there is none"):
        blobs({})["data"]
    assert blobs({"data": 1}).get("dta") is None
    assert "dta" not in blobs({"data": 1})


def test_assigning_shows_the_line_that_was_meant() -> None:
    with pytest.raises(TypeError, match=r"write net\.blobs\['data'\]\.data\[\.\.\.\] = values"):
        blobs({"data": 1})["data"] = 2
    with pytest.raises(TypeError, match=r"write net\.params\['ip'\]\[0\]\.data\[\.\.\.\] = "):
        params({"ip": [1]})["ip"] = [2]
    with pytest.raises(TypeError, match=r"a net's blobs cannot be assigned$"):
        blobs({"data": 1})["new"] = 2


CHANGES: list[Callable[[Any], Any]] = [
    lambda named: named.__delitem__("a"),
    lambda named: named.clear(),
    lambda named: named.pop("a"),
    lambda named: named.popitem(),
    lambda named: named.setdefault("c", 1),
    lambda named: named.update(c=1),
    lambda named: named.move_to_end("a"),
    lambda named: named.__ior__({"c": 1}),
]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_added_or_taken_away(change: Callable[[Any], Any]) -> None:
    named = blobs({"a": 1, "b": 2})
    with pytest.raises(TypeError, match="fixed"):
        change(named)
    assert list(named.items()) == [("a", 1), ("b", 2)]


def test_it_is_an_ordered_dict_otherwise() -> None:
    named: Named[int] = blobs([("b", 1), ("a", 2)])
    assert isinstance(named, OrderedDict)
    assert (list(named), named["a"], len(named)) == (["b", "a"], 2, 2)
    assert named == {"a": 2, "b": 1}
    plain = named.copy()
    plain["c"] = 3
    assert "c" not in named
    for twin in (copy.deepcopy(named), pickle.loads(pickle.dumps(named))):
        assert twin == named
        with pytest.raises(TypeError, match=r"net\.blobs"):
            twin["a"] = 1
