"""Many processes, on one machine or on many, through MPI.

    mpirun -n 4 protonet train solver.prototxt

`launch` tells how a process was started, `world` has what all of them do together, `workers`
trains one net with all of them, `shares` has each do a share of a list.  The package mpi4py
is imported where a launcher started several processes, and nowhere else.
"""
