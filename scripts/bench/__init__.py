"""The parts of scripts/bench.py: nets, what is measured of them, the contenders, their race."""
