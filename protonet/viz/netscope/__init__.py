"""Nets in the part of prototxt that Netscope, a viewer in the browser, reads."""

from .rewrite import Rewritten, rewrite

__all__ = ["Rewritten", "rewrite"]
