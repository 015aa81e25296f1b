"""Hours and millions: what is done again and again keeps no memory, thread, file or descriptor.

    scripts/endure 15              each load for its share of fifteen minutes
    scripts/endure 5 predict       one of them

Each load (`loads.py`) runs in a process of its own, which is looked at every moment; a line fitted
to what was seen (`growth.py`) says what eight hours and a million calls would come to.
"""
