"""Files that are named and not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...data.datasets import is_embedded
from ...data.lookup import find_source
from ...errors import DataError
from ...net.step import Step
from ...proto.octets import file_name
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import kind
from ._examples import INPUT

_FIELDS = ("source", "mean_file")


@register
class MissingFile(Rule):
    """The data, a mean file, or the net or weights that a solver names is not there: looked
    for as it is written, beside the file and in the cache of data sets.  Whoever runs the file
    needs it; it may lie on another machine."""

    code = "missing-file"
    severity = Severity.NOTE
    bad = """\
layer { name: "data" type: "Data" top: "data" top: "label"
  data_param { source: "absent_lmdb" batch_size: 4 backend: LMDB }  # <-
  transform_param { crop_size: 8 } }
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    good = (
        INPUT
        + """\
layer { name: "relu" type: "ReLU" bottom: "data" top: "relu" }
"""
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        yield from subject.missing
        for view in subject.views:
            for step in view.steps:
                for path, source in _sources(step):
                    if is_embedded(Path(source).name):
                        continue
                    try:
                        find_source(source, step.layer.context.root, path)
                    except DataError as error:
                        yield step.locate(error)


def _sources(step: Step) -> Iterator[tuple[str, str]]:
    """Path and content of the layer's fields that name a file to read."""
    for name in kind(step).messages:
        message = getattr(step.layer.param, name)
        for field in _FIELDS:
            if field in message.DESCRIPTOR.fields_by_name and getattr(message, field):
                yield f"{name}.{field}", file_name(getattr(message, field))
