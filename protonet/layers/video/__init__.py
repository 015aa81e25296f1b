"""Video and sequences: C3D, recurrent layers of forks, decoders."""
