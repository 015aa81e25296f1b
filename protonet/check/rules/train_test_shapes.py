"""Layers that differ between training and test."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import ShapeError
from ...layers._unopened import Unshaped
from ..finding import Severity
from ..rule import Rule, register
from ..subject import Subject
from ..view import Shape
from ._examples import LOSS


@register
class TrainTestShapes(Rule):
    """The net to test takes its parameters from the net to train, by the names of the layers,
    and this layer has others there: of another shape or number.  Mostly the inputs of the two
    differ in size, or a copied layer was changed in one of them only."""

    code = "train-test-shapes"
    severity = Severity.ERROR
    bad = (
        """\
layer { name: "data" type: "DummyData" top: "data" top: "label" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } shape { dim: 4 } } }
layer { name: "test" type: "DummyData" top: "data" top: "label" include { phase: TEST }
  dummy_data_param { shape { dim: 4 dim: 3 dim: 9 dim: 9 } shape { dim: 4 } } }
layer { name: "scores" type: "InnerProduct" bottom: "data" top: "scores"  # <-
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )
    good = (
        """\
layer { name: "data" type: "DummyData" top: "data" top: "label" include { phase: TRAIN }
  dummy_data_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 } shape { dim: 4 } } }
layer { name: "test" type: "DummyData" top: "data" top: "label" include { phase: TEST }
  dummy_data_param { shape { dim: 9 dim: 3 dim: 8 dim: 8 } shape { dim: 9 } } }
layer { name: "scores" type: "InnerProduct" bottom: "data" top: "scores"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }
"""
        + LOSS
    )

    def find(self, subject: Subject) -> Iterator[Exception]:
        for train, test in subject.pairs:
            for name, step in test.graph.first_by_name.items():
                other = train.graph.first_by_name.get(name)
                if other is None or isinstance(other.layer, Unshaped):
                    continue
                here = [blob.shape for blob in step.layer.blobs]
                there = [blob.shape for blob in other.layer.blobs]
                if here != there and not isinstance(step.layer, Unshaped):
                    error = ShapeError(
                        f"its parameters are {_word(here)} in the test and {_word(there)} in the "
                        "training",
                        "make what both take in equal, or name the layers differently",
                    )
                    yield step.locate(error)


def _word(shapes: list[Shape]) -> str:
    return " and ".join("x".join(map(str, shape)) for shape in shapes) or "none"
