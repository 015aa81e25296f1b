"""SARIF logs have what the schema of version 2.1.0 requires."""

from __future__ import annotations

import re
from typing import Any

from protonet.check import RULES
from protonet.check.run import check_text
from protonet.check.sarif import to_sarif

LEVELS = {"none", "note", "warning", "error"}


def log() -> dict[str, Any]:
    found = [f for cls in RULES.values() for f in check_text(cls.bad, "a b/net.prototxt")]
    return to_sarif(found, "1.2")


def test_the_required_parts() -> None:
    sarif = log()
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    driver = run["tool"]["driver"]
    assert (
        driver["name"] and driver["version"] == "1.2" and run["columnKind"] == "unicodeCodePoints"
    )
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert rule["defaultConfiguration"]["level"] in LEVELS
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
    assert len(run["results"]) >= len(RULES)
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"] and result["level"] in LEVELS
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert min(place["region"].values()) >= 1
            assert re.fullmatch(r"[!-~]+", place["artifactLocation"]["uri"]), "a URI reference"


def test_every_rule_has_a_result() -> None:
    (run,) = log()["runs"]
    assert {result["ruleId"] for result in run["results"]} == set(RULES)
