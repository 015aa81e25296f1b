"""From a definition to a net that runs: passes over the text's message, then the build,
the plan of the backward pass, and the executor.

    Definition -> passes.py -> build.py -> plan.py -> net.py
"""
