"""All that is wrong with a definition in one go, found without weights, data or running it: a rule
a file.

    >>> findings = check_file("models/lenet.prototxt")
    >>> [str(finding) for finding in findings if finding.severity >= Severity.WARNING]
    []
"""

from . import rules as _rules  # noqa: F401  (registers them)
from .finding import Finding, Place, Severity
from .rule import RULES, Rule
from .run import check_file, check_text, files_in
from .subject import Options

__all__ = [
    "RULES",
    "Finding",
    "Options",
    "Place",
    "Rule",
    "Severity",
    "check_file",
    "check_text",
    "files_in",
]
