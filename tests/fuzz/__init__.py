"""Damaged and random input: whatever a file holds, it is read or refused with an error of ours.

A target (`targets.py`) makes one input from a random stream and hands it to protonet; `run`
lets nothing pass but a ProtonetError.  The suite runs each target for a moment with a fixed
seed, `scripts/fuzz MINUTES` as long as one likes with seeds of its own, and prints the seed of
what it finds:

    scripts/fuzz 10                 all targets, ten minutes
    scripts/fuzz 1 binary weights   one, for a minute
"""
