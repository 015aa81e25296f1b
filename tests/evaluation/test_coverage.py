"""How many records read."""

from __future__ import annotations

from pathlib import Path

import pytest

from protonet import Net
from protonet.evaluation import Coverage

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize(
    ("iterations", "words"),
    [
        (5, "300 records read by 'data': each of its 300 once"),
        (50, "3000 records read by 'data': each of its 300 10 times"),
        (3, "180 records read by 'data': the first of its 300 (--iterations 5: each once)"),
        (11, "its 300 twice, 60 of them once more (--iterations 5: each once)"),
    ],
)
def test_passes(iterations: int, words: str) -> None:
    (found,) = Coverage.of(Net(MODELS / "lenet_train_test.prototxt"), iterations)
    assert words in str(found)
    assert found.as_dict() == {
        "read": 60 * iterations,
        "records": 300,
        "passes": iterations / 5,
    }


def test_batches_that_never_fit() -> None:
    assert str(Coverage("d", 64, 320, 300)).endswith(
        "its 300 once, 20 of them once more (no number of batches of 64 fits)"
    )


def test_what_is_made_up_has_no_records() -> None:
    text = 'layer { name: "d" type: "DummyData" top: "x" dummy_data_param { shape { dim: 3 } } }'
    assert Coverage.of(Net(text), 5) == []
