"""Fields that some other fork added to the message of a fork's layer."""

from __future__ import annotations

from ..core.layer import Layer


def refuse_fields(layer: Layer, *fields: str) -> None:
    """PrototxtError for the first of these fields of the layer's own message that says
    something: it would change the numbers, in another fork."""
    message = getattr(layer.param, layer.messages[0])
    for descriptor, value in message.ListFields():
        if descriptor.name in fields and value != descriptor.default_value:
            raise layer.fault(
                f"{descriptor.name} is a field of another fork and is not served here",
                "remove it if the numbers do not depend on it",
                descriptor.name,
            )
