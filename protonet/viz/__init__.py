"""Nets for human eyes: tables now, drawings later."""
