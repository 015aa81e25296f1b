"""Prototxt edited without loss: comments, order and layout stay.

>>> doc = open('layer { name: "a" type: "ReLU" }  # bends')
>>> doc.set("layer[a].type", "TanH")
>>> doc.text
'layer { name: "a" type: "TanH" }  # bends'
"""

from .document import Document, open

__all__ = ["Document", "open"]
