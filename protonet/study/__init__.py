"""Layers looked at one by one: their gradients against differences, and examples in numbers."""
