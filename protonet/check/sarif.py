"""SARIF 2.1.0: findings as editors and code reviews read them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .finding import Finding
from .rule import RULES, Rule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(findings: Iterable[Finding], version: str) -> dict[str, Any]:
    """A log with one run: every rule with its page, and a result for each finding.  version: of
    protonet."""
    codes = list(RULES)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "protonet check",
                        "version": version,
                        "rules": [_rule(code, RULES[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, codes.index(finding.code)) for finding in findings],
            }
        ],
    }


def _rule(code: str, cls: type[Rule]) -> dict[str, Any]:
    return {
        "id": code,
        "name": cls.__name__,
        "shortDescription": {"text": summary(cls)},
        "fullDescription": {"text": explanation(cls)},
        "defaultConfiguration": {"level": str(cls.severity)},
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    place = finding.place
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": str(finding.severity),
        "message": {"text": finding.text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.file)},
                    "region": {"startLine": place.line, "startColumn": place.column},
                }
            }
        ],
    }


def _uri(file: str) -> str:
    """Relative paths stay so: whoever reads the log knows from where."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(Path(os.path.normpath(path)).as_posix())


def summary(cls: type[Rule]) -> str:
    """The docstring of the rule's file: what it finds, in a few words."""
    return inspect.getdoc(inspect.getmodule(cls)) or ""


def explanation(cls: type[Rule]) -> str:
    """The paragraph that says what is found and why it is a fault."""
    return " ".join((inspect.getdoc(cls) or "").split())
