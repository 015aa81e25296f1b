"""From a definition to a net that runs: passes over the text's message, then the build,
the plan of the backward pass, and the executor.

    Definition -> passes.py -> build.py, plan.py -> graph.py (what the text says)
    graph.py -> executor.py (runs it), parameters.py (its weights, in files and in memory)
    net.py: the face of these three, with structure.py, what it shows of the graph
    optimise/: a graph in fewer steps, where only the results count
"""
