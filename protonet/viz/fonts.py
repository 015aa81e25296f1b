"""How wide text is, without a font: by the widths of DejaVu Sans, a wide one.

Verdana, Arial and Helvetica are as wide or narrower, so that what fits here fits there.
"""

from __future__ import annotations

#: For browsers and other viewers, in the order of preference.
FAMILY = "DejaVu Sans, Verdana, Arial, Helvetica, sans-serif"

#: Letters by their width in hundredths of the font's size; letters that are not here: 64, or 100
#: where they are not Latin.
_WIDTHS = {
    28: "ijl'",
    34: "I|\\/ ",
    36: ".,:;",
    40: "tf()[]!-",
    42: "r",
    46: '"',
    50: "_*",
    54: "czsJ?",
    60: "vkxyTYL",
    62: "aeESF{}",
    68: "ABPRZXVKC",
    78: "DGHNOQU&",
    84: "w+=<>~^#M",
    100: "mW%@",
}
_WIDTH = {letter: width / 100 for width, letters in _WIDTHS.items() for letter in letters}


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Pixels of a line of text; a little more than it takes."""
    units = sum(_WIDTH.get(letter, 0.64 if letter < "\u0250" else 1.0) for letter in text)
    return units * size * (1.23 if bold else 1.04)
