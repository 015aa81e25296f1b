"""The table of colours knows the layers there are."""

from __future__ import annotations

from protonet.core.registry import layer_types
from protonet.viz import kinds


def test_the_table_has_no_types_that_are_not_there():
    known = set(layer_types())
    assert {name for names in kinds._TYPES.values() for name in names.split()} <= known


def test_types_by_their_endings():
    found = [kinds.kind_of(name).name for name in ("SoftmaxWithLoss", "ImageData", "Input", "X")]
    assert found == ["loss", "data", "data", "other"]
    assert kinds.kind_of("Convolution", known=False) is kinds.UNKNOWN


def test_dark_text_is_read_on_every_colour():
    """Contrast of at least 7 to 1, as WCAG 2 has it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    fills = {kind.fill for kind in vars(kinds).values() if isinstance(kind, kinds.Kind)}
    assert len(fills) == 13
    for fill in fills:
        assert (luminance(fill) + 0.05) / (luminance("#1d2329") + 0.05) >= 7
