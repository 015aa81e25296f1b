"""A user's own layer reads fields that no schema knows; for others they stay errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from protonet import Net
from protonet.core import registry
from protonet.core.layer import Blobs, Layer
from protonet.errors import PrototxtError

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 3] } } }
layer { name: "g" type: "TimesForTest" bottom: "x" top: "y"
  times_param { factor: 2.5 mode: FAST sizes: [1, 2] }
  level: 3
}
"""


class TimesForTest(Layer):
    """y = factor x."""

    type = "TimesForTest"

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.settings = self.unknown("times_param", {})
        self.factor = self.settings.get("factor", 1.0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(*bottom[0].shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, self.factor, top[0].data)


@pytest.fixture
def users_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """TimesForTest registered for as long as the test runs."""
    monkeypatch.setitem(registry.LAYERS._items, "TimesForTest", TimesForTest)


@pytest.mark.usefixtures("users_layer")
def test_a_users_layer_reads_its_own_fields(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    for source in (NET, path):
        net = Net(source)
        layer = net.steps[1].layer
        assert layer.settings == {"factor": 2.5, "mode": "FAST", "sizes": [1, 2]}
        assert layer.unknown("level") == 3
        assert layer.unknown("nothing", 7) == 7
        net.blobs["x"].data[...] = 2
        assert np.all(net.forward()["y"] == 5)


def test_without_the_layer_they_are_errors() -> None:
    with pytest.raises(Exception, match="TimesForTest"):
        Net(NET)


@pytest.mark.usefixtures("users_layer")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("dim: [2, 3] } }", "dim: [2, 3] } } times_param { }", "has no field 'times_param'"),
        ("level: 3", "convolution_param { factr: 1 }", "has no field 'factr'"),
        ("\nlayer {", "\nnonsense: 1\nlayer {", "has no field 'nonsense'"),
        # Of a layer that only shares the name with one of the user's.
        ('name: "x"', 'name: "g" times_param { }', "has no field 'times_param'"),
    ],
)
def test_elsewhere_they_stay_errors(old: str, new: str, words: str) -> None:
    with pytest.raises(PrototxtError, match=words):
        Net(NET.replace(old, new, 1))


@pytest.mark.usefixtures("users_layer")
def test_a_bad_value_has_its_line() -> None:
    with pytest.raises(PrototxtError) as caught:
        Net(NET.replace("mode: FAST", "mode: 1.2.3"))
    assert str(caught.value).startswith("<text>:4: layer 'g' (TimesForTest): '1.2.3' is no value")
